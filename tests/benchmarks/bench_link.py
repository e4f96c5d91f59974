"""What linking one mention costs as open incidents grow; what partitions lose: `compare_partitions.py`.

    .venv/bin/python -m pytest tests/benchmarks/bench_link.py -s --override-ini "python_files=bench_*.py"

Incidents are invented: words by Zipf's law, towns of the gazetteer, three in five mentions an account of an incident
of the last two hundred. Costs are processor time of one core.
"""

import gc
import json
import random
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import accumulate
from pathlib import Path
from statistics import median

import numpy as np
import pytest

from schemas.identity import digest
from schemas.records import Change, Features, Mention, Period, Place, Publisher, Span
from streams.domain.geo.gazetteer import KINDS, gazetteer
from streams.domain.geo.places import block
from streams.domain.linking.cluster_profile import Profile
from streams.domain.linking.incident import Open, opening
from streams.domain.linking.link import link
from streams.domain.linking.member import Member
from streams.domain.linking.state import LinkState
from streams.domain.ontology.types import ontology
from tests.benchmarks.curve import draw
from tests.benchmarks.machine import DATA, described

SIZES = (1_000, 3_000, 10_000, 30_000, 50_000, 100_000)
TIMED, ROUND = 1_000, 250  # mentions timed at each size, and how many at a time
AGAIN, RECENT = 0.6, 200  # share of mentions that tell of one of the latest incidents
PICTURE = Path(__file__).parents[2] / "deploy" / "pictures" / "link-cost.svg"
START = datetime(2026, 1, 1, tzinfo=UTC)
needs_data = pytest.mark.skipif(not DATA.exists(), reason="needs the evaluation data: make bench DATA=folder")


class Invented:
    """Mentions for ever, their words, names, towns and kinds spread as news has them."""

    def __init__(self, seed: int = 1) -> None:
        self._rng, self._numbers = random.Random(seed), np.random.default_rng(seed)
        self._vocabulary = [f"w{digest(str(n))[:5]}" for n in range(40_000)]
        self._weights = list(accumulate(1 / (n + 8) for n in range(len(self._vocabulary))))
        self._kinds = [t for t in ontology().types if t.incident]
        self._latest: list[Mention] = []
        self._number = 0

    def some(self, count: int, again: float) -> list[Mention]:
        """The next mentions, a share of them accounts of incidents told before."""
        return [self._next(again=bool(self._latest) and self._rng.random() < again) for _ in range(count)]

    def _next(self, *, again: bool) -> Mention:
        rng, self._number = self._rng, self._number + 1
        document, source = digest("invented", str(self._number)), f"{self._number % 500}.example"
        if again:
            told = rng.choice(self._latest)
            words = {w: n for w, n in told.features.words.items() if rng.random() < 0.7} | self._words(15)
            names = told.features.names[:3]
            vector = np.frombuffer(told.features.vector or b"", "<f2").astype(np.float32)
        else:
            kind = rng.choice(self._kinds)
            words, names = self._words(60), tuple(f"N{rng.randrange(60_000)}" for _ in range(5))
            told, vector = _mention(kind.family, kind.subtype, rng.choice(_towns())), self._numbers.normal(size=256)
        vector = vector + 0.3 * self._numbers.normal(size=256) * np.linalg.norm(vector) / 16
        packed = (vector / np.linalg.norm(vector)).astype("<f2").tobytes()
        mention = replace(
            told, mention_id=digest("mention", document), document_id=document, story_id=document,
            title=" ".join(list(words)[:8]), reported_at=START + timedelta(seconds=self._number),
            features=Features(words=words, names=names, vector=packed), source=Publisher(domain=source), origin=source,
        )  # fmt: skip
        if not again:
            self._latest = [*self._latest[-RECENT:], mention]
        return mention

    def _words(self, count: int) -> dict[str, int]:
        return dict.fromkeys(self._rng.choices(self._vocabulary, cum_weights=self._weights, k=count), 1)


@cache
def _towns() -> list[Place]:
    g = gazetteer()
    cities = [n for n in range(len(g.lat)) if KINDS[g.kind[n]] == "city" and g.code(n)]
    return [
        Place(name=g.identifier(n), country=g.code(n), lat=g.lat[n] / 1000, lon=g.lon[n] / 1000, precision="city", gazetteer_id=g.identifier(n))
        for n in cities[:: max(1, len(cities) // 8_000)]
    ]  # fmt: skip


def _mention(family: str, subtype: str, place: Place) -> Mention:
    return Mention(
        mention_id="", document_id="", story_id="", block=block(place), role="main", family=family, subtype=subtype, place=place,
        time=Period(start=START, end=START + timedelta(days=1)), evidence=Span(start=0, end=1), passage="", confidence=0.8,
        severity=3, source=Publisher(domain=""), origin="", reported_at=START, features=Features(),
    )  # fmt: skip


def fill(state: LinkState, mentions: list[Mention]) -> None:
    """Open an incident for each mention without looking for one that it belongs to."""
    for mention in mentions:
        state.advance(mention.reported_at)
        member = Member.of(mention)
        now = Open(opening(mention, digest("incident", mention.mention_id)), [member])
        state.profiles[now.incident_id] = Profile.of(member, state.index.idf)
        state.keep(now, Change(kind="opened", mention_id=mention.mention_id), mention.reported_at)


def test_cost_of_a_mention_as_open_incidents_grow() -> None:
    state, coming = LinkState(most_open=2 * max(SIZES)), Invented()
    found = []
    print("\nopen incidents   microseconds a mention   mentions/s")
    for size in SIZES:
        while len(state.open) < size:
            fill(state, coming.some(500, again=0.0))
        gc.collect()
        rounds = []
        for _ in range(TIMED // ROUND):
            some = coming.some(ROUND, AGAIN)
            began = time.process_time()
            for mention in some:
                state, _ = link(state, mention)
            rounds.append((time.process_time() - began) / ROUND * 1e6)
        found.append((size, median(rounds)))
        print(f"{size:>14,}{median(rounds):>25,.0f}{1e6 / median(rounds):>13,.0f}")
    here = described()
    draw(
        PICTURE, {"link": found}, title="Cost of linking one mention", across="open incidents", up="microseconds",
        note=f"processor time of one core, {here['machine']}, Python {here['python']}, {here['date']}",
    )  # fmt: skip
    print(json.dumps({"microseconds": {str(s): round(c) for s, c in found}, **here}))
