"""One open incident: its stored state, and the record made from it.

The newest members are kept whole, so that they can be taken out again by a revision, a split or a person;
older ones remain as counts, sums and claims only, which bounds the state of the longest story.
"""

import json
import operator
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal, TypeVar

from schemas.codec import from_json, to_json
from schemas.records import Actor, Change, Figure, Incident, Mention, Period, Place, SourcedClaim
from schemas.topics import INCIDENT
from streams.domain.linking.figures import figures, supersede
from streams.domain.linking.member import Member
from streams.domain.linking.ties import Tied
from streams.domain.linking.titles import kinds_told, title_of

WHOLE = 64  # members kept whole
RETIRED_IDS = 500  # mention ids remembered of members no longer whole, against replays
STABLE = timedelta(days=2)  # without a new figure or type for this long, an incident is stable
ROLES = ("main", "follow-up", "story", "statement", "background", "aggregate")  # strongest first
NEWS_ROLES = frozenset(("main", "story"))  # what an article is about; mentions in other roles are made in passing
REPORTING_ROLES = frozenset(("main", "follow-up", "story"))  # news of its own; other roles only add to what is known
RECALLED_ROLES = frozenset(("background", "aggregate"))  # of documents that only recall it
HEADLINE = 0.5  # weight of a type that a headline names, beside confidences of up to 1
PLACE_GRAIN = ("point", "city", "admin", "country", "region", "unknown")
TIME_GRAIN = ("instant", "day", "week", "month", "year")
Role = Literal["main", "follow-up", "story", "statement", "background", "aggregate"]
T = TypeVar("T")


@dataclass(slots=True)
class RetiredMembers:
    """Counts and ids of the members that are no longer kept whole."""

    mentions: int = 0
    documents: int = 0
    sources: list[str] = field(default_factory=list)
    origins: list[str] = field(default_factory=list)
    mention_ids: list[str] = field(default_factory=list)
    severity: int = 0
    role: Role | None = None
    first_seen: datetime | None = None
    replaced: list[str] = field(default_factory=list)  # ids of those that a revision took back
    recalled: list[str] = field(default_factory=list)  # ids of those whose document only recalls the incident

    def remember(self, mention_ids: Iterable[str]) -> None:
        """Remember these mentions, to recognise repetitions."""
        self.mention_ids = [*self.mention_ids, *mention_ids][-RETIRED_IDS:]

    def take_back(self, mentions: Sequence[Mention]) -> None:
        """Remember mentions that a later version of their story replaces."""
        ids = [m.mention_id for m in mentions]
        self.remember(ids)
        self.replaced = [*self.replaced, *ids][-RETIRED_IDS:]
        self.seen_at(m.reported_at for m in mentions)

    def seen_at(self, times: Iterable[datetime]) -> None:
        """Remember the first report, which a revision does not undo."""
        self.first_seen = min([*times, *([self.first_seen] if self.first_seen else [])], default=None)


@dataclass(frozen=True, slots=True)
class Absorbed:
    """What an incident that was merged away needs to come back."""

    version: int  # its last
    edits: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Open:
    """One incident while it can still change."""

    incident: Incident
    members: list[Member]
    retired: RetiredMembers = field(default_factory=RetiredMembers)
    claims: tuple[SourcedClaim, ...] = ()
    touched: int = 0  # the stage's count of changes when this one was last changed
    closes_at: datetime | None = None
    fixed: bool = False  # a person decided on it: the model neither merges nor splits it any more
    apart: list[str] = field(default_factory=list)  # incidents that a person or a document said it is not
    edits: dict[str, str] = field(default_factory=dict)  # fields that a person set, as JSON
    absorbed: dict[str, Absorbed] = field(default_factory=dict)  # incidents merged into it, and into those, by id
    corrections: list[str] = field(default_factory=list)  # ids of the corrections that were carried out on it
    ties: list[Tied] = field(default_factory=list)  # relations to other incidents

    @property
    def incident_id(self) -> str:
        """Its id."""
        return self.incident.incident_id

    def mention_ids(self) -> Iterable[str]:
        """Every mention known to have joined."""
        yield from (m.mention.mention_id for m in self.members)
        yield from self.retired.mention_ids

    def retire_oldest(self) -> list[Member]:
        """Keep the newest WHOLE members; count the older ones and return them."""
        gone = self.members[:-WHOLE] if len(self.members) > WHOLE else []
        self.members = self.members[len(gone) :]
        here = {m.mention.document_id for m in self.members}
        s = self.retired
        for m in gone:
            left = m.mention
            s.mentions += 1
            s.documents += left.document_id not in here
            here.add(left.document_id)
            if left.source.domain not in s.sources:
                s.sources.append(left.source.domain)
            if left.origin not in s.origins:
                s.origins.append(left.origin)
            s.remember([left.mention_id])
            if left.role in RECALLED_ROLES:
                s.recalled = [*s.recalled, left.mention_id][-RETIRED_IDS:]
            s.severity = max(s.severity, left.severity if left.role in REPORTING_ROLES else 0)
            s.role = strongest([left.role] + ([s.role] if s.role else []))
            s.seen_at([left.reported_at])
        return gone


def strongest(roles: Iterable[Role]) -> Role:
    """The role that an incident of such members has."""
    return min(roles, key=ROLES.index)


def sourced(mention: Mention) -> tuple[SourcedClaim, ...]:
    """A mention's claims with the document that carried them."""
    return tuple(
        SourcedClaim(
            claim=c, mention_id=mention.mention_id, document_id=mention.document_id, url=mention.url,
            source=mention.source, origin=mention.origin, reported_at=mention.reported_at,
        )
        for c in mention.claims
    )  # fmt: skip


def current(now: Open, change: Change, at: datetime) -> Incident:
    """The next version of an incident from its members; `at` is the report time of what changed it."""
    before, s = now.incident, now.retired
    mentions = [m.mention for m in now.members]
    roles: list[Role] = [m.role for m in mentions] + ([s.role] if s.role else [])
    role = strongest(roles)
    reporting = [m for m in mentions if m.role in REPORTING_ROLES] or mentions
    lead = [m for m in mentions if m.role == role] or reporting
    recalled = {m.mention_id for m in mentions if m.role in RECALLED_ROLES}.union(s.recalled)
    if role in RECALLED_ROLES:  # an incident that is nothing else has their figures
        recalled = set()
    now.claims = supersede(now.claims, frozenset(s.replaced), recalled)
    family, subtype = _type(lead)
    first = min([m.reported_at for m in mentions] + ([s.first_seen] if s.first_seen else []))
    last = max(at, before.last_changed) if before.version else at
    now_stated = figures([c for c in now.claims if c.mention_id not in recalled])
    place = _place(lead)
    change = replace(change, text=change.text + _new_figures(before, now_stated))
    return Incident(
        incident_id=before.incident_id, version=before.version + 1, family=family, subtype=subtype,
        title=title_of(lead, family, subtype, place), summary=_summary(lead), place=place, time=_time(lead),
        actors=_actors(lead), claims=now.claims, figures=now_stated,
        mention_count=len(mentions) + s.mentions,
        article_count=len({m.document_id for m in mentions}) + s.documents,
        source_count=len({*s.sources, *(m.source.domain or m.origin for m in reporting)}),
        origin_count=len({*s.origins, *(m.origin for m in reporting)}),
        severity=max(s.severity, *(m.severity for m in reporting)),
        status="stable" if last - first > STABLE and not _news(now, last) else "developing",
        role=role, merged_into=None, first_seen=first, last_changed=last, change=change, block=before.block,
    )  # fmt: skip


def edited(incident: Incident, edits: dict[str, str]) -> Incident:
    """The incident with fields that a person set, as JSON. Raises CodecError or ValueError when one does not fit."""
    if not edits:
        return incident
    plain = to_json(incident) | {name: json.loads(value) for name, value in edits.items()}
    changed: Incident = from_json(plain, INCIDENT.name)
    return changed


def opening(mention: Mention, incident_id: str) -> Incident:
    """Version 0 of the incident that a mention opens; `current` makes version 1 of it."""
    return Incident(
        incident_id=incident_id, version=0, family=mention.family, subtype=mention.subtype,
        title=mention.title, mention_count=0, article_count=0, source_count=0, origin_count=0,
        severity=0, role=mention.role, first_seen=mention.reported_at, last_changed=mention.reported_at,
        change=Change(kind="opened"), block=mention.block,
    )  # fmt: skip


def _new_figures(before: Incident, after: Sequence[Figure]) -> str:
    """What a version changed in the figures, appended to the reason: "; killed 17 → 21"."""
    old, new = ({f.of or f.what: f for f in stated} for stated in (before.figures, after))
    moved = [w for w in {**new, **old} if _best(old.get(w)) != _best(new.get(w))] if before.version else []
    return "".join(f"; {w} {_said(old.get(w))} → {_said(new.get(w))}" for w in moved)


def _best(figure: Figure | None) -> int | None:
    return figure.best if figure else None


def _said(figure: Figure | None) -> str:
    """A figure in the words of its source, where it is a bound."""
    if figure is None or figure.best is None:
        return "?"
    return figure.words or f"{figure.best:,}"


def _news(now: Open, last: datetime) -> bool:
    return any(not c.superseded and last - c.reported_at <= STABLE for c in now.claims)


def _type(mentions: Sequence[Mention]) -> tuple[str, str]:
    """Family, then subtype within it, by the sum of the readers' confidence and what headlines name."""
    votes: Counter[tuple[str, str]] = Counter()
    for m in mentions:
        votes[m.family, m.subtype] += m.confidence + 1e-6  # type: ignore[assignment]
        for kind in kinds_told(m.title) if m.lang in (None, "en") else ():
            votes[kind] += HEADLINE  # type: ignore[assignment]
    families: Counter[str] = Counter()
    for (family, _), weight in votes.items():
        families[family] += weight
    best = _top(families)
    return best, _top(Counter({subtype: weight for (family, subtype), weight in votes.items() if family == best}))


def _top(weights: Counter[str]) -> str:
    return min(weights, key=lambda k: (-weights[k], k))


def _summary(mentions: Sequence[Mention], most: int = 3) -> tuple[str, ...]:
    """Passages of the newest accounts, one for each origin."""
    by_origin: dict[str, str] = {}
    for m in sorted(mentions, key=lambda m: (m.reported_at, m.mention_id), reverse=True):
        if m.passage:
            by_origin.setdefault(m.origin, " ".join(m.passage.split()))
    return tuple(dict.fromkeys(by_origin.values()))[:most]


def _commonest(values: Iterable[T], key: Callable[[T], object], grain: Callable[[T], int]) -> T | None:
    """Of the values of the finest grain, the one that most accounts give; the first of equally common."""
    groups: dict[object, list[T]] = defaultdict(list)
    for v in values:
        groups[key(v)].append(v)
    if not groups:
        return None
    return min(groups.values(), key=lambda g: (min(map(grain, g)), -len(g)))[0]


def _place(mentions: Sequence[Mention]) -> Place | None:
    places = [m.place for m in mentions if m.place]
    name = operator.attrgetter("gazetteer_id", "name")
    return _commonest(places, name, lambda p: PLACE_GRAIN.index(p.precision))


def _time(mentions: Sequence[Mention]) -> Period | None:
    times = [m.time for m in mentions if m.time]
    return _commonest(times, lambda t: (t.start, t.end), lambda t: TIME_GRAIN.index(t.precision))


def _actors(mentions: Sequence[Mention], most: int = 12) -> tuple[Actor, ...]:
    """Actors that most accounts name, each as first given."""
    seen: dict[str, tuple[int, Actor]] = {}
    for m in mentions:
        for a in m.actors:
            count, first = seen.get(a.name.lower(), (0, a))
            seen[a.name.lower()] = (count + 1, first)
    return tuple(a for _, a in sorted(seen.values(), key=lambda x: -x[0])[:most])
