"""Corrections on screen: previews what a merge, split, edit or undo will change, and sends it."""

from dataclasses import replace
from typing import Any, cast

from aiohttp import web

from schemas.codec import CodecError, to_json
from schemas.errors import Quarantine, Stop
from schemas.records import Incident
from schemas.topics import MENTION
from streams.console.board import Board
from streams.console.decision_routes import DecisionContext, answering, author_of
from streams.console.summaries import Step, differences
from streams.decisions import Decision, Known, correction_of, opposite
from streams.domain.linking.correction_preview import IncidentChange, preview_edit, preview_merge, preview_split

ACTIONS = ("merge", "split", "edit")
LONGEST_REASON = 2_000
MOST_MENTIONS = 64  # linking keeps as many whole


class CorrectingError(Quarantine, ValueError):
    """A correction that cannot be sent; the message says what to change."""


def correcting_routes() -> list[web.RouteDef]:
    """Routes of corrections; with `"preview": true` they return the changes and send nothing."""
    return [
        web.post("/api/incidents/{id}/correct", answering(_correct)),
        web.post("/api/corrections/{id}/undo", answering(_undo)),
    ]


async def _correct(context: DecisionContext, request: web.Request, body: dict[str, Any]) -> dict[str, Any]:
    return await _carry_on(context, request, body, _wanted(request.match_info["id"], body))


async def _undo(context: DecisionContext, request: web.Request, body: dict[str, Any]) -> dict[str, Any]:
    undone = request.match_info["id"]
    try:
        wanted = opposite(_known(context.board), undone)
    except Stop as error:
        raise CorrectingError(str(error)) from error
    return await _carry_on(context, request, {"reason": f"undoes {undone[:8]}"} | body, wanted)


async def _carry_on(
    context: DecisionContext, request: web.Request, body: dict[str, Any], wanted: Decision
) -> dict[str, Any]:
    """Preview or send."""
    known = _known(context.board)
    told = previewed(known, wanted)
    if body.get("preview") is True:
        return {"preview": told, "versions": _versions(told)}
    if body.get("versions") != _versions(told):
        raise CorrectingError("an incident has changed since the preview: look at it again")
    reason = str(body.get("reason") or "").strip()
    if len(reason) > LONGEST_REASON:
        raise CorrectingError(f"give {LONGEST_REASON:,} characters at most")
    partitions = await context.writer.partitions(MENTION.name)
    try:
        correction, where = correction_of(
            known, wanted, author=author_of(request, body), reason=reason, at=context.moment(), partitions=partitions
        )
    except Stop as error:
        raise CorrectingError(str(error)) from error
    await context.decide(correction, where)
    return {"correction": to_json(correction)}


def _wanted(incident_id: str, body: dict[str, Any]) -> Decision:
    action, other, mentions, fields = (body.get(k) for k in ("action", "other", "mention_ids", "fields"))
    if action not in ACTIONS:
        raise CorrectingError(f"no action {action!r}; there are {', '.join(ACTIONS)}")
    listed = mentions or []
    if not isinstance(listed, list) or len(listed) > MOST_MENTIONS or not all(isinstance(m, str) for m in listed):
        raise CorrectingError(f"mention_ids are a list of ids, {MOST_MENTIONS} at most")
    given = fields or {}
    if not isinstance(given, dict) or not all(isinstance(v, str) for v in given.values()):
        raise CorrectingError("fields are names with their new values as JSON texts")
    return Decision(action, incident_id, str(other) if other else None, tuple(listed), tuple(given.items()))


def _known(board: Board) -> Known:
    return Known((h.incident for h in board.incidents.values()), board.corrections.values())


def previewed(known: Known, wanted: Decision) -> list[dict[str, Any]]:
    """The changes of each incident. Raises CorrectingError for what a person must change."""
    try:
        return [_told(one) for one in _preview(known, wanted)]
    except (Stop, CodecError, ValueError) as error:
        raise CorrectingError(str(error)) from error


def _preview(known: Known, wanted: Decision) -> list[IncidentChange]:
    now = known.incident(wanted.incident)
    if wanted.action == "edit":
        return preview_edit(now, wanted.fields)
    if wanted.action == "merge":
        if wanted.other == wanted.incident and wanted.mention_ids:  # takes a split back
            return preview_merge(_holder(known, wanted.mention_ids[0]), now)
        if not wanted.other or wanted.other == wanted.incident:
            raise CorrectingError("name the other incident that it is merged into")
        return preview_merge(now, known.incident(wanted.other))
    taken = set(wanted.mention_ids)
    if wanted.other:  # takes a merge back: only mentions with figures are known here
        taken |= {c.mention_id for c in known.newest[known.incident_id(wanted.other)].claims}
    if not taken:
        raise CorrectingError("choose the reports to take out")
    if len(taken) >= now.mention_count:
        raise CorrectingError("a split cannot take out everything; leave one report in the incident")
    return preview_split(now, taken)


def _holder(known: Known, mention_id: str) -> Incident:
    """The incident that holds a mention now."""
    for incident in known.newest.values():
        if not incident.merged_into and any(c.mention_id == mention_id for c in incident.claims):
            return incident
    raise CorrectingError("the part that was split off is not held here (any more): use `tocsin correct undo`")


def _told(one: IncidentChange) -> dict[str, Any]:
    shown = cast("Incident", one.after or one.before)
    before = Step.of(one.before or replace(shown, figures=(), article_count=0, origin_count=0))
    after = Step.of(shown)
    changes = differences(before, after) if one.after else []
    if one.before and one.before.title != shown.title:
        changes.insert(0, {"what": "title", "before": one.before.title, "after": shown.title})
    if one.before and one.after and before.articles != after.articles:
        changes.append({"what": "reports", "before": str(before.articles), "after": str(after.articles)})
    return {
        "incident_id": shown.incident_id, "title": shown.title, "version": one.before.version if one.before else 0,
        "becomes": "new" if one.before is None else "changed" if one.after else "gone", "changes": changes,
        "reports": after.articles,
    }  # fmt: skip


def _versions(told: list[dict[str, Any]]) -> dict[str, int]:
    """The versions of incidents that a preview was made of."""
    return {one["incident_id"]: one["version"] for one in told if one["incident_id"]}
