"""What goes out to targets, what their answers mean, and that nothing said of them holds an address or a secret."""

import base64
import json
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.ingest.contract import Fatal
from connectors.notify.announced import Announced, fold, start_bytes
from connectors.notify.notice import of_alert, of_many, of_test
from connectors.notify.rules import Rules
from connectors.notify.targets import Alertmanager, Away, Refused, Webhook, open_target, secret_bytes, signature
from schemas.codec import to_json
from schemas.records import Alert, Change, Figure, Incident, Place
from tests.integration.hook import Hook

NOW = datetime(2026, 1, 1, tzinfo=UTC)
URL = "https://user:passwort77@hooks.example/services/T0KEN-99/deep?key=geheimnis1"
SECRETS = ("passwort77", "T0KEN-99", "geheimnis1", "sehr-geheim")


def an_alert(reason="new", level="critical", headline="Strike", **changes):
    incident = Incident(
        incident_id="ab" * 16, version=3, family="explosions", subtype="air-drone-strike", title="Strike",
        place=Place(name="Kharkiv", country="UA"), figures=(Figure(what="killed", low=3, best=5, high=10),),
        mention_count=4, article_count=3, source_count=3, origin_count=2, severity=4, role="main", first_seen=NOW,
        last_changed=NOW, change=Change(kind="joined", text="killed is 5, was 3"),
    )  # fmt: skip
    incident = replace(incident, **changes)
    return Alert(
        alert_id="cd" * 16, incident_id=incident.incident_id, rule="severity", level=level, revision=2, reason=reason,
        headline=headline, incident=incident, raised_at=NOW, changed_at=NOW,
    )  # fmt: skip


def webhook(answer, secret=""):
    return Webhook(URL, secret=secret, clock=lambda: NOW, transport=httpx.MockTransport(answer))


def sent(notice, secret=""):
    requests = []

    def answer(request):
        requests.append(request)
        return httpx.Response(204)

    webhook(answer, secret).send(notice)
    return requests[0]


def test_a_webhook_gets_the_record_and_the_key_of_its_revision():
    alert = an_alert()
    request = sent(of_alert(alert))
    assert json.loads(request.content) == to_json(alert)
    assert request.headers["Idempotency-Key"] == "cd" * 16 + ":2"
    assert request.headers["Content-Type"] == "application/json"
    assert "webhook-signature" not in request.headers


def test_a_signature_is_that_of_standard_webhooks():
    """Made with the package standardwebhooks 1.1.0."""
    secret = secret_bytes("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    made = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}')
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    request = sent(of_alert(an_alert()), "sehr-geheim")
    assert request.headers["webhook-id"] == request.headers["Idempotency-Key"]
    assert request.headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert len(base64.b64decode(request.headers["webhook-signature"].removeprefix("v1,"))) == 32


def test_two_secrets_sign_side_by_side_while_a_receiver_changes_over():
    alert = of_alert(an_alert())
    both = sent(alert, "the-new-secret\nsehr-geheim\n").headers["webhook-signature"].split(" ")
    assert both == [sent(alert, each).headers["webhook-signature"] for each in ("the-new-secret", "sehr-geheim")]


@pytest.mark.parametrize("status", [400, 406, 413, 415, 422, 451])
def test_a_message_that_is_at_fault_is_refused_with_the_answers_words(status):
    echo = f"bad  body; you sent it to {URL} with sehr-geheim"
    with pytest.raises(Refused) as error:
        webhook(lambda _: httpx.Response(status, text=echo), "sehr-geheim").send(of_alert(an_alert()))
    assert f"it answers {status}: bad body; you sent it to" in str(error.value)
    assert not any(secret in str(error.value) for secret in SECRETS)


@pytest.mark.parametrize("status", [301, 302, 307, 401, 403, 404, 408, 409, 410, 429, 500, 502, 503])
def test_a_door_that_is_shut_is_waited_for_and_nobody_is_followed(status):
    asked = []

    def answer(request):
        asked.append(request.url.host)
        return httpx.Response(status, headers={"Location": "http://169.254.169.254/"})

    with pytest.raises(Away, match=str(status)):
        webhook(answer).send(of_alert(an_alert()))
    assert asked == ["hooks.example"]


@pytest.mark.parametrize(
    ("header", "pause"),
    [("17", 17), ("99999999", 3600), ((NOW + timedelta(seconds=40)).strftime("%a, %d %b %Y %H:%M:%S GMT"), 40)]
    + [(odd, 0) for odd in ("", "soon", "-5", "9" * 400, "Thu, 01 Jan 1970 00:00:00 GMT")],
)
def test_a_target_may_ask_for_a_pause(header, pause):
    with pytest.raises(Away) as error:
        webhook(lambda _: httpx.Response(429, headers={"Retry-After": header})).send(of_alert(an_alert()))
    assert error.value.pause == pause


TEAMS = "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error {} with ContextId x"


@pytest.mark.parametrize(
    ("body", "raised"),
    [
        (TEAMS.format(429), Away),
        (TEAMS.format(413), Refused),
        ("Webhook message delivery failed with error: unknown", Away),
        ('{"ok": false, "error": "channel_not_found"}', Away),
        ('{"errcode": 93000, "errmsg": "invalid webhook url"}', Away),
    ],
)
@pytest.mark.parametrize("status", [200, 202])
def test_an_answer_that_tells_of_a_failure_in_its_body_is_no_delivery(status, body, raised):
    with pytest.raises(raised, match=r"body") as caught:
        webhook(lambda _: httpx.Response(status, text=body)).send(of_alert(an_alert()))
    assert body[:20] in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "1",
        "ok",
        "<html>",
        "[]",
        '{"ok": true}',
        '{"ok": false}',
        '{"errcode": 0, "errmsg": "ok"}',
        '{"code": 200, "msg": "x"}',
        '{"text": "Webhook message delivery failed"}',
        "[" * 5000,
    ],
)
def test_every_other_body_of_an_answer_2xx_is_a_delivery(body):
    webhook(lambda _: httpx.Response(200, text=body)).send(of_alert(an_alert()))


def test_a_body_that_breaks_off_behind_a_2xx_changes_nothing():
    def broken():
        yield b""
        raise httpx.ReadError("gone")

    webhook(lambda _: httpx.Response(200, content=broken())).send(of_alert(an_alert()))


@pytest.mark.parametrize(
    "error",
    [httpx.ConnectError(URL), httpx.ReadTimeout(URL), httpx.RemoteProtocolError(URL), httpx.ConnectTimeout(URL)],
)
def test_what_fails_below_http_is_told_without_the_address(error, caplog):
    def answer(request):
        raise error

    with caplog.at_level(logging.DEBUG), pytest.raises(Away) as told:
        webhook(answer, "sehr-geheim").send(of_alert(an_alert()))
    assert not any(secret in str(told.value) + caplog.text for secret in SECRETS)


def test_nothing_is_logged_of_a_request(caplog):
    with caplog.at_level(logging.DEBUG):
        sent(of_alert(an_alert()), "sehr-geheim")
    assert not any(secret in caplog.text for secret in SECRETS)


@pytest.mark.parametrize(
    "url",
    ["https://", "https:///T0KEN-99", "https://hooks.example:T0KEN-99/", "nosuch://T0KEN-99", "T0KEN-99", "mailto"],
)
def test_an_address_that_is_none_is_refused_without_repeating_it(url, capfd):
    with pytest.raises(Fatal) as error:
        open_target(url)
    assert "T0KEN-99" not in str(error.value) + "".join(capfd.readouterr())


@pytest.mark.parametrize("given", [("slack://a/b/c", "s"), (URL, "whsec_!")])
def test_a_secret_that_cannot_sign_is_refused(given):
    with pytest.raises(Fatal):
        open_target(given[0], secret=given[1])


def test_apprise_takes_words_and_says_when_it_cannot(caplog, capfd):
    pytest.importorskip("apprise")
    with Hook() as hook, caplog.at_level(logging.DEBUG):
        target = open_target(f"json://user:passwort77@127.0.0.1:{hook.port}/T0KEN-99")
        target.send(of_alert(an_alert(headline="Strike at @everyone <!channel>\nX-Header: y")))
        hook.answers["T0KEN-99"] = 500
        with pytest.raises(Away) as error:
            target.send(of_alert(an_alert()))
    ((_, body, _),) = hook.came("T0KEN-99")
    assert body["title"] == "CRITICAL: Strike at @\u200beveryone ‹!channel› X-Header: y"
    assert "killed 5 (3 to 10)" in body["message"]
    assert body["type"] == "failure"
    shown = caplog.text + str(error.value) + "".join(capfd.readouterr())
    assert not any(secret in shown for secret in SECRETS)


def test_a_merged_incident_names_the_survivor_and_a_retracted_one_says_so():
    merged = an_alert("merged", merged_into="ef" * 16)
    assert of_alert(merged).title == "MERGED: Strike"
    assert f"merged into it; what follows is told there: incident {'ef' * 16}" in of_alert(merged).text
    assert f"told there: Other strike (incident {'ef' * 16})" in of_alert(merged, "Other strike").text
    assert of_alert(an_alert("retracted")).title == "RETRACTED: Strike"
    assert "no longer warrants" in of_alert(an_alert("retracted")).text
    assert of_alert(merged).void
    assert of_alert(an_alert("escalated")).title == "CRITICAL, escalated: Strike"


def test_a_summary_has_all_for_programs_and_the_most_urgent_first():
    alerts = [replace(an_alert(level="info"), alert_id=f"{n:032x}", headline=f"Flood {n}") for n in range(30)]
    alerts.append(an_alert(headline="Strike"))
    notice = of_many(alerts)
    assert notice.title == "31 alerts held back by the rate limit"
    assert notice.text.startswith("CRITICAL: Strike\n")
    assert notice.text.endswith("and 11 more")
    assert len(json.loads(notice.body)["alerts"]) == 31
    assert notice.key == of_many(alerts[::-1]).key
    assert notice.key != of_many(alerts[1:]).key


def test_a_test_is_marked_as_one():
    notice = of_test("desk", "1")
    assert "TEST" in notice.title
    assert json.loads(notice.body)["test"] is True


@given(st.text())
def test_no_headline_breaks_a_line_or_mentions_anybody(headline):
    notice = of_alert(an_alert(headline=headline))
    assert notice.title.splitlines() in ([notice.title], [notice.title.rstrip()])
    assert not any(sign in notice.title for sign in "<>")
    assert "@" not in notice.title.replace("@\u200b", "")
    assert json.loads(notice.body)["alert_id"]


@pytest.mark.parametrize(
    ("rules", "wanted"),
    [
        (Rules(), True),
        (Rules(least_level="critical"), True),
        (Rules(least_severity=5), False),
        (Rules(families=frozenset({"protests"})), False),
        (Rules(countries=frozenset({"UA", "SD"})), True),
        (Rules(countries=frozenset({"SD"})), False),
        (Rules(reasons=frozenset({"new"})), True),
        (Rules(reasons=frozenset({"escalated"})), False),
    ],
)
def test_rules(rules, wanted):
    assert rules.want(an_alert(), told=False) is wanted


def test_levels_are_ordered_and_what_was_told_is_taken_back_whatever_the_rules():
    strict = Rules(least_level="critical", reasons=frozenset({"new"}), countries=frozenset({"SD"}))
    assert not Rules(least_level="critical").want(an_alert(level="warning"), told=True)
    for reason in ("merged", "retracted"):
        assert strict.want(an_alert(reason, level="info"), told=True)
        assert not strict.want(an_alert(reason, level="info"), told=False)
        assert Rules().want(an_alert(reason, level="info"), told=False)


def test_a_memory_comes_back_as_it_was_stored_and_holds_the_newest():
    told = {"a": Announced(2, "i1", "Strike"), "b": Announced(1, "i2", "Flood")}
    messages = [(b"desk", start_bytes({0: 7, 1: 9})), (b"desk/a", Announced(3, "i1", "Strike, 5 killed").to_bytes())]
    messages += [(f"desk/{k}".encode(), t.to_bytes()) for k, t in told.items()]
    messages += [(b"other/a", Announced(9, "i1", "x").to_bytes()), (b"desk/b", None)]
    memory = fold("desk", messages)
    assert memory.since == {0: 7, 1: 9}
    assert (memory.revision("a"), memory.revision("b"), memory.revision("c")) == (3, 0, 0)
    assert memory.headline("i1") == "Strike, 5 killed"
    assert memory.headline(None) == ""


@given(
    st.binary() | st.recursive(st.none() | st.text() | st.integers(), st.lists).map(lambda v: json.dumps(v).encode())
)
def test_a_memory_that_cannot_be_read_is_left_out(raw):
    assert fold("desk", [(b"desk", raw), (b"desk/a", raw)]).told == {}


def test_a_memory_is_bounded(monkeypatch):
    monkeypatch.setattr("connectors.notify.announced.REMEMBERED", 3)
    memory = fold("desk", [(f"desk/{n}".encode(), Announced(1, f"i{n}", "x").to_bytes()) for n in (1, 2, 3, 4, 1)])
    assert memory.forget() == ["2"]
    assert set(memory.told) == {"3", "4", "1"}
    assert memory.headline("i2") == ""


def test_an_alertmanager_gets_one_alert_with_the_same_labels_over_all_revisions():
    came = []

    def answer(request):
        came.append((str(request.url), json.loads(request.content)))
        return httpx.Response(200)

    now = datetime(2030, 1, 1, tzinfo=UTC)
    target = Alertmanager(
        "alertmanager+http://am.example:9093/", transport=httpx.MockTransport(answer), clock=lambda: now
    )
    first = an_alert(level="warning")
    gone = replace(first, revision=3, level="critical", reason="retracted")
    for revision in (first, replace(first, revision=2, level="critical"), gone):
        target.send(of_alert(revision, page="http://console.example/#1"))
    target.send(of_test("desk", "1"))
    assert {url for url, _ in came} == {"http://am.example:9093/api/v2/alerts"}
    told = [body[0] for _, body in came]
    assert told[0]["labels"] == told[1]["labels"] == told[2]["labels"] != told[3]["labels"]
    assert [t["endsAt"] > "2030-01-01T00:00:00.000Z" for t in told] == [True, True, False, True]
    assert told[0]["generatorURL"] == "http://console.example/#1"
    assert isinstance(open_target("alertmanager+https://am.example"), Alertmanager)
