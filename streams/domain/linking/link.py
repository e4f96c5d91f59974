"""Linking: each mention joins an incident, opens one, or refers back to a known one without raising it.

News (roles main, follow-up, story) joins the likeliest open incident or opens its own. A statement joins the incident
it is about. Recalled history (background, aggregate) never raises an alert: it joins the incident that it matches, or
opens one without alerts, and the document's own incident refers back to it.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from schemas.identity import digest
from schemas.records import Change, Mention
from streams.domain.linking import feed_event_match as feed_events
from streams.domain.linking.blocking import cells
from streams.domain.linking.cluster_profile import Profile
from streams.domain.linking.corrections import carry_out_waiting
from streams.domain.linking.furniture import furniture, of_one_outlet, without
from streams.domain.linking.incident import NEWS_ROLES, REPORTING_ROLES, Open, opening, sourced
from streams.domain.linking.member import Member
from streams.domain.linking.merge_split import Reason, merge
from streams.domain.linking.pair_score import EVENT_FAMILY, UNKNOWN, Side, compare, named, set_beside
from streams.domain.linking.relation_records import relate
from streams.domain.linking.score_trees import scores
from streams.domain.linking.session import Linked, LinkSession
from streams.domain.linking.split_by_clustering import split_by_clustering
from streams.domain.linking.split_by_document import split_by_document
from streams.domain.linking.state import LinkState
from streams.domain.linking.vetoes import odds, vetoed, weighed

JOIN = 0.4  # least score of a link
ABROAD = 0.3  # the same between two languages, which share no words
PASSING = 0.75  # least score of a link of, or to, a mention in passing
MERGE = 0.5  # least score of a merge of events at a place and time
MERGE_STORIES = 0.97  # and of stories: the sums of two stories of one subject become more similar with every account
CONSIDERED, NEAR = 8, 6  # candidates scored for one mention: by words, place and feed records; further ones by meaning
SAME_PAGE = 0.9  # least score of an event with the article that it was coded from
RIVAL = 0.05  # least score of a mention with an incident that its home is compared with
RIVALS = 4  # incidents that a home is compared with
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Found:
    """A candidate with its score and the parts of it."""

    incident_id: str
    score: float
    row: list[float]  # in the order of PARTS; empty when `known` holds other parts
    known: dict[str, float] | None = None

    @property
    def parts(self) -> dict[str, float]:
        """The parts of the score by name."""
        return self.known or named(self.row)


def link(state: LinkState, mention: Mention) -> tuple[LinkState, Linked]:
    """Where a mention belongs. The state is changed in place; a mention seen before changes nothing."""
    if known := state.home.get(mention.mention_id):
        return state, Linked((state.open[known].incident,))
    session = LinkSession(state)
    for incident in state.advance(mention.reported_at):
        session.close(incident)
    found = _certain(state, mention)
    member = Member.of(mention)
    profile = Profile.of(member, state.index.idf)
    ranked = [] if found else rank(state, mention, profile)
    found = found or _chosen(state, mention, ranked)
    if found and _outdated(mention, state.open[found.incident_id]):
        _remember(session, mention, found)
        return state, session.linked()
    home = _join(session, member, profile, found) if found else _open(session, member, profile)
    home = split_by_document(session, mention, home)
    if mention.role in NEWS_ROLES:
        _merge_proven(session, mention, home, ranked)
        split_by_clustering(session, state.home[mention.mention_id])
    relate(session, mention, state.home[mention.mention_id])
    if state.waiting:
        carry_out_waiting(session)
    return state, session.linked()


def rank(state: LinkState, mention: Mention, profile: Profile) -> list[Found]:
    """Open incidents that the mention may belong to, likeliest first; what news finds is taken into the prior."""
    compared = considered(state, mention, Side(profile, state.index.idf))
    chances = [
        weighed(p, odds(profile, state.profiles[i], row, state.index.idf))
        for (i, row), p in zip(compared, scores([row for _, row in compared]), strict=True)
    ]
    factor = math.exp(state.prior.shift())
    found = [
        _recorded(state, mention, Found(i, weighed(p, factor), row))
        for (i, row), p in zip(compared, chances, strict=True)
    ]
    if mention.role in NEWS_ROLES:
        state.prior.note(max(chances, default=0.0))
    return sorted(found, key=lambda f: (-f.score, f.incident_id))


def _chosen(state: LinkState, mention: Mention, ranked: list[Found]) -> Found | None:
    """The incident to join: news joins news first; links of or to mentions in passing need a higher score."""
    if mention.role in NEWS_ROLES:
        news = next((f for f in ranked if state.open[f.incident_id].incident.role in NEWS_ROLES), None)
        if news and news.score >= least(state, mention.lang, news.incident_id):
            return news
    return ranked[0] if ranked and ranked[0].score >= PASSING else None


def least(state: LinkState, lang: str | None, incident_id: str) -> float:
    """The score from which news in a language joins an incident."""
    langs = state.profiles[incident_id].langs
    return ABROAD if lang and langs and lang not in langs else JOIN


def considered(state: LinkState, mention: Mention, side: Side) -> list[tuple[str, list[float]]]:
    """Incidents that a mention is compared with, and the parts of each comparison."""
    barred = _barred(state, mention)
    mine = (mention.reported_at, mention.reported_at) if mention.dated else None
    ids = state.index.candidates(side.rarity, (*cells(mention, around=1), *feed_events.keys(mention)), CONSIDERED)
    if (direction := side.profile.direction()) is not None:
        ids = list(dict.fromkeys((*ids, *state.index.near(direction, NEAR))))
    ids = [i for i in ids if i not in barred]
    bare = None
    told_here = [p for i in ids if of_one_outlet(side.profile, p := state.profiles[i])]
    if repeated := furniture(side.profile, told_here):
        bare = Side(without(side.profile, repeated, state.index.idf), state.index.idf)
        more = state.index.candidates(bare.rarity, (), CONSIDERED)
        ids += [i for i in more if i not in barred and i not in ids]
    compared = ((i, _compared(state, side, bare, i, days_apart(mine, reported(state.open[i])))) for i in ids)
    found = [(i, row) for i, row in compared if row]
    set_beside([row for _, row in found])
    return found


def _compared(state: LinkState, side: Side, bare: Side | None, incident_id: str, apart: float) -> list[float] | None:
    """The parts of a comparison; with an incident of the same outlet by what is no furniture, unless all of it forbids a link.

    None where nothing but furniture speaks for it.
    """
    other, idf = state.profiles[incident_id], state.index.idf
    row = compare(side, other, apart)
    if bare is None or not of_one_outlet(side.profile, other) or vetoed(side.profile, other, row, idf):
        return row
    row = compare(bare, other, apart)
    return None if vetoed(bare.profile, other, row, idf) else row


Reports = tuple[datetime, datetime]  # the first and the last report of an incident, or of one account


def reported(now: Open) -> Reports | None:
    """Between which times an incident was reported; None when none of its accounts is dated."""
    times = [m.mention.reported_at for m in now.members if m.mention.dated]
    return (min(times), max(times)) if times else None


def days_apart(one: Reports | None, other: Reports | None) -> float:
    """Days between the reports of two sides, 0 where they overlap; NaN where either has no date."""
    if one is None or other is None:
        return UNKNOWN
    return max(one[0] - other[1], other[0] - one[1], timedelta()) / DAY


def _recorded(state: LinkState, mention: Mention, found: Found) -> Found:
    """The score with feed records, where either side has one: the better of the match and of the model's score."""
    members = [m.mention for m in state.open[found.incident_id].members]
    if not feed_events.concerned(mention, members):
        return found
    met = feed_events.match(mention, members)
    recorded = Found(found.incident_id, feed_events.score(met) if met else 0.0, [], met)
    if feed_events.measured(mention) or feed_events.only_measured(members):
        return recorded
    if feed_events.told_apart(mention, members):
        return Found(found.incident_id, 0.0, [], {})
    if feed_events.same_page(mention, members):
        recorded = Found(found.incident_id, SAME_PAGE + (1 - SAME_PAGE) * found.score, [], {"same page": 1.0})
    return max(found, recorded, key=lambda f: f.score)


def _certain(state: LinkState, mention: Mention) -> Found | None:
    """The incident known without comparing: that of an earlier revision, or the one a statement is about."""
    if mention.role in REPORTING_ROLES:
        known = state.stories.get(mention.story_id)
        if known and mention.document_kind == "article" and state.documents.get(mention.document_id) == known:
            return None  # one document reports two incidents as news: they are two
        return Found(known, 1.0, [], {"same story": 1.0}) if known else None
    if mention.role == "statement":
        homes = [state.home[a] for a in mention.about if a in state.home]
        known = homes[0] if homes else state.documents.get(mention.document_id)
        return Found(known, 1.0, [], {"about": 1.0}) if known else None
    return None


def _barred(state: LinkState, mention: Mention) -> set[str]:
    """Incidents that it cannot join: those that its own document reports as others."""
    return set() if mention.role == "statement" else set(state.told.get(mention.document_id, ()))


def _join(session: LinkSession, member: Member, profile: Profile, found: Found) -> str:
    state = session.state
    now, mention = state.open[found.incident_id], member.mention
    replaced = [m for m in now.members if _revises(mention, m.mention)]
    now.members = [m for m in now.members if m not in replaced]
    now.retired.take_back([m.mention for m in replaced])
    now.claims += sourced(mention)
    known = state.profiles[found.incident_id]
    if replaced:
        known.take_out(replaced, state.index.idf)
    member.score = found.score
    member.profiled = mention.role in NEWS_ROLES or now.incident.role not in NEWS_ROLES or not known.accounts
    now.members.append(member)
    if member.profiled:
        known.merge(profile, state.index.idf)
    change = Change(
        kind="revised" if replaced else "joined", mention_id=mention.mention_id, document_id=mention.document_id,
        score=found.score, parts=found.parts, text=_said(mention, "revised" if replaced else "joined"),
    )  # fmt: skip
    session.store(now, change, mention.reported_at if mention.role in REPORTING_ROLES else now.incident.last_changed)
    return found.incident_id


def _revises(mention: Mention, earlier: Mention) -> bool:
    if mention.story_id != earlier.story_id or mention.mention_id == earlier.mention_id:
        return False
    return mention.document_id != earlier.document_id or mention.document_kind == "event"


def _outdated(mention: Mention, now: Open) -> bool:
    """Whether a later version of its story is known already."""
    return any(m.mention.reported_at > mention.reported_at and _revises(m.mention, mention) for m in now.members)


def _remember(session: LinkSession, mention: Mention, found: Found) -> None:
    """Store from a version that arrives after its revision what would remain if it had come before."""
    now = session.state.open[found.incident_id]
    now.retired.take_back([mention])
    now.claims += sourced(mention)
    change = Change(
        kind="joined", mention_id=mention.mention_id, document_id=mention.document_id, score=found.score,
        parts=found.parts, text=_said(mention, "came after its revision, joined"),
    )  # fmt: skip
    session.store(now, change, now.incident.last_changed)


def _open(session: LinkSession, member: Member, profile: Profile) -> str:
    mention = member.mention
    incident_id = digest("incident", mention.mention_id)
    now = Open(opening(mention, incident_id), [member], claims=sourced(mention))
    session.state.profiles[incident_id] = profile
    change = Change(
        kind="opened", mention_id=mention.mention_id, document_id=mention.document_id, text=_said(mention, "opened")
    )
    session.store(now, change, mention.reported_at)
    return incident_id


def _said(mention: Mention, what: str) -> str:
    who = mention.source.name or mention.source.domain or mention.origin
    return f"{what} by {who}: {mention.title or mention.passage[:120]}"


def _merge_proven(session: LinkSession, mention: Mention, home: str, ranked: list[Found]) -> None:
    """Merge the home with other incidents that the mention has shown to be the same."""
    state = session.state
    here = state.open[home]
    if here.fixed or here.incident.version == 1:  # just opened: it was compared already and is too different
        return
    likely = [state.open.get(f.incident_id) for f in ranked if f.score >= RIVAL and f.incident_id != home]
    rivals = [o for o in likely if o is not None][:RIVALS]  # a document may just have divided one and merged it
    others = [
        o
        for o in rivals
        if not (o.fixed or o.incident_id in here.apart or home in o.apart or o.incident.role not in NEWS_ROLES)
    ]
    told = [m.mention for m in here.members]
    others = [o for o in others if not feed_events.conflict(told, [m.mention for m in o.members])]
    compared = alike(state, here, others)
    factors = [
        odds(state.profiles[home], state.profiles[o.incident_id], row, state.index.idf)
        for o, row in zip(others, compared, strict=True)
    ]
    chances = [weighed(chance, factor) for chance, factor in zip(scores(compared), factors, strict=True)]
    for other, chance, row in sorted(zip(others, chances, compared, strict=True), key=lambda c: -c[1]):
        if chance < needed_to_merge(row):
            continue
        text = f"{mention.source.domain or mention.origin} shows both to be one: {mention.title}"
        why = Reason(text, mention.reported_at, chance, named(row), mention.mention_id)
        merge(session, state.open[home], other, why)
        break


def needed_to_merge(row: list[float]) -> float:
    """The score from which two incidents with these parts of a comparison are merged."""
    return MERGE if row[EVENT_FAMILY] == 1 else MERGE_STORIES


def alike(state: LinkState, here: Open, others: list[Open]) -> list[list[float]]:
    """The parts of comparing an incident with others."""
    if not others:
        return []
    side = Side(state.profiles[here.incident_id], state.index.idf)
    mine = reported(here)
    return [compare(side, state.profiles[o.incident_id], days_apart(mine, reported(o))) for o in others]
