"""Finds which of an article's figures is the toll of its incident, and how each other one relates to it.

An article gives many figures of one kind: the whole and its parts, an early count and a later one, rival sources, single
victims, and what an earlier incident cost. Figures of one value make a candidate; persons mentioned one by one, and numbers
joined by "and", make one together. A logistic model says how likely each candidate is the toll; the likeliest is, if it
is likely enough. `streams/train/incident_total.py` trains it and names its scores on articles left out.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from streams.domain.extract.found_claim import FoundClaim
from streams.domain.mentions.told_figure import ToldFigure
from streams.domain.text.trained_weights import Trained

TOLLS = Trained(Path(__file__).parents[1] / "models" / "incident_total.npz")
LIKELY = 0.3  # probability from which the likeliest candidate is the toll
RIVAL = 0.08  # probability from which another named source's figure stands beside it
Scope = Literal["total", "summand", "rival", "part", "aside", ""]
GENERIC = frozenset(
    "people persons person others more victims victim dead wounded injured bodies body individuals lives deaths fatalities passengers "
    "casualties killed patients corpses souls".split()
)
_ADDS = frozenset("more another others other further additional".split())
_TOLL = frozenset(
    "toll total altogether overall bringing brings risen rose rises climbed reached stands stood now confirmed tally".split()
)
_BEFORE = frozenset("earlier initial initially previously previous first preliminary original".split())
_OLD = frozenset(
    "year years since decade anniversary last ago history war month months similar previous 2001 recent".split()
)
_BASELINE = frozenset(
    "earlier previous previously initial initially had from than fewer original spoken announced saturday sunday".split()
)
_EARLIER = frozenset("earlier previous previously initial initially".split())
_TOLD = frozenset("spoken said put reported announced given counted told confirmed".split())
_OWN = (["its"], ["their"], ["our"], ["his"], ["her"])
_LEGAL = frozenset(
    "court trial sentenced charged convicted judge accused verdict jury acquitted suspect anniversary memorial mourning".split()
)
_SINGLE = frozenset(("one", "kin", "name", "known", "self"))


@dataclass(slots=True)
class Candidate:
    """One value that claims of a kind state, or add up to (`sum`)."""

    value: int
    told: list[int]  # indices of the claims
    sum: str = ""
    features: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Setting:
    """Facts about the article beside its claims: the headline's claims, and the result of `casualty_totals`.

    news: the mention is what the article is about; opens: its first sentences report it, so that persons there are its own;
    freed: the headline says that those who were gone are free or found, so that nobody is missing any more.
    """

    headline: tuple[FoundClaim, ...] = ()
    article_toll: tuple[int, int] | None = None
    news: bool = True
    opens: bool = True
    freed: bool = False
    family: str = ""
    age: int | None = None  # days from the incident to publication
    reports: float = 1.0  # how likely the article reports an incident


def scopes(told: Sequence[ToldFigure], setting: Setting) -> list[Scope]:
    """The relation of each claim to the toll of the incident, in the claims' order; "" for kinds without victims."""
    out: list[Scope] = [""] * len(told)
    for n, t in enumerate(told):
        if t.what not in ("damage", "other") and _value(t.claim) is not None:
            out[n] = "part"
    for found in candidates(told, setting).values():
        likely = [TOLLS.probability(c.features) for c in found]
        best = max(range(len(found)), key=likely.__getitem__)
        chosen = found[best] if likely[best] >= LIKELY or not setting.news else None
        for c, p in zip(found, likely, strict=True):
            for n in c.told:
                if chosen is None or (setting.freed and told[n].what == "missing"):
                    out[n] = "aside"
                elif n in chosen.told:
                    out[n] = "summand" if chosen.sum else "total"
                elif out[n] != "rival":
                    out[n] = (
                        "rival"
                        if p >= RIVAL and not c.sum and _rivals(told[n], [told[k] for k in chosen.told])
                        else "part"
                    )
    return out


def _rivals(one: ToldFigure, chosen: list[ToldFigure]) -> bool:
    """Whether another named source gives it, of people as a whole: by its noun, or as it is more than the toll."""
    named = {t.source.name.lower() for t in chosen if t.source}
    return (
        one.source is not None
        and one.source.name.lower() not in named
        and one.claim.kind == "count"
        and (_noun(one) in GENERIC or _exceeds(one, chosen))
    )


def _exceeds(one: ToldFigure, chosen: list[ToldFigure]) -> bool:
    """Whether it is more than the toll, so that it cannot be a part of it."""
    return (_value(one.claim) or 0) > max(_value(t.claim) or 0 for t in chosen)


def _value(claim: FoundClaim) -> int | None:
    return claim.low if claim.low is not None else claim.high


def _noun(t: ToldFigure) -> str:
    words = t.claim.of.lower().split()
    return words[-1].strip(".,") if words else "people"


def candidates(told: Sequence[ToldFigure], setting: Setting) -> dict[str, list[Candidate]]:
    """Candidates of each kind of victims, described for the model."""
    kinds: dict[str, list[int]] = defaultdict(list)
    for n, t in enumerate(told):
        if t.what not in ("damage", "other") and _value(t.claim) is not None:
            kinds[t.what].append(n)
    out = {}
    for what, mine in kinds.items():
        by_value: dict[int, list[int]] = defaultdict(list)
        for n in mine:
            by_value[_value(told[n].claim) or 0].append(n)
        older = [v for v, ns in by_value.items() if all(_is_older(told[n]) for n in ns)]
        if len(older) < len(by_value):
            for v in older:  # "police had spoken of 359 dead"
                del by_value[v]
        here = [n for ns in by_value.values() for n in ns]
        found = [Candidate(v, ns) for v, ns in by_value.items()]
        known = set(by_value)
        for c in _sums(told, here):
            if c.value not in known:
                known.add(c.value)
                found.append(c)
        for c in found:
            c.features = _features(what, c, found, told, here, setting)
        out[what] = found
    return out


def _sums(told: Sequence[ToldFigure], mine: list[int]) -> Iterable[Candidate]:
    """Persons mentioned one by one, and figures that `and` joins in one sentence, as one figure."""
    single = [n for n in mine if told[n].claim.kind in _SINGLE and _value(told[n].claim) == 1]
    if len(single) > 1:
        yield Candidate(len(single), single, "persons")
    rows: dict[tuple[int, int], list[int]] = defaultdict(list)
    for n in mine:
        if told[n].claim.kind != "part":
            rows[told[n].passage.sentence, id(told[n].source)].append(n)
    for ns in rows.values():
        if len(ns) > 1:
            yield Candidate(sum(_value(told[n].claim) or 0 for n in ns), ns, "joined")


def _is_older(t: ToldFigure) -> bool:
    """Whether the text says that this count has been replaced: "had spoken of", "an earlier toll of"."""
    before = _words_before(t)
    return not _EARLIER.isdisjoint(before[-3:]) or ("had" in before and not _TOLD.isdisjoint(before))


def _words_before(t: ToldFigure) -> list[str]:
    return t.passage.low[: t.claim.start - t.passage.start].split()[-6:]


def _first_words(t: ToldFigure) -> tuple[str, str]:
    """The word before a claim, and its first one."""
    at = t.claim.start - t.passage.start
    before, own = t.passage.low[:at].split()[-1:], t.passage.low[at : at + 40].split()[:1]
    return f"behind {before[0] if before else '^'}", own[0] if own else "$"


def _age(setting: Setting) -> str:
    return "none" if setting.age is None else _bucket(setting.age, (1, 3, 8, 31, 366))


def _bucket(n: int, steps: Sequence[int]) -> str:
    return str(next((s for s in steps if n <= s), "more"))


def _features(
    what: str, c: Candidate, found: list[Candidate], told: Sequence[ToldFigure], mine: list[int], setting: Setting
) -> list[str]:
    own = [told[n] for n in c.told]
    plain = [f.value for f in found if not f.sum]
    top = max(plain)
    first = min(own, key=lambda t: t.claim.start)
    order = sorted(mine, key=lambda n: told[n].claim.start)
    words = {w.strip(".,:;\"'()") for t in own for w in t.passage.low.split()}
    titled = [_value(h) for h in setting.headline if h.what == what]
    numbers = {_value(h) for h in setting.headline}
    sizes = sorted({*plain, c.value})
    rank = len(sizes) - 1 - sizes.index(c.value)
    inside = any(t.claim.kind == "part" for t in own)
    beside = [told[n] for n in mine if n not in c.told and any(told[n].passage is t.passage for t in own)]
    parts = [t for t in beside if (_value(t.claim) or 0) < c.value]
    wholes = [t for t in beside if (_value(t.claim) or 0) > c.value]
    opening = {_first_words(t) for t in own}
    out = [
        "B", f"sum {c.sum}", f"rank {min(rank, 3)}", f"rank {min(rank, 3)} of {_bucket(len(found), (1, 2, 3))}",
        f"ratio {_bucket(int(10 * c.value / max(top, 1)), (0, 1, 3, 6, 9, 10))}", f"times {min(len(own), 3)}",
        f"title {'same' if c.value in titled else 'number' if c.value in numbers else 'other' if titled else 'none'}",
        f"at {_bucket(first.passage.sentence, (0, 1, 2, 4, 8, 15))}", f"first {c.told[0] == order[0] if c.told else False}",
        f"last {order[-1] in c.told}", f"sure {_bucket(int(10 * max(t.claim.sure for t in own)), (5, 7, 8, 9))}",
        f"generic {any(_noun(t) in GENERIC for t in own)}", f"adds {all(_ADDS & {*t.claim.of.lower().split()} for t in own)}",
        f"owned {own[0].claim.of.lower().split()[:1] in _OWN}", f"kind {own[0].claim.kind}", f"bounds {'same' if first.claim.low == first.claim.high else 'least' if first.claim.high is None else 'most'}",
        f"source {'+'.join(sorted({t.source.kind if t.source else 'none' for t in own})[:2])}", f"inside {inside}",
        f"parts {min(len(parts), 2)}", f"wholes {min(len(wholes), 2)}", f"wholes {min(len(wholes), 2)} {c.sum}",
        f"exact parts {sum(_value(t.claim) or 0 for t in parts) == c.value}", f"zero {c.value == 0}",
        f"one {c.value == 1} {own[0].claim.kind}", f"news {setting.news}", f"word {first.claim.word}",
        f"headline {any(t.passage.headline for t in own)}", f"recalls {all(t.passage.recalls for t in own)}",
        f"size {_bucket(c.value, (0, 1, 5, 20, 100, 1000, 100_000))}",
    ]  # fmt: skip
    out += [f"opens {w}" for words_ in opening for w in words_]
    out.append(f"reports {_bucket(int(10 * setting.reports), (4, 6, 8))}")
    out += [f"family {setting.family}", f"age {_age(setting)}", f"titled {bool(titled)} {_age(setting)}"]
    out += [f"after {w}" for t in own for w in _BASELINE & {*_words_before(t)}]
    out += ["legal"] if _LEGAL & words else []
    out += [name for name, list_ in (("toll", _TOLL), ("before", _BEFORE), ("old", _OLD)) if list_ & words]
    if setting.article_toll is not None and what in ("killed", "injured"):
        out.append(f"settled {setting.article_toll[what == 'injured'] == c.value} {what}")
    out += [
        f"{what} {f}"
        for f in out
        if f.split()[0] in ("B", "rank", "title", "at", "sum", "one", "zero", "settled", "family", "age")
    ]
    if c.value == top:
        out += [f"top {f}" for f in out if f.split()[0] in ("title", "at", "generic", "kind", "times", "old")]
    return out
