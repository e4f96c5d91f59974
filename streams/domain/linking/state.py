"""All open incidents of one partition with the indexes over them: what the linking stage owns.

Each incident is stored under its id, so that a table keyed by incident holds the state and the indexes are rebuilt
from it. Its members do not change once they have joined: each is stored once, under `member:` and the mention's id,
and the incident's entry names them. Corrections that wait for their incident are stored under `waits:` and their id.
"""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from typing import Any

from schemas.codec import from_json
from schemas.records import Change, Correction, Incident
from schemas.topics import CORRECTION, INCIDENT
from streams.domain.linking import feed_event_match as feed_events
from streams.domain.linking.blocking import Index, cells
from streams.domain.linking.cluster_profile import Profile
from streams.domain.linking.incident import REPORTING_ROLES, Absorbed, Open, RetiredMembers, current, edited
from streams.domain.linking.join_prior import JoinPrior
from streams.domain.linking.member import Member
from streams.domain.linking.state_codec import pack, unpack
from streams.domain.linking.ties import Tied

OPEN_FOR = timedelta(days=200)  # an incident closes when the clock is this far past its last report
STEP = timedelta(days=1)  # one report moves the clock on by at most this much, whatever its date
MOST_OPEN = 50_000  # beyond it the incident longest unchanged closes
SLACK = 64  # closing times that may be kept beyond two for each open incident
WAITS, MEMBER = "waits:", "member:"
OF_RETIRED = tuple(f.name for f in fields(RetiredMembers))


@dataclass(slots=True)
class LinkState:
    """Open incidents by id, with the indexes over them."""

    most_open: int = MOST_OPEN

    open: dict[str, Open] = field(default_factory=dict)
    profiles: dict[str, Profile] = field(default_factory=dict)
    index: Index = field(default_factory=Index)
    prior: JoinPrior = field(default_factory=JoinPrior)
    home: dict[str, str] = field(default_factory=dict)  # mention_id to incident_id
    documents: dict[str, str] = field(default_factory=dict)  # document_id to its main incident
    stories: dict[str, str] = field(default_factory=dict)  # story_id likewise
    told: dict[str, dict[str, None]] = field(default_factory=dict)  # document_id to all incidents that it reports
    waiting: dict[str, Correction] = field(default_factory=dict)
    carried_out: dict[str, str] = field(default_factory=dict)  # correction_id to the incident that remembers it
    _tellers: dict[str, set[str]] = field(default_factory=dict)  # incident_id to the documents that report it
    _stored: dict[str, tuple[str, ...]] = field(default_factory=dict)  # incident_id to the mentions stored whole for it
    _left_over: list[str] = field(default_factory=list)  # keys that a worker killed between two entries did not delete
    clock: datetime | None = None
    touches: int = 0
    _closing: list[tuple[datetime, str]] = field(default_factory=list)

    def advance(self, reported_at: datetime) -> list[Incident]:
        """Move the event-time clock on and close what it has passed; the closed incidents' last versions."""
        before = self.clock or reported_at
        self.clock = max(before, min(reported_at, before + STEP))
        closed = []
        while self._closing and (self._closing[0][0] < self.clock or len(self.open) > self.most_open):
            due, incident_id = heapq.heappop(self._closing)
            now = self.open.get(incident_id)
            if now is None or now.closes_at != due:
                continue
            change = Change(kind="expired", text=f"no report for {OPEN_FOR.days} days")
            closed.append(_closed(now.incident, change))
            self.forget(incident_id)
        return closed

    def keep(self, now: Open, change: Change, at: datetime) -> Incident:
        """Store an incident's next version and index it again; returns the version."""
        assert self.clock is not None
        known = now.retired.mention_ids
        self._let_go(now, now.retire_oldest(), known)
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

    def every_key(self) -> Iterator[str]:
        """Every key that the state is stored under."""
        yield from (WAITS + i for i in self.waiting)
        yield from (MEMBER + i for ids in self._stored.values() for i in ids)
        yield from self.open

    def turn_over(self, incident_ids: Iterable[str]) -> tuple[list[str], list[str]]:
        """Keys of members to store and keys to delete, after changes of these incidents."""
        before: dict[str, None] = {}
        here: dict[str, None] = {}
        for incident_id in incident_ids:
            before.update(dict.fromkeys(self._stored.pop(incident_id, ())))
            if now := self.open.get(incident_id):
                self._stored[incident_id] = whole = tuple(m.mention.mention_id for m in now.members)
                here.update(dict.fromkeys(whole))
        gone, self._left_over = self._left_over, []
        return [MEMBER + i for i in here if i not in before], gone + [MEMBER + i for i in before if i not in here]

    def dump(self, key: str) -> bytes:
        """What to store under an incident's id, under a member's key, or under that of a correction that waits."""
        if key.startswith(WAITS):
            return pack(self.waiting[key.removeprefix(WAITS)], compressed=False)
        if key.startswith(MEMBER):
            mention_id = key.removeprefix(MEMBER)
            members = self.open[self.home[mention_id]].members
            return next(m for m in reversed(members) if m.mention.mention_id == mention_id).dump()
        now = self.open[key]
        return pack(
            {
                "incident": now.incident, "members": [(m.mention.mention_id, m.score, m.came_from, m.profiled) for m in now.members],
                "settled": _settled(now.retired), "touched": now.touched, "fixed": now.fixed, "apart": now.apart,
                "edits": now.edits, "absorbed": now.absorbed, "corrections": now.corrections, "ties": now.ties,
                "closes_at": now.closes_at,
                "clock": self.clock, "joining": self.prior.mean,
                "words": self.profiles[key].dump({m.mention.mention_id for m in now.members}),
            },
            compressed=False,
        )  # fmt: skip

    @classmethod
    def restore(cls, stored: Iterable[tuple[str, bytes]], most_open: int = MOST_OPEN) -> "LinkState":
        """The state from what `dump` gave, by key. What a killed worker left without an owner is deleted by the next change."""
        state = cls(most_open)
        entries = dict(stored)
        for key in [k for k in entries if k.startswith(WAITS)]:
            correction = from_json(unpack(entries.pop(key)), CORRECTION.name)
            state.waiting[correction.correction_id] = correction
        members = {key: entries.pop(key) for key in [k for k in entries if k.startswith(MEMBER)]}
        named = {}  # the entries are read twice rather than all held at once: read, they take many times the room
        for key, value in entries.items():
            row = unpack(value)
            named[key] = row["touched"], [m[0] for m in row["members"]]
        ordered = sorted(named, key=lambda k: named[k][0])
        owner = {mention_id: key for key in ordered for mention_id in named[key][1]}  # the one changed last
        for key in ordered:
            if named[key][1] and key not in map(owner.get, named[key][1]):
                state._left_over.append(key)
                continue
            row = unpack(entries[key])
            row["members"] = [m for m in row["members"] if owner[m[0]] == key]
            now, clock = _open(row, members), datetime.fromisoformat(row["clock"])
            state.profiles[now.incident_id] = state._profile(row["words"], now, members)
            state.clock = max(state.clock or clock, clock)
            state.touches = now.touched
            state.prior.mean = row.get("joining", state.prior.mean)  # entries of before December 2026 have none
            state._put(now)
            state._stored[key] = tuple(m.mention.mention_id for m in now.members)
        whole = {MEMBER + i for ids in state._stored.values() for i in ids}
        state._left_over += [key for key in members if key not in whole]
        return state

    def _profile(self, row: dict[str, Any], now: Open, stored: dict[str, bytes]) -> Profile:
        """The profile of an entry, made from the one account that it names when it does."""
        account = row.get("account")
        if account is None:
            return Profile.load(row)
        members = (m for m in now.members if m.mention.mention_id == account)
        if member := next(members, None):
            return Profile.load(row, member)
        if entry := stored.get(
            MEMBER + account
        ):  # it has moved, and a worker was killed before it stored the incident without it
            return Profile.load(row, Member.restore(entry))
        return Profile.of_all(now.members, self.index.idf)

    def _put(self, now: Open) -> None:
        key = now.incident_id
        self.open[key] = now
        self.home.update(dict.fromkeys(now.mention_ids(), key))
        self.carried_out.update(dict.fromkeys(now.corrections, key))
        self._tells_of(key, {m.mention.document_id for m in now.members if m.mention.role != "statement"})
        for m in now.members:
            if m.mention.role in REPORTING_ROLES:
                self.documents[m.mention.document_id] = self.stories[m.mention.story_id] = key
        here = {c for m in now.members[-8:] for c in (*cells(m.mention, 0), *feed_events.keys(m.mention))}
        profile = self.profiles[key]
        profile.rarity = {}  # words become more common
        self.index.put(key, profile.words, (*profile.terms, *sorted(here)), profile.direction())
        assert now.closes_at is not None
        heapq.heappush(self._closing, (now.closes_at, key))
        if len(self._closing) > 2 * len(self.open) + SLACK:  # most of them of incidents changed since
            self._closing = [(o.closes_at, i) for i, o in self.open.items() if o.closes_at]
            heapq.heapify(self._closing)

    def _let_go(self, now: Open, gone: list[Member], known: list[str]) -> None:
        """Forget the stories of retired members, and mentions that dropped out of the remembered ids."""
        for m in gone:
            if self.stories.get(m.mention.story_id) == now.incident_id:
                del self.stories[m.mention.story_id]
        for mention_id in known[: max(0, len(known) + len(gone) - len(now.retired.mention_ids))]:
            self.home.pop(mention_id, None)

    def _tells_of(self, incident_id: str, documents: set[str]) -> None:
        """Note which documents report an incident now, and forget those that no longer do."""
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


def _open(row: dict[str, Any], stored: dict[str, bytes]) -> Open:
    """The incident of an entry, its members from those stored."""
    members = []
    for mention_id, score, came_from, profiled in row["members"]:
        if entry := stored.get(
            MEMBER + mention_id
        ):  # else deleted by a worker that was killed before it stored the incident without it
            member = Member.restore(entry)
            member.score, member.came_from, member.profiled = score, _origins(came_from), profiled
            members.append(member)
    known = {name: value for name, value in row["settled"].items() if name in OF_RETIRED}  # a later version stores more
    first = known["first_seen"] and datetime.fromisoformat(known["first_seen"])
    incident = from_json(row["incident"], INCIDENT.name)
    return Open(
        incident, members, RetiredMembers(**{**known, "first_seen": first}), incident.claims, row["touched"],
        datetime.fromisoformat(row["closes_at"]), row["fixed"], row["apart"],
        row["edits"], {i: _absorbed(a) for i, a in row["absorbed"].items()}, row["corrections"],
        [Tied.load(t) for t in row.get("ties", ())],
    )  # fmt: skip


def _settled(retired: RetiredMembers) -> dict[str, Any]:
    """What is stored of retired members: where nothing is recalled, what versions of before December 2026 know too."""
    stored = {name: getattr(retired, name) for name in OF_RETIRED}
    return stored if retired.recalled else {name: value for name, value in stored.items() if name != "recalled"}


def _origins(stored: list[str] | str) -> tuple[str, ...]:
    """The incidents that a member came from; entries of before December 2026 have the first one only, or an empty string."""
    return tuple([stored] if isinstance(stored, str) and stored else stored)


def _absorbed(stored: dict[str, Any] | int) -> Absorbed:
    """What was kept of a merged incident; entries of before December 2026 have its last version only."""
    return Absorbed(stored) if isinstance(stored, int) else Absorbed(**stored)
