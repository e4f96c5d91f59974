"""Sends relations between incidents as records; `relations` finds them, document by document."""

from collections.abc import Iterator

from schemas.identity import digest
from schemas.records import Mention, Relation
from streams.domain.linking.incident import REPORTING_ROLES, ROLES
from streams.domain.linking.relations import (
    FoundRelation,
    cause_of,
    cause_overlap,
    relation_between,
    relation_of_recalled,
    stems,
)
from streams.domain.linking.session import LinkSession
from streams.domain.linking.state import LinkState
from streams.domain.linking.ties import tie_together

RECALLED = ("background", "aggregate")
MOST_INCIDENTS = 12  # incidents of one document that are compared with each other
LOOKED_AT = 6  # open incidents among which the named cause is looked for


def relate(session: LinkSession, mention: Mention, home: str) -> None:
    """Send the relations that the mention's document reports; `home` is the mention's incident."""
    if mention.role == "statement":
        return
    news = _news(session.state, mention.document_id)
    if mention.role in REPORTING_ROLES and (news is None or news[1].mention_id == mention.mention_id):
        _found_elsewhere(session, mention, home)
        return
    if news is None:
        return
    own, told = news
    if mention.role in RECALLED:
        passage = " ".join(mention.passage.split())[:160]
        reason = f"{mention.source.domain or mention.origin} recalls it: {passage}"
        _send(session, own, home, "refers-back", reason, _link_score(session.state, home, mention), mention)
        for sibling, other in _told(session.state, mention.document_id):
            if other.role in RECALLED and sibling != home and (found := relation_of_recalled(told, mention, other)):
                _send_tie(session, home, sibling, found, mention)
    if found := relation_between(told, mention):
        _send_tie(session, own, home, found, mention)


def _found_elsewhere(session: LinkSession, mention: Mention, home: str) -> None:
    """The cause that the news names, looked for among open incidents of other documents."""
    state, cause = session.state, cause_of(mention)
    if cause is None:
        return
    best: tuple[float, str] | None = None
    for incident_id in state.index.candidates({w: state.index.idf(w) for w in cause.stems}, (), LOOKED_AT):
        incident = state.open[incident_id].incident
        if incident_id == home or incident.first_seen > mention.reported_at or incident.role not in REPORTING_ROLES:
            continue
        share = cause_overlap(cause, stems(" ".join((incident.title, *incident.summary))))
        if share and (best is None or (share, incident_id) > best):
            best = share, incident_id
    if best:
        share, incident_id = best
        _send_tie(session, home, incident_id, FoundRelation(cause.kind, f"“{cause.text}”", 0.9 * share), mention)


def _news(state: LinkState, document_id: str) -> tuple[str, Mention] | None:
    """A document's news and the incident that it is in: the first that it reports as new."""
    loud = [(where, m) for where, m in _told(state, document_id) if m.role in REPORTING_ROLES]
    return min(loud, key=lambda t: (ROLES.index(t[1].role), t[1].evidence.start), default=None)


def _told(state: LinkState, document_id: str) -> Iterator[tuple[str, Mention]]:
    """All mentions of a document with their incidents."""
    for incident_id in sorted(state.told.get(document_id, ()))[:MOST_INCIDENTS]:
        for m in state.open[incident_id].members:
            if m.mention.document_id == document_id:
                yield incident_id, m.mention


def _link_score(state: LinkState, home: str, mention: Mention) -> float:
    members = reversed(state.open[home].members)
    return next((m.score for m in members if m.mention.mention_id == mention.mention_id), 1.0)


def _send_tie(session: LinkSession, one: str, other: str, found: FoundRelation, mention: Mention) -> None:
    from_id, to_id = (other, one) if found.earlier_first else (one, other)
    _send(session, from_id, to_id, found.kind, found.reason, found.score, mention)


def _send(
    session: LinkSession, from_id: str, to_id: str, kind: str, reason: str, score: float, mention: Mention
) -> None:
    if from_id == to_id:
        return
    relation = Relation(
        relation_id=digest("relation", from_id, to_id, kind), from_incident=from_id, to_incident=to_id,
        kind=kind,  # type: ignore[arg-type] # of the closed set, as FoundRelation and its callers give it
        reason=reason, score=score, mention_id=mention.mention_id, at=mention.reported_at,
    )  # fmt: skip
    tie_together(session, relation)
