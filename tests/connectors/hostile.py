"""Statements that must not pass the gateway, and the traps that tell when one did.

`python -m tests.connectors.hostile` prints how many of each kind were tried, refused and leaked.
FILE, URL, HOST and OUT stand for a file with a secret, an address and host that listen, and a file that must not be.
"""

import itertools
import os
import socket
import tempfile
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from connectors.load.migrate import migrate
from connectors.sinks.embedded import EmbeddedStore
from connectors.sinks.http_gateway import HttpGateway, QueryLimits

SECRET = "the-secret-of-the-trap"

# Sources that read files, call hosts or tell of the machine; each goes into every place where a table may stand.
SOURCES = {
    "file": [
        "file('FILE', 'LineAsString')", "file('FILE')", "fileCluster('c', 'FILE', 'LineAsString')", "filesystem('/etc')",
        "default.`FILE`", '`default`."FILE"', "s3('file://FILE', 'LineAsString')", "executable('cat FILE', 'TSV', 's String')",
        "sqlite('FILE', 't')", "python(os)", "`PyThOn`(os)", "icebergLocal('FILE')", "deltaLakeLocal('FILE')",
    ],
    "host": [
        "url('URL', 'LineAsString')", "url('URL')", "URL('URL', 'CSV', 's String')", "urlCluster('c', 'URL', 'CSV')",
        "s3('URLb/k.csv', 'CSV')", "s3Cluster('c', 'URLb/k.csv', 'CSV')", "gcs('URLb/k.csv')", "hudi('URL')", "cosn('URL')",
        "remote('HOST', 'system', 'one')", "remote('HOST', system.one)", "remoteSecure('HOST', 'system', 'one')",
        "cluster('default', 'system', 'one')", "clusterAllReplicas('default', system.one)", "jdbc('x', 's', 't')",
        "mysql('HOST', 'd', 't', 'u', 'p')", "postgresql('HOST', 'd', 't', 'u', 'p')", "redis('HOST', 'k', 'k String')",
        "mongodb('HOST', 'd', 'c', 'u', 'p', 's String')", "odbc('DSN=x', 's', 't')", "ytsaurus('URL', 'p', 't', 's String')",
        "prometheusQuery('t', 'q', now())", "hdfs('hdfs://HOST/f', 'CSV')", "azureBlobStorage('URL', 'c', 'f')",
    ],
    "other tables": [
        "merge('system', '.*')", "merge(REGEXP('.*'), 'users')", "dictionary('d')", "loop(system.users)", "input('s String')",
        "mergeTreeIndex('tocsin', 'incident')", "generateRandom('a Int8')", "viewIfPermitted(SELECT 1 ELSE null('a Int8'))",
        "fuzzJSON('{}')", "timeSeriesData('t')",
    ],
    "the machine": [
        "system.clusters", "system.processes", "system.query_log", "system.users", "system.disks", "system.macros",
        "system.server_settings", "system.build_options", "system.asynchronous_metrics", "system.metrics", "system.events",
        "system.parts", "system.detached_parts", "system.grants", "system.named_collections", "system.stack_trace",
        "system.symbols", "system.errors", "system.warnings", "system.dns_cache", "system.storage_policies",
        "system.user_directories", "system.remote_data_paths", "system.`processes`", "`system`.processes", "SYSTEM.processes",
        "system . /* x */ processes",
    ],
}  # fmt: skip
PLACES = [
    "SELECT * FROM {}",
    "DESCRIBE TABLE {}",
    "DESC {}",
    "EXPLAIN SELECT * FROM {}",
    "EXPLAIN QUERY TREE SELECT * FROM {}",
    "EXPLAIN SYNTAX SELECT * FROM {}",
    "EXPLAIN AST optimize = 1 SELECT * FROM {}",
    "EXPLAIN ESTIMATE SELECT * FROM {}",
    "EXPLAIN TABLE OVERRIDE {} COLUMNS (a Int8)",
    "SELECT (SELECT count() FROM (SELECT * FROM {}))",
    "WITH x AS (SELECT * FROM {}) SELECT * FROM x",
    "WITH RECURSIVE x AS (SELECT 1 AS a UNION ALL SELECT 2 FROM {}) SELECT * FROM x",
    "SELECT 1 FROM incident LEFT JOIN {} AS b ON 1 = 1",
    "SELECT 1 FROM numbers(3), {}",
    "SELECT 1 WHERE 'a' IN (SELECT * FROM {})",
    "SELECT 1 WHERE 'a' GLOBAL NOT IN {}",
    "SELECT 1 UNION ALL SELECT 1 FROM {}",
    "(SELECT * FROM {} LIMIT 1) INTERSECT SELECT 1",
    "SELECT EXISTS(SELECT * FROM {})",
    "SELECT 1 = ANY(SELECT * FROM {})",
    "SELECT * FROM view(SELECT * FROM {})",
    "SELECT * FROM (EXPLAIN SELECT * FROM {})",
    "SELECT max(number) OVER w FROM numbers(3) WINDOW w AS (ORDER BY number IN (SELECT * FROM {}))",
    "SELECT * APPLY(x -> x IN (SELECT * FROM {})) FROM numbers(3)",
    "SELECT * REPLACE((SELECT count() FROM (SELECT * FROM {})) AS number) FROM numbers(1)",
    "SELECT number FROM numbers(1) ORDER BY number WITH FILL TO (SELECT count() FROM (SELECT * FROM {}))",
    "SELECT 1 LIMIT (SELECT count() FROM (SELECT * FROM {}))",
    "SHOW TABLES WHERE name IN (SELECT * FROM {})",
    "SHOW COLUMNS FROM incident WHERE field IN (SELECT * FROM {})",
    "SHOW INDEXES FROM incident WHERE column_name IN (SELECT * FROM {})",
    "SHOW TABLES LIKE 'a' LIMIT (SELECT count() FROM (SELECT * FROM {}))",
    "EXISTS {}",
    "CHECK TABLE {}",
    "SHOW CREATE TABLE {}",
    "FROM {} SELECT *",
    "CREATE VIEW v AS SELECT * FROM {}",
    "INSERT INTO FUNCTION {} SELECT 1",
    "SELECT 1 PARALLEL WITH SELECT * FROM {}",
    "SELECT 1 SETTINGS max_threads = 1; SELECT * FROM {}",
]
EXPRESSIONS = [
    "file('FILE')", "FILE('FILE')", "`file`('FILE')", "\"file\"('FILE')", "hostName()", "hostname()", "FQDN()", "fqdn()",
    "displayName()", "serverUUID()", "getMacro('shard')", "getServerSetting('max_connections')", "tcpPort()",
    "getServerPort('tcp_port')", "getOSKernelVersion()", "buildId()", "uptime()", "dictGet('d', 'a', 1)",
    "dictGetOrDefault('d', 'a', 1, 2)", "dictHas('d', 1)", "dictGetHierarchy('d', 1)", "joinGet('j', 'a', 1)",
    "joinGetOrNull('j', 'a', 1)", "hasColumnInTable('HOST', 'u', 'p', 'system', 'one', 'dummy')",
    "catboostEvaluate('FILE', 1)", "addressToLine(1)", "addressToSymbol(1)", "demangle('a')", "logTrace('a')", "tid()",
    "filesystemAvailable()", "filesystemCapacity()", "showCertificate()", "zookeeperSessionUptime()", "sleep(1)",
    "sleepEachRow(1)", "generateSerialID('a')", "regionToName(1)", "getClientHTTPHeader('Host')", "shardNum()",
    "structureToProtobufSchema('a Int8')", "aiGenerateContent('c', 'p')", "lemmatize('en', 'a')", "synonyms('e', 'a')",
    "arrayMap(x -> file('FILE'), [1])", "if(0, 1, length(file('FILE')))", "sumIf(length(hostName()), 1)", "url('URL')",
    "1 IN url('URL', 'CSV', 'a Int8')", "1 IN default.`FILE`", "in(1, default.`FILE`)", "nullIn(1, system.users)",
    "CAST(hostName() AS String)", "hostName()::String", "(SELECT hostName())", "quantile(0.5)(length(hostName()))",
    "max(1) OVER (ORDER BY hostName())", "CASE WHEN hostName() = '' THEN 1 ELSE 2 END", "viewExplain('EXPLAIN', '', 1)",
    "arrayReduce('sum', [length(file('FILE'))])", "arrayJoin([hostName()])", "COLUMNS('a') APPLY hostName",
]  # fmt: skip
OTHERS = {
    "writing": [
        "INSERT INTO incident (incident_id) VALUES ('a')", "DROP TABLE incident", "TRUNCATE TABLE incident", "SET readonly = 0",
        "ALTER TABLE incident DELETE WHERE 1", "CREATE TABLE x (a Int8) ENGINE = Memory", "CREATE TEMPORARY TABLE x (a Int8)",
        "RENAME TABLE incident TO x", "OPTIMIZE TABLE incident", "SYSTEM SHUTDOWN", "SYSTEM FLUSH LOGS", "KILL QUERY WHERE 1",
        "BACKUP DATABASE tocsin TO File('OUT')", "ATTACH TABLE x FROM 'OUT' (a Int8) ENGINE = File(TSV)", "USE system",
        "GRANT ALL ON *.* TO default", "CREATE FUNCTION f AS x -> x", "WITH 1 AS x INSERT INTO incident (version) SELECT x",
        "EXECUTE AS default SELECT 1", "EXPLAIN DROP TABLE incident", "EXPLAIN AST DROP TABLE incident", "DELETE FROM incident WHERE 1",
        "UPDATE incident SET version = 1 WHERE 1", "BEGIN TRANSACTION", "EXCHANGE TABLES incident AND relation", "MOVE x",
        "CREATE DICTIONARY d (a Int8) PRIMARY KEY a SOURCE(HTTP(URL 'URL' FORMAT 'CSV')) LAYOUT(FLAT()) LIFETIME(1)",
        "CREATE NAMED COLLECTION c AS a = 1", "CREATE TABLE x (a Int8) ENGINE = URL('URL', CSV)", "UNDROP TABLE x",
    ],
    "outfile": [
        "SELECT 1 INTO OUTFILE 'OUT'", "SELECT 1 into/**/outfile 'OUT'", "SELECT 1 INTO OUTFILE 'OUT' INTO OUTFILE 'OUT'",
        "EXPLAIN SELECT 1 INTO OUTFILE 'OUT'", "EXPLAIN AST SELECT 1 INTO OUTFILE 'OUT'", "SHOW TABLES INTO OUTFILE 'OUT'",
        "DESCRIBE TABLE incident INTO OUTFILE 'OUT' FORMAT CSV", "SELECT 1 INTO OUTFILE 'OUT' APPEND COMPRESSION 'gzip'",
        "SELECT 1 FORMAT CSV INTO OUTFILE 'OUT'", "SELECT 1 INTO -- x\n OUTFILE 'OUT'", "EXISTS TABLE incident INTO OUTFILE 'OUT'",
        "SELECT 1 SETTINGS max_threads = 1 INTO OUTFILE 'OUT'", "(SELECT 1) INTO OUTFILE 'OUT'", "SELECT 1 INTO\xa0OUTFILE 'OUT'",
        "SELECT 1 INTO OUTFILE 'OUT' AND STDOUT", "SELECT 1 INTO OUTFILE 'OUT' TRUNCATE",
    ],
    "several": [
        "SELECT 1; SELECT file('FILE')", "SELECT ''';'; SELECT file('FILE')", "SELECT 1 -- '\n; SELECT file('FILE') --'",
        "SELECT 1 AS a$$; SELECT file('FILE') -- $$", "SELECT $$a$$; SELECT file('FILE')", "SELECT 1;;SELECT file('FILE')",
        "/* SELECT */ DROP TABLE incident", "SELECT 1 /* ; */ ; DROP TABLE incident", "SELECT 1\\G SELECT 2", "",
        "-- SELECT 1", "1 + 1", "'SELECT'", "SELECT '\\'; SELECT file('FILE') --'", "SELECT 1\0; SELECT file('FILE')",
    ],
    "settings": [
        "SELECT 1 SETTINGS readonly = 0", "SELECT 1 SETTINGS readonly = 2", "SELECT 1 SETTINGS max_execution_time = 0",
        "SELECT 1 SETTINGS max_execution_time = 1000", "SELECT 1 SETTINGS max_execution_time = -1", "SELECT 1 SETTINGS max_threads = 1e9",
        "SELECT 1 SETTINGS max_result_rows = 0", "SELECT 1 SETTINGS max_memory_usage = 0", "SELECT 1 SETTINGS `readonly` = 0",
        "SELECT 1 SETTINGS max_threads = 1, readonly = 0", "SELECT 1 SETTINGS max_threads = 1, allow_ddl = 1",
        "SELECT 1 SETTINGS max_threads = 1 SETTINGS max_threads = 2", "SELECT 1 SETTINGS format_schema = 'FILE'",
        "SELECT 1 SETTINGS format_template_row = 'FILE' FORMAT Template", "SELECT 1 SETTINGS output_format_schema = 'OUT'",
        "SELECT 1 FORMAT Template SETTINGS format_template_row = 'FILE'", "SELECT 1 SETTINGS log_queries_min_type = 1",
        "SELECT * FROM (SELECT 1 SETTINGS max_execution_time = 0)", "WITH x AS (SELECT 1 SETTINGS readonly = 0) SELECT * FROM x",
        "SELECT 1 SETTINGS session_timezone = '../../FILE'", "SELECT 1 SETTINGS allow_introspection_functions", "SELECT 1 FORMAT Nope",
        "SELECT 1 SETTINGS/**/readonly/**/=/**/0", "SELECT 1 SETTINGS dialect = 'kusto'", "SELECT 1 settings additional_table_filters = {'incident': '1'}",
        "DESCRIBE TABLE incident SETTINGS readonly = 0", "EXPLAIN SELECT 1 SETTINGS readonly = 0", "SHOW TABLES SETTINGS readonly = 0",
    ],
    "telling": [
        "SHOW PROCESSLIST", "SHOW GRANTS", "SHOW USERS", "SHOW ACCESS", "SHOW CLUSTERS", "SHOW CLUSTER 'c'", "SHOW DICTIONARIES",
        "SHOW CREATE USER default", "SHOW ROLES", "SHOW PROFILES", "SHOW FILESYSTEM CACHES", "SHOW MERGES", "SHOW ENGINES", "SHOW TABLES FROM default",
        "EXISTS default.`FILE`", "EXISTS DICTIONARY d", "SHOW CREATE TABLE default.`FILE`", "SHOW COLUMNS FROM default.`FILE`",
        "SHOW CHANGED SETTINGS LIKE '%'", "SHOW SETTING readonly", "SHOW PRIVILEGES", "SHOW NAMED COLLECTIONS", "EXPLAIN CURRENT TRANSACTION",
        "SELECT data_paths FROM system.tables", "SELECT t.data_paths[1] FROM system.tables AS t", "SELECT COLUMNS('path') FROM system.tables",
        "SELECT t.* FROM system.tables AS t", "SELECT `data_path` FROM system.databases", "SELECT * EXCEPT name FROM system.databases",
        "SELECT a FROM (SELECT metadata_path AS a FROM system.tables)", 'WITH "system.users" AS (SELECT 1) SELECT * FROM system.users',
        "SELECT system.users.name FROM numbers(1)", "SHOW CREATE DATABASE default", "SHOW FULL PROCESSLIST", "CHECK ALL TABLES",
        "SELECT * FROM format('CSV', 'a')", "DESCRIBE TABLE format('CSV', 'a')", "SELECT * FROM system.tables", "SELECT * FROM system.databases",
        "SELECT 'a' IN system.tables", "SELECT 1 FROM numbers(1) AS n JOIN (SELECT * FROM system.tables) AS t ON 1 = 1",
    ],
    "disguise": [
        "SELECT * FROM `file`('FILE')", "SELECT * FROM \"url\"('URL')", "SeLeCt * fRoM FiLe('FILE')", "SELECT * FROM/**/url/**/('URL')",
        "SELECT * FROM url -- x\n('URL')", "SELECT\xa0*\xa0FROM\xa0url('URL')", "SELECT * FROM `\\x75rl`('URL')", "SELECT * FROM ‘url’('URL')",
        "SELECT * FROM `default`.`FILE`", "SELECT * FROM ｕｒｌ('URL')", "SELECT * FROM u\u200brl('URL')", "SELECT * FROM `url\n`('URL')",
        "SELECT 1 AS `x\n Identifier y`, hostName()", "SELECT /*! hostName() */ hostName()", 'SELECT * FROM "default"."FILE"',
        "#!x\nSELECT hostName()", "SELECT hostName /* a */ -- b\n ()", "SELECT (((hostName())))", "SELECT * FROM ((SELECT * FROM file('FILE')))",
        "SELECT `hostName`()", "SELECT 1 AS file, file('FILE')", "WITH file AS (SELECT 1) SELECT * FROM file('FILE')", "SELECT hostname\u2003()",
    ],
}  # fmt: skip
WITH_PARAMETERS = [
    ("SELECT * FROM {d:Identifier}.{t:Identifier}", {"d": "system", "t": "users"}),
    ("SELECT * FROM {d:Identifier}.{t:Identifier}", {"d": "default", "t": "FILE"}),
    ("SELECT * FROM {t:Identifier}", {"t": "system.users"}),
    ("SELECT * FROM {t:Identifier}", {"t": "incident\n   TableIdentifier incident"}),
    ("SELECT 1 IN {t:Identifier}", {"t": "default.FILE"}),
    ("SELECT * FROM url({u:String})", {"u": "URL"}),
    ("SELECT {c:Identifier} FROM system.tables", {"c": "data_paths"}),
    ("DESCRIBE TABLE file({f:String})", {"f": "FILE"}),
    ("SELECT * FROM incident_current(x = file('FILE'))", {}),
]


def statements():
    """(kind, statement, parameters) of the whole corpus."""
    for kind, sources in SOURCES.items():
        yield from ((kind, place.replace("{}", source), {}) for source, place in itertools.product(sources, PLACES))
    yield from _without_places()


def sample():
    """The same with four places for each source in turn, every place among them many times."""
    everywhere = itertools.cycle(PLACES)
    for kind, sources in SOURCES.items():
        for source in sources:
            yield from ((kind, place.replace("{}", source), {}) for place in itertools.islice(everywhere, 4))
    yield from _without_places()


def _without_places():
    for expression in EXPRESSIONS:
        for place in ("SELECT {}", "EXPLAIN SELECT {}", "SELECT 1 FROM numbers(2) WHERE toString({}) != ''"):
            yield "functions", place.replace("{}", expression), {}
    for kind, listed in OTHERS.items():
        yield from ((kind, statement, {}) for statement in listed)
    yield from (("parameters", statement, parameters) for statement, parameters in WITH_PARAMETERS)


@dataclass
class Traps:
    """A secret file, a listening socket and a file that must not come to be."""

    folder: Path
    connections: list[int] = field(default_factory=list)

    def __post_init__(self):
        self.secret = self.folder / "secret.txt"
        self.out = self.folder / "out.txt"
        self.secret.write_text(SECRET)
        self.reset()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections.append(1)
            connection.close()

    def reset(self):
        """Set the traps anew: the file looks unread since it was written, so that the next read is seen by its time."""
        self.connections.clear()
        self.out.unlink(missing_ok=True)
        os.utime(self.secret, (0, self.secret.stat().st_mtime))

    def armed(self, statement):
        """The statement with its places filled in."""
        named = {"FILE": str(self.secret), "OUT": str(self.out)}
        named |= {"URL": f"http://127.0.0.1:{self.port}/", "HOST": f"127.0.0.1:{self.port}"}
        for name, value in named.items():
            statement = statement.replace(f"'{name}", f"'{value}").replace(f"`{name}`", f"`{value}`")
            statement = statement.replace(f'"{name}"', f'"{value}"').replace(f" {name}'", f" {value}'")
        return statement.replace("file://FILE", f"file://{self.secret}").replace("/FILE'", f"/{self.secret}'")

    def sprung(self):
        """What the traps caught."""
        caught = ["called out"] if self.connections else []
        caught += ["read the file"] if self.secret.stat().st_atime != 0 else []
        return caught + (["wrote a file"] if self.out.exists() else [])

    def close(self):
        self._socket.close()


@contextmanager
def gateway_with_traps(folder):
    """Address of a gateway over a migrated store, the traps, and the store behind the gateway."""
    store, traps = EmbeddedStore(folder / "engine"), Traps(folder)
    migrate(store)
    gateway = HttpGateway(store, port=0, limits=QueryLimits(seconds=5))
    try:
        yield gateway.start(), traps, store
    finally:
        gateway.stop()
        store.close()
        traps.close()


def ask(url, statement, parameters=None, **others):
    """The gateway's answer to a statement."""
    params = {f"param_{name}": value for name, value in (parameters or {}).items()}
    return httpx.post(url, params=params | others, content=statement.encode(), trust_env=False, timeout=60)


def try_all(url, traps, corpus):
    """Counts by kind: tried, refused, leaked; and the statements that were not refused or sprang a trap."""
    counts, faults = {}, []
    for kind, statement, parameters in corpus:
        filled = {name: traps.armed(f"'{value}'")[1:-1] for name, value in parameters.items()}
        answer = ask(url, traps.armed(statement), filled)
        refused = answer.status_code in {400, 403, 404} or not statement
        leaked = SECRET in answer.text or bool(traps.sprung())
        if leaked or not refused:
            faults.append((kind, statement, answer.status_code, answer.text[:200], traps.sprung()))
            traps.reset()
        before = counts.get(kind, (0, 0, 0))
        counts[kind] = tuple(a + b for a, b in zip(before, (1, refused, leaked), strict=True))
    return counts, faults


def main():
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder, gateway_with_traps(Path(folder)) as (url, traps, _):
        counts, faults = try_all(url, traps, statements())
    print(f"{'kind':14}{'tried':>8}{'refused':>9}{'leaked':>8}")
    for kind, row in counts.items():
        print(f"{kind:14}{row[0]:8}{row[1]:9}{row[2]:8}")
    total = [sum(column) for column in zip(*counts.values(), strict=True)]
    print(f"{'together':14}{total[0]:8}{total[1]:9}{total[2]:8}")
    for fault in faults:
        print("NOT REFUSED", *fault)
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
