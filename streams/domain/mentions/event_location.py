"""Chooses the place of an incident among the places that its article names.

Every distinct place is weighed by how it is named: with `in` or `near` before it, close to the trigger, in the title, only
in the dateline, how often, how exactly, and how many of the other places lie about it. The weights of this conditional
logit model (McFadden 1974) come from `train/event_location.py`.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from streams.domain.extract.actors import kind_of
from streams.domain.extract.passages import Passage, passages
from streams.domain.geo.places import Toponym
from streams.domain.mentions.draft import Draft, MentionRole
from streams.domain.text.document import Document
from streams.domain.text.trained_weights import ChoiceWeights

WEIGHTS = ChoiceWeights(Path(__file__).parents[1] / "models" / "event_location.json")
FIRST = 12  # sentences at the top whose places may be those of the news
NEAR = 40  # characters from the trigger at which nearness counts half
FOREIGN = 0.2  # share of the places around in the chosen one's country, below which it is a namesake
HOME = 0.6  # share of one other country then, to be taken for the country
_IN = re.compile(
    r"\b(?:in|at|near|outside|inside|hit|struck|rocked|shook|across|through|off)\s+(?:(?!by\s|against\s)[\w.'’-]+\s+){0,3}$"
)
_OF = re.compile(r"\b(?:of|on|from|around|to|between|targeted|along|toward|towards|for)\s+(?:[\w.'’-]+\s+){0,3}$")
_STREET = re.compile(
    r"\b(?:st|street|ave|avenue|rd|road|blvd|boulevard|drive|lane|way|court|highway|plaza|square|bridge|high school|park)\.?$"
)
_CREDIT = re.compile(r"\([^()]*$")
_OF_THE_ARTICLE: frozenset[MentionRole] = frozenset(("main", "story", "follow-up"))
_ABOUT_NEWS: frozenset[MentionRole] = frozenset(("statement", "follow-up"))
_RECALLED: frozenset[MentionRole] = frozenset(("background", "aggregate"))
_EXACT = ("point", "city", "admin")


class Site(NamedTuple):
    """One of the places: its best naming and its features."""

    toponym: Toponym
    features: dict[str, float]


def event_place(document: Document, draft: Draft, news: Toponym | None = None) -> Toponym | None:
    """The likeliest place of what a draft reports, its best passage most; None when no place is named.

    News may have happened at a place named only elsewhere at the top of its article. What is told beside it without a place is taken
    to be at the place of the `news`; so is what follows it or is said of it with no more than the country. A place in a country that
    nothing else supports is taken for an unknown place of its name in the country that the others lie in.
    """
    article = passages(document)
    found = sites(document, draft)
    if news and draft.role in _ABOUT_NEWS and all(_is_country_of(s.toponym, news) for s in found):
        return news
    if not found:
        return news if draft.role in _RECALLED else None
    found = _without_actors(found) or found
    ranked = sorted(found, key=lambda s: (-WEIGHTS.score(s.features), s.toponym.start))
    likeliest = _finest([s for s in ranked if s.features["told"]] or ranked).toponym
    return _at_home(likeliest, article) if likeliest.precision in _EXACT else likeliest


def _is_country_of(t: Toponym, news: Toponym) -> bool:
    return t.precision == "country" and t.country == news.country


def sites(document: Document, draft: Draft) -> list[Site]:
    """Every distinct place that comes into question, with its features."""
    article, best = passages(document), draft.best_passage()
    own = {id(p) for p in draft.evidence or draft.passages}
    news = draft.role in _OF_THE_ARTICLE
    pool = [p for p in article if id(p) in own or (news and p.sentence < FIRST)]
    named: dict[str, list[tuple[Passage, Toponym]]] = {}
    for p in pool:
        for t in p.toponyms:
            if not _is_credit(p, t) and (kind_of(t.name) != "agency" or _led(_IN, p, t)):
                named.setdefault(t.gazetteer_id or t.name.lower(), []).append((p, t))
    every = [t for p in article for t in p.toponyms]
    countries: Counter[str | None] = Counter(t.country for t in every if t.country)
    areas: Counter[tuple[str | None, str | None]] = Counter((t.country, t.admin1) for t in every if t.admin1)
    times = Counter(t.gazetteer_id or t.name.lower() for t in every)
    heading = document.title.lower()
    finer = [(t.country, t.admin1, t.precision) for namings in named.values() for _, t in namings[:1]]
    out = []
    for key, namings in named.items():
        t = min(namings, key=lambda n: (id(n[0]) not in own, n[0] is not best, n[1].start < n[0].dated, n[1].start))[1]
        here = [(p, t) for p, t in namings if id(p) in own]
        inside = any(_led(_IN, p, n) for p, n in here)
        out.append(Site(t, {
            "said": math.log1p(times[key]),
            "told": math.log1p(len(here)),
            "telling": float(any(p is best for p, _ in here)),
            "in": float(inside),
            "of": float(any(_led(_OF, p, n) for p, n in here)),
            "by itself": float(t.precision == "country" and not inside),
            "title": float(t.name.lower() in heading),
            "dateline": float(all(n.start < p.dated for p, n in namings)),
            "dateline too": float(any(n.start < p.dated for p, n in namings)),
            "early": 1 / (1 + min(p.sentence for p, _ in namings)),
            "near": max((_nearness(p, n) for p, n in here), default=0.0),
            "sure": t.confidence,
            "capital": float(t.kind == "capital"),
            "country share": countries[t.country] / max(1, countries.total()),
            "area share": areas[t.country, t.admin1] / max(1, areas.total()),
            "street": float(_STREET.search(t.name.lower()) is not None),
            "holds": float(_holds(t, finer)),
            t.precision: 1.0,
        }))  # fmt: skip
    return out


def _without_actors(found: Sequence[Site]) -> list[Site]:
    """Drops countries that are only named as actors ("US forces struck"), where another place is named."""
    elsewhere = {
        s.toponym.country
        for s in found
        if s.features["told"] and not s.features["by itself"] and not s.features["dateline"]
    }
    return [s for s in found if not s.features["by itself"] or not elsewhere or s.toponym.country in elsewhere]


def _finest(ranked: Sequence[Site]) -> Site:
    """The likeliest place, or the likeliest of those that lie in it, from country to area to town."""
    best = ranked[0]
    for s in ranked[1:]:
        if s.features["dateline"] or s.features["street"]:
            continue
        if _holds(best.toponym, [(s.toponym.country, s.toponym.admin1, s.toponym.precision)]):
            best = s
    return best


def _is_credit(p: Passage, t: Toponym) -> bool:
    """Whether it is the agency in a dateline's brackets: CONAKRY (Reuters) —."""
    return t.start < p.dated and _CREDIT.search(p.text, 0, max(0, t.start - p.start)) is not None


def _led(words: re.Pattern[str], p: Passage, t: Toponym) -> bool:
    """Whether such a word stands before the name, at most three words between."""
    at = t.start - p.start
    return words.search(p.low, max(0, at - 50), at) is not None


def scenes(p: Passage) -> tuple[Toponym, ...]:
    """The places finer than a country at which a passage puts an event of its own."""
    if p.event is None:
        return ()
    return tuple(
        t for t in p.toponyms if t.start >= p.dated and t.precision not in ("country", "region") and _led(_IN, p, t)
    )


def elsewhere(told: Sequence[Toponym], others: Sequence[Toponym]) -> bool:
    """Whether both are places and none of the one is, holds or lies in one of the other."""
    return bool(told and others) and not any(
        _same(t, o) or _within(t, o) or _within(o, t) for t in told for o in others
    )


def _same(t: Toponym, other: Toponym) -> bool:
    """Whether two names are of one place, or one has the other in it: Erbil, Erbil airport."""
    if (t.gazetteer_id or t.name.lower()) == (other.gazetteer_id or other.name.lower()):
        return True
    return not set(t.name.lower().split()).isdisjoint(other.name.lower().split())


def _within(t: Toponym, other: Toponym) -> bool:
    return _holds(other, [(t.country, t.admin1, t.precision)])


def _nearness(p: Passage, t: Toponym) -> float:
    return 0.0 if p.event is None else 1 / (1 + abs(t.start - p.event.start) / NEAR)


def _holds(t: Toponym, others: Iterable[tuple[str | None, str | None, str]]) -> bool:
    """Whether one of the others lies in it."""
    if t.precision == "country":
        return any(country == t.country and precision != "country" for country, _, precision in others)
    if t.precision == "admin":
        return any(
            (country, area) == (t.country, t.admin1) and precision in ("city", "point")
            for country, area, precision in others
        )
    return False


def _at_home(chosen: Toponym, article: Sequence[Passage]) -> Toponym:
    """The place, or one of its name without a position in the country of nearly all others, when nothing else is in its own.

    Capitals are known the world over, so their names stay theirs.
    """
    if chosen.kind == "capital":
        return chosen
    named = (t for p in article for t in p.toponyms if t.country and t.name.lower() != chosen.name.lower())
    others: Counter[str | None] = Counter(t.country for t in named)
    if not others or others[chosen.country] >= FOREIGN * others.total():
        return chosen
    country, times = others.most_common(1)[0]
    if times < HOME * others.total() or times < 3:
        return chosen
    return chosen._replace(
        country=country, admin1=None, lat=None, lon=None, gazetteer_id=None, precision="unknown", kind="unknown"
    )
