"""Why a rule raises no alert for an incident, condition by condition."""

from schemas.records import AlertRule, Incident
from streams.domain.alerting.alert import level
from streams.domain.alerting.rules import holds, narrowed, on_duty


def why_not(rule: AlertRule, incident: Incident) -> tuple[str, ...]:
    """Reasons in words, none when the rule raises an alert for the incident as it is."""
    if rule.deleted or not rule.enabled:
        return ("the rule is switched off",)
    if rule.silence:
        return ("the rule is about silent feeds",)
    if incident.merged_into:
        return (f"the incident went into {incident.merged_into}",)
    if incident.status == "closed":
        return ("the incident is closed",)
    reasons = [words for condition, words in narrowed(rule, incident) if not holds(condition, incident)]
    if rule.growth:
        reasons.append("too little news of its place against the usual, or not known here: tocsin rules test counts")
    critical = level(rule, incident) == "critical"
    if not reasons and not on_duty(rule.schedule, incident.last_changed, critical=critical):
        reasons.append(f"the rule was off duty at {incident.last_changed:%Y-%m-%d %H:%M}")
    return tuple(reasons)
