"""The tasks over many languages: their predictions, and that their numbers are those of the independent scorer."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

from streams.evaluate.run import evaluate

SCORER = Path(__file__).parents[3] / "shared" / "score" / "score_multilingual.py"
HEADLINES = [
    {"id": "1-en", "event": 1, "lang": "en", "text": "Bus crash near Lima kills nine", "place": "Lima", "killed": 9, "injured": None},
    {"id": "1-es", "event": 1, "lang": "es", "text": "Choque de autobús cerca de Lima deja nueve muertos", "place": "Lima", "killed": 9, "injured": None},
    {"id": "2-en", "event": 2, "lang": "en", "text": "Quake in Izmir leaves 20 dead, 100 injured", "place": "Izmir", "killed": 20, "injured": 100},
    {"id": "2-tr", "event": 2, "lang": "tr", "text": "İzmir'de deprem: 20 ölü, 100 yaralı", "place": "Izmir", "killed": 20, "injured": 100},
    {"id": "2-hard", "event": 2, "lang": "en", "text": "Quake in Manila leaves 7 dead", "hard": True},
]  # fmt: skip
PAIRS = [
    {"id": "a", "lang_a": "es", "lang_b": "en", "a": "Terremoto en Chile", "b": "Earthquake in Chile", "overall": 1.0, "made_a": "original", "made_b": "original"},
    {"id": "b", "lang_a": "es", "lang_b": "en", "a": "Terremoto en Chile", "b": "Bank raises interest rates", "overall": 4.0, "made_a": "original", "made_b": "original"},
    {"id": "c", "lang_a": "de", "lang_b": "de", "a": "Waldbrand in Portugal", "b": "Feuer in portugiesischen Wäldern", "overall": 1.5, "made_a": "translated", "made_b": "original"},
]  # fmt: skip
TYPES = [
    {"id": "x", "lang": "zh", "title": "四川发生地震", "text": "四川发生6级地震，多人受伤。", "label": "地震"},
    {"id": "y", "lang": "zh", "title": "仓库起火", "text": "一仓库发生火灾，消防赶到现场。", "label": "火灾"},
]
PLACES = [
    {"id": "p", "lang": "ru", "text": "В Москве прошёл дождь.", "places": [{"start": 2, "end": 8, "name": "Москве"}]},
    {"id": "q", "lang": "it", "text": "Non è successo niente di nuovo.", "places": []},
]
SETS = {"headlines": HEADLINES, "similarity": PAIRS, "types": TYPES, "places": PLACES}


def write(path: Path, rows: list[dict]) -> Path:
    path.write_bytes(gzip.compress("\n".join(json.dumps(r, ensure_ascii=False) for r in rows).encode()))
    return path


def test_headlines_in_other_languages_are_counted_placed_and_paired(tmp_path):
    scores = evaluate("headlines", write(tmp_path / "h.jsonl.gz", HEADLINES), predictions=tmp_path / "out.jsonl")
    assert (scores["es_killed_exact"], scores["tr_injured_exact"], scores["tr_place_found"], scores["mrr"]) == (
        1,
        1,
        1,
        1,
    )
    said = {row["id"]: row for row in map(json.loads, (tmp_path / "out.jsonl").read_text("utf-8").splitlines())}
    assert said["1-es"]["ranking"][0] == "1-en"
    assert "ranking" not in said["1-en"]


def test_pairs_of_one_story_score_higher(tmp_path):
    assert evaluate("similarity", write(tmp_path / "s.jsonl.gz", PAIRS))["auc"] == 1


def test_types_are_told_in_the_words_of_the_set(tmp_path):
    assert evaluate("types", write(tmp_path / "zh_cec.jsonl.gz", TYPES))["accuracy"] == 1


def test_a_folder_stands_for_its_files(tmp_path):
    for name, row in zip(("ru", "it"), PLACES, strict=True):
        write(tmp_path / f"{name}.jsonl.gz", [row])
    scores = evaluate("places", tmp_path)
    assert (scores["documents"], scores["ru_f1"], scores["false_alarm_rate"]) == (2, 1, 0)


def test_what_carries_no_labels_still_gets_predictions(tmp_path):
    bare = [{k: v for k, v in row.items() if k in ("id", "lang", "text")} for row in HEADLINES]
    assert evaluate("headlines", write(tmp_path / "h.jsonl.gz", bare), predictions=tmp_path / "o.jsonl").keys() == {
        "documents",
        "seconds",
    }
    assert len((tmp_path / "o.jsonl").read_text("utf-8").splitlines()) == len(bare)


@pytest.mark.skipif(not SCORER.exists(), reason="the independent scorer is not here")
@pytest.mark.parametrize("task", SETS)
def test_the_numbers_are_those_of_the_independent_scorer(task, tmp_path):
    gold, out = (
        write(tmp_path / f"{'zh_cec' if task == 'types' else task}.jsonl.gz", SETS[task]),
        tmp_path / "out.jsonl",
    )
    ours = evaluate(task, gold, predictions=out)
    said = subprocess.run([sys.executable, SCORER, task, gold, out], capture_output=True, text=True, check=True)
    theirs = json.loads(said.stdout)
    assert {k: v for k, v in theirs.items() if k not in ("task", "languages")} == {
        k: ours[k] for k in theirs if k not in ("task", "languages")
    }
    for lang, rates in theirs.get("languages", {}).items():
        own = {k: v for k, v in ours.items() if k.startswith(f"{lang}_")}
        assert {f"{lang}_{k}": v for k, v in rates.items() if k != "documents"} == own


SEVERAL = [
    {"id": "es", "lang": "es", "text": "PARALIZACIÓN EN EL CAMPO. El sindicato exige un aumento.", "labels": ["MOBILIZE", "DEMAND"]},
    {"id": "no", "lang": "es", "text": "El museo abre el domingo.", "labels": []},
]  # fmt: skip


def test_a_text_gets_every_label_that_its_words_speak_for_wherever_they_stand(tmp_path):
    long = {**SEVERAL[0], "id": "long", "text": "El museo abre el domingo. " * 40 + SEVERAL[0]["text"]}
    scores = evaluate("types", write(tmp_path / "es_plover.jsonl.gz", [*SEVERAL, long]))
    assert (scores["accuracy"], scores["macro_f1"]) == (1, 1)
