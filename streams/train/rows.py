"""One document of a stream that linking learns from, and which pairs of stories nobody has judged."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from schemas.records import CopyVerdict, Mention
from streams.domain.dedupe.dedupe import DedupeState, dedupe
from streams.domain.linking.incident import NEWS_ROLES
from streams.evaluate.documents import Row as Document
from streams.evaluate.documents import as_streamed
from streams.evaluate.link import as_fetched
from streams.train.readings import readings

BACKGROUND = "other"  # begins the truth of news without labels: two of its stories are different when DISTANT apart
DISTANT = 21  # days
RATED = "rated"  # begins the truth of rated pairs: stories of one group may be one


class Row(NamedTuple):
    """One document of a stream."""

    document: str
    truth: str
    mention: Mention


def news_of(rows: Iterable[Document]) -> Iterator[tuple[str, Mention]]:
    """The news of each row that is no copy, in the order of a stream."""
    window = DedupeState()
    streamed = as_streamed(rows)
    for row, a in zip(streamed, as_fetched(streamed), strict=True):
        window, verdict = dedupe(window, a)
        if not isinstance(verdict.record, CopyVerdict):
            yield str(row["id"]), next(m for m in readings(a) if m.role in NEWS_ROLES)


def unlabelled(one: str, other: str) -> bool:
    """Whether nobody has said that two stories are one or two."""
    if one == other:
        return False
    mine, theirs = one.split(), other.split()
    if mine[0] == theirs[0] == RATED:
        return mine[1] == theirs[1]
    return mine[0] == theirs[0] == BACKGROUND and abs(int(mine[1]) - int(theirs[1])) < DISTANT
