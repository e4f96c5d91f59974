"""The word lists of this room, read from `words/`: maintained by hand, one file for each reader."""

import json
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).with_name("words")


@cache
def wordlist(name: str) -> dict[str, Any]:
    """The lists of one file. FileNotFoundError names it when there is none."""
    lists: dict[str, Any] = json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return lists
