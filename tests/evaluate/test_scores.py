"""Our metrics on small cases worked out by hand."""

import pytest

from streams.evaluate.scores import (
    casualties_scores,
    classify_scores,
    dedupe_scores,
    kilometres,
    link_scores,
    places_scores,
)
from streams.evaluate.scores_claims import claims_scores
from streams.evaluate.scores_extract import extract_scores


def rows(*found):
    return {row["id"]: row for row in found}


def test_dedupe_counts_pairs_within_groups():
    gold = rows(*({"id": i, "text": "one two three"} for i in "abcd"), {"id": "e", "text": "short"})
    said = rows({"id": "b", "copy_of": "a"}, {"id": "c", "copy_of": "b"}, {"id": "d", "copy_of": None})
    pairs = [
        {"a": "a", "b": "b", "is_dup": True},
        {"a": "a", "b": "d", "is_dup": True},
        {"a": "b", "b": "c", "is_dup": None},
        {"a": "d", "b": "e", "is_dup": True},
    ]
    scores = dedupe_scores(gold, said, pairs, min_words=2)
    # predicted pairs ab, bc, ac: ab right, bc ignored, ac nowhere labelled; ad missed; de not scored
    assert (scores["documents"], scores["precision"], scores["recall"], scores["f1"]) == (4, 0.5, 0.5, 0.5)
    assert (scores["false_merges"], scores["ignored_pairs"], scores["largest_group"], scores["copies"]) == (1, 1, 3, 2)


def test_link_counts_documents_and_pairs():
    gold = rows(*({"id": i, "cluster": c} for i, c in zip("abcd", "xxyy", strict=True)))
    said = rows(*({"id": i, "cluster": c} for i, c in zip("abc", "112", strict=True)))  # d stands alone
    scores = link_scores(gold, said)
    assert (scores["bcubed_precision"], scores["bcubed_recall"]) == (1.0, 0.75)
    assert (scores["pairwise_precision"], scores["pairwise_recall"]) == (1.0, 0.5)
    assert scores["singletons_bcubed_f1"] == pytest.approx(2 / 3)
    assert link_scores(gold, gold)["v_measure"] == 1.0


def test_classify_weighs_labels_by_their_support():
    gold = rows({"id": "a", "label": "X"}, {"id": "b", "label": "X"}, {"id": "c", "label": "Y"})
    said = rows({"id": "a", "label": "X"}, {"id": "b", "label": "Y"}, {"id": "c", "label": "Y"})
    scores = classify_scores(gold, said)
    assert scores["accuracy"] == pytest.approx(2 / 3)
    assert scores["weighted_f1"] == pytest.approx(2 / 3)
    assert scores["macro_f1"] == pytest.approx(2 / 3)


def test_casualties_of_several_incidents_are_left_out():
    docs = rows({"id": "a", "cluster": 1, "clusters": [1]}, {"id": "b", "cluster": 1, "clusters": [1, 2]})
    said = rows({"id": "a", "killed": 2, "injured": None}, {"id": "b", "killed": 9, "injured": 9})
    scores = casualties_scores(docs, said, [{"cluster": "1", "killed": 2, "injured": 1}])
    assert (scores["documents"], scores["killed_accuracy"], scores["injured_mae"], scores["both_accuracy"]) == (
        1,
        1,
        1,
        0,
    )


def test_kilometres_around_the_earth():
    assert kilometres((0, 0), (0, 180)) == pytest.approx(20015.1, abs=0.1)
    assert kilometres((52.52, 13.405), (48.8566, 2.3522)) == pytest.approx(877.5, abs=1)


def test_places_match_by_span_and_then_by_distance():
    spot = {"start": 0, "end": 5, "lat": 10.0, "lon": 10.0}
    gold = rows(
        {"id": "a", "toponyms": [spot, {"start": 9, "end": 12, "lat": 50.0, "lon": 8.0}, {"start": 20, "end": 24}]}
    )
    said = rows({"id": "a", "toponyms": [{**spot, "lat": 10.5}, {"start": 10, "end": 12, "lat": 0.0, "lon": 0.0}]})
    scores = places_scores(gold, said)
    assert (scores["precision"], scores["recall"]) == (1.0, pytest.approx(2 / 3))
    assert scores["exact_precision"] == 0.5
    assert (scores["accuracy_161km"], scores["end_to_end_recall"]) == (0.5, 0.5)


def test_extract_reads_the_keys_of_muc4():
    key = {
        "type": ["ATTACK / BOMBING"],
        "location": ["EL SALVADOR: SAN MIGUEL (DEPARTMENT): SAN LUIS (TOWN)"],
        "date": ["- 08 JAN 90"],
        "perp_org": ['? "FARABUNDO MARTI FRONT" / "FMLN"'],
    }
    guess = {
        "type": "bombing",
        "location": "San Luis",
        "date": "1989-12-30",
        "perp_org": ["the FMLN guerrillas", "army"],
    }
    scores = extract_scores(rows({"id": "a", "templates": [key]}), rows({"id": "a", "templates": [guess]}))
    assert (scores["type_f1"], scores["location_f1"], scores["date_f1"]) == (1.0, 1.0, 1.0)
    assert (scores["perp_org_precision"], scores["perp_org_recall"]) == (0.5, 1.0)


def test_claims_are_paired_by_figure_and_quote():
    claim = {
        "what": "killed",
        "min": 5,
        "max": None,
        "of": "people",
        "attributed_to": "an NGO",
        "quote": {"start": 3, "end": 9},
    }
    main = {
        "role": "main",
        "family": "explosions",
        "place": {"name": "Iraqi-Syrian border", "country": "SY", "lat": 34.4, "lon": 40.9, "alt_countries": ["IQ"]},
        "time": {"start": "2021-06-27", "end": "2021-06-27", "precision": "day"},
        "evidence": {"start": 0, "end": 50},
        "claims": [claim],
    }
    gold = rows({"id": "a", "text": "", "mentions": [main]})
    guess = {
        **main,
        "family": "explosions/air-drone-strike",
        "claims": [{**claim, "attributed_to": "NGO"}, {**claim, "min": 6}],
    }
    alarm = {"role": "main", "family": "crime", "place": {"name": "Oslo"}, "evidence": {"start": 90, "end": 99}}
    scores = claims_scores(gold, rows({"id": "a", "mentions": [guess, alarm, {**main, "role": "story"}]}))
    assert (scores["mentions_p"], scores["mentions_r"], scores["family_accuracy"]) == (0.5, 1.0, 1.0)
    assert (scores["claims_p"], scores["claims_r"], scores["claims_victims_f1"]) == (0.5, 1.0, pytest.approx(2 / 3))
    assert (scores["attribution_accuracy_named"], scores["false_alarms_total"], scores["main_found_as_main"]) == (
        1,
        1,
        1,
    )
