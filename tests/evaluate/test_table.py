import json
import re

import pytest

from streams.evaluate import table


def test_a_set_that_is_there_is_scored_beside_its_target(tmp_path, monkeypatch):
    folder = tmp_path / "incident_claims"
    folder.mkdir()
    body = "A bomb killed five people in Rome on Sunday, police said."
    gold = {"id": "a", "title": "", "text": body, "published": "2021-06-28", "mentions": []}
    (folder / "docs.jsonl").write_text(json.dumps(gold), encoding="utf-8")
    held_out = tmp_path / "scores.json"
    held_out.write_text(json.dumps({"claims incident_claims": {"mentions_f1": 0.123}}), encoding="utf-8")
    monkeypatch.setattr(table, "HELD_OUT", held_out)
    text = table.table(tmp_path)
    assert re.search(r"\| claims \| incident_claims \| 1 \| mention F1 \| \d+\.\d \| 12\.3 \|", text)
    assert "places" not in text


def test_only_the_table_in_a_document_is_renewed():
    old = f"# A\n\n{table.BEGIN}\n\nold\n\n{table.END}\n\nafter\n"
    new = table.written("new", old)
    assert new == f"# A\n\n{table.BEGIN}\n\nnew\n\n{table.END}\n\nafter\n"
    with pytest.raises(ValueError, match="put the lines"):
        table.written("new", "# A\n")
