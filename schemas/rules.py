"""The rules that a contract states beyond its types: `values`, `pattern`, `minimum` and `maximum` of a field."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Plain = dict[str, Any]


@dataclass(slots=True)
class FieldRule:
    """The rules of one field of a record, and those of the record inside it."""

    name: str
    holds: Callable[[Any], bool] | None
    rule: str
    inner: list["FieldRule"]


def compile_rules(schema: dict[str, Any]) -> list[FieldRule]:
    """The rules of a parsed record schema; fields without any are left out."""
    return _of_record(schema, {})


def broken_rules(plain: Plain, rules: list[FieldRule], path: str = "") -> Iterator[str]:
    """One line for each value that breaks its rule."""
    for r in rules:
        value = plain[r.name]
        if value is None:
            continue
        if r.holds and not r.holds(value):
            yield f"{path}{r.name} = {value!r:.80} breaks its rule: {r.rule}"
        if r.inner:
            for item in value if isinstance(value, list) else (value,):
                yield from broken_rules(item, r.inner, f"{path}{r.name}.")


def _of_record(schema: dict[str, Any], seen: dict[str, list[FieldRule]]) -> list[FieldRule]:
    rules = seen[f"{schema['namespace']}.{schema['name']}"] = []
    for f in schema["fields"]:
        holds, rule = _of_field(f)
        inner = _inside(f["type"], seen)
        if holds or inner:
            rules.append(FieldRule(f["name"], holds, rule, inner))
    return rules


def _inside(node: Any, seen: dict[str, list[FieldRule]]) -> list[FieldRule]:
    if isinstance(node, list):
        return next((found for b in node if (found := _inside(b, seen))), [])
    if isinstance(node, str):
        return seen.get(node, [])
    if node.get("type") == "record":
        return _of_record(node, seen)
    return _inside(node["items"], seen) if node.get("type") == "array" else []


def _of_field(f: dict[str, Any]) -> tuple[Callable[[Any], bool] | None, str]:
    if "values" in f:
        allowed = frozenset(f["values"])
        return allowed.__contains__, f"one of {', '.join(f['values'])}"
    if "pattern" in f:
        match = re.compile(f["pattern"]).fullmatch  # `$` alone would let a line break pass
        return (lambda v: match(v) is not None), f["pattern"]
    if "minimum" in f or "maximum" in f:
        low, high = f.get("minimum", float("-inf")), f.get("maximum", float("inf"))
        return (lambda v: low <= v <= high), f"{low} to {high}"
    return None, ""
