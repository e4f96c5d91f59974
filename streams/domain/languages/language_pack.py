"""Language packs: one TOML file for each language, compiled into one look-up of words and phrases.

Phrases are separated by commas; `|` separates forms of one entry, `*` matches any ending, a leading `<` says that a
figure comes before the word, `>` that it comes after it, `…` matches a few words of any kind. README.md explains every key.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from streams.domain.languages.place_names import own_names
from streams.domain.languages.prefixes import bare_forms
from streams.domain.languages.words import fold, words_of
from streams.domain.ontology.types import ontology

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from streams.domain.languages.words import Word

FOLDER = Path(__file__).parent / "packs"
CODES = tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))
WHAT = ("killed", "injured", "missing", "arrested", "abducted", "displaced", "participants")
SOURCES = ("ngo", "witness", "party", "official", "media")
_TIMES = {"today": 0, "yesterday": 1, "before_yesterday": 2}
_LISTS = (
    "at_least",
    "at_least_after",
    "at_most",
    "about",
    "vague",
    "units",
    "before_unit",
    "reaches",
    "no_number",
    "plus",
)
GAP = "…"  # matches a few words of any kind in a phrase
_GAP_WORDS = 6
_SKIPPED = ("", "'")  # within a phrase: `d'eau` and `d’eau` are one
_SHORTEST = 2  # characters that a word's beginning has at least


class Mark(NamedTuple):
    """A word or phrase of a pack in a text: words `first` to `last` (exclusive), what it is and its value."""

    first: int
    last: int
    tag: str
    value: Any


@dataclass(frozen=True, slots=True)
class Pack:
    """One language. `vectors` says whether the sentence encoder knows it well."""

    code: str
    name: str
    vectors: bool
    unspaced: bool
    according_after: bool
    teens: bool
    glued: dict[str, int]  # words of numbers that may stand together in one word, with their values
    area_words: tuple[str, ...]
    own_places: dict[int, tuple[int, ...]]
    endings: tuple[tuple[str, str], ...]  # of a place's name in its cases, and what the name ends in
    stop: frozenset[str]
    apart: tuple[frozenset[str], tuple[str, ...]]  # words, and beginnings, that only look like another without marks
    joined: tuple[str, ...]  # small words that lose the blank to a name beside them, longest first
    exact: dict[str, list[tuple[tuple[tuple[str, bool], ...], str, Any]]]
    begins: dict[str, list[tuple[tuple[tuple[str, bool], ...], str, Any]]]
    longest: int  # of the beginnings

    def marks(self, words: Sequence[Word]) -> list[Mark]:
        """Every word and phrase of the pack in a text, by where it begins, longer ones first."""
        out: list[Mark] = []
        for at, word in enumerate(words):
            if word.form and not self._is_apart(word):
                for form in bare_forms(word.form, self.code):
                    out += self._marks_at(words, at, form)
        return sorted(dict.fromkeys(out), key=lambda m: (m.first, -m.last, m.tag))

    def _is_apart(self, word: Word) -> bool:
        whole, beginnings = self.apart
        return bool(whole or beginnings) and ((low := word.text.lower()) in whole or low.startswith(beginnings))

    def _marks_at(self, words: Sequence[Word], at: int, form: str) -> Iterator[Mark]:
        alone, phrases = _opened(self.code, form)
        for tag, value in alone:
            yield Mark(at, at + 1, tag, value)
        if not phrases:
            return
        behind = next((w.form for w in words[at + 1 : at + 4] if w.form not in _SKIPPED), "")
        forms = tuple(bare_forms(behind, self.code)) if behind else ()
        for rest, tag, value in phrases:
            start = rest[0][0]
            if (start == GAP or any(f.startswith(start) for f in forms)) and (
                last := _follows(words, at + 1, rest, self.code)
            ) is not None:
                yield Mark(at, last, tag, value)


@lru_cache(maxsize=50_000)
def _opened(
    code: str, form: str
) -> tuple[tuple[tuple[str, Any], ...], tuple[tuple[list[tuple[str, bool]], str, Any], ...]]:
    """What a word means alone, and the phrases that it opens with what must follow."""
    language = pack(code)
    entries = list(language.exact.get(form, ()))
    for end in range(1 if language.unspaced else _SHORTEST, min(len(form), language.longest) + 1):
        entries += language.begins.get(form[:end], ())
    return (
        tuple((tag, value) for tokens, tag, value in entries if len(tokens) == 1),
        tuple((list(tokens[1:]), tag, value) for tokens, tag, value in entries if len(tokens) > 1),
    )


def _follows(words: Sequence[Word], at: int, rest: list[tuple[str, bool]], code: str) -> int | None:
    """Where the rest of a phrase ends that goes on at a word; None when it does not."""
    gap = 0
    for form, open_end in rest:
        if form == GAP:
            gap = _GAP_WORDS
            continue
        while at < len(words) and words[at].form in _SKIPPED:
            at += 1
        if gap:
            at = next(
                (i for i in range(at, min(at + gap, len(words))) if _is(words[i], form, open_end, code)), len(words)
            )
            gap = 0
        if at == len(words):
            return None
        if not _is(words[at], form, open_end, code):
            return None
        at += 1
    return at


def _is(word: Word, form: str, open_end: bool, code: str) -> bool:
    return any(s.startswith(form) if open_end else s == form for s in bare_forms(word.form, code))


@cache
def pack(code: str) -> Pack:
    """The pack of an ISO 639-1 code. KeyError names the known codes; ValueError says what is wrong in the file."""
    if code not in CODES:
        raise KeyError(f"no language pack {code!r}; known: {', '.join(CODES)}")
    raw = tomllib.loads((FOLDER / f"{code}.toml").read_text(encoding="utf-8"))
    exact: dict[str, list[Any]] = defaultdict(list)
    begins: dict[str, list[Any]] = defaultdict(list)
    for phrase, tag, value in _entries(raw):
        tokens = _tokens(phrase)
        if tokens:
            (begins if tokens[0][1] else exact)[tokens[0][0]].append((tokens, tag, value))
    places = raw.get("places", {})
    listed = [
        *_split(places.get("stop", "")),
        *(p for p, tag, _ in _entries(raw) if tag in ("weekdays", "months", "number")),
    ]
    no_places = frozenset(" ".join(f for f, _ in _tokens(phrase)) for phrase in listed)
    return Pack(
        code, raw["name"], raw["vectors"], raw.get("unspaced", False),
        raw.get("sources", {}).get("according_after", False), raw.get("numbers", {}).get("teens", raw.get("teens", False)),
        _glued(raw.get("numbers", {})),
        tuple(_split(places.get("area", ""))), own_names(_pairs(places.get("names", ""))), _endings(places),
        no_places, _apart(raw.get("apart", "")), tuple(sorted(_split(places.get("joined", "")), key=lambda w: (-len(w), w))),
        dict(exact), dict(begins), max(map(len, begins), default=0),
    )  # fmt: skip


def _entries(raw: dict[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Every phrase of a pack with its tag and value."""
    numbers, harm, time = raw.get("numbers", {}), raw.get("harm", {}), raw.get("time", {})
    for line in numbers.get("words", "").splitlines():
        value, *forms = line.split()[:1] + line.split()[1:]
        yield from ((form, "number", int(value)) for form in forms)
    if numbers.get("compound"):
        yield from _compounds(numbers)
    for word, factor in (("tens", 10), ("teen", 11)):
        if numbers.get(word):
            yield numbers[word], "scale", factor
    yield from ((p, "and", None) for p in _split(numbers.get("joined_by", "")))
    for key in _LISTS:
        yield from ((p, key, None) for p in _split(numbers.get(key, "")))
    for what in WHAT:
        for phrase in _split(harm.get(what, "")):
            yield phrase.lstrip("<>"), "harm", (what, phrase[0] if phrase[0] in "<>" else "")
    for key in ("none", "without", "people", "person"):
        yield from ((p, key, None) for p in _split(harm.get(key, "")))
    sources = raw.get("sources", {})
    for key in ("according", "speech"):
        yield from ((p, key, None) for p in _split(sources.get(key, "")))
    for kind in SOURCES:
        yield from ((p, "source", kind) for p in _split(sources.get(kind, "")))
    for key in ("months", "weekdays"):
        for number, forms in enumerate(_split(time.get(key, "")), 1):
            yield from ((form.strip(), key, number) for form in forms.split("|"))
    for key, days in _TIMES.items():
        yield from ((p, "day", days) for p in _split(time.get(key, "")))
    for key in ("last_week", "long_ago", "parts"):
        yield from ((p, key, None) for p in _split(time.get(key, "")))
    yield from ((p, "calm", None) for p in _split(raw.get("types", {}).get("calm", "")))
    for line in raw.get("types", {}).get("triggers", "").splitlines():
        kind, _, phrases = line.partition(":")
        if phrases:
            ontology().get(*kind.strip().split("/"))
            yield from ((p, "type", kind.strip()) for p in _split(phrases))
    for key in ("area", "at", "at_after"):
        yield from ((p, key, None) for p in _split(raw.get("places", {}).get(key, "")))


def _glued(numbers: dict[str, Any]) -> dict[str, int]:
    """Numbers of one word by their folded forms, in languages that write longer ones together: `trentuno`, `onbir`."""
    lines = [line.split() for line in numbers["words"].splitlines() if line] if numbers.get("glued") else []
    said = {form: int(value) for value, *forms in lines for form in forms}
    if numbers.get("compound"):
        said |= {form: value for form, _, value in _compounds(numbers)}
    return {tokens[0][0]: value for form, value in said.items() if len(tokens := _tokens(form)) == 1}


def _compounds(numbers: dict[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Units and tens written as one word, the unit first: `fünfunddreißig`."""
    forms = {int(v): f for v, f, *_ in (line.split() for line in numbers["words"].splitlines() if line)}
    for tens in range(20, 100, 10):
        for unit in range(1, 10):
            yield f"{forms[unit]}{numbers['compound']}{forms[tens]}", "number", tens + unit


def _split(phrases: str) -> list[str]:
    return [p.strip() for p in phrases.split(",") if p.strip()]


def _pairs(lines: str) -> list[tuple[str, str]]:
    pairs = [line.partition("=") for line in lines.splitlines() if line.strip()]
    return [(name.strip(), english.strip()) for name, _, english in pairs]


def _endings(places: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    pairs = [p.partition(">") for p in _split(places.get("endings", ""))]
    return tuple((fold(ending.strip()), fold(name.strip()) if name.strip() else "") for ending, _, name in pairs)


def _apart(words: str) -> tuple[frozenset[str], tuple[str, ...]]:
    whole = frozenset(w for w in _split(words) if not w.endswith("*"))
    return whole, tuple(w[:-1] for w in _split(words) if w.endswith("*"))


def _tokens(phrase: str) -> tuple[tuple[str, bool], ...]:
    """Folded words of a phrase, each with whether it may have any ending."""
    out: list[tuple[str, bool]] = []
    for word in words_of(phrase.replace("* ", "*")):
        if word.form == "*":
            if out:
                out[-1] = (out[-1][0], True)
        elif word.form not in _SKIPPED:
            out.append((word.form, False))
    return tuple(out)
