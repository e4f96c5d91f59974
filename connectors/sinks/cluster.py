"""Our tables on a cluster: rewrites the statements, so that migrations are written for one server.

Each table becomes two on every server: `<name>_local`, replicated through ZooKeeper or Keeper, and `<name>`, which
spreads over the shards. Rows go to a shard by the first column of their order, so that all rows of one incident,
mention or article are on one shard and FINAL sees them together. Servers need macros `shard` and `replica`, and the
cluster `internal_replication`: https://clickhouse.com/docs/engines/table-engines/mergetree-family/replication
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from connectors.sinks.contract import ADDS_COLUMN, QueryRefused, Store, Table, column_is_there

CREATE_TABLE = re.compile(
    r"CREATE TABLE IF NOT EXISTS (?P<name>\w+) (?P<columns>\(.*\)) ENGINE = (?P<family>\w*)MergeTree"
    r"(?:\((?P<version>\w*)\))? (?P<rest>(?:PARTITION BY .+? )?ORDER BY \(?(?P<key>\w+).*)",
    re.DOTALL,
)
CREATE_VIEW = re.compile(r"CREATE VIEW IF NOT EXISTS (\w+) AS")
FROM = re.compile(r"\bFROM (\w+)")
DROP = re.compile(r"DROP TABLE IF EXISTS (\w+)")
ALTER = re.compile(r"ALTER TABLE `?(\w+)`? (.*)", re.DOTALL)
COMMENTED = re.compile(r"ALTER TABLE `\w+`\.\w+ ON CLUSTER `\w+` COMMENT")
NOT_SUPPORTED = 48
TRUNCATE = re.compile(r"TRUNCATE TABLE (\w+)")
COMMENT = re.compile(r"^\s*--.*\n", re.MULTILINE)
# A row counts as stored when the shard has it; a subquery means the whole cluster; rows are read where they were
# written, from a later replica only when the earlier ones are away or behind.
SETTINGS = {
    "insert_distributed_sync": "1",
    "distributed_product_mode": "global",
    "load_balancing": "in_order",
    "prefer_localhost_replica": "0",
    "max_replica_delay_for_distributed_queries": "2",
}


def on_cluster(url: str) -> tuple[str, str, str]:
    """An address `clickhouse://...?cluster=NAME` as the server's own with SETTINGS, the cluster and the database.

    The cluster is empty, and the address as it was, where it names none.
    """
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    cluster = query.pop("cluster", "")
    if cluster:
        url = parts._replace(query=urlencode({**SETTINGS, **query})).geturl()
    return url, cluster, parts.path.strip("/") or "default"


class ClusteredStore:
    """A store on one server of a cluster that acts for the whole cluster.

    `database` is where the tables are; the server's address must carry SETTINGS, as `on_cluster` makes it.
    """

    def __init__(self, store: Store, cluster: str, database: str) -> None:
        self._store, self._cluster, self._database = store, cluster, database
        self._store.execute(f"CREATE DATABASE IF NOT EXISTS `{database}` ON CLUSTER `{cluster}`")

    def execute(self, ddl: str) -> None:
        """Run one statement on every server. Raises QueryRefused or StoreAway."""
        for statement in clustered(ddl, self._cluster, self._database):
            try:
                self._store.execute(statement)
            except QueryRefused as error:
                # Old releases cannot comment columns on a cluster; the table `codebook` holds the same.
                without_comment = error.code == NOT_SUPPORTED and COMMENTED.match(statement)
                if not without_comment and not column_is_there(ddl, error):
                    raise
        if found := ADDS_COLUMN.search(ddl):
            self._renew(found[1])

    def _renew(self, table: str) -> None:
        """Make the table that spreads over the shards anew, as its parts are: old releases cannot alter it."""
        ((shown,),) = self._store.query(f"SHOW CREATE TABLE `{self._database}`.{table}").rows
        name, everywhere = f"`{self._database}`.{table}", f"ON CLUSTER `{self._cluster}`"
        self._store.execute(f"DROP TABLE IF EXISTS {name} {everywhere}")
        self._store.execute(
            f"CREATE TABLE IF NOT EXISTS {name} {everywhere} AS {name}_local {shown[shown.rindex('ENGINE = ') :]}"
        )

    def query(self, sql: str) -> Table:
        """Run one query. Raises QueryRefused or StoreAway."""
        return self._store.query(sql)

    def insert(self, table: str, columns: Mapping[str, Sequence[Any]]) -> None:
        """Add rows; when this returns a replica of each row's shard has it. Raises RowsRefused or StoreAway."""
        self._store.insert(table, columns)

    def version(self) -> tuple[int, ...]:
        """The server's version."""
        return self._store.version()

    def close(self) -> None:
        """Disconnect."""
        self._store.close()


def clustered(ddl: str, cluster: str, database: str) -> list[str]:
    """The statements for a cluster with the effect of one on a server; anything but our DDL is returned as it is."""
    statement = COMMENT.sub("", ddl + "\n").strip()
    everywhere = f"ON CLUSTER `{cluster}`"
    if found := CREATE_TABLE.fullmatch(statement):
        name, columns = found["name"], found["columns"]
        place = f"'/clickhouse/tables/{{shard}}/{database}/{name}', '{{replica}}'"
        version = f", {found['version']}" if found["version"] else ""
        local = f"`{database}`.{name}_local"
        engine = f"Replicated{found['family']}MergeTree({place}{version})"
        spread = f"Distributed(`{cluster}`, `{database}`, {name}_local, cityHash64({found['key']}))"
        return [
            f"CREATE TABLE IF NOT EXISTS {local} {everywhere} {columns} ENGINE = {engine} {found['rest']}",
            f"CREATE TABLE IF NOT EXISTS `{database}`.{name} {everywhere} {columns} ENGINE = {spread}",
        ]
    if found := CREATE_VIEW.match(statement):
        # Old releases resolve names without a database on the server that receives the statement.
        selects = FROM.sub(rf"FROM `{database}`.\1", statement[found.end() :])
        return [f"CREATE VIEW IF NOT EXISTS `{database}`.{found[1]} {everywhere} AS{selects}"]
    if found := DROP.fullmatch(statement):
        return [f"DROP TABLE IF EXISTS `{database}`.{found[1]} {everywhere}"]
    if found := TRUNCATE.fullmatch(statement):
        return [f"TRUNCATE TABLE `{database}`.{found[1]}_local {everywhere}"]
    if found := ALTER.fullmatch(statement):
        parts = [""] if found[2].startswith("COMMENT") else ["_local"]  # people read comments on the distributed table
        if found[2].startswith("MODIFY COLUMN"):
            parts = ["_local", ""]
        return [f"ALTER TABLE `{database}`.{found[1]}{part} {everywhere} {found[2]}" for part in parts]
    return [ddl]
