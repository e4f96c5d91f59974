"""Routes for what people decide on the console: rules of alerts tried and saved, and the triage of alerts."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from schemas.codec import to_json
from schemas.errors import Quarantine, Stop, TocsinError
from streams.console.archive import ARCHIVE, asked
from streams.console.board import Board, Shown, Update
from streams.console.summaries import summary
from streams.console.writer import Writer
from streams.domain.alerting.preview import Preview, preview, preview_of_feeds
from streams.domain.alerting.rules import RuleError, switched_off
from streams.domain.alerting.triage import ACTS, Act, TriageError, triage
from streams.rule_settings import read_rule

LOGIN_HEADERS = ("X-Forwarded-User", "Remote-User")  # set by a proxy that logs people in
MOST_DAYS = 3_660


@dataclass(frozen=True, slots=True)
class DecisionContext:
    """The services that handlers of decisions use; `now` is the clock."""

    board: Board
    tell: Callable[[Update], None]
    writer: Writer
    now: Callable[[], datetime]

    def moment(self) -> datetime:
        """Now, rounded down to milliseconds, as records keep it."""
        now = self.now()
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    async def decide(self, record: Shown, partition: int | None = None) -> None:
        """Write a record and show it at once; the topic brings it to the other consoles."""
        await self.writer.write(record, partition)
        for update in self.board.apply(record):
            self.tell(update)


DECISION_CONTEXT: web.AppKey[DecisionContext] = web.AppKey("context")
Handler = Callable[[DecisionContext, web.Request, dict[str, Any]], Awaitable[dict[str, Any]]]


def login(request: web.Request) -> str:
    """The user name that a login proxy sends; empty without one."""
    return next((request.headers[h].strip() for h in LOGIN_HEADERS if request.headers.get(h, "").strip()), "")


def decision_routes() -> list[web.RouteDef]:
    """Routes of decisions. They accept JSON only, which another site's form cannot send without a preflight."""
    return [
        web.get("/api/me", _me),
        web.post("/api/rules/test", answering(_test_rule)),
        web.post("/api/rules", answering(_save_rule)),
        web.post("/api/rules/delete", answering(_delete_rule)),
        web.post("/api/alerts/{id}/triage", answering(_triage)),
    ]


async def _me(request: web.Request) -> web.Response:
    return web.json_response({"login": login(request)})


def answering(handle: Handler) -> Callable[[web.Request], Awaitable[web.Response]]:
    """A JSON handler: 400 says what to change, 404 what is missing, 503 that Kafka did not take the record."""

    async def answer(request: web.Request) -> web.Response:
        try:
            body = await request.json() if request.content_type == "application/json" else None
            if not isinstance(body, dict):
                return _refusal(400, "send a JSON object, as application/json")
            return web.json_response(await handle(request.app[DECISION_CONTEXT], request, body))
        except json.JSONDecodeError:
            return _refusal(400, "what was sent is not JSON")
        except Quarantine as error:  # what was sent cannot be used: the message says what to change
            return _refusal(400, str(error))
        except Stop as error:
            return _refusal(503, str(error))

    return answer


def _refusal(status: int, error: str) -> web.Response:
    return web.json_response({"error": error}, status=status)


def author_of(request: web.Request, body: dict[str, Any]) -> str:
    """The name of the person who decides. Raises RuleError without one."""
    author = login(request) or str(body.get("author") or "").strip()
    if not author or len(author) > 80:
        raise RuleError("say who you are: give your name, in 80 characters at most")
    return author


async def _test_rule(context: DecisionContext, request: web.Request, body: dict[str, Any]) -> dict[str, Any]:
    rule = read_rule(body.get("rule"), at=context.moment())
    days = body.get("days", 7)
    if not isinstance(days, int) or not 1 <= days <= MOST_DAYS:
        raise RuleError(f"days must be 1 to {MOST_DAYS}")
    if rule.silence:
        feeds = preview_of_feeds(rule, context.board.feeds.values())
        return _tested(feeds, days, "as they stand now", "feed")
    archive = request.app[ARCHIVE]
    known, where = {key: held.incident for key, held in context.board.incidents.items()}, "held here"
    if archive is not None:
        try:
            usual = rule.growth.days + 1 + rule.growth.hours // 24 if rule.growth else 0
            past = {incident.incident_id: incident for incident in await asked(archive, "incidents", days + usual)}
            known, where = past | known, "known"  # the board is ahead of ClickHouse
        except (TocsinError, TimeoutError):
            where = "held here, as ClickHouse does not answer"
    return _tested(preview(replace(rule, enabled=True), known.values(), days), days, where, "incident")


def _tested(found: Preview, days: int, where: str, of: str) -> dict[str, Any]:
    return {
        "days": days, "where": where, "of": of, "looked_at": found.looked_at, "count": found.count,
        "levels": found.levels, "by_day": found.days,
        "met": [summary(i) for i in found.met],
    }  # fmt: skip


async def _save_rule(context: DecisionContext, request: web.Request, body: dict[str, Any]) -> dict[str, Any]:
    rule = read_rule(body.get("rule"), author=author_of(request, body), at=context.moment())
    await context.decide(rule)
    return {"rule": to_json(rule)}


async def _delete_rule(context: DecisionContext, request: web.Request, body: dict[str, Any]) -> dict[str, Any]:
    author = author_of(request, body)
    held = next((r for r in context.board.rules.shown() if r.name == body.get("name")), None)
    if held is None:
        raise RuleError(f"there is no rule {body.get('name')!r}")
    await context.decide(switched_off(held, author, context.moment()))
    return {"deleted": held.name}


async def _triage(context: DecisionContext, request: web.Request, body: dict[str, Any]) -> dict[str, Any]:
    alert_id = request.match_info["id"]
    if alert_id not in context.board.alerts:
        raise TriageError("this alert is not held here (any more)")
    act, text, hours = body.get("act"), str(body.get("text") or ""), body.get("hours")
    now = context.moment()
    if act not in ACTS:
        raise TriageError(f"no act {act!r}")
    if hours is not None and not (isinstance(hours, int | float) and 0 < hours <= 24 * 366):
        raise TriageError("hours of silence are a number, up to a year")
    until = now + timedelta(milliseconds=round(hours * 3_600_000)) if hours is not None else None
    done = triage(context.board.triage.get(alert_id), alert_id, Act(act, author_of(request, body), now, text, until))
    await context.decide(done)
    return {"triage": to_json(done)}
