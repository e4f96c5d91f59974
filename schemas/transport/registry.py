"""The read side of a schema registry's REST API, served from the contracts, and registration with an outside registry.

Paths, bodies and error codes: https://docs.confluent.io/platform/current/schema-registry/develop/api.html
"""

import json
from collections.abc import Callable
from typing import Any

from aiohttp import web

from schemas.compatibility import UnreadableSchema, conflicts
from schemas.contracts import Contract, contracts, schema_id

CONTENT_TYPE = "application/vnd.schemaregistry.v1+json"
COMPATIBILITY = "FULL_TRANSITIVE"
SUBJECT_NOT_FOUND, VERSION_NOT_FOUND, SCHEMA_NOT_FOUND = 40401, 40402, 40403
INVALID_SCHEMA, READ_ONLY = 42201, 42205


def _answer(body: Any, status: int = 200) -> web.Response:
    return web.Response(text=json.dumps(body), status=status, content_type=CONTENT_TYPE)


def _fault(code: int, message: str) -> web.Response:
    return _answer({"error_code": code, "message": message}, code // 100)


def _subject(name: str) -> list[Contract]:
    return [c for c in contracts() if c.subject == name]


def _described(contract: Contract) -> dict[str, Any]:
    return {
        "subject": contract.subject,
        "version": contract.revision,
        "id": contract.schema_id,
        "schemaType": "AVRO",
        "schema": contract.text,
    }


def _versions(name: str, wanted: str) -> list[Contract]:
    found = _subject(name)
    if wanted in ("latest", "-1"):
        return found[-1:]
    return [c for c in found if str(c.revision) == wanted]


def _of_subject(answer: Callable[[list[Contract]], Any]) -> Any:
    async def handler(request: web.Request) -> web.Response:
        found = _subject(request.match_info["subject"])
        if not found:
            return _fault(SUBJECT_NOT_FOUND, f"Subject '{request.match_info['subject']}' not found.")
        return _answer(answer(found))

    return handler


def _of_version(answer: Callable[[Contract], Any]) -> Any:
    async def handler(request: web.Request) -> web.Response:
        name, wanted = request.match_info["subject"], request.match_info["version"]
        if not _subject(name):
            return _fault(SUBJECT_NOT_FOUND, f"Subject '{name}' not found.")
        found = _versions(name, wanted)
        return _answer(answer(found[0])) if found else _fault(VERSION_NOT_FOUND, f"Version {wanted} not found.")

    return handler


def _of_id(answer: Callable[[Contract], Any]) -> Any:
    async def handler(request: web.Request) -> web.Response:
        found = [c for c in contracts() if str(c.schema_id) == request.match_info["id"]]
        return (
            _answer(answer(found[0]))
            if found
            else _fault(SCHEMA_NOT_FOUND, f"Schema {request.match_info['id']} not found")
        )

    return handler


def _constant(body: Any) -> Any:
    async def handler(request: web.Request) -> web.Response:
        del request
        return _answer(body() if callable(body) else body)

    return handler


async def _look_up(request: web.Request) -> web.Response:
    """Whether a schema is registered under a subject: a read, though it is a POST."""
    name = request.match_info["subject"]
    if not _subject(name):
        return _fault(SUBJECT_NOT_FOUND, f"Subject '{name}' not found.")
    try:
        wanted = schema_id(json.loads((await request.json())["schema"]))
    except (ValueError, KeyError, TypeError):
        return _fault(INVALID_SCHEMA, 'The body must be {"schema": "<Avro schema as a JSON string>"}.')
    found = [c for c in _subject(name) if c.schema_id == wanted]
    return _answer(_described(found[0])) if found else _fault(SCHEMA_NOT_FOUND, "Schema not found")


async def _compatible(request: web.Request) -> web.Response:
    """Whether a schema and the named revisions of a subject, all of them without a version, read each other."""
    name, wanted = request.match_info["subject"], request.match_info.get("version")
    if not _subject(name):
        return _fault(SUBJECT_NOT_FOUND, f"Subject '{name}' not found.")
    if not (found := _versions(name, wanted) if wanted else _subject(name)):
        return _fault(VERSION_NOT_FOUND, f"Version {wanted} not found.")
    try:
        given = (await request.json())["schema"]
        messages = [f"revision {c.revision}: {why}" for c in found for why in conflicts(given, c.text)]
    except UnreadableSchema as error:
        return _fault(INVALID_SCHEMA, str(error))
    except (ValueError, KeyError, TypeError):
        return _fault(INVALID_SCHEMA, 'The body must be {"schema": "<Avro schema as a JSON string>"}.')
    verbose = {"messages": messages} if request.query.get("verbose") == "true" else {}
    return _answer({"is_compatible": not messages, **verbose})


async def _refuse(request: web.Request) -> web.Response:
    del request
    return _fault(
        READ_ONLY,
        "This registry is read-only: schemas are added as .avsc files. Set TOCSIN_REGISTRY for another.",
    )


def routes() -> list[web.RouteDef]:
    """The read side of a schema registry, for any aiohttp application."""
    get, subject = web.get, "/subjects/{subject}"
    return [
        get("/subjects", _constant(lambda: sorted({c.subject for c in contracts()}))),
        get(f"{subject}/versions", _of_subject(lambda found: [c.revision for c in found])),
        get(subject + "/versions/{version}", _of_version(_described)),
        get(subject + "/versions/{version}/schema", _of_version(lambda c: c.schema)),
        get("/schemas/types", _constant(["AVRO"])),
        get("/schemas/ids/{id}", _of_id(lambda c: {"schema": c.text, "schemaType": "AVRO"})),
        get("/schemas/ids/{id}/schema", _of_id(lambda c: c.schema)),
        get("/schemas/ids/{id}/subjects", _of_id(lambda c: [c.subject])),
        get("/schemas/ids/{id}/versions", _of_id(lambda c: [{"subject": c.subject, "version": c.revision}])),
        get("/config", _constant({"compatibilityLevel": COMPATIBILITY})),
        get("/config/{subject}", _of_subject(lambda _: {"compatibilityLevel": COMPATIBILITY})),
        get("/mode", _constant({"mode": "READONLY"})),
        web.post(subject, _look_up),
        web.post(f"/compatibility{subject}/versions/{{version}}", _compatible),
        web.post(f"/compatibility{subject}/versions", _compatible),
        web.post(f"{subject}/versions", _refuse),
        web.delete(subject, _refuse),
        web.put("/config", _refuse),
    ]


def held_schemas(url: str, *, timeout: float = 10.0) -> dict[tuple[str, int], str]:
    """Every schema that a registry holds of our subjects, by (subject, version). Raises httpx.HTTPError."""
    import httpx  # noqa: PLC0415 - a third of a second, for those who ask another registry only

    held = {}
    with httpx.Client(base_url=url, timeout=timeout) as client:
        for subject in sorted({c.subject for c in contracts()}):
            versions = client.get(f"/subjects/{subject}/versions")
            if versions.status_code == 404:
                continue
            for version in versions.raise_for_status().json():
                answer = client.get(f"/subjects/{subject}/versions/{version}").raise_for_status().json()
                if answer.get("schemaType", "AVRO") == "AVRO":
                    held[subject, int(version)] = str(answer["schema"])
    return held


def registered_ids(url: str, *, timeout: float = 10.0) -> dict[tuple[str, int], int]:
    """Register every revision with an outside registry and return its ids by (topic, revision).

    Registering a known schema returns its id. Raises httpx.HTTPError when the registry is away or refuses.
    """
    import httpx  # noqa: PLC0415 - likewise

    ids = {}
    with httpx.Client(base_url=url, timeout=timeout, headers={"Content-Type": CONTENT_TYPE}) as client:
        for contract in contracts():
            answer = client.post(f"/subjects/{contract.subject}/versions", json={"schema": contract.text})
            answer.raise_for_status()
            ids[contract.topic, contract.revision] = int(answer.json()["id"])
    return ids
