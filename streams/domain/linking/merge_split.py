"""Merging and splitting open incidents, as records with a reason, so that both can be taken back.

A member remembers the incidents that it was in before merges, one inside the next, and an incident what those merged
into it were: a split that takes out all members that came from one of them restores it, with what it had taken in itself.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime

from schemas.identity import digest
from schemas.records import Change, Relation
from streams.domain.linking.cluster_profile import Profile
from streams.domain.linking.incident import Absorbed, Open, RetiredMembers, opening, sourced, strongest
from streams.domain.linking.member import Member
from streams.domain.linking.session import LinkSession
from streams.domain.linking.state import LinkState
from streams.domain.linking.ties import follow_merge, follow_split


@dataclass(frozen=True, slots=True)
class Reason:
    """Why incidents are merged or split, and when in event time."""

    text: str
    at: datetime
    score: float = 1.0
    parts: dict[str, float] = field(default_factory=dict)
    mention_id: str | None = None


def merge(session: LinkSession, one: Open, two: Open, why: Reason, *, into_first: bool = False) -> Open:
    """Merge the younger incident (or the second, if asked) into the other, which is returned."""
    state = session.state
    elder, younger = sorted((one, two), key=lambda o: (o.incident.first_seen, o.incident_id))
    if into_first:
        elder, younger = one, two
    gone = younger.incident
    change = Change(kind="merged", mention_id=None, score=why.score, parts=why.parts, text=why.text)
    state.forget(gone.incident_id, keep_profile=True)
    closed = replace(
        gone, version=gone.version + 1, status="closed", merged_into=elder.incident_id, change=change,
        last_changed=max(gone.last_changed, why.at),
    )  # fmt: skip
    for m in younger.members:
        m.came_from = (*m.came_from, gone.incident_id)
    elder.members = sorted(elder.members + younger.members, key=lambda m: m.mention.reported_at)
    elder.claims = elder.claims + younger.claims
    elder.retired = _together(elder.retired, younger.retired)
    elder.absorbed |= {**younger.absorbed, gone.incident_id: Absorbed(closed.version, younger.edits)}
    elder.fixed = elder.fixed or younger.fixed
    elder.apart = sorted({*elder.apart, *younger.apart} - {elder.incident_id, gone.incident_id})
    elder.corrections += younger.corrections
    state.profiles[elder.incident_id].merge(state.profiles.pop(gone.incident_id), state.index.idf)
    session.close(closed)
    session.store(elder, change, why.at)
    session.send(_relation(gone.incident_id, elder.incident_id, "merged", why))
    follow_merge(session, younger, elder)
    return elder


def split(session: LinkSession, now: Open, mention_ids: frozenset[str], why: Reason) -> Open | None:
    """Take members out into an incident of their own, which is returned; None when none or all would go."""
    state = session.state
    taken = [m for m in now.members if m.mention.mention_id in mention_ids]
    left = [m for m in now.members if m.mention.mention_id not in mention_ids]
    if not taken or not (left or now.retired.mentions):
        return None
    moved = frozenset(m.mention.mention_id for m in taken)
    now.members = left
    new = _taken_out(now, taken, state)
    now.claims = tuple(c for c in now.claims if c.mention_id not in moved)
    state.profiles[now.incident_id].take_out(taken, state.index.idf)
    for m in taken:
        state.home.pop(m.mention.mention_id, None)
        if state.stories.get(m.mention.story_id) == now.incident_id:
            del state.stories[m.mention.story_id]
    change = Change(kind="split", score=why.score, parts=why.parts, text=why.text)
    session.store(now, change, now.incident.last_changed)
    state.profiles[new.incident_id] = Profile.of_all(taken, state.index.idf)
    for m in taken:  # one version for each, so that the topic shows where every mention went
        m.profiled = True
        new.members.append(m)
        new.claims += sourced(m.mention)
        change = replace(change, mention_id=m.mention.mention_id, document_id=m.mention.document_id)
        session.store(new, change, m.mention.reported_at)
    session.send(_relation(new.incident_id, now.incident_id, "split", why))
    if now.absorbed.pop(new.incident_id, None):
        session.send(replace(_relation(new.incident_id, now.incident_id, "merged", why), active=False))
    follow_split(session, now, new)
    return new


def hold_apart(a: Open, b: Open) -> None:
    """Keep the model from merging two incidents again."""
    a.apart, b.apart = sorted({*a.apart, b.incident_id}), sorted({*b.apart, a.incident_id})


def _taken_out(now: Open, taken: list[Member], state: LinkState) -> Open:
    """The incident that the taken members make: the one they all came from, or a new one."""
    first = taken[0].mention
    common = set(now.absorbed).intersection(*(m.came_from for m in taken))
    inmost = next((i for i in taken[0].came_from if i in common), None)
    incident_id = inmost or digest("incident", first.mention_id)
    if incident_id in state.open:
        incident_id = digest("incident", first.mention_id, now.incident_id, str(now.incident.version))
    before = now.absorbed.get(incident_id, Absorbed(0))
    for m in taken:
        m.came_from = m.came_from[: m.came_from.index(incident_id)] if incident_id in m.came_from else ()
    inside = {i: now.absorbed.pop(i) for m in taken for i in m.came_from if i in now.absorbed}
    return Open(replace(opening(first, incident_id), version=before.version), [], edits=before.edits, absorbed=inside)


def _together(a: RetiredMembers, b: RetiredMembers) -> RetiredMembers:
    times = [t for t in (a.first_seen, b.first_seen) if t]
    roles = [r for r in (a.role, b.role) if r]
    return RetiredMembers(
        mentions=a.mentions + b.mentions, documents=a.documents + b.documents,
        sources=sorted({*a.sources, *b.sources}), origins=sorted({*a.origins, *b.origins}),
        mention_ids=a.mention_ids + b.mention_ids, replaced=a.replaced + b.replaced, recalled=a.recalled + b.recalled, severity=max(a.severity, b.severity),
        role=strongest(roles) if roles else None, first_seen=min(times) if times else None,
    )  # fmt: skip


def _relation(from_id: str, to_id: str, kind: str, why: Reason) -> Relation:
    return Relation(
        relation_id=digest("relation", from_id, to_id, kind), from_incident=from_id, to_incident=to_id,
        kind="merged" if kind == "merged" else "split", reason=why.text, score=why.score, parts=why.parts,
        mention_id=why.mention_id, at=why.at,
    )  # fmt: skip
