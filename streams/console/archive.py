"""The console's interface to ClickHouse, where there is one: reports of an incident, and past incidents."""

import asyncio
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Protocol

from aiohttp import web

from schemas.errors import Stop, TocsinError
from schemas.records import Incident
from streams.console.board import HeldIncident
from streams.console.keys import BOARD
from streams.console.shared_words import shared
from streams.console.summaries import summary

ARCHIVE: web.AppKey["Archive | None"] = web.AppKey("archive")
PATIENCE = 20.0  # seconds that a person waits for an answer
LONGEST = 400  # characters of a search


class CannotSeek(Stop):
    """A query that asks for nothing, or for what is no number."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for, what is empty aside. `kind` is a family or family/subtype, `what` a figure's kind."""

    words: str = ""
    country: str = ""
    kind: str = ""
    severity: int = 0
    hours: int = 0  # changed within so many hours
    what: str = ""
    least: int = 0
    still_open: bool = False
    stories: bool = False  # of any role, not news alone

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Sought":
        """What the address of a view asks for. Raises CannotSeek."""
        numbers = {name: query.get(name) or "0" for name in ("severity", "hours", "least")}
        if wrong := [name for name, value in numbers.items() if not (value.isdecimal() and len(value) < 10)]:
            raise CannotSeek(f"{', '.join(wrong)}: give a number")
        sought = cls(
            words=query.get("q", "")[:LONGEST], country=query.get("country", ""), kind=query.get("type", ""),
            what=query.get("what", ""), still_open=query.get("open") == "1", stories=query.get("stories") == "1",
            **{name: int(value) for name, value in numbers.items()},
        )  # fmt: skip
        if not (sought.words.strip() or sought.country or sought.kind or sought.severity or sought.least):
            raise CannotSeek("say what is looked for: q, country, type, severity, or what and least")
        return sought


@dataclass(frozen=True, slots=True)
class Found:
    """The newest incidents found, and how many there are."""

    incidents: Sequence[Incident]
    count: int


class Archive(Protocol):
    """Answers from any thread. Every method raises an error of the tree when the store does not answer."""

    def reports(self, incident_id: str) -> list[dict[str, Any]]:
        """Reports of an incident, the earliest first: passage, publisher, origin, link, and `copies` of each."""

    def incidents(self, days: int) -> Sequence[Incident]:
        """Current incidents of the last `days` before the newest of them."""

    def newest(self) -> datetime | None:
        """When the newest incident last changed; None without any."""

    def incident(self, incident_id: str) -> Incident | None:
        """One incident as it stands; None when it is not there."""

    def find(self, sought: Sought, held: AbstractSet[str]) -> Found:
        """Incidents that match. Of those `held` only what the board's own search over title, type and place misses."""


def archive_routes() -> list[web.RouteDef]:
    """Routes that read from the archive."""
    return [web.get("/api/incidents/{id}/reports", _reports), web.get("/api/find", _find)]


async def asked(archive: Archive, question: str, *given: Any) -> Any:
    """Call a method in a thread; returns its result. Raises an error of the tree, or TimeoutError."""
    async with asyncio.timeout(PATIENCE):
        return await asyncio.to_thread(getattr(archive, question), *given)


async def _reports(request: web.Request) -> web.Response:
    """`reports`, each with what it `shares` with earlier ones, or in `trouble` the reason why there are none."""
    archive, trouble, reports = request.app[ARCHIVE], "this console was started without ClickHouse", []
    if archive is not None:
        try:
            reports, trouble = await asked(archive, "reports", request.match_info["id"]), ""
            held = request.app[BOARD].incidents.get(request.match_info["id"])
            await asyncio.to_thread(_tell_what_is_shared, reports, held)
        except (TocsinError, TimeoutError) as error:
            trouble = f"ClickHouse does not answer: {error}"
    return web.json_response({"reports": reports, "trouble": trouble})


def _tell_what_is_shared(reports: list[dict[str, Any]], held: HeldIncident | None) -> None:
    """Beside each report the names and the part of the day that earlier reports of the incident tell too."""
    place = held.incident.place if held else None
    known = {place.name, place.admin1 or ""} if place else set()
    told = shared([report["passage"] for report in reports], known | {report["publisher"] for report in reports})
    for report, common in zip(reports, told, strict=True):
        report["shares"] = asdict(common)


async def _find(request: web.Request) -> web.Response:
    """What ClickHouse finds beyond the board, newest first; `trouble` says why it cannot be asked."""
    archive, trouble, found = request.app[ARCHIVE], "this console was started without ClickHouse", Found((), 0)
    try:
        sought = Sought.of(request.query)
    except CannotSeek as error:
        return web.json_response({"error": str(error)}, status=400)
    if archive is not None:
        try:
            found, trouble = await asked(archive, "find", sought, frozenset(request.app[BOARD].incidents)), ""
        except (TocsinError, TimeoutError) as error:
            trouble = f"ClickHouse does not answer: {error}"
    short = [summary(incident) for incident in found.incidents]
    return web.json_response({"incidents": short, "count": found.count, "trouble": trouble, "absent": archive is None})


async def past_incident(request: web.Request, incident_id: str) -> Incident | None:
    """An incident that the board does not hold, from ClickHouse; None when it is not there either."""
    archive = request.app[ARCHIVE]
    if archive is None:
        return None
    try:
        found: Incident | None = await asked(archive, "incident", incident_id)
    except (TocsinError, TimeoutError):
        return None
    return found
