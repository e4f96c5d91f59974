"""Removes an article from ClickHouse: finds its rows, and replaces them by rows without its words.

A row is inserted again without the article's words, one tick later than the old one, and then the old one is deleted.
A command that dies in between leaves too much, and does the rest when it is called again.
"""

import base64
import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.load.moments import TIMED
from connectors.load.tallies import Tallies
from connectors.sinks.contract import Store, StoreAway, literal
from deploy.actions.forget_text import Traces
from schemas.identity import canonical_url, normalised_text

Row = dict[str, Any]
AT_ONCE = 500  # rows in one statement
PATIENCE, LOOK = 600.0, 0.2  # seconds for deletions to be carried out, and between two looks
OF_DOCUMENT = "document_id IN ({documents})"
OF_INCIDENT = "incident_id IN ({incidents})"
OF_RELATION = "mention_id IN ({mentions}) OR from_incident IN ({incidents}) OR to_incident IN ({incidents})"


@dataclass(frozen=True, slots=True)
class Place:
    """A table: the columns that make a row one, the column that tells later from earlier, which rows may hold words."""

    table: str
    keys: tuple[str, ...]
    rows: str
    version: str = "produced_ms"
    goes: bool = False  # delete the whole row: it holds nothing but the article


PLACES = (
    Place("article", ("article_id",), "article_id IN ({documents})", goes=True),
    Place("original", ("article_id",), "article_id IN ({documents})", goes=True),
    Place("copy", ("article_id",), "article_id IN ({documents})", goes=True),
    Place("article_by_time", ("article_id",), "article_id IN ({documents})", goes=True),
    Place("article_brief", ("article_id",), "article_id IN ({documents})", goes=True),
    Place("copy_by_time", ("article_id",), "article_id IN ({documents})", goes=True),
    Place("copy_link", ("copy_of", "article_id"), "article_id IN ({documents})", goes=True),
    Place("copied", ("article_id",), "article_id IN ({documents}) OR copy_of IN ({documents})", "ranked"),
    Place("feed_event", ("event_id",), "url IN ({addresses})"),
    Place("mention", ("mention_id",), OF_DOCUMENT),
    Place("account", ("incident_id", "mention_id"), OF_DOCUMENT, "written_us"),
    Place("incident_first", ("incident_id",), OF_INCIDENT, "written_us"),
    Place("incident", ("incident_id",), OF_INCIDENT),
    Place("incident_version", ("incident_id", "version"), OF_INCIDENT),
    Place("change_by_time", ("incident_id", "version"), OF_INCIDENT),
    Place("alert", ("alert_id", "revision"), OF_INCIDENT),
    Place("relation", ("relation_id",), OF_RELATION),
    # No function of old and embedded engines alike reads base64.
    Place("quarantine", ("quarantine_id",), "1", goes=True),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """The article to forget, and the incidents that it reported."""

    traces: Traces
    incidents: frozenset[str]
    copies: tuple[str, ...]  # addresses under which others printed it

    def where(self, place: Place) -> str:
        """Which rows of a table may hold words of it."""
        t = self.traces
        lists = {
            "documents": t.documents,
            "mentions": t.mentions,
            "incidents": self.incidents,
            "addresses": t.addresses,
        }
        return place.rows.format(**{k: _listed(v) for k, v in lists.items()})


def find(store: Store, url: str) -> Found:
    """What the tables know of the article at this address, all its versions; no documents when it is unknown."""
    addresses = {url, canonical_url(url)}
    named = f"url IN ({_listed(addresses)})"
    told = _rows(
        store,
        "article",
        f"{named} OR canonical_url IN ({_listed(addresses)})",
        "article_id, url, canonical_url, title, body",
    )
    addresses |= {row[name] for row in told for name in ("url", "canonical_url") if row[name]}
    texts = {row["body"] for row in told}
    named = f"url IN ({_listed(addresses)})"
    told += [row for table in ("original", "copy") for row in _rows(store, table, named, "article_id, title")]
    documents, titles = {row["article_id"] for row in told}, {row["title"] for row in told}
    own = f"{named} OR document_id IN ({_listed(documents)})"
    mentions = _rows(store, "mention", own, "mention_id, document_id, title, passage, claim_text")
    for row in mentions:
        texts |= {row["passage"], *row["claim_text"]}
    titles |= {row["title"] for row in mentions}
    traces = Traces(
        frozenset(documents | {row["document_id"] for row in mentions}),
        frozenset(row["mention_id"] for row in mentions),
        tuple(sorted(addresses)),
        tuple(sorted({normalised_text(t) for t in titles} - {""})),
        tuple(sorted({normalised_text(t) for t in titles | texts} - {""})),
    )
    copies = _rows(store, "copy", f"copy_of IN ({_listed(traces.documents)})", "DISTINCT url")
    return Found(traces, _incidents(store, traces), tuple(sorted({row["url"] for row in copies} - addresses)))


def _incidents(store: Store, traces: Traces) -> frozenset[str]:
    """Incidents that the mentions were ever in, and those that these were merged into."""
    mine, told = _listed(traces.documents), _listed(traces.mentions)
    found = {
        row["incident_id"]
        for table, condition in (
            ("incident", f"hasAny(claim_document_id, [{mine}])"),
            ("incident_version", f"change_document_id IN ({mine}) OR change_mention_id IN ({told})"),
            ("account_home", f"mention_id IN ({told})"),
        )
        for row in _rows(store, table, condition, "incident_id")
    }
    new = found
    while new:
        rows = _rows(store, "incident", f"merged_into != '' AND incident_id IN ({_listed(new)})", "merged_into")
        new = {row["merged_into"] for row in rows} - found
        found |= new
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Work:
    """Rows of a table that hold its words: the replacements, and what to delete."""

    place: Place
    anew: Sequence[Row]
    old: Sequence[Row]


def plan(store: Store, found: Found) -> list[Work]:
    """The work, table by table; empty where nothing is left to do."""
    works = []
    for place in PLACES:
        rows = _rows(store, place.table, found.where(place))
        if place.table == "quarantine":
            rows = [row for row in rows if _names(row, found.traces.addresses)]
        if place.goes:
            works.append(Work(place, (), rows))
            continue
        changed = [(row, new) for row in rows if (new := clean(row, found.traces)) != row]
        latest: dict[tuple[Any, ...], Row] = {}
        for row in sorted(rows, key=lambda r: r[place.version]):
            latest[_key(place, row)] = row
        anew = [
            new | {place.version: new[place.version] + 1} for row, new in changed if latest[_key(place, row)] is row
        ]
        works.append(Work(place, anew, [row for row, _ in changed]))
    return [work for work in works if work.old]


def carry_out(store: Store, works: Iterable[Work], wait: Callable[[float], None] = time.sleep) -> None:
    """Insert the clean rows, delete the old ones and count anew; returns when it is done. Raises StoreError."""
    tables, tallies = set[str](), Tallies(store)
    for work in works:
        place = work.place
        tables.add(place.table)
        if place.table in TIMED:
            moment = TIMED[place.table].moment
            tallies.note(place.table, {moment: [row[moment] for row in work.old]})
        if work.anew:
            names = [name for name in work.anew[0] if name != "loaded_at"]
            store.insert(place.table, {name: [row[name] for row in work.anew] for name in names})
        columns = ", ".join((*place.keys, place.version))
        for start in range(0, len(work.old), AT_ONCE):
            rows = ((*_key(place, row), row[place.version]) for row in work.old[start : start + AT_ONCE])
            told = ", ".join(f"({', '.join(map(literal, row))})" for row in rows)
            store.execute(f"ALTER TABLE {place.table} DELETE WHERE ({columns}) IN ({told})")
    _wait(store, tables, wait)
    tallies.count_all()


def _wait(store: Store, tables: Iterable[str], wait: Callable[[float], None]) -> None:
    names = _listed([name for table in tables for name in (table, f"{table}_local")])
    waited = 0.0
    condition = f"is_done = 0 AND database = currentDatabase() AND table IN ({names})"
    while left := _rows(store, "system.mutations", condition, "table, command"):
        if waited > PATIENCE:
            raise StoreAway(
                f"ClickHouse is not done after {PATIENCE:.0f} s: system.mutations tells why of {left[0]['table']}"
            )
        wait(LOOK)
        waited += LOOK


def clean(row: Row, traces: Traces) -> Row:
    """The row without the article's words; lists of claims stay as long as they are."""
    own = traces.owns(row) or row.get("change_document_id") in traces.documents
    new: Row = {}
    for name, value in row.items():
        if name == "record":
            new[name] = _json(value, traces)
        elif own and name in ("actor_name", "actor_role", "actor_kind", "about"):
            new[name] = []
        elif name in ("claim_text", "claim_url") and "claim_document_id" in row:
            of = row["claim_document_id"]
            new[name] = [
                "" if d in traces.documents or traces.matches(v) else v for d, v in zip(of, value, strict=True)
            ]
        elif own and name == "claim_text":
            new[name] = [""] * len(value)
        elif own and name == "change_text":
            new[name] = ""
        else:
            new[name] = traces.without(value, name, own=own)
    return new


def _names(row: Row, addresses: Iterable[str]) -> bool:
    """Whether a message in quarantine holds one of these addresses."""
    told = base64.b64decode(row["value_base64"])
    return any(address.encode() in told for address in addresses)


def _json(record: str, traces: Traces) -> str:
    whole = json.loads(record)
    kept = traces.without(whole)
    return record if kept == whole else json.dumps(kept, ensure_ascii=False)


def _key(place: Place, row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in place.keys)


def _rows(store: Store, table: str, condition: str, columns: str = "*") -> list[Row]:
    names, rows = store.query(f"SELECT {columns} FROM {table} WHERE {condition}")  # noqa: S608 - quoted
    return [dict(zip(names, row, strict=True)) for row in rows]


def _listed(values: Iterable[str]) -> str:
    return ", ".join(map(literal, sorted(values))) or "''"
