"""The limits of one query, and the settings that a client may send: accepted when stricter, else refused by name."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from zoneinfo import available_timezones

from connectors.sinks.contract import literal
from connectors.sinks.statements import LOOSER, Refused

# Parameters of a client's URL, not of the engine: there are no sessions here, and answers are always whole.
WITHOUT_EFFECT = frozenset(
    {"query", "database", "default_format", "user", "password", "quota_key", "query_id", "stacktrace", "buffer_size"}
    | {"session_id", "session_timeout", "session_check", "wait_end_of_query", "enable_http_compression"}
    | {"client_protocol_version", "send_progress_in_http_headers", "http_headers_progress_interval_ms"}
    | {"cancel_http_readonly_queries_on_client_close", "http_zlib_compression_level", "log_comment", "log_queries"}
)
FORMATTING = re.compile(
    r"output_format_(?!schema$)\w+|format_(csv_delimiter|csv_null_representation|tsv_null_representation)"
    r"|bool_(true|false)_representation|date_time_output_format"
)
Check = Callable[[str], bool]


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _at_most(most: float) -> Check:
    return lambda text: (number := _number(text)) is not None and 0 < number <= most


def _one_of(*words: str) -> Check:
    return lambda text: text in words


@dataclass(frozen=True, slots=True)
class QueryLimits:
    """The limits of one query."""

    rows: int = 2**20
    answer_bytes: int = 256 * 2**20
    seconds: int = 30
    memory_bytes: int = 2 * 2**30
    threads: int = 4
    at_once: int = 4

    def settings(self) -> dict[str, str]:
        """These limits as the engine's settings."""
        return {
            "max_result_rows": str(self.rows),
            "max_result_bytes": str(self.answer_bytes),
            "result_overflow_mode": "throw",
            "max_execution_time": str(self.seconds),
            "max_memory_usage": str(self.memory_bytes),
            "max_threads": str(self.threads),
        }


def limiting_statement(limits: QueryLimits, sent: Mapping[str, str]) -> str:
    """The SET statement of these limits with a client's stricter settings, `readonly` last as it locks the others.

    Raises Refused with the name of a setting that is looser, unknown or malformed.
    """
    checks: dict[str, Check] = {
        "max_result_rows": _at_most(limits.rows),
        "max_result_bytes": _at_most(limits.answer_bytes),
        "max_execution_time": _at_most(limits.seconds),
        "max_memory_usage": _at_most(limits.memory_bytes),
        "max_threads": _at_most(limits.threads),
        **dict.fromkeys(("max_rows_to_read", "max_bytes_to_read", "max_block_size"), _at_most(2**63)),
        "result_overflow_mode": _one_of("throw", "break"),
        "session_timezone": lambda zone: zone in available_timezones(),
        **dict.fromkeys(("extremes", "join_use_nulls", "final", "prefer_column_name_to_alias"), _one_of("0", "1")),
        "readonly": _one_of("1"),
        "async_insert": _one_of("0"),  # JDBC's driver sends it with every query
    }
    settings = limits.settings()
    for name, value in sent.items():
        check = checks.get(name, bool if FORMATTING.fullmatch(name) else None)
        if check is None:
            raise Refused(f"the setting {name} is not accepted here; the limits stand, and these may be stricter: "
                          f"{', '.join(sorted(checks))}, output_format_...")  # fmt: skip
        if not check(value):
            bound = settings.get(name)
            raise Refused(f"the setting {name} = {value} is looser than the limit"
                          f"{f' {bound}' if bound else ''}, or not a value of it", LOOSER)  # fmt: skip
        settings[name] = value
    settings |= {"readonly": "1"}
    return "SET " + ", ".join(f"{name} = {literal(value)}" for name, value in settings.items())
