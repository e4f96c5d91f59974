"""Statements: what each document says about an incident's victims or damage, as a whole and in parts."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from schemas.identity import normalised_text
from schemas.records import Claim, SourcedClaim

_PART_WORDS = """
children child women woman girls boys babies infants students civilians soldiers police officers firefighters
rescuers tourists foreigners passengers crew families family households household
"""
_MANY = frozenset("people cattle livestock".split())
_VOWELS = frozenset("aeiou")
_OWN = frozenset(("its", "their", "our", "his", "her"))
PARTS = frozenset(_PART_WORDS.split())
_HOMES = frozenset("home homes house houses dwelling dwellings residence residences".split())
_DONE = {
    **dict.fromkeys("destroyed burned burnt gutted flattened levelled leveled razed demolished torched wrecked collapsed destroying "
                    "burning flattening destruction swept".split(), "destroyed"),
    **dict.fromkeys("flooded inundated flooding submerged".split(), "flooded"),
}  # fmt: skip


LOOSE = 2  # times a bound below which "up to" says nothing
ROUNDED = 10  # what numbers that are rounded down end in: "more than 130"


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
    def voice(self) -> str:
        """Who states it in the document: its own voice for a total, the named source of a figure of no known scope."""
        claim = self.claims[0].claim
        return "" if claim.scope else claim.attributed_to or ""

    @property
    def exact(self) -> bool:
        """Whether it is one value, not a bound; "no more than none" is none."""
        return self.high in (self.low, 0)

    @property
    def least(self) -> int:
        """The least that it leaves open, as far as it says so."""
        return self.value if self.low is None else self.low

    @property
    def most(self) -> int:
        """The most that it leaves open, as far as it says so."""
        return self.value if self.high is None else self.high

    @property
    def words(self) -> str:
        """The document's words for a bound or a number that it rounds ("about 70"); empty for a plain number."""
        worded = self.claims[0].claim.words if len(self.claims) == 1 else ""
        if worded or self.exact:
            return worded
        if self.low is None:
            return f"up to {self.value:,}"
        return f"at least {self.value:,}" if self.high is None else f"{self.low:,} to {self.high:,}"

    def allows(self, value: int, times: float) -> bool:
        """Whether a bound leaves room for this value, a lower bound for `times` as much at most."""
        if self.exact or (self.low is None and times < LOOSE):
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
        summands: dict[str, list[SourcedClaim]] = defaultdict(list)
        told = []
        for c in mine:
            if c.claim.scope == "summand":
                summands[c.mention_id].append(c)
            else:
                whole = c.claim.scope in ("total", "rival") or (not c.claim.scope and not class_of(c.claim))
                told.append(_single(c, whole=whole))
        out += _one_whole([*map(_sum, summands.values()), *told])
    return out


def _one_whole(told: list[Statement]) -> list[Statement]:
    """The statements of one document, where only the greatest of each voice is a whole: the others are parts of it.

    Totals and sums are the document's own voice. A figure whose relation to the toll was not read is its source's; it is a part, too,
    when it counts others than the greatest does ("30 people", "5 policemen, the ministry said").
    """
    greatest: dict[str, Statement] = {}
    for s in told:
        if s.whole and not s.rival and s.value >= greatest.get(s.voice, s).value:
            greatest[s.voice] = s
    most = max(greatest.values(), key=lambda s: s.value, default=None)
    return [
        replace(s, whole=s.whole and (s.rival or (s.value == greatest[s.voice].value and not _counts_some(s, most))))
        for s in told
    ]


def _counts_some(one: Statement, most: Statement | None) -> bool:
    """Whether a figure of no known scope counts a class of those that the greatest one counts."""
    if most is None or one.value >= most.value or one.claims[0].claim.scope:
        return False
    mine, all_of_them = (normalised_text(s.claims[0].claim.of) for s in (one, most))
    return mine not in ("", "people", all_of_them)


def _single(c: SourcedClaim, *, whole: bool) -> Statement:
    return Statement(number(c.claim), c.claim.min, c.claim.max, (c,), whole, rival=c.claim.scope == "rival")


def _sum(summands: list[SourcedClaim]) -> Statement:
    total = sum(number(c.claim) for c in summands)
    open_ended = any(c.claim.max is None for c in summands)
    return Statement(total, total, None if open_ended else total, tuple(summands), whole=True, summed=True)


def rounds(late: Claim, early: Claim) -> bool:
    """Whether a claim only rounds an exact earlier one down: "more than 130" after 137."""
    if late.min is None or late.max is not None or early.min is None or early.min != early.max:
        return False
    return (late.min - 1) % ROUNDED == 0 and late.min <= early.min < 1.5 * late.min


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
    words, said = normalised_text(of).split(), normalised_text(text).split()
    done = {_DONE[w] for w in said if w in _DONE}
    if len(done) != 1 or any(w.startswith("damag") for w in said):
        done = {"damaged"}  # "destroyed or damaged": all of them are damaged
    thing = words[-1] if words else "things"
    return f"{'homes' if thing in _HOMES else _plural(thing)} {done.pop()}"


def _plural(noun: str) -> str:
    """The same thing is one figure, whether one of it or several are counted: "a bridge", "two bridges"."""
    if noun.endswith("s") or noun in _MANY or not noun.isascii():
        return noun
    if noun.endswith("y") and noun[-2:-1] not in _VOWELS:
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("ch", "sh", "x", "z")) else f"{noun}s"
