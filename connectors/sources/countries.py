"""Countries as feeds write them, as ISO 3166-1 alpha-2: their other codes and names.

`countries.tsv` holds them (codes by GeoNames, CC BY 4.0; names in use beside it). FIPS 10-4 is what GDELT writes; many
of its codes are other countries' in ISO 3166, so a code is read only as what the feed says it is.
"""

import unicodedata
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("countries.tsv")


def from_alpha3(code: str) -> str | None:
    """Country of an ISO 3166-1 alpha-3 code; None when there is none."""
    return _table()["alpha3"].get(code.strip().upper())


def from_number(code: str) -> str | None:
    """Country of an ISO 3166-1 numeric code, with or without its leading zeros; None when there is none."""
    return _table()["numeric"].get(code.strip().zfill(3))


def from_fips(code: str) -> str | None:
    """Country of a FIPS 10-4 code, of two letters; None when there is none."""
    return _table()["fips"].get(code.strip().upper())


def from_name(name: str) -> str | None:
    """Country of an English name or an alpha-2 or alpha-3 code, whatever their case and accents; None when unknown."""
    return _table()["names"].get(_folded(name)) or from_alpha3(name)


def named_in(words: str) -> tuple[str, str] | None:
    """The country that words name, the longest name first: its code and the name folded. None when they name none."""
    padded = f" {_folded(words)} "
    named = [(n, code) for n, code in _table()["names"].items() if f" {n} " in padded and n != code.lower()]
    name, code = max(named, key=lambda found: len(found[0]), default=("", ""))
    return (code, name) if name else None


@cache
def _table() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {"alpha3": {}, "numeric": {}, "fips": {}, "names": {}}
    for line in _FILE.read_text(encoding="utf-8").splitlines()[1:]:
        alpha2, alpha3, numeric, fips, names = line.split("\t")
        found["alpha3"][alpha3] = alpha2
        found["names"][_folded(alpha2)] = alpha2
        found["names"].update((_folded(name), alpha2) for name in names.split("|"))
        found["fips"].update((code, alpha2) for code in fips.split("|") if code)
        if numeric:
            found["numeric"][numeric] = alpha2
    return found


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold())
    return " ".join("".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c)).split())
