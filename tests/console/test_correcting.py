"""Corrections on screen: what they will change is told before they are sent, and nothing is sent that was not previewed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from schemas.records import Correction
from streams.decisions import partition
from tests.console.made import claim, ident, incident
from tests.console.test_decision_routes import Console


def told_by(n, count, who, **changes):
    """A claim of another report by another origin."""
    return replace(
        claim(count, who), mention_id=ident(900 + n), document_id=ident(700 + n), origin=f"paper{n}.example", **changes
    )


ONE = incident(11, title="Fire in a mill", claims=(told_by(1, 4, "the mayor"),), block="013", version=3)
TWO = incident(
    12, title="Blaze at the mill", block="013", severity=3, mention_count=2, article_count=2, origin_count=2,
    claims=(told_by(2, 7, "the fire brigade"), told_by(3, 5, "a witness")),
)  # fmt: skip
PATH = f"/api/incidents/{ONE.incident_id}/correct"


@pytest.fixture
def console():
    console = Console()
    for one in (ONE, TWO):
        console.board.apply(one)
    return console


async def test_a_merge_is_previewed_then_sent_to_the_partition_of_its_block(console):
    wanted = {"action": "merge", "other": TWO.incident_id, "author": "mara"}
    status, answer = await console.post(PATH, wanted | {"preview": True})
    assert status == 200
    lives, goes = answer["preview"]
    assert (lives["title"], lives["becomes"], goes["title"], goes["becomes"]) == (
        TWO.title, "changed", ONE.title, "gone",
    )  # fmt: skip
    changes = {c["what"]: (c["before"], c["after"]) for c in lives["changes"]}
    assert changes["severity"] == ("3", "4")
    assert changes["origins"] == ("2", "3")
    assert changes["reports"] == ("2", "3")
    assert changes["killed"][1].endswith("(4–7)")
    assert console.paper.records == []

    assert (await console.post(PATH, wanted))[0] == 400
    status, answer = await console.post(PATH, wanted | {"versions": answer["versions"], "reason": "one mill"})
    assert status == 200
    (sent,) = console.paper.records
    assert (sent.action, sent.incident_id, sent.other_incident, sent.author, sent.reason) == (
        "merge", ONE.incident_id, TWO.incident_id, "mara", "one mill",
    )  # fmt: skip
    assert console.paper.partition == partition("013", 4)
    assert [c["correction_id"] for c in console.board.detail(TWO.incident_id)["corrections"]] == [sent.correction_id]


async def test_what_a_revision_took_back_stays_so_in_a_preview(console):
    """Two versions of one paper's report were taken back; another source's 6 was superseded by its later 5."""
    old = [told_by(n, count, "a clerk", superseded=True) for n, count in ((4, 90), (5, 80))]
    early = told_by(6, 6, "a witness", superseded=True, reported_at=TWO.claims[1].reported_at - timedelta(hours=1))
    console.board.apply(replace(TWO, version=2, claims=(*TWO.claims, *old, early)))
    _, answer = await console.post(PATH, {"action": "merge", "other": TWO.incident_id, "preview": True})
    changes = {c["what"]: c["after"] for c in answer["preview"][0]["changes"]}
    assert changes["killed"].endswith("(4–7)")
    split = {"action": "split", "mention_ids": [TWO.claims[1].mention_id], "preview": True}
    _, answer = await console.post(f"/api/incidents/{TWO.incident_id}/correct", split)
    assert [c["after"] for c in answer["preview"][0]["changes"] if c["what"] == "killed"] != []
    assert "90" not in str(answer)
    assert "80" not in str(answer)


async def test_what_has_changed_since_its_preview_is_not_sent(console):
    wanted = {"action": "edit", "fields": {"severity": "2"}, "author": "mara"}
    _, answer = await console.post(PATH, wanted | {"preview": True})
    assert [(c["before"], c["after"]) for c in answer["preview"][0]["changes"]] == [("4", "2")]
    console.board.apply(replace(ONE, version=4))
    status, refused = await console.post(PATH, wanted | {"versions": answer["versions"]})
    assert (status, refused["error"]) == (400, "an incident has changed since the preview: look at it again")
    assert console.paper.records == []


async def test_a_split_shows_both_sides(console):
    path = f"/api/incidents/{TWO.incident_id}/correct"
    wanted = {"action": "split", "mention_ids": [ident(902)], "preview": True}
    _, answer = await console.post(path, wanted)
    stays, new = answer["preview"]
    assert (stays["becomes"], new["becomes"], stays["reports"], new["reports"]) == ("changed", "new", 1, 1)
    assert [c["after"] for c in new["changes"] if c["what"] == "killed"] == ["7"]
    assert [c["after"] for c in stays["changes"] if c["what"] == "killed"] == ["5"]
    _, refused = await console.post(path, wanted | {"mention_ids": [ident(902), ident(903)]})
    assert "cannot take out everything" in refused["error"]


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"action": "burn"}, "no action 'burn'"),
        ({"action": "merge"}, "name the other incident"),
        ({"action": "merge", "other": "0"}, "no incident 0"),
        ({"action": "split"}, "choose the reports"),
        ({"action": "edit", "fields": {"severity": "ninety"}}, "Expecting value"),
        ({"action": "edit", "fields": {"title": 7}}, "new values as JSON texts"),
        ({"action": "split", "mention_ids": "all"}, "a list of ids"),
    ],
)
async def test_what_cannot_be_done_is_refused_with_what_to_change(console, wanted, said):
    status, answer = await console.post(PATH, wanted | {"preview": True})
    assert status == 400
    assert said in answer["error"]


async def test_an_edit_is_taken_back_by_its_undo(console):
    done = Correction(
        correction_id=ident(77), incident_id=ONE.incident_id, action="edit", fields={"severity": "2"}, author="mara",
        at=ONE.last_changed,
    )  # fmt: skip
    console.board.apply(done)
    path = f"/api/corrections/{done.correction_id}/undo"
    status, answer = await console.post(path, {"preview": True})
    assert status == 200
    status, _ = await console.post(path, {"versions": answer["versions"], "author": "ben"})
    assert status == 200
    (sent,) = console.paper.records
    assert (sent.fields, sent.author, sent.reason) == ({"severity": ""}, "ben", f"undoes {done.correction_id[:8]}")
    assert (await console.post(f"/api/corrections/{ident(78)}/undo", {"preview": True}))[0] == 400


async def test_a_merge_is_taken_back_by_what_came_with_it(console):
    done = Correction(
        correction_id=ident(79), incident_id=ONE.incident_id, action="merge", other_incident=TWO.incident_id,
        author="mara", at=ONE.last_changed,
    )  # fmt: skip
    console.board.apply(done)
    console.board.apply(replace(ONE, version=4, merged_into=TWO.incident_id))
    whole = (*TWO.claims, *ONE.claims)
    console.board.apply(replace(TWO, version=2, claims=whole, mention_count=3, article_count=3))
    _, answer = await console.post(f"/api/corrections/{done.correction_id}/undo", {"preview": True})
    stays, comes = answer["preview"]
    assert [c["after"] for c in comes["changes"] if c["what"] == "killed"] == ["4"]
    assert (stays["reports"], comes["reports"]) == (2, 1)
