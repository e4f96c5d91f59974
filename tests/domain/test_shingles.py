import re
import subprocess
import sys

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streams.domain.dedupe.shingles import (
    BODY_RUN,
    TITLE_RUN,
    TextFingerprint,
    among,
    distinct,
    read,
    read_all,
    shingles,
    word_hashes,
    words,
)


@given(st.text(st.characters(max_codepoint=127)))
def test_the_short_way_for_ascii_equals_the_long_one(text):
    assert words(text) == re.findall(r"\w+", text.casefold())


def test_scripts_without_spaces_give_a_word_a_character():
    assert words("地震 in 東京") == ["地", "震", "in", "東", "京"]


def test_compatibility_forms_and_case_do_not_tell_texts_apart():
    assert words("ＦＩＲＥ Straße") == words("fire STRASSE")


@given(st.lists(st.sampled_from("abcdefgh"), max_size=40), st.sampled_from([TITLE_RUN, BODY_RUN]))
def test_equal_runs_have_equal_hashes_and_others_do_not(spoken, run):
    hashed = shingles(word_hashes(spoken), run).tolist()
    runs = [tuple(spoken[i : i + run]) for i in range(len(spoken) - run + 1)]
    assert len(hashed) == len(runs)
    assert len(set(hashed)) == len(set(runs)) == len(set(zip(hashed, runs, strict=True)))


@given(st.lists(st.integers(0, 2**64 - 1)), st.lists(st.integers(0, 2**64 - 1), min_size=1))
def test_distinct_and_among_are_set_operations(mine, theirs):
    ours = np.array(mine, np.uint64)
    ordered = distinct(np.array(theirs, np.uint64))
    assert ordered.tolist() == sorted(set(theirs))
    assert among(ours, ordered).tolist() == [m in set(theirs) for m in mine]


def test_figures_of_headline_and_body_are_told_from_words():
    reading = read("Five dead, 12 hurt in blast", "Police said 12 people were hurt and five died of 30 there.")
    assert reading.figures() == set(word_hashes(["five", "12", "30"]).tolist())
    assert reading.title_words() == set(word_hashes(["dead", "hurt", "blast"]).tolist())


@given(st.lists(st.tuples(st.text("ab c", max_size=12), st.text("ab c4", max_size=30)), max_size=5))
def test_texts_read_together_are_read_as_alone(texts):
    def plain(r):
        return r.headline_only, r.head.tolist(), r.body.tolist(), r.runs.tolist()

    together = read_all(texts)
    assert [plain(r) for r in together] == [plain(TextFingerprint.of(r.head, r.body)) for r in together]
    assert [plain(r) for r in together] == [plain(read(*text)) for text in texts]


def test_figures_are_told_by_their_places():
    one, other = (
        read("", f"Police said that {n} people died and 4,{m} fled.").figures_in_place()
        for n, m in ((3, 500), (7, 600))
    )
    assert one.keys() == other.keys()
    assert sum(one[p] != other[p] for p in one) == 2
    assert len(one) == 3


def test_a_headline_calls_itself_a_correction():
    assert read("(CORRECTED) - Bank cuts rates", "").marked
    assert not read("Bank rates corrected by the market", "").marked


def test_an_item_without_text_is_read_by_its_headline():
    assert read("Two dead in Kabul blast", "").headline_only
    assert len(read("Two dead in Kabul blast", "").shingles) == 4
    assert not read("Blast", "word " * BODY_RUN).headline_only
    assert len(read("", "").shingles) == 0


def test_hashes_are_the_same_in_every_process():
    code = (
        "from streams.domain.dedupe.shingles import read; from streams.domain.dedupe.state import minhash;"
        "r = read('Toll rises to 12', 'The toll of the fire in the old town rose to 12 on Sunday.');"
        "print(r.title_key, r.body_key, int(r.shingles.sum()), sum(minhash([r.runs])[0]))"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1
    assert len(runs.pop().split()) == 4
