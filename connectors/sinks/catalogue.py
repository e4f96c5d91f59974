"""What readers of the embedded engine may use; everything that is not listed here is refused.

Functions are allowed by the categories of the engine's own catalogue, so that a new function of another category
stays refused.
"""

from collections.abc import Callable
from dataclasses import dataclass

from connectors.sinks.contract import literal

Rows = Callable[[str], list[tuple[str, ...]]]

# Categories of functions that compute from their arguments alone.
COMPUTING = frozenset(
    {
        "Arithmetic", "Arrays", "Bit", "Bitmap", "Comparison", "Conditional", "Dates and Times", "Distance", "Encoding",
        "Encryption", "Financial", "Geo", "Geo Polygon", "H3 Index", "S2 Index", "Hash", "IP Address", "JSON",
        "Logical", "Map", "Mathematical", "Null", "Random Number", "Rounding", "String", "String Replacement",
        "String Search", "String Splitting", "Time Window", "Tuple", "Type Conversion", "URL", "UUID", "ULID",
        "Aggregate Functions",
    }
)  # fmt: skip
# Of the categories "Other" and "Internal", which also hold functions that reveal hosts, settings, models and tables.
ALSO_COMPUTING = frozenset(
    {
        "_CAST", "bar", "byteSize", "caseWithExpression", "countDigits", "currentDatabase", "currentSchemas",
        "currentUser", "defaultValueOfTypeName", "errorCodeToName", "finalizeAggregation", "formatReadableDecimalSize",
        "formatReadableSize", "getSetting", "getSettingOrDefault", "getSubcolumn", "globalVariable", "identity",
        "ignore", "initializeAggregation", "isConstant", "isDecimalOverflow", "lowCardinalityIndices",
        "lowCardinalityKeys", "MACNumToString", "MACStringToNum", "MACStringToOUI", "materialize", "neighbor",
        "parseReadableSize", "parseReadableSizeOrNull", "parseReadableSizeOrZero", "parseTimeDelta", "queryID",
        "rowNumberInAllBlocks", "rowNumberInBlock", "runningAccumulate", "runningDifference", "throwIf",
        "toColumnTypeName", "toTypeName", "transform", "variantElement", "variantType", "version", "visibleWidth",
    }
)  # fmt: skip
# Forms of the parser that it writes as functions, which the catalogue does not have.
FORMS = frozenset({"lambda", "exists", "grouping"})
TABLE_FUNCTIONS = frozenset(
    {"numbers", "numbers_mt", "zeros", "zeros_mt", "primes", "values", "sqlstandardvalues", "null", "view"}
    | {"generateseries", "generate_series"}
)
SYSTEM_DATABASES = frozenset({"system", "information_schema"})
# Tables of `system` that clients read as they connect, and that describe the engine, not the machine.
SYSTEM_TABLES = frozenset(
    {
        "aggregate_function_combinators", "collations", "columns", "contributors", "data_skipping_indices",
        "data_type_families", "databases", "formats", "functions", "keywords", "licenses", "numbers", "numbers_mt",
        "one", "primes", "settings", "table_engines", "table_functions", "tables", "time_zones", "zeros", "zeros_mt",
    }
    | {"schemata", "views", "key_column_usage", "referential_constraints", "statistics"}  # of information_schema
)  # fmt: skip
# Tables with columns that show folders of the machine, and these columns; `*` would return them.
WITH_FOLDERS = frozenset({"system.tables", "system.databases"})
FOLDERS = frozenset({"data_path", "data_paths", "metadata_path"})


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The harmless functions, types and tables of one engine; names of functions and types in lower case."""

    functions: frozenset[str]
    aggregates: frozenset[str]
    combinators: tuple[str, ...]
    types: frozenset[str]
    formats: frozenset[str]

    def computes(self, function: str) -> bool:
        """Whether a function, or an aggregate with its combinators such as sumIf, computes and does nothing else."""
        name = function.lower()
        if name in self.functions:
            return True
        return name in self.aggregates or any(
            name.endswith(end) and self._aggregates(name.removesuffix(end)) for end in self.combinators
        )

    def _aggregates(self, name: str) -> bool:
        return name in self.aggregates or any(
            name.endswith(end) and self._aggregates(name.removesuffix(end)) for end in self.combinators
        )


def read_catalogue(rows: Rows) -> Catalogue:
    """The catalogue of the engine that answers `rows`."""
    known = rows(
        "SELECT name, alias_to, toString(is_aggregate), ifNull(toString(categories), '') FROM system.functions"
    )
    category = {name: categories.split(", ") for name, _, _, categories in known}
    allowed, refused, aggregates = set(FORMS), set(), set()
    for name, alias_to, is_aggregate, _ in known:
        meant = alias_to or name
        if is_aggregate == "1":
            aggregates.add(name.lower())
        elif meant in ALSO_COMPUTING or (set(category.get(meant, ())) <= COMPUTING and category.get(meant)):
            allowed.add(name.lower())
        else:
            refused.add(name.lower())
    return Catalogue(
        frozenset(allowed - refused),
        frozenset(aggregates - refused),
        tuple(name.lower() for (name,) in rows("SELECT name FROM system.aggregate_function_combinators")),
        frozenset(name.lower() for (name,) in rows("SELECT name FROM system.data_type_families")),
        frozenset(name for (name,) in rows("SELECT name FROM system.formats WHERE is_output")),
    )


def tables_of(rows: Rows, database: str) -> frozenset[str]:
    """Names of our own tables and views."""
    return frozenset(
        name
        for (name,) in rows(f"SELECT name FROM system.tables WHERE database = {literal(database)}")  # noqa: S608 - quoted
    )
