"""The codebook: every field with its meaning, unit, values and the revision that brought it."""

import pytest

from schemas.codebook import column, comment, fields, page, topic_entries
from schemas.contracts import latest


def test_every_field_of_every_topic_has_a_meaning():
    entries = topic_entries()
    assert {e.name for e in entries} == set(latest())
    assert all(e.meaning for e in entries)
    assert len({(e.name, e.field) for e in entries}) == len(entries)


def test_a_field_tells_unit_values_and_since_when():
    incident = fields("news.incident.v1")
    assert incident["place.lat"].unit == "-90 to 90"
    assert incident["status"].values == ("developing", "stable", "closed")
    assert incident["last_changed"].unit == "ms since 1970, UTC"
    assert (incident["title"].since, incident["figures.words"].since) == (1, 2)
    assert fields("news.mention.v1")["evidence.start"].meaning == "Offset of the first code point."


def test_a_column_has_the_words_of_the_field_it_holds():
    assert column("incident", "claim_quote_start").meaning == "Offset of the first code point."
    assert column("claims", "text").meaning == "The quoted words themselves."
    assert column("incident", "place_name").meaning == fields("news.incident.v1")["place.name"].meaning
    assert column("copies", "title").meaning == "Headline of the copy."
    assert column("mention_current", "s.story_id").meaning == fields("news.mention.v1")["story_id"].meaning
    seconds = column("incident", "last_changed", "DateTime('UTC')")
    assert seconds.unit == "UTC"
    assert "milliseconds" not in seconds.meaning
    assert "empty when unknown" in column("article", "lang", "String").meaning
    with pytest.raises(KeyError, match=r"codebook_tables\.py"):
        column("incident", "nothing_of_ours")


def test_a_comment_names_the_allowed_values():
    assert comment(column("incidents", "status")).endswith("One of: developing, stable, closed.")


def test_the_page_names_every_field():
    text = page()
    assert all(f"| {e.field} |" in text for e in topic_entries() if e.field)
