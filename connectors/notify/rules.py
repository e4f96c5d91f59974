"""Which alerts are sent to a target."""

from dataclasses import dataclass

from schemas.records import Alert

LEVELS = ("info", "warning", "critical")
TAKEN_BACK = ("merged", "retracted")


@dataclass(frozen=True, slots=True)
class Rules:
    """What one target wants. Empty families, countries, reasons: all."""

    least_level: str = "info"
    least_severity: int = 0
    families: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    reasons: frozenset[str] = frozenset()

    def want(self, alert: Alert, *, told: bool) -> bool:
        """Whether to send this revision. `told`: an earlier one was sent, so a retraction is always sent."""
        if told and alert.reason in TAKEN_BACK:
            return True
        place = alert.incident.place
        return (
            LEVELS.index(alert.level) >= LEVELS.index(self.least_level)
            and alert.incident.severity >= self.least_severity
            and (not self.families or alert.incident.family in self.families)
            and (not self.countries or (place.country if place else None) in self.countries)
            and (not self.reasons or alert.reason in self.reasons)
        )
