"""Generated news, made by ClickHouse itself: skewed as news is, the same rows for the same numbers.

Of `articles`, two in five are copies. An original has five mentions on average, a mention 2.3 claims, an incident ten
mentions: but sizes of incidents, publishers, countries, languages and families follow power laws, so that one incident
in a thousand has hundreds. Rows come in the order of time, three years long, as a loader brings them.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from connectors.sinks.contract import Store
from tests.benchmarks.analysts.accounts import MADE, accounts_beside

DAYS = 3 * 365
START = 1_672_531_200  # 2023-01-01
CHUNK = 500_000
FAMILIES = (
    "conflict", "explosions", "accidents", "crime", "disasters", "protests", "health", "weather", "fires", "politics",
    "terrorism", "displacement", "environment", "infrastructure", "transport", "maritime", "aviation", "industry",
)  # fmt: skip
KINDS = ("killed", "injured", "missing", "displaced", "detained", "hostages")
SAYS = ("official", "publisher", "party", "witness", "agency", "unknown")
LANGS = ("en", "es", "ar", "fr", "ru", "zh", "pt", "de", "uk", "tr", "fa", "he", "hi", "id", "it", "ja", "ko", "pl")


@dataclass(frozen=True, slots=True)
class Size:
    """How much news; the other numbers follow from the articles."""

    articles: int

    @property
    def originals(self) -> int:
        """Articles that are no copies."""
        return self.articles * 3 // 5

    @property
    def mentions(self) -> int:
        """Five for each original."""
        return self.originals * 5

    @property
    def incidents(self) -> int:
        """One for ten mentions."""
        return self.mentions // 10


def _array(words: tuple[str, ...]) -> str:
    return "[" + ", ".join(f"'{w}'" for w in words) + "]"


def id_of(kind: str, number: str) -> str:
    return f"lower(hex(MD5(concat('{kind}', toString({number})))))"


def _chance(number: str, salt: int) -> str:
    """Evenly between 0 and 1, the same for the same number."""
    return f"((cityHash64({number}, {salt}) % 1000003 + 0.5) / 1000003)"


def skewed(number: str, salt: int, most: int, power: float = 3) -> str:
    """From 0 to `most` - 1, the low ones far oftener."""
    return f"toUInt32(floor({most} * pow({_chance(number, salt)}, {power})))"


def pick(words: tuple[str, ...], number: str, salt: int) -> str:
    return f"{_array(words)}[1 + {skewed(number, salt, len(words), 2)}]"


def country(number: str) -> str:
    at = skewed(number, 3, 200)
    return f"concat(char(65 + {at} % 26), char(65 + intDiv({at}, 26)))"


def _doubling(number: str, salt: int, most: int) -> str:
    """A power of two, 2 ** `most` at the greatest: twice as great with a chance of 0.7."""
    return f"toUInt64(pow(2, least({most}, floor(-2 * log2({_chance(number, salt)})))))"


def _text(number: str, salt: int, phrases: str) -> str:
    """Made-up phrases of three words, the frequent words far oftener."""
    return f"arrayStringConcat(arrayMap(x -> w[1 + cityHash64({number} + x) % {len(PHRASES)}], range({salt}, {salt} + toUInt64({phrases}))), ' ')"


SYLLABLES = [a + b for a in ("ka", "lo", "mi", "re", "tu", "sa", "ne", "vi") for b in ("", "n", "rd", "st")]
WORDS = [a + b for a in SYLLABLES for b in SYLLABLES]
_RANDOM = random.Random(1)
PHRASES = tuple(" ".join(WORDS[int(len(WORDS) * _RANDOM.random() ** 3)] for _ in range(3)) for _ in range(2048))


def _moment(incident: str, size: Size, lag: str = "0") -> str:
    return f"toDateTime({START} + toUInt32({incident} * {DAYS * 86400} / {size.incidents}) + {lag}, 'UTC')"


class News:
    """Statements that fill the tables with news of one size."""

    def __init__(self, size: Size) -> None:
        self.size = size

    def fill(self, store: Store) -> Iterator[tuple[str, int]]:
        """Fill every table piece by piece, in the order of time; yields which table took how many rows."""
        s = self.size
        pieces = max(1, s.mentions // CHUNK)
        tables = (
            ("article", s.articles, self.article),
            ("original", s.originals, self.original),
            ("copy", s.articles - s.originals, self.copy),
            (MADE, s.mentions, self.mention),
            ("incident", s.incidents, self.incident),
            ("incident_version", s.mentions, self.version),
            ("alert", s.incidents // 10, self.alert),
            ("relation", s.incidents // 5, self.relation),
        )
        with accounts_beside(store):
            for piece in range(pieces):
                for table, rows, select in tables:
                    first, last = rows * piece // pieces, rows * (piece + 1) // pieces
                    if last > first:
                        select_rows = select(first, last - first).replace("WITH ", f"WITH {_array(PHRASES)} AS w, ", 1)
                        store.execute(f"INSERT INTO {table} {select_rows}")
                        yield table, last - first

    def article(self, first: int, rows: int) -> str:
        """Articles; number n is a copy when n % 5 > 2."""
        return f"""
            (article_id, url, canonical_url, domain, publisher, feed, lang, title, body, byline, origin,
             published_at, fetched_at, produced_ms)
            WITH {skewed("n", 11, 20_000)} AS d, toUInt32(n * {DAYS * 86400} / {self.size.articles}) AS at
            SELECT {id_of("a", "n")}, concat('https://site', toString(d), '.example/', toString(n)) AS u, u,
                concat('site', toString(d), '.example'), concat('Site ', toString(d)), concat('feed', toString(d)),
                {pick(LANGS, "d", 5)}, {_text("n", 1, "3")}, {_text("n", 2, f"20 + 130 * pow({_chance('n', 6)}, 2)")},
                '', if(n % 5 > 2, concat('agency', toString(d % 7)), concat('site', toString(d), '.example')),
                toDateTime({START} + at, 'UTC'), toDateTime({START} + at + 60, 'UTC'), toUInt64({START} + at + 61) * 1000
            FROM (SELECT {first} + number AS n FROM numbers({rows}))"""

    def original(self, first: int, rows: int) -> str:
        """Verdicts: original."""
        return f"""
            (article_id, story_id, reason, domain, publisher, origin, lang, title, url, published_at, fetched_at,
             produced_ms)
            WITH {skewed("n", 11, 20_000)} AS d, toUInt32(n * {DAYS * 86400} / {self.size.articles}) AS at
            SELECT {id_of("a", "n")}, {id_of("s", "n")}, 'new', concat('site', toString(d), '.example'),
                concat('Site ', toString(d)), concat('site', toString(d), '.example'), {pick(LANGS, "d", 5)},
                {_text("n", 1, "3")}, concat('https://site', toString(d), '.example/', toString(n)),
                toDateTime({START} + at, 'UTC'), toDateTime({START} + at + 60, 'UTC'), toUInt64({START} + at + 62) * 1000
            FROM (SELECT intDiv({first} + number, 3) * 5 + ({first} + number) % 3 AS n FROM numbers({rows}))"""

    def copy(self, first: int, rows: int) -> str:
        """Verdicts: copy, of an original shortly before; some originals have hundreds."""
        back = f"(1 + {_doubling('n', 8, 14)})"
        of = f"(intDiv(n, 5) - least(intDiv(n, 5), intDiv(n, 5) % {back})) * 5"
        return f"""
            (article_id, copy_of, kind, similarity, origin, domain, publisher, title, url, published_at, fetched_at,
             produced_ms)
            WITH {skewed("n", 11, 20_000)} AS d, toUInt32(n * {DAYS * 86400} / {self.size.articles}) AS at
            SELECT {id_of("a", "n")}, {id_of("a", of)}, if(n % 3 = 0, 'exact', 'near'), 0.9,
                concat('agency', toString(d % 7)), concat('site', toString(d), '.example'), concat('Site ', toString(d)),
                {_text("n", 1, "3")}, concat('https://site', toString(d), '.example/', toString(n)),
                toDateTime({START} + at, 'UTC'), toDateTime({START} + at + 60, 'UTC'), toUInt64({START} + at + 62) * 1000
            FROM (SELECT intDiv({first} + number, 2) * 5 + 3 + ({first} + number) % 2 AS n FROM numbers({rows}))"""

    def moment(self, incident: str) -> str:
        """When an incident happened, as SQL."""
        return _moment(incident, self.size)

    def _incident_of(self, m: str) -> str:
        """Number of the incident of a mention: the last before it whose number is divisible by a power of two."""
        base = f"least({self.size.incidents - 1}, intDiv({m}, 10))"
        step = _doubling(m, 9, 20)
        return f"toUInt64({base}) - toUInt64({base}) % {step}"

    def mentions(self, first: int | str, rows: int | str) -> str:
        """Numbers that mentions and versions share: m mention, o original, n article, i incident, d publisher, at."""
        s = self.size
        return f"""(
            SELECT m, o, n, i, {skewed("n", 11, 20_000)} AS d,
                toUInt32({START} + n * {DAYS * 86400} / {s.articles}) AS at
            FROM (
                SELECT m, o, intDiv(o, 3) * 5 + o % 3 AS n, {self._incident_of("m")} AS i
                FROM (
                    SELECT {first} + number AS m, least({s.originals - 1}, intDiv(m + cityHash64(m) % 8, 5)) AS o
                    FROM numbers({rows})
                )
            ))"""

    def mention(self, first: int, rows: int) -> str:
        """Accounts of incidents with their claims."""
        claims = f"least(8, toUInt32(floor(-2.6 * log({_chance('m', 20)}))))"

        def each(value: str) -> str:
            return f"arrayMap(c -> {value}, range(claims))"

        figure = f"toNullable(toInt64(floor(2 / pow({_chance('i + c', 21)}, 0.7))))"
        return f"""
            (incident_id, mention_id, document_id, document_kind, story_id, block, role, family, subtype, place_name, country,
             lat, lon, place_precision, time_start_ms, time_start, time_precision,
             claim_what, claim_min, claim_max, claim_of, claim_attributed_to, claim_attribution_kind,
             claim_stated_at, claim_quote_start, claim_quote_end, claim_text, passage, confidence, severity, title, url,
             domain, publisher, origin, lang, reported_at, produced_ms)
            WITH {claims} AS claims
            SELECT {id_of("i", "if(i % 50 = 7, i - 1, i)")}, {id_of("m", "m")}, {id_of("a", "n")}, 'article', {id_of("s", "n")},
                '', ['main', 'follow-up', 'recalled', 'count', 'statement'][1 + {skewed("m", 22, 5, 2)}],
                {pick(FAMILIES, "i", 4)}, concat('type', toString({skewed("i", 6, 12)})),
                concat('Place ', toString({skewed("i", 7, 50_000)})), {country("i")},
                180 * {_chance("i", 30)} - 90, 360 * {_chance("i", 31)} - 180, 'city',
                toInt64({_moment("i", self.size)}) * 1000, {_moment("i", self.size)}, 'day',
                {each(f"{_array(KINDS)}[1 + {skewed('m + c', 23, 6, 2)}]")}, {each(figure)}, {each(figure)},
                {each("''")}, {each("concat('Speaker ', toString((d + c) % 500))")},
                {each(f"{_array(SAYS)}[1 + {skewed('m + c', 24, 6, 2)}]")},
                {each("CAST(NULL, 'Nullable(DateTime(''UTC''))')")},
                {each("toInt32(c * 60)")}, {each("toInt32(c * 60 + 50)")}, {each(_text("m + c", 25, "2"))},
                {_text("m", 26, f"4 + 13 * {_chance('m', 27)}")}, 0.8, toInt32({skewed("i", 28, 6, 2)}),
                {_text("n", 1, "3")}, concat('https://site', toString(d), '.example/', toString(n)),
                concat('site', toString(d), '.example'), concat('Site ', toString(d)),
                if(m % 5 = 0, concat('agency', toString(d % 7)), concat('site', toString(d), '.example')),
                {pick(LANGS, "d", 5)}, toDateTime(at, 'UTC'), toUInt64(at + 63) * 1000
            FROM {self.mentions(first, rows)}"""

    def incident(self, first: int, rows: int) -> str:
        """Incidents as they stand at the end; one in fifty is merged into the one before it."""
        n = f"toUInt32(least(40, {_doubling('i', 40, 6)}))"

        def each(value: str) -> str:
            return f"arrayMap(c -> {value}, range(claims))"

        best = f"toNullable(toInt64(floor(2 / pow({_chance('i', 21)}, 0.7))))"
        return f"""
            (incident_id, version, block, role, status, severity, family, subtype, title, summary, place_name, country,
             lat, lon, place_precision, time_start_ms, time_start, time_precision, actor_name, actor_role, actor_kind,
             claim_what, claim_min, claim_max, claim_of, claim_attributed_to, claim_attribution_kind, claim_stated_at,
             claim_quote_start, claim_quote_end, claim_text, claim_mention_id, claim_document_id, claim_url,
             claim_domain, claim_publisher, claim_origin, claim_reported_at, claim_superseded,
             figure_what, figure_low, figure_best, figure_high, figure_sources,
             mention_count, article_count, source_count, origin_count, merged_into, first_seen, last_changed, record,
             produced_ms)
            WITH {n} AS claims, {best} AS best, {_moment("i", self.size, "claims * 3600")} AS changed,
                i % 50 = 7 AS merged
            SELECT {id_of("i", "i")}, toInt64(claims), '', if(i % 7 = 0, 'follow-up', 'main'),
                if(merged OR i < {self.size.incidents - 5_000}, 'closed', 'open'), toInt32({skewed("i", 28, 6, 2)}),
                {pick(FAMILIES, "i", 4)}, concat('type', toString({skewed("i", 6, 12)})), {_text("i", 41, "3")},
                [{_text("i", 42, "8")}], concat('Place ', toString({skewed("i", 7, 50_000)})), {country("i")},
                180 * {_chance("i", 30)} - 90, 360 * {_chance("i", 31)} - 180, 'city',
                toInt64({_moment("i", self.size)}) * 1000, {_moment("i", self.size)}, 'day',
                [concat('Actor ', toString({skewed("i", 43, 5_000)}))], ['initiator'], ['group'],
                {each(f"{_array(KINDS)}[1 + {skewed('i + c', 23, 6, 2)}]")}, {each("best")}, {each("best")},
                {each("''")}, {each("concat('Speaker ', toString((i + c) % 500))")},
                {each(f"{_array(SAYS)}[1 + {skewed('i + c', 24, 6, 2)}]")},
                {each("CAST(NULL, 'Nullable(DateTime(''UTC''))')")}, {each("toInt32(c * 60)")},
                {each("toInt32(c * 60 + 50)")}, {each(_text("i + c", 25, "2"))}, {each(id_of("m", "i * 10 + c"))},
                {each(id_of("a", "i * 10 + c"))},
                {each(f"concat('https://site', toString({skewed('i + c', 11, 20_000)}), '.example/', toString(i))")},
                {each(f"concat('site', toString({skewed('i + c', 11, 20_000)}), '.example')")},
                {each(f"concat('Site ', toString({skewed('i + c', 11, 20_000)}))")},
                {each(f"concat('site', toString({skewed('i + c', 11, 20_000)}), '.example')")},
                {each("toNullable(changed)")}, {each("toUInt8(c % 3 = 2)")},
                ['killed', 'injured'], [best, best], [best, best], [best + (i % 9), best * 2],
                [toInt32(claims), toInt32(claims)], toInt32(claims), toInt32(claims), toInt32(claims),
                1 + toInt32(claims / 3), if(merged, {id_of("i", "i - 1")}, ''), {_moment("i", self.size)}, changed,
                {_text("i", 44, "20 + 4 * claims")}, toUInt64(toUInt32(changed)) * 1000
            FROM (SELECT {first} + number AS i FROM numbers({rows}))"""

    def version(self, first: int, rows: int) -> str:
        """One version of its incident for each mention."""
        best = f"toNullable(toInt64(floor(2 / pow({_chance('i', 21)}, 0.7))))"
        return f"""
            (incident_id, version, status, severity, title, figure_what, figure_low, figure_best, figure_high,
             figure_sources, mention_count, article_count, source_count, origin_count, last_changed, change_kind,
             change_mention_id, change_document_id, change_score, change_part_name, change_part_score, change_text,
             produced_ms)
            WITH {best} AS best
            SELECT {id_of("i", "i")}, toInt64(m - i * 10), 'open', toInt32({skewed("i", 28, 6, 2)}), {_text("i", 41, "3")},
                ['killed', 'injured'], [best, best], [best, best], [best, best], [1, 1], 1, 1, 1, 1,
                toDateTime(at, 'UTC'), if(m % 10 = 0, 'opened', 'joined'), {id_of("m", "m")}, {id_of("a", "n")}, 0.7,
                ['text', 'place', 'time'], [0.5, 0.6, 0.7], {_text("m", 45, "2")}, toUInt64(at + 64) * 1000
            FROM {self.mentions(first, rows)}"""

    def alert(self, first: int, rows: int) -> str:
        """One incident in ten has an alert."""
        return f"""
            (alert_id, revision, incident_id, incident_version, rule, level, reason, headline, family, subtype,
             severity, country, figure_what, figure_low, figure_best, figure_high, figure_sources, raised_at,
             changed_at, record, produced_ms)
            WITH 0 AS none
            SELECT {id_of("l", "i")}, 1, {id_of("i", "i")}, 1, concat('rule', toString(i % 13)),
                {pick(("info", "warning", "critical"), "i", 50)}, 'new', {_text("i", 41, "3")},
                {pick(FAMILIES, "i", 4)}, concat('type', toString({skewed("i", 6, 12)})), 3, {country("i")},
                ['killed'], [toNullable(toInt64(2))], [toNullable(toInt64(2))], [toNullable(toInt64(2))], [1],
                {_moment("i", self.size)}, {_moment("i", self.size, "600")}, {_text("i", 44, "25")},
                toUInt64(toUInt32({_moment("i", self.size)})) * 1000
            FROM (SELECT ({first} + number) * 10 AS i FROM numbers({rows}))"""

    def relation(self, first: int, rows: int) -> str:
        """One incident in five stands in a relation to an earlier one."""
        return f"""
            (relation_id, from_incident, to_incident, kind, reason, score, mention_id, active, at, produced_ms)
            WITH 0 AS none
            SELECT {id_of("r", "i")}, {id_of("i", "i")}, {id_of("i", f"i - least(i, {skewed('i', 51, 1000)})")},
                'same-kind-earlier', 'the same kind nearby', {_chance("i", 52)}, '', 1, {_moment("i", self.size)},
                toUInt64(toUInt32({_moment("i", self.size)})) * 1000
            FROM (SELECT ({first} + number) * 5 AS i FROM numbers({rows}))"""
