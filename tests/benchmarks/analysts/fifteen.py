"""`python -m tests.benchmarks.analysts.fifteen`: fifteen questions of an analyst, asked of a running sample in plain SQL.

Starts the embedded parts, replays the bundled sample, asks over HTTP as anybody would, and writes how long each took
and how long its SQL is into RESULTS.md, in the place of what an earlier run wrote.
"""

import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from connectors.sinks.contract import Reader
from deploy.demo.demo import drain
from deploy.demo.replay import sample_records
from tests.benchmarks.analysts.section import write
from tests.benchmarks.machine import described
from tests.integration.system import running
from tests.integration.test_pipeline import publish

TITLE = "## the fifteen questions of an analyst"
MOST_TOLD = "(SELECT incident_id FROM incidents WHERE killed > 0 ORDER BY source_count DESC, incident_id LIMIT 1)"
QUESTIONS = {
    "What is going on, the gravest first?": "SELECT title, country, severity FROM incidents "
    "WHERE role IN ('main', 'follow-up') ORDER BY severity DESC, last_changed DESC LIMIT 10",
    "What cost most lives, with low, best and high?": "SELECT title, killed_low, killed, killed_high FROM incidents "
    "ORDER BY killed DESC LIMIT 10",
    "How many incidents of each family in each country in 2021?": "SELECT country, family, count() FROM incidents "
    "WHERE toYear(time_start) = 2021 GROUP BY country, family ORDER BY count() DESC",
    "Which incidents speak of an earthquake?": "SELECT title, country, time_start FROM incidents "
    "WHERE summary_text ILIKE '%earthquake%' OR title ILIKE '%earthquake%'",
    "What happened within 300 km of Port-au-Prince?": "SELECT title, place_name FROM incidents "
    "WHERE greatCircleDistance(lon, lat, -72.3, 18.5) < 300000",
    "Who says what of the incident told by most?": "SELECT what, min, max, attributed_to, publisher FROM claims "
    f"WHERE superseded = 0 AND incident_id = {MOST_TOLD}",
    "How did its toll rise, report by report?": "SELECT reported_at, min, max, publisher FROM claim_history "
    f"WHERE what = 'killed' AND incident_id = {MOST_TOLD} ORDER BY reported_at",
    "How many independent origins stand behind it?": "SELECT origin, documents, publishers FROM origins "
    f"WHERE incident_id = {MOST_TOLD}",
    "Where do sources disagree about the dead?": "SELECT title, killed_low, killed_high FROM incidents "
    "WHERE killed_high > killed_low ORDER BY killed_high - killed_low DESC",
    "Which figures come from witnesses, officials or parties?": "SELECT attribution_kind, count() FROM claims "
    "WHERE what = 'killed' GROUP BY attribution_kind ORDER BY count() DESC",
    "Who copies whom, and how much later?": "SELECT domain, original_domain, count(), avg(lag_seconds) / 60 "
    "FROM copies GROUP BY domain, original_domain ORDER BY count() DESC",
    "Who is first, and whose first figures stand?": "SELECT domain, sum(first), sum(exact), sum(figures) "
    "FROM source_record GROUP BY domain ORDER BY sum(first) DESC",
    "What is related to what?": "SELECT i.title, kind, t.title FROM relations "
    "JOIN incidents AS i ON i.incident_id = from_id JOIN incidents AS t ON t.incident_id = to_id",
    "Which alerts were raised, and how often revised?": "SELECT level, headline, revision, reason FROM alerts "
    "ORDER BY revision DESC",
    "What changed since August 2021?": "SELECT changed_at, kind, incident_id, text FROM changes "
    "WHERE changed_at >= '2021-08-01 00:00:00' ORDER BY changed_at",
}


def asked(reader: Reader) -> list[str]:
    """A table of answers: seconds the first time and again, characters of SQL, rows, and the first of them."""
    lines = ["| question | first, s | again, s | SQL, characters | rows | first row |", "|---|---|---|---|---|---|"]
    for question, sql in QUESTIONS.items():
        seconds = []
        for _ in range(2):
            began = time.perf_counter()
            rows = reader.query(sql).rows
            seconds.append(time.perf_counter() - began)
        shown = ", ".join(map(_shown, rows[0])) if rows else "none"
        lines.append(f"| {question} | {seconds[0]:.2f} | {seconds[1]:.2f} | {len(sql)} | {len(rows)} | {shown} |")
    return lines


def _shown(value: object) -> str:
    text = f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else f"{value}"
    return (text if len(text) <= 40 else text[:39] + "…").replace("|", "/")


def main() -> None:
    """Run the sample, ask, write."""
    with tempfile.TemporaryDirectory() as folder, running("embedded", Path(folder)) as system:
        publish(system, sample_records(datetime(2026, 1, 1, tzinfo=UTC)))
        drain(system.settings.kafka, watch=system.tree.watch)
        with system.reader() as reader:
            engine = f"ClickHouse {'.'.join(map(str, reader.version()))}, embedded, over HTTP"
            told = f"`python -m tests.benchmarks.analysts.fifteen` on the sample; {', '.join(described().values())}; {engine}."
            section = "\n".join([TITLE, "", told, "", *asked(reader)])
    write(section)


if __name__ == "__main__":
    main()
