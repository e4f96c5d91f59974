"""Every task over all labelled sets in one table, beside what other systems reach on the same data.

    python -m streams.evaluate.table DATA [--write streams/README.md]

`DATA` is the folder of labelled sets. Scores on documents that a model was fitted on say little, so the held-out
figures of the training runs (`domain/models/scores.json`, written by `make train`) stand beside them. Figures of
others were measured on the same files by their programs, or published.
"""

import argparse
import json
import platform
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from streams.evaluate.run import evaluate
from streams.evaluate.scores import Scores

if TYPE_CHECKING:
    from collections.abc import Iterable

HELD_OUT = Path(__file__).parents[1] / "domain" / "models" / "scores.json"
BEGIN, END = "<!-- begin: python -m streams.evaluate.table -->", "<!-- end -->"


@dataclass(frozen=True, slots=True)
class Set:
    """A task on one set: file and further options of `evaluate`, both below the folder of data."""

    task: str
    name: str
    data: str
    gold2: str | None = None
    min_words: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One metric of a set: its name in words, its key in the scores, others' figures, the target in per cent."""

    of: Set
    metric: str
    key: str
    others: str
    target: float


SNIPPETS = Set("classify", "case2021_acled", "case2021_acled/snippets.jsonl.gz")
LGL = Set("places", "lgl", "geoparsing/lgl.jsonl.gz")
GEOVIRUS = Set("places", "geovirus", "geoparsing/geovirus.jsonl.gz")
GUN = Set("casualties", "gun_casualties", "gun_casualties/docs.jsonl.gz")
GVA = Set("casualties", "gva_incidents", "gva_incidents/docs.jsonl.gz", gold2="gva_incidents/incidents.jsonl.gz")
MUC = Set("extract", "muc4", "muc4/docs.jsonl.gz")
CLAIMS = Set("claims", "incident_claims", "incident_claims/docs.jsonl")
SPACY = "spaCy + most populous"
LINES = (
    Line(SNIPPETS, "weighted F1", "weighted_f1", "TF-IDF + logistic regression 69, MiniLM 74; published 77", 80),
    Line(LGL, "toponym F1", "f1", f"{SPACY} 69", 80),
    Line(LGL, "within 161 km", "accuracy_161km", f"{SPACY} 46", 85),
    Line(LGL, "found and right", "end_to_end_recall", f"{SPACY} 27", 65),
    Line(GEOVIRUS, "toponym F1", "f1", f"{SPACY} 88", 92),
    Line(GEOVIRUS, "within 161 km", "accuracy_161km", f"{SPACY} 46", 85),
    Line(GEOVIRUS, "found and right", "end_to_end_recall", f"{SPACY} 39", 65),
    Line(GUN, "killed exact", "killed_accuracy", "regular expressions 87", 94),
    Line(GUN, "killed exact where > 0", "killed_positive_accuracy", "regular expressions 53", 75),
    Line(GUN, "both exact", "both_accuracy", "regular expressions 63", 78),
    Line(GVA, "both exact", "both_accuracy", "regular expressions 44", 60),
    Line(MUC, "type F1", "type_f1", "", 72),
    Line(MUC, "slots F1", "slots_f1", "", 45),
    Line(CLAIMS, "mention F1", "mentions_f1", "", 80),
    Line(CLAIMS, "main found", "main_found", "", 92),
    Line(CLAIMS, "main found as main", "main_found_as_main", "", 85),
    Line(CLAIMS, "background not taken for main", "background_not_main", "", 90),
    Line(CLAIMS, "family", "family_accuracy", "", 93),
    Line(CLAIMS, "place within 100 km", "place_within_100km", "", 82),
    Line(CLAIMS, "day", "time_day_accuracy", "", 92),
    Line(CLAIMS, "victim claims F1", "claims_victims_f1", "", 85),
    Line(CLAIMS, "named attribution", "attribution_accuracy_named", "", 90),
    Line(CLAIMS, "claim in its own mention", "claims_in_own_mention", "", 92),
)


def table(data: Path) -> str:
    """The table in Markdown, percentages; evaluates every set whose files are there, names the others on stderr."""
    held_out: dict[str, Scores] = json.loads(HELD_OUT.read_text("utf-8")) if HELD_OUT.exists() else {}
    scores: dict[Set, Scores] = {}
    for of in dict.fromkeys(line.of for line in LINES):
        if not (data / of.data).exists():
            print(f"{of.task} {of.name}: {data / of.data} is not there, left out", file=sys.stderr)
            continue
        print(f"{of.task} {of.name} ...", file=sys.stderr, flush=True)
        gold2 = data / of.gold2 if of.gold2 else None
        scores[of] = evaluate(of.task, data / of.data, gold2=gold2, min_words=of.min_words)
    names = ("task", "set", "documents", "metric", "here", "held out", "others, same data", "target")
    lines = [line for line in LINES if scores.get(line.of, {}).get(line.key) is not None]
    rows = [_row(line, scores[line.of], held_out.get(f"{line.of.task} {line.of.name}", {})) for line in lines]
    head = [_cells(names), _cells("---" for _ in names)]
    measured = f"Measured {datetime.now(UTC):%Y-%m-%d} on {platform.machine()}, Python {platform.python_version()}."
    return "\n".join((*head, *rows, "", measured))


def _row(line: Line, scores: Scores, held_out: Scores) -> str:
    return _cells((
        line.of.task, line.of.name, f"{scores['documents']:,}", line.metric, _per_cent(scores[line.key]),
        _per_cent(held_out[line.key]) if line.key in held_out else "", line.others, f"{line.target:g}",
    ))  # fmt: skip


def _cells(texts: "Iterable[str]") -> str:
    return f"| {' | '.join(texts)} |"


def _per_cent(rate: float) -> str:
    return f"{100 * rate:.1f}"


def written(text: str, into: str, begin: str = BEGIN) -> str:
    """A document with the table between its two marks renewed; ValueError when it has no such marks."""
    before, found, rest = into.partition(begin)
    _, end, after = rest.partition(END)
    if not found or not end:
        raise ValueError(f"no place for the table; put the lines {begin!r} and {END!r} where it belongs")
    return f"{before}{begin}\n\n{text}\n\n{END}{after}"


def main() -> None:
    """Print the table, or write it into a document."""
    parser = argparse.ArgumentParser(description="Every task over all labelled sets in one table.")
    parser.add_argument("data", type=Path, help="folder of the labelled sets")
    parser.add_argument("--write", type=Path, help="renew the table in this Markdown file")
    asked = parser.parse_args()
    text = table(asked.data)
    print(text)
    if asked.write:
        asked.write.write_text(written(text, asked.write.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
