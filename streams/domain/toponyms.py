"""Capitalised names of a text that may be places: what the gazetteer knows, and what looks like a place.

Tokens partition the text (each carries the space behind it), so that offsets are running lengths.
"""

import re
from functools import cache, lru_cache
from itertools import accumulate
from pathlib import Path
from string import ascii_lowercase, ascii_uppercase
from typing import NamedTuple

import numpy as np

from streams.domain.gazetteer import NO_ENTRY, Gazetteer, fold, gazetteer, join_key, word_key

LEXICON = Path(__file__).parent / "models" / "lexicon.npz"
GIVEN, RARE_GIVEN, FAMILY, RARE_FAMILY, SMALL, NO_PLACE = 1, 2, 4, 8, 16, 64  # SMALL: a two-bit number, see train/lexicon.py
LONGEST = 6  # words of a name
RUN = 12  # tokens of a run of capitalised words that are looked at
SHOUTED = 0.6  # share of capital letters from which a text is taken for one without small letters
OTHER, UPPER, LOWER, HYPHEN, POSSESSIVE, NUMBER, STOP = range(7)
DOT = word_key(".")
_TOKEN = re.compile(
    r"\w\w+(?:['’‘ʻ`](?!s\b)\w+)*\s*"  # most frequent first
    r"|(?:[WNS]\. ?(?:Va|Dak|Mex)|(?:[A-Z]\.)+[A-Z]\b)\.?\s*"  # W. Va., U.S., N.Y
    r"|['’]s\b\s*|[^\w\s]\s*|\w(?:['’‘ʻ`](?!s\b)\w+)*\s*|\s+"
)
_CAPITALS, _SMALL = ascii_uppercase.encode(), ascii_lowercase.encode()
_WORD = re.compile(r"[^\W\d_]+")
_ELIDED = re.compile(r"[dlDL]['’][^\W\d_a-z]")
_JOINTS = frozenset(
    "of and de del du des di da do dos el la le les es al en in on am an der upon the sur y e i ul ur au by ye kwa".split()
)
_ARTICLES = frozenset("al el ar an as ash ad at az".split())
_SITES = frozenset(
    "air airbase airport airfield base border bridge camp camps crossing dam field garrison gas international military "
    "naval nuclear oil plant port power prison refugee square".split()
)
_SHORT = frozenset(("st", "ste", "mt", "ft", "pt"))
TITLES = frozenset(
    "mr mrs ms miss dr rev sen sens rep reps gov lt sgt capt col gen maj cpl det officer president senator secretary "
    "minister judge justice chief sheriff detective deputy officer coach professor prof king queen prince princess "
    "pope father sister brother sir lord lady captain colonel general major mayor governor chancellor ambassador "
    "congressman congresswoman representative councilman councilwoman commissioner attorney sgt. trooper pastor "
    "bishop cardinal rabbi imam sheikh ayatollah premier spokesman spokeswoman director chairman".split()
)
TYPES: dict[str, str] = {
    word: kind
    for kind, words in {
        "street": "street st road rd avenue avenues ave drive dr lane ln boulevard blvd highway hwy route parkway pkwy "
        "freeway turnpike way court ct circle trail terrace bypass interstate expressway pike loop streets roads",
        "water": "river rivers creek lake lakes bay pond reservoir sea ocean strait canal harbor harbour falls brook "
        "bayou sound gulf lagoon fork channel estuary wadi",
        "terrain": "mountain mountains mount mt hills hill valley island islands isle peninsula desert forest canyon "
        "ridge park beach wilderness preserve cape coast gorge peak pass plain plateau basin delta cliff woods farm "
        "farms ranch volcano glacier cave refuge",
        "admin": "county counties parish province district region township townships twp prefecture governorate oblast "
        "borough state states republic municipality village town city cities shire territory canton heights",
        "site": "airport stadium square base barracks camp fort bridge dam prison jail hospital station port mall plaza "
        "cemetery center centre field arena complex neighborhood neighbourhood quarter suburb crossing border tower",
        "body": "university college school schools church department police council commission association institute "
        "company inc corp co ltd bank agency office court authority service services society club foundation union "
        "league party committee board bureau ministry group team times post news herald tribune gazette journal daily "
        "press register guard army navy force forces house senate parliament hotel hospital museum theatre theater "
        "high elementary middle academy federation congress assembly organization organisation center systems",
        "compass": "north south east west northern southern eastern western central northeast northwest southeast "
        "southwest upper lower greater new mid",
    }.items()
    for word in words.split()
}  # fmt: skip
LOCATIVES = frozenset(
    "in near at from outside around into across throughout toward towards inside within to between leaving visiting "
    "northern southern eastern western central north south east west downtown of via".split()
)


class Token(NamedTuple):
    """One token: its class, folded form and key, key of what it is as a neighbour, lexicon bits, length without space, and
    number of the gazetteer's name that it is by itself."""

    kind: int
    folded: str
    key: int
    role: int
    bits: int
    length: int
    name: int = NO_ENTRY


class Candidate(NamedTuple):
    """A possible place: tokens `first` to `last`, number of its name in the gazetteer or NO_ENTRY, offsets."""

    first: int
    last: int
    name: int
    start: int
    end: int


@cache
def _lexicon() -> tuple[np.ndarray, np.ndarray]:
    with np.load(LEXICON) as data:
        return np.cumsum(data["keys"]), data["bits"]


def _bits(key: int) -> int:
    keys, bits = _lexicon()
    at = int(np.searchsorted(keys, np.uint64(key)))
    return int(bits[at]) if at < len(keys) and int(keys[at]) == key else 0


class _Tokens(dict[str, Token]):
    """Tokens already met, by their text; emptied when it grows too large."""

    most = 100_000

    def __missing__(self, raw: str) -> Token:
        if len(self) >= self.most:
            self.clear()
        made = self[raw] = _token(raw)
        return made


_TOKENS = _Tokens()


def _token(raw: str) -> Token:
    text = raw.rstrip()
    length = len(text)
    if not text:
        return Token(OTHER, "", 0, 0, 0, 0)
    if text in ("'s", "’s", "'S", "’S"):
        return Token(POSSESSIVE, "s", word_key("s"), word_key("'s"), 0, length)
    if not text[0].isalnum():
        kind = HYPHEN if raw == "-" else STOP if text in ".!?" else OTHER
        return Token(kind, text, 0, word_key(text), 0, length)
    folded = fold(text.replace(".", "").replace(" ", ""))
    key = word_key(folded)
    if text[0].isdigit():
        return Token(NUMBER, folded, key, word_key("#"), 0, length)
    if text[0].isupper() or (raw == text and folded in _ARTICLES) or _ELIDED.match(text):
        bits = _bits(key)
        return Token(UPPER, folded, key, word_key(_role(folded, bits)), bits, length, gazetteer().find([key])[0])
    return Token(LOWER, folded, key, key, 0, length)


def _role(folded: str, bits: int) -> str:
    if folded in TITLES:
        return "^title"
    if folded in TYPES:
        return "^" + TYPES[folded]
    small = bits // SMALL % 4
    if bits & GIVEN:
        return f"^given{small}"
    if bits & FAMILY:
        return f"^family{small}"
    if bits & (RARE_GIVEN | RARE_FAMILY):
        return f"^rare{small}"
    return f"^{small}"


def soften(text: str) -> str:
    """A text in capitals with the small letters that its words usually have; of the same length."""
    sample = text[:5000].encode("ascii", "ignore")
    capitals = len(sample) - len(sample.translate(None, _CAPITALS))
    small = len(sample) - len(sample.translate(None, _SMALL))
    if capitals <= SHOUTED * (capitals + small):
        return text
    return _WORD.sub(lambda m: _usual(m.group()), text)


@lru_cache(maxsize=20_000)
def _usual(word: str) -> str:
    low = word.lower()
    if len(low) != len(word):
        return word
    return low if _bits(word_key(fold(word))) // SMALL % 4 == 3 else low[:1].upper() + low[1:]


class Reading:
    """A text in tokens, with its candidates."""

    def __init__(self, text: str, places: Gazetteer) -> None:
        self.text = soften(text)
        self.raw = _TOKEN.findall(self.text)
        self.offsets = list(accumulate(map(len, self.raw), initial=0))
        self.tokens: list[Token] = list(map(_TOKENS.__getitem__, self.raw))
        self._upper = [i for i, token in enumerate(self.tokens) if token[0] == UPPER]
        self.candidates = self._candidates(places)

    def _candidates(self, places: Gazetteer) -> list[Candidate]:
        tokens = self.tokens
        longest = {i: (i, tokens[i].name) for i in self._upper if tokens[i].name != NO_ENTRY}
        keys, spans = self._grams()
        for (i, j), name in zip(spans, places.find(keys), strict=True):
            if name != NO_ENTRY and (i not in longest or j >= longest[i][0]):
                longest[i] = (j, name)
        out: list[Candidate] = []
        free = 0
        for at in self._upper:
            if at < free:
                continue
            last, name = longest.get(at, (at, NO_ENTRY))
            if last == at and self._hollow(at):
                continue
            if name == NO_ENTRY:
                last, name = self._unknown(at, longest)
            else:
                last, name = self._typed(at, last, name)
            if last >= at:
                out.append(Candidate(at, last, name, self.offsets[at], self.offsets[last] + tokens[last].length))
                free = last + 1
        return out

    def _hollow(self, at: int) -> bool:
        """A word that alone is never a place: a month, an agency, `Northern` without a province behind it."""
        token = self.tokens[at]
        follow = self.tokens[at + 1] if at + 1 < len(self.tokens) else None
        runs_on = follow is not None and follow.kind == UPPER
        if token.bits & NO_PLACE:
            return not (runs_on and follow is not None and follow.folded in TYPES)
        if TYPES.get(token.folded) != "compass" or follow is None:
            return False
        return not (runs_on and (follow.name == NO_ENTRY or follow.folded in TYPES))

    def _grams(self) -> tuple[list[int], list[tuple[int, int]]]:
        """Keys of all runs of several words that may be names, with their first and last token."""
        tokens = self.tokens
        keys: list[int] = []
        spans: list[tuple[int, int]] = []
        count = len(tokens)
        for i in self._upper:
            token = tokens[i]
            if token.length <= 6:
                self._short(i, keys, spans)
            key = token.key
            if i + 1 < count and tokens[i + 1].folded in _SITES:
                self._site(i, i, key, keys, spans)
            words = 1
            j = i + 1
            while j < count and words < LONGEST:
                follow = tokens[j]
                kind = follow.kind
                if kind == UPPER:
                    key = join_key(key, follow.key)
                    keys.append(key)
                    spans.append((i, j))
                    words += 1
                    if j + 1 < count and tokens[j + 1].folded in _SITES:
                        self._site(i, j, key, keys, spans)
                elif (kind == LOWER and follow.folded in _JOINTS) or kind == POSSESSIVE:
                    key = join_key(key, follow.key)
                    words += 1
                elif kind != HYPHEN and not (kind == STOP and tokens[j - 1].folded in _SHORT):
                    break
                j += 1
        return keys, spans

    def _site(self, i: int, j: int, key: int, keys: list[int], spans: list[tuple[int, int]]) -> None:
        """A name with what it names in small letters: `Baghdad airport`, `Jenin refugee camp`."""
        for k in range(j + 1, min(j + 4, len(self.tokens))):
            if self.tokens[k].folded not in _SITES or self.tokens[k].kind != LOWER:
                break
            key = join_key(key, self.tokens[k].key)
            keys.append(key)
            spans.append((i, k))

    def _short(self, i: int, keys: list[int], spans: list[tuple[int, int]]) -> None:
        """Abbreviations: `Ala.`, `W.Va.`, and postal codes behind a comma."""
        raw = self.raw[i]
        if "." in raw:
            keys.append(join_key(self.tokens[i].key, DOT))
            spans.append((i, i))
        elif i + 1 < len(self.raw) and self.raw[i + 1][0] == "." and raw[-1] != " ":
            keys.append(join_key(self.tokens[i].key, DOT))
            spans.append((i, i + 1))
        elif i and raw.isupper() and self.raw[i - 1][0] in ",(":
            keys.append(join_key(self.tokens[i].key, DOT))
            spans.append((i, i))

    def _run(self, at: int) -> int:
        """Last token of the run of capitalised words that starts at `at`."""
        tokens, last, j = self.tokens, at, at + 1
        while j < min(len(tokens), at + RUN):
            kind = tokens[j].kind
            if kind == UPPER:
                last = j
            elif self._hyphenated(j):
                j += 1
            elif kind != HYPHEN and not (kind == STOP and tokens[j - 1].folded in _SHORT):
                break
            j += 1
        return last

    def _hyphenated(self, at: int) -> bool:
        """Whether a small word stands between hyphens: the `e` of `Dasht-e-Barchi`."""
        around = self.tokens[at - 1 : at + 2]
        return [t.kind for t in around] == [HYPHEN, LOWER, HYPHEN]

    def _typed(self, at: int, last: int, name: int) -> tuple[int, int]:
        """A known name that is only the head of a longer one: `Wichita Street`, `Neches River`."""
        end = self._run(last)
        if end > last and end - at < LONGEST:
            kind = TYPES.get(self.tokens[end].folded)
            if kind in ("street", "water") or (kind in ("admin", "terrain") and end == last + 1):
                return end, NO_ENTRY
            if self._hyphenated(last + 2):
                return end, NO_ENTRY
        return last, name

    def _unknown(self, at: int, longest: dict[int, tuple[int, int]]) -> tuple[int, int]:
        """A run that the gazetteer does not know but that is built or placed like a place."""
        tokens = self.tokens
        end = at
        if at + 1 < len(tokens) and tokens[at + 1].kind in (UPPER, HYPHEN, STOP):
            for j in range(at + 1, self._run(at) + 1):
                if j in longest and tokens[j].folded not in TYPES:
                    break
                if tokens[j].kind == UPPER:
                    end = j
            if end > at and (
                TYPES.get(tokens[end].folded) in ("street", "water", "terrain", "admin", "site")
                or TYPES.get(tokens[at].folded) in ("water", "terrain", "site")
            ):
                return end, NO_ENTRY
        if at and tokens[at - 1].folded in LOCATIVES and tokens[at - 1].kind == LOWER:
            return end, NO_ENTRY
        if end + 1 < len(tokens):
            follow = tokens[end + 1]
            if follow.kind == LOWER and TYPES.get(follow.folded) in ("admin", "water", "terrain"):
                return end, NO_ENTRY
            if follow.folded == "," and end + 2 in longest:
                return end, NO_ENTRY
        return at - 1, NO_ENTRY
