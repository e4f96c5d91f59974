"""The gazetteer: names to places, places to points, countries and areas; read once from one small file.

Names are kept as 48-bit keys (a false match is met once in hundreds of millions of look-ups) so that the file stays
small and loads in a moment; `streams/train/gazetteer.py` compiles it and names its sources.
"""

import re
import unicodedata
from bisect import bisect_left
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

PATH = Path(__file__).parents[1] / "models" / "gazetteer.npz"
KINDS = (
    "country", "admin1", "admin2", "city", "locality", "facility", "region", "water", "terrain", "people", "capital",
)  # fmt: skip
NO_ENTRY = -1
_MASK = (1 << 48) - 1
_FACTOR = 0x5851F42D4C957F2D
_TOKEN = re.compile(r"[^\W_]+(?:['’‘ʻʼ`´][^\W_]+)*")
_DOTTED = re.compile(r"\b(?:[^\W\d_]\.){2,}")
_MARKS = str.maketrans("", "", "'’‘ʻʼ`´")
_SPECIAL = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"})
_SUBREGIONS = {
    "015": "northern-africa", "014": "eastern-africa", "017": "middle-africa", "018": "southern-africa",
    "011": "western-africa", "029": "caribbean", "013": "central-america", "005": "south-america",
    "021": "northern-america", "143": "central-asia", "030": "eastern-asia", "035": "south-eastern-asia",
    "034": "southern-asia", "145": "western-asia", "151": "eastern-europe", "154": "northern-europe",
    "039": "southern-europe", "155": "western-europe", "053": "australia-and-new-zealand", "054": "melanesia",
    "057": "micronesia", "061": "polynesia",
}  # fmt: skip


def fold(word: str) -> str:
    """A word in lower case without marks and apostrophes: `Côte` and `COTE` are one."""
    low = word.lower()
    if low.isascii():
        return low.replace("'", "").replace("`", "")
    low = unicodedata.normalize("NFKD", low.translate(_MARKS).translate(_SPECIAL))
    return "".join(c for c in low if not unicodedata.combining(c))


def name_tokens(name: str) -> list[str]:
    """Folded words of a name: `St. Mary's` gives st, mary, s; `D.C.` gives dc."""
    name = _DOTTED.sub(lambda m: m.group().replace(".", "") + " ", name)
    out: list[str] = []
    for m in _TOKEN.finditer(name):
        word = m.group()
        if len(word) > 2 and word[-1] in "sS" and word[-2] in "'’":
            out += (fold(word[:-2]), "s")
        else:
            out.append(fold(word))
    return [w for w in out if w]


def word_key(word: str) -> int:
    """48-bit key of one folded word."""
    return int.from_bytes(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=6).digest(), "little")


def join_key(key: int, word: int) -> int:
    """Key of a name that goes on with one more word, from the key of what precedes (0 at the start)."""
    return (key * _FACTOR + word) & _MASK


def name_key(name: str) -> int:
    """Key of a whole name."""
    key = 0
    for word in name_tokens(name):
        key = join_key(key, word_key(word))
    return key


class Gazetteer:
    """Columns of places, and look-up of names. Places are numbered from 0; `NO_ENTRY` means none.

    `lat`, `lon` are in thousandths of a degree, `population` is ten times its decimal logarithm, `kind` an index
    into KINDS, `country` an index into `codes` (0: none), `area` the number of a first-level area (0: none) with
    `area_place` its place, `admin2` the place of a second-level area.
    """

    def __init__(self, path: Path = PATH) -> None:
        with np.load(path) as data:
            columns: dict[str, Any] = {name: data[name] for name in data.files}
        keys: Any = np.cumsum(columns["keys"])
        self._names = memoryview(keys)
        bounds = np.arange((1 << 16) + 1, dtype=np.uint64) << np.uint64(32)
        starts: Any = np.searchsorted(keys, bounds)
        self._starts = memoryview(starts)  # of the names whose keys begin with the same 16 bits
        ends: Any = np.insert(np.cumsum(columns["counts"], dtype=np.int64), 0, 0)
        self.offsets = memoryview(ends)
        self.places = memoryview(columns["places"])
        self.lat = memoryview(columns["lat"])
        self.lon = memoryview(columns["lon"])
        self.kind = memoryview(columns["kind"])
        self.population = memoryview(columns["population"])
        self.country = memoryview(columns["country"])
        self.area = memoryview(columns["area"])
        self.area_place = memoryview(columns["area_place"])
        self.admin2 = memoryview(columns["admin2"])
        self.codes = _lines(columns["country_codes"])
        self._scheme, self._ident = memoryview(columns["scheme"]), memoryview(columns["ident"])
        self._schemes = _lines(columns["schemes"])
        self._slugs = dict(zip(columns["slug_at"].tolist(), _lines(columns["slugs"]), strict=True))
        self._area_labels = _lines(columns["area_labels"])
        self.subregion = {
            code: _SUBREGIONS[m49]
            for code, m49 in zip(self.codes, _lines(columns["subregions"]), strict=True)
            if m49 in _SUBREGIONS
        }

    def columns(self) -> tuple[memoryview, memoryview, memoryview]:
        """Numbers, kinds and schemes of identifiers of all places, in their order."""
        return self._ident, self.kind, self._scheme

    def scheme_number(self, scheme: str) -> int:
        """Number of a scheme of identifiers in `columns`."""
        return self._schemes.index(scheme)

    def admin1(self, place: int) -> int:
        """Place of the first-level area that the place lies in or is."""
        return self.area_place[self.area[place]]

    def find(self, keys: list[int]) -> list[int]:
        """For each key the number of its name, or `NO_ENTRY`."""
        names, starts = self._names, self._starts
        out: list[int] = []
        for key in keys:
            end = starts[(key >> 32) + 1]
            at = bisect_left(names, key, starts[key >> 32], end)
            out.append(at if at < end and names[at] == key else NO_ENTRY)
        return out

    def named(self, name: int) -> list[tuple[int, bool]]:
        """Places of a name, most prominent first, each with whether this is its usual name."""
        return [(p >> 1, bool(p & 1)) for p in self.places[self.offsets[name] : self.offsets[name + 1]]]

    def code(self, place: int) -> str | None:
        """ISO 3166-1 alpha-2 code of the place's country; null for seas and wide regions."""
        return self.codes[self.country[place]] or None

    def area_name(self, place: int) -> str | None:
        """English name of the place's first-level area."""
        return self._area_labels[self.area[place]] or None

    def identifier(self, place: int) -> str:
        """`geonames:<id>`, `zip:<code>`, `icao:<code>` or `tocsin:<slug>`."""
        return f"{self._schemes[self._scheme[place]]}:{self._slugs.get(place, self._ident[place])}"


def _lines(column: np.ndarray[tuple[int], np.dtype[np.uint8]]) -> list[str]:
    return column.tobytes().decode().split("\n")


@cache
def gazetteer() -> Gazetteer:
    """The one gazetteer of this process, read at first use."""
    return Gazetteer()
