"""The wrong cases of a task, one a line, for reading: `python -m streams.evaluate.errors TASK DATA [--gold2 FILE]`.

Kinds: of places `missed`, `false`, `far` (beyond 161 km); of casualties `toll`; of classify and protests `label`; of
extract `type`; of claims `missed mention`, `missed claim`, `false claim`, `source`. A line gives the kind, the id of
the document, the gold and the prediction.
"""

import argparse
from collections import Counter
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from streams.evaluate.documents import Row, as_streamed, read_rows
from streams.evaluate.scores import kilometres

FAR = 161.0  # kilometres, a hundred miles: the usual bound of geoparsing
SHOWN = 70  # characters of a quotation
Wrong = tuple[str, str, Any, Any]  # kind, document id, gold, prediction


def places(row: Row, said: Row) -> Iterator[Wrong]:
    """Toponyms not found, found where none is, or resolved far off."""
    text, used = row["text"], set()
    for true in row["toponyms"]:
        name = text[true["start"] : true["end"]]
        found = next((n for n, p in enumerate(said["toponyms"]) if _overlap(true, p) > 0), None)
        if found is None:
            yield "missed", row["id"], name, None
            continue
        used.add(found)
        guess = said["toponyms"][found]
        if None not in (true.get("lat"), guess["lat"]):
            distance = kilometres((true["lat"], true["lon"]), (guess["lat"], guess["lon"]))
            if distance > FAR:
                yield "far", row["id"], name, f"{distance:.0f} km away, {guess['lat']}, {guess['lon']}"
    for n, guess in enumerate(said["toponyms"]):
        if n not in used:
            yield "false", row["id"], None, text[guess["start"] : guess["end"]]


def casualties(row: Row, said: Row) -> Iterator[Wrong]:
    """Killed or injured other than the archive counted."""
    true, guess = [(one.get("killed"), one.get("injured")) for one in (row, said)]
    if None not in true and true != guess:
        yield "toll", row["id"], "{} killed, {} injured".format(*true), "{} killed, {} injured".format(*guess)


def classify(row: Row, said: Row) -> Iterator[Wrong]:
    """Another label."""
    if row["label"] != said["label"]:
        yield "label", row["id"], row["label"], said["label"]


def extract(row: Row, said: Row) -> Iterator[Wrong]:
    """Types of incidents that only one side has."""
    true, guess = [Counter(_type(t["type"]) for t in one["templates"]) for one in (row, said)]
    if true != guess:
        yield "type", row["id"], dict(true - guess), dict(guess - true)


def claims(row: Row, said: Row) -> Iterator[Wrong]:
    """Mentions and figures missed, figures that nobody states, and sources other than those named."""
    text = row["text"]
    for m in row["mentions"]:
        spans = [p["evidence"] for p in said["mentions"]] + [s for p in said["mentions"] for s in p.get("also") or ()]
        if all(_overlap(m["evidence"], s) <= 0 for s in spans):
            yield "missed mention", row["id"], f"{m['role']} {m['family']}: {_words(text, m['evidence'])}", None
    true = [c for m in row["mentions"] for c in m["claims"]]
    guessed = [c for m in said["mentions"] for c in m["claims"]]
    for c in true:
        same = [g for g in guessed if _is_same(c, g)]
        if not same:
            yield "missed claim", row["id"], f"{c['what']} {c['min']}..{c['max']}: {_words(text, c['quote'])}", None
        elif bool(c.get("attributed_to")) != bool(same[0].get("attributed_to")):
            yield "source", row["id"], c.get("attributed_to"), same[0].get("attributed_to")
    for g in guessed:
        if not any(_is_same(c, g) for c in true):
            yield "false claim", row["id"], None, f"{g['what']} {g['min']}..{g['max']}: {_words(text, g['quote'])}"


def protests(row: Row, said: Row) -> Iterator[Wrong]:
    """Articles labelled `protest` whose news is none, and articles labelled `none` whose news is a protest."""
    news = [m["family"] for m in said["mentions"] if m["role"] in ("main", "follow-up")]
    guess = "protest" if {"protests", "riots"} & {*news} else "none"
    if row["label"] != guess:
        yield "label", row["id"], row["label"], f"{guess} ({', '.join(news) or 'no incident'})"


KINDS: dict[str, Callable[[Row, Row], Iterator[Wrong]]] = {
    "places": places, "casualties": casualties, "classify": classify, "extract": extract, "claims": claims,
    "protests": protests,
}  # fmt: skip
READERS = {"protests": "claims"}  # tasks read by the code of another


def _type(named: str | list[str]) -> str:
    return (named if isinstance(named, str) else named[0]).split(" / ")[0]


def _is_same(a: Row, b: Row) -> bool:
    return (a["what"], a["min"], a["max"]) == (b["what"], b["min"], b["max"]) and _overlap(a["quote"], b["quote"]) > 0


def _overlap(a: Row, b: Row) -> int:
    return int(min(a["end"], b["end"]) - max(a["start"], b["start"]))


def _words(text: str, span: Row) -> str:
    return " ".join(text[span["start"] : span["end"]].split())[:SHOWN]


def main() -> None:
    """Print the wrong cases of one task on one file."""
    parser = argparse.ArgumentParser(description="The wrong cases of a task, one a line.")
    parser.add_argument("task", choices=sorted(KINDS))
    parser.add_argument("data", type=Path)
    parser.add_argument("--gold2", type=Path, help="counts of the incidents, for casualties")
    args = parser.parse_args()
    gold = {row["id"]: row for row in read_rows(args.data)}
    if args.gold2:
        counts = {r["cluster"]: r for r in read_rows(args.gold2, needed=("cluster",))}
        for row in gold.values():
            counted = counts.get(row["cluster"], {}) if len(row.get("clusters") or [0]) == 1 else {}
            row.update(killed=counted.get("killed"), injured=counted.get("injured"))
    predict = import_module(f"streams.evaluate.{READERS.get(args.task, args.task)}").predict
    for guess in predict(as_streamed(gold.values())):
        for kind, name, true, wrong in KINDS[args.task](gold[guess["id"]], guess):
            print(kind, name, f"gold: {true}", f"said: {wrong}", sep=" | ")


if __name__ == "__main__":
    main()
