"""Full-text search over ClickHouse: the statement that finds incidents by words, country, type, figures and time.

Words are matched as the console matches them, without marks and at the beginning of a word, but over more: summary,
actors and the words of every figure, or one report with its headline. A country named in the words is met by its code.
Where a server has the columns `words` and their index (schemas/clickhouse/0017_words.sql), they are read in place of
the texts.
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


def finding(sought: Sought, newest: datetime, now: datetime, *, has_words: bool) -> str:
    """The statement. Its rows: incident_id, and 1 where title, type and place alone match. The newest come first."""
    code, name = named_in(sought.words) or ("", "")
    words = [w for w in f" {folded(sought.words)} ".replace(f" {name} ", " ").split() if w not in SMALL]
    whole = "words" if has_words else _text(WHOLE)
    inner = (
        f"SELECT incident_id, country, last_changed, {_text(PLAIN)} AS plain, {whole} AS whole "  # noqa: S608 - literals are escaped
        f"FROM incident FINAL WHERE {' AND '.join(_filters(sought, newest, now))}"
    )

    def named(text: str) -> str:
        return f"(country = {literal(code)} OR {_all(name.split(), text)})" if name else "1"

    return (
        f"SELECT incident_id, {named('plain')} AND {_all(words, 'plain')} AS plainly FROM ({inner}) "  # noqa: S608 - literals are escaped
        f"WHERE {named('whole')} AND {_told(words, has_words=has_words)} "
        f"ORDER BY last_changed DESC, incident_id LIMIT {MOST}"
    )


def _told(words: list[str], *, has_words: bool) -> str:
    """That an incident itself, or one of its reports, has all words."""
    if not has_words:
        reports = f"SELECT incident_id FROM incident_mention WHERE superseded = 0 AND {_all(words, _text(REPORT))}"  # noqa: S608 - literals are escaped
        return f"({_all(words, 'whole')} OR incident_id IN ({reports}))"
    if not words:
        return "1"
    # Two conditions side by side, as none of two joined by OR would be looked up in its index.
    liked = " AND ".join(f"words LIKE {literal(like)}" for word in words for like in _likes(word))
    return (
        f"incident_id IN (SELECT incident_id FROM incident FINAL WHERE {liked} UNION ALL "  # noqa: S608 - literals are escaped
        f"SELECT incident_id FROM account FINAL WHERE here = 1 AND superseded = 0 AND {liked})"
    )


def _likes(word: str) -> tuple[str, ...]:
    """What the column of words is like: the index looks up parts of words alone, so that comes first."""
    return (f"%{word}%",) if WITHOUT_SPACES.search(word) else (f"%{_bare(word)}%", f"% {_bare(word)}%")


def folded(text: str) -> str:
    """Lower case without marks, words apart. What is a letter of its own, as in Japanese and Korean, stays."""
    apart = unicodedata.normalize("NFD", text)
    bare = "".join(c for c in apart if c >= "\u3000" or not unicodedata.category(c).startswith("M"))
    whole = unicodedata.normalize("NFC", bare).lower().replace("ς", "σ")
    return " ".join("".join(c if c.isalnum() else " " for c in whole).split())


def _text(columns: tuple[str, ...]) -> str:
    return "concat(" + ", ' ', ".join(columns) + ")"


def _all(words: list[str], text: str) -> str:
    return "(" + (" AND ".join(f"match({text}, {literal(_pattern(word))})" for word in words) or "1") + ")"


def _pattern(word: str) -> str:
    """At a word's beginning, with or without its plural s; anywhere in scripts that set no spaces.

    Letters match with any marks and in any case: not every engine can take marks off a text or fold it.
    """
    if WITHOUT_SPACES.search(word):
        return "(?i)" + "".join(rf"{letter}\p{{M}}*" for letter in word)
    letters = (f"[{letter}{_marked()[letter]}]" if letter in _marked() else letter for letter in _bare(word))
    return r"(?i)(^|[^\p{L}\p{N}\p{M}])" + "".join(rf"{letter}\p{{M}}*" for letter in letters)


def _bare(word: str) -> str:
    """Without its plural s."""
    return word[:-1] if word.endswith("s") and len(word) > 3 else word


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
