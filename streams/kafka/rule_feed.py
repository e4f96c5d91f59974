"""Inputs of every alert stage beside its own topics: the rules in force, and the usual amount of news by place."""

import logging
from queue import Empty, SimpleQueue

from schemas.codec import Codec
from schemas.errors import Stop
from schemas.records import AlertRule, Incident
from schemas.topics import INCIDENT, RULE
from streams.domain.alerting.growth import Placing, Tally
from streams.domain.alerting.rules import RuleBook, check
from streams.kafka.topic_follower import TopicFollower

log = logging.getLogger("tocsin")
PATIENCE = 60.0  # seconds that a start waits for the rules


class RuleFeed:
    """Keeps a rule book current with the topic of rules."""

    def __init__(self, bootstrap: str, codec: Codec, book: RuleBook) -> None:
        self._book = book
        self._follower = TopicFollower(bootstrap, codec, RULE.name, self._take)

    def start(self, patience: float = PATIENCE) -> None:
        """Returns once all existing rules have been read. Raises Stop when they cannot be read."""
        self._follower.start()
        if not self._follower.whole.wait(patience):
            raise Stop(f"the rules of alerts in {RULE.name} cannot be read: check Kafka, and run `tocsin setup`")

    def _take(self, rule: object) -> None:
        assert isinstance(rule, AlertRule)
        check(rule)
        if self._book.take(rule):
            log.info("rules: %s %s", rule.name, "deleted" if rule.deleted else "in force")


class TallyFeed:
    """Counts the incidents of all partitions by place and time, from the first time that it is wanted."""

    def __init__(self, bootstrap: str, codec: Codec) -> None:
        self._follower = TopicFollower(bootstrap, codec, INCIDENT.name, self._take)
        self._arrived: SimpleQueue[Placing] = SimpleQueue()  # the tally itself belongs to the stage's thread
        self._tally = Tally()
        self._begun = False

    def tally(self, wanted: bool) -> Tally | None:
        """The tally, where it is wanted; None until all incidents that there are have been counted."""
        if not (wanted or self._begun):
            return None
        if not self._begun:
            self._begun = True
            self._follower.start()
        whole = self._follower.whole.is_set()
        while True:
            try:
                self._tally.take(self._arrived.get_nowait())
            except Empty:
                return self._tally if whole else None

    def _take(self, incident: object) -> None:
        assert isinstance(incident, Incident)
        self._arrived.put(Placing.of(incident))
