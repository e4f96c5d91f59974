"""Which written forms of a name go into the gazetteer."""

import gettext
import re
import unicodedata
from collections.abc import Iterator

import pycountry

SCRIPTS = {"GREEK", "CYRILLIC", "HEBREW", "ARABIC"}
LANGUAGES = ("ar", "fa", "he", "ru", "uk", "bg", "sr", "el", "fr", "es", "pt", "it", "de", "nl", "tr", "pl", "id")


def plain(text: str) -> str:
    """Text without marks on its letters."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def usable(name: str) -> bool:
    """Whether a name can be met in text with Latin letters: starts with a capital, is no code."""
    bare = plain(name).replace("‘", "").replace("ʻ", "").replace("’", "").replace("'", "").strip()
    if not 3 <= len(bare) <= 60 or not bare[0].isalpha() or any(ord(c) > 0x24F and c.isalpha() for c in bare):
        return False
    if not (bare[0].isupper() or (" " in bare and any(w[0].isupper() for w in bare.split()))):
        return False
    return not (bare.isupper() and len(bare) <= 4)


def foreign(name: str) -> bool:
    """Whether a name is written in a script that separates words: Greek, Cyrillic, Hebrew, Arabic."""
    letters = [c for c in name if c.isalpha()]
    script = {unicodedata.name(c, "").split(" ")[0] for c in letters}
    return len(letters) >= 3 and len(script) == 1 and script <= SCRIPTS and not name[0].islower()


def translated(country: str) -> Iterator[str]:
    """A country's names in other languages."""
    for language in LANGUAGES:
        words = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=[language], fallback=True)
        entry = pycountry.countries.get(alpha_2=country)
        for name in (entry.name, getattr(entry, "common_name", "")) if entry else ():
            said = words.gettext(name) if name else ""
            if said and said != name and "," not in said:
                yield said


def spellings(name: str) -> Iterator[str]:
    """The name as it may be written: saints and mountains in short and in full."""
    yield name
    for long, short in (("Saint ", "St "), ("Sainte ", "Ste "), ("Mount ", "Mt "), ("Fort ", "Ft ")):
        if long in name:
            yield name.replace(long, short)
        if re.search(rf"\b{short.strip()}\.? ", name):
            yield re.sub(rf"\b{short.strip()}\.? ", long, name)
