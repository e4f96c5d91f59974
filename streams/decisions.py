"""Turns a person's decision on an incident into a record: looks up ids, checks it, and chooses its partition."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from aiokafka.partitioner import murmur2

from schemas.codec import Codec, CodecError
from schemas.errors import Stop
from schemas.identity import digest
from schemas.records import Correction, Incident
from streams.domain.linking.corrections import CorrectionError, check
from streams.domain.linking.incident import edited
from streams.domain.linking.state import OPEN_FOR

FEWEST = 6  # least digits of an abbreviated id


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's decision on an incident; the record Correction describes the fields."""

    action: Literal["merge", "split", "edit", "acknowledge"]
    incident: str
    other: str | None = None
    mention_ids: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()


class Known:
    """The incidents and corrections that the topics hold now."""

    def __init__(self, incidents: Iterable[Incident], corrections: Iterable[Correction]) -> None:
        self.newest: dict[str, Incident] = {}
        for i in incidents:
            if i.incident_id not in self.newest or i.version >= self.newest[i.incident_id].version:
                self.newest[i.incident_id] = i
        self.corrections = {c.correction_id: c for c in corrections}

    def incident(self, named: str) -> Incident:
        """The open incident of an id or the beginning of one. Raises Stop for none, several or a closed one."""
        incident = self.newest[self.incident_id(named)]
        if incident.merged_into:
            to = incident.merged_into
            raise Stop(f"{named} was merged into {to}; correct that one, or take the merge back with `undo`")
        if incident.status == "closed":
            raise Stop(f"{named} is closed, as nothing came for {OPEN_FOR.days} days; it no longer changes")
        return incident

    def incident_id(self, named: str) -> str:
        """The whole id of an incident, open or not. Raises Stop for none or several."""
        return _one(named, self.newest, "incident", "the console and `tocsin tail incidents --from-start` show ids")

    def correction(self, named: str) -> Correction:
        """The correction of an id or the beginning of one. Raises Stop for none or several."""
        return self.corrections[_one(named, self.corrections, "correction", "`tocsin correct list` names them")]


def _one(named: str, ids: Iterable[str], what: str, hint: str) -> str:
    found = [i for i in ids if i == named or (len(named) >= FEWEST and i.startswith(named))]
    if len(found) != 1:
        raise Stop(f"{'more than one' if found else 'no'} {what} {named}; {hint}")
    return found[0]


def correction_of(
    known: Known, wanted: Decision, *, author: str, reason: str, at: datetime, partitions: int
) -> tuple[Correction, int]:
    """The record to send and its partition. Raises Stop for what a person must change."""
    incident = known.incident(wanted.incident)
    where = partition(incident.block, partitions)
    other = known.incident_id(wanted.other) if wanted.other else None
    if wanted.action == "merge" and other and other != incident.incident_id:
        target = known.incident(other)
        if partition(target.block, partitions) != where:
            raise Stop(
                f"{wanted.incident} stands in {incident.block} and {wanted.other} in {target.block}: two partitions, "
                f"and no stage holds both; close one instead: tocsin correct edit {wanted.incident} status=closed"
            )
    correction = Correction(
        correction_id=digest("correction", incident.incident_id, wanted.action, at.isoformat()),
        incident_id=incident.incident_id, action=wanted.action, other_incident=other, mention_ids=wanted.mention_ids,
        fields=dict(wanted.fields), author=author, reason=reason, at=at,
    )  # fmt: skip
    try:
        check(correction)
    except CorrectionError as error:
        raise Stop(str(error)) from error
    for name, value in wanted.fields:
        try:
            Codec().encode(edited(incident, {name: value} if value else {}))
        except (CodecError, ValueError) as error:
            raise Stop(f"{name} cannot be {value}: {error}; the console shows an incident as JSON") from error
    return correction, where


def opposite(known: Known, correction_id: str) -> Decision:
    """The decision that takes a correction back. Raises Stop where nothing can."""
    c = known.correction(correction_id)
    if c.action == "merge" and c.other_incident and c.other_incident != c.incident_id:
        return Decision("split", c.other_incident, c.incident_id)
    if c.action == "merge":
        return Decision("split", c.incident_id, mention_ids=c.mention_ids)
    if c.action == "split" and c.other_incident:
        return Decision("merge", c.other_incident, c.incident_id)
    if c.action == "split":
        return Decision("merge", c.incident_id, c.incident_id, c.mention_ids)
    if c.fields:
        return Decision("edit", c.incident_id, fields=tuple((name, "") for name in c.fields))
    raise Stop(f"{c.correction_id} only acknowledges; there is nothing to take back")


def partition(block: str, partitions: int) -> int:
    """The partition of a block's mentions, as Kafka's clients choose it (murmur2)."""
    return int((murmur2(block.encode()) & 0x7FFFFFFF) % partitions)
