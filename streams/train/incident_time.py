"""Trains the choice of an incident's time; `python -m streams.train.figures DATA` scores and writes it.

Learned from incident_claims: a time is right when it begins on a day that the annotation allows and is as short, or meets a longer
annotated period and is about as long; none is right where the annotation has none. Articles are read by readers that were not
fitted on them.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from streams.domain.mentions import incident_time
from streams.domain.mentions.draft import Draft
from streams.domain.mentions.learned_drafts import learned_drafts
from streams.domain.text.document import Document
from streams.domain.text.temporal import FoundPeriod
from streams.evaluate.scores_claims import paired
from streams.train.choice import Choice, fit_choice

STRENGTH = 3.0  # of the pull of every weight towards nothing, twice that for one of a kind of mention
SHORT, SLACK = 7, 7  # days that a day may be told by; further days that a longer period may be


def choices(row: dict[str, Any], document: Document) -> list[Choice]:
    """The times of an annotated article's mentions as it is read; by readers that were not fitted on it, for training."""
    drafts = learned_drafts(document)
    out = []
    for gold, said in paired(row["mentions"], [_said(d) for d in drafts]):
        annotated = row["mentions"][gold].get("time")
        found = incident_time.times(document, drafts[said])
        right = [_right(g.time, annotated) for g in found]
        if any(right) and not all(right):
            out.append(Choice([g.features for g in found], right))
    return out


def _said(draft: Draft) -> dict[str, Any]:
    """A draft in the form of the annotated mentions, as far as they are matched by it."""
    best = draft.best_passage()
    spans = [{"start": p.start, "end": p.end} for p in draft.evidence if p is not best]
    return {
        "role": draft.role, "family": draft.kind[0] if draft.kind else "",
        "evidence": {"start": best.start, "end": best.end}, "also": spans,
    }  # fmt: skip


def _right(found: FoundPeriod | None, annotated: dict[str, Any] | None) -> bool:
    if annotated is None or found is None:
        return annotated is found
    start, end = (date.fromisoformat(annotated[side][:10]) for side in ("start", "end"))
    first, last = found.period.start.date(), found.period.end.date()
    if annotated["precision"] == "day":
        return start <= first <= end and last - first <= timedelta(days=SHORT)
    return first <= end and start <= last and last - first <= 2 * (end - start) + timedelta(days=SLACK)


def fit(chosen: Sequence[Choice]) -> dict[str, float]:
    """Weights that make right times likely."""
    return fit_choice(chosen, STRENGTH)
