"""The one mention of a structured feed event: its type by the source's kind or its words, its place and figures as given."""

from typing import get_args

from schemas.identity import digest
from schemas.records import Claim, FeedEvent, Mention, Period, Span
from schemas.timestamp_sanity import plausible_publication_time
from streams.domain.event_type.feed_event_type import kind_of, origin_of
from streams.domain.extract.casualty_lexicon import What
from streams.domain.geo.places import block
from streams.domain.geo.reverse_geocode import located
from streams.domain.mentions.link_features import features
from streams.domain.mentions.severity import grade
from streams.domain.ontology.types import ontology

_COUNTED: dict[str, What] = {what: what for what in get_args(What) if what != "other"}


def read_feed_event(event: FeedEvent) -> tuple[Mention, ...]:
    """The mention of a feed event."""
    family, subtype, confidence = kind_of(event)
    claims = _claims(event)
    place = located(event.place)
    known = ontology().by_name.get(f"{family}/{subtype}")
    return (
        Mention(
            mention_id=digest("mention", event.event_id, event.updated_at.isoformat()),
            document_id=event.event_id,
            document_kind="event",
            story_id=event.event_id,
            block=block(place),
            role="main" if known is None or known.incident else "story",
            family=family,
            subtype=subtype,
            place=place,
            time=_time(event),
            claims=claims,
            evidence=Span(start=0, end=len(event.text)),
            passage=event.text or event.title,
            confidence=confidence,
            severity=max(event.severity, grade(family, subtype, claims) if claims else 0),
            title=event.title,
            url=event.url,
            source=event.source,
            origin=origin_of(event),
            lang=event.lang,
            reported_at=plausible_publication_time(event.updated_at, event.fetched_at) or event.fetched_at,
            features=features(event.title, f"{event.title}\n{event.text}".strip()),
        ),
    )


def _time(event: FeedEvent) -> Period:
    """From start to end, or the moment of the update."""
    started = event.started_at or event.updated_at
    return Period(start=started, end=max(started, event.ended_at or started), precision="instant")


def _claims(event: FeedEvent) -> tuple[Claim, ...]:
    """The event's figures as claims of its source."""
    return tuple(
        Claim(
            what=_COUNTED[f.what],
            min=int(f.value),
            max=int(f.value),
            attributed_to=event.source.name or event.source.domain or None,
            attribution_kind="official",
            quote=Span(start=0, end=0),
            text=f"{f.what} {f.value:g}",
        )
        for f in event.figures
        if f.what in _COUNTED and f.value >= 0
    )
