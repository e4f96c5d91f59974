"""When an incident took place: which of the times that its article gives.

Every time in the passages of a mention, and near the top of the article for its news, is weighed by how it is given: as the time
of saying so, beside an event, first of all, how exactly, how long before publication. The weights of this conditional
logit model (McFadden 1974), with a part for each kind of mention, come from `train/incident_time.py`.
"""

from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from streams.domain.extract.passages import passages
from streams.domain.mentions.draft import Draft, MentionRole
from streams.domain.text.document import Document
from streams.domain.text.temporal import FoundPeriod
from streams.domain.text.trained_weights import ChoiceWeights

TOP = 6  # passages at the top whose times may be those of the news
_AGES = (-99999, 0, 1, 2, 4, 8, 32, 367, 9999999)  # days before publication


WEIGHTS = ChoiceWeights(Path(__file__).parents[1] / "models" / "incident_time.json")
_KINDS: dict[MentionRole, str] = {
    "main": "news", "story": "news", "follow-up": "after", "statement": "after", "background": "recalled", "aggregate": "counted"
}  # fmt: skip


class Given(NamedTuple):
    """One of the times, None for that none is given, and what speaks for it."""

    time: FoundPeriod | None
    features: dict[str, float]


def time_of(document: Document, draft: Draft) -> FoundPeriod | None:
    """The likeliest time of what a draft reports, None when likeliest none of those that are given.

    Where the day of an event is given, the times of saying so are not asked.
    """
    found = times(document, draft)
    if any(given.features.get("first") for given in found):
        found = [given for given in found if not given.features.get("said")]
    return max(found, key=lambda given: WEIGHTS.score(given.features)).time


def times(document: Document, draft: Draft) -> list[Given]:
    """Every time that comes into question with its features, those of the draft's kind beside those of all; none at the end."""
    own, best, kind = draft.evidence or draft.passages, draft.best_passage(), _KINDS[draft.role]
    ids, published = {id(p) for p in own}, document.published
    top = passages(document)[:TOP] if kind in ("news", "after") else []
    out, first = [], True
    for p in (*own, *(p for p in top if id(p) not in ids)):
        happened = {id(f) for f in p.times()}
        for f in p.periods:
            features = {
                "own": float(id(p) in ids),
                "best": float(p is best),
                "said": float(not f.open and id(f) not in happened),
                "open": float(f.open),
                f"precision {f.period.precision}": 1.0,
                "event": float(p.event is not None),
                "first": float(first and id(p) in ids and f.period.precision == "day" and id(f) in happened),
                **_age(f, published),
            }
            first = first and features["first"] == 0
            out.append(Given(f, _of_kind(kind, features)))
    return [*out, Given(None, _of_kind(kind, {"none": 1.0}))]


def _age(f: FoundPeriod, published: datetime) -> dict[str, float]:
    age = published.toordinal() - f.period.start.toordinal()
    return {f"age {low}": 1.0 for low, high in pairwise(_AGES) if low <= age < high}


def _of_kind(kind: str, features: dict[str, float]) -> dict[str, float]:
    """The features, and beside them the same for mentions of this kind alone."""
    return features | {f"{kind}: {name}": value for name, value in features.items()}
