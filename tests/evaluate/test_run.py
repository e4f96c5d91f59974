import gzip
import json
import sys
from types import ModuleType

import pytest

from streams.evaluate.documents import article_of, as_streamed, read_rows
from streams.evaluate.run import evaluate

TEXT = (
    "A wildfire driven by gale-force winds tore through seaside villages near the capital on Monday, killing at least "
    "twenty people and sending hundreds into the sea to escape the flames, the fire brigade said in the evening."
)
DOCS = [
    {"id": 1, "published": "2018-07-24", "title": "Wildfire kills twenty near capital", "text": TEXT, "cluster": "x"},
    {"id": 2, "published": "2018-07-24T09:00:00Z", "title": "Wildfire kills twenty", "text": TEXT, "cluster": "x"},
    {"id": 3, "title": "Dockers walk out over robots", "text": "Dockers walked out. " * 3, "cluster": "y"},
]


def write(path, rows):
    text = "".join(json.dumps(row) + "\n" for row in rows)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


@pytest.mark.parametrize("name", ["docs.jsonl", "docs.jsonl.gz"])
def test_dedupe_writes_predictions_and_scores_them(tmp_path, name):
    docs = write(tmp_path / name, DOCS)
    pairs = write(tmp_path / "pairs.jsonl", [{"a": "1", "b": "2", "is_dup": True}])
    out = tmp_path / "out.jsonl"
    scores = evaluate("dedupe", docs, gold2=pairs, predictions=out)
    said = {row["id"]: row["copy_of"] for row in read_rows(out)}
    assert said == {"1": None, "2": "1", "3": None}
    assert (scores["documents"], scores["f1"], scores["missing_predictions"]) == (3, 1.0, 0)
    assert scores["seconds"] >= 0


def test_dedupe_counts_merges_across_incidents_over_two_files(tmp_path):
    docs = write(tmp_path / "docs.jsonl", DOCS)
    trap = write(tmp_path / "trap.jsonl", [DOCS[0] | {"id": 4, "url": "https://b.example/", "cluster": "z"}])
    scores = evaluate("dedupe", docs, also=trap)
    assert (scores["documents"], scores["pairs_merged"], scores["merges_across_incidents"]) == (4, 3, 2)


def test_without_labels_predictions_are_still_written(tmp_path):
    docs = write(tmp_path / "docs.jsonl", [{k: v for k, v in row.items() if k != "cluster"} for row in DOCS])
    out = tmp_path / "out.jsonl"
    assert set(evaluate("dedupe", docs, predictions=out)) == {"documents", "seconds"}
    assert len(read_rows(out)) == 3


def test_only_what_a_connector_knows_is_handed_over(tmp_path, monkeypatch):
    seen = []
    task = ModuleType("streams.evaluate.link")
    task.predict = lambda rows: [seen.append(row) or {"id": str(row["id"]), "cluster": "1"} for row in rows]
    monkeypatch.setitem(sys.modules, "streams.evaluate.link", task)
    scores = evaluate("link", write(tmp_path / "docs.jsonl", DOCS))
    assert all(row.keys() <= {"id", "url", "title", "text", "published", "source", "lang"} for row in seen)
    assert [row["id"] for row in seen] == [1, 2, 3]
    assert scores["clusters"] == 1


def test_documents_of_one_date_are_shuffled_by_the_seed():
    rows = [{"id": i, "published": "2018-07-24" if i % 2 else "2018-07-23"} for i in range(60)]
    first, again, other = (as_streamed(rows, seed) for seed in (0, 0, 1))
    assert first == again != other
    assert [r["published"] for r in first] == sorted(r["published"] for r in rows)


def test_rows_without_a_date_keep_their_order():
    rows = [{"id": i} for i in range(9)]
    assert [r["id"] for r in as_streamed(rows)] == list(range(9))


def test_an_article_of_a_row_is_named_by_its_address_or_id():
    assert article_of({"id": 5, "text": "x"}).url == "urn:5"
    assert article_of({"id": 5, "url": "http://www.a.example/?utm_source=x"}).canonical_url == "https://a.example/"
    assert article_of({"id": 5, "published": "2018-07-24"}).published_at.isoformat() == "2018-07-24T00:00:00+00:00"


@pytest.mark.parametrize(
    ("content", "message"),
    [('{"id": 1}\n{"id": 1}\n', "appears twice"), ("nonsense\n", "line 1"), ('{"x": 1}\n', "needs an object with id")],
)
def test_broken_files_are_named(tmp_path, content, message):
    path = tmp_path / "docs.jsonl"
    path.write_text(content)
    with pytest.raises(ValueError, match=message):
        evaluate("dedupe", path)


def test_an_unknown_task_tells_the_known_ones(tmp_path):
    with pytest.raises(ValueError, match="dedupe, classify"):
        evaluate("dedup", tmp_path / "docs.jsonl")
