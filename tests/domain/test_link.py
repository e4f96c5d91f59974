from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from telling import FERRY, QUAKE, START, TREMOR, a_correction, a_mention, run, stored

from schemas.identity import digest
from schemas.records import Claim, Incident, Mention, Period, Place, Span
from streams.agents.link import LinkStage
from streams.domain.linking.corrections import correct
from streams.domain.linking.incident import WHOLE
from streams.domain.linking.link import link
from streams.domain.linking.state import MEMBER, OPEN_FOR, SLACK, LinkState
from streams.domain.linking.state_codec import unpack


def timeless(entries: dict[str, bytes]) -> dict[str, dict]:
    """Entries but for the clock and the share of what joins, which move on without them."""
    return {key: {**unpack(value), "clock": None, "joining": None} for key, value in entries.items()}


def test_two_accounts_of_one_incident_meet_and_another_does_not():
    _, out = run(a_mention(QUAKE), a_mention(TREMOR, 1), a_mention(FERRY, 2, subtype="transport"))
    quake, grown, ferry = out
    assert grown.incident_id == quake.incident_id != ferry.incident_id
    assert (grown.version, grown.mention_count, grown.origin_count) == (2, 2, 2)
    assert grown.change.kind == "joined"
    assert grown.change.parts


def test_kinds_that_cannot_be_one_happening_stay_apart_on_different_days():
    storm = ("Storm nears Talca, Chile, days after quake", TREMOR[1].replace("killed 15", "waited for a storm"))
    days = [Period(start=START + timedelta(days=d), end=START + timedelta(days=d), precision="day") for d in (0, 3)]
    quake = a_mention(QUAKE, 1, time=days[0])

    def homes(**told: object) -> int:
        state, _ = run(quake, a_mention(storm, 2, **told))
        return len(set(state.home.values()))

    assert homes(time=days[1], subtype="storm") == 2
    assert homes(time=days[1]) == homes(time=days[0], subtype="storm") == 1


def test_reports_of_nobody_killed_and_of_some_in_another_country_stay_apart_however_alike_they_are():
    def told(number: int, country: str, killed: int) -> Mention:
        claims = (Claim(what="killed", min=killed, max=killed, quote=Span(start=0, end=1), text="x"),)
        return a_mention(TREMOR, number, place=Place(name=country, country=country, precision="country"), claims=claims)

    def homes(country: str, killed: int, before: int = 15) -> int:
        state, _ = run(told(1, "CL", before), told(2, country, killed))
        return len(set(state.home.values()))

    assert homes("AR", 0) == homes("AR", 15, before=0) == 2
    assert homes("AR", 7) == homes("AR", 0, before=0) == homes("CL", 0) == 1


BOMB = (
    "Car bomb kills 14 in Talca, Chile",
    "A car bomb at a market in Talca in central Chile killed 14 people, police said.",
)
BOMBER = (
    "Bomb toll in Talca",
    "The bomb in Talca, Chile, killed nine, doctors of the hospital that treats the wounded said.",
)


def blast(story: tuple[str, str], number: int, day: int, *killed: int, **changes: object) -> Mention:
    at = START + timedelta(days=day)
    claims = tuple(Claim(what="killed", min=n, max=n, quote=Span(start=0, end=1), text="x") for n in killed)
    place = Place(name="Talca", country="CL", precision="city", admin1="Maule", lat=-35.426, lon=-71.656)
    told = {"family": "explosions", "subtype": "remote-bomb", "place": place, "claims": claims, "reported_at": at}
    return a_mention(story, number, time=Period(start=at, end=at, precision="day"), **{**told, **changes})


def test_an_account_is_compared_by_the_toll_that_it_states_first():
    def agreement(*killed: int) -> float:
        _, outputs = run(blast(BOMB, 1, 0, 14), blast(BOMBER, 2, 0, *killed))
        return outputs[-1].change.parts["killed"]

    assert agreement(14, 350) == 1
    assert agreement(350, 14) == -1


def test_a_mention_seen_before_changes_nothing_and_gives_the_incident_as_it_is():
    first, second = a_mention(QUAKE), a_mention(TREMOR, 1)
    state, _ = run(first, second)
    before = stored(state)
    state, linked = link(state, first)
    assert [i.version for i in linked.outputs] == [2]
    assert not linked.changed
    assert stored(state) == before


def test_what_an_article_recalls_opens_a_quiet_incident_that_it_refers_back_to():
    main = a_mention(QUAKE)
    recalled = a_mention(
        FERRY, document_id=main.document_id, story_id=main.story_id, role="background", reported_at=START
    )
    _, (quake, ferry, relation, *_) = run(main, recalled)
    assert ferry.role == "background"
    assert (relation.kind, relation.from_incident, relation.to_incident) == (
        "refers-back",
        quake.incident_id,
        ferry.incident_id,
    )


def test_recalling_a_known_incident_does_not_make_it_newer():
    known = a_mention(FERRY, subtype="transport")
    main = a_mention(QUAKE, 30)
    told = {"document_id": main.document_id, "story_id": main.story_id, "role": "background", "subtype": "transport"}
    recalled = a_mention(FERRY, 30, severity=5, **told)
    _, out = run(known, main, recalled)
    again = out[2]
    assert again.incident_id == out[0].incident_id
    assert (again.last_changed, again.severity, again.role) == (known.reported_at, 3, "main")


def test_a_revision_takes_the_place_of_the_account_it_revises():
    def toll(n: int) -> Claim:
        return Claim(what="killed", min=n, max=n, quote=Span(start=0, end=1), text=str(n))

    first = a_mention(QUAKE, claims=(toll(12),))
    revised = a_mention(
        TREMOR, 1, story_id=first.story_id, source=first.source, origin=first.origin, claims=(toll(15),)
    )
    _, out = run(first, revised)
    last = out[-1]
    assert (last.mention_count, last.article_count, last.change.kind) == (1, 1, "revised")
    assert [(c.claim.min, c.superseded) for c in last.claims] == [(15, False), (12, True)]
    assert [(f.low, f.best, f.high) for f in last.figures] == [(15, 15, 15)]
    assert last.change.text.endswith("Chile quake toll rises; killed 12 → 15")


def killed(n: int, most: int | None = None, **more: str) -> Claim:
    return Claim(what="killed", min=n, max=n if most is None else most, quote=Span(start=0, end=1), text=str(n), **more)


def test_a_change_of_figures_keeps_the_words_of_bounds():
    more = Claim(what="killed", min=15, max=None, quote=Span(start=0, end=1), text="15", words="At least 15")
    _, out = run(a_mention(QUAKE, claims=(killed(12),)), a_mention(TREMOR, 9, claims=(more,)))
    assert out[-1].change.text.endswith("killed 12 → at least 15")


def recalling(number: int, **changes: object) -> Mention:
    """An article of another matter that recalls the quake with a toll of 300, as the police say."""
    main = a_mention(FERRY, number)
    return a_mention(
        QUAKE, number, document_id=main.document_id, story_id=main.story_id, role="background",
        claims=(killed(300, attributed_to="the police"),), **changes,
    )  # fmt: skip


def test_a_figure_of_who_only_recalls_the_incident_neither_counts_nor_replaces_what_its_source_said():
    first = a_mention(QUAKE, claims=(killed(12, attributed_to="police"),))
    _, out = run(first, recalling(40))
    assert len(out[-1].claims) == 2
    assert [(f.low, f.best, f.high) for f in out[-1].figures] == [(12, 12, 12)]


def test_it_does_not_count_either_once_the_incident_has_many_later_accounts():
    first = a_mention(QUAKE, claims=(killed(12, attributed_to="police"),))
    _, out = run(first, recalling(1), *(a_mention(QUAKE, n, title=f"{QUAKE[0]} {n}") for n in range(2, 70)))
    assert out[-1].mention_count == 70
    assert [(f.low, f.best, f.high) for f in out[-1].figures] == [(12, 12, 12)]


def test_a_kind_that_headlines_name_outweighs_what_single_readings_took_it_for():
    told = [
        a_mention(QUAKE, 0, family="accidents", subtype="structure-collapse", confidence=0.7),
        a_mention(TREMOR, 1, family="accidents", subtype="structure-collapse", confidence=0.7),
        a_mention(QUAKE, 2, confidence=0.6),
    ]
    _, out = run(*told)
    assert (out[-1].mention_count, out[-1].family, out[-1].subtype) == (3, "disasters", "earthquake")


def test_the_account_that_a_revision_replaced_changes_nothing_when_it_comes_again():
    first = a_mention(QUAKE)
    revised = a_mention(TREMOR, 1, story_id=first.story_id, source=first.source, origin=first.origin)
    _, out = run(first, revised)
    _, again = run(first, revised, first, revised)
    assert again[-1] == out[-1]


def test_a_statement_joins_what_it_is_about_and_its_figure_counts():
    main = a_mention(QUAKE)
    said = a_mention(
        ("", "We will rebuild, the mayor said."),
        role="statement",
        document_id=main.document_id,
        story_id=main.story_id,
        about=(main.mention_id,),
        mention_id=digest("said"),
    )
    _, out = run(main, said)
    assert out[1].incident_id == out[0].incident_id
    assert out[1].article_count == 1


def test_an_incident_closes_when_the_clock_has_passed_it_and_one_wild_date_closes_nothing():
    wild = a_mention(FERRY, 1, reported_at=START + timedelta(days=4000))
    state, _ = run(a_mention(QUAKE), wild)
    assert len(state.open) == 2
    days = [
        a_mention((f"Vote {n} in Utopia", f"Parliament {n} voted."), 100 + n, reported_at=START + timedelta(days=n))
        for n in range(1, OPEN_FOR.days + 5)
    ]
    state, out = run(*days, state=state)
    expired = [i for i in out if isinstance(i, Incident) and i.change.kind == "expired"]
    assert expired[0].incident_id == digest("incident", a_mention(QUAKE).mention_id)
    assert expired[0].status == "closed"


def test_beyond_the_most_that_may_be_open_the_one_longest_unchanged_closes():
    state = LinkState(most_open=2)
    vote = ("Senate passes budget", "Lawmakers in Ottawa voted for the budget after a night of talks about pensions.")
    virus = ("Measles in Oslo schools", "Norwegian doctors vaccinated pupils against measles after nine cases.")
    told = [a_mention(story, n) for n, story in enumerate((QUAKE, FERRY, vote, virus))]
    state, outputs = run(*told, state=state)
    closed = [o.incident_id for o in outputs if isinstance(o, Incident) and o.status == "closed"]
    assert closed == [digest("incident", told[0].mention_id)]
    assert len(state.open) == 3  # closing comes before the next opens


def test_what_is_kept_of_a_long_story_is_bounded():
    state, _ = run(*(a_mention(QUAKE, n, reported_at=START) for n in range(SLACK + 80)))
    (now,) = state.open.values()
    assert now.incident.mention_count == SLACK + 80
    assert len(now.members) == WHOLE
    assert len(state.told) == len(state.stories) == WHOLE
    assert len(state._closing) <= SLACK + 2


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from([QUAKE, TREMOR, FERRY]), min_size=1, max_size=8), st.integers(0, 8))
def test_a_restored_state_goes_on_as_the_old_one_would(stories, cut):
    mentions = [a_mention(s, n) for n, s in enumerate(stories)]
    state, _ = run(*mentions[:cut])
    restored = LinkState.restore(stored(state).items())
    one, out = run(*mentions[cut:], state=state)
    two, same = run(*mentions[cut:], state=restored)
    assert out == same
    assert stored(one) == stored(two)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([QUAKE, TREMOR, FERRY]), st.integers(0, 3)), min_size=1, max_size=12))
def test_what_is_stored_after_each_change_is_the_whole_state(stories):
    """Each member once, when it joins; revisions, which take the earlier account out, among them."""
    state, table, writes = LinkState(), {}, []
    for n, (story, revised) in enumerate(stories):
        state, linked = link(state, replace(a_mention(story, n), story_id=digest("story", str((story, revised)))))
        entries = LinkStage().entries(state, linked)
        writes += [key for key, value in entries.items() if value and key.startswith(MEMBER)]
        table = {key: value for key, value in {**table, **entries}.items() if value is not None}
        assert timeless(table) == timeless(stored(state))
    assert len(writes) == len(set(writes)) == len(stories)


def test_what_a_killed_worker_left_behind_is_deleted_by_the_next_change():
    first, second, ferry = a_mention(QUAKE), a_mention(TREMOR, 1), a_mention(FERRY, 2)
    state, out = run(first, ferry)
    before = stored(state)
    quake_id, ferry_id = (i.incident_id for i in out)
    state, linked = correct(state, a_correction("1", "merge", ferry_id, other_incident=quake_id))
    left = {
        **before,
        **{k: v for k, v in LinkStage().entries(state, linked).items() if v},
    }  # its deletions were not sent
    lost = MEMBER + digest("nobody")
    left[lost] = left[MEMBER + ferry.mention_id]
    restored = LinkState.restore(left.items())
    assert set(restored.open) == {quake_id}
    restored, linked = link(restored, second)
    assert {ferry_id, lost} <= set(linked.expired)
    assert set(left) - set(linked.expired) | set(linked.changed) == set(restored.every_key())


TOWNS = [
    Place(name=name, country="CL", lat=lat, lon=-71.0, precision="city")
    for name, lat in (("Talca", -35.4), ("Iquique", -20.2), ("Arica", -18.5))
]


@st.composite
def documents(draw):
    """Mentions of a few documents, each with its news and what it recalls."""
    told = []
    for number in range(draw(st.integers(1, 4))):
        document = digest("d", str(number))
        roles = [
            "main",
            *draw(st.lists(st.sampled_from(["main", "background", "aggregate", "follow-up", "statement"]), max_size=4)),
        ]
        for place, role in enumerate(roles):
            story = draw(st.sampled_from([QUAKE, TREMOR, FERRY]))
            changes = {"role": role, "document_id": document, "story_id": document}
            changes |= {"place": draw(st.sampled_from([None, *TOWNS]))}
            changes |= {"evidence": Span(start=place, end=place + 1), "mention_id": digest(document, str(place))}
            told.append(a_mention(story, number, **changes))
    return told


@settings(max_examples=40, deadline=None)
@given(documents(), st.integers(0, 12))
def test_a_restart_between_mentions_of_a_document_changes_nothing(mentions, cut):
    state, _ = run(*mentions[:cut])
    restored = LinkState.restore(stored(state).items())
    one, out = run(*mentions[cut:], state=state)
    two, same = run(*mentions[cut:], state=restored)
    assert out == same
    assert {k: set(v) for k, v in one.told.items()} == {k: set(v) for k, v in two.told.items()}
    assert one.documents.keys() == two.documents.keys() <= one.told.keys()


def test_a_wide_disaster_may_be_told_in_two_provinces_of_one_country_and_an_attack_may_not():
    def homes(family: str, subtype: str, country: str = "CL") -> int:
        places = [
            Place(name=n, country=c, precision="admin", admin1=n) for n, c in (("Maule", "CL"), ("Biobio", country))
        ]
        day = Period(start=START, end=START, precision="day")
        told = [a_mention(TREMOR, n, place=p, time=day, family=family, subtype=subtype) for n, p in enumerate(places)]
        state, _ = run(*told)
        return len(set(state.home.values()))

    assert homes("disasters", "earthquake") == 1
    assert homes("disasters", "earthquake", country="AR") == homes("explosions", "remote-bomb") == 2
