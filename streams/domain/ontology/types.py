"""The two-level ontology of incident types: reads `ontology.json`, the only place where types are defined.

Every type has a definition, a base severity (0 none .. 5 extreme), whether a report of it is an incident,
crosswalks to ACLED, CASE 2021, PLOVER, CAMEO and CAP, and seed words (`*` at the end: any ending).
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("ontology.json")


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """A type's names in other people's code books; null where they have none."""

    acled: str | None  # ACLED sub-event type
    case2021: str | None  # label of the CASE 2021 event classification task
    plover: str | None  # PLOVER event type
    cameo: str | None  # CAMEO event code, two to four digits
    cap: str  # category of the Common Alerting Protocol 1.2


@dataclass(frozen=True, slots=True)
class Type:
    """One type of the second level."""

    family: str
    subtype: str
    definition: str
    severity: int
    incident: bool
    crosswalk: Crosswalk
    seeds: tuple[str, ...]

    @property
    def name(self) -> str:
        """Both levels: `explosions/air-drone-strike`."""
        return f"{self.family}/{self.subtype}"


@dataclass(frozen=True, slots=True)
class Ontology:
    """All types in the file's order, and lookups."""

    types: tuple[Type, ...]
    by_name: dict[str, Type]
    families: dict[str, str]  # name to definition

    def get(self, family: str, subtype: str) -> Type:
        """The type; KeyError names the known ones when there is no such type."""
        try:
            return self.by_name[f"{family}/{subtype}"]
        except KeyError:
            known = sorted(t.subtype for t in self.types if t.family == family) or sorted(self.families)
            names = ", ".join(known)
            raise KeyError(f"no type {family}/{subtype} in ontology.json; known there: {names}") from None


@functools.cache
def ontology() -> Ontology:
    """The ontology of this release, read once."""
    raw: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    types = tuple(
        Type(
            family=family,
            subtype=subtype,
            definition=entry["definition"],
            severity=entry["severity"],
            incident=entry["incident"],
            crosswalk=Crosswalk(**entry["crosswalk"]),
            seeds=tuple(entry["seeds"]),
        )
        for family, level in raw["families"].items()
        for subtype, entry in level["subtypes"].items()
    )
    definitions = {family: level["definition"] for family, level in raw["families"].items()}
    return Ontology(types, {t.name: t for t in types}, definitions)
