"""Metrics of MUC-4 template extraction: template types per document, and the slots of aligned templates.

Key fills are read as the MUC-4 answer keys write them: `/` parts alternatives, `:` a place from those inside it,
`?` marks an optional fill, which counts like the others.
"""

import re
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, NamedTuple

from streams.evaluate.scores import Row, Rows, Scores, rates

SLOTS = ("location", "date", "perp_org", "perp_individual", "hum_tgt_name", "phys_tgt")
EXTRA_WORDS = 3  # words that a prediction may have beyond the key's
UP_TO_DAYS = 31  # what a key of "by that day" covers before it
_SMALL = frozenset(["a", "an", "the", "of", "and", "in", "de", "del", "la", "el", "los", "las", "y"])
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_ISO_DAY = re.compile(r"(\d{4})-([01]\d)-([0-3]\d)")
_MUC_DAY = re.compile(r"(\d{1,2}) ([A-Z]{3})[A-Z]* (\d\d)\b")


class Fill(NamedTuple):
    """One key fill: any of its alternatives may be given."""

    alternatives: tuple[Any, ...]
    matches: Callable[[str, Any], bool]


def extract_scores(gold: Rows, said: Rows) -> Scores:
    """Relevance of documents, types of templates (as multisets) and slot fills.

    Templates are aligned one to one where types agree, those with most common fills first; slot counts run over
    all templates, so that a missed or invented one costs its fills.
    """
    tally: Counter[str] = Counter()
    slots = {slot: Counter[str]() for slot in SLOTS}
    for i, row in gold.items():
        keys = [(_types(t), {slot: _fills(slot, t) for slot in SLOTS}) for t in row["templates"]]
        answers = (said[i].get("templates") or []) if i in said else []
        guesses = [(_types(t), {slot: _values(t.get(slot)) for slot in SLOTS}) for t in answers]
        aligned = _aligned(keys, guesses)
        for hits in aligned:
            for slot in SLOTS:
                slots[slot]["hits"] += hits[slot]
        for slot in SLOTS:
            slots[slot]["gold"] += sum(len(fills[slot]) for _, fills in keys)
            slots[slot]["predicted"] += sum(len(values[slot]) for _, values in guesses)
        tally.update(
            relevant=bool(keys),
            called_relevant=bool(guesses),
            rightly_relevant=bool(keys and guesses),
            templates=len(keys),
            predicted=len(guesses),
            types=len(aligned),
        )
    total = sum(slots.values(), Counter[str]())
    result: Scores = {
        "documents": len(gold),
        "templates": tally["templates"],
        "predicted_templates": tally["predicted"],
        **rates(tally["rightly_relevant"], tally["called_relevant"], tally["relevant"], "relevance_"),
        **rates(tally["types"], tally["predicted"], tally["templates"], "type_"),
    }
    for slot, n in slots.items():
        result |= rates(n["hits"], n["predicted"], n["gold"], f"{slot}_")
    return result | rates(total["hits"], total["predicted"], total["gold"], "slots_")


Key = tuple[set[str], dict[str, list[Fill]]]
Guess = tuple[set[str], dict[str, list[str]]]


def _aligned(keys: list[Key], guesses: list[Guess]) -> list[dict[str, int]]:
    """Hits by slot of each aligned pair of templates."""
    options = [
        (k, g, {slot: _hits(fills[slot], values[slot]) for slot in SLOTS})
        for k, (types, fills) in enumerate(keys)
        for g, (said, values) in enumerate(guesses)
        if types & said
    ]
    aligned: list[dict[str, int]] = []
    used_keys: set[int] = set()
    used_guesses: set[int] = set()
    for k, g, hits in sorted(options, key=lambda option: -sum(option[2].values())):
        if k not in used_keys and g not in used_guesses:
            used_keys.add(k)
            used_guesses.add(g)
            aligned.append(hits)
    return aligned


def _hits(fills: list[Fill], values: list[str]) -> int:
    """Fills that a value matches, each value used once."""
    left = list(values)
    for fill in fills:
        for value in left:
            if any(fill.matches(value, alternative) for alternative in fill.alternatives):
                left.remove(value)
                break
    return len(values) - len(left)


def _values(value: Any) -> list[str]:
    return [str(v) for v in (value if isinstance(value, list) else [value]) if v is not None and v != ""]


def _types(template: Row) -> set[str]:
    return {part.strip().upper() for value in _values(template.get("type")) for part in value.split("/")}


def _fills(slot: str, template: Row) -> list[Fill]:
    read = {"location": _location_fill, "date": _date_fill}.get(slot, _name_fill)
    fills = [read(line.strip("? ")) for line in template.get(slot) or []]
    return [fill for fill in fills if fill.alternatives]


def _location_fill(line: str) -> Fill:
    """Any place named below the country; the country where the key names no more."""
    names: list[str] = []
    for alternative in re.sub(r"(?<=[\w'.])\s*\([^()]*\)", "", line).split("/"):
        levels = alternative.split(":")
        for level in levels[1:] or levels:
            names += re.split(r"\s+-\s+", level.strip(" ()"))
    return Fill(tuple(name for name in names if name), _place_matches)


def _date_fill(line: str) -> Fill:
    """The days from the first to the last that the key names; "- 08 JAN 90" is up to that day."""
    spans = []
    for part in line.split("/"):
        if days := _days(part):
            before = UP_TO_DAYS if re.match(r"[\s(]*-", part) else 0
            spans.append((min(days) - timedelta(days=before), max(days)))
    return Fill(tuple(spans), lambda said, span: any(span[0] <= day <= span[1] for day in _days(said)))


def _name_fill(line: str) -> Fill:
    return Fill(tuple(name.strip(' "') for name in re.split(r'"\s*/\s*"', line)), _name_matches)


def _days(text: str) -> list[date]:
    """Every full day of a text, ISO (1990-01-08) or as MUC writes it (08 JAN 90); a day past a month's end runs on."""
    found = [(int(y), int(m), int(d)) for y, m, d in _ISO_DAY.findall(text)]
    for d, month, y in _MUC_DAY.findall(text.upper()):
        if month in _MONTHS:
            found.append((1900 + int(y), _MONTHS.index(month) + 1, int(d)))
    return [date(y, m, 1) + timedelta(days=d - 1) for y, m, d in found if 1 <= m <= 12]


def _place_matches(said: str, name: str) -> bool:
    return f" {' '.join(_words(name))} " in f" {' '.join(_words(said))} "


def _name_matches(said: str, name: str) -> bool:
    """One's words stand in the other's, small ones aside, with a few extra at most in the prediction."""
    mine, theirs = set(_words(said)) - _SMALL, set(_words(name)) - _SMALL
    if not mine or not theirs:
        return False
    return mine <= theirs or (theirs <= mine and len(mine) <= len(theirs) + EXTRA_WORDS)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())
