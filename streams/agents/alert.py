"""alert: news.incident.v1 and news.feed.v1 to news.alert.v1."""

from collections.abc import Callable, Iterable, Sequence

from schemas.records import AlertRule, FeedHealth, Incident
from schemas.topics import read_by
from streams.agents.stage import Outcome
from streams.domain.alerting.alert import RULES, AlertState, alert, alert_of_feed
from streams.domain.alerting.growth import Placing, Tally

AskTally = Callable[[bool], Tally | None]


def no_tally(wanted: bool) -> Tally | None:
    """Of a stage that knows no other partition's incidents: rules on growth raise nothing."""


class AlertStage:
    """Raises and revises alerts; keeps each as last raised."""

    name = "alert"
    reads = read_by("alert")
    keeps_state = True

    def __init__(
        self,
        rules: Callable[[], Sequence[AlertRule]] = lambda: RULES,
        tally: AskTally = no_tally,
    ) -> None:
        """`rules` returns the rules now in force; `tally`, told whether it is wanted, what growth is measured by."""
        self._rules, self._tally = rules, tally

    def restore(self, entries: Iterable[tuple[str, bytes]]) -> AlertState:
        """Alerts by id, as last raised."""
        return AlertState.restore(entries)

    def handle(self, state: AlertState, record: Incident | FeedHealth) -> Outcome:
        """Alerts that this version of an incident, or this word about a feed, raises or revises."""
        rules = self._rules()
        if isinstance(record, FeedHealth):
            state, raised = alert_of_feed(state, record, rules)
        else:
            tally = self._tally(any(rule.growth for rule in rules))
            if tally is not None:
                tally.take(Placing.of(record))  # it may come here before it comes there
            state, raised = alert(state, record, rules, tally)
        entries: dict[str, bytes | None] = dict.fromkeys(state.forget())
        entries |= {a.alert_id: state.dump(a.alert_id) for a in raised}
        return Outcome(raised, entries)
