import io
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from garbage import JSON, hold
from hypothesis import given
from hypothesis import strategies as st

from connectors.ingest.contract import Fatal, Skippable
from connectors.sources.mapped import FIELDS, parse_mapped, read_mapping
from schemas.identity import event_id
from schemas.records import EventFigure, Place
from streams.domain.mentions.read_feed_event import read_feed_event

NOW = datetime(2024, 1, 1, tzinfo=UTC)
MAPPING = """
format = "jsonl"
source = "Example.org"
name = "Example Observatory"
[fields]
id = "nr"
kind = "what.kind"
title = "headline"
text = "notes"
place = "where.town"
country = "where.iso3"
lat = "where.at.1"
lon = "where.at.0"
started_at = "when"
severity = "grade"
[figures]
killed = "toll.dead"
[kinds]
"Labour strike" = "protests/strike"
"""
RECORD = {
    "nr": 17, "what": {"kind": "Labour strike"}, "headline": "Dockers walk out", "notes": "Dockers stopped work.",
    "where": {"town": "Mombasa", "iso3": "KEN", "at": [39.66, -4.05]}, "when": "2023-12-31T08:00:00+03:00",
    "grade": "2", "toll": {"dead": 1},
}  # fmt: skip


def read(raw, mapping=MAPPING):
    return hold(
        parse_mapped(io.BytesIO(raw), read_mapping(mapping, where="m.toml"), where="x", feed="own", fetched_at=NOW)
    )


def test_json_lines():
    (event,) = read(json.dumps(RECORD).encode())
    assert event.event_id == event_id("example.org", "17")
    assert (event.kind, event.title, event.severity) == ("protests/strike", "Dockers walk out", 2)
    assert event.place == Place(name="Mombasa", country="KE", lat=-4.05, lon=39.66, precision="point")
    assert event.started_at == event.updated_at == datetime(2023, 12, 31, 5, tzinfo=UTC)
    assert event.figures == (EventFigure(what="killed", value=1),)
    (mention,) = read_feed_event(event)
    assert (mention.family, mention.subtype, mention.place.country) == ("protests", "strike", "KE")


def test_csv_and_json():
    table = 'format = "csv"\nsource = "x.example"\n[fields]\nid = "ID"\nkind = "Type"\ncountry = "Land"\nended_at = "Until"\n'
    (event, error) = read(
        "ID;Type;Land;Until\n1;Überschwemmung;Deutschland oder so;31 Dec 2023\n;x;y;z\n".encode(), table
    )
    assert (event.kind, event.place, event.ended_at) == ("Überschwemmung", None, datetime(2023, 12, 31, tzinfo=UTC))
    assert isinstance(error, Skippable)
    document = MAPPING.replace('"jsonl"', '"json"\nitems = "data.0.list"')
    assert len(read(json.dumps({"data": [{"list": [RECORD, RECORD]}]}).encode(), document)) == 2
    (error,) = read(b'{"data": []}', document)
    assert "no list at data.0.list" in error.reason


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"jsonl"', '"xml"', "format must be one of"),
        ('id = "nr"', "", "no field id"),
        ('text = "notes"', 'body = "notes"', "unknown field body"),
        ('source = "Example.org"', "", "source"),
        ("[figures]", "[figure]", "unknown figure"),
        ('killed = "toll.dead"', "killed = 3", "must be lines of"),
        ("[fields]", "[fields", "is not TOML"),
    ],
)
def test_a_wrong_mapping_says_what_is_wrong(old, new, said):
    with pytest.raises(Fatal, match=said):
        read_mapping(MAPPING.replace(old, new), where="m.toml")


@given(st.dictionaries(st.sampled_from(sorted(RECORD)), JSON) | JSON)
def test_any_record(value):
    read(json.dumps(value).encode())


@given(st.binary(max_size=300))
def test_any_bytes(raw):
    for form in ("csv", "jsonl", "json"):
        read(raw, MAPPING.replace('"jsonl"', f'"{form}"'))


def test_every_field_of_a_mapping_exists():
    text = MAPPING.partition("[fields]")[0] + "[fields]\n" + "\n".join(f'{name} = "{name}"' for name in FIELDS)
    assert len(read_mapping(text, where="m.toml").fields) == len(FIELDS)


def test_the_mapping_of_the_readme_is_one_and_names_every_field():
    text = (Path(__file__).parents[2] / "connectors" / "README.md").read_text(encoding="utf-8")
    (block,) = (b for b in re.findall(r"```toml\n(.*?)```", text, re.DOTALL) if "[fields]" in b)
    mapping = read_mapping(block, where="README")
    assert set(mapping.fields) == set(FIELDS)
    row = "event_id,type,headline\n1,Labour strike,Dockers walk out\n"
    (event,) = parse_mapped(io.BytesIO(row.encode()), mapping, where="x", feed="own", fetched_at=NOW)
    assert (event.kind, event.title) == ("protests/strike", "Dockers walk out")
