"""Evaluation of one task: documents in, predictions out, scores where the documents carry labels.

Every task runs the code that the stages run, on the fields that a connector has of each document.
"""

import json
import time
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from streams.evaluate.documents import Row, as_streamed, files_of, read_rows
from streams.evaluate.scores import (
    Rows,
    Scores,
    casualties_scores,
    classify_scores,
    dedupe_scores,
    link_scores,
    merge_scores,
    places_scores,
)
from streams.evaluate.scores_claims import claims_scores
from streams.evaluate.scores_extract import extract_scores
from streams.evaluate.scores_multilingual import (
    headlines_scores,
    is_labelled,
    similarity_scores,
    spans_scores,
    types_scores,
)

LABELS = {  # the field by which a document carries the gold of a task; dedupe's gold is a second file
    "classify": "label",
    "places": "toponyms",
    "casualties": "killed",
    "claims": "mentions",
    "extract": "templates",
    "link": "cluster",
}
MULTILINGUAL: dict[str, Callable[[Rows, Rows], Scores]] = {
    "similarity": similarity_scores,
    "types": types_scores,
    "headlines": headlines_scores,
}
TASKS = ("dedupe", *LABELS, *MULTILINGUAL)


def evaluate(
    task: str,
    data_path: Path | str,
    *,
    also: Path | str | None = None,
    gold2: Path | str | None = None,
    predictions: Path | str | None = None,
    seed: int = 0,
    min_words: int = 0,
) -> Scores:
    """Predicts a task on a file of documents and scores it where labels exist.

    `also` holds further documents, fed in the same stream, `gold2` the labelled pairs of dedupe or the incidents of
    casualties. `seed` shuffles documents of equal dates, `min_words` leaves shorter documents out of dedupe's score.
    A folder stands for all its files.

    Returns one flat dictionary: the metrics (rates with four decimals), `documents`, `seconds` spent on predicting.
    Raises ValueError for an unknown task, a file that is no JSON lines, or an id that appears twice.
    """
    if task not in TASKS:
        raise ValueError(f"unknown task {task!r}; choose one of {', '.join(TASKS)}")
    files = [file for path in (data_path, also) if path is not None for file in files_of(Path(path))]
    named = task == "types"  # labels are in the words of the set
    rows = [row | ({"set": file.name.partition(".")[0]} if named else {}) for file in files for row in read_rows(file)]
    gold = _by_id(rows, Path(data_path))
    streamed = as_streamed(rows, seed)
    predict: Callable[[Iterable[Row]], Iterator[Row]] = import_module(f"streams.evaluate.{task}").predict
    began = time.perf_counter()
    said = list(predict(streamed))
    seconds = time.perf_counter() - began
    if predictions is not None:
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in said)
        Path(predictions).write_text("".join(lines), encoding="utf-8")
    second = read_rows(Path(gold2), needed=()) if gold2 is not None else None
    scores = _score(task, gold, _by_id(said, Path("predictions")), second, min_words)
    rounded = {k: round(v, 4) if isinstance(v, float) else v for k, v in scores.items()}
    return {"documents": len(rows), **rounded, "seconds": round(seconds, 3)}


def _score(task: str, gold: Rows, said: Rows, second: list[Row] | None, min_words: int) -> Scores:
    """The metrics, or nothing when the documents carry no labels of the task."""
    missing: Scores = {
        "missing_predictions": len({i for i, row in gold.items() if not row.get("hard")} - said.keys()),
        "unknown_ids": len(said.keys() - gold.keys()),
    }
    if task == "dedupe":
        pairs = dedupe_scores(gold, said, second, min_words) if second is not None else {}
        labelled = merge_scores(gold, said) if all("cluster" in row for row in gold.values()) else {}
        return {**pairs, **labelled, **missing} if pairs or labelled else {}
    if task in MULTILINGUAL:
        return {**MULTILINGUAL[task](gold, said), **missing} if is_labelled(gold.values(), task) else {}
    if task == "places" and all("places" in row and "lang" in row for row in gold.values()):
        return {**spans_scores(gold, said), **missing}
    if task == "casualties" and second is not None:
        return {**casualties_scores(gold, said, second), **missing}
    if not all(LABELS[task] in row for row in gold.values()):
        return {}
    scorers: dict[str, Callable[[Rows, Rows], Scores]] = {
        "classify": classify_scores,
        "places": places_scores,
        "casualties": casualties_scores,
        "extract": extract_scores,
        "link": link_scores,
        "claims": claims_scores,
    }
    scores = scorers[task](gold, said)
    return scores if task == "claims" else {**scores, **missing}


def _by_id(rows: Iterable[Row], path: Path) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for row in rows:
        if str(row["id"]) in found:
            raise ValueError(f"{path}: the id {row['id']} appears twice; ids must be unique")
        found[str(row["id"])] = row
    return found
