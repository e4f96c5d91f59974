import json
import math
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.identity import digest
from schemas.records import Claim, Mention, Period, Place, Publisher, Span
from streams.domain.linking.blocking import Index
from streams.domain.linking.cluster_profile import MOST, SUMS, Profile
from streams.domain.linking.link import JOIN
from streams.domain.linking.member import Member
from streams.domain.linking.pair_score import BESIDE, PARTS, Side, compare, named, set_beside
from streams.domain.linking.score_trees import scores, trees
from streams.domain.mentions.link_features import features
from streams.domain.text.word_frequency import UNKNOWN, rarity

START = datetime(2021, 6, 28, tzinfo=UTC)
TALCA = Place(name="Talca", country="CL", admin1="Maule", lat=-35.43, lon=-71.66, precision="city")
PEMBA = Place(name="Pemba", country="TZ", admin1="Pemba North", lat=-5.03, lon=39.77, precision="city")
WORDS = st.lists(
    st.sampled_from("quake rescuers talca ferry pemba mayor 12 harbour bridge school".split()), min_size=1, max_size=30
)


def a_member(title: str, text: str, place: Place | None = None, day: int = 28, killed: int | None = None) -> Member:
    key = digest("mention", title, text)
    claims = (
        () if killed is None else (Claim(what="killed", min=killed, max=killed, quote=Span(start=0, end=1), text="x"),)
    )
    time = START.replace(day=day)
    return Member.of(Mention(
        mention_id=key, document_id=key, story_id=key, block="unlocated", role="main", family="disasters",
        subtype="earthquake", place=place, time=Period(start=time, end=time, precision="day"), claims=claims,
        evidence=Span(start=0, end=1), passage=text, confidence=0.9, title=title, source=Publisher(domain="a.example"),
        origin="a.example", reported_at=START, features=features(title, text),
    ))  # fmt: skip


QUAKE = a_member(
    "Quake kills 12 in Talca",
    "A magnitude 7 earthquake struck Talca, killing Maria Rojas, 27, and 11 others.",
    TALCA,
    28,
    12,
)
TOLL = a_member(
    "Talca quake toll reaches 12",
    "Rescuers in Talca found Maria Rojas, 27, the earthquake's twelfth victim.",
    TALCA,
    28,
    12,
)
FERRY = a_member(
    "Ferry sinks off Pemba", "A ferry with 200 passengers capsized near Pemba, and 40 drowned.", PEMBA, 20, 40
)


def parts(one: Member, other: Member) -> dict[str, float]:
    idf = Index().idf
    return named(compare(Side(Profile.of(one, idf), idf), Profile.of(other, idf), 0.0))


def likeness(one: Member, *others: Member, days: float = 0.0) -> float:
    idf = Index().idf
    return scores([compare(Side(Profile.of(one, idf), idf), Profile.of_all(others, idf), days)])[0]


def test_two_accounts_of_one_incident_score_high_and_another_low():
    assert likeness(TOLL, QUAKE) > 0.5 > likeness(FERRY, QUAKE)
    assert likeness(TOLL, QUAKE, FERRY) > likeness(TOLL, FERRY)


def test_the_parts_say_what_agrees():
    same, other = parts(TOLL, QUAKE), parts(FERRY, QUAKE)
    assert (same["km"], same["same_place"], same["days"], same["killed"], same["age"]) == (0.0, 1.0, 0.0, 1.0, 1.0)
    assert (other["same_place"], other["country"], other["killed"]) == (0.0, 0.0, -1.0)
    assert other["days"] == pytest.approx(math.log1p(8), abs=1e-3)
    assert same["people"] >= 1  # maria rojas
    assert same["text"] > other["text"]


def test_a_common_toll_says_nothing_between_two_languages_where_a_place_is_missing():
    def killed(lang: str, place: Place | None) -> float | None:
        here, there = a_member("12 dead", "12 died.", TALCA, 28, 12), a_member("Doce muertos", "12.", place, 28, 12)
        one, other = (replace(m, mention=replace(m.mention, lang=x)) for m, x in ((here, "en"), (there, lang)))
        return parts(one, other).get("killed")

    assert killed("es", None) is None
    assert killed("es", TALCA) == killed("en", None) == killed("en", TALCA)


def test_accounts_are_compared_knowing_how_many_words_the_shorter_has():
    brief, long = (
        a_member("Quake", "Talca shook."),
        a_member("Quake", "Talca shook while rescuers searched harbour and bridge."),
    )
    assert parts(brief, long)["word_count"] == parts(brief, brief)["word_count"] < parts(long, long)["word_count"]


def test_what_is_not_known_is_no_part():
    assert {"km", "same_place", "killed"}.isdisjoint(parts(a_member("Quake", "An earthquake."), QUAKE))


def test_an_incident_whose_accounts_were_all_taken_out_is_like_nothing():
    idf = Index().idf
    empty = Profile.of(QUAKE, idf)
    empty.take_out([QUAKE], idf)
    assert (empty.accounts, empty.words) == (0, {})
    assert scores([compare(Side(Profile.of(TOLL, idf), idf), empty, 0.0)])[0] < JOIN


def test_each_account_is_wholly_like_itself():
    same = parts(QUAKE, QUAKE)
    assert same["text"] == pytest.approx(1.0, abs=1e-3)
    assert same["title"] == pytest.approx(1.0, abs=1e-3)
    assert same["vector"] == pytest.approx(1.0, abs=1e-2)


@settings(max_examples=40, deadline=None)
@given(st.lists(WORDS, min_size=2, max_size=6), st.integers(1, 5))
def test_joining_one_by_one_or_in_groups_or_taking_out_again_comes_to_the_same(texts, cut):
    idf = Index().idf
    members = [a_member(f"Title {n}", " ".join(words)) for n, words in enumerate(texts)]
    whole = Profile.of_all(members, idf)
    left, right = Profile.of_all(members[:cut], idf), Profile.of_all(members[cut:], idf)
    left.merge(right, idf)
    for name in SUMS:
        assert getattr(left, name) == pytest.approx(getattr(whole, name))
    assert left.length == pytest.approx(whole.length)
    assert left.title_length == pytest.approx(whole.title_length)
    left.take_out(members[cut:], idf)
    assert left.words == pytest.approx(Profile.of_all(members[:cut], idf).words)


def test_a_profile_survives_its_dump_and_stays_within_bounds():
    idf = Index().idf
    profile = Profile.of(QUAKE, idf)
    for n in range(40):
        profile.merge(
            Profile.of(a_member(f"Word{n} here", " ".join(f"Name{n}x{i} talks" for i in range(60))), idf), idf
        )
    assert all(len(getattr(profile, name)) <= most for name, most in MOST.items())
    again = Profile.load(json.loads(json.dumps(profile.dump())))
    assert again.dump() == profile.dump()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(0, 1), min_size=len(PARTS), max_size=len(PARTS)),
    st.sampled_from(("text", "vector", "title", "names")),
    st.floats(0, 1),
)
def test_more_in_common_never_speaks_against(row, part, more):
    richer = list(row)
    richer[PARTS.index(part)] += more
    assert trees().logits([richer])[0] >= trees().logits([row])[0] - 1e-9


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_only_the_likest_of_several_candidates_stands_out(texts):
    rows = [[text, *[math.nan] * (len(PARTS) - 1)] for text in texts]
    set_beside(rows)
    if len(texts) == 1:
        assert math.isnan(rows[0][BESIDE])
        return
    beside = [row[BESIDE] for row in rows]
    assert sum(b > 0.5 for b in beside) <= 1
    assert all(beside[texts.index(max(texts))] >= b for b in beside)


def test_common_words_tell_less_than_rare_ones_until_the_stream_has_them_everywhere():
    assert rarity("polic") < rarity("quak") < rarity("zanzibar") < rarity("no such word") == UNKNOWN
    index = Index()
    before = index.idf("talca")
    for n in range(2000):
        index.put(str(n), ("talca",), ("talca",))
    assert index.idf("talca") < 1 < before
    for n in range(2000):
        index.drop(str(n))
    assert index.idf("talca") == before


def test_ages_are_words_of_their_own():
    words = features("", "A 27-year-old woman and John Smith, 45, of Talca were hurt.").words
    assert {"27y", "45y"} <= words.keys()
    assert QUAKE.features.words["27y"] == 1
