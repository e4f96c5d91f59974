"""Scores of reading annotated articles, as figures by name and as a table."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from streams.domain.mentions.passage_signals import ROLES
from streams.evaluate.scores_claims import claims_scores, paired

FIGURES = {
    "mentions_f1": "mention F1", "mentions_p": "precision", "mentions_r": "recall", "family_accuracy": "family right",
    "main_found": "main found", "main_found_as_main": "main found, as main", "quiet_articles": "no alarm where no incident",
    "background_found": "background found", "follow-up_found": "follow-up found", "statement_found": "statement found",
    "aggregate_found": "aggregate found", "role_accuracy": "role right", "background_not_main": "background not taken for main",
    "place_within_100km": "place within 100 km", "time_day_accuracy": "day right", "claims_victims_f1": "victims' claims F1",
    "claims_in_own_mention": "claims in own mention",
    "attribution_accuracy_named": "named source right",
}  # fmt: skip


def scores(rows: Sequence[dict[str, Any]], said: dict[str, dict[str, Any]]) -> dict[str, float]:
    """The figures of the table for the annotated articles, 0 to 1."""
    gold = {row["id"]: row for row in rows}
    out = {k: float(v) for k, v in claims_scores(gold, said).items() if isinstance(v, (int, float))}
    found: dict[str, list[bool]] = {role: [] for role in ROLES}
    quiet = []
    for key, row in gold.items():
        guesses = [m for m in said[key]["mentions"] if m["role"] != "story"]
        pairs = dict(paired(row["mentions"], guesses))
        for n, mention in enumerate(row["mentions"]):
            found[mention["role"]].append(n in pairs)
        if all(m["role"] != "main" for m in row["mentions"]):
            quiet.append(all(m["role"] != "main" for m in guesses))
    out |= {f"{role}_found": float(np.mean(hits)) for role, hits in found.items() if role != "main"}
    return out | {"quiet_articles": float(np.mean(quiet))}


def table(columns: dict[str, dict[str, float]]) -> str:
    """A Markdown table: one row a figure in points of a hundred, one column a reader."""
    lines = [f"| figure | {' | '.join(columns)} |", f"| --- |{' --- |' * len(columns)}"]
    lines += [
        f"| {name} | {' | '.join(f'{100 * c[key]:.1f}' for c in columns.values())} |" for key, name in FIGURES.items()
    ]
    return "\n".join(lines)
