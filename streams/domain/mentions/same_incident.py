"""Whether two passages of an article tell of one incident: what they share and what tells them apart, weighed by a regression.

Passages are put together in the order of the text: each joins the group whose passages it is likeliest to be one with, on the
average, or opens a group (average-link clustering in the manner of mention-pair coreference, Soon et al. 2001). What rules
have put into two drafts stays apart.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from schemas.records import Period
from streams.domain.extract.passages import Passage
from streams.domain.mentions.draft import GENERIC
from streams.domain.mentions.passage_role import event_time
from streams.domain.mentions.passage_signals import ROLES
from streams.domain.mentions.reader_model import Linear

Floats = npt.NDArray[np.float32]
RULED = 0.2  # what is added to the link of passages that the rules put into one draft
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
    """What is compared of a passage."""

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
    )  # fmt: skip


def pair_features(told: Sequence[Facts], pairs: Sequence[tuple[int, int]]) -> Floats:
    """What speaks for and against the second passage of each pair, told later, being of one incident with the first.

    Shape (pairs, features); a pair gives the places of its passages in `told`.
    """
    before, behind = np.array(pairs).T
    chances, vectors, families = (
        np.stack(rows) for rows in zip(*((f.chances, f.vector, f.families) for f in told), strict=True)
    )
    sentences = np.array([f.passage.sentence for f in told])[before]
    alike = np.einsum("ij,ij->i", vectors[before], vectors[behind])
    kin = np.einsum("ij,ij->i", families[before], families[behind])
    likes = zip(pairs, alike.tolist(), kin.tolist(), strict=True)
    said = np.array([_told(told[i], told[j], *like) for (i, j), *like in likes], dtype=np.float32)
    first, second = chances[before], chances[behind]
    roles = first[:, 1:] * second[:, 1:]
    main, later_main = first[:, 1], second[:, 1]
    return np.column_stack([
        said, roles, roles.sum(axis=1), first, second, np.abs(first - second).sum(axis=1), sentences == 0, sentences < 3,
        main * (1 - later_main), later_main * (1 - main), roles[:, 0] * kin, alike * kin,
    ]).astype(np.float32, copy=False)  # fmt: skip


def _told(a: Facts, b: Facts, alike: float, kin: float) -> list[float]:
    """What their words and the rules say; `alike` and `kin` are how like their vectors and their families are."""
    p, q = a.passage, b.passage
    far = q.sentence - p.sentence
    shared = len(a.names & b.names)
    stems = len(a.stems & b.stems) / (1 + min(len(a.stems), len(b.stems)))
    return [
        min(far, 20) / 10, far == 0, far == 1, far == 2, p.paragraph == q.paragraph, 1 / (1 + far),
        alike, shared > 0, min(shared, 4) / 2, stems, *_times(a.time, b.time), b.time is None,
        *_sets(a.places, b.places), *_sets(a.countries, b.countries), *_sets(a.areas, b.areas), not b.places,
        kin, *_sets(a.events, b.events), not b.events, bool(a.triggers & b.triggers), bool(a.figures & b.figures),
        q.another, q.besides, bool(q.link), q.recalls, q.counts, p.recalls, p.counts, p.headline, b.points_back, b.quotes,
        *_sets(a.sources, b.sources),
        a.draft >= 0 and a.draft == b.draft, a.draft >= 0 and b.draft >= 0 and a.draft != b.draft,
        a.draft < 0 and b.draft < 0,
    ]  # fmt: skip


def _sets(a: frozenset[object], b: frozenset[object]) -> tuple[bool, bool]:
    """Whether they share something; whether both have something and share nothing."""
    shared = bool(a & b)
    return shared, bool(a) and bool(b) and not shared


def _times(a: Period | None, b: Period | None) -> tuple[bool, bool, bool, bool]:
    """Whether they meet, nearly meet, lie apart, or are not both given."""
    if a is None or b is None:
        return False, False, False, True
    if a.start <= b.end and b.start <= a.end:
        return True, False, False, False
    near = max((a.start - b.end).days, (b.start - a.end).days) <= 3
    return False, near, not near, False


def links(told: Sequence[Facts], model: Linear) -> Floats:
    """Chance of each passage being of one incident with each earlier one, shape (passages, passages), zeros elsewhere."""
    out = np.zeros((len(told), len(told)), dtype=np.float32)
    pairs = [(i, j) for j in range(len(told)) for i in range(max(0, j - FAR), j)]
    if pairs:
        before, behind = np.array(pairs).T
        out[behind, before] = model.chances(pair_features(told, pairs))[:, 1]
    return out


def together(told: Sequence[Facts], linked: Floats, least: float) -> list[list[int]]:
    """Groups of passages in the order of their first: each joins the group of the greatest mean link, if it is at least `least`.

    A group has passages of one draft of the rules and further ones, never those of two drafts, and a heading opens one.
    """
    groups: list[list[int]] = []
    sums = np.zeros(linked.shape)  # of the links of each group's passages with every passage
    sizes, drafts = np.zeros(len(told)), np.full(len(told), -1)  # of each group: its passages, its draft of the rules
    for j, f in enumerate(told):
        n, best = len(groups), -1
        if n and not f.passage.heading:
            worth = sums[:n, j] / sizes[:n]
            if f.draft >= 0:
                worth += RULED * (drafts[:n] == f.draft)
                worth[(drafts[:n] >= 0) & (drafts[:n] != f.draft)] = -1
            likeliest = int(worth.argmax())
            best = likeliest if worth[likeliest] >= least else -1
        if best < 0:
            best = n
            groups.append([])
        groups[best].append(j)
        sums[best] += linked[:, j]
        sizes[best] += 1
        drafts[best] = max(drafts[best], f.draft)
    return groups
