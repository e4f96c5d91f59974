"""Texts whose labels say only which types are possible: other people's sets, read through the ontology.

Each source yields (text, names of the types it may be); the trainer settles which by a model fitted without them.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from streams.domain.ontology import ontology

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

Labelled = tuple[str, frozenset[str]]

_LEAD = 400  # characters of an article that tell what it is about
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
_PLOVER = {  # the gold standard's names of 2018, in families and types of ours
    "AGREE": "diplomacy/agreement diplomacy/talks strategic-developments/agreement",
    "DEMAND": "diplomacy/appeal politics/statement",
    "REJECT": "diplomacy/dispute",
    "THREATEN": "strategic-developments/threat diplomacy/dispute",
    "PROTEST": "protests riots",
    "COERCE": "strategic-developments/arrest justice/arrest politics/unrest-response diplomacy/sanctions",
    "FIGHT": "battles explosions",
    "DISAPPROVE": "politics/accusation politics/condemnation diplomacy/condemnation diplomacy/dispute",
    "ASSAULT": "violence-against-civilians explosions crime/homicide",
    "RETREAT": "strategic-developments/non-violent-transfer-of-territory strategic-developments/agreement",
    "SANCTION": "diplomacy/sanctions diplomacy/expulsion",
    "SUPPORT": "diplomacy/talks diplomacy/agreement politics/statement",
    "CONCEDE": "strategic-developments/agreement justice/release",
    "CONSULT": "diplomacy/talks",
    "AID": "diplomacy/aid",
    "INVESTIGATE": "politics/investigation",
    "MOBILIZE": "strategic-developments/change-to-group-activity",
    "COOPERATE": "diplomacy/agreement diplomacy/talks",
}
_PENTA = {
    "STATEMENT": "politics diplomacy/talks diplomacy/appeal economy",
    "VERBAL_COOPERATION": "diplomacy/talks diplomacy/agreement diplomacy/appeal strategic-developments/agreement",
    "VERBAL_CONFLICT": "diplomacy/dispute diplomacy/condemnation diplomacy/sanctions politics/accusation "
    "politics/investigation strategic-developments/threat strategic-developments/claim-of-responsibility",
    "MATERIAL_CONFLICT": "battles explosions violence-against-civilians strategic-developments protests riots "
    "justice/arrest diplomacy/sanctions",
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
_MUC = {
    "BOMBING": "explosions/remote-bomb explosions/grenade explosions/attack explosions/shelling-missile",
    "KIDNAPPING": "violence-against-civilians/abduction",
    "ATTACK": "violence-against-civilians/attack battles/armed-clash battles/attack",
    "ARSON": "violence-against-civilians/arson strategic-developments/looting-property-destruction",
    "ROBBERY": "crime/robbery",
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


def rows_of(path: Path) -> list[dict[str, Any]]:
    """Rows of a JSON lines file, plain or gzip."""
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8")
    return [json.loads(line) for line in text.split("\n") if line.strip()]


def _capped(pairs: Iterable[Labelled], most: int) -> Iterator[Labelled]:
    """The first so many texts of each label, in file order."""
    seen: Counter[frozenset[str]] = Counter()
    for text, allowed in pairs:
        seen[allowed] += 1
        if seen[allowed] <= most and text.strip():
            yield text, allowed


def _reuters(data: Path) -> Iterator[Labelled]:
    names = {topic: types_of(name) for name, topics in _REUTERS.items() for topic in topics.split()}
    for row in rows_of(data / "reuters_stream" / "docs.jsonl.gz"):
        kinds = {names[t] for t in row["topics"] if t in names}
        if len(kinds) == 1:
            yield f"{row['title']}\n{row['text'][:_LEAD]}", kinds.pop()


def _headlines(data: Path) -> Iterator[Labelled]:
    seen: Counter[str] = Counter()
    for row in rows_of(data / "uci_headlines" / "docs.jsonl.gz"):
        seen[row["cluster"]] += 1
        if seen[row["cluster"]] <= 6:
            yield row["title"], types_of(_UCI[row["category"]])


def _topics(data: Path) -> Iterator[Labelled]:
    names = {topic: types_of(name) for name, topics in _ECBPLUS.items() for topic in topics.split()}
    seen: Counter[str] = Counter()
    for row in rows_of(data / "ecbplus" / "docs.jsonl.gz"):
        allowed = names.get(row["cluster"].split("_")[0])
        seen[row["cluster"]] += 1
        if allowed and seen[row["cluster"]] <= 5:
            yield row["text"][:_LEAD], allowed


def _terrorism(data: Path) -> Iterator[Labelled]:
    """The sentence of a report on one incident that names its victim or target."""
    for row in rows_of(data / "muc4" / "docs.jsonl.gz"):
        if len(row["templates"]) != 1 or row["types"][0] not in _MUC:
            continue
        template = row["templates"][0]
        lines = [*template["hum_tgt_name"], *template["hum_tgt_desc"], *template["phys_tgt"]]
        targets = [line.split('"')[1] for line in lines if line.count('"') > 1]
        paragraphs = " ".join(row["text"].split()).split(". ")
        told = next((p for p in paragraphs if any(t in p for t in targets)), None)
        if told:
            yield told.lower(), types_of(_MUC[row["types"][0]])


def weak_labels(data: Path) -> Iterator[Labelled]:
    """Texts of every source with the types they may be; `data` is the folder of the evaluation data."""
    yield from _capped(_reuters(data), 70)
    yield from _headlines(data)
    yield from _topics(data)
    yield from _capped(_terrorism(data), 60)
    shootings = rows_of(data / "gva_incidents" / "docs.jsonl.gz")
    yield from _capped(((f"{r['title']}\n{r['text'][:200]}", types_of("crime justice")) for r in shootings), 200)
    protests = rows_of(data / "protest_docs_za" / "docs.jsonl.gz")
    yield from ((r["text"][:_LEAD], types_of("protests riots")) for r in protests if r["label"] == "protest")
    diseases = rows_of(data / "geoparsing" / "geovirus.jsonl.gz")
    outbreak = types_of("health/outbreak health/measures")
    yield from _capped(((r["text"][:_LEAD], outbreak) for r in diseases), 60)
    textbook = rows_of(data / "plover_gsr" / "records.jsonl.gz")
    yield from ((r["text"], types_of(_PLOVER[r["label"]])) for r in textbook)
    penta = rows_of(data / "cameo_penta" / "sentences.jsonl.gz")
    yield from _capped(((r["text"], types_of(_PENTA[r["label"]])) for r in penta if r["label"] in _PENTA), 80)
