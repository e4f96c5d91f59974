"""Lists of ids in statements of the loader."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from connectors.sinks.contract import literal

Columns = Mapping[str, Sequence[Any]]
AT_ONCE = 1_000  # ids in one statement, which a server takes up to 256 kB of


def parts(values: Sequence[str]) -> Iterator[Sequence[str]]:
    """The values, so many at once as fit into one statement."""
    for start in range(0, len(values), AT_ONCE):
        yield values[start : start + AT_ONCE]


def listed(values: Iterable[str]) -> str:
    """Values as literals with commas between."""
    return ", ".join(map(literal, values))
