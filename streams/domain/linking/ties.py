"""Relations of open incidents, kept with both so that they follow merges and splits.

A tie remembers the incidents of its document and those that it connects now. A merge points it at the remaining
incident; a split that restores an incident's id restores its ties too.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from schemas.identity import digest
from schemas.records import Relation

if TYPE_CHECKING:
    from streams.domain.linking.incident import Open
    from streams.domain.linking.session import LinkSession

MOST = 64  # ties kept with one incident; the oldest go first and stay as they are


@dataclass(frozen=True, slots=True)
class Tied:
    """One relation: the incidents that it was reported between, and those that it connects now."""

    relation: Relation
    from_first: str
    to_first: str

    @classmethod
    def load(cls, row: dict[str, Any]) -> "Tied":
        """The tie that was stored as JSON."""
        relation = Relation(**{**row["relation"], "at": datetime.fromisoformat(row["relation"]["at"])})
        return cls(relation, row["from_first"], row["to_first"])

    def moved(self, gone: str, here: str) -> "Tied":
        """The same with one incident in another's place."""
        r = self.relation
        return self.between(
            here if r.from_incident == gone else r.from_incident, here if r.to_incident == gone else r.to_incident
        )

    def given_back(self, back: "Open") -> "Tied":
        """The same with an incident back in its old place, and in the places of those that it had taken in."""
        r, places = self.relation, {back.incident_id, *back.absorbed}
        return self.between(
            back.incident_id if self.from_first in places else r.from_incident,
            back.incident_id if self.to_first in places else r.to_incident,
        )

    def between(self, from_id: str, to_id: str) -> "Tied":
        """The same between two incidents."""
        key = digest("relation", from_id, to_id, self.relation.kind)
        return replace(self, relation=replace(self.relation, relation_id=key, from_incident=from_id, to_incident=to_id))


def tie_together(session: "LinkSession", relation: Relation) -> None:
    """Send a relation and keep it with both of its incidents, as far as they are open."""
    session.send(relation)
    _keep(session, Tied(relation, relation.from_incident, relation.to_incident))


def follow_merge(session: "LinkSession", gone: "Open", left: "Open") -> None:
    """Point the ties of an incident that was merged away at the remaining one."""
    for tie in gone.ties:
        _move(session, tie, tie.moved(gone.incident_id, left.incident_id))


def follow_split(session: "LinkSession", now: "Open", new: "Open") -> None:
    """Give a restored incident its original ties back."""
    for tie in list(now.ties):
        moved = tie.given_back(new)
        if moved != tie:
            _move(session, tie, moved)


def _move(session: "LinkSession", tie: Tied, moved: Tied) -> None:
    ends = {tie.relation.from_incident, tie.relation.to_incident}
    for now in session.opened(ends):
        now.ties = [t for t in now.ties if t != tie]
        session.changed(now.incident_id)
    if not _is_loop(tie) and not any(
        t.relation.relation_id == tie.relation.relation_id for o in session.opened(ends) for t in o.ties
    ):
        session.send(replace(tie.relation, active=False))
    if not _is_loop(moved):
        session.send(moved.relation)
    _keep(session, moved)


def _keep(session: "LinkSession", tie: Tied) -> None:
    for now in session.opened({tie.relation.from_incident, tie.relation.to_incident}):
        same = (tie.relation.kind, tie.from_first, tie.to_first)
        others = [t for t in now.ties if (t.relation.kind, t.from_first, t.to_first) != same]
        now.ties = [*others, tie][-MOST:]
        session.changed(now.incident_id)


def _is_loop(tie: Tied) -> bool:
    """Whether both ends have become one incident: then it waits for a split."""
    return tie.relation.from_incident == tie.relation.to_incident
