"""What the producer writes: articles and feed events known one by one, with copies, repeats, latecomers and poison.

The same seed always makes the same ledger in the same order. It is cut into slices, one per fault of the schedule, each
of articles or of feed events alone: between two slices everything is drained, so with one partition the order in
which every stage reads is fixed, and with it every incident, claim and alert.
"""

import dataclasses
import itertools
import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from deploy.demo.replay import sample_events, sample_records
from schemas.codec import Codec
from schemas.contracts import latest
from schemas.identity import article_id
from schemas.keys import key_of
from schemas.records import Article, FeedEvent, Publisher
from schemas.topics import ARTICLE, EVENT

TOWNS = (
    "Kharkiv, Ukraine", "Goma, Democratic Republic of Congo", "Maiduguri, Nigeria", "Sittwe, Myanmar", "Gao, Mali",
    "Port-au-Prince, Haiti", "Aleppo, Syria", "Mosul, Iraq", "Quetta, Pakistan", "Kandahar, Afghanistan", "Taiz, Yemen",
    "Baidoa, Somalia", "Cali, Colombia", "Culiacan, Mexico", "Davao, Philippines", "Srinagar, India",
)  # fmt: skip
DEEDS = (
    ("drone strike", "A drone strike on a market in {town} killed {n} people and wounded {m}, the governor said."),
    ("car bomb", "A car bomb exploded outside a police station in {town}, killing {n} people and injuring {m}."),
    ("bus crash", "A bus plunged into a ravine near {town}, leaving {n} passengers dead and {m} hurt, police said."),
    ("flood", "Flash floods swept through {town} after days of rain, killing at least {n} people; {m} are missing."),
)
SCENES = (
    "Witnesses described smoke over the {place} and long queues at the hospital in the {side} of the city.",
    "Rescue teams worked through the night with {tool}, and the {place} was closed to traffic until noon.",
    "The mayor asked residents of the {side} to give blood and to keep the road to the {place} free.",
    "A doctor said that most of the injured were brought in by neighbours with {tool} and private cars.",
)
PLACES, SIDES, TOOLS = (
    ("harbour", "bazaar", "ring road", "old bridge", "stadium", "grain depot", "railway yard", "cathedral square"),
    ("north", "south", "east", "west", "hill quarter", "river quarter"),
    ("excavators", "bare hands", "borrowed tractors", "floodlights", "inflatable boats", "sniffer dogs"),
)


SPAN = timedelta(days=100)  # half of the time for which incidents stay open


@dataclass(frozen=True)
class Entry:
    """One message to write. `identity` names it in the tables: an article's or event's id, a poison's key."""

    topic: str
    key: bytes
    value: bytes | None
    identity: str
    poison: str = ""


@dataclass(frozen=True)
class Slice:
    """What is written while one fault strikes."""

    topic: str
    entries: tuple[Entry, ...]


def make_ledger(seed: int, slices: int, now: datetime, *, sample: bool = True, made: int = 6) -> list[Slice]:
    """`slices` slices of articles with feed events in every fifth; `made` incidents are invented per article slice."""
    dice, codec = random.Random(seed), Codec()
    kinds = [EVENT.name if n % 5 == 4 else ARTICLE.name for n in range(slices)]
    event_slices, article_slices = kinds.count(EVENT.name), kinds.count(ARTICLE.name)
    articles = list(_articles(dice, made * article_slices, now))
    if sample:
        articles += _drawn_together([r for r in sample_records(now) if isinstance(r, Article)], now)
    articles.sort(key=lambda a: a.published_at or now)
    articles = _disordered(dice, articles)
    events = list(_events(dice, now))
    shares = {
        ARTICLE.name: _cut([_entry(codec, a) for a in articles], article_slices),
        EVENT.name: _cut([_entry(codec, e) for e in events], event_slices),
    }
    written: list[Entry] = []
    result = []
    for number, topic in enumerate(kinds):
        entries = shares[topic].pop(0)
        earlier = [e for e in written if e.topic == topic]
        entries += dice.sample(earlier, min(len(earlier), 3))  # the same message again, long after
        entries += [e for e in entries if dice.random() < 0.1]  # and soon after
        for poison in dice.sample(POISONS, 2):
            entries.insert(dice.randrange(len(entries) + 1), _poison(codec, poison, topic, f"poison-{number}", now))
        written += [e for e in entries if not e.poison]
        result.append(Slice(topic, tuple(entries)))
    return result


def _drawn_together(articles: list[Article], now: datetime) -> list[Article]:
    """The articles in their order, their years within SPAN before now: what has closed is opened again by a replay."""
    first = min(a.published_at or now for a in articles)
    share = SPAN / (now - first)
    return [dataclasses.replace(a, published_at=now - (now - (a.published_at or now)) * share) for a in articles]


def _articles(dice: random.Random, count: int, now: datetime) -> Iterator[Article]:
    """The articles of `count` incidents."""
    told = invented(dice, now - timedelta(days=30), now)
    for article in told:
        if int(article.url.rsplit("/", 1)[1]) == count:
            return
        yield article


def invented(dice: random.Random, since: datetime, now: datetime) -> Iterator[Article]:
    """Incidents without end, told by several papers with rising tolls; some copy the first, some come days late."""
    for number in itertools.count():
        town, (deed, lead) = dice.choice(TOWNS), dice.choice(DEEDS)
        struck = min(since + timedelta(hours=6 * number), now)
        dead, hurt = dice.randrange(3, 40), dice.randrange(10, 90)
        first = None
        for paper in range(dice.randrange(1, 4)):
            late = timedelta(days=5) if dice.random() < 0.1 else timedelta(hours=5 * paper)
            title = f"{deed.capitalize()} kills {dead} in {town.split(',')[0]}"
            body = lead.format(town=town, n=dead, m=hurt) + "\n\n" + _scenes(dice)
            if first is not None and dice.random() < 0.3:
                title, body = first
            first = first or (title, body)
            yield _article(f"https://paper{paper}.example/{number}", title, body, min(struck + late, now), now)
            dead += dice.randrange(1, 9)


def _scenes(dice: random.Random) -> str:
    lines = dice.sample(SCENES, 3)
    return " ".join(
        line.format(place=dice.choice(PLACES), side=dice.choice(SIDES), tool=dice.choice(TOOLS)) for line in lines
    )


def _article(url: str, title: str, body: str, published_at: datetime, now: datetime) -> Article:
    return Article(
        article_id=article_id(url, title, body), url=url, canonical_url=url, title=title, body=body,
        source=Publisher(domain=url.split("/")[2]), published_at=published_at, fetched_at=now,
    )  # fmt: skip


def _events(dice: random.Random, now: datetime) -> Iterator[FeedEvent]:
    """The sample's feed events, and as many again under other ids, each revised once."""
    for event in sample_events(now):
        yield event
        other = dataclasses.replace(event, event_id=_like(event.event_id, dice))
        yield other
        yield dataclasses.replace(other, title=f"{other.title} (updated)")


def _like(identity: str, dice: random.Random) -> str:
    """Another id of the same shape."""
    return "".join(dice.choice("0123456789abcdef") if c in "0123456789abcdef" else c for c in identity)


def _disordered(dice: random.Random, articles: list[Article]) -> list[Article]:
    """Neighbours change places."""
    places = {id(a): n + dice.uniform(-4, 4) for n, a in enumerate(articles)}
    return sorted(articles, key=lambda a: places[id(a)])


def _cut(entries: list[Entry], parts: int) -> list[list[Entry]]:
    return [entries[len(entries) * n // parts : len(entries) * (n + 1) // parts] for n in range(parts)]


def _entry(codec: Codec, record: Article | FeedEvent) -> Entry:
    identity = record.article_id if isinstance(record, Article) else record.event_id
    return Entry(codec.topic(record), key_of(record), codec.encode(record), identity)


def _poison(codec: Codec, kind: str, topic: str, prefix: str, now: datetime) -> Entry:
    good = codec.encode(_article("https://poison.example/1", "Storm floods the harbour", "Rain. " * 30, now, now))
    at = good.index(b"Storm")
    values = {
        "no value": None,
        "empty": b"",
        "text": b"not a record",
        "magic byte": b"\x07" + good[1:],
        "unknown schema id": good[:1] + b"\x00\x00\x00\x09" + good[5:],
        "another topic's schema": struct.pack(">bI", 0, latest()["news.alert.v1"].schema_id) + good[5:],
        "cut short": good[:-20],
        "bytes behind": good + b"\x00\x01",
        "broken UTF-8": good[:at] + b"\xff\xfe" + good[at + 2 :],
    }
    identity = f"{prefix}-{kind.replace(' ', '-')}"
    return Entry(topic, identity.encode(), values[kind], identity, poison=kind)


POISONS = (
    "no value", "empty", "text", "magic byte", "unknown schema id", "another topic's schema", "cut short",
    "bytes behind", "broken UTF-8",
)  # fmt: skip
