"""One way through a stream: its mentions are linked with the stage's own state, and every comparison made is an example.

A pass follows the truth, and now and then opens an incident too many so that merges are learnt; or it follows a model.
"""

import math
import random
from collections import Counter

import numpy as np

from schemas.records import Change, Mention
from streams.domain.linking.cluster_profile import Profile
from streams.domain.linking.incident import Open, opening
from streams.domain.linking.link import alike, considered, least, needed_to_merge
from streams.domain.linking.member import Member
from streams.domain.linking.merge_split import Reason, merge, split
from streams.domain.linking.pair_score import Side, compare
from streams.domain.linking.score_trees import Matrix, Trees
from streams.domain.linking.session import LinkSession
from streams.domain.linking.split_by_clustering import APART, FEWEST, LOOKED_AT, days_between, two_groups
from streams.domain.linking.state import LinkState
from streams.domain.linking.vetoes import odds
from streams.train.link_trees import Example
from streams.train.rows import Row, unlabelled

FRAGMENT = 0.15  # share of mentions that open an incident too many while the truth is followed
MENDED = 0.3  # share of mentions at which two incidents of one story are merged meanwhile
PURE = 0.6  # share of an incident's commonest story from which it counts as that story
UNLIKELY = -3.0  # log-odds below which a candidate is compared no further


def simulate(name: str, rows: list[Row], model: Trees | None, seed: int, merge_at: float | None = None,
             looked_at: frozenset[int] = LOOKED_AT) -> tuple[list[Example], dict[str, str]]:  # fmt: skip
    """Links a stream and returns every comparison made, and the incident of each document."""
    told = _Pass(name, rows, random.Random(seed))  # noqa: S311 - a sample, not a secret
    for row in rows:
        if model is None:
            told.follow_truth(row)
        else:
            told.follow_model(row, model, merge_at, looked_at)
    return told.found, {document: _last(home, told.became) for document, home in told.homes.items()}


class _Pass:
    """One way through a stream: the state, the true stories of its incidents, and the comparisons made."""

    def __init__(self, name: str, rows: list[Row], rng: random.Random) -> None:
        self.name, self.rng, self.state = name, rng, LinkState()
        self.row_of = {row.mention.mention_id: row for row in rows}
        self.truth: dict[str, Counter[str]] = {}
        self.found: list[Example] = []
        self.homes: dict[str, str] = {}  # by document
        self.became: dict[str, str] = {}  # what merged incidents are now

    def judge(self, parts: list[float], mine: str, other: Counter[str]) -> None:
        """Take a comparison as an example, where the other side is clearly one story."""
        best, n = other.most_common(1)[0]
        pure = n / other.total()
        if unlabelled(mine, best):
            return
        if pure > PURE or mine not in other:
            self.found.append(Example(self.name, parts, mine == best, pure))

    def follow_truth(self, row: Row) -> None:
        """Put a mention where it belongs, or now and then into an incident too many."""
        compared = self._compared(row, self._side(row))
        right = [i for i, _ in compared if self._story(i) == row.truth]
        home = right[0] if right and self.rng.random() > FRAGMENT else None
        rivals = [i for i, _ in compared[:5] if i != home]
        home = self._settle(row, home)
        others = [self.state.open[i] for i in rivals]
        self._beside(home, others)
        same = [o for o in others if self._story(o.incident_id) == self._story(home)]
        if self.rng.random() < MENDED and same:
            self._merge(home, same[0])

    def follow_model(self, row: Row, model: Trees, merge_at: float | None, looked_at: frozenset[int]) -> None:
        """Put a mention where the model says, and merge and split as it says."""
        state, side = self.state, self._side(row)
        compared = self._compared(row, side)
        chances = [
            shifted(chance, odds(side.profile, state.profiles[i], parts, state.index.idf))
            for (i, parts), chance in zip(compared, _logits(model, [p for _, p in compared]), strict=True)
        ]
        likeliest = 1 / (1 + math.exp(-max(chances))) if chances else 0.0
        chances = [chance + state.prior.shift() for chance in chances]
        state.prior.note(likeliest)
        ranked = sorted(zip(chances, compared, strict=True), key=lambda c: -c[0])
        home = None
        if ranked:
            best, (first, _) = ranked[0]
            home = first if best > logit(least(state, row.mention.lang, first)) else None
        rivals = [i for c, (i, _) in ranked[:5] if c > UNLIKELY and i != home]
        home = self._settle(row, home)
        others = [state.open[i] for i in rivals]
        pairs = self._beside(home, others)
        home = self._merged(home, others, pairs, model, merge_at)
        if len(state.open[home].members) in looked_at:
            self._split(home, model)

    def _side(self, row: Row) -> Side:
        for closed in self.state.advance(row.mention.reported_at):
            self.truth.pop(closed.incident_id, None)
        return Side(Profile.of(Member.of(row.mention), self.state.index.idf), self.state.index.idf)

    def _compared(self, row: Row, side: Side) -> list[tuple[str, list[float]]]:
        compared = considered(self.state, row.mention, side)
        for i, parts in compared:
            self.judge(parts, row.truth, self.truth[i])
        return compared

    def _settle(self, row: Row, home: str | None) -> str:
        home = _put(self.state, row.mention, home)
        self.homes[row.document] = home
        self.truth.setdefault(home, Counter())[row.truth] += 1
        return home

    def _beside(self, home: str, others: list[Open]) -> list[list[float]]:
        """The parts of comparing an incident with others, once it has grown."""
        mine = self.truth[home]
        pairs = alike(self.state, self.state.open[home], others) if mine.total() > 1 else []
        best, n = mine.most_common(1)[0]
        for other, parts in zip(others[: len(pairs)], pairs, strict=True):
            if n / mine.total() > PURE:
                self.judge(parts, best, self.truth[other.incident_id])
        return pairs

    def _merged(
        self, home: str, others: list[Open], pairs: list[list[float]], model: Trees, merge_at: float | None
    ) -> str:
        """The incident after a merge with the likeliest of others, where one is likely enough."""
        state, found = self.state, _logits(model, pairs)
        for n, (other, parts) in enumerate(zip(others, pairs, strict=False)):
            factor = odds(state.profiles[home], state.profiles[other.incident_id], parts, state.index.idf)
            found[n] = shifted(found[n], factor)
            if found[n] < logit(merge_at or needed_to_merge(parts)):
                found[n] = -np.inf
        if pairs and found.max() > -np.inf:
            return self._merge(home, others[int(found.argmax())])
        return home

    def _merge(self, home: str, other: Open) -> str:
        state = self.state
        now = merge(LinkSession(state), state.open[home], other, Reason("", state.open[home].incident.last_changed))
        gone = other.incident_id if now.incident_id == home else home
        self.truth[now.incident_id] += self.truth.pop(gone)
        self.became[gone] = now.incident_id
        return now.incident_id

    def _split(self, home: str, model: Trees) -> None:
        """Part an incident whose accounts the model takes for two."""
        now, idf = self.state.open[home], self.state.index.idf
        if now.retired.mentions:
            return
        some, others = two_groups(now.members, idf)
        if min(len(some), len(others)) < FEWEST:
            return
        parts = compare(Side(Profile.of_all(some, idf), idf), Profile.of_all(others, idf), days_between(some, others))
        mine, theirs = (Counter(self.row_of[m.mention.mention_id].truth for m in group) for group in (some, others))
        best, n = mine.most_common(1)[0]
        if n / mine.total() > PURE:
            self.judge(parts, best, theirs)
        if model.logits([parts])[0] >= logit(APART):
            return
        taken = frozenset(m.mention.mention_id for m in some)
        new = split(LinkSession(self.state), now, taken, Reason("", now.incident.last_changed))
        self.truth[home] = theirs
        if new is not None:
            self.homes |= {document: _last(known, self.became) for document, known in self.homes.items()}
            self.became.pop(new.incident_id, None)
            self.truth[new.incident_id] = mine
            self.homes |= {self.row_of[m.mention.mention_id].document: new.incident_id for m in some}

    def _story(self, incident_id: str) -> str:
        return self.truth[incident_id].most_common(1)[0][0]


def _logits(model: Trees, rows: list[list[float]]) -> Matrix:
    return model.logits(rows) if rows else np.zeros(0)


def _last(incident_id: str, became: dict[str, str]) -> str:
    while incident_id in became:
        incident_id = became[incident_id]
    return incident_id


def shifted(chance: float, factor: float) -> float:
    """Log-odds after a factor on the odds."""
    return chance + float(np.log(factor)) if factor else -np.inf


def logit(p: float) -> float:
    """Log-odds of a probability."""
    return float(np.log(p / (1 - p)))


def _put(state: LinkState, mention: Mention, home: str | None) -> str:
    """Join or open without the records of the stage."""
    member = Member.of(mention)
    if home is None:
        home = mention.mention_id
        now = Open(opening(mention, home), [])
        state.profiles[home] = Profile.of(member, state.index.idf)
    else:
        now = state.open[home]
        state.profiles[home].merge(Profile.of(member, state.index.idf), state.index.idf)
    now.members.append(member)
    state.keep(now, Change(kind="joined"), mention.reported_at)
    return home
