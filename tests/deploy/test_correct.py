from dataclasses import replace
from datetime import UTC, datetime

import pytest
from aiokafka.partitioner import DefaultPartitioner

from deploy.actions.correct import field_value
from schemas.errors import Stop
from schemas.records import Change, Incident
from streams.decisions import Decision, Known, correction_of, opposite, partition

NOON = datetime(2021, 6, 28, 12, tzinfo=UTC)


def an_incident(letter, **changes):
    incident = Incident(
        incident_id=letter * 32, version=1, family="disasters", subtype="earthquake", title="Quake", mention_count=1,
        article_count=1, source_count=1, origin_count=1, severity=3, first_seen=NOON, last_changed=NOON,
        change=Change(), block="caribbean",
    )  # fmt: skip
    return replace(incident, **changes)


KNOWN = Known(
    [
        an_incident("a"),
        an_incident("b"),
        an_incident("c", block="western-asia"),
        an_incident("d", status="closed"),
        an_incident("e", status="closed", merged_into="a" * 32),
    ],
    [],
)


def made(wanted, known=KNOWN):
    return correction_of(known, wanted, author="ann", reason="so", at=NOON, partitions=8)


def test_a_correction_names_whole_ids_and_goes_where_the_mentions_of_the_incident_go():
    correction, where = made(Decision("merge", "aaaaaa", "bbbbbb"))
    assert (correction.incident_id, correction.other_incident, correction.author) == ("a" * 32, "b" * 32, "ann")
    assert where == partition("caribbean", 8)
    again, _ = made(Decision("merge", "aaaaaa", "bbbbbb"))
    assert again == correction


@pytest.mark.parametrize("block", ["caribbean", "western-asia", "unlocated", "südlich"])
def test_partitions_are_those_that_the_stages_clients_choose(block):
    everywhere = list(range(64))
    assert partition(block, 64) == DefaultPartitioner()(block.encode(), everywhere, everywhere)


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        (Decision("merge", "ffffff", "aaaaaa"), "no incident ffffff"),
        (Decision("merge", "aaa", "bbbbbb"), "no incident aaa"),
        (Decision("merge", "aaaaaa", "cccccc"), "two partitions"),
        (Decision("merge", "aaaaaa", "aaaaaa"), "names no other incident"),
        (Decision("merge", "aaaaaa", "eeeeee"), "merged into aaaa"),
        (Decision("edit", "dddddd", fields=(("title", '"x"'),)), "closed"),
        (Decision("edit", "aaaaaa", fields=(("figures", "[]"),)), "cannot be edited"),
        (Decision("edit", "aaaaaa", fields=(("severity", '"high"'),)), "severity"),
        (Decision("split", "aaaaaa"), "names nothing to take out"),
    ],
)
def test_errors_say_what_is_wrong(wanted, says):
    with pytest.raises(Stop, match=says):
        made(wanted)


@pytest.mark.parametrize(
    ("text", "field"),
    [("severity=4", ("severity", "4")), ("title=Quake = bad", ("title", '"Quake = bad"')), ("title=", ("title", ""))],
)
def test_fields_are_json_or_words(text, field):
    assert field_value(text) == field


def test_a_field_without_a_value_is_refused():
    with pytest.raises(Stop, match="FIELD=VALUE"):
        field_value("severity")


@pytest.mark.parametrize(
    ("done", "back"),
    [
        (Decision("merge", "a" * 32, "b" * 32), Decision("split", "b" * 32, "a" * 32)),
        (Decision("split", "a" * 32, "e" * 32), Decision("merge", "a" * 32, "e" * 32)),
        (Decision("split", "a" * 32, mention_ids=("m",)), Decision("merge", "a" * 32, "a" * 32, ("m",))),
        (
            Decision("edit", "a" * 32, fields=(("title", '"x"'),)),
            Decision("edit", "a" * 32, fields=(("title", ""),)),
        ),
    ],
)
def test_every_correction_has_its_opposite(done, back):
    correction, _ = made(done)
    known = Known(list(KNOWN.newest.values()), [correction])
    found = opposite(known, correction.correction_id[:8])
    assert replace(found, incident=back.incident, other=back.other) == back
    assert {found.incident, found.other} == {back.incident, back.other}
