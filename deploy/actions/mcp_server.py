"""A read-only Model Context Protocol server over ClickHouse, for agents that look up incidents.

https://modelcontextprotocol.io, on its official SDK. Statements pass the gate and the limits of the HTTP gateway;
a ClickHouse server is accepted only with a user that may not write.
"""

from typing import Any

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError

from connectors.sinks.contract import Reader, StoreError, literal
from connectors.sinks.http import HttpReader
from connectors.sinks.open import open_reader
from deploy.actions.cookbook import recipes
from schemas.codebook import page
from schemas.codec import to_json
from schemas.errors import Stop

ROWS = 200  # of one answer: more would crowd an agent's context
INSTRUCTIONS = """Incidents that Tocsin reads from the news, each with its claims and sources. Figures are claims of
sources: quote who states them. `incident_id` joins everything; times are UTC. Read codebook://tables before `query`."""
SUMMARY = "incident_id, title, family, subtype, country, place_name, time_start, severity, killed, injured, status"


def read_only_reader(url: str) -> Reader:
    """A reader that cannot write. Raises Stop when it could, or does not answer."""
    try:
        reader = open_reader(url)
        if not isinstance(reader, HttpReader):
            raise Stop("tocsin mcp reads over HTTP: set TOCSIN_CLICKHOUSE=http://reader:password@host:8123/tocsin")
        allowed = reader.query("SELECT value FROM system.settings WHERE name = 'readonly'").rows
    except StoreError as error:
        raise Stop(str(error)) from error
    if allowed in ([], [("0",)]):
        raise Stop("this ClickHouse user can write: use one in TOCSIN_CLICKHOUSE whose profile has readonly = 1 or 2")
    return reader


def server(reader: Reader) -> MCPServer:
    """The server, its tools and resources; not running yet."""
    mcp = MCPServer("tocsin", instructions=INSTRUCTIONS, log_level="WARNING")

    @mcp.tool()
    def search_incidents(
        words: str = "", country: str = "", family: str = "", since: str = "", limit: int = 20
    ) -> dict[str, Any]:
        """Incidents, the latest first: by words of title or summary, ISO country code, family, day (2026-01-31)."""
        conditions = ["1"]
        if words:
            text = "concat(title, ' ', summary_text)"
            conditions.append(f"positionCaseInsensitiveUTF8({text}, {literal(words)}) > 0")
        conditions += [f"{name} = {literal(v)}" for name, v in (("country", country), ("family", family)) if v]
        if since:
            conditions.append(f"toDate(last_changed) >= toDate({literal(since)})")
        return _answer(
            reader,
            f"SELECT {SUMMARY}, last_changed FROM incidents WHERE {' AND '.join(conditions)} "  # noqa: S608 - quoted
            f"ORDER BY last_changed DESC, incident_id LIMIT {_few(limit)}",
        )

    @mcp.tool()
    def get_incident(incident_id: str) -> dict[str, Any]:
        """One incident with its claims, the articles that report it and its origins; merges are followed."""
        key = literal(incident_id)
        lives = _rows(reader, f"SELECT survivor FROM incident_survivor WHERE incident_id = {key}")  # noqa: S608 - quoted
        if not lives:
            raise ToolError(f"no incident {incident_id}; search_incidents finds them")
        where = f"WHERE incident_id = {literal(lives[0]['survivor'])}"
        parts = {
            "incident": f"* FROM incidents {where}",
            "claims": "what, min, max, of, attributed_to, attribution_kind, publisher, reported_at, text, url, "
            f"superseded FROM claims {where} ORDER BY what, reported_at",
            "sources": "reported_at, publisher, domain, origin, role, title, url "
            f"FROM incident_mention {where} AND superseded = 0 ORDER BY reported_at",
            "origins": f"origin, documents, publishers, first_reported FROM origins {where} ORDER BY first_reported",
        }
        found = {name: _rows(reader, f"SELECT {part} LIMIT {ROWS}") for name, part in parts.items()}
        return {**found, "incident": found["incident"][0]}

    @mcp.tool()
    def changes_since(produced_ms: int = 0, limit: int = ROWS) -> dict[str, Any]:
        """What was opened, revised, merged or taken back after a moment; go on from the last row's produced_ms."""
        given = {"after": str(produced_ms), "limit": str(_few(limit))}
        return _answer(reader, recipes()["changes"].fill(given))

    @mcp.tool()
    def query(sql: str) -> dict[str, Any]:
        """One read-only SELECT in ClickHouse's SQL; at most 200 rows of the answer come back."""
        return _answer(reader, sql)

    @mcp.resource("codebook://tables", mime_type="text/markdown")
    def codebook() -> str:
        """What every topic, table, view and field means."""
        return page()

    @mcp.resource("codebook://cookbook", mime_type="text/markdown")
    def cookbook() -> str:
        """Questions with their SQL, to start from."""
        return "\n\n".join(f"## {r.question}\n\n```sql\n{r.fill({})}\n```" for r in recipes().values())

    return mcp


def _answer(reader: Reader, sql: str) -> dict[str, Any]:
    rows = _rows(reader, sql)
    return {"rows": rows[:ROWS], "row_count": len(rows), "truncated": len(rows) > ROWS}


def _rows(reader: Reader, sql: str) -> list[dict[str, Any]]:
    """Rows as JSON values. Raises ToolError with ClickHouse's words, for the agent."""
    try:
        answer = reader.query(sql)
    except StoreError as error:
        raise ToolError(str(error)) from error
    return [{n: to_json(v) for n, v in zip(answer.columns, row, strict=True)} for row in answer.rows]


def _few(limit: int) -> int:
    return max(1, min(limit, ROWS))
