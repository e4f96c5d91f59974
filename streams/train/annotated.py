"""Our own annotations of articles of unlabelled_news: `annotated.jsonl`, in which texts are named by id and offset only.

A line is {id, mentions}; a mention is {role, family, spans, place, time, claims}: `spans` are [start, end] of its passages, the one
that reports it best first, `place` [name, country of two letters], `time` [first day, last day, precision], and a claim is [what, low,
high, of, start, end]. Offsets are code points of the article's text. Read with the guide of incident_claims, for training only:
no score is of these articles. Each has a fold all the same, so that a model can be asked for articles that it was not fitted on.
"""

import json
from pathlib import Path
from typing import Any
from zlib import crc32

from streams.evaluate.documents import read_rows

FILE = Path(__file__).with_name("annotated.jsonl")
FOLDS = 5
Row = dict[str, Any]


def annotated_articles(data: Path) -> list[Row]:
    """The annotated articles in the form of incident_claims, without attributions, each with its `fold`.

    ValueError names those whose text is missing.
    """
    marked = {row["id"]: row["mentions"] for row in map(json.loads, FILE.read_text("utf-8").splitlines())}
    rows = read_rows(data / "unlabelled_news" / "docs.jsonl.gz", ())
    found = [
        {**row, "mentions": [_mention(m) for m in marked[row["id"]]], "fold": crc32(row["id"].encode()) % FOLDS}
        for row in rows
        if row["id"] in marked
    ]
    if missing := marked.keys() - {row["id"] for row in found}:
        raise ValueError(f"unlabelled_news lacks the annotated articles {', '.join(sorted(missing))}")
    return found


def _mention(marked: Row) -> Row:
    evidence, *also = [{"start": start, "end": end} for start, end in marked["spans"]]
    place, time = marked["place"], marked["time"]
    return {
        "role": marked["role"], "family": marked["family"], "evidence": evidence, "also": also,
        "place": place and {"name": place[0], "country": place[1], "lat": None, "lon": None},
        "time": time and dict(zip(("start", "end", "precision"), time, strict=True)),
        "claims": [
            {"what": what, "min": low, "max": high, "of": of, "quote": {"start": start, "end": end}}
            for what, low, high, of, start, end in marked["claims"]
        ],
    }  # fmt: skip
