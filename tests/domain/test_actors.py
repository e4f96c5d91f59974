import pytest

from streams.domain.extract.actors import MOST, kind_of, read_actors
from streams.domain.extract.signal_words import find_signals


def find_actors(text, offset=0):
    return read_actors(text, [cue for cue in find_signals(text) if cue.group == "actor"], offset)


def read(text):
    return {(f.actor.name, f.actor.role, f.actor.kind) for f in find_actors(text)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Taliban fighters attacked the base", ("Taliban fighters", "initiator", "armed-group")),
        ("The United States struck the town", ("United States", "initiator", "state")),
        ("two soldiers were killed by gunmen", ("gunmen", "initiator", "armed-group")),
        ("Police officers were attacked by a mob", ("Police officers", "target", "security-force")),
        ("An attack on protesters in the square", ("protesters", "target", "people")),
        ("the Red Cross said", ("Red Cross", "other", "ngo")),
    ],
)
def test_actors_have_kind_and_role(text, expected):
    assert expected in read(text)


def test_short_names_need_their_capitals():
    assert "state" not in {k for _, _, k in read("they told us to leave")}
    assert "state" in {k for _, _, k in read("they told US troops to leave")}


def test_offsets_point_at_the_name():
    text = "On Monday Hezbollah fired rockets."
    found = find_actors(text, 100)[0]
    assert text[found.start - 100 : found.end - 100] == "Hezbollah"


def test_names_are_known_without_their_article():
    assert kind_of("the Pentagon") == "agency"
    assert kind_of("Nobody Knows") is None


def test_a_long_text_gives_no_more_than_the_most():
    assert len(find_actors("Hamas, Hezbollah, FARC, ELN, ETA, IRA, PKK, YPG, SDF, LTTE, M23, ADF met.")) == MOST
