"""The console's interface to ClickHouse, where there is one: reports of an incident, and past incidents."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from aiohttp import web

from schemas.errors import TocsinError
from schemas.records import Incident

ARCHIVE: web.AppKey["Archive | None"] = web.AppKey("archive")
PATIENCE = 20.0  # seconds that a person waits for an answer


class Archive(Protocol):
    """Answers from any thread. Every method raises an error of the tree when the store does not answer."""

    def reports(self, incident_id: str) -> list[dict[str, Any]]:
        """Reports of an incident, the earliest first: passage, publisher, origin, link, and `copies` of each."""

    def incidents(self, days: int) -> Sequence[Incident]:
        """Current incidents of the last `days` before the newest of them."""

    def newest(self) -> datetime | None:
        """When the newest incident last changed; None without any."""


def archive_routes() -> list[web.RouteDef]:
    """Routes that read from the archive."""
    return [web.get("/api/incidents/{id}/reports", _reports)]


async def asked(archive: Archive, question: str, *given: Any) -> Any:
    """Call a method in a thread; returns its result. Raises an error of the tree, or TimeoutError."""
    async with asyncio.timeout(PATIENCE):
        return await asyncio.to_thread(getattr(archive, question), *given)


async def _reports(request: web.Request) -> web.Response:
    """`reports`, or in `trouble` the reason why there are none: the page works without them."""
    archive, trouble, reports = request.app[ARCHIVE], "this console was started without ClickHouse", []
    if archive is not None:
        try:
            reports, trouble = await asked(archive, "reports", request.match_info["id"]), ""
        except (TocsinError, TimeoutError) as error:
            trouble = f"ClickHouse does not answer: {error}"
    return web.json_response({"reports": reports, "trouble": trouble})
