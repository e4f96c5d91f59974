"""Whether two passages of an article report one incident: a regression over what they share and how they differ.

Passages are put together in the order of the text: each joins the group whose passages it is likeliest to be one with, on the
average, or opens a group (average-link clustering in the manner of mention-pair coreference, Soon et al. 2001). What rules
have put into two drafts stays apart.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from schemas.records import Period
from streams.domain.extract.passages import Passage
from streams.domain.geo.places import Toponym
from streams.domain.mentions.draft import GENERIC
from streams.domain.mentions.event_location import elsewhere, scenes
from streams.domain.mentions.passage_role import event_time
from streams.domain.mentions.passage_signals import ROLES
from streams.domain.mentions.reader_model import Linear

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
ELSEWHERE = 0.3  # what is taken from the link of a passage whose event was at another place than those of a group
RULED = 0.2  # what is added to the link of passages that the rules put into one draft
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NEAR = 4 * 86_400_000_000  # microseconds between times that nearly meet: three whole days
_SAID = 43  # features of a pair that its words and the rules say
FAR = 25  # active passages back with which a passage is compared
_NAME = re.compile(r"\b[A-Z][a-zA-Z'’-]{2,}|\d[\d,.]*\d|\d")
_STEM = re.compile(r"[a-z]{4,}")
_POINTING = re.compile(r"\W*(?:he|she|it|they|the|this|that|these|his|her|its|their|both)\b")
_NO_NAMES = frozenset(
    """The This That These Those But And For With From After Before During When While According Police Officials Monday Tuesday
    Wednesday Thursday Friday Saturday Sunday There They His Her Its Their One Two Three More Most Many Some Another Other Also Last
    Meanwhile However January February March April May June July August September October November December""".split()
)


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """The compared facts of a passage."""

    passage: Passage
    chances: Floats  # of no mention and of each role
    vector: Floats
    families: Floats  # chances of the families
    draft: int  # the rules' draft, -1 for none
    role: Floats  # one of ROLES that the rules gave it, all zero for none
    names: frozenset[str]
    stems: frozenset[str]
    places: frozenset[str]
    countries: frozenset[str]
    areas: frozenset[tuple[str | None, str]]
    time: Period | None
    events: frozenset[str]
    triggers: frozenset[str]
    figures: frozenset[tuple[str, int | None, int | None]]
    sources: frozenset[str]
    points_back: bool
    quotes: bool
    scenes: tuple[Toponym, ...]


def facts_of(p: Passage, chances: Floats, vector: Floats, families: Floats, draft: int, role: str) -> Facts:
    """The facts of one passage; `draft` and `role` are what the rules made of it."""
    events = frozenset(t.family for t in p.triggers if t.kind == "event" and t.strength > 1 and t.word not in GENERIC)
    named = [t for t in p.toponyms if t.start >= p.dated]
    time = event_time(p)
    return Facts(
        p, chances, vector, families, draft,
        role=np.array([role == r for r in ROLES], dtype=np.float32),
        names=frozenset(_NAME.findall(p.text, 1)) - _NO_NAMES,
        stems=frozenset(w[:6] for w in _STEM.findall(p.low)),
        places=frozenset(t.name.lower() for t in named),
        countries=frozenset(t.country for t in named if t.country),
        areas=frozenset((t.country, t.admin1) for t in named if t.admin1),
        time=time.period if time else None,
        events=events,
        triggers=frozenset(t.word for t in p.triggers if t.strength > 1),
        figures=frozenset((c.what, c.low, c.high) for c in p.claims if c.low is not None),
        sources=frozenset(s.name for s in p.sources),
        points_back=_POINTING.match(p.low) is not None,
        quotes='"' in p.text or "“" in p.text,
        scenes=scenes(p),
    )  # fmt: skip


def pair_features(told: Sequence[Facts], pairs: Sequence[tuple[int, int]] | Ints) -> Floats:
    """Features for and against the second, later passage of each pair being of one incident with the first.

    Shape (pairs, features); a pair gives the places of its passages in `told`.
    """
    before, behind = np.asarray(pairs).T
    chances, vectors, families = (
        np.stack(rows) for rows in zip(*((f.chances, f.vector, f.families) for f in told), strict=True)
    )
    sentences = np.array([f.passage.sentence for f in told])[before]
    alike = np.einsum("ij,ij->i", vectors[before], vectors[behind])
    kin = np.einsum("ij,ij->i", families[before], families[behind])
    said = _said(told, before, behind, alike, kin)
    first, second = chances[before], chances[behind]
    roles = first[:, 1:] * second[:, 1:]
    main, later_main = first[:, 1], second[:, 1]
    return np.column_stack([
        said, roles, roles.sum(axis=1), first, second, np.abs(first - second).sum(axis=1), sentences == 0, sentences < 3,
        main * (1 - later_main), later_main * (1 - main), roles[:, 0] * kin, alike * kin,
    ]).astype(np.float32, copy=False)  # fmt: skip


def _said(told: Sequence[Facts], before: Ints, behind: Ints, alike: Floats, kin: Floats) -> Floats:
    """What their words and the rules say; `alike` and `kin` are how like their vectors and their families are."""
    numbers = np.array([(f.passage.sentence, f.passage.paragraph, f.draft, len(f.stems)) for f in told])
    (sentence, paragraph, draft, stems), (later, under, theirs, its_stems) = numbers[before].T, numbers[behind].T
    own = np.array([_own(f) for f in told], dtype=np.bool_)
    own_behind = own[behind]
    shared, apart = _sets(told, before, behind)
    some = shared > 0
    far = later - sentence
    out = np.empty((len(before), _SAID), dtype=np.float32)
    out[:, 0] = np.minimum(far, 20) / 10
    out[:, 1:4] = far[:, None] == (0, 1, 2)
    out[:, 4] = paragraph == under
    out[:, 5] = 1 / (1 + far)
    out[:, 6] = alike
    out[:, 7], out[:, 8] = some[:, 6], np.minimum(shared[:, 6], 4) / 2
    out[:, 9] = shared[:, 7] / (1.0 + np.minimum(stems, its_stems))
    out[:, 10:14] = _times(told, before, behind)
    out[:, 14] = own_behind[:, 0]
    out[:, 15:21:2], out[:, 16:22:2] = some[:, :3], apart[:, :3]  # places, countries, areas
    out[:, 21] = own_behind[:, 1]
    out[:, 22] = kin
    out[:, 23], out[:, 24], out[:, 25] = some[:, 3], apart[:, 3], own_behind[:, 2]  # events
    out[:, 26:28] = some[:, 4:6]  # triggers, figures
    out[:, 28:33], out[:, 33:36], out[:, 36:38] = own_behind[:, 3:8], own[before, 6:9], own_behind[:, 9:]
    out[:, 38], out[:, 39] = some[:, 8], apart[:, 8]  # sources
    ruled, ruled_too, one = draft >= 0, theirs >= 0, draft == theirs
    out[:, 40], out[:, 41], out[:, 42] = ruled & one, ruled & ruled_too & ~one, ~(ruled | ruled_too)
    return out


def _own(f: Facts) -> tuple[bool, ...]:
    """What one passage lacks, and how it speaks."""
    p = f.passage
    return (
        f.time is None, not f.places, not f.events, p.another, p.besides, bool(p.link), p.recalls, p.counts, p.headline,
        f.points_back, f.quotes,
    )  # fmt: skip


def _sets(told: Sequence[Facts], before: Ints, behind: Ints) -> tuple[Floats, Bools]:
    """Of each kind of set, how many members a pair shares, and whether both have some and share none; shape (pairs, kinds)."""
    kinds = list(zip(*map(_members, told), strict=True))
    sizes = np.array([[len(members) for members in sets] for sets in kinds])
    shared = np.stack([_shared(sets, int(size)) for sets, size in zip(kinds, sizes.sum(axis=1), strict=True)], axis=-1)
    some = sizes.T > 0
    found: Floats = shared[before, behind]
    return found, some[before] & some[behind] & (found == 0)


def _shared(sets: Sequence[frozenset[Any]], size: int) -> Floats:
    """How many members each two of the sets share, shape (sets, sets); they have `size` members together."""
    has = np.zeros((len(sets), max(1, size)), dtype=np.float32)
    if size:
        column: dict[object, int] = {}
        has.ravel()[
            [at * size + column.setdefault(x, len(column)) for at, members in enumerate(sets) for x in members]
        ] = 1
        has = has[:, : len(column)]
    shared: Floats = has @ has.T
    return shared


def _members(f: Facts) -> tuple[frozenset[Any], ...]:
    return f.places, f.countries, f.areas, f.events, f.triggers, f.figures, f.names, f.stems, f.sources


def _times(told: Sequence[Facts], before: Ints, behind: Ints) -> Bools:
    """Whether the times of a pair meet, nearly meet, lie apart, or are not both given; shape (pairs, 4)."""
    spans = np.array([(1, _instant(f.time.start), _instant(f.time.end)) if f.time else (0, 0, 0) for f in told])
    (given, start, end), (given_too, later, latest) = spans[before].T, spans[behind].T
    both = (given & given_too).astype(np.bool_)
    gap = np.maximum(start - latest, later - end)
    meet, near = both & (gap <= 0), gap < _NEAR
    return np.column_stack([meet, both & ~meet & near, both & ~meet & ~near, ~both])


def _instant(moment: datetime) -> int:
    """Microseconds since 1970."""
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


@lru_cache(256)
def _pairs(count: int) -> Ints:
    """Every passage with each of those up to FAR before it, shape (pairs, 2)."""
    return np.array([(i, j) for j in range(count) for i in range(max(0, j - FAR), j)], dtype=np.int64).reshape(-1, 2)


def links(told: Sequence[Facts], model: Linear) -> Floats:
    """Chance of each passage being of one incident with each earlier one, shape (passages, passages), zeros elsewhere."""
    out = np.zeros((len(told), len(told)), dtype=np.float32)
    pairs = _pairs(len(told))
    if len(pairs):
        before, behind = pairs.T
        out[behind, before] = model.chances(pair_features(told, pairs))[:, 1]
    return out


def together(told: Sequence[Facts], linked: Floats, least: float) -> list[list[int]]:
    """Groups of passages in the order of their first: each joins the group of the greatest mean link, if it is at least `least`.

    A group has passages of one draft of the rules and further ones, never those of two drafts, and a heading opens one.
    """
    groups: list[list[int]] = []
    places: list[list[Toponym]] = []  # of each group's events
    sums = np.zeros(linked.shape)  # of the links of each group's passages with every passage
    sizes, drafts = np.zeros(len(told)), np.full(len(told), -1)  # of each group: its passages, its draft of the rules
    for j, f in enumerate(told):
        n, best = len(groups), -1
        if n and not f.passage.heading:
            worth = sums[:n, j] / sizes[:n]
            away = np.array([elsewhere(f.scenes, p) for p in places], dtype=np.bool_)
            worth -= ELSEWHERE * away
            if f.draft >= 0:
                worth += RULED * ((drafts[:n] == f.draft) & ~away)
                worth[(drafts[:n] >= 0) & (drafts[:n] != f.draft)] = -1
            likeliest = int(worth.argmax())
            best = likeliest if worth[likeliest] >= least else -1
        if best < 0:
            best = n
            groups.append([])
            places.append([])
        groups[best].append(j)
        places[best].extend(f.scenes)
        sums[best] += linked[:, j]
        sizes[best] += 1
        drafts[best] = max(drafts[best], f.draft)
    return groups
