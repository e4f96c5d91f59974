"""alert: news.incident.v1 to news.alert.v1."""

from collections.abc import Callable, Iterable, Sequence

from schemas.records import AlertRule, Incident
from schemas.topics import INCIDENT
from streams.agents.stage import Outcome
from streams.domain.alerting.alert import RULES, AlertState, alert


class AlertStage:
    """Raises and revises alerts; keeps each as last raised."""

    name = "alert"
    reads: tuple[str, ...] = (INCIDENT.name,)
    keeps_state = True

    def __init__(self, rules: Callable[[], Sequence[AlertRule]] = lambda: RULES) -> None:
        """`rules` returns the rules now in force."""
        self._rules = rules

    def restore(self, entries: Iterable[tuple[str, bytes]]) -> AlertState:
        """Alerts by id, as last raised."""
        return AlertState.restore(entries)

    def handle(self, state: AlertState, record: Incident) -> Outcome:
        """Alerts that this version of the incident raises or revises."""
        state, raised = alert(state, record, self._rules())
        entries: dict[str, bytes | None] = dict.fromkeys(state.forget())
        entries |= {a.alert_id: state.dump(a.alert_id) for a in raised}
        return Outcome(raised, entries)
