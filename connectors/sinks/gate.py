"""Decides which statements may reach the embedded engine, by their syntax tree and not by words in them.

The engine's lexer cuts it and drops comments; what is left is both examined and run. `EXPLAIN AST`
prints the tree of the engine's parser, without analysing or running anything. Every node, function, table function
and table in it must be known as harmless. The parser does not show everything in a node, so the names before
brackets are examined among the tokens once more. SHOW and EXISTS, whose trees hide most, must have one of a few shapes.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from connectors.sinks.catalogue import (
    FOLDERS,
    SYSTEM_DATABASES,
    SYSTEM_TABLES,
    TABLE_FUNCTIONS,
    WITH_FOLDERS,
    Catalogue,
)
from connectors.sinks.statements import Refused, Statement, explains_with_settings
from connectors.sinks.syntax_tree import Node, read_tree

UNKNOWN_TABLE, UNKNOWN_FORMAT = 60, 73
NODES = frozenset(
    {
        "SelectWithUnionQuery", "SelectIntersectExceptQuery", "SelectQuery", "ExpressionList", "Subquery",
        "WithElement",
        "TablesInSelectQuery", "TablesInSelectQueryElement", "TableExpression", "TableIdentifier", "TableJoin",
        "ArrayJoin", "SampleRatio", "Identifier", "Function", "Literal", "Asterisk", "QualifiedAsterisk",
        "ColumnsListMatcher", "ColumnsRegexpMatcher", "QualifiedColumnsListMatcher", "QualifiedColumnsRegexpMatcher",
        "ColumnsTransformerList", "ColumnsExceptTransformer", "ColumnsReplaceTransformer",
        "ColumnsReplaceTransformer::Replacement", "OrderByElement", "InterpolateElement", "WindowDefinition",
        "DescribeQuery", "Explain", "Set",
    }
)  # fmt: skip
EXPLAINS = frozenset({"EXPLAIN", "EXPLAIN AST", "EXPLAIN SYNTAX", "EXPLAIN PIPELINE", "EXPLAIN ESTIMATE"})
EXPLAINS |= {"EXPLAIN QUERY TREE"}
CLOSED = frozenset({"default", "_temporary_and_external_tables"})
REWRITE = {
    "WindowListElement": "the parser does not show what a WINDOW clause holds; write OVER (...)",
    "ColumnsApplyTransformer": "the parser does not show what APPLY holds; name the columns",
}
EVERYTHING = frozenset({"Asterisk", "QualifiedAsterisk"} | {name for name in NODES if name.endswith("Matcher")})
REVEALING_NOTHING = frozenset({"count", "empty", "notempty"})  # JDBC's driver asks whether a table has folders at all
# Keywords that stand before a bracket without calling anything.
BEFORE_BRACKETS = frozenset(
    """
    ALL AND ANY ARRAY AS BETWEEN BY CASE CAST COLUMNS CUBE DESC DESCRIBE DISTINCT DIV ELSE EXCEPT EXISTS EXPLAIN EXTRACT
    FILTER FROM HAVING ILIKE IN INTERPOLATE INTERSECT INTERVAL IS JOIN LIKE LIMIT MOD NOT OFFSET ON OR OVER POSITION
    PREWHERE QUALIFY REGEXP REPLACE ROLLUP SELECT SETS SOME STEP SUBSTRING TABLE THEN TO TREE TRIM UNION USING VALUES
    WHEN WHERE WITH DATE_ADD DATEADD DATE_SUB DATESUB DATE_DIFF DATEDIFF TIMESTAMP_ADD TIMESTAMPADD TIMESTAMP_SUB
    TIMESTAMPSUB TIMESTAMP_DIFF TIMESTAMPDIFF
    """.split()
)
NAME = r"(?:`q`|[a-z_]\w*)"
TABLE = rf"(?:(?P<database>{NAME}) \. )?(?P<table>{NAME})"
LIKE_LIMIT = r"(?: (?:not )?i?like 's')?(?: limit 9)?"
SHAPES = tuple(
    re.compile(rf"(?:{shape})(?: format \w+)?")
    for shape in (
        rf"show (?:full )?tables(?: (?:from|in) (?P<database>{NAME}))?{LIKE_LIMIT}",
        rf"show databases{LIKE_LIMIT}",
        r"show (?:functions|settings)(?: i?like 's')",
        rf"show (?:extended )?(?:full )?(?:columns|fields) (?:from|in) {TABLE}{LIKE_LIMIT}",
        rf"show (?:extended )?(?:index|indexes|indices|keys) (?:from|in) {TABLE}",
        rf"show create (?:table |view )?{TABLE}",
        rf"exists (?:table |view )?{TABLE}",
    )
)


@dataclass(frozen=True, slots=True)
class Gate:
    """Passes statements that read our own `tables` of `database` and compute."""

    catalogue: Catalogue
    database: str
    tables: frozenset[str]

    def admit(self, statement: Statement, form: str, parse: Callable[[str], bytes]) -> None:
        """Return when the statement may be run as it is, its answer in `form` unless it names another format.

        `parse` runs `EXPLAIN AST ...` in the session where the statement will run, with its parameters. Raises Refused,
        or what `parse` raises of bad syntax.
        """
        for stated in (form, statement.form or form):
            if stated not in self.catalogue.formats:
                raise Refused(f"Unknown format {stated}", UNKNOWN_FORMAT)
        if statement.head in {"SHOW", "EXISTS"}:
            self._shape(statement)
            return
        self._calls(statement)
        tree = read_tree(parse(f"EXPLAIN AST {statement.sql}").decode().splitlines())
        nodes = list(tree.walk())
        named = {b.name for b, token, after in statement.threes() if token.word == "AS" and after.text == "("}
        for node, above in nodes:
            self._node(node, above, statement, named)
        if any(node.kind == "TableIdentifier" and node.text.lower() in WITH_FOLDERS for node, _ in nodes):
            _no_folders(nodes)

    def _shape(self, statement: Statement) -> None:
        """SHOW and EXISTS, of the few shapes that ask for names of ours or of the engine."""
        found = next(filter(None, (shape.fullmatch(statement.skeleton) for shape in SHAPES)), None)
        if found is None:
            raise Refused("allowed forms of SHOW and EXISTS: SHOW TABLES, DATABASES, COLUMNS, INDEX, CREATE TABLE, "
                          "FUNCTIONS LIKE, SETTINGS LIKE, with LIKE and LIMIT, and EXISTS TABLE")  # fmt: skip
        groups = found.groupdict()
        database, table = (
            statement.tokens[statement.skeleton[: found.start(part)].count(" ")].name if groups.get(part) else ""
            for part in ("database", "table")
        )
        if table:
            self._table(f"{database}.{table}" if database else table, known=statement.head != "EXISTS")
        elif database.lower() not in {"", self.database.lower(), *SYSTEM_DATABASES}:
            raise Refused(f"the database {database} is not available here, only {self.database}")

    def _calls(self, statement: Statement) -> None:
        """Check every name before a bracket among the tokens: the parser's tree does not show all of a statement."""
        for _, token, after in statement.threes():
            if after.text != "(" or not token.name or token.word in BEFORE_BRACKETS:
                continue
            name = token.name
            if name.lower() in self.catalogue.types or name.lower() in TABLE_FUNCTIONS or name in self.tables:
                continue
            if not self.catalogue.computes(name):
                raise Refused(f"the function {name} is not available here: only those that read our tables and compute")

    def _node(self, node: Node, above: tuple[Node, ...], statement: Statement, named: set[str]) -> None:
        parent = above[-1] if above else Node("", "")
        if node.kind not in NODES:
            raise Refused(REWRITE.get(node.kind, f"{node.kind} is not allowed in a reading statement"))
        if node.kind == "TableIdentifier":
            if node.text not in named or "." in node.text:
                self._table(node.text)
        elif node.kind == "Function":
            self._function(node.text, in_from=parent.kind == "TableExpression")
        elif node.kind == "Explain" and node.text not in EXPLAINS:
            raise Refused(f"{node.text} is not available here")
        elif node.kind == "Set" and not (parent.kind == "Explain" and explains_with_settings(statement)):
            raise Refused("SETTINGS must be at the end of the whole statement here")
        elif node.kind == "Identifier" and "." in node.text:
            self._column(node.text)

    def _function(self, name: str, *, in_from: bool) -> None:
        if in_from:
            if name.lower() not in TABLE_FUNCTIONS and name not in self.tables:
                raise Refused(
                    f"the table function {name} is not available here; there are {', '.join(sorted(TABLE_FUNCTIONS))}"
                )
        elif not self.catalogue.computes(name):
            raise Refused(f"the function {name} is not available here: only those that read our tables and compute")

    def _table(self, name: str, *, known: bool = True) -> None:
        """Pass our own tables and the few system tables that reveal nothing of the machine."""
        database, _, table = name.rpartition(".")
        if database in {"", self.database}:
            if known and table not in self.tables:
                raise Refused(f"Unknown table {name}; SHOW TABLES lists them", UNKNOWN_TABLE)
        elif database.lower() not in SYSTEM_DATABASES or table.lower() not in SYSTEM_TABLES:
            raise Refused(f"the table {name} is not available here, only those of {self.database}")

    def _column(self, name: str) -> None:
        """A column, or a table after IN: of another database only a column with the name of an open table before it."""
        database, table, *column = name.lower().split(".")
        if database in CLOSED or (database in SYSTEM_DATABASES and not (table in SYSTEM_TABLES and column)):
            raise Refused(f"{name} is not available here, only the tables of {self.database}")


def _no_folders(nodes: list[tuple[Node, tuple[Node, ...]]]) -> None:
    for node, above in nodes:
        if len(above) > 1 and above[-2].kind == "Function" and above[-2].text.lower() in REVEALING_NOTHING:
            continue
        if node.kind in EVERYTHING:
            raise Refused("name the columns of system tables instead of *: some reveal details of the machine")
        if node.kind == "Identifier" and FOLDERS & set(node.text.lower().split(".")):
            raise Refused(f"{node.text} reveals details of the machine")
