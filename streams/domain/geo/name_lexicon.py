"""Word features for finding names: class, lexicon entries, and role as the neighbour of a name.

Tokens partition a text (each carries the space after it), so that offsets are running lengths.
"""

import re
from functools import cache, lru_cache
from pathlib import Path
from string import ascii_lowercase, ascii_uppercase
from typing import NamedTuple

import numpy as np

from streams.domain.geo.gazetteer import NO_ENTRY, fold, gazetteer, word_key

LEXICON = Path(__file__).parents[1] / "models" / "lexicon.npz"
GIVEN, RARE_GIVEN, FAMILY, RARE_FAMILY = 1, 2, 4, 8  # bits of a word in the lexicon
SMALL, NO_PLACE = 16, 64  # SMALL is a two-bit number: 1 mostly capitalised inside sentences, 2 mixed, 3 mostly small
SHOUTED = 0.6  # share of capital letters from which a text counts as written in capitals
OTHER, UPPER, LOWER, HYPHEN, POSSESSIVE, NUMBER, STOP = range(7)
_TOKEN = re.compile(
    r"\w\w+(?:['’‘ʻ`](?!s\b)\w+)*\s*"  # most frequent first
    r"|(?:[WNS]\. ?(?:Va|Dak|Mex)|(?:[A-Z]\.)+[A-Z]\b)\.?\s*"  # W. Va., U.S., N.Y
    r"|['’]s\b\s*|[^\w\s]\s*|\w(?:['’‘ʻ`](?!s\b)\w+)*\s*|\s+"
)
_CAPITALS, _SMALL = ascii_uppercase.encode(), ascii_lowercase.encode()
_WORD = re.compile(r"[^\W\d_]+")
_ELIDED = re.compile(r"[dlDL]['’][^\W\d_a-z]")
_ARTICLES = frozenset("al el ar an as ash ad at az".split())
TITLES = frozenset(
    "mr mrs ms miss dr rev sen sens rep reps gov lt sgt capt col gen maj cpl det officer president senator secretary "
    "minister judge justice chief sheriff detective deputy officer coach professor prof king queen prince princess "
    "pope father sister brother sir lord lady captain colonel general major mayor governor chancellor ambassador "
    "congressman congresswoman representative councilman councilwoman commissioner attorney sgt. trooper pastor "
    "bishop cardinal rabbi imam sheikh ayatollah premier spokesman spokeswoman director chairman".split()
)
TYPES: dict[str, str] = {
    word: kind
    for kind, words in {
        "street": "street st road rd avenue avenues ave drive dr lane ln boulevard blvd highway hwy route parkway pkwy "
        "freeway turnpike way court ct circle trail terrace bypass interstate expressway pike loop streets roads",
        "water": "river rivers creek lake lakes bay pond reservoir sea ocean strait canal harbor harbour falls brook "
        "bayou sound gulf lagoon fork channel estuary wadi",
        "terrain": "mountain mountains mount mt hills hill valley island islands isle peninsula desert forest canyon "
        "ridge park beach wilderness preserve cape coast gorge peak pass plain plateau basin delta cliff woods farm "
        "farms ranch volcano glacier cave refuge",
        "admin": "county counties parish province district region township townships twp prefecture governorate oblast "
        "borough state states republic municipality village town city cities shire territory canton heights",
        "site": "airport stadium square base barracks camp fort bridge dam prison jail hospital station port mall "
        "plaza cemetery center centre field arena complex crossing neighborhood neighbourhood quarter suburb border "
        "tower",
        "body": "university college school schools church department police council commission association institute "
        "company inc corp co ltd bank agency office court authority service services society club foundation union "
        "league party committee board bureau ministry group team times post news herald tribune gazette journal daily "
        "press register guard army navy force forces house senate parliament hotel hospital museum theatre theater "
        "high elementary middle academy federation congress assembly organization organisation center systems",
        "compass": "north south east west northern southern eastern western central northeast northwest southeast "
        "southwest upper lower greater new mid",
    }.items()
    for word in words.split()
}  # fmt: skip


class Token(NamedTuple):
    """One token.

    `kind` is its class, `folded` its form without case and marks, `key` that form's key, `role` the key of what it is
    as a neighbour, `bits` its lexicon bits, `length` without the space after, `name` the gazetteer's name of its own.
    """

    kind: int
    folded: str
    key: int
    role: int
    bits: int
    length: int
    name: int = NO_ENTRY


END = Token(STOP, "", 0, 0, 0, 0)


@cache
def _lexicon() -> tuple[np.ndarray, np.ndarray]:
    with np.load(LEXICON) as data:
        return np.cumsum(data["keys"]), data["bits"]


def _bits(key: int) -> int:
    keys, bits = _lexicon()
    at = int(np.searchsorted(keys, np.uint64(key)))
    return int(bits[at]) if at < len(keys) and int(keys[at]) == key else 0


class _Tokens(dict[str, Token]):
    """Tokens already met, by their text; emptied when it grows too large."""

    most = 100_000

    def __missing__(self, raw: str) -> Token:
        if len(self) >= self.most:
            self.clear()
        made = self[raw] = _token(raw)
        return made


_TOKENS = _Tokens()


def _token(raw: str) -> Token:
    text = raw.rstrip()
    length = len(text)
    if not text:
        return Token(OTHER, "", 0, 0, 0, 0)
    if text in ("'s", "’s", "'S", "’S"):
        return Token(POSSESSIVE, "s", word_key("s"), word_key("'s"), 0, length)
    if not text[0].isalnum():
        kind = HYPHEN if raw == "-" else STOP if text in ".!?" else OTHER
        return Token(kind, text, 0, word_key(text), 0, length)
    folded = fold(text.replace(".", "").replace(" ", ""))
    key = word_key(folded)
    if text[0].isdigit():
        return Token(NUMBER, folded, key, word_key("#"), 0, length)
    uncased = text[0].lower() == text[0].upper()  # scripts without capitals: every word may be a name
    if text[0].isupper() or uncased or (raw == text and folded in _ARTICLES) or _ELIDED.match(text):
        bits = _bits(key)
        return Token(UPPER, folded, key, word_key(_role(folded, bits)), bits, length, gazetteer().find([key])[0])
    return Token(LOWER, folded, key, key, 0, length)


def _role(folded: str, bits: int) -> str:
    if folded in TITLES:
        return "^title"
    if folded in TYPES:
        return "^" + TYPES[folded]
    small = bits // SMALL % 4
    if bits & GIVEN:
        return f"^given{small}"
    if bits & FAMILY:
        return f"^family{small}"
    if bits & (RARE_GIVEN | RARE_FAMILY):
        return f"^rare{small}"
    return f"^{small}"


def tokenise(text: str) -> tuple[list[str], list[Token]]:
    """The pieces of a text, and what each is."""
    raw = _TOKEN.findall(text)
    return raw, list(map(_TOKENS.__getitem__, raw))


def soften(text: str) -> str:
    """A text in capitals with the small letters that its words usually have; of the same length."""
    sample = text[:5000].encode("utf-8", "surrogatepass")
    capitals = len(sample) - len(sample.translate(None, _CAPITALS))
    small = len(sample) - len(sample.translate(None, _SMALL))
    if capitals <= SHOUTED * (capitals + small):
        return text
    return _WORD.sub(lambda m: _usual(m.group()), text)


@lru_cache(maxsize=20_000)
def _usual(word: str) -> str:
    low = word.lower()
    if len(low) != len(word):
        return word
    return low if _bits(word_key(fold(word))) // SMALL % 4 == 3 else low[:1].upper() + low[1:]
