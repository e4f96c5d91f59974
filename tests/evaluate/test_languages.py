"""The table of languages by task: what stands in a language's line, and where it is written."""

import gzip
import json
import sys

import pytest

from streams.evaluate import languages
from streams.evaluate.table import END

HEADLINES = [
    {"id": "1-en", "event": 1, "lang": "en", "text": "Bus crash near Lima kills nine", "place": "Lima", "killed": 9, "injured": None},
    {"id": "1-es", "event": 1, "lang": "es", "text": "Choque de autobús cerca de Lima deja nueve muertos", "place": "Lima", "killed": 9, "injured": None},
    {"id": "1-de", "event": 1, "lang": "de", "text": "Neun Tote bei Busunglück nahe Lima", "place": "Lima", "killed": 8, "injured": None},
]  # fmt: skip
REPORT = {"lang": "es", "published": "2021-06-28", "source": "diario.example.es", "title": "Terremoto en Chile deja siete muertos",
          "text": "Un terremoto sacudió el domingo el norte de Chile. Siete personas murieron, según la policía."}  # fmt: skip
REPORTS = [
    {**REPORT, "id": "right", "family": "disasters", "country": "CL", "killed_stated": 7},
    {**REPORT, "id": "wrong", "family": "accidents", "country": "PE", "killed_stated": 70},
    {**REPORT, "id": "untold", "family": "disasters", "country": "CL", "killed_stated": None},
    {**REPORT, "id": "english", "lang": "en", "family": "disasters", "country": "CL", "killed_stated": 7},
]


@pytest.fixture
def data(tmp_path, monkeypatch):
    for name, rows in (("multilingual/headlines/h.jsonl.gz", HEADLINES), ("linkset/docs.jsonl.gz", REPORTS)):
        path = tmp_path / name
        path.parent.mkdir(parents=True)
        path.write_bytes(gzip.compress("\n".join(json.dumps(r, ensure_ascii=False) for r in rows).encode()))
    held_out = tmp_path / "scores.json"
    held_out.write_text(json.dumps({"places es": {"f1": 0.744}}), encoding="utf-8")
    monkeypatch.setattr(languages, "HELD_OUT", held_out)
    return tmp_path


def line_of(language, text):
    (line,) = (one for one in text.splitlines() if one.startswith(f"| {language} |"))
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_a_language_has_its_scores_in_one_line(data):
    text = languages.table(data)
    assert line_of("Spanish", text) == ["Spanish", "74", "100", "100", "100", "1.00", "3", "67", "67", "1 of 2"]
    assert line_of("German", text)[1:7] == ["", "0", "100", "100", "1.00", ""]
    assert line_of("Swahili", text)[1:] == [""] * 9
    assert "| English |" not in text


def test_languages_that_were_measured_come_first_and_speed_is_told_beneath(data):
    lines = languages.table(data).splitlines()
    assert [one.split(" | ")[0] for one in lines[2:5]] == ["| German", "| Spanish", "| Arabic"]
    assert lines[-1].endswith("over 3 reports.")


def test_the_command_renews_the_table_between_its_marks_and_nothing_else(data, monkeypatch, capsys):
    page = data / "README.md"
    page.write_text(f"# Languages\n\n{languages.BEGIN}\n\nold\n\n{END}\n\nafter\n", encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["languages", str(data), "--write", str(page)])
    languages.main()
    new = page.read_text(encoding="utf-8")
    assert new.startswith(f"# Languages\n\n{languages.BEGIN}\n\n| language |")
    assert new.endswith(f"reports.\n\n{END}\n\nafter\n")
    assert "old" not in new
    assert line_of("Spanish", new) == line_of("Spanish", capsys.readouterr().out)


def test_a_page_without_marks_stays_as_it_is(data, monkeypatch):
    page = data / "README.md"
    page.write_text("# Languages\n", encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["languages", str(data), "--write", str(page)])
    with pytest.raises(ValueError, match="put the lines"):
        languages.main()
    assert page.read_text(encoding="utf-8") == "# Languages\n"
