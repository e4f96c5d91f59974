"""Splits an incident that one document reports as two: both are its news, and the incident holds accounts of both."""

from collections.abc import Iterable
from datetime import timedelta

from schemas.records import Mention
from streams.domain.geo.distance import kilometres
from streams.domain.linking.blocking import AREA_PRECISIONS
from streams.domain.linking.merge_split import Reason, hold_apart, merge, split
from streams.domain.linking.session import LinkSession

FAR = 50.0  # kilometres from which two places are two
DAYS_APART = timedelta(hours=12)  # between periods from which two times are two
DAYS = ("instant", "day")


def members_of_second(first: Mention, second: Mention, members: Iterable[Mention]) -> frozenset[str]:
    """Ids of the members that report the second of a document's two events and not the first.

    Empty unless the two are certainly apart: two places, or two days, both stated precisely.
    """
    if not (_two_places(first, second) or _two_days(first, second)):
        return frozenset()
    return frozenset(
        m.mention_id
        for m in members
        if m.document_id != first.document_id and _is(m, second, first) and not _is(m, first, second)
    )


def _is(member: Mention, this: Mention, other: Mention) -> bool:
    """Whether a member differs from the other event in the place or day that separates the two, and not from this one."""
    if _two_places(this, other):
        return _two_places(member, other) and _far(member, this) is not None and not _two_places(member, this)
    return _two_days(member, other) and not _two_days(member, this) and not _two_places(member, this)


def _two_places(a: Mention, b: Mention) -> bool:
    far = _far(a, b)
    return far is not None and far >= FAR


def _far(a: Mention, b: Mention) -> float | None:
    """Kilometres between the places of two mentions; None unless both are precise."""
    if (
        a.place is None
        or b.place is None
        or a.place.precision not in AREA_PRECISIONS
        or b.place.precision not in AREA_PRECISIONS
    ):
        return None
    return kilometres(a.place, b.place)


def _two_days(a: Mention, b: Mention) -> bool:
    if a.time is None or b.time is None or a.time.precision not in DAYS or b.time.precision not in DAYS:
        return False
    return max(a.time.start - b.time.end, b.time.start - a.time.end) >= DAYS_APART


def split_by_document(session: LinkSession, mention: Mention, home: str) -> str:
    """Split the incidents that a document reports as two and join the new part to `home`; returns the mention's incident."""
    for incident_id in sorted(session.state.told.get(mention.document_id, ())):
        now = session.state.open.get(incident_id)
        if now is None or incident_id == home or now.fixed or mention.role != "main":  # gone, when it has just merged
            continue
        first = next((m.mention for m in now.members if m.mention.document_id == mention.document_id), None)
        if first is None or first.role != "main":
            continue
        taken = members_of_second(first, mention, [m.mention for m in now.members])
        why = Reason(
            f"{mention.source.domain or mention.origin} reports two incidents: {mention.passage[:120]}",
            mention.reported_at,
        )
        new = split(session, now, taken, why) if taken else None
        if new is None:
            continue
        if not session.state.open[home].fixed:
            new = merge(session, new, session.state.open[home], why)
            home = new.incident_id
        hold_apart(now, new)
    return home
