"""The checker itself: a run that lost or doubled one thing on purpose must not pass."""

import base64
import copy
import socket
import threading
from collections import Counter
from datetime import UTC, datetime

import pytest

from deploy.supervise.ports import free_ports
from tests.integration.faults.checker import OUTCOME, VIEWS, Found, check
from tests.integration.faults.ledger import make_ledger
from tests.integration.faults.proxy import Proxy

LEDGER = make_ledger(7, 5, datetime(2026, 1, 1, tzinfo=UTC), sample=False, made=2)
ENTRIES = [entry for part in LEDGER for entry in part.entries]


def a_perfect_run():
    rows = {view: [] for view in VIEWS}
    keys = {"news.article.v1": Counter(), "news.event.v1": Counter()}
    for entry in ENTRIES:
        keys[entry.topic][entry.key.decode()] += 1
    for entry in {e.identity: e for e in ENTRIES}.values():
        if entry.poison:
            for stage in ("dedupe" if entry.topic == "news.article.v1" else "classify", "load"):
                rows["quarantine_current"].append(
                    {
                        "quarantine_id": f"{entry.identity}-{stage}",
                        "topic": entry.topic,
                        "stage": stage,
                        "reason": "cannot be read",
                        "key_base64": base64.b64encode(entry.key).decode(),
                    }
                )
        elif entry.topic == "news.article.v1":
            rows["article_current"].append({"article_id": entry.identity})
            rows["original_current"].append({"article_id": entry.identity})
        else:
            rows["feed_event_current"].append({"event_id": entry.identity})
    rows["incident_current"] = [
        {"incident_id": "i1", "version": 2, "produced_ms": 5},
        {"incident_id": "i2", "version": 1},
    ]
    rows["incident_claim"] = [{"incident_id": "i1", "n": 1, "min": 3}]
    announced = [("a1", 1, "three dead"), ("a1", 2, "four dead"), ("a1", 2, "four dead"), ("a2", 1, "one dead")]
    told = [("a1", 2, "a1:2", "four dead"), ("a2", 1, "a2:1", "one dead"), ("a2", 1, "a2:1", "one dead")]
    return Found(rows, keys, announced, told)


def judged(found):
    return check(LEDGER, found, a_perfect_run())


def test_a_perfect_run_passes():
    verdict = judged(a_perfect_run())
    assert verdict.good, verdict.lines()
    assert (verdict.repeats, verdict.told_again) == (1, 1)


@pytest.mark.parametrize(
    "view",
    [
        "article_current",
        "feed_event_current",
        "quarantine_current",
        "original_current",
        "incident_current",
        "incident_claim",
    ],
)
def test_one_dropped_record_is_lost(view):
    found = a_perfect_run()
    dropped = found.rows[view].pop(len(found.rows[view]) // 2)
    verdict = judged(found)
    assert verdict.lost
    assert not verdict.doubled
    key = dropped.get("key_base64")
    name = base64.b64decode(key).decode() if key else next(iter(dropped.values()))
    assert any(name in line for line in verdict.lines())


@pytest.mark.parametrize(
    "view", ["article_current", "feed_event_current", "quarantine_current", "copy_current", "incident_current"]
)
def test_one_doubled_record_is_told(view):
    found = a_perfect_run()
    rows = found.rows[view] or found.rows["original_current"]
    rows.append(copy.deepcopy(rows[0]))
    verdict = judged(found)
    assert verdict.doubled
    assert not verdict.lost


def test_the_slice_of_a_lost_input_is_known():
    found = a_perfect_run()
    number, entry = next((n, e) for n, part in enumerate(LEDGER) for e in part.entries if n == 2 and not e.poison)
    first = next(n for n, part in enumerate(LEDGER) if any(e.identity == entry.identity for e in part.entries))
    rows = found.rows["article_current"]
    rows[:] = [row for row in rows if row["article_id"] != entry.identity]
    assert first in judged(found).lost
    assert number >= first


def test_another_outcome_is_told():
    found = a_perfect_run()
    found.rows["incident_claim"][0]["min"] = 4
    assert any("min differ" in line for line in judged(found).lost[OUTCOME])


def test_rows_may_differ_in_their_clocks():
    found = a_perfect_run()
    found.rows["incident_current"][0]["produced_ms"] = 99
    assert judged(found).good


def test_what_nobody_wrote_is_told():
    found = a_perfect_run()
    found.rows["article_current"].append({"article_id": "stranger"})
    assert judged(found).doubled


def test_a_quarantined_good_record_is_told():
    found = a_perfect_run()
    good = next(e for e in ENTRIES if not e.poison)
    found.rows["quarantine_current"].append(
        {
            **found.rows["quarantine_current"][0],
            "quarantine_id": "x",
            "topic": "news.mention.v1",
            "key_base64": base64.b64encode(good.key).decode(),
        }
    )
    assert judged(found).doubled


@pytest.mark.parametrize("announced", [("a1", 2, "five dead"), ("a1", 1, "three dead")])
def test_an_alert_with_two_texts_or_going_back_is_told(announced):
    found = a_perfect_run()
    found.announced.append(announced)
    assert not judged(found).good


def test_a_new_revision_below_the_newest_is_told():
    found = a_perfect_run()
    found.announced.remove(("a1", 1, "three dead"))
    found.announced.extend([("a1", 1, "three dead"), ("a1", 2, "four dead")])
    assert judged(found).doubled


def test_an_alert_stage_that_lost_its_state_may_say_everything_again_in_order():
    found = a_perfect_run()
    found.announced.extend(list(found.announced))
    assert judged(found).good


def test_a_target_that_was_not_told_the_newest_is_told():
    for told in ([], [("a1", 1, "a1:1", "three dead")]):
        found = a_perfect_run()
        found.told[:1] = told
        assert any("not told alert a1 at 2" in line for line in judged(found).lost[OUTCOME])


@pytest.mark.parametrize(
    "told", [("a2", 1, "other key", "one dead"), ("a2", 1, "a2:1", "two dead"), ("a2", 7, "a2:7", "one dead")]
)
def test_a_target_that_was_told_twice_as_two_or_what_nobody_announced_is_told(told):
    found = a_perfect_run()
    found.told.append(told)
    assert judged(found).doubled


def test_a_ledger_is_made_again_by_its_seed():
    assert make_ledger(7, 5, datetime(2026, 1, 1, tzinfo=UTC), sample=False, made=2) == LEDGER
    assert {e.poison for e in ENTRIES} - {""}
    assert len({e.identity for e in ENTRIES}) < len(ENTRIES)


def test_a_cut_proxy_refuses_and_a_mended_one_forwards():
    port, target = free_ports(2)
    with socket.create_server(("127.0.0.1", target)) as server, Proxy(port, target) as proxy:

        def echo():
            for _ in range(2):
                accepted, _ = server.accept()
                with accepted:
                    accepted.sendall(accepted.recv(10))

        thread = threading.Thread(target=echo)
        thread.start()
        for _ in range(2):
            with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
                client.sendall(b"hello")
                assert client.recv(10) == b"hello"
            proxy.cut()
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", port), timeout=10)
            proxy.mend()
        thread.join()
