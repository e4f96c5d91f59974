import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from garbage import JSON, damaged, hold
from gathered import gather
from hypothesis import given
from hypothesis import strategies as st

from connectors.ingest.contract import Fatal, Skippable, quarantined
from connectors.sources import tables
from connectors.sources.documents import from_object, parse_json, parse_lines, parse_text
from connectors.sources.file_stores import Disk
from connectors.sources.files import Files
from schemas.identity import article_id
from schemas.records import Article

NOW = datetime(2024, 1, 1, tzinfo=UTC)
SAMPLE = Path(__file__).parents[2] / "deploy" / "sample" / "articles.jsonl"
FULL = {
    "url": "https://www.example.org/a?utm_source=rss",
    "title": "Two <b>dead</b> in flood",
    "text": "PARIS (AFP) - Two people died.\r\n\r\nMore rain.",
    "published": "2021-06-28T12:00:00+02:00",
    "source": "www.Example.org",
    "source_name": "Example",
    "lang": "en-GB",
    "byline": " Jane  Doe ",
    "feed": "world",
    "score": 3,
}


def read(source, position=None):
    return gather(source, position)


def source(*paths):
    return Files(Disk(list(paths)), clock=lambda: NOW)


def lines(text):
    return hold(parse_lines(io.BytesIO(text.encode()), where="x.jsonl", feed="files", fetched_at=NOW))


def test_an_object_with_every_field():
    article = from_object(FULL, where="x", feed="files", fetched_at=NOW)
    body = "PARIS (AFP) - Two people died.\n\nMore rain."
    assert article == Article(
        article_id=article_id("https://example.org/a", "Two dead in flood", body),
        url="https://www.example.org/a?utm_source=rss",
        canonical_url="https://example.org/a",
        source=article.source,
        feed="world",
        lang="en",
        title="Two dead in flood",
        body=body,
        byline="Jane Doe",
        published_at=datetime(2021, 6, 28, 10, tzinfo=UTC),
        fetched_at=NOW,
        origin="afp",
    )
    assert (article.source.domain, article.source.name) == ("example.org", "Example")


def test_the_bundled_sample_reads_without_an_error():
    items = read(source(SAMPLE))
    articles = hold(i.content for i in items)
    plain = [json.loads(line) for line in SAMPLE.read_text("utf-8").splitlines()]
    assert [a.url for a in articles] == [p["url"] for p in plain]
    assert [a.title for a in articles] == [p["title"] for p in plain]
    assert len({a.article_id for a in articles}) == len(plain)
    assert all(a.published_at for a in articles)
    assert {a.origin for a in articles} == {None, "meridian wire", "afp"}


def test_a_source_that_is_a_name_leaves_the_domain_to_the_address():
    article = from_object({**FULL, "source": "The Example", "source_name": None}, where="x", feed="f", fetched_at=NOW)
    assert (article.source.domain, article.source.name) == ("example.org", "The Example")


def test_bad_lines_become_errors_and_the_rest_is_read():
    good = json.dumps({"title": "A", "body": "text"})
    results = lines(f'{good}\n\nnonsense\n[1]\n{{"title": 3, "text": "x"}}\n{{"title": "", "text": " "}}\n{good}')
    assert [type(r) for r in results] == [Article, *[Skippable] * 4, Article]
    assert [r.where for r in results[1:-1]] == [f"x.jsonl, line {n}" for n in (3, 4, 5, 6)]
    assert results[1].raw == b"nonsense"
    assert "title must be a string" in results[3].reason


def test_a_line_without_end_is_one_error(monkeypatch):
    monkeypatch.setattr(tables, "LONGEST_LINE", 50)
    good = json.dumps({"title": "A"})
    results = lines("x" * 49 + "y" * 500 + "\n" + good)
    assert [type(r) for r in results] == [Skippable, Article]
    assert [type(r) for r in lines(good + " " * (49 - len(good)) + "\n" + good)] == [Article, Article]


def test_text_that_is_too_long_for_a_message_is_refused():
    assert "split it" in from_object({"text": "é" * 500_000}, where="x", feed="f", fetched_at=NOW).reason
    hold([from_object({"text": "é" * 450_000, "title": "界" * 2000}, where="x", feed="f", fetched_at=NOW)])


def test_a_publication_in_the_future_is_dropped():
    late = (NOW + timedelta(days=3)).isoformat()
    assert from_object({**FULL, "published": late}, where="x", feed="f", fetched_at=NOW).published_at is None


def test_a_text_file_keeps_its_first_line_as_headline():
    article = parse_text("\ufeffFlood\n\nTwo dead.".encode(), where="a.txt", feed="files", fetched_at=NOW)
    assert (article.title, article.body, article.url) == ("Flood", "Flood\n\nTwo dead.", "")
    assert isinstance(parse_text(b" \n", where="a.txt", feed="files", fetched_at=NOW), Skippable)


def test_a_json_file_is_one_or_a_list():
    assert len(hold(parse_json(json.dumps(FULL).encode(), where="a", feed="f", fetched_at=NOW))) == 1
    results = hold(parse_json(json.dumps([FULL, 7, FULL]).encode(), where="a", feed="f", fetched_at=NOW))
    assert [type(r) for r in results] == [Article, Skippable, Article]


def test_folders_in_order_and_resumed_at_any_place(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "two.jsonl").write_text("\n".join(json.dumps({"title": f"B{n}"}) for n in range(3)))
    (tmp_path / "a.txt").write_text("A")
    (tmp_path / "c.json").write_text(json.dumps([{"title": "C0"}, {"title": "C1"}]))
    (tmp_path / "ignored.pdf").write_text("x")
    whole = read(source(tmp_path))
    assert [i.content.title for i in whole] == ["A", "B0", "B1", "B2", "C0", "C1"]
    for n, item in enumerate(whole, start=1):
        assert read(source(tmp_path), item.position) == whole[n:]


def test_missing_and_unreadable_paths(tmp_path):
    with pytest.raises(Fatal, match="no such file"):
        read(source(tmp_path / "nothing"))
    with pytest.raises(Fatal, match="nothing to read"):
        read(source(tmp_path))
    (tmp_path / "x.pdf").write_text("")
    with pytest.raises(Fatal, match="no file has a known ending"):
        read(source(tmp_path / "x.pdf"))
    (tmp_path / "empty.jsonl").write_text("")
    assert read(source(tmp_path / "empty.jsonl")) == []


def test_the_quarantine_record_of_an_error_is_always_the_same():
    error = lines("nonsense")[0]
    record = quarantined(error, source(SAMPLE), NOW)
    assert record == quarantined(error, source(SAMPLE), NOW)
    assert record.value == b"nonsense"
    assert record.topic == "news.article.v1"
    assert "line 1" in record.reason
    hold([record])


@given(st.binary(max_size=300) | damaged(json.dumps([FULL, FULL]).encode()))
def test_no_bytes_raise(raw):
    hold(parse_json(raw, where="x", feed="f", fetched_at=NOW))
    hold(parse_lines(io.BytesIO(raw), where="x", feed="f", fetched_at=NOW))
    hold([parse_text(raw, where="x", feed="f", fetched_at=NOW)])


@given(st.dictionaries(st.sampled_from([*FULL, "body", "content"]), JSON) | JSON)
def test_no_object_raises(value):
    hold([from_object(value, where="x", feed="f", fetched_at=NOW)])


def test_deep_nesting_is_an_error():
    hold(parse_json(b"[" * 100_000, where="x", feed="f", fetched_at=NOW))
    for depth in range(900, 1000, 7):
        hold(parse_json(b"[" * depth + b"]" * depth, where="x", feed="f", fetched_at=NOW))
