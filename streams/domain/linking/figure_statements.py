"""Statements: what each document says about an incident's victims or damage, as a whole and in parts."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from schemas.identity import normalised_text
from schemas.records import Claim, SourcedClaim

_PART_WORDS = """
children child women woman girls boys babies infants students civilians soldiers police officers firefighters
rescuers tourists foreigners passengers crew
"""
_OWN = frozenset(("its", "their", "our", "his", "her"))
PARTS = frozenset(_PART_WORDS.split())
_DONE = {
    **dict.fromkeys("destroyed burned burnt gutted flattened levelled leveled razed demolished torched wrecked collapsed destroying "
                    "burning flattening destruction swept".split(), "destroyed"),
    **dict.fromkeys("flooded inundated flooding submerged".split(), "flooded"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Statement:
    """A value that one document gives for the whole or a part, with the bounds it leaves open.

    rival: the document quotes it beside the figure that it uses itself; summed: it is a sum of single victims.
    """

    value: int
    low: int | None
    high: int | None
    claims: tuple[SourcedClaim, ...]
    whole: bool
    rival: bool = False
    summed: bool = False

    @property
    def origin(self) -> str:
        """Independent origin of the document."""
        return self.claims[0].origin

    @property
    def reported_at(self) -> datetime:
        """When the document came out."""
        return self.claims[0].reported_at

    @property
    def kind(self) -> str:
        """Kind of its source."""
        return self.claims[0].claim.attribution_kind

    @property
    def exact(self) -> bool:
        """Whether it is an exact value, not a bound."""
        return self.low == self.high

    @property
    def words(self) -> str:
        """The document's words for a bound."""
        if self.exact:
            return ""
        worded = self.claims[0].claim.words if len(self.claims) == 1 else ""
        return worded or (f"up to {self.value:,}" if self.low is None else f"at least {self.value:,}")

    def allows(self, value: int, times: int) -> bool:
        """Whether a bound leaves room for this value, a lower bound for `times` as much at most."""
        if self.exact:
            return False
        return (self.low is None or self.low <= value <= times * self.low) and (
            self.high is None or 0 < value <= self.high
        )


def statements(claims: Sequence[SourcedClaim]) -> list[Statement]:
    """The statements of claims of one kind, document by document in the claims' order."""
    documents: dict[str, list[SourcedClaim]] = defaultdict(list)
    for c in claims:
        documents[c.document_id].append(c)
    out: list[Statement] = []
    for mine in documents.values():
        summands = [c for c in mine if c.claim.scope == "summand"]
        if summands:
            out.append(_sum(summands))
        for c in mine:
            if c.claim.scope != "summand":
                whole = c.claim.scope in ("total", "rival") or (not c.claim.scope and not class_of(c.claim))
                out.append(_single(c, whole=whole))
    return out


def _single(c: SourcedClaim, *, whole: bool) -> Statement:
    return Statement(number(c.claim), c.claim.min, c.claim.max, (c,), whole, rival=c.claim.scope == "rival")


def _sum(summands: list[SourcedClaim]) -> Statement:
    total = sum(number(c.claim) for c in summands)
    open_ended = any(c.claim.max is None for c in summands)
    return Statement(total, total, None if open_ended else total, tuple(summands), whole=True, summed=True)


def number(claim: Claim) -> int:
    """The number that a claim states: its lower bound, else its upper one."""
    value = claim.min if claim.min is not None else claim.max
    assert value is not None
    return value


def class_of(claim: Claim) -> str:
    """The class of victims that a claim counts, such as `children`; empty for people as a whole."""
    if claim.of.split(" ", 1)[0].lower() in _OWN:
        return "own"  # "four of its men": one party's losses
    return _class_in(claim.of) if claim.of else ""


def thing_counted(claim: Claim) -> str:
    """What a claim counts, as far as it is distinguished: a class of victims, a part, or the things damaged and how."""
    if claim.what == "damage":
        return _damage(claim.of, claim.text)
    part = class_of(claim)
    return part or ("part" if claim.scope == "part" else "")


@lru_cache(10_000)
def _class_in(of: str) -> str:
    return next((w for w in normalised_text(of).split() if w in PARTS), "")


@lru_cache(10_000)
def _damage(of: str, text: str) -> str:
    words = normalised_text(of).split()
    done = next((_DONE[w] for w in normalised_text(text).split() if w in _DONE), "damaged")
    return f"{words[-1] if words else 'things'} {done}"
