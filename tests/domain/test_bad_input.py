"""Whatever comes in as an article is answered, with offsets inside the text, in work that grows with its length only."""

import sys
from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from schemas.records import Article, Publisher, Span
from streams.domain.event_type.classifier import classify_text
from streams.domain.geo.places import find_toponyms
from streams.domain.mentions.link_features import features
from streams.domain.mentions.read_article import read_article
from streams.domain.text.document import LONGEST_READ, LONGEST_TITLE
from streams.domain.text.tokenize import sentences, tokens
from streams.evaluate.attacks import read_attacks

AT = datetime(2021, 6, 28, tzinfo=UTC)
REPORT = "Five people were killed and at least 12 wounded when a bomb exploded in Baghdad on Monday, police said. "
REPEATED = {
    "no sentence ends": REPORT.replace(".", ""),
    "all capitals": REPORT.upper(),
    "all small": REPORT.lower(),
    "one line": REPORT,
    "a line each": REPORT + "\n",
    "a paragraph each": REPORT + "\n\n",
    "markup": f"<p class='x'>{REPORT}</p><br/>&nbsp;",
    "broken markup": '<div class="x" <a ',
    "table": "| 12 | 45 | killed |\n",
    "tabs": "12\t45\tkilled\n",
    "bullets": "\n- killed in Iraq",
    "mixed scripts": "Пять человек погибли. 四川地震发生三人死亡。 Five killed. قتل خمسة أشخاص في بغداد. ",
    "right to left": "\u202eقتل خمسة أشخاص في بغداد\u202c ",
    "no spaces": "震",
    "emoji": "😀🔥👨‍👩‍👧 killed ",
    "combining marks": "e\u0301\u0327",
    "control characters": "\x00killed\x07 \x1b[31m",
    "lone surrogates": "\ud800 Baghdad \udfff ",
    "letters that grow": "İstanbul ẞ ﬁre ",
    "one word": "a",
    "one name": "A",
    "one number": "1",
    "hard spaces": "\xa0",
    "blank lines": "\n",
    "wide margins": "x\n                ",
    "numbers": "1,000 ",
    "number words": "one hundred thousand ",
    "decimals": "1.1,",
    "bounds": "at least ",
    "ranges": "between 10 and ",
    "harm": "killed ",
    "parties": "two men and a woman, 22, were killed, ",
    "ages": "a 22-year-old man, 22, ",
    "quotes": '"',
    "open quotes": "“a ",
    "quotes of both kinds": "“”\"'‘’``''«»",
    "brackets": "[[((",
    "closed brackets": ".)) ",
    "marks": ".",
    "marks of a tongue without spaces": "。",
    "hyphens": "a-",
    "apostrophes": "a'",
    "initials": "A. ",
    "abbreviations": "Mr. St. U.S. ",
    "names": "John Smith ",
    "places": "Baghdad, Iraq, ",
    "namesakes": "Springfield ",
    "datelines": "WASHINGTON, ",
    "speakers": '"It is so," he said, according to police. ',
    "sayings": "said ",
    "months": "May ",
    "times": "early last year two years ago on Monday ",
    "events": "a bomb exploded, and a man was shot, ",
    "causes": "attack after shooting as ",
    "plans": "planned to attack ",
    "others": "elsewhere another ",
}


def article(body, title=""):
    return Article(
        article_id="0" * 32, url="https://example.org/a", source=Publisher(domain="example.org"), title=title, body=body,
        published_at=AT, fetched_at=AT,
    )  # fmt: skip


def _of_headline(claim, title):
    return claim.quote == Span(start=0, end=0) and claim.text in title


def hold(a, mentions):
    """What an answer must keep."""
    body = a.body if a.body.strip() else a.title
    assert any(m.role in ("main", "story") for m in mentions)
    assert len({m.mention_id for m in mentions}) == len(mentions)
    for m in mentions:
        spans = [m.evidence, *m.also, *m.read_from, *(c.quote for c in m.claims)]
        assert all(0 <= s.start <= s.end <= len(body) for s in spans)
        assert m.passage == body[m.evidence.start : m.evidence.end]
        assert all(c.text == body[c.quote.start : c.quote.end] or _of_headline(c, a.title) for c in m.claims)
        assert len(m.title) <= LONGEST_TITLE


def repeated(name, length):
    piece = REPEATED[name]
    return (piece * (length // len(piece) + 1))[:length]


def steps(job):
    """How many lines a job runs, each turn of a loop counted."""
    count = 0

    def seen(_frame, event, _arg):
        nonlocal count
        count += event == "line"
        return seen

    before = sys.gettrace()
    sys.settrace(seen)
    try:
        job()
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("name", REPEATED)
def test_endless_repetition_is_survived_in_steps_that_grow_with_its_length(name):
    short, long = (article(repeated(name, n), repeated(name, 300)) for n in (4_000, 16_000))
    hold(short, read_article(short))
    hold(long, read_article(long))  # and everything is loaded and remembered now
    assert steps(lambda: read_article(long)) < 4.5 * steps(lambda: read_article(short))


@pytest.mark.parametrize("name", ["one line", "one word", "blank lines", "quotes", "marks"])
def test_two_megabytes_cost_no_more_than_what_is_read_of_them(name):
    read, whole = (article(repeated(name, n)) for n in (LONGEST_READ, 2_000_000))
    hold(whole, read_article(whole))
    read_article(read)
    assert steps(lambda: read_article(whole)) < 1.2 * steps(lambda: read_article(read)) + 1000


@pytest.mark.parametrize("name", ["one line", "one word", "marks", "hyphens", "names"])
def test_what_is_no_headline_is_cut(name):
    a = article(REPORT, repeated(name, 500_000))
    hold(a, read_article(a))
    b = article(" \n", repeated(name, 100_000))
    hold(b, read_article(b))


def test_an_empty_article_and_one_of_a_word_are_stories():
    for body, title in (("", ""), ("word", ""), ("", "word"), (" \n\t", " "), ("\ud800", "")):
        a = article(body, title)
        hold(a, read_article(a))
        assert [m.role for m in read_article(a)] == ["story"]


def test_bad_surroundings_do_not_hide_what_can_be_read():
    plain = read_article(article(REPORT))[0]
    assert (plain.role, plain.place.name, plain.claims[0].min) == ("main", "Baghdad", 5)
    around = "| 12 | 45 |\n", "😀🔥 \u202e", "<table><tr><td>x</td></tr></table>\n", "((([[[ ", "\x00\x1b[0m ", "四川。"
    for junk in around:
        found = read_article(article(f"{junk}{REPORT}{junk}"))
        main = next(m for m in found if m.role == "main")
        assert main.place is not None, junk
        assert main.place.name == "Baghdad", junk
        assert ("killed", 5) in [(c.what, c.min) for c in main.claims], junk


ANYTHING = st.text(st.characters(), max_size=200)  # lone surrogates and control characters, too
PIECES = st.lists(st.sampled_from([*REPEATED.values(), REPORT]) | ANYTHING, max_size=6).map("".join)


@settings(deadline=None)
@given(PIECES, PIECES)
@example("", "\ud800 Baghdad \udfff \u202eقتل خمسة أشخاص في بغداد\u202c ")
def test_any_text_is_answered_and_answered_alike_again(body, title):
    a = article(body, title)
    mentions = read_article(a)
    hold(a, mentions)
    assert read_article(a) == mentions


@settings(deadline=None)
@given(PIECES)
def test_each_reader_keeps_its_offsets_inside_any_text(text):
    end = 0
    for s in sentences(text):
        assert end <= s.start < s.end <= len(text)
        end = s.end
        words = tokens(s.text, s.start)
        assert all(s.start <= a < b <= s.end for a, b in zip(words.start, words.end, strict=True))
        assert len(words.low) == len(words.start)
    for t in find_toponyms(text, title=text[:50]):
        assert 0 <= t.start < t.end <= len(text)
        assert t.name == text[t.start : t.end]
    assert 0 < classify_text(text)[0].probability <= 1
    features(text[:80], text)
    read_attacks(text)
