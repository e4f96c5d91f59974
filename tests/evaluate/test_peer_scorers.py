"""Our metrics give the numbers of the independent scorers, on real documents and predictions made by spoiling gold."""

import gzip
import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from streams.evaluate.documents import read_rows
from streams.evaluate.run import evaluate
from streams.evaluate.scores import casualties_scores, classify_scores, dedupe_scores, link_scores, places_scores
from streams.evaluate.scores_claims import claims_scores
from streams.evaluate.scores_extract import extract_scores

SHARED = Path(__file__).parents[3] / "shared"
DATA = SHARED / "data"
pytestmark = pytest.mark.skipif(not (SHARED / "score").is_dir(), reason="the independent scorers are not here")


def shared_score(scorer, *arguments):
    done = subprocess.run(
        [sys.executable, SHARED / "score" / scorer, *map(str, arguments)], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def write(path, said):
    path.write_text("".join(json.dumps(row) + "\n" for row in said), encoding="utf-8")
    return path


def by_id(found):
    return {str(row["id"]): row for row in found}


def assert_equal(ours, theirs):
    for name, value in theirs.items():
        if name in ("task", "missing_predictions", "unknown_ids"):
            continue
        assert ours[name] == (value if value is None else pytest.approx(value, abs=0.00006)), name
    assert ours.keys() <= theirs.keys()


def spoil_copies(row, rng, ids):
    return {"id": row["id"], "copy_of": rng.choice(ids) if rng.random() < 0.02 else None}


def spoil_cluster(row, rng, ids):
    return {"id": row["id"], "cluster": rng.choice([row.get("cluster"), rng.randrange(90), None])}


def spoil_label(row, rng, ids):
    return {"id": row["id"], "label": rng.choice([row["label"], "OTHER", "CHEM_WEAP"])}


def spoil_counts(row, rng, ids):
    return {"id": row["id"], "killed": rng.choice([0, 1, None, row.get("killed")]), "injured": rng.choice([0, 2, None])}


def spoil_places(row, rng, ids):
    said = [
        {
            "start": t["start"] + rng.choice([0, 0, -3, 40]),
            "end": t["end"],
            "lat": t.get("lat"),
            "lon": rng.uniform(-90, 90),
        }
        for t in row["toponyms"]
        if rng.random() < 0.8
    ]
    for t in said:
        t["lon"] = rng.choice([t["lon"], None, *(g.get("lon") for g in row["toponyms"])])
    return {"id": row["id"], "toponyms": [t for t in said if t["start"] < t["end"]]}


def spoil_templates(row, rng, ids):
    said = []
    for t in row["templates"] * rng.choice([0, 1, 1, 2]):
        slots = {k: [v.strip('?" ').split("/")[0].strip('" ') for v in t.get(k) or []] for k in t if rng.random() < 0.6}
        said.append(
            {**slots, "type": rng.choice([t["type"], "BOMBING"]), "date": rng.choice([t.get("date"), "1990-01-08"])}
        )
    return {"id": row["id"], "templates": said}


CASES = {
    "dedupe": ("ecbplus/docs", spoil_copies, dedupe_scores, "near_duplicates_silver/ecbplus.pairs"),
    "link": ("ecbplus/docs", spoil_cluster, link_scores, None),
    "classify": ("case2021_acled/snippets", spoil_label, classify_scores, None),
    "casualties": ("gva_incidents/docs", spoil_counts, casualties_scores, "gva_incidents/incidents"),
    "places": ("geoparsing/lgl", spoil_places, places_scores, None),
    "extract": ("muc4/docs", spoil_templates, extract_scores, None),
}


@pytest.mark.parametrize("task", CASES)
def test_metrics_equal_the_independent_ones(task, tmp_path):
    name, spoil, scores, second = CASES[task]
    path = DATA / f"{name}.jsonl.gz"
    rng, gold = random.Random(7), read_rows(path)
    ids = [row["id"] for row in gold]
    said = [spoil(row, rng, ids) for row in gold if rng.random() < 0.95]
    arguments = [task, path, write(tmp_path / "said.jsonl", said)]
    extra = []
    if second:
        extra = [read_rows(DATA / f"{second}.jsonl.gz", needed=())]
        arguments += ["--gold2", DATA / f"{second}.jsonl.gz"]
    if task == "dedupe":
        extra.append(40)
        arguments += ["--min-words", 40]
    assert_equal(scores(by_id(gold), by_id(said), *extra), shared_score("score.py", *arguments))


def test_types_of_toponyms_are_handled_alike(tmp_path):
    rng, gold = random.Random(3), read_rows(DATA / "geoparsing" / "lgl.jsonl.gz")[:200]
    for row in gold:
        for t in row["toponyms"]:
            t["type"] = rng.choice(["literal", "demonym"])
            if t["type"] == "demonym":
                t["lat"] = t["lon"] = None
    said = [spoil_places(row, rng, ()) for row in gold]
    theirs = shared_score("score.py", "places", write(tmp_path / "g.jsonl", gold), write(tmp_path / "s.jsonl", said))
    assert_equal(places_scores(by_id(gold), by_id(said)), theirs)


def spoil_mentions(row, rng):
    said = []
    for m in row["mentions"] * rng.choice([0, 1, 1, 1, 2]):
        if rng.random() < 0.15:
            continue
        claims = [
            {**c, "min": rng.choice([c["min"], 3]), "attributed_to": rng.choice([c["attributed_to"], "police"])}
            for c in m["claims"]
        ]
        moved = rng.choice([0, 0, 30, 200])
        said.append(
            {
                **m,
                "role": rng.choice([m["role"], m["role"], "main", "statement", "story", "background"]),
                "family": rng.choice([m["family"], f"{m['family']}/x", "crime"]),
                "place": rng.choice([m["place"], None, {"name": "Baghdad", "country": "iq", "lat": 33.3, "lon": 44.4}]),
                "time": rng.choice([m["time"], None, "2021-06-27", {"start": "2021-06-25", "end": "2021-07-20"}]),
                "evidence": {k: v + moved for k, v in m["evidence"].items()},
                "claims": rng.choice([claims, claims[:1], None]),
            }
        )
    return {"id": row["id"], "mentions": said}


def flattened(theirs):
    flat = {}
    for name, value in theirs.items():
        if not isinstance(value, dict):
            flat[name] = value
            continue
        for k, v in value.items():
            flat[name if k == "value" else f"{name}_{k}"] = v
    return flat


@pytest.mark.parametrize("seed", range(4))
def test_claims_metrics_equal_the_independent_ones(seed, tmp_path):
    rng, path = random.Random(seed), DATA / "incident_claims" / "docs.jsonl"
    gold = read_rows(path)
    said = [spoil_mentions(row, rng) for row in gold if rng.random() < 0.95]
    theirs = flattened(shared_score("score_claims.py", path, write(tmp_path / "said.jsonl", said)))
    ours = claims_scores(by_id(gold), by_id(said))
    assert ours.keys() == theirs.keys()
    assert_equal(ours, theirs)


def test_an_evaluation_tells_the_numbers_that_its_predictions_score(tmp_path):
    docs, pairs = DATA / "ecbplus/docs.jsonl.gz", DATA / "near_duplicates_silver/ecbplus.pairs.jsonl.gz"
    said = tmp_path / "said.jsonl"
    ours = evaluate("dedupe", docs, gold2=pairs, predictions=said)
    theirs = shared_score("score.py", "dedupe", docs, said, "--gold2", pairs)
    assert ours.pop("seconds") > 0
    assert ours.pop("pairs_merged") >= ours.pop("merges_across_incidents")  # the peer does not count these
    assert ours == {k: v for k, v in theirs.items() if k != "task"}
    assert ours["documents"] == len(gzip.decompress(docs.read_bytes()).splitlines())
