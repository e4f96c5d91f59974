"""A read-only client of ClickHouse's HTTP interface: of a server's own, or of the embedded engine's gateway."""

import httpx

from connectors.sinks.contract import BUSY, QueryRefused, StoreAway, Table, error_code, version_tuple
from connectors.sinks.values import from_json

FORM = "JSONCompact"


class HttpReader:
    """Answers queries from `http://user:password@host:port/database`. Any thread may call it."""

    def __init__(self, url: str, *, timeout: float = 60.0) -> None:
        address = httpx.URL(url)
        self._where = f"{address.host}:{address.port}"
        database = address.path.strip("/")
        self._client = httpx.Client(
            base_url=address.copy_with(path="/", query=None),
            params={"database": database} if database else {},
            timeout=timeout,
            trust_env=False,
        )

    def query(self, sql: str) -> Table:
        """Run one query. Raises QueryRefused, also when it names a format of its own, or StoreAway."""
        answer = self.ask(sql)
        if answer.headers.get("X-ClickHouse-Format", FORM) != FORM:
            raise QueryRefused("the statement names a format, but rows are needed: leave FORMAT out")
        return from_json(answer.content) if answer.content else Table((), [])

    def ask(self, sql: str) -> httpx.Response:
        """The answer in the format that the query names, else in JSONCompact. Raises QueryRefused or StoreAway."""
        try:
            answer = self._client.post("/", params={"default_format": FORM}, content=sql.encode())
        except httpx.HTTPError as error:
            raise StoreAway(f"no ClickHouse answers at {self._where} ({error}); is `tocsin up` running?") from error
        if answer.is_success:
            return answer
        code = error_code(answer.text)
        if code in BUSY:
            raise StoreAway(answer.text.strip())
        raise QueryRefused(answer.text.strip(), code)

    def version(self) -> tuple[int, ...]:
        """The server's version."""
        return version_tuple(str(self.query("SELECT version()").rows[0][0]))

    def close(self) -> None:
        """Disconnect."""
        self._client.close()
