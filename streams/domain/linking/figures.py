"""The current figures of an incident: low, best and high of each kind, each with the claims that decided it.

The model (also described in the folder's README):

1. *What is counted.* One figure for each kind of victims, and one for each kind of damage done to each kind of thing. A claim
   that its document sets aside (another incident's, or doubtful) counts nowhere. Nobody is missing once the latest report
   that counts the missing sets them aside, as they are free or found.
2. *Statements.* Each document makes at most one statement of the whole for each source: the total it gives, or the sum of
   victims that it mentions one by one. A part (of the dead, of a place, a class of victims such as children) is a
   statement of its own; while any whole is stated, parts stand in no figure.
3. *Supersession.* A source is who the text attributes a figure to, else the document's origin. Its later figure of the same
   thing supersedes its earlier one. An origin's later total also replaces what it had printed before, whoever said it.
4. *Range.* low and high are the least and greatest that current statements give. A figure that is more than a day older than
   the newest still counts for the range while its source has not replaced it.
5. *Best* is the value with most support among statements of the last day. Every origin supports its value once: less
   for a rival figure that it only quotes, by the trust of its source's kind, and half as much after every six hours. A bound
   ("at least 20") supports by half an exact figure that it allows. Of equal support: the one reported last, then
   the middle one, the lower of two.
6. *Implausible.* What one origin alone states, ten times above the middle one of the others or below that of two others, is
   not best while there is another; a rise that an official source states is believed. Less than half of what another source
   stated over a week before reports something else and stands in no figure.
7. *None* is best only while nobody states a victim; a source takes its own figure back by rule 3.
8. *Words.* When only bounds support best, it is shown in their words ("at least 21", "more than 300").
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from statistics import median_low

from schemas.identity import digest, normalised_text
from schemas.records import Figure, SourcedClaim
from streams.domain.linking.figure_statements import Statement, statements, thing_counted

FRESH = timedelta(days=1)
HALF_LIFE = timedelta(hours=6)
FAR, FEW = 10, 10  # so many times another figure, and so many more, is implausible
SETTLED = timedelta(days=7)  # after which a source's toll no longer falls by half
ALLOWED = 3  # how many times a lower bound an exact figure may be to be supported by it
KEPT = 120  # claims kept for one incident, superseded ones dropped first
TRUST = {"official": 1.2, "ngo": 1.0, "media": 1.0, "unattributed": 1.0, "witness": 0.7, "party": 0.7}
RIVAL = 0.5  # support of a figure that its document quotes beside its own


def attribution(claim: SourcedClaim) -> str:
    """The owner of a figure: the named source, else the document's origin."""
    named = _name(claim.claim.attributed_to) if claim.claim.attributed_to else ""
    return named or f"origin:{claim.origin}"


def claim_id(claim: SourcedClaim) -> str:
    """The id that figures name a claim by."""
    c = claim.claim
    return claim.claim_id or digest(
        "claim", claim.mention_id, c.what, str(c.min), str(c.max), str(c.quote.start), str(c.quote.end)
    )


def supersede(claims: Iterable[SourcedClaim], replaced: Container[str] = ()) -> tuple[SourcedClaim, ...]:
    """All claims, newest first, marked by rule 3; those of `replaced` mentions, which a revision took back, count nowhere.

    One document's claims never supersede each other. At most KEPT are kept.
    """
    ordered = sorted(claims, key=_age, reverse=True)
    newest: dict[tuple[str, str, str], SourcedClaim] = {}
    out = []
    for c in ordered:
        gone = c.mention_id in replaced
        if not gone and c.claim.scope != "aside":
            first = newest.setdefault((c.claim.what, thing_counted(c.claim), attribution(c)), c)
            gone = first.document_id != c.document_id and first.reported_at > c.reported_at
        out.append(replace(c, superseded=gone, claim_id=claim_id(c)))
    if len(out) > KEPT:
        out = sorted(sorted(out, key=lambda c: c.superseded)[:KEPT], key=_age, reverse=True)
    return tuple(out)


def figures(claims: Sequence[SourcedClaim]) -> tuple[Figure, ...]:
    """Low, best and high of each kind that current claims give a number for, by name of the kind and thing."""
    by_kind: dict[tuple[str, str], list[SourcedClaim]] = defaultdict(list)
    found_again = _found_again(claims)
    for c in claims:
        if c.claim.what == "missing" and found_again:
            continue
        numbered = c.claim.min is not None or c.claim.max is not None
        if not c.superseded and numbered and c.claim.scope != "aside":
            of = thing_counted(c.claim) if c.claim.what == "damage" else ""
            by_kind[c.claim.what, of].append(c)
    return tuple(_figure(what, of, by_kind[what, of]) for what, of in sorted(by_kind))


def _found_again(claims: Sequence[SourcedClaim]) -> bool:
    """Whether the latest report that counts missing people sets them aside: they are free or found."""
    missing = [c for c in claims if c.claim.what == "missing"]
    last = max((c.reported_at for c in missing), default=None)
    return bool(missing) and all(c.claim.scope == "aside" for c in missing if c.reported_at == last)


def _figure(what: str, of: str, claims: list[SourcedClaim]) -> Figure:
    told = statements(claims)
    wholes = [s for s in told if s.whole]
    wholes = _current([s for s in wholes if not _falls(s, wholes)])
    if not wholes:
        return _of_parts(what, of, told)
    best, reason = _best(wholes)
    deciding = [s for s in wholes if s.value == best]
    least, most = min(wholes, key=lambda s: s.value), max(wholes, key=lambda s: s.value)
    return Figure(
        what=what, of=of, low=least.value, best=best, high=most.value, reason=reason, words=_words(deciding),
        sources=len({attribution(c) for s in wholes for c in s.claims}),
        decided_by=_ids(deciding), range_by=_ids([least, most]),
    )  # fmt: skip


def _of_parts(what: str, of: str, told: list[Statement]) -> Figure:
    """Figures from parts only: the whole is at least the largest part."""
    largest = max(told, key=lambda s: (s.value, s.reported_at))
    return Figure(
        what=what, of=of, low=largest.value, best=largest.value, high=largest.value, words=f"at least {largest.value:,}",
        reason="only parts of it are told: the largest", sources=len({attribution(c) for s in told for c in s.claims}),
        decided_by=_ids([largest]), range_by=_ids([largest]),
    )  # fmt: skip


def _falls(late: Statement, wholes: list[Statement]) -> bool:
    """Whether another source stated more than twice as many over a week before: then this is about something else."""
    mine = {attribution(c) for c in late.claims}
    return any(
        s.value > 2 * late.value
        and late.reported_at - s.reported_at > SETTLED
        and mine.isdisjoint(map(attribution, s.claims))
        for s in wholes
    )


def _current(wholes: list[Statement]) -> list[Statement]:
    """The statements without those that their origin replaced by a later total; a denial replaces nothing."""
    latest: dict[str, datetime] = {}
    for s in wholes:
        if not s.rival and s.value:
            latest[s.origin] = max(s.reported_at, latest.get(s.origin, s.reported_at))
    return [s for s in wholes if s.reported_at >= latest.get(s.origin, s.reported_at)]


def _best(wholes: list[Statement]) -> tuple[int, str]:
    """The value with most support, and why."""
    plausible = [s for s in wholes if not _implausible(s, wholes)] or wholes
    told = _without_denials(plausible)
    newest = max(s.reported_at for s in told)
    fresh = [s for s in told if newest - s.reported_at <= FRESH]
    support = {v: _support(v, fresh, newest) for v in {s.value for s in fresh}}

    def weight(value: int) -> tuple[float, datetime]:
        return round(support[value], 6), max(s.reported_at for s in fresh if s.value == value)

    most = max(map(weight, support))
    best = median_low([v for v in support if weight(v) == most])
    return best, _reason(best, fresh, told, wholes)


def _support(value: int, fresh: list[Statement], newest: datetime) -> float:
    """The support of all origins for a value; each origin counts once."""
    by_origin: dict[str, float] = defaultdict(float)
    for s in fresh:
        share = 1.0 if s.value == value else 0.5 if s.allows(value, ALLOWED) else 0.0
        aged = 0.5 ** ((newest - s.reported_at) / HALF_LIFE)
        said = share * TRUST.get(s.kind, 1.0) * (RIVAL if s.rival else 1.0) * aged
        by_origin[s.origin] = max(by_origin[s.origin], said)
    return sum(by_origin.values())


def _without_denials(wholes: list[Statement]) -> list[Statement]:
    """Drop denials once anybody states a victim: they are mostly about some people only, such as a party's own soldiers."""
    return [s for s in wholes if s.value] or wholes


def _implausible(one: Statement, wholes: list[Statement]) -> bool:
    agreeing = {s.origin for s in wholes if s.value == one.value}
    in_time = sorted(wholes, key=lambda s: (s.reported_at, s.value))
    others = {s.origin: s.value for s in in_time if s.origin not in agreeing}  # each one's newest
    if len(agreeing) > 1 or not others:
        return False
    middle = median_low(others.values())
    if one.value > FAR * middle + FEW:
        return one.kind != "official"
    return len(others) > 1 and FAR * one.value + FEW < middle


def _reason(best: int, fresh: list[Statement], told: list[Statement], wholes: list[Statement]) -> str:
    """Why that value is best, in words: first what was left out, then what supports it."""
    deciding = [s for s in fresh if s.value == best]
    values = {s.value for s in fresh}
    origins = len({s.origin for s in deciding})
    times = {s.reported_at for s in fresh}
    if len(told) < len(wholes) and any(not s.value for s in wholes):
        return "victims are stated, so none is not best"
    if all(s.summed for s in deciding):
        return "the sum of victims mentioned one by one"
    if len(values) == 1 and len(fresh) == len(wholes):
        return "the only figure" if origins == 1 else f"all {origins} origins agree"
    if origins > 1:
        return f"{origins} origins state it"
    if len(values) == 1 or (len(times) > 1 and max(times) in {s.reported_at for s in deciding}):
        return "the latest figure"
    return f"best supported, by {deciding[0].kind} word"


def _words(deciding: list[Statement]) -> str:
    if any(s.exact for s in deciding):
        return ""
    said = next((s.words for s in sorted(deciding, key=lambda s: s.reported_at, reverse=True) if s.words), "")
    return said[:1].lower() + said[1:]  # they may have begun a sentence


def _ids(told: Iterable[Statement]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(claim_id(c) for s in told for c in s.claims))


@lru_cache(10_000)
def _name(source: str) -> str:
    return normalised_text(source).removeprefix("the ")


def _age(c: SourcedClaim) -> tuple[object, ...]:
    return c.reported_at, c.mention_id, c.claim.what, c.claim.quote.start, c.claim.quote.end
