"""Stories that are told to the linker, and what it keeps of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from schemas.identity import digest
from schemas.records import Correction, Incident, Mention, Publisher, Relation, Span
from streams.domain.linking.link import link
from streams.domain.linking.state import LinkState
from streams.domain.mentions.link_features import features

START = datetime(2021, 6, 28, tzinfo=UTC)
QUAKE = ("Quake kills 12 in Talca, Chile", "A magnitude 7 earthquake struck Talca in central Chile, killing 12 people.")
TREMOR = (
    "Chile quake toll rises",
    "Rescuers in Talca, Chile searched rubble after the magnitude 7 earthquake killed 15.",
)
SLIDE = (
    "Landslide buries houses in Bolivia",
    "A landslide buried nine houses in La Paz, Bolivia, after days of rain.",
)
FERRY = ("Ferry sinks off Zanzibar", "A ferry carrying 200 passengers capsized between Zanzibar and Pemba in Tanzania.")


def a_mention(story: tuple[str, str], number: int = 0, **changes: object) -> Mention:
    document = digest("document", story[0], str(number))
    base = Mention(
        mention_id=digest("mention", document, str(changes.get("role", "main"))),
        document_id=document,
        story_id=document,
        block="unlocated",
        role="main",
        family="disasters",
        subtype="earthquake",
        evidence=Span(start=0, end=10),
        passage=story[1],
        confidence=0.9,
        severity=3,
        title=story[0],
        source=Publisher(domain=f"{number}.example"),
        origin=f"{number}.example",
        reported_at=START + timedelta(hours=number),
        features=features(*story),
    )
    return replace(base, **changes)


def stored(state: LinkState) -> dict[str, bytes]:
    """All that a table would hold of a state, by key."""
    return {key: state.dump(key) for key in sorted(state.every_key())}


def run(*mentions: Mention, state: LinkState | None = None) -> tuple[LinkState, list[Incident | Relation]]:
    state = state or LinkState()
    outputs: list[Incident | Relation] = []
    for m in mentions:
        state, linked = link(state, m)
        outputs += linked.outputs
    return state, outputs


def a_correction(name, action, incident_id, **more):
    return Correction(
        correction_id=digest("c", name), incident_id=incident_id, action=action, author="ann", at=START, **more
    )
