"""The title of an incident: the most informative headline of its reports, or its kind and place where none says what happened."""

import re
import textwrap
from collections import Counter
from collections.abc import Sequence
from functools import cache, lru_cache

from schemas.records import Mention, Place
from streams.domain.extract.signal_words import as_trigger, find_signals
from streams.domain.extract.triggers import STRONG, trigger_phrases
from streams.domain.mentions.link_features import stems_of
from streams.domain.ontology.types import ontology
from streams.domain.text.lead import headline

NAMES = {
    "battles/attack": "Armed attack", "explosions/air-drone-strike": "Air or drone strike",
    "explosions/shelling-missile": "Shelling or missile strike", "explosions/suicide-bomb": "Suicide bombing",
    "explosions/remote-bomb": "Bombing", "explosions/grenade": "Grenade attack", "explosions/attack": "Bomb attack",
    "explosions/chemical-weapon": "Chemical attack", "protests/peaceful-protest": "Protest",
    "protests/protest-with-intervention": "Protest", "protests/force-against-protesters": "Force against protesters",
    "crime/homicide": "Killing", "accidents/transport": "Transport accident", "accidents/explosion-fire": "Explosion or fire",
    "accidents/industrial": "Industrial accident", "accidents/other": "Accident", "disasters/animal": "Animal attack",
    "cyber/attack": "Cyber attack", "strategic-developments/other": "Military development",
    "violence-against-civilians/attack": "Attack on civilians", "battles/government-regains-territory": "Territory regained",
    "battles/non-state-actor-overtakes-territory": "Territory lost", "strategic-developments/base-established": "New base",
    "strategic-developments/change-to-group-activity": "Change in an armed group", "health/measures": "Health measures",
    "strategic-developments/disrupted-weapons-use": "Weapons seized", "diplomacy/aid": "Foreign aid",
    "strategic-developments/looting-property-destruction": "Looting or destruction", "justice/lawsuit": "Lawsuit",
    "diplomacy/agreement-withdrawal": "Withdrawal from an agreement", "politics/unrest-response": "Response to unrest",
}  # fmt: skip
VAGUE = frozenset((
    "politics/government", "politics/statement", "politics/accusation", "politics/investigation", "politics/legislation",
    "economy/markets", "economy/companies", "economy/public-finance", "economy/labour", "other/sport", "other/entertainment",
    "other/science-technology", "other/human-interest", "other/opinion", "other/unread",
))  # fmt: skip
"""Kinds that name no event: without a headline the beginning of the passage says more."""
NEAR = frozenset(
    ("earthquake", "volcano", "storm", "avalanche", "landslide")
)  # which lie near a place rather than in it
LONGEST = 100  # characters of a title made from a passage
FEW, MANY = 4, 16  # words from which a headline says enough, and beyond which too much
_ASIDE = re.compile(
    r"^[\"“'‘]|\?\s*$|^(?:why|how|what|opinion|editorial|analysis|watch|photos?|video|live|i|we|my|our)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"(?<=\w{3})[.!?;:] |(?<=(?:.{40})), (?=(?:and|but|as|while|which|who|after|when|said|with)\b)|, (?:said|according to)\b"
)
_FIGURE = re.compile(
    r"\b(?:\d[\d,.]*|two|three|four|five|six|seven|eight|nine|ten|dozens?|scores|hundreds|thousands)\b", re.IGNORECASE
)


def title_of(mentions: Sequence[Mention], family: str, subtype: str, place: Place | None) -> str:
    """The title of an incident with these accounts, all of its strongest role, and this kind and place.

    An article's headline goes before a feed's. Of equally informative ones the latest is taken.
    """
    titled = [m for m in mentions if m.title] or list(mentions)
    titled = [m for m in titled if m.document_kind == "article"] or titled
    named = _place_stems(place)
    common = Counter(stem for m in titled for stem in _told(m.title).stems)

    def worth(m: Mention) -> tuple[float, float, int, float, object, str]:
        told, aside = _told(m.title), bool(_ASIDE.search(m.title))
        stems = told.stems
        shared = sum(common[s] - 1 for s in stems) / (len(titled) * (len(stems) or 1))
        says = 2.0 * told.kind + 1.5 * bool(named & stems) + 0.5 * told.figure - 2.0 * aside + told.fit
        return says + shared, m.confidence, m.severity, shared, m.reported_at, m.mention_id

    best = max(titled, key=worth)
    told = _told(best.title)
    known = ontology().by_name.get(f"{family}/{subtype}")
    if best.title and (
        told.kind or named & told.stems or best.lang not in (None, "en") or not (known and known.incident)
    ):
        return headline(best.title, best.source.domain)
    named_by_kind = known and known.name not in VAGUE and (place is not None or not best.title)
    if known and named_by_kind and (known.incident or not best.title):
        name = NAMES.get(known.name, subtype.replace("-", " ").capitalize())
        return f"{name} {'near' if subtype in NEAR else 'in'} {place.name}" if place else name
    return headline(best.title, best.source.domain) or _beginning(best.passage)


def _beginning(passage: str) -> str:
    """The first clause of a passage, as far as it fits a title; never a word cut in two."""
    first = _CLAUSE.split(" ".join(passage.split()), maxsplit=1)[0].rstrip(".")
    return textwrap.shorten(first, LONGEST, placeholder=" ...")


def kinds_told(title: str) -> frozenset[tuple[str, str]]:
    """The types, in two levels, of events that an English headline names in so many words."""
    return _told(title).kinds


class _Told:
    """The words of one headline, judged by itself."""

    __slots__ = ("figure", "fit", "kind", "kinds", "stems")

    def __init__(self, title: str) -> None:
        events = [as_trigger(s) for s in find_signals(title) if s.group == "trigger"]
        self.kinds = frozenset((e.family, e.subtype) for e in events if e.kind == "event" and e.strength == STRONG)
        self.stems = frozenset(stems_of(title))
        self.kind = not self.stems.isdisjoint(_kind_stems())
        self.figure = bool(_FIGURE.search(title))
        self.fit = 0.0 if FEW <= len(title.split()) <= MANY else -0.5


_told = lru_cache(maxsize=20_000)(_Told)


def _place_stems(place: Place | None) -> frozenset[str]:
    return frozenset(stems_of(f"{place.name} {place.admin1 or ''}")) if place else frozenset()


@cache
def _kind_stems() -> frozenset[str]:
    """Stems of the single words that report an incident of any kind."""
    return frozenset(
        stem
        for phrase, (*_, strength, kind, _word) in trigger_phrases()
        if strength and kind in ("event", "aftermath") and " " not in phrase
        for stem in stems_of(phrase.strip("*"))
    )
