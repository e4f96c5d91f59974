"""Relations between two incidents that one document reports: retaliation, part of a series, same campaign, follows.

A document's news and its recalled history are compared in pairs; the words after "in response to" or "a day after" name
the cause. Each pair of incidents gets at most one such relation beside the plain `refers-back`: the first that holds of
retaliation-for, part-of, same-campaign, same-kind-earlier and follows.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Literal

from schemas.records import Mention, Period
from streams.domain.mentions.link_features import stems_of

Kind = Literal["retaliation-for", "part-of", "same-campaign", "same-kind-earlier", "follows"]
SOON = timedelta(days=30)  # within it one incident follows another of the same country
CAMPAIGN = timedelta(days=90)  # within it attacks by one actor are one campaign
LEAST_SHARE = 0.5  # least share of a cause's specific words in an incident that no document names beside it
LEAST_WORDS = 3  # least number of such words
CROWDS = frozenset(("protests", "riots"))
VIOLENT = frozenset(("explosions", "battles", "violence-against-civilians", "crime"))  # families that readers confuse
ARMED = frozenset(("explosions", "battles", "violence-against-civilians", "cyber", "strategic-developments"))
_SPAN = r"\s+(?P<cause>[^.;:,\n]{8,160})"
_ANSWERED = re.compile(
    r"\b(?:(?:in )?(?:retaliation|response|revenge|reprisals?|answer) (?:for|to|against)|retaliat(?:ed|es|ing) (?:for|to)"
    r"|responding to|to avenge|avenging|in return for)" + _SPAN,
    re.IGNORECASE,
)
_FOLLOWED = re.compile(
    r"\b(?:(?:minutes|hours|(?:a|one) day|days|(?:a|one) week|weeks|months) after|following|in the (?:wake|aftermath) of"
    r"|(?:sparked|triggered|prompted) by)" + _SPAN,
    re.IGNORECASE,
)
_RALLIED = re.compile(
    r"\b(?:protest|demonstrat|rall|march|clash|outrage|anger|strike)\w*\b[^.;\n]{0,80}?\b(?:over|after|against)"
    + _SPAN,
    re.IGNORECASE,
)
_GENERIC = """attack attacks strike strikes killed killing deaths dead people injured increase increased recent repeated
group groups forces fighters several many country day week month year deadly incident operation"""


@dataclass(frozen=True, slots=True)
class FoundRelation:
    """A relation found; `earlier_first`: it reads from the recalled incident to the news."""

    kind: Kind
    reason: str
    score: float
    earlier_first: bool = False


@dataclass(frozen=True, slots=True)
class Cause:
    """The cause that a passage names for its event, in its words and their stems."""

    kind: Literal["retaliation-for", "follows"]
    text: str
    stems: frozenset[str]


def cause_of(mention: Mention) -> Cause | None:
    """The cause that the mention's own passage names for its event; None when it names none."""
    return _cause(mention.family, mention.passage, mention.title)


@lru_cache(maxsize=256)  # the mentions of a document are compared in pairs
def _cause(family: str, passage: str, title: str) -> Cause | None:
    found = _ANSWERED.search(passage)
    if found and family in ARMED:
        return Cause("retaliation-for", _words(found["cause"]), stems(found["cause"]))
    found = found or _FOLLOWED.search(passage)
    if found is None and family in CROWDS:
        found = _RALLIED.search(passage) or _RALLIED.search(title)
    if found:
        return Cause("follows", _words(found["cause"]), stems(found["cause"]))
    return None


def stems(text: str) -> frozenset[str]:
    """Content words of a text as linking compares them."""
    return frozenset(stems_of(text))


def relation_between(news: Mention, recalled: Mention) -> FoundRelation | None:
    """The relation between the news of a document and another incident that it reports; None when it states none."""
    return (
        _came_of_it(recalled)
        or _answered(news, recalled)
        or _counted(news, recalled)
        or _one_campaign(news, recalled)
        or _one_kind(news, recalled)
        or _followed(news, recalled)
    )


def cause_overlap(cause: Cause, words: frozenset[str]) -> float:
    """Share of a cause's specific words in an incident, 0 to 1; 0 where the share or the number is too small."""
    telling = cause.stems - _generic()
    both = len(telling & words)
    return both / len(telling) if both >= max(LEAST_WORDS, LEAST_SHARE * len(telling)) else 0.0


def relation_of_recalled(news: Mention, one: Mention, other: Mention) -> FoundRelation | None:
    """The relation between two incidents that one document recalls: counted, or answered, together."""
    if one.role == "aggregate":
        return None if other.role == "aggregate" else _turned(_counted(other, one))
    if other.role == "aggregate":
        return _counted(one, other)
    if (answer := _answered(news, one)) and _answered(news, other) and not answer.earlier_first:
        return FoundRelation("same-campaign", f"both answered by: {_words(news.passage)}", 0.7)
    return None


def _turned(found: FoundRelation | None) -> FoundRelation | None:
    return found and replace(found, earlier_first=True)


def _came_of_it(later: Mention) -> FoundRelation | None:
    return (
        FoundRelation("follows", f"came of it: {_words(later.passage)}", 0.9, earlier_first=True)
        if later.role == "follow-up"
        else None
    )


def _answered(news: Mention, recalled: Mention) -> FoundRelation | None:
    for here, there, turned in ((news, recalled, False), (recalled, news, True)):
        cause = cause_of(here)
        if cause is None or cause.kind != "retaliation-for" or not _no_later(there, here):
            continue
        if shared := _named_by(cause, there):
            return FoundRelation(
                "retaliation-for", f"“{cause.text}”", min(0.95, 0.6 + 0.15 * shared), earlier_first=turned
            )
    return None


def _named_by(cause: Cause, mention: Mention) -> float:
    """How many specific words of the cause the mention has; its kind and its place count half a word each."""
    shared = (cause.stems & stems(mention.passage)) - _generic()
    kind = bool(cause.stems & _generic()) and mention.family in ARMED
    place = mention.place is not None and bool(cause.stems & stems(mention.place.name))
    weight = len(shared) + 0.5 * (kind + place)
    if kind and not cause.stems - _generic():
        return 1.0  # "in response to the attacks": any attacks in the document
    return weight if weight >= 1 else 0.0


def _counted(part: Mention, whole: Mention) -> FoundRelation | None:
    """Part of a series that the document counts: the same family, in its time, of the same people where both say."""
    if whole.role != "aggregate" or part.role in ("aggregate", "statement") or part.family != whole.family:
        return None
    if part.time and whole.time and not (whole.time.start <= part.time.end and part.time.start <= _open_end(whole)):
        return None
    authors, others = _names(part, "initiator"), _names(whole, "initiator")
    targets, theirs = _names(part, "target"), _names(whole, "target")
    if (authors and others and not authors & others) or authors & theirs or (targets & others):
        return None
    return FoundRelation("part-of", f"counted among: {_words(whole.passage)}", 0.8)


def _one_campaign(news: Mention, recalled: Mention) -> FoundRelation | None:
    """Attacks by one actor against one country within months of each other."""
    authors = _names(news, "initiator") & _names(recalled, "initiator")
    if not authors or news.family not in ARMED or recalled.family not in ARMED or recalled.role == "aggregate":
        return None
    apart = _apart(news.time, recalled.time)
    if apart is None or apart > CAMPAIGN or not _same_country(news, recalled):
        return None
    return FoundRelation("same-campaign", f"both by {min(authors)}, {apart.days} days apart", 0.7)


def _one_kind(news: Mention, recalled: Mention) -> FoundRelation | None:
    if recalled.role != "background" or news.family != recalled.family:
        return None
    if news.subtype != recalled.subtype and news.family not in VIOLENT:
        return None
    if news.time and recalled.time and not recalled.time.end < news.time.start:
        return None
    return FoundRelation("same-kind-earlier", f"recalled beside it: {_words(recalled.passage)}", 0.8)


def _followed(news: Mention, recalled: Mention) -> FoundRelation | None:
    one_kind = news.family == recalled.family and (news.subtype == recalled.subtype or news.family in VIOLENT)
    if one_kind or recalled.role == "aggregate" or not _no_later(recalled, news):
        return None
    cause = cause_of(news)
    if cause and cause.kind == "follows" and _named_by(cause, recalled) >= 1:
        return FoundRelation("follows", f"“{cause.text}”", 0.8)
    apart = _apart(news.time, recalled.time)
    if (
        apart is not None
        and apart <= SOON
        and (_same_country(news, recalled) or not recalled.place)
        and _earlier(recalled, news)
    ):
        return FoundRelation("follows", f"{apart.days + 1} days after: {_words(recalled.passage)}", 0.6)
    return None


def _names(mention: Mention, role: str) -> set[str]:
    return {a.name.casefold().removeprefix("the ") for a in mention.actors if a.role == role}


def _same_country(a: Mention, b: Mention) -> bool:
    return bool(a.place and b.place and a.place.country and a.place.country == b.place.country)


def _open_end(whole: Mention) -> datetime:
    """A count runs up to its report: "since the start of the year"."""
    assert whole.time is not None
    return max(whole.time.end, whole.reported_at)


def _no_later(a: Mention, b: Mention) -> bool:
    return a.time is None or b.time is None or a.time.start <= b.time.end


def _earlier(a: Mention, b: Mention) -> bool:
    return a.time is not None and b.time is not None and a.time.end < b.time.start


def _apart(a: Period | None, b: Period | None) -> timedelta | None:
    if a is None or b is None:
        return None
    return max(a.start - b.end, b.start - a.end, timedelta())


def _words(passage: str) -> str:
    return " ".join(passage.split())[:160]


@cache
def _generic() -> frozenset[str]:
    return stems(_GENERIC)
