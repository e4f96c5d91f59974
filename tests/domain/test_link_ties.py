"""Relations, first reports and titles through revisions, merges and splits."""

from dataclasses import replace
from datetime import timedelta

import pytest
from telling import FERRY, QUAKE, SLIDE, START, TREMOR, a_correction, a_mention, run, stored

from schemas.records import Place, Relation
from streams.domain.linking.corrections import correct
from streams.domain.linking.state import LinkState
from streams.domain.linking.titles import title_of


def active(outputs) -> set[tuple[str, str, str]]:
    """Relations as they stand after these outputs."""
    newest = {r.relation_id: r for r in outputs if isinstance(r, Relation)}
    return {
        (r.kind, r.from_incident, r.to_incident)
        for r in newest.values()
        if r.active and r.kind not in ("merged", "split")
    }


def a_story_that_recalls_the_ferry():
    main = a_mention(QUAKE)
    recalled = a_mention(
        FERRY, document_id=main.document_id, story_id=main.story_id, role="background", subtype="transport"
    )
    other = a_mention(SLIDE, 5, subtype="landslide")
    state, outputs = run(main, recalled, other)
    return state, outputs, state.home[main.mention_id], state.home[recalled.mention_id], state.home[other.mention_id]


def merged(state: LinkState, gone: str, into: str):
    state, linked = correct(state, a_correction("merge", "merge", gone, other_incident=into))
    return state, list(linked.outputs)


def test_relations_follow_an_incident_that_is_merged_away_and_come_back_when_it_is_split_out_again():
    state, outputs, quake, ferry, other = a_story_that_recalls_the_ferry()
    before = active(outputs)
    assert ("refers-back", quake, ferry) in before
    state, more = merged(state, ferry, other)
    outputs += more
    assert active(outputs) == {(kind, quake, other) for kind, *_ in before}
    state, linked = correct(state, a_correction("split", "split", other, other_incident=ferry))
    outputs += linked.outputs
    assert active(outputs) == before


def test_relations_come_back_with_an_incident_that_had_taken_in_the_one_they_name():
    state, outputs, quake, ferry, other = a_story_that_recalls_the_ferry()
    third = a_mention(("Wildfire burns hills", "A wildfire burnt hills near Yakutsk, Russia."), 6, subtype="wildfire")
    state, more = run(third, state=state)
    last = state.home[third.mention_id]
    state, out = merged(state, ferry, other)
    before = active([*outputs, *more, *out])
    assert ("refers-back", quake, other) in before
    state, linked = correct(state, a_correction("2", "merge", other, other_incident=last))
    state, back = correct(state, a_correction("3", "split", last, other_incident=other))
    assert active([*outputs, *more, *out, *linked.outputs, *back.outputs]) == before


def test_two_incidents_that_become_one_are_not_related_to_themselves():
    state, outputs, quake, ferry, _ = a_story_that_recalls_the_ferry()
    state, more = merged(state, ferry, quake)
    assert active([*outputs, *more]) == set()


def test_ties_survive_storing():
    state, outputs, quake, ferry, other = a_story_that_recalls_the_ferry()
    again = LinkState.restore(stored(state).items())
    assert stored(again) == stored(state)
    _, more = merged(again, ferry, other)
    assert active([*outputs, *more]) == {(kind, quake, other) for kind, *_ in active(outputs)}


def test_a_revision_does_not_make_the_first_report_later():
    first = a_mention(QUAKE)
    revised = a_mention(TREMOR, 9, story_id=first.story_id, source=first.source, origin=first.origin)
    state, out = run(first, revised)
    assert (out[-1].first_seen, out[-1].last_changed) == (START, START + timedelta(hours=9))
    again = LinkState.restore(stored(state).items())
    assert next(iter(again.open.values())).incident.first_seen == START


def test_the_headline_that_says_what_happened_is_the_title():
    feature = a_mention(("The American response was quick.", "It came before dawn."), 3, severity=5)
    report = a_mention(QUAKE, 1)
    talca = Place(name="Talca", country="CL", lat=-35.4, lon=-71.7, precision="city")
    assert title_of([feature, report], "disasters", "earthquake", talca) == QUAKE[0]
    assert title_of([feature], "disasters", "earthquake", talca) == "Earthquake near Talca"
    assert title_of([feature], "disasters", "earthquake", None) == feature.title


def test_a_headline_of_a_story_or_in_another_language_stays_and_loses_its_outlet():
    vote = replace(a_mention(("Parliament passes the budget - Daily Example", "It did.")), role="story")
    vote = replace(vote, source=replace(vote.source, domain="dailyexample.com"))
    assert title_of([vote], "politics", "legislation", None) == "Parliament passes the budget"
    spanish = replace(a_mention(("Fuerte sismo sacude el sur", "Hubo muertos.")), lang="es")
    talca = Place(name="Talca", country="CL", precision="city")
    assert title_of([spanish], "disasters", "earthquake", talca) == "Fuerte sismo sacude el sur"


@pytest.mark.parametrize(
    ("kind", "place", "title"),
    [
        ("other/memorial", "Talca", "Memorial in Talca"),
        ("strategic-developments/claim-of-responsibility", "Talca", "Claim of responsibility in Talca"),
        ("diplomacy/agreement-withdrawal", None, "Withdrawal from an agreement"),
        ("justice/reward-offer", None, "Reward offer"),
        ("politics/government", "Talca", "The president had been in office for a month"),
    ],
)
def test_what_has_no_headline_is_named_by_its_kind_and_place_and_by_a_clause_only_where_the_kind_says_nothing(
    kind, place, title
):
    said = a_mention(
        ("", "The president had been in office for a month. He then left it with all that he had."), role="background"
    )
    where = Place(name=place, country="CL", precision="city") if place else None
    assert title_of([said], *kind.split("/"), where) == title


def test_a_title_made_from_a_passage_cuts_no_word():
    said = a_mention(
        (
            "",
            "The average price of petrol in the country climbed above three coins a litre for the first time since the flood",
        )
    )
    title = title_of([said], "economy", "markets", None)
    assert len(title) <= 100
    assert title.removesuffix(" ...") in said.passage
    assert said.passage[len(title.removesuffix(" ..."))] == " "
