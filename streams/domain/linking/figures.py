"""The current figures of an incident: low, best and high of each kind, each with the claims that decided it.

The model (also described in the folder's README):

1. *What is counted.* One figure for each kind of victims, and one for each kind of damage done to each kind of thing: houses
   are homes, a bridge is one of the bridges, and what is "damaged or destroyed" is damaged. A claim that its document sets aside
   (another incident's, or doubtful) counts nowhere. Nobody is missing once the latest report that counts the missing sets them
   aside, as they are free or found.
2. *Statements.* Each document makes at most one statement of the whole for each source: the total it gives, or the sum of
   victims that it mentions one by one; of several totals the greatest. A part (of the dead, of a place, a class of victims such as
   children, families beside people) is a statement of its own; while any whole is stated, parts stand in no figure.
3. *Supersession.* A source is who the text attributes a figure to, else the document's origin. Its later figure of the same
   thing supersedes its earlier one, unless it only rounds it down ("more than 130" after 137). An origin's later total also
   replaces what it had printed before, whoever said it. What only recalls the incident replaces nothing.
4. *Range.* low and high are the least and greatest that current statements give, both ends of "10 to 15" among them. A figure
   that is more than a day older than the newest still counts for the range while its source has not replaced it.
5. *Best* is the value with most support among statements of the last day. Every origin supports its value once: less
   for a rival figure that it only quotes, by the trust of its source's kind, and half as much after every six hours; a figure
   printed again after two origins, or an official, gave a greater one is as old as when it was first printed. A bound ("at least
   20") supports an exact figure little above it fully, however old, and one up to three times as great by half. Of equal
   support: the exact one, then the one reported last, then the middle one, the lower of two.
6. *Implausible.* What one origin alone states, ten times above the middle one of the others' in the day before, or below that of two
   others, is not best while there is another, nor is one that falls below half of an earlier figure; an official is believed when
   he states a rise or a fall. Less than half of what another source stated over a week before reports something else and
   stands in no figure.
7. *None* is best only while nobody states a victim, and for the missing, who are found in the end; a source takes its own
   figure back by rule 3.
8. *Words.* When only bounds or rounded numbers support best, it is shown in their words ("at least 21", "about 70").
"""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from statistics import median_low

from schemas.identity import digest, normalised_text
from schemas.records import Figure, SourcedClaim
from streams.domain.linking.figure_statements import Statement, rounds, statements, thing_counted

FRESH = timedelta(days=1)
HALF_LIFE = timedelta(hours=6)
FAR, FEW = 10, 10  # so many times another figure, and so many more, is implausible
SETTLED = timedelta(days=7)  # after which a source's toll no longer falls by half
ALLOWED, NEAR = 3, 1.5  # how many times a lower bound a figure may be to be supported by it: by half, and fully
KEPT = 120  # claims kept for one incident, superseded ones dropped first
TRUST = {"official": 1.2, "ngo": 1.0, "media": 1.0, "unattributed": 1.0, "witness": 0.7, "party": 0.7}
Trust = Callable[[Statement], float]
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


def supersede(
    claims: Iterable[SourcedClaim], replaced: Container[str] = (), recalled: Container[str] = ()
) -> tuple[SourcedClaim, ...]:
    """All claims, newest first, marked by rule 3; those of `replaced` mentions, which a revision took back, count nowhere.

    One document's claims never supersede each other, and those of `recalled` mentions supersede nothing. At most KEPT are kept.
    """
    ordered = sorted(claims, key=_age, reverse=True)
    newest: dict[tuple[str, str, str], SourcedClaim] = {}
    out = []
    for c in ordered:
        gone = c.mention_id in replaced
        if not gone and c.claim.scope != "aside" and c.mention_id not in recalled:
            first = newest.setdefault((c.claim.what, thing_counted(c.claim), attribution(c)), c)
            later = first.document_id != c.document_id and first.reported_at > c.reported_at
            gone = later and not rounds(first.claim, c.claim)
        out.append(replace(c, superseded=gone, claim_id=claim_id(c)))
    if len(out) > KEPT:
        out = sorted(sorted(out, key=lambda c: c.superseded)[:KEPT], key=_age, reverse=True)
    return tuple(out)


def trust(statement: Statement) -> float:
    """How much a statement's support counts, by the kind of its source."""
    return TRUST.get(statement.kind, 1.0)


def figures(claims: Sequence[SourcedClaim], trusted: Trust = trust) -> tuple[Figure, ...]:
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
    return tuple(_figure(what, of, by_kind[what, of], trusted) for what, of in sorted(by_kind))


def _found_again(claims: Sequence[SourcedClaim]) -> bool:
    """Whether the latest report that counts missing people sets them aside: they are free or found."""
    missing = [c for c in claims if c.claim.what == "missing"]
    last = max((c.reported_at for c in missing), default=None)
    return bool(missing) and all(c.claim.scope == "aside" for c in missing if c.reported_at == last)


def _figure(what: str, of: str, claims: list[SourcedClaim], trusted: Trust) -> Figure:
    told = statements(claims)
    wholes = [s for s in told if s.whole]
    wholes = _current([s for s in wholes if not _falls(s, wholes)])
    if not wholes:
        return _of_parts(what, of, told)
    best, reason = _best(wholes, trusted, falling=what == "missing")
    deciding = [s for s in wholes if s.value == best]
    least, most = min(wholes, key=lambda s: s.least), max(wholes, key=lambda s: s.most)
    return Figure(
        what=what, of=of, low=least.least, best=best, high=most.most, reason=reason, words=_words(deciding),
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
    """The statements without those that their origin replaced by a later total; a denial replaces nothing, nor does rounding."""
    latest: dict[str, Statement] = {}
    for s in wholes:
        known = latest.get(s.origin)
        if not s.rival and s.value and (known is None or s.reported_at > known.reported_at):
            latest[s.origin] = s
    return [s for s in wholes if (new := latest.get(s.origin)) is None or not _replaces(new, s)]


def _replaces(new: Statement, old: Statement) -> bool:
    rounded = len(new.claims) == len(old.claims) == 1 and rounds(new.claims[0].claim, old.claims[0].claim)
    return new.reported_at > old.reported_at and not rounded


def _best(wholes: list[Statement], trusted: Trust, *, falling: bool) -> tuple[int, str]:
    """The value with most support, and why; `falling`: the figure ends at none, as that of the missing."""
    lasting = [s for s in wholes if falling or not _collapses(s, wholes)]
    plausible = [s for s in lasting if (falling and not s.value) or not _implausible(s, lasting)] or lasting
    told = plausible if falling else _without_denials(plausible)
    newest = max(s.reported_at for s in told)
    fresh = [s for s in told if newest - s.reported_at <= FRESH]
    fresh += [s for s in told if s.exact and s not in fresh and any(b.allows(s.value, NEAR) for b in fresh)]
    support = {v: _support(v, fresh, newest, trusted) for v in {s.value for s in fresh}}

    def weight(value: int) -> tuple[float, bool, datetime]:
        mine = [s for s in fresh if s.value == value]
        return round(support[value], 6), any(s.exact for s in mine), max(s.reported_at for s in mine)

    most = max(map(weight, support))
    best = median_low([v for v in support if weight(v) == most])
    return best, _reason(best, fresh, told, wholes)


def _support(value: int, fresh: list[Statement], newest: datetime, trusted: Trust) -> float:
    """The support of all origins for a value; each origin counts once."""
    by_origin: dict[str, float] = defaultdict(float)
    for s in fresh:
        share = 1.0 if s.value == value or s.allows(value, NEAR) else 0.5 if s.allows(value, ALLOWED) else 0.0
        aged = 0.5 ** ((newest - _known_since(s, fresh)) / HALF_LIFE)
        said = share * trusted(s) * (RIVAL if s.rival else 1.0) * aged
        by_origin[s.origin] = max(by_origin[s.origin], said)
    return sum(by_origin.values())


def _known_since(one: Statement, fresh: list[Statement]) -> datetime:
    """When a figure was news: one that is printed again after two origins, or an official, gave a greater one is old."""
    if one.kind == "official":
        return one.reported_at
    first = min(s.reported_at for s in fresh if s.value == one.value)
    passed = [s for s in fresh if s.value > one.value and first < s.reported_at <= one.reported_at]
    outdated = len({s.origin for s in passed}) > 1 or any(s.kind == "official" for s in passed)
    return first if outdated else one.reported_at


def _without_denials(wholes: list[Statement]) -> list[Statement]:
    """Drop denials once anybody states a victim: they are mostly about some people only, such as a party's own soldiers."""
    return [s for s in wholes if s.value] or wholes


def _implausible(one: Statement, wholes: list[Statement]) -> bool:
    """Whether it is far from what others state of victims; neither a denial nor what is a day older is a measure of a rise."""
    agreeing = {s.origin for s in wholes if s.value == one.value}
    in_time = sorted((s for s in wholes if s.value), key=lambda s: (s.reported_at, s.value))
    if one.value > max((s.value for s in in_time if s.origin not in agreeing), default=0):
        in_time = [s for s in in_time if one.reported_at - s.reported_at <= FRESH]
    others = {s.origin: s.value for s in in_time if s.origin not in agreeing}  # each one's newest
    if len(agreeing) > 1 or not others:
        return False
    middle = median_low(others.values())
    if one.value > FAR * middle + FEW:
        return one.kind != "official"
    return len(others) > 1 and FAR * one.value + FEW < middle


def _collapses(one: Statement, wholes: list[Statement]) -> bool:
    """Whether one origin alone states less than half of what another did before, by more than a few, and is no official."""
    if one.kind == "official" or any(s.value == one.value and s.origin != one.origin for s in wholes):
        return False
    rest = [s for s in wholes if s is not one]
    before = (s for s in rest if s.low is not None and s.origin != one.origin and s.reported_at < one.reported_at)
    return any(s.value > 2 * one.value + FEW and not _implausible(s, rest) for s in before)


def _reason(best: int, fresh: list[Statement], told: list[Statement], wholes: list[Statement]) -> str:
    """Why that value is best, in words: first what was left out, then what supports it."""
    deciding = [s for s in fresh if s.value == best]
    values = {s.value for s in fresh}
    origins = len({s.origin for s in deciding})
    times = {s.reported_at for s in fresh}
    if best and any(not s.value for s in wholes) and all(s.value for s in told):
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
    if any(s.exact and not s.words for s in deciding):
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
