"""The cookbook: the files of deploy/cookbook, each one SELECT with its question and parameters in the head.

Parameters are written `{name:Type}`, as for ClickHouse's own clients. They are filled in here as literals of their
type, because servers before 20 and the native protocol have no parameters.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from connectors.sinks.contract import literal
from schemas.errors import Stop

FOLDER = Path(__file__).parents[1] / "cookbook"
PARAM = re.compile(r"^-- param (\w+) = (.*?) ?-- (.*)$")
EMPTY = "-- empty on the sample: "
PLACE = re.compile(r"\{(\w+):(\w+)\}")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a question; `default` as it would be typed."""

    name: str
    default: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Recipe:
    """One file. `empty`: why the bundled sample has no answer; '' where it has."""

    name: str
    question: str
    parameters: tuple[Parameter, ...]
    sql: str
    empty: str

    def fill(self, given: Mapping[str, str]) -> str:
        """The statement with parameters filled in. Raises Stop naming one that is unknown or not of its type."""
        known = {p.name: p.default for p in self.parameters}
        if unknown := given.keys() - known.keys():
            names = ", ".join(known) or "none"
            raise Stop(f"{self.name} has no parameter {', '.join(sorted(unknown))}; it has: {names}")
        return fill(self.sql, {**known, **given})


def recipes() -> dict[str, Recipe]:
    """Every question by name."""
    return {path.stem: _read(path) for path in sorted(FOLDER.glob("*.sql"))}


def fill(sql: str, values: Mapping[str, str]) -> str:
    """`sql` with each `{name:Type}` as a literal. Raises Stop when a value is missing or not of its type."""

    def put(found: re.Match[str]) -> str:
        name, kind = found.groups()
        if name not in values:
            raise Stop(f"the statement has a parameter {name}; give it with --param {name}=...")
        return _literal(name, kind, values[name])

    return PLACE.sub(put, sql)


def given(pairs: list[str]) -> dict[str, str]:
    """`name=value` of the command line. Raises Stop when one has no equals sign."""
    if bad := [pair for pair in pairs if "=" not in pair]:
        raise Stop(f"--param takes name=value, not {bad[0]}")
    return dict(pair.split("=", 1) for pair in pairs)


def _read(path: Path) -> Recipe:
    lines = path.read_text(encoding="utf-8").splitlines()
    head = [line for line in lines if line.startswith("--")]
    body = "\n".join(line for line in lines if not line.startswith("--"))
    parameters = tuple(Parameter(*found.groups()) for line in head if (found := PARAM.match(line)))
    empty = next((line.removeprefix(EMPTY) for line in head if line.startswith(EMPTY)), "")
    return Recipe(path.stem, head[0].removeprefix("-- "), parameters, body, empty)


def _literal(name: str, kind: str, value: str) -> str:
    try:
        if kind == "String":
            return literal(value)
        if kind == "Date":
            return f"toDate('{date.fromisoformat(value):%Y-%m-%d}')"
        if kind == "Float64":
            return repr(float(value))
        if kind.startswith(("UInt", "Int")):
            return str(int(value))
    except ValueError as error:
        raise Stop(f"--param {name} must be a {kind}, not {value!r}") from error
    raise Stop(f"parameters of type {kind} are not supported here; use String, Date, Float64 or an integer")
