import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.domain.text.tokenize import LONGEST, blank_markup, sentences, tokens


def texts(text):
    return [s.text for s in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One fell. Two rose!", ["One fell.", "Two rose!"]),
        (
            "Lt. Gen. Smith spoke at 8:25 p.m. Monday. He left.",
            ["Lt. Gen. Smith spoke at 8:25 p.m. Monday.", "He left."],
        ),
        ("It began at 8:25 p.m. Police came.", ["It began at 8:25 p.m.", "Police came."]),
        ("The U.S. Navy said so. J. Smith agreed.", ["The U.S. Navy said so.", "J. Smith agreed."]),
        ("He died.Homicide detectives came.", ["He died.", "Homicide detectives came."]),
        ("a . 38 caliber revolver . The male . . . ran .", ["a . 38 caliber revolver .", "The male . . . ran ."]),
        ("Headline without a stop\nThe text begins.", ["Headline without a stop", "The text begins."]),
        ('"We go." "We stay," he said.', ['"We go."', '"We stay," he said.']),
        ("地震が発生した。三人が死亡した。", ["地震が発生した。", "三人が死亡した。"]),
        ("", []),
        (" \n\t ", []),
    ],
)
def test_sentences_end_where_readers_say(text, expected):
    assert texts(text) == expected


def test_lines_wrapped_by_hand_are_joined():
    text = (
        "THE MOST SERIOUS INCIDENT WAS CAUSED BY UNIDENTIFIED PERSONS WHO THREW A\n"
        "GRENADE AT A PRIVATELY OWNED PASSENGER BUS ON KILOMETER 6 OF THE ROAD TO\nTHE COAST.  ONE DIED."
    )
    assert len(sentences(text)) == 2


def test_markup_is_blanked_in_place():
    text = "<p>Two&nbsp;died.</p><p>One lived.</p>"
    assert len(blank_markup(text)) == len(text)
    assert [text[s.start : s.end].startswith(w) for s, w in zip(sentences(text), ("Two", "One"), strict=True)] == [
        True,
        True,
    ]


def test_paragraphs_are_numbered():
    assert [s.paragraph for s in sentences("A b c.\n\nD e f. G h i.")] == [0, 1, 1]


@pytest.mark.parametrize("piece", ["word ", "a.b ", "<", "x\n", "?", "１。", "\n\n"])
def test_long_runs_are_cut(piece):
    found = sentences(piece * 30_000)
    assert all(len(s.text) <= LONGEST for s in found)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=400))
def test_sentences_lie_in_order_inside_the_text(text):
    clean, at = blank_markup(text), 0
    rows = sentences(text)
    for row in rows:
        assert at <= row.start < row.end <= len(text)
        assert clean[row.start : row.end] == row.text
        at = row.end


@given(st.text(max_size=200), st.integers(0, 50))
def test_words_keep_their_offsets(text, offset):
    words = tokens(text, offset)
    for low, start, end in zip(*words, strict=True):
        assert text[start - offset : end - offset].lower() == low
