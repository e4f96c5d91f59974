"""What a desk decides on the console: refused without what it needs, tried on what is held, written and told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp.test_utils import TestClient, TestServer

from schemas.codec import Codec
from schemas.errors import Stop
from schemas.records import AlertRule, Triage
from streams.console.board import Board
from streams.console.decision_routes import DECISION_CONTEXT, DecisionContext
from streams.console.keys import BOARD
from streams.console.server import create_console
from streams.domain.alerting.rules import default_rules
from tests.console.made import PORT, START, alert, ident, incident, killed

NOW = datetime(2024, 5, 1, 8, 0, 0, 123_456, tzinfo=UTC)


class Paper:
    """A writer that keeps what it is given, or refuses."""

    def __init__(self) -> None:
        self.records, self.away = [], False

    async def write(self, record, partition=None):
        if self.away:
            raise Stop("Kafka is away")
        self.records.append(record)
        self.partition = partition

    async def partitions(self, topic):
        return 4

    async def close(self):
        """Nothing is open."""


class Console:
    """A console with incidents and one alert on its board, and no Kafka behind it."""

    def __init__(self) -> None:
        self.app = create_console("127.0.0.1:1", Codec(), rules=default_rules())
        self.paper, self.told = Paper(), []
        self.app[DECISION_CONTEXT] = DecisionContext(self.app[BOARD], self.told.append, self.paper, lambda: NOW)
        for n, count in ((1, 24), (2, 4), (3, 9)):
            self.board.apply(incident(n, figures=(killed(count),)))
        self.board.apply(incident(4, place=replace(PORT, country="IQ"), last_changed=START - timedelta(days=30)))
        self.board.apply(alert(incident(1)))

    @property
    def board(self) -> Board:
        return self.app[BOARD]

    async def post(self, path, body, **headers):
        async with TestClient(TestServer(self.app)) as client, client.post(path, json=body, headers=headers) as answer:
            return answer.status, await answer.json()


RULE = {"name": "Haiti", "countries": ["HT"], "figures": [{"what": "killed", "value": 5}]}
ALERT = alert(incident(1)).alert_id
TRIAGE = f"/api/alerts/{ALERT}/triage"


async def test_a_rule_is_tried_on_what_the_console_holds_and_not_saved():
    console = Console()
    status, said = await console.post("/api/rules/test", {"rule": RULE, "days": 7})
    assert (status, said["count"], said["looked_at"]) == (200, 2, 3)
    assert {i["incident_id"] for i in said["met"]} == {ident(1), ident(3)}
    assert said["levels"] == {"warning": 2}
    assert console.paper.records == []


async def test_a_saved_rule_is_written_and_told_with_its_author():
    console = Console()
    status, said = await console.post("/api/rules", {"rule": RULE, "author": "mara"})
    (written,) = console.paper.records
    assert (status, said["rule"]["author"], written.name, written.at) == (
        200,
        "mara",
        "Haiti",
        NOW.replace(microsecond=123_000),
    )
    assert [u.kind for u in console.told] == ["rule"]
    assert [r.name for r in console.board.rules.shown()] == ["Haiti", "severity"]


async def test_the_name_of_a_login_wins_over_a_given_one():
    console = Console()
    await console.post(TRIAGE, {"act": "acknowledge", "author": "someone"}, **{"X-Forwarded-User": "mara"})
    assert console.board.triage[ALERT].acknowledged_by == "mara"


async def test_a_rule_of_the_configuration_is_deleted_by_a_record():
    console = Console()
    assert (await console.post("/api/rules/delete", {"name": "severity", "author": "mara"}))[0] == 200
    (written,) = console.paper.records
    assert (written.name, written.deleted) == ("severity", True)
    assert console.board.rules.shown() == ()


@pytest.mark.parametrize(
    ("path", "body", "says"),
    [
        ("/api/rules", {"rule": RULE}, "your name"),
        ("/api/rules", {"rule": {**RULE, "name": "<b>"}, "author": "m"}, "name"),
        ("/api/rules", {"rule": {**RULE, "contries": []}, "author": "m"}, "no field contries"),
        ("/api/rules", {"rule": {**RULE, "figures": [{"what": "killed", "valu": 5}]}, "author": "m"}, "figures.valu"),
        ("/api/rules", {"rule": {**RULE, "countries": ["Haiti"]}, "author": "m"}, "two capital letters"),
        ("/api/rules", {"rule": [], "author": "m"}, "table"),
        ("/api/rules/test", {"rule": RULE, "days": 0}, "days"),
        ("/api/rules/delete", {"name": "none", "author": "m"}, "no rule"),
        (TRIAGE, {"act": "acknowledge"}, "your name"),
        (TRIAGE, {"act": "explode", "author": "m"}, "no act"),
        (TRIAGE, {"act": "silence", "author": "m", "text": "why", "hours": "2"}, "hours"),
        (f"/api/alerts/{ident(77)}/triage", {"act": "acknowledge", "author": "m"}, "not held"),
        ("/api/rules", "text", "JSON object"),
    ],
)
async def test_what_cannot_be_done_is_refused_in_words(path, body, says):
    console = Console()
    status, said = await console.post(path, body)
    assert (status, console.paper.records) == (400, [])
    assert says in said["error"]


async def test_nothing_is_shown_as_saved_when_kafka_did_not_take_it():
    console = Console()
    console.paper.away = True
    assert (await console.post("/api/rules", {"rule": RULE, "author": "mara"}))[0] == 503
    assert (await console.post(TRIAGE, {"act": "acknowledge", "author": "mara"}))[0] == 503
    assert (console.told, console.board.triage) == ([], {})


async def test_a_silence_ends_when_it_says():
    console = Console()
    await console.post(TRIAGE, {"act": "silence", "author": "mara", "text": "known", "hours": 1.5})
    (written,) = console.paper.records
    assert written.silenced_until == NOW.replace(microsecond=123_000) + timedelta(hours=1.5)


def test_the_board_keeps_the_latest_act_whatever_comes_again():
    first = Triage(alert_id=ALERT, revision=1, author="mara", at=START, act="acknowledge", acknowledged_by="mara")
    second = replace(first, revision=2, act="assign", assigned_to="jonas")
    board = Board()
    assert [len(board.apply(t)) for t in (first, second, first, second)] == [1, 1, 0, 0]
    assert board.snapshot()["triage"][0]["assigned_to"] == "jonas"


def test_a_deleted_rule_is_told_and_shown_no_more():
    board = Board()
    rule = AlertRule(name="a", at=START)
    board.apply(rule)
    (update,) = board.apply(replace(rule, deleted=True, at=START + timedelta(hours=1)))
    assert update.body["deleted"]
    assert board.snapshot()["rules"] == []
    assert board.apply(rule) == []
