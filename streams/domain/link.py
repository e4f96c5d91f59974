"""Linking: each mention joins an incident, opens one, or refers back to a known one without raising it.

News (roles main, follow-up, story) joins the likeliest open incident or opens its own. A statement joins the incident
it is about. What a document merely recalls (background, aggregate) never raises anything: it adds to the incident it
is known by, or opens a quiet one that raises no alert, and the document's own incident refers back to it.
"""

from dataclasses import dataclass

from schemas.identity import digest
from schemas.records import Change, Mention
from streams.domain import feed_events
from streams.domain.candidates import cells
from streams.domain.correct import carry_out_waiting
from streams.domain.divide import divide_proven
from streams.domain.incident import LOUD, Member, Open, opening, retracted, sourced
from streams.domain.link_state import LinkState
from streams.domain.regroup import Answer, Linked, Reason, merge
from streams.domain.relate import relate
from streams.domain.score import Profile, parts, score

JOIN = 0.5  # least score of a link
MERGE = 0.9  # least score, both ways, of a merge
CONSIDERED = 12  # candidates scored for one mention


@dataclass(frozen=True, slots=True)
class Found:
    """A candidate with its score and the parts of it."""

    incident_id: str
    score: float
    parts: dict[str, float]


def link(state: LinkState, mention: Mention) -> tuple[LinkState, Linked]:
    """Where a mention belongs. The state is changed in place; a mention seen before changes nothing."""
    if known := state.home.get(mention.mention_id):
        return state, Linked((state.open[known].incident,))
    answer = Answer()
    for incident in state.advance(mention.reported_at):
        answer.close(incident)
    found = _certain(state, mention)
    ranked = [] if found else rank(state, mention)
    if not found and ranked and ranked[0].score >= JOIN:
        found = ranked[0]
    home = _join(state, mention, found, answer) if found else _open(state, mention, answer)
    home = divide_proven(state, mention, home, answer)
    if mention.role not in ("background", "aggregate"):
        _merge_proven(state, mention, home, ranked, answer)
    relate(state, mention, state.home[mention.mention_id], answer)
    if state.waiting:
        carry_out_waiting(state, answer)
    return state, answer.done()


def rank(state: LinkState, mention: Mention) -> list[Found]:
    """Open incidents that the mention may belong to, likeliest first."""
    barred = _barred(state, mention)
    keys = (*cells(mention, around=1), *feed_events.keys(mention))
    likely = state.index.candidates(mention.features.words, keys, CONSIDERED)
    out = [_score(state, mention, incident_id) for incident_id in likely if incident_id not in barred]
    return sorted(out, key=lambda f: (-f.score, f.incident_id))


def _score(state: LinkState, mention: Mention, incident_id: str) -> Found:
    now = state.open[incident_id]
    met = feed_events.match(mention, [m.mention for m in now.members]) if feed_events.keys(mention) else None
    recorded = Found(incident_id, feed_events.score(met) if met else 0.0, met or {})
    if mention.document_kind == "event" or feed_events.only_events(m.mention for m in now.members):
        return recorded
    found = parts(mention, state.profiles[incident_id], now.incident, state.index.idf)
    return max(Found(incident_id, score(found), found), recorded, key=lambda f: f.score)


def _certain(state: LinkState, mention: Mention) -> Found | None:
    """The incident known without comparing: that of an earlier revision, or the one a statement is about."""
    if mention.role in LOUD:
        known = state.stories.get(mention.story_id)
        if known and mention.document_kind == "article" and state.documents.get(mention.document_id) == known:
            return None  # one document tells of two things as news: they are two
        return Found(known, 1.0, {"same story": 1.0}) if known else None
    if mention.role == "statement":
        homes = [state.home[a] for a in mention.about if a in state.home]
        known = homes[0] if homes else state.documents.get(mention.document_id)
        return Found(known, 1.0, {"about": 1.0}) if known else None
    return None


def _barred(state: LinkState, mention: Mention) -> set[str]:
    """Incidents that it cannot be: what its own document tells of as other ones."""
    return set() if mention.role == "statement" else set(state.told.get(mention.document_id, ()))


def _join(state: LinkState, mention: Mention, found: Found, answer: Answer) -> str:
    now = state.open[found.incident_id]
    replaced = [m for m in now.members if _revises(mention, m.mention)]
    now.members = [m for m in now.members if m not in replaced]
    now.settled.remember(m.mention.mention_id for m in replaced)
    now.claims = retracted(now.claims, frozenset(m.mention.mention_id for m in replaced)) + sourced(mention)
    now.members.append(Member.of(mention, found.score))
    f = mention.features
    state.profiles[found.incident_id].add(f.words, f.names, f.vector)
    change = Change(
        kind="revised" if replaced else "joined", mention_id=mention.mention_id, document_id=mention.document_id,
        score=found.score, parts=found.parts, text=_said(mention, "revised" if replaced else "joined"),
    )  # fmt: skip
    answer.keep(state.keep(now, change, mention.reported_at if mention.role in LOUD else now.incident.last_changed))
    return found.incident_id


def _revises(mention: Mention, earlier: Mention) -> bool:
    if mention.story_id != earlier.story_id or mention.mention_id == earlier.mention_id:
        return False
    return mention.document_id != earlier.document_id or mention.document_kind == "event"


def _open(state: LinkState, mention: Mention, answer: Answer) -> str:
    incident_id = digest("incident", mention.mention_id)
    now = Open(opening(mention, incident_id), [Member.of(mention)], claims=sourced(mention))
    profile = state.profiles[incident_id] = Profile()
    profile.add(mention.features.words, mention.features.names, mention.features.vector)
    change = Change(
        kind="opened", mention_id=mention.mention_id, document_id=mention.document_id, text=_said(mention, "opened")
    )
    answer.keep(state.keep(now, change, mention.reported_at))
    return incident_id


def _said(mention: Mention, what: str) -> str:
    who = mention.source.name or mention.source.domain or mention.origin
    return f"{what} by {who}: {mention.title or mention.passage[:120]}"


def _merge_proven(state: LinkState, mention: Mention, home: str, ranked: list[Found], answer: Answer) -> None:
    """Merge the home with another incident when the mention fits both beyond doubt."""
    mine = next((f for f in ranked if f.incident_id == home), None)
    if mine is None or mine.score < MERGE or state.open[home].fixed:
        return
    for other in ranked:
        here, there = state.open[home], state.open.get(other.incident_id)
        if other.incident_id == home or other.score < MERGE or there is None or there.fixed:
            continue
        if other.incident_id not in here.apart and home not in there.apart:
            text = f"{mention.source.domain or mention.origin} tells of both as one: {mention.title}"
            why = Reason(text, mention.reported_at, other.score, other.parts, mention.mention_id)
            merge(state, here, there, why, answer)
            return
