"""The type of each mention: by its own triggers and by the type of the article."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from schemas.records import Mention
from streams.domain.event_type.classifier import TypeGuess, article_types
from streams.domain.extract.actors import FoundActor
from streams.domain.extract.passages import title_events
from streams.domain.mentions.article_role import CALM_FAMILIES, SURE
from streams.domain.mentions.draft import Draft
from streams.domain.ontology.types import ontology
from streams.domain.text.document import Document, annotation

UNREAD = 0.5  # how likely a type must be for a text in a foreign language to have it, by names and words that it shares
_GENERIC_BLAST = re.compile(r"\b(?:explosions?|exploded|blasts?)\b", re.IGNORECASE)
_ARMED = re.compile(
    r"\b(?:troops|soldiers?|forces|army|military|militants?|militia\w*|rebels?|guerr?illas?|insurgents?|terrorists?|jihadists?|fighters|"
    r"paramilitar\w+|islamists?)\b",
    re.IGNORECASE,
)
_FROM_THE_AIR = re.compile(
    r"\b(?:aircraft|warplanes?|fighter jets?|jets|planes|bombers|helicopters?|gunships?|drones?|air force)\s+(?:had\s+|have\s+)?"
    r"(?:bombed|bomb(?:ing|s)?|struck|hit|pounded|attacked|targeted)\b|"
    r"\b(?:bombed|bombs? dropped|struck|hit)\s+(?:\w+\s+){0,3}by\s+(?:\w+\s+){0,2}(?:aircraft|warplanes?|jets|planes|helicopters?|drones?)\b",
    re.IGNORECASE,
)
_BOMBED = frozenset((("explosions", "remote-bomb"), ("explosions", "attack")))
_PERSONAL = frozenset((("crime", "shooting"), ("crime", "homicide"), ("crime", "assault"), ("crime", "stabbing")))


class EventType(NamedTuple):
    """The two levels of the ontology."""

    family: str
    subtype: str

    @property
    def name(self) -> str:
        """As the ontology names it."""
        return f"{self.family}/{self.subtype}"

    def is_incident(self) -> bool | None:
        """Whether the ontology counts it as an incident; None when it does not know the type."""
        known = ontology().by_name.get(self.name)
        return None if known is None else known.incident


@annotation
def believed_type(document: Document) -> TypeGuess:
    """The article's likeliest type; `other/unread` for a text in a foreign language, unless an incident-free type is plain."""
    best = article_types(document)[0]
    if document.readable or (best.probability > UNREAD and not ontology().get(best.family, best.subtype).incident):
        return best
    return TypeGuess("other", "unread", best.probability)


def mention_type(document: Document, draft: Draft, *, is_news: bool) -> EventType:
    """Type of a draft: by its triggers; the article's own type decides between them for the news it opens with."""
    guess = believed_type(document)
    weights = draft.types(title_events(document) if is_news else None)
    if draft.kind is not None:
        told = [t for t in weights if t[0] == draft.kind[0] or draft.role in ("statement", "follow-up")]
        return EventType(*max(told, key=lambda t: (weights[t], t), default=draft.kind))
    kind = ontology().by_name.get(f"{guess.family}/{guess.subtype}")
    if is_news and kind is not None and kind.incident and (draft.legal or guess.family != "justice"):
        same = sum(w for (f, _), w in weights.items() if f == guess.family)
        if not weights or same + 12 * guess.probability > max(weights.values()):
            best = max((t for t in weights if t[0] == guess.family), key=lambda t: weights[t], default=None)
            if best is not None or not weights or guess.probability > SURE:
                return (
                    EventType(guess.family, guess.subtype)
                    if best is None or guess.probability > 0.5
                    else EventType(*best)
                )
    if weights:
        return EventType(*max(weights, key=lambda t: (weights[t], t)))
    return EventType(guess.family, guess.subtype)


def story_type(document: Document) -> EventType:
    """The type of an article that reports no incident."""
    guess = believed_type(document)
    found = EventType(guess.family, guess.subtype)
    return found if found.is_incident() is False else EventType("other", "human-interest")


def is_calm(found: EventType) -> bool:
    """Whether news of this type is none of an incident: a death without an event, in news of politics."""
    return found.family in CALM_FAMILIES and not ontology().by_name[found.name].incident


def by_actors(found: EventType, actors: Iterable[FoundActor]) -> EventType:
    """An armed group's killing is no private crime."""
    if found in _PERSONAL and any(a.actor.role == "initiator" and _ARMED.search(a.actor.name) for a in actors):
        return EventType("violence-against-civilians", "attack")
    return found


def by_means(found: EventType, text: str) -> EventType:
    """What aircraft bombed is no planted bomb."""
    return EventType("explosions", "air-drone-strike") if found in _BOMBED and _FROM_THE_AIR.search(text) else found


def with_one_cause(mentions: list[Mention]) -> list[Mention]:
    """Blasts told beside bombs or grenades are explosions of the same kind, not accidents."""
    if not any(m.family == "explosions" for m in mentions):
        return mentions
    blast = ("accidents", "explosion-fire")
    return [
        replace(m, family="explosions", subtype="remote-bomb")
        if (m.family, m.subtype) == blast and _GENERIC_BLAST.search(m.passage)
        else m
        for m in mentions
    ]
