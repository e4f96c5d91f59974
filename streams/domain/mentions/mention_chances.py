"""Features for whether grouped passages are a mention of an incident, in which role, and of which family.

Two regressions over what is known of the group as a whole: how likely its passages are, where it stands beside the article's
other groups, when and where it happened, what the rules made of it, and what the article is about.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from streams.domain.extract.passages import VICTIMS
from streams.domain.mentions.draft import Draft
from streams.domain.mentions.passage_signals import ROLES
from streams.domain.mentions.same_incident import Facts
from streams.domain.ontology.types import ontology

Floats = npt.NDArray[np.float32]
_AGES = (-99999, -1, 2, 4, 8, 17, 61, 370, 9999999)  # days before publication
_FLOOR = 1e-3  # chance below which a type is as good as excluded


class ArticleFacts(NamedTuple):
    """What is known of the article as a whole: chances of its types and families, whether incidents, and its vectors."""

    types: Floats
    families: Floats
    calm: float  # chance of a type that is no incident
    sentences: int
    title: Floats
    lead: Floats
    published_day: int


class Group(NamedTuple):
    """Passages that may be one mention, with chances of all types read from each."""

    members: list[Facts]
    types: Floats  # (members, types)
    linked: float  # greatest mean link to another group of the article


def mention_features(groups: Sequence[Group], article: ArticleFacts) -> Floats:
    """What the role of each group is read from, shape (groups, features); there is at least one group."""
    chances = [np.stack([f.chances for f in g.members]) for g in groups]
    mean = np.stack([c.mean(axis=0) if len(c) > 1 else c[0] for c in chances])
    most = np.stack([c.max(axis=0) if len(c) > 1 else c[0] for c in chances])
    some = [1 - c[:, 0] for c in chances]
    whole = [(s.mean(), s.max(), s.sum()) if len(s) > 1 else (s[0], s[0], s[0]) for s in some]
    some_mean, some_most, some_sum = np.array(whole, dtype=np.float32).T
    main = most[:, 1].astype(np.float64)
    drafted = [
        np.stack([f.role for f in g.members]).max(axis=0) if len(g.members) > 1 else g.members[0].role for g in groups
    ]
    once = np.concatenate([np.log(article.families + 0.01) / 2, [article.calm, article.calm > 0.6]])
    vectors = np.concatenate([article.title, article.lead])
    return np.column_stack([
        mean, most, some_mean, some_most, np.log1p(some_sum), np.log(mean + _FLOOR),
        np.array([_own(groups, n, article) for n in range(len(groups))], dtype=np.float32),
        main == main.max(), main.max() - main, [g.linked for g in groups],
        np.array([_told(g, article) for g in groups], dtype=np.float32), np.stack(drafted),
        np.log(np.stack([_families(g) for g in groups]) + 0.01) / 2, np.broadcast_to(once, (len(groups), len(once))),
        article.calm * mean[:, 1].astype(np.float64), np.broadcast_to(vectors, (len(groups), len(vectors))),
    ]).astype(np.float32)  # fmt: skip


def _own(groups: Sequence[Group], n: int, article: ArticleFacts) -> list[float]:
    """How large a group is and where it stands."""
    told = groups[n].members
    at = told[0].passage.sentence
    return [
        min(len(told), 6) / 3, len(told) == 1, at == 0, at < 2, at < 4, at < 8, 1 / (1 + at), at / article.sentences,
        n == 0, n == 1, min(len(groups), 10) / 5,
    ]  # fmt: skip


def _told(group: Group, article: ArticleFacts) -> list[float]:
    """Features of time, place and style of a group."""
    told, first = group.members, group.members[0].passage
    time = next((f.time for f in told if f.time), None)
    age = article.published_day - time.end.toordinal() if time else None
    victims = any(c.what in VICTIMS and not c.known and c.high != 0 for f in told for c in f.passage.claims)
    return [
        age is None, *(age is not None and low <= age < high for low, high in pairwise(_AGES)),
        any(f.places for f in told), time is not None, victims,
        any(f.passage.another for f in told), any(f.passage.recalls for f in told), any(f.passage.counts for f in told),
        any(f.passage.unreal for f in told), first.headline, told[0].quotes, told[0].points_back,
        min(sum(len(f.passage.text) for f in told), 1200) / 400,
    ]  # fmt: skip


def family_features(group: Group, article: ArticleFacts, role: int) -> Floats:
    """What the family of a group is read from: types of its passages and of the article, its vector, its events, its role."""
    weights = np.array([1 - f.chances[0] for f in group.members], dtype=np.float32)
    weights /= weights.sum() + np.float32(1e-6)
    types = weights @ group.types
    vector = weights @ np.stack([f.vector for f in group.members])
    vector /= np.linalg.norm(vector) + np.float32(1e-6)
    roles = np.zeros(len(ROLES), dtype=np.float32)
    roles[role] = 1
    return np.concatenate([
        np.log(types + _FLOOR) / 3, np.log(_families(group) + _FLOOR), vector * 3, _events(group, role),
        np.log(article.types + _FLOOR) / 6, np.log(article.families + _FLOOR) / 2, roles,
    ])  # fmt: skip


def _events(group: Group, role: int) -> Floats:
    """Share of each family in the triggers of the passages (sums to one), and whether there are any."""
    names = tuple(ontology().families)
    out = np.zeros(len(names) + 1, dtype=np.float32)
    for (family, _), weight in Draft(ROLES[role], [f.passage for f in group.members]).types().items():
        out[names.index(family)] += weight
    total = out.sum()
    out[-1] = total > 0
    out[:-1] /= max(float(total), 1e-6)
    return out * 2


def _families(group: Group) -> Floats:
    if len(group.members) == 1:
        only = group.members[0]
        weight = np.float32(1 - only.chances[0])
        return weight * only.families / (weight + np.float32(1e-6))
    weights = np.array([1 - f.chances[0] for f in group.members], dtype=np.float32)
    found: Floats = weights @ np.stack([f.families for f in group.members]) / (weights.sum() + np.float32(1e-6))
    return found
