"""Weak labels: other people's sets, read through the ontology, whose labels only narrow the types down.

Each source yields (text, names of the types it may be); the trainer settles which by a model fitted without them.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from streams.domain.ontology.types import ontology
from streams.evaluate.documents import read_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

Labelled = tuple[str, frozenset[str]]

_LEAD = 400  # characters of an article that tell what it is about
_MOST = 20
_REUTERS = {
    "economy/companies": "earn acq",
    "economy/markets": "money-fx crude grain gold sugar coffee oilseed livestock copper cocoa dlr nat-gas",
    "economy/public-finance": "trade gnp cpi bop money-supply interest reserves ipi",
    "economy/labour": "jobs",
}
_UCI = {
    "business": "economy",
    "technology": "other/science-technology economy/companies",
    "entertainment": "other/entertainment",
    "health": "health",
}
_ECBPLUS = {
    "other/sport": "5 7 10 25 29 31",
    "other/entertainment": "1 2 6",
    "other/obituary": "4 28",
    "other/science-technology": "27",
    "politics/election": "11",
    "politics/legislation": "9",
    "politics/government": "34",
    "disasters/earthquake": "20",
    "accidents/fall": "23",
    "accidents/outage": "30",
    "accidents/explosion-fire crime/arson": "13 14",
    "crime/robbery": "24",
    "crime justice": "16 18 21 22 32 33",
    "justice": "26 35",
    "justice/release justice/arrest justice/conviction": "3",
    "battles/piracy battles/naval-operation battles/naval-clash": "12",
}


def types_of(names: str) -> frozenset[str]:
    """Types of a space-separated list of types and families; ValueError for a name that is neither."""
    found: set[str] = set()
    for name in names.split():
        some = {t.name for t in ontology().types if name in (t.family, t.name)}
        if not some:
            raise ValueError(f"{name} is neither a family nor a type of ontology.json")
        found |= some
    return frozenset(found)


def _capped(pairs: Iterable[Labelled]) -> Iterator[Labelled]:
    """The first so many texts of each label, in file order: more of them drown the examples of rarer types."""
    seen: Counter[frozenset[str]] = Counter()
    for text, allowed in pairs:
        seen[allowed] += 1
        if seen[allowed] <= _MOST and text.strip():
            yield text, allowed


def _reuters(data: Path) -> Iterator[Labelled]:
    names = {topic: types_of(name) for name, topics in _REUTERS.items() for topic in topics.split()}
    for row in read_rows(data / "reuters_stream" / "docs.jsonl.gz", ()):
        kinds = {names[t] for t in row["topics"] if t in names}
        if len(kinds) == 1:
            yield f"{row['title']}\n{row['text'][:_LEAD]}", kinds.pop()


def _headlines(data: Path) -> Iterator[Labelled]:
    seen: Counter[str] = Counter()
    for row in read_rows(data / "uci_headlines" / "docs.jsonl.gz", ()):
        seen[row["cluster"]] += 1
        if seen[row["cluster"]] <= 3:
            yield row["title"], types_of(_UCI[row["category"]])


def _topics(data: Path) -> Iterator[Labelled]:
    names = {topic: types_of(name) for name, topics in _ECBPLUS.items() for topic in topics.split()}
    seen: Counter[str] = Counter()
    for row in read_rows(data / "ecbplus" / "docs.jsonl.gz", ()):
        allowed = names.get(row["cluster"].split("_")[0])
        seen[row["cluster"]] += 1
        if allowed and seen[row["cluster"]] <= 3:
            yield row["text"][:_LEAD], allowed


def weak_labels(data: Path) -> Iterator[Labelled]:
    """Texts of every source with the types they may be; `data` is the folder of the evaluation data."""
    diseases = read_rows(data / "geoparsing" / "geovirus.jsonl.gz", ())
    outbreak = types_of("health/outbreak health/measures")
    yield from _capped(_reuters(data))
    yield from _capped(_headlines(data))
    yield from _capped(_topics(data))
    yield from _capped((row["text"][:_LEAD], outbreak) for row in diseases)
