"""Full-text search over ClickHouse: the statement that finds incidents by words, country, type, figures and time.

Words are matched as the console matches them, without marks and at the beginning of a word, but over more: summary,
actors and the words of every figure, or one report with its headline. A country named in the words is met by its code.
"""

import re
import unicodedata
from datetime import datetime, timedelta
from functools import cache

from connectors.sinks.contract import literal
from connectors.sources.countries import named_in
from streams.console.archive import Sought

MOST = 10_000  # incidents counted
SMALL = frozenset(("in", "at", "the", "of", "and", "near", "from", "a", "an", "on"))
NEWS = ("main", "follow-up")
OLD = timedelta(days=2)  # hours count back from the newest report where that is older, as in a replay
WITHOUT_SPACES = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
PLAIN = ("title", "family", "subtype", "place_name", "admin1")
WHOLE = (*PLAIN, *(f"arrayStringConcat({texts}, ' ')" for texts in ("summary", "actor_name", "claim_text")))
REPORT = ("title", "family", "subtype", "passage")


def finding(sought: Sought, newest: datetime, now: datetime) -> str:
    """The statement. Its rows: incident_id, and 1 where title, type and place alone match. The newest come first."""
    code, name = named_in(sought.words) or ("", "")
    words = [w for w in f" {folded(sought.words)} ".replace(f" {name} ", " ").split() if w not in SMALL]
    reports = f"SELECT incident_id FROM incident_mention WHERE superseded = 0 AND {_all(words, _text(REPORT))}"  # noqa: S608 - literals are escaped
    inner = (
        f"SELECT incident_id, country, last_changed, {_text(PLAIN)} AS plain, {_text(WHOLE)} AS whole "  # noqa: S608 - literals are escaped
        f"FROM incident FINAL WHERE {' AND '.join(_filters(sought, newest, now))}"
    )

    def named(text: str) -> str:
        return f"(country = {literal(code)} OR {_all(name.split(), text)})" if name else "1"

    return (
        f"SELECT incident_id, {named('plain')} AND {_all(words, 'plain')} AS plainly FROM ({inner}) "  # noqa: S608 - literals are escaped
        f"WHERE {named('whole')} AND ({_all(words, 'whole')} OR incident_id IN ({reports})) "
        f"ORDER BY last_changed DESC, incident_id LIMIT {MOST}"
    )


def folded(text: str) -> str:
    """Lower case without marks, words apart."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.category(c).startswith("M"))
    return " ".join("".join(c if c.isalnum() else " " for c in bare.lower()).split())


def _text(columns: tuple[str, ...]) -> str:
    return "concat(" + ", ' ', ".join(columns) + ")"


def _all(words: list[str], text: str) -> str:
    return "(" + (" AND ".join(f"match({text}, {literal(_pattern(word))})" for word in words) or "1") + ")"


def _pattern(word: str) -> str:
    """At a word's beginning, with or without its plural s; anywhere in scripts that set no spaces.

    Letters match with any marks and in any case: not every engine can take marks off a text or fold it.
    """
    if WITHOUT_SPACES.search(word):
        return f"(?i){word}"
    bare = word[:-1] if word.endswith("s") and len(word) > 3 else word
    letters = (f"[{letter}{_marked()[letter]}]" if letter in _marked() else letter for letter in bare)
    return r"(?i)(^|[^\p{L}\p{N}\p{M}])" + "".join(rf"{letter}\p{{M}}*" for letter in letters)


@cache
def _marked() -> dict[str, str]:
    """The letters with marks, lower case, by the letter that they are without."""
    found: dict[str, str] = {}
    for letter in map(chr, range(0x80, 0x2000)):
        bare = folded(letter)
        if len(bare) == 1 and bare != letter == letter.lower() and letter.isalpha():
            found[bare] = found.get(bare, "") + letter
    return found


def _filters(sought: Sought, newest: datetime, now: datetime) -> list[str]:
    family, _, subtype = sought.kind.partition("/")
    asked = ["merged_into = ''", f"severity >= {sought.severity:d}"]
    if not sought.stories:
        asked.append(f"role IN ({', '.join(map(literal, NEWS))})")
    if sought.still_open:
        asked.append("status != 'closed'")
    if sought.country:
        asked.append(f"country = {literal(sought.country)}")
    if family:
        asked.append(f"family = {literal(family)}")
    if subtype:
        asked.append(f"subtype = {literal(subtype)}")
    if sought.hours:
        since = (newest if now - newest > OLD else now) - timedelta(hours=sought.hours)
        asked.append(f"last_changed >= toDateTime({max(0, int(since.timestamp()))}, 'UTC')")
    if sought.least:
        kind = f"kind = {literal(sought.what)} AND " if sought.what else ""
        number = "ifNull(best, ifNull(low, ifNull(high, 0)))"
        figures = "figure_what, figure_best, figure_low, figure_high"
        asked.append(f"arrayExists((kind, best, low, high) -> {kind}{number} >= {sought.least:d}, {figures})")
    return asked
