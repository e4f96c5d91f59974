"""Rules of alerts as people write them: tables `[[rules]]` of `tocsin.toml`, JSON of a form or a file.

The fields are those of the record AlertRule (schemas/news.rule.v1); all but the name may be left out.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError

from schemas import records
from schemas.codec import Codec, CodecError
from schemas.records import AlertRule
from streams.domain.alerting.rules import EPOCH, RuleError, check

_SHAPE = TypeAdapter(AlertRule)
_INNER = {
    "circle": records.Circle, "polygon": records.Corner, "figures": records.FigureCondition,
    "schedule": records.Schedule, "growth": records.Growth, "silence": records.Silence,
}  # fmt: skip


def read_rule(plain: Any, *, author: str = "", at: datetime = EPOCH) -> AlertRule:
    """The rule that these values write. Raises RuleError naming the field at fault."""
    if not isinstance(plain, Mapping):
        raise RuleError("a rule is a table of fields, with a name at least")
    _check_names("", plain, AlertRule)
    for name, cls in _INNER.items():
        inner = plain.get(name) or ()
        for value in (inner,) if isinstance(inner, Mapping) else inner:
            if isinstance(value, Mapping):
                _check_names(f"{name}.", value, cls)
    try:
        of_no_incident = (
            {"roles": ()} if plain.get("silence") is not None else {}
        )  # so that older versions raise nothing by it
        rule = _SHAPE.validate_python({**plain, **of_no_incident, "author": author, "at": at})
        Codec().encode(rule)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise RuleError(f"this is not a valid rule: {faults}") from None
    except CodecError as error:
        raise RuleError(str(error)) from None
    check(rule)
    return rule


def _check_names(prefix: str, given: Mapping[str, Any], cls: Any) -> None:
    known = cls.__dataclass_fields__
    if unknown := sorted(str(name) for name in given if name not in known):
        raise RuleError(f"no field {', '.join(prefix + n for n in unknown)}; there are {', '.join(known)}")


def read_rules(value: Any) -> tuple[AlertRule, ...]:
    """The rules of the configuration. Raises RuleError when one cannot be used or two have one name."""
    rules = tuple(read_rule(plain) for plain in value)
    if len({rule.name for rule in rules}) < len(rules):
        raise RuleError("two rules have the same name")
    return rules
