"""Rules on real wires: written while everything runs, met by the right articles only, one alert however much comes."""

from datetime import UTC, datetime, timedelta

import pytest

from deploy.actions.rules import delete, rules_in_force, send, try_out
from deploy.demo.demo import drain
from schemas.identity import article_id
from schemas.records import Article, Publisher
from schemas.topics import ALERT
from streams.rule_settings import read_rule
from tests.console.made import feed, incident
from tests.integration.system import eventually, running
from tests.integration.test_pipeline import publish, records

pytestmark = pytest.mark.timeout(420)
IRAQ = {
    "name": "Iraq, 5 killed",
    "level": "critical",
    "types": ["explosions"],
    "countries": ["IQ"],
    "figures": [{"what": "killed", "value": 5}],
}
SCENE = (
    "Ambulances carried the wounded to hospital as smoke rose over the market in the centre of the "
    "capital. Shopkeepers said the street had been crowded with families buying food for the evening. The interior "
    "ministry said an investigation had begun. Nobody has claimed responsibility for the bombing."
)


def an_article(number, title, lead, hours, now, *, source="ledger.example", tail=SCENE):
    url, body = f"https://{source}/{number}", f"{lead}\n\n{tail}"
    at = now - timedelta(hours=12 - hours)
    return Article(
        article_id=article_id(url, title, body), url=url, canonical_url=url, title=title, body=body, lang="en",
        source=Publisher(domain=source), published_at=at, fetched_at=at,
    )  # fmt: skip


def car_bomb(number, killed, hours, now, **options):
    title = f"Car bomb in Baghdad market kills {killed}"
    lead = f"A car bomb exploded at a market in Baghdad, Iraq, on {now:%A}, killing {killed} people, police said."
    return an_article(number, title, lead, hours, now, **options)


def toll(alert):
    return next(f.best for f in alert.incident.figures if f.what == "killed")


@pytest.mark.once
def test_a_rule_written_while_all_runs_is_met_by_the_right_articles_and_gives_one_alert(parts, tmp_path):
    now = datetime.now(UTC).replace(microsecond=0)
    others = (
        an_article(
            11, "Roadside bomb wounds a guard in Mosul", f"A roadside bomb wounded one guard in Mosul, Iraq, on {now:%A}.",
            1, now, tail="The convoy went on after half an hour, an officer said, and the road was open again by noon.",
        ),
        an_article(
            12, "Car bomb kills 9 in Aleppo", f"A car bomb killed nine people in Aleppo, Syria, on {now:%A}, medics said.",
            1, now, tail="The blast tore down the front of a bakery near the old citadel, and windows broke streets away.",
        ),
        an_article(
            13, "Bus plunges into river near Basra, 8 dead",
            f"Eight people were killed when a bus plunged into a river near Basra, Iraq, on {now:%A}, officials said.",
            1, now, tail="Divers looked for more passengers until dark. The driver had lost control in heavy rain.",
        ),
    )  # fmt: skip
    with running(parts, tmp_path) as system:
        settings = system.settings
        send(settings, read_rule(IRAQ, author="mara", at=now))
        assert [r.name for r in rules_in_force(settings)] == ["Iraq, 5 killed", "severity"]
        publish(system, [car_bomb(1, 7, 1, now), *others])
        raised = lambda: [a for a in records(system, ALERT) if a.rule == "Iraq, 5 killed"]  # noqa: E731 - read anew
        eventually(raised, seconds=60, what="the rule has raised an alert")
        publish(system, [car_bomb(2, 7, 2, now, source="wire-client.example")])  # the same words elsewhere
        for n, killed in ((3, 11), (4, 16), (5, 21)):
            publish(system, [car_bomb(n, killed, n, now, source=f"paper{n}.example")])
            eventually(lambda killed=killed: toll(raised()[-1]) == killed, seconds=60, what=f"the alert says {killed}")
        drain(settings.kafka, watch=system.tree.watch)
        alerts = raised()
        assert len({a.alert_id for a in alerts}) == 1
        assert "Car bomb in Baghdad" in alerts[-1].incident.title
        newest = max(alerts, key=lambda a: a.revision)
        assert sorted({a.revision for a in alerts}) == list(range(1, newest.revision + 1))
        assert [toll(a) for a in sorted(alerts, key=lambda a: a.revision)] == [7, 11, 16, 21]
        assert newest.incident.article_count - 1 <= 4  # the copy is none of its own
        assert try_out(settings, read_rule(IRAQ), 7).count == 1

        delete(settings, "Iraq, 5 killed", author="mara", at=now + timedelta(seconds=1))
        publish(system, [car_bomb(6, 30, 6, now, source="paper6.example")])
        eventually(lambda: raised()[-1].reason == "retracted", seconds=60, what="a deleted rule takes its alert back")


@pytest.mark.once
def test_rules_on_growth_and_on_silent_feeds_raise_and_take_back_over_all_partitions(parts, tmp_path):
    now = datetime.now(UTC).replace(microsecond=0)
    usual = [told(n, now, timedelta(days=2 * n + 1)) for n in range(1, 12)]
    burst = [told(100 + n, now, timedelta(hours=n)) for n in range(4)]
    silent = feed(1, 1, status="silent", reason="nothing new for 21 h", checked_at=now, last_item_at=now)
    growth = {"name": "more than usual", "types": ["disasters"], "growth": {"times": 3, "least": 3}}
    with running(parts, tmp_path) as system:
        settings = system.settings
        raised = lambda rule: [a for a in records(system, ALERT) if a.rule == rule]  # noqa: E731 - read anew
        publish(system, usual)
        send(settings, read_rule(growth, author="mara", at=now))
        send(settings, read_rule({"name": "silence", "silence": {"feeds": ["feed1."]}}, author="mara", at=now))
        drain(settings.kafka, watch=system.tree.watch)
        publish(system, [silent, feed(2, 1, status="silent", checked_at=now), burst[3]])
        eventually(lambda: raised("silence"), seconds=60, what="the silent feed has an alert")
        (told_of,) = raised("silence")
        assert (told_of.level, told_of.incident.subtype, told_of.reason) == ("warning", "silent-feed", "new")
        for incident in burst[2::-1]:
            publish(system, [incident])
            drain(settings.kafka, watch=system.tree.watch)
        eventually(lambda: raised("more than usual"), seconds=60, what="the place has more news than usual")
        assert {a.incident_id for a in raised("more than usual")} <= {i.incident_id for i in burst[:2]}
        assert try_out(settings, read_rule(growth), 1).count == 2
        assert try_out(settings, read_rule({"name": "any", "silence": {}}), 1).count == 2

        publish(system, [feed(1, 2, checked_at=now + timedelta(minutes=15), last_item_at=now)])
        eventually(lambda: len(raised("silence")) > 1, seconds=60, what="the feed brings news again")
        assert raised("silence")[-1].reason == "retracted"


def told(n, now, ago):
    """A minor incident, first told so long ago."""
    return incident(n, severity=1, figures=(), claims=(), first_seen=now - ago, last_changed=now - ago)
