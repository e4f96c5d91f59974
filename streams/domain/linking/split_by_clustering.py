"""Splits an incident whose accounts fall into two groups that would not be linked today.

A wrong link early on draws all later accounts of both events into one incident; with several accounts of each the mistake
shows. Groups are found by the sign of the leading eigenvector of the centred similarities (spectral bisection, Fiedler 1973;
here of the similarity matrix, as in Newman 2006), then every account moves to the group that it is more like.
"""

import math
from collections.abc import Sequence
from datetime import timedelta

import numpy as np

from streams.domain.linking.cluster_profile import Profile, Weight, damped
from streams.domain.linking.incident import NEWS_ROLES
from streams.domain.linking.member import Member
from streams.domain.linking.merge_split import Reason, split
from streams.domain.linking.pair_score import Rarity, Side, compare, named
from streams.domain.linking.score_trees import scores
from streams.domain.linking.session import LinkSession

APART = 0.3  # score of two groups below which they are two incidents
LOOKED_AT = frozenset((4, 6, 8, 11, 16, 23, 32, 45, 64))  # numbers of accounts at which an incident is examined
FEWEST = 2  # accounts of the smaller group
ROUNDS = 5  # of moving accounts between the groups


def two_groups(members: Sequence[Member], idf: Weight) -> tuple[list[Member], list[Member]]:
    """Two groups of accounts that are more like each other than like those of the other group."""
    columns: dict[str, int] = {}
    rows = [
        {columns.setdefault(w, len(columns)): damped(n) * idf(w) for w, n in m.features.words.items()} for m in members
    ]
    x = np.zeros((len(members), len(columns)))
    for row, found in zip(x, rows, strict=True):
        row[list(found)] = list(found.values())
    x /= np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-9)
    like = x @ x.T
    np.fill_diagonal(like, 0.0)
    centred = like - like.mean(axis=0) - like.mean(axis=1)[:, None] + like.mean()
    first = np.linalg.eigh(centred)[1][:, -1] > 0
    for _ in range(ROUNDS):
        if not FEWEST <= first.sum() <= len(first) - FEWEST:
            break
        inside, outside = like[:, first].sum(axis=1), like[:, ~first].sum(axis=1)
        moved = inside / (first.sum() - first) > outside / ((~first).sum() - ~first)
        if (moved == first).all():
            break
        first = moved
    return [m for m, f in zip(members, first, strict=True) if f], [
        m for m, f in zip(members, first, strict=True) if not f
    ]


def days_between(some: Sequence[Member], others: Sequence[Member]) -> float:
    """Days between the reports of two groups, 0 where they overlap; NaN where one has no date."""
    one, other = ([m.mention.reported_at for m in group if m.mention.dated] for group in (some, others))
    if not one or not other:
        return math.nan
    return max(min(one) - max(other), min(other) - max(one), timedelta()) / timedelta(days=1)


def younger_group(members: Sequence[Member], idf: Weight) -> tuple[list[Member], float, list[float]] | None:
    """The younger of two groups that are not one incident, their score (0 to 1) and its parts; None when all are one."""
    idf = Rarity(idf).__getitem__  # the accounts share most words
    some, others = two_groups(members, idf)
    if min(len(some), len(others)) < FEWEST:
        return None
    row = compare(Side(Profile.of_all(some, idf), idf), Profile.of_all(others, idf), days_between(some, others))
    chance = scores([row])[0]
    younger = max(some, others, key=lambda g: (min(m.mention.reported_at for m in g), g[0].mention.mention_id))
    return (younger, chance, row) if chance < APART else None


def split_by_clustering(session: LinkSession, home: str) -> None:
    """Split the incident `home` where its accounts prove that it is two."""
    now = session.state.open[home]
    members = [m for m in now.members if m.profiled and m.mention.role in NEWS_ROLES]
    if now.fixed or now.retired.mentions or len(members) not in LOOKED_AT:
        return
    found = younger_group(members, session.state.index.idf)
    if found:
        younger, chance, row = found
        text = f"{len(younger)} of {len(members)} accounts report another incident: {younger[0].mention.title}"
        why = Reason(text, now.incident.last_changed, chance, named(row))
        split(session, now, frozenset(m.mention.mention_id for m in younger), why)
