"""The results of word lists and rules for each passage, as numbers for the learned readers.

One row a passage: where it stands, its triggers, figures, times, places and sources, the role and the draft that the rules
gave it, and which of the most indicative words it has ("ago", "since", "condemned", "we").
"""

import re
from collections.abc import Sequence
from datetime import datetime
from functools import cache, lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from streams.domain.extract.found_claim import FoundClaim
from streams.domain.extract.passages import VICTIMS, Passage, passages
from streams.domain.extract.triggers import Trigger
from streams.domain.mentions.article_role import article_reading
from streams.domain.mentions.draft import Draft, MentionRole
from streams.domain.mentions.grouping import grouping
from streams.domain.mentions.grouping_rules import CAUSES
from streams.domain.mentions.passage_role import PassageRole, event_time, passage_roles
from streams.domain.ontology.types import ontology
from streams.domain.text.document import Document, annotation

Floats = npt.NDArray[np.float32]
ROLES: tuple[MentionRole, ...] = ("main", "background", "follow-up", "statement", "aggregate")
"""Roles that a mention of an incident may have, in the order of every table of chances."""
_KINDS = ("event", "speech", "aftermath", "political")
_PASSAGE_ROLES: tuple[PassageRole, ...] = ("event", "figures", "aggregate", "aftermath", "speech", "political", "none")
_COUNTED = (
    "killed",
    "injured",
    "missing",
    "arrested",
    "displaced",
    "abducted",
    "attacks",
    "participants",
    "damage",
    "other",
)
_GRAINS = ("instant", "day", "week", "month", "year")
_AGES = (-99999, -1, 2, 4, 8, 17, 61, 370, 9999999)
"""Days before publication between which a time's age is distinguished."""
_LONG = 25  # days of an open time over which things are counted
_WORD = re.compile(r"[a-z]+")
_QUOTE = re.compile(r"[\"“”]")
_PAST = re.compile(r"ed(?![a-z])")
_DIGIT = re.compile(r"[0-9]")
INDICATIVE_WORDS = tuple(
    dict.fromkeys(
        """
had has have was were is are be been being will would could should may might must can if not no since after before during until
while when last next year years month months week weeks day days ago previous previously earlier former first second third
another also meanwhile however but i we he she they you our your his her their its who which that this these those today
yesterday tomorrow monday tuesday wednesday thursday friday saturday sunday january february march april june july august
september october november december said says say told according accused condemned called urged vowed warned expected forecast
total least more than nearly about over recent recently history anniversary new later still now already again against between
among several many hundreds thousands dozens series because due suspected alleged allegedly reportedly claimed denied
investigation investigating court trial judge police officials government president minister spokesman statement people man
woman men women children family home city town village area near killed injured died dead death arrested charged sentenced
convicted attack fire crash shooting explosion protest storm flood quake earthquake war fighting plan plans planned likely
unlikely possible possibly hope hopes want wants think believe know like love game team film book company market percent million
billion mourn mourning condolences tribute prayers sympathy funeral memorial reward searching search rescue rescuers
evacuated reopened closed cancelled suspended postponed deployed launched ordered resigned fired appealed blamed blame rejected
dismissed insisted pledged promised threatened responsibility behind motive cause caused following amid despite
""".split()
    )
)
"""Words of which a row says whether the passage has them."""
_INDICATIVE = {word: n for n, word in enumerate(INDICATIVE_WORDS)}
_IS_ROLE = {role: [role == r for r in ROLES] for role in ROLES}
_IS_PASSAGE_ROLE = {role: [role == r for r in _PASSAGE_ROLES] for role in _PASSAGE_ROLES}
_IS_GRAIN = {grain: [grain == g for g in _GRAINS] for grain in _GRAINS}
_NO_ROLE, _NO_TIME = [False] * len(ROLES), [False] * (len(_AGES) - 1 + len(_GRAINS))


@annotation
def passage_signals(document: Document) -> Floats:
    """One row of numbers a passage, shape (passages, SIGNALS)."""
    found, decided = passages(document), passage_roles(document)
    if not found:
        return np.zeros((0, SIGNALS), dtype=np.float32)
    placed = {id(at.passage): at.draft for at in grouping(document).placements}
    final = {id(p): d for d in article_reading(document).drafts for p in d.passages}
    last = found[-1].sentence + 1
    words = np.zeros((len(found), len(INDICATIVE_WORDS)), dtype=np.float32)
    has: list[int] = []
    rows = []
    for n, (p, role) in enumerate(zip(found, decided, strict=True)):
        own = [
            *_where(p, n, found, last),
            *_said(p),
            *_when(p, document.published),
            *_ruled(p, role.role, placed, final),
        ]
        parts = _WORD.findall(p.low)
        first = n * len(INDICATIVE_WORDS)
        has += [first + at for w in parts if (at := _INDICATIVE.get(w)) is not None]
        rows.append([*own, *_shape(p, parts)])
    words.ravel()[has] = 1.0
    return np.hstack([np.array(rows, dtype=np.float32), words])


def _where(p: Passage, n: int, found: list[Passage], last: int) -> list[float]:
    before = found[n - 1] if n else None
    after = found[n + 1] if n + 1 < len(found) else None
    s = p.sentence
    return [
        s == 0, s == 1, s == 2, s == 3, s < 6, s < 10, 1 / (1 + s), s / last,
        min(len(p.text), 400) / 200, len(p.text) < 40, p.headline, p.heading, p.dated > p.start,
        before is not None and before.paragraph == p.paragraph,
        before is not None and before.sentence == s,
        after is not None and after.sentence == s,
    ]  # fmt: skip


def _said(p: Passage) -> list[float]:
    """Triggers, figures, places, sources and actors."""
    triggered, other = _of_triggers(p.triggers) if p.triggers else _NO_TRIGGERS
    return [
        *triggered, *_of_families(p.event.family if p.event else None), *other,
        *(_of_claims(p.claims) if p.claims else _NO_CLAIMS),
        p.strength / 5, p.recalls, p.counts, p.unreal, p.another, p.besides, bool(p.link),
        p.link in CAUSES, min(len(p.toponyms), 4) / 2, bool(p.sources), min(len(p.sources), 2) / 2,
        bool(p.actors), min(len(p.actors), 3) / 2,
    ]  # fmt: skip


def _of_triggers(triggers: Sequence[Trigger]) -> tuple[list[float], list[float]]:
    """How many there are of each kind, and how strong; whether any is of an aftermath or of none."""
    out: list[float] = []
    for kind in _KINDS:
        strengths = [t.strength for t in triggers if t.kind == kind]
        most = max(strengths, default=0)
        out += [most >= 1, most >= 2, most >= 3, min(len(strengths), 4) / 2]
    aftermath = any(t.kind == "aftermath" and t.strength > 1 for t in triggers)
    return out, [aftermath, any(t.kind == "none" for t in triggers)]


def _of_claims(claims: Sequence[FoundClaim]) -> list[float]:
    """What is counted, and how."""
    stated = {c.what for c in claims if c.low is not None or c.high is not None}
    return [
        *(what in stated for what in _COUNTED),
        any(c.what in VICTIMS and not c.known and c.high != 0 for c in claims),
        any(c.known for c in claims), any(c.kind == "count" for c in claims), any(c.high == 0 for c in claims),
        min(len(claims), 4) / 2,
    ]  # fmt: skip


_NO_TRIGGERS, _NO_CLAIMS = _of_triggers(()), _of_claims(())  # as of most passages


@cache
def _of_families(family: str | None) -> tuple[bool, ...]:
    return tuple(family == f for f in ontology().families)


@lru_cache(10_000)
def _age(days: int) -> tuple[bool, ...]:
    """Between which of _AGES a time lies."""
    return tuple(low <= days < high for low, high in pairwise(_AGES))


def _when(p: Passage, published: datetime) -> list[float]:
    time = event_time(p)
    age = (published - time.period.end).days if time else 0
    long = [f for f in p.periods if f.open]
    return [
        time is None,
        *(_NO_TIME if time is None else (*_age(age), *_IS_GRAIN[time.period.precision])),
        bool(long), any((f.period.end - f.period.start).days > _LONG for f in long), min(len(p.periods), 3) / 2,
    ]  # fmt: skip


def _ruled(p: Passage, role: PassageRole, placed: dict[int, Draft | None], final: dict[int, Draft]) -> list[float]:
    """What the rules made of it: its role, its draft as grouped, and as the article's type left it."""
    draft, left = placed.get(id(p)), final.get(id(p))
    return [
        *_IS_PASSAGE_ROLE[role],
        *(_IS_ROLE[draft.role] if draft else _NO_ROLE),
        *(_IS_ROLE[left.role] if left else _NO_ROLE),
        left is not None and left.passages[0] is p,
        left is not None and left.legal,
        min(len(left.passages), 6) / 3 if left else 0.0,
    ]


def _shape(p: Passage, parts: list[str]) -> list[float]:
    text, initials = p.text, [w[0] for w in p.text.split()]
    marks, end = len(_QUOTE.findall(text)), text.rstrip()[-1:]
    return [
        marks > 0, marks > 1, text[:1] in "\"“‘'", min(len(_PAST.findall(p.low)), 3) / 2, len(parts) / 40,
        _DIGIT.search(text) is not None if text.isascii() else any(map(str.isdigit, text)), end in '.!?"”', end == "?",
        sum(map(str.isupper, initials)) / max(1, len(initials)),
    ]  # fmt: skip


SIGNALS = 16 + (16 + 16 + 2 + 10 + 18) + 17 + 20 + 9 + len(INDICATIVE_WORDS)
