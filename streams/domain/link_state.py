"""All open incidents of one partition with the indexes over them: what the linking stage owns.

Each incident is stored by itself under its id, so that a table keyed by incident holds the whole state and the
indexes are built anew from it. Corrections that wait for their incident are stored under `waits:` and their id.
"""

import heapq
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from schemas.codec import from_json, to_json
from schemas.records import Change, Correction, Features, Incident
from schemas.topics import CORRECTION, INCIDENT, MENTION
from streams.domain import feed_events
from streams.domain.candidates import Index, cells
from streams.domain.incident import LOUD, Member, Open, Settled, current, edited
from streams.domain.profile import Profile

OPEN_FOR = timedelta(days=200)  # an incident closes when the clock is this far past its last report
STEP = timedelta(days=1)  # one report moves the clock on by this much at most, whatever date it bears
MOST_OPEN = 100_000  # beyond it the incident longest unchanged closes
SLACK = 64  # times of closing that may be kept beyond two for each open incident
WAITS = "waits:"


@dataclass(slots=True)
class LinkState:
    """Open incidents by id, and everything that finds them."""

    open: dict[str, Open] = field(default_factory=dict)
    profiles: dict[str, Profile] = field(default_factory=dict)
    index: Index = field(default_factory=Index)
    home: dict[str, str] = field(default_factory=dict)  # mention_id to incident_id
    documents: dict[str, str] = field(default_factory=dict)  # document_id to the incident that it is chiefly about
    stories: dict[str, str] = field(default_factory=dict)  # story_id likewise
    told: dict[str, dict[str, None]] = field(default_factory=dict)  # document_id to all incidents that it tells of
    waiting: dict[str, Correction] = field(default_factory=dict)
    carried_out: dict[str, str] = field(default_factory=dict)  # correction_id to the incident that remembers it
    _tellers: dict[str, set[str]] = field(default_factory=dict)  # incident_id to the documents that tell of it
    clock: datetime | None = None
    touches: int = 0
    _closing: list[tuple[datetime, str]] = field(default_factory=list)

    def advance(self, reported_at: datetime) -> list[Incident]:
        """Move the event-time clock on and close what it has passed; the closed incidents' last versions."""
        before = self.clock or reported_at
        self.clock = max(before, min(reported_at, before + STEP))
        closed = []
        while self._closing and (self._closing[0][0] < self.clock or len(self.open) > MOST_OPEN):
            due, incident_id = heapq.heappop(self._closing)
            now = self.open.get(incident_id)
            if now is None or now.closes_at != due:
                continue
            change = Change(kind="expired", text=f"no report for {OPEN_FOR.days} days")
            closed.append(_closed(now.incident, change))
            self.forget(incident_id)
        return closed

    def keep(self, now: Open, change: Change, at: datetime) -> Incident:
        """Store an incident's next version and index it anew; the version."""
        assert self.clock is not None
        known = now.settled.mention_ids
        self._let_go(now, now.settle(), known)
        now.incident = edited(current(now, change, at), now.edits)
        now.closes_at = max(now.incident.last_changed, self.clock) + OPEN_FOR
        self.touches += 1
        now.touched = self.touches
        self._put(now)
        return now.incident

    def forget(self, incident_id: str, *, keep_profile: bool = False) -> None:
        """Drop an incident and everything that points to it."""
        now = self.open.pop(incident_id)
        if not keep_profile:
            del self.profiles[incident_id]
        self.index.drop(incident_id)
        for correction_id in now.corrections:
            if self.carried_out.get(correction_id) == incident_id:
                del self.carried_out[correction_id]
        for mention_id in now.mention_ids():
            if self.home.get(mention_id) == incident_id:
                del self.home[mention_id]
        self._tells_of(incident_id, set())
        for m in now.members:
            if self.stories.get(m.mention.story_id) == incident_id:
                del self.stories[m.mention.story_id]

    def dump(self, key: str) -> bytes:
        """What to store under an incident's id, or under the key of a correction that waits."""
        if key.startswith(WAITS):
            return _json(to_json(self.waiting[key.removeprefix(WAITS)]))
        now = self.open[key]
        return _json(
            {
                "incident": to_json(now.incident), "members": [_member(m) for m in now.members],
                "settled": to_json(now.settled), "touched": now.touched, "fixed": now.fixed, "apart": now.apart,
                "edits": now.edits, "absorbed": now.absorbed, "corrections": now.corrections,
                "closes_at": to_json(now.closes_at),
                "clock": to_json(self.clock),
                "words": self.profiles[key].dump(),
            }
        )  # fmt: skip

    @classmethod
    def restore(cls, stored: Iterable[tuple[str, bytes]]) -> "LinkState":
        """The state from what `dump` gave, by key."""
        state = cls()
        rows = [(key, json.loads(value)) for key, value in stored]
        for _, row in (r for r in rows if r[0].startswith(WAITS)):
            correction = from_json(row, CORRECTION.name)
            state.waiting[correction.correction_id] = correction
        kept = [row for key, row in rows if not key.startswith(WAITS)]
        for row in sorted(kept, key=lambda r: r["touched"]):
            now, clock = _open(row), datetime.fromisoformat(row["clock"])
            state.profiles[now.incident_id] = Profile.load(row["words"])
            state.clock = max(state.clock or clock, clock)
            state.touches = now.touched
            state._put(now)
        return state

    def _put(self, now: Open) -> None:
        key = now.incident_id
        self.open[key] = now
        self.home.update(dict.fromkeys(now.mention_ids(), key))
        self.carried_out.update(dict.fromkeys(now.corrections, key))
        self._tells_of(key, {m.mention.document_id for m in now.members if m.mention.role != "statement"})
        for m in now.members:
            if m.mention.role in LOUD:
                self.documents[m.mention.document_id] = self.stories[m.mention.story_id] = key
        here = {c for m in now.members[-8:] for c in (*cells(m.mention, 0), *feed_events.keys(m.mention))}
        profile = self.profiles[key]
        profile.rarity = {}  # words grow commoner
        self.index.put(key, profile.words, (*profile.terms, *sorted(here)))
        assert now.closes_at is not None
        heapq.heappush(self._closing, (now.closes_at, key))
        if len(self._closing) > 2 * len(self.open) + SLACK:  # most of them of incidents changed since
            self._closing = [(o.closes_at, i) for i, o in self.open.items() if o.closes_at]
            heapq.heapify(self._closing)

    def _let_go(self, now: Open, gone: list[Member], known: list[str]) -> None:
        """Forget the stories of members that are no longer whole, and mentions that fell out of those known before."""
        for m in gone:
            if self.stories.get(m.mention.story_id) == now.incident_id:
                del self.stories[m.mention.story_id]
        for mention_id in known[: max(0, len(known) + len(gone) - len(now.settled.mention_ids))]:
            self.home.pop(mention_id, None)

    def _tells_of(self, incident_id: str, documents: set[str]) -> None:
        """Note which documents tell of an incident now, and forget those that no longer do."""
        for document_id in self._tellers.get(incident_id, set()) - documents:
            told = self.told[document_id]
            del told[incident_id]
            if not told:
                del self.told[document_id]
            if self.documents.get(document_id) == incident_id:
                del self.documents[document_id]
        for document_id in documents:
            self.told.setdefault(document_id, {})[incident_id] = None
        if documents:
            self._tellers[incident_id] = documents
        else:
            self._tellers.pop(incident_id, None)


def _closed(incident: Incident, change: Change) -> Incident:
    return replace(incident, version=incident.version + 1, status="closed", change=change)


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def _member(m: Member) -> dict[str, Any]:
    features = Features(words=m.words, names=m.names, vector=m.vector)
    mention = to_json(replace(m.mention, features=features))
    return {"mention": mention, "score": m.score, "came_from": m.came_from, "profiled": m.profiled}


def _open(row: dict[str, Any]) -> Open:
    members = []
    for m in row["members"]:
        member = Member.of(from_json(m["mention"], MENTION.name), m["score"])
        member.came_from, member.profiled = m["came_from"], m["profiled"]
        members.append(member)
    s = row["settled"]
    first = s["first_seen"] and datetime.fromisoformat(s["first_seen"])
    incident = from_json(row["incident"], INCIDENT.name)
    return Open(
        incident, members, Settled(**{**s, "first_seen": first}), incident.claims, row["touched"],
        datetime.fromisoformat(row["closes_at"]), row["fixed"], row["apart"],
        row["edits"], row["absorbed"], row["corrections"],
    )  # fmt: skip
