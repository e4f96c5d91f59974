"""News agencies: the names that credits write for each, and the sites that each publishes on.

`agencies.tsv` is the only table of them. Connectors and streams both read it: two names of one agency would make one
account look like two that confirm each other.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("agencies.tsv")


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency: its name in lower case, the ways in which credits write it, its domains."""

    name: str
    spellings: tuple[str, ...]
    sites: tuple[str, ...]


@cache
def agencies() -> tuple[Agency, ...]:
    """Every agency of the table."""
    rows = (line.split("\t") for line in _FILE.read_text(encoding="utf-8").splitlines()[1:])
    return tuple(Agency(name, tuple(spellings.split("|")), tuple(sites.split("|"))) for name, spellings, sites in rows)


def agency_named(spelling: str) -> str | None:
    """Name of the agency with this spelling, in any case; None when it is not in the table."""
    return _by_spelling().get(_folded(spelling))


def agency_at(domain: str) -> str | None:
    """Name of the agency that a domain belongs to; None for other sites."""
    labels = domain.strip().lower().rstrip(".").split(".")
    return next((found for n in range(len(labels) - 1) if (found := _by_site().get(".".join(labels[n:])))), None)


@cache
def _by_spelling() -> dict[str, str]:
    return {_folded(spelling): agency.name for agency in agencies() for spelling in (agency.name, *agency.spellings)}


@cache
def _by_site() -> dict[str, str]:
    return {site: agency.name for agency in agencies() for site in agency.sites if site}


def _folded(spelling: str) -> str:
    return " ".join(spelling.split()).rstrip(".").casefold()
