"""Which figures of an incident are current, and what they come to.

Rules (they stand in the folder's README, too):

1. A source is who the text attributes the figure to, else the document's origin. When a source gives another
   figure of the same thing in a later report, the earlier one is superseded. Parts of a toll (children,
   women) are things of their own, so that "two children died" does not supersede "nine died".
2. low is the least and high the greatest figure that a current claim states; "at least 21" states 21.
3. best is the figure that most independent origins state among the fresh claims, those reported within a day of the
   newest; of figures that tie the one reported last; of those still tied the middle one, the lower of two middles.
4. A figure that only one origin states, ten times above the middle one of the others, or below that of two others,
   is not best while there is another: it tells of something else, or was misread. A rise that an official source
   states is believed.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from statistics import median_low

from schemas.identity import normalised_text
from schemas.records import Claim, Figure, SourcedClaim

FRESH = timedelta(days=1)
FAR, FEW = 10, 10  # so many times another figure, and so many more, is implausible
KEPT = 120  # claims kept for one incident, superseded ones dropped first
_PART_WORDS = """
children child women woman girls boys babies infants students civilians soldiers police officers firefighters
rescuers tourists foreigners passengers crew
"""
PARTS = frozenset(_PART_WORDS.split())


def attribution(claim: SourcedClaim) -> str:
    """Whose figure it is: the named source, else the document's origin."""
    named = _name(claim.claim.attributed_to) if claim.claim.attributed_to else ""
    return named or f"origin:{claim.origin}"


def supersede(claims: Iterable[SourcedClaim]) -> tuple[SourcedClaim, ...]:
    """All claims, newest first, marked by rule 1; one that came marked stays so: a revision took it back.

    One document's claims never supersede each other. At most KEPT are kept.
    """
    ordered = sorted(claims, key=_age, reverse=True)
    newest: dict[tuple[str, str, str], SourcedClaim] = {}
    out = []
    for c in ordered:
        if not c.superseded:
            first = newest.setdefault((c.claim.what, _part(c.claim), attribution(c)), c)
            if first.document_id != c.document_id and first.reported_at > c.reported_at:
                c = replace(c, superseded=True)  # noqa: PLW2901
        out.append(c)
    if len(out) > KEPT:
        out = sorted(sorted(out, key=lambda c: c.superseded)[:KEPT], key=_age, reverse=True)
    return tuple(out)


def figures(claims: Sequence[SourcedClaim]) -> tuple[Figure, ...]:
    """Low, best and high of each kind that current claims give a number for, by name of the kind."""
    by_kind: dict[str, list[SourcedClaim]] = defaultdict(list)
    for c in claims:
        if not c.superseded and (c.claim.min is not None or c.claim.max is not None):
            by_kind[c.claim.what].append(c)
    return tuple(_figure(what, by_kind[what]) for what in sorted(by_kind))


def _figure(what: str, claims: list[SourcedClaim]) -> Figure:
    low = min(v for c in claims for v in (c.claim.min, c.claim.max) if v is not None)
    high = max(v for c in claims for v in (c.claim.min, c.claim.max) if v is not None)
    best = _best([c for c in claims if not _part(c.claim)] or claims)
    return Figure(what=what, low=low, best=best, high=high, sources=len({attribution(c) for c in claims}))


def _best(claims: list[SourcedClaim]) -> int:
    plausible = [c for c in claims if not _outlier(c, claims)] or claims
    newest = max(c.reported_at for c in plausible)
    stated: dict[int, list[SourcedClaim]] = defaultdict(list)
    for c in plausible:
        if newest - c.reported_at <= FRESH:
            stated[_value(c.claim)].append(c)

    def weight(value: int) -> tuple[int, datetime]:
        return len({c.origin for c in stated[value]}), max(c.reported_at for c in stated[value])

    most = max(map(weight, stated))
    return median_low([v for v in stated if weight(v) == most])


def _outlier(claim: SourcedClaim, claims: list[SourcedClaim]) -> bool:
    value = _value(claim.claim)
    agreeing = {c.origin for c in claims if _value(c.claim) == value}
    in_time = sorted(claims, key=lambda c: (c.reported_at, _value(c.claim)))
    others = {c.origin: _value(c.claim) for c in in_time if c.origin not in agreeing}  # each one's newest
    if len(agreeing) > 1 or not others:
        return False
    middle = median_low(others.values())
    if value > FAR * middle + FEW:
        return claim.claim.attribution_kind != "official"
    return len(others) > 1 and FAR * value + FEW < middle


def _value(claim: Claim) -> int:
    value = claim.min if claim.min is not None else claim.max
    assert value is not None
    return value


def _part(claim: Claim) -> str:
    return _part_in(claim.of) if claim.of else ""


@lru_cache(10_000)
def _part_in(of: str) -> str:
    return next((w for w in normalised_text(of).split() if w in PARTS), "")


@lru_cache(10_000)
def _name(source: str) -> str:
    return normalised_text(source).removeprefix("the ")


def _age(c: SourcedClaim) -> tuple[object, ...]:
    return c.reported_at, c.mention_id, c.claim.what, c.claim.quote.start, c.claim.quote.end
