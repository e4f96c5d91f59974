"""Keeps the scores of models on documents that they were not fitted on, for the table of all scores."""

import json
from collections.abc import Mapping
from pathlib import Path

SCORES = Path(__file__).parents[1] / "domain" / "models" / "scores.json"


def record(task: str, data: str, figures: Mapping[str, float]) -> None:
    """Keep a task's rates (0 to 1) on a set, under the names that `tocsin eval` gives them, and print them."""
    known = json.loads(SCORES.read_text("utf-8")) if SCORES.exists() else {}
    known[f"{task} {data}"] = rounded = {name: round(float(rate), 4) for name, rate in figures.items()}
    SCORES.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", "utf-8")
    print(f"held out, {task} {data}:", *(f"{name} {rate}" for name, rate in rounded.items()), flush=True)
