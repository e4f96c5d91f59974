"""The claims of one mention: each figure of each source once, each person once, with their final state.

"A man was shot ... the 25-year-old died" is one killed; men counted as shot of whom one died are `other`; a headline's round
number gives way to the text's own.
"""

from schemas.records import Claim, Span
from streams.domain.extract.attribution import source_of
from streams.domain.extract.claim_model import LIKELY
from streams.domain.extract.found_claim import FoundClaim
from streams.domain.extract.passages import Passage
from streams.domain.mentions.incident_total import Scope, Setting, scopes
from streams.domain.mentions.person_tracking import tally
from streams.domain.mentions.told_figure import ToldFigure
from streams.domain.text.numbers import as_worded

IMPLIED = frozenset(
    "taken rushed transported airlifted flown brought transferred life-flighted driven".split()
)  # to a hospital
_GENERIC = frozenset(
    "people persons person others more victims victim men man dead wounded injured bodies body individuals".split()
)
_HURT = frozenset(("injured", "wounded", "hurt", "suffered injuries", "suffered broken"))
_DEFINITE = frozenset("a an the they them those these his her their its this that he she police both all".split())
_PRONOUNS = frozenset(("he", "she", "him", "her"))


def claims_of(passages: list[Passage], body: str, setting: Setting) -> tuple[Claim, ...]:
    """Claim records of a mention's passages in the order of the text, offsets into `body`.

    Recalled history and counts introduce their persons anew: "he" and "Garcia's death" there refer to the news.
    """
    rows = told_figures(passages, body, setting)
    return tuple(_record(r, body, scope) for r, scope in zip(rows, scopes(rows, setting), strict=True))


def told_figures(passages: list[Passage], body: str, setting: Setting) -> list[ToldFigure]:
    """The same claims before their relation to the toll is known."""
    pairs = [(p, c) for p in passages for c in p.claims]
    people = tally(c for _, c in pairs).who
    rows = [
        ToldFigure.of(c, p, source_of(p.sources, c.start, c.end), who)
        for (p, c), who in zip(pairs, people, strict=True)
    ]
    for r in rows:
        if _unnumbered(r):
            r.claim = r.claim._replace(kind="count", sure=1.0)
    rows = [r for r in rows if _is_told(r.claim)]
    rows = _each_person_once(rows)
    rows = _without_headline(rows)
    _count_shot_apart(rows, body)
    if not setting.opens:
        rows = [r for r in rows if not (r.claim.known and r.person)]
    return _each_figure_once(rows)


def _is_told(claim: FoundClaim) -> bool:
    """Whether the model takes it for a figure, with a number or of named persons."""
    numbered = claim.low is not None or claim.high is not None or not claim.known
    return claim.sure >= LIKELY and numbered and not _implied(claim)


def _implied(claim: FoundClaim) -> bool:
    """Single persons taken to a hospital may be anyone; several are the injured."""
    return claim.word in IMPLIED and (claim.kind != "count" or (claim.low or claim.high or 0) < 2)


def _unnumbered(r: ToldFigure) -> bool:
    """`Fighters were shot dead, the coalition said`: some, none knows how many, and a source for it."""
    c = r.claim
    some = (
        c.known
        and c.low is None
        and c.high is None
        and c.of.split()[:1] != []
        and c.of.split()[0].lower() not in _DEFINITE
    )
    return some and (c.what == "killed" or c.word in _HURT) and r.source is not None


def _each_person_once(rows: list[ToldFigure]) -> list[ToldFigure]:
    out: list[ToldFigure] = []
    held: dict[int, int] = {}
    for r in rows:
        if r.person is None:
            out.append(r)
            continue
        person = r.person.who()
        if r.what != person.fate:
            continue
        old = held.get(id(person))
        if old is None:
            held[id(person)] = len(out)
            out.append(r)
        elif out[old].source is None and r.source is not None:
            if out[old].claim.known:
                out[old] = r
            elif r.claim.of.lower() not in _PRONOUNS:
                out.append(r)
    return out


def _without_headline(rows: list[ToldFigure]) -> list[ToldFigure]:
    """A headline that stands in the text gives way to the sentence that says the same."""
    out = []
    for r in rows:
        low, high = r.claim.low, r.claim.high
        if r.passage.headline and any(
            (
                o is not r
                and o.what == r.what
                and not o.passage.headline
                and low is not None
                and low in (o.claim.low, o.claim.high)
            )
            or (
                o is not r and o.what == r.what and high is not None and high == o.claim.high and not o.passage.headline
            )
            for o in rows
        ):
            continue
        out.append(r)
    return out


def _count_shot_apart(rows: list[ToldFigure], body: str) -> None:
    """People shot where some died are neither injured nor killed: `other`."""
    if not any(r.what == "killed" and r.claim.low != 0 for r in rows):
        return
    for r in rows:
        size = r.claim.low or 0
        if r.what != "injured" or r.claim.kind != "count" or size < 2:
            continue
        if r.claim.word in ("shot", "found shot") or body[r.claim.start : r.claim.start + 4].lower() == "all ":
            r.what = "other"


def _each_figure_once(rows: list[ToldFigure]) -> list[ToldFigure]:
    out: dict[tuple[object, ...], ToldFigure] = {}
    for r in rows:
        c = r.claim
        noun = c.of.split()[-1].lower() if c.of.split() else "people"
        kind = "people" if noun in _GENERIC else noun
        source = r.source.name.lower().removeprefix("the ") if r.source else ""
        key = (r.what, c.low, c.high, kind, source)
        if key in out:
            continue
        out[key] = r
    return list(out.values())


def _record(r: ToldFigure, body: str, scope: Scope) -> Claim:
    c, s = r.claim, r.source
    text = body[c.start : c.end]
    return Claim(
        what=r.what, min=c.low, max=c.high, of=c.of, attributed_to=s.name if s else None,
        attribution_kind=s.kind if s else "unattributed", quote=Span(start=c.start, end=c.end), text=text,
        scope=scope, words=as_worded(text, c.low, c.high),
    )  # fmt: skip
