"""Our own annotations: every line is whole, and joined with its text it has the form of incident_claims."""

import gzip
import json
from typing import get_args, get_type_hints

import pytest

from schemas.records import Claim
from streams.domain.mentions.passage_signals import ROLES
from streams.domain.ontology.types import ontology
from streams.train.annotated import FILE, annotated_articles

KINDS = get_args(get_type_hints(Claim)["what"])
LINES = [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]


def data_with(tmp_path, keys, length):
    folder = tmp_path / "unlabelled_news"
    folder.mkdir()
    with gzip.open(folder / "docs.jsonl.gz", "wt", encoding="utf-8") as file:
        for key in keys:
            file.write(json.dumps({"id": key, "title": "", "text": "x" * length, "published": "2021-06-28"}) + "\n")
    return tmp_path


def test_every_annotation_has_the_words_of_the_ontology_and_spans_in_order():
    assert len({line["id"] for line in LINES}) == len(LINES) > 300
    for mention in (m for line in LINES for m in line["mentions"]):
        assert mention["role"] in ROLES
        assert mention["family"] in ontology().families
        assert mention["spans"]
        assert all(0 <= start < end for start, end in mention["spans"])
        assert mention["time"] is None or mention["time"][0] <= mention["time"][1]
        for what, low, high, _, start, end in mention["claims"]:
            assert what in KINDS
            assert low is None or high is None or low <= high
            assert 0 <= start < end


def test_joined_with_its_text_an_article_is_as_in_incident_claims(tmp_path):
    first = next(line for line in LINES if line["mentions"] and line["mentions"][0]["claims"])
    rows = {row["id"]: row for row in annotated_articles(data_with(tmp_path, [line["id"] for line in LINES], 6000))}
    assert rows.keys() == {line["id"] for line in LINES}
    row, marked = rows[first["id"]], first["mentions"][0]
    assert row["text"] == "x" * 6000
    assert row["fold"] in range(5)
    mention = row["mentions"][0]
    assert [mention["evidence"]["start"], mention["evidence"]["end"]] == marked["spans"][0]
    assert mention["claims"][0]["quote"]["start"] == marked["claims"][0][4]


def test_a_text_that_is_not_there_is_named(tmp_path):
    present = [line["id"] for line in LINES[1:]]
    with pytest.raises(ValueError, match=LINES[0]["id"]):
        annotated_articles(data_with(tmp_path, present, 10))
