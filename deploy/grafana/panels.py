"""The panels of each dashboard with their queries. `python -m deploy.grafana.write` makes Grafana's JSON of them.

`$__timeFilter(column)` is the macro of Grafana's ClickHouse plugin for the time chosen on the page.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel: `kind` is Grafana's name of it; `ask` is SQL, or PromQL where `prometheus` is set; width of 24."""

    title: str
    kind: str
    ask: str
    width: int = 12
    prometheus: bool = False


ANALYSTS = (
    Panel(
        "Incidents by day they were first seen",
        "timeseries",
        "SELECT toStartOfDay(first_seen) AS time, count() AS incidents FROM incidents "
        "WHERE role IN ('main', 'follow-up') AND $__timeFilter(first_seen) GROUP BY time ORDER BY time",
        24,
    ),
    Panel(
        "By family",
        "barchart",
        "SELECT family, count() AS incidents FROM incidents "
        "WHERE role IN ('main', 'follow-up') AND $__timeFilter(last_changed) GROUP BY family "
        "ORDER BY incidents DESC, family LIMIT 15",
    ),
    Panel(
        "By country",
        "barchart",
        "SELECT country, count() AS incidents FROM incidents WHERE role IN ('main', 'follow-up') AND country != '' AND "
        "$__timeFilter(last_changed) GROUP BY country ORDER BY incidents DESC, country LIMIT 15",
    ),
    Panel(
        "Where",
        "geomap",
        "SELECT title, lat, lon, severity, killed FROM incidents "
        "WHERE role IN ('main', 'follow-up') AND lat IS NOT NULL AND $__timeFilter(last_changed) "
        "ORDER BY severity DESC, incident_id LIMIT 500",
        24,
    ),
    Panel(
        "Deadliest",
        "table",
        "SELECT title, country, killed_low, killed, killed_high, source_count FROM incidents "
        "WHERE killed > 0 AND $__timeFilter(last_changed) ORDER BY killed DESC, incident_id LIMIT 20",
    ),
    Panel(
        "Where sources disagree",
        "table",
        "SELECT title, country, low, best, high, sources FROM incident_figure WHERE what = 'killed' "
        "AND merged_into = '' AND high > low AND $__timeFilter(last_changed) "
        "ORDER BY high - low DESC, incident_id LIMIT 20",
    ),
)
OPERATIONS = (
    Panel(
        "Alerts raised by level",
        "timeseries",
        "SELECT toStartOfHour(raised_at) AS time, level, count() AS alerts FROM alerts "
        "WHERE $__timeFilter(raised_at) GROUP BY time, level ORDER BY time, level",
        24,
    ),
    Panel(
        "Newest alerts",
        "table",
        "SELECT changed_at, level, headline, reason, killed, country FROM alerts WHERE $__timeFilter(changed_at) "
        "ORDER BY changed_at DESC, alert_id LIMIT 30",
        24,
    ),
    Panel(
        "Open incidents by severity",
        "barchart",
        "SELECT toString(severity) AS severity, count() AS incidents FROM incidents "
        "WHERE status != 'closed' AND role IN ('main', 'follow-up') "
        "GROUP BY severity ORDER BY severity",
    ),
    Panel(
        "Rules", "table", "SELECT rule, level, alerts, revisions, retracted FROM rules_fired ORDER BY alerts DESC, rule"
    ),
    Panel(
        "Grave and on one origin alone",
        "table",
        "SELECT title, country, severity, last_changed FROM incidents WHERE origin_count = 1 AND severity >= 3 "
        "AND role IN ('main', 'follow-up') AND $__timeFilter(last_changed) "
        "ORDER BY severity DESC, last_changed DESC, incident_id LIMIT 20",
        24,
    ),
)
PIPELINE = (
    Panel("Kafka answers", "stat", "tocsin_kafka_up", 6, prometheus=True),
    Panel("Feeds by status", "piechart", "tocsin_feeds", 6, prometheus=True),
    Panel("Messages not yet committed, by group", "timeseries", "tocsin_group_behind", prometheus=True),
    Panel("Messages a second, by topic", "timeseries", "rate(tocsin_topic_messages[5m])", prometheus=True),
    Panel(
        "Articles by hour",
        "timeseries",
        "SELECT toStartOfHour(fetched_at) AS time, count() AS articles FROM arrivals "
        "WHERE $__timeFilter(fetched_at) GROUP BY time ORDER BY time",
    ),
    Panel(
        "Articles by language",
        "barchart",
        "SELECT lang, count() AS articles FROM arrivals WHERE $__timeFilter(fetched_at) GROUP BY lang "
        "ORDER BY articles DESC, lang LIMIT 20",
    ),
    Panel(
        "Copies by hour",
        "timeseries",
        "SELECT toStartOfHour(fetched_at) AS time, count() AS copies FROM copies "
        "WHERE $__timeFilter(fetched_at) GROUP BY time ORDER BY time",
    ),
    Panel(
        "In quarantine",
        "table",
        "SELECT stage, topic, error, count() AS messages, max(failed_at) AS latest FROM quarantined "
        "GROUP BY stage, topic, error ORDER BY messages DESC, stage, topic, error",
    ),
    Panel(
        "Feeds that need a look",
        "table",
        "SELECT status, name, reason, last_item_at, failures FROM feeds WHERE status != 'ok' "
        "ORDER BY failures DESC, name",
    ),
)
DASHBOARDS = {"analysts": ANALYSTS, "operations": OPERATIONS, "pipeline": PIPELINE}
