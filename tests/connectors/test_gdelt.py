from datetime import UTC, datetime, timedelta

import pytest
from badsite import Site, local_web, serve
from garbage import damaged, hold
from gathered import read
from gdelt_site import STAMP, publish, sample, zipped
from hypothesis import given, settings

from connectors.ingest.contract import Retriable, Skippable
from connectors.sources import gdelt_updates
from connectors.sources.gdelt import read_export
from connectors.sources.gdelt_updates import Updates, read_listing, read_update
from schemas.identity import event_id
from schemas.records import FeedEvent

NOW = datetime(2024, 1, 5, 10, 16, tzinfo=UTC)
EXPORT = sample("export")


def update(**tables):
    given_ = {name: zipped(name, body) for name, body in tables.items()}
    return hold(read_update(given_, feed="gdelt", fetched_at=NOW))


def whole():
    return update(export=EXPORT, mentions=sample("mentions"), gkg=sample("gkg"))


def test_a_real_shape():
    strike, walkout, blast = whole()
    assert strike.event_id == event_id("gdeltproject.org", "1150000001")
    assert strike.kind == "cameo:195"
    assert strike.title == "Russian missile strike on Kharkiv kills two — governor"
    assert (
        strike.text
        == "Russian employed aerial weapons against Ukraine in Kharkiv, Kharkivs'ka Oblast', Ukraine on 4 January 2024."
    )
    assert (strike.place.country, strike.place.precision, strike.place.admin1) == ("UA", "city", "Kharkivs'ka Oblast'")
    assert (strike.place.lat, strike.place.lon) == (49.9808, 36.2527)
    assert strike.started_at == datetime(2024, 1, 4, tzinfo=UTC)
    assert strike.updated_at == datetime(2024, 1, 5, 10, 15, tzinfo=UTC)
    figures = {f.what: f.value for f in strike.figures}
    assert figures == {"mentions": 16, "confidence": 100, "sites": 2, "killed": 2, "injured": 11}
    assert strike.url == "https://news.example.com/world/kharkiv-strike"
    assert (walkout.kind, walkout.place.country) == ("cameo:143", "NG")
    assert (blast.kind, blast.place.country) == ("cameo:1831", "AF")


def test_what_is_not_worth_it_is_left_out():
    numbers = {e.source_event_id for e in whole()}
    assert not numbers & {
        "1150000004",
        "1150000005",
        "1150000006",
        "1150000007",
    }  # talk, a country, a year ago, an aside
    assert "1150000002" not in numbers  # of this article, place and kind of deed another is told more of
    assert "1150000009" not in numbers  # hardly understood
    assert "1150000009" in {e.source_event_id for e in update(export=EXPORT)}  # nothing said of how well


def test_tables_that_help_may_be_missing_or_broken():
    bare = update(export=EXPORT)
    assert {e.title for e in bare if e.source_event_id == "1150000008"} == {
        "Militant carried out a suicide bombing against Civilian in Kabul, Kabol, Afghanistan on 5 January 2024."
    }
    tables = {"export": zipped("e", EXPORT), "gkg": b"PK\x03\x04 no zip"}
    results = list(read_update(tables, feed="gdelt", fetched_at=NOW))
    assert [type(r) for r in results].count(FeedEvent) == len(bare)
    assert "gdelt, gkg" in [r.where for r in results if isinstance(r, Skippable)]


def test_a_row_of_another_shape_is_an_error_of_its_own():
    broken = EXPORT + b"1150000010\t20240105\n" + EXPORT.splitlines()[7].replace(b"1150000008", b"x") + b"\n"
    results = list(read_export(broken.decode().splitlines(), where="gdelt"))
    errors = [r for r in results if isinstance(r, Skippable)]
    assert [e.where for e in errors] == ["gdelt, line 10", "gdelt, line 11"]
    assert "2 columns instead of 61" in errors[0].reason


@settings(max_examples=150)
@given(damaged(EXPORT))
def test_damage_is_told(raw):
    update(export=raw)


@settings(max_examples=100)
@given(damaged(zipped("x.csv", EXPORT)))
def test_damaged_zips_are_told(raw):
    hold(read_update({"export": raw}, feed="gdelt", fetched_at=NOW))


def test_a_table_larger_than_its_kind_is_told(monkeypatch):
    monkeypatch.setattr(gdelt_updates, "LARGEST_TABLE", 1_000_000)
    bomb = zipped("x.csv", b"\n".join([b"0" * 60] * 50_000))
    (error,) = [r for r in read_update({"export": bomb}, feed="g", fetched_at=NOW) if "unpacks" in r.reason]
    assert "more than 1000000 bytes" in error.reason


def test_a_listing_is_told_from_other_pages():
    with pytest.raises(Skippable, match="not GDELT's list"):
        read_listing(b"<html>", where="x")
    line = b"1 " + b"0" * 32 + b" http://x.example/20240105101500.translation.export.CSV.zip\n"
    assert (
        read_listing(line, where="x")
        .tables["export"]
        .url("20240105100000")
        .endswith("/20240105100000.translation.export.CSV.zip")
    )


def source(site, client, back=timedelta()):
    return Updates("gdelt", site["/gdeltv2/lastupdate.txt"], web=client, clock=lambda: NOW, back=back)


async def test_gaps_are_caught_up():
    async with serve(Site()) as site, local_web() as client:
        publish(site)
        first, position = await read(source(site, client))
        assert len(first) == 3
        assert position == STAMP
        assert await read(source(site, client), position) == ([], STAMP)
        for n, stamp in enumerate(("20240105103000", "20240105104500", "20240105110000")):
            publish(site, stamp, export=EXPORT.replace(b"11500000", b"11500%03d" % n), mentions=b"", gkg=b"")
        del site.pages["/gdeltv2/20240105104500.export.CSV.zip"]  # GDELT leaves one out now and then
        missed, position = await read(source(site, client), position)
        assert position == "20240105110000"
        assert {e.source_event_id[:8] for e in missed} == {"11500000", "11500002"}


async def test_updates_without_the_knowledge_graph_or_without_rows_cost_no_event():
    """First whole, then never published, then listed without a graph, then empty, then whole again: three come."""
    async with serve(Site()) as site, local_web() as client:
        publish(site)
        first, position = await read(source(site, client))
        publish(site, "20240105104500", export=EXPORT.replace(b"11500000", b"11500001"), mentions=sample("mentions"))
        listing = site.pages["/gdeltv2/lastupdate.txt"].splitlines(keepends=True)
        site.pages["/gdeltv2/lastupdate.txt"] = b"".join(line for line in listing if b"gkg" not in line)
        del site.pages["/gdeltv2/20240105104500.gkg.csv.zip"]
        second, position = await read(source(site, client), position)
        publish(site, "20240105110000", export=b"", mentions=b"", gkg=b"")
        third, position = await read(source(site, client), position)
        publish(site, "20240105111500", export=EXPORT.replace(b"11500000", b"11500003"))
        fourth, position = await read(source(site, client), position)
    assert position == "20240105111500"
    assert third == []
    for events, numbers in ((first, "11500000"), (second, "11500001"), (fourth, "11500003")):
        assert all(isinstance(e, FeedEvent) for e in events)
        assert {e.source_event_id[:8] for e in events} == {numbers}


async def test_too_old_a_position_starts_a_week_ago(caplog):
    async with serve(Site()) as site, local_web() as client:
        publish(site)
        asked = source(site, client)._due("20230101000000", STAMP)
        assert next(asked) == "20231229101500"
        assert "left out" in caplog.text


async def test_a_file_with_another_sum_is_asked_for_again():
    async with serve(Site()) as site, local_web() as client:
        publish(site)
        site.pages[f"/gdeltv2/{STAMP}.export.CSV.zip"] = zipped("x", b"")
        with pytest.raises(Retriable, match="MD5"):
            await read(source(site, client))
