"""Questions timed, each twice: the first time and the best of the next, until the answer is there as HTTP sends it."""

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from connectors.sinks.values import from_json
from deploy.actions.cookbook import recipes
from deploy.actions.finding import finding
from deploy.grafana.panels import DASHBOARDS
from streams.console.archive import Sought
from tests.benchmarks.analysts.generate import PHRASES

TIME_FILTER = re.compile(r"\$__timeFilter\((\w+)\)")  # as Grafana's plugin puts it in
ONE_INCIDENT = {
    "incidents": "SELECT * FROM incidents WHERE incident_id = '{}'",
    "claims": "SELECT * FROM claims WHERE incident_id = '{}'",
    "claim_history": "SELECT * FROM claim_history WHERE incident_id = '{}'",
    "incident_mention": "SELECT * FROM incident_mention WHERE incident_id = '{}'",
    "origins": "SELECT * FROM origins WHERE incident_id = '{}'",
    "versions": "SELECT * FROM incident_version_current WHERE incident_id = '{}'",
}
COUNTED = {
    "types_daily": "SELECT day, family, sum(reports), sum(incidents) FROM types_daily GROUP BY day, family",
    "countries_daily": "SELECT day, country, reports, incidents FROM countries_daily",
    "sources_daily": "SELECT domain, sum(articles), sum(copies), sum(reports) FROM sources_daily GROUP BY domain",
    "types_hourly, 30 days": "SELECT hour, family, subtype, reports, incidents FROM types_hourly WHERE hour >= {since}",
    "countries_hourly, 30 days": "SELECT hour, country, reports, incidents FROM countries_hourly WHERE hour >= {since}",
    "sources_hourly, 30 days": "SELECT hour, domain, articles, copies, reports FROM sources_hourly WHERE hour >= {since}",
}
(FREQUENT, _), *_, (RARE, _) = Counter(" ".join(PHRASES).split()).most_common()

Answer = Callable[[str], bytes]  # the answer of a statement in the format JSONCompact


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: seconds of wall time and of this process's processor time, rows of the answer; or what failed."""

    name: str
    first: float
    again: float
    processor: float
    rows: int
    failed: str = ""


def ask(answer: Answer, name: str, sql: str, repeat: int = 2) -> Asked:
    """Time one statement. The processor time is the engine's where it works in this process."""
    walls, processors, said = [], [], b""
    for _ in range(1 + repeat):
        wall, processor = time.perf_counter(), time.process_time()
        try:
            said = answer(sql)
        except RuntimeError as error:
            return Asked(name, time.perf_counter() - wall, 0, 0, 0, str(error)[:200])
        walls.append(time.perf_counter() - wall)
        processors.append(time.process_time() - processor)
    return Asked(name, walls[0], min(walls[1:]), min(processors[1:]), len(from_json(said).rows))


def one_incident(answer: Answer, incident: str, size: str) -> Iterator[Asked]:
    """Everything about one incident."""
    for name, sql in ONE_INCIDENT.items():
        yield ask(answer, f"{name}, {size}", sql.format(incident))


def cookbook(answer: Answer, given: Mapping[str, str]) -> Iterator[Asked]:
    """Every question with its defaults, and with those of `given` that it takes."""
    for recipe in recipes().values():
        known = {parameter.name for parameter in recipe.parameters}
        yield ask(answer, recipe.name, recipe.fill({k: v for k, v in given.items() if k in known}))


def panels(answer: Answer, since: str, until: str) -> Iterator[Asked]:
    """Every SQL panel of the dashboards over a time; `since` and `until` as SQL."""
    chosen = rf"\1 >= {since} AND \1 <= {until}"
    for name, shown in DASHBOARDS.items():
        for panel in shown:
            if not panel.prometheus:
                yield ask(answer, f"{name}: {panel.title}", TIME_FILTER.sub(chosen, panel.ask))


def counts(answer: Answer, since: str) -> Iterator[Asked]:
    """Counts by day over everything, and by hour over a time."""
    for name, sql in COUNTED.items():
        yield ask(answer, name, sql.replace("{since}", since))


def searches(answer: Answer, *, has_words: bool = True, indexed: bool = True) -> Iterator[Asked]:
    """The console's search over the words of incidents and reports: by a rare word, a frequent one, both, and one that is nowhere."""
    now = datetime.now(UTC)
    unlike = "" if indexed else " SETTINGS use_skip_indexes = 0"
    for name, words in {"rare": RARE, "frequent": FREQUENT, "two": f"{RARE} {FREQUENT}", "none": "zebra"}.items():
        yield ask(answer, f"find, {name}", finding(Sought(words=words), now, now, has_words=has_words) + unlike)
