"""`tocsin top`: rates, lag and the newest incidents, as a table that is drawn again and again."""

import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field

from kafka import TopicPartition
from kafka.errors import KafkaError
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from connectors.kafka.clients import KafkaConsumer
from deploy.supervise.lag import GROUPS, LagReader
from schemas.codec import Codec, CodecError
from schemas.records import Incident
from schemas.topics import INCIDENT
from schemas.transport.brokers import client_options
from streams.settings import Settings

NEWEST = 12  # incidents shown


@dataclass(slots=True)
class Rates:
    """Messages a second by topic, over the last looks."""

    window: float = 10.0
    _looks: deque[tuple[float, dict[str, int]]] = field(default_factory=deque)

    def note(self, ends: Mapping[TopicPartition, int], now: float) -> dict[str, float]:
        """Add end offsets at a time (monotonic seconds); returns the rates."""
        sums: dict[str, int] = {}
        for place, end in ends.items():
            sums[place.topic] = sums.get(place.topic, 0) + end
        self._looks.append((now, sums))
        while len(self._looks) > 2 and now - self._looks[0][0] > self.window:
            self._looks.popleft()
        began, first = self._looks[0]
        return {t: (end - first.get(t, end)) / (now - began) if now > began else 0.0 for t, end in sums.items()}


def screen(rates: Mapping[str, float], behind: Mapping[tuple[str, str], int], newest: list[Incident]) -> RenderableType:
    """The screen as a table."""
    flow = Table("stage", "reads", "a second", "behind", title="flow", title_justify="left")
    for group, topics in GROUPS.items():
        for topic in topics:
            lag = behind.get((group, topic), 0)
            if group == "tocsin-load" and not lag:
                continue  # it reads every topic
            colour = "red" if lag > 1000 else "yellow" if lag > 100 else ""
            flow.add_row(group[7:], topic, f"{rates.get(topic, 0.0):.1f}", Text(f"{lag:,}", style=colour))
    incidents = Table("changed", "severity", "what", "where", "title", title="newest incidents", title_justify="left")
    for i in newest:
        place = f"{i.place.name} {i.place.country or ''}" if i.place else ""
        figures = ", ".join(f"{f.words or f.best} {f.of or f.what}" for f in i.figures if f.best is not None)
        title = f"{i.title[:60]} ({figures})" if figures else i.title[:60]
        incidents.add_row(
            f"{i.last_changed:%m-%d %H:%M}", str(i.severity), f"{i.family}/{i.subtype}", place, Text(title)
        )
    return Group(flow, incidents)


class Newest:
    """Incidents as they change, from a little before the end of the topic on."""

    def __init__(self, bootstrap: str) -> None:
        self._codec, self._held = Codec(), dict[str, Incident]()
        self._consumer = KafkaConsumer(
            **client_options(bootstrap), group_id=None, enable_auto_commit=False, client_id="tocsin-top",
            bootstrap_timeout_ms=5_000,
        )  # fmt: skip
        places = [TopicPartition(INCIDENT.name, p) for p in self._consumer.partitions_for_topic(INCIDENT.name) or ()]
        self._consumer.assign(places)
        for place, end in self._consumer.end_offsets(places).items() if places else ():
            self._consumer.seek(place, max(0, end - 100))

    def look(self) -> list[Incident]:
        """The newest first."""
        for messages in self._consumer.poll(timeout_ms=100).values():
            for message in messages:
                try:
                    incident = self._codec.decode(message.value, message.topic)
                except CodecError:
                    continue
                self._held.pop(incident.incident_id, None)
                self._held[incident.incident_id] = incident
        while len(self._held) > NEWEST:
            del self._held[next(iter(self._held))]
        return list(reversed(self._held.values()))

    def close(self) -> None:
        """Disconnect."""
        self._consumer.close()


def watch(
    settings: Settings, draw: Callable[[RenderableType], None], over: Callable[[float], bool], every: float
) -> None:
    """Redraw until `over`, which waits so many seconds. Raises KafkaError when Kafka does not answer."""
    rates = Rates()
    with closing(LagReader(settings.kafka, settings.notify)) as reader, closing(Newest(settings.kafka)) as newest:
        while True:
            try:
                speeds = rates.note(reader.ends(), time.monotonic())
                behind = {(lag.group, lag.topic): lag.behind for lag in reader.lags()}
                draw(screen(speeds, behind, newest.look()))
            except KafkaError as error:
                draw(Text(f"Kafka does not answer: {error!r}", style="red"))
            if over(every):
                return
