"""The report on the sample says what went right and names what did not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from deploy.demo.expected import compare, offline
from deploy.demo.manifest import read_manifest
from deploy.demo.outcome import Records, run_stages
from schemas.identity import article_id, canonical_url
from schemas.records import (
    Alert,
    Article,
    Change,
    Claim,
    CopyVerdict,
    Features,
    FeedEvent,
    Figure,
    Incident,
    Mention,
    Original,
    Period,
    Place,
    Publisher,
    SourcedClaim,
    Span,
)

NOON = datetime(2020, 5, 2, 12, tzinfo=UTC)
WIRE = Publisher(domain="wire.example")
FIRST, COPY, LATER, REVISED, STORY = ("https://wire.example/" + n for n in ("first", "copy", "later", "later", "story"))
HOURS = {"first": 0, "copy": 1, "later": 2, "revised": 3, "story": 4}


def at(name):
    return NOON + timedelta(hours=HOURS[name])


def entry(name, url, *, main=("fire",), background=(), copy_of=None, kind=None):
    return {
        "url": url,
        "published": f"{at(name):%Y-%m-%dT%H:%M:%SZ}",
        "copy_of": copy_of[0] if copy_of else None,
        "copy_of_published": f"{at(copy_of[1]):%Y-%m-%dT%H:%M:%SZ}" if copy_of else None,
        "kind": kind,
        "main": list(main),
        "follow_up": [],
        "background": list(background),
        "story": not main,
    }


def meant(slug, place, date, subtype, *, alert, figures=()):
    kind = {"family": "disasters", "alt_families": [], "subtype": subtype}
    stated = [
        {"what": what, "min": n, "max": n, "of": "people", "as_of": f"2020-05-02T{hour:02}:00:00Z"}
        for hour, what, n in figures
    ]
    return {"slug": slug, "place": place, "date": date, **kind, "alert": alert, "figures": stated}


MANIFEST = {
    "articles": [
        entry("first", FIRST, background=("old-fire",)),
        entry("copy", COPY, copy_of=(FIRST, "first"), kind="near"),
        entry("later", LATER),
        entry("revised", REVISED, copy_of=(LATER, "later"), kind="revision"),
        entry("story", STORY, main=(), background=("old-fire",)),
    ],
    "incidents": [
        meant("fire", "Mati", "2020-05-01", "wildfire", alert=True, figures=((12, "killed", 9), (15, "killed", 12))),
        meant("old-fire", "Cloquet", "1918", "wildfire", alert=False),
    ],
    "events": [{"id": "WF1", "incident": "fire"}, {"id": "EQ2", "incident": None}],
}


def original(name, url, *, reason="first", story=None):
    article = Article(article_id=name, url=url, source=WIRE, published_at=at(name), fetched_at=NOON)
    return Original(article=article, reason=reason, story_id=story or name)


def copied(name, url, of):
    return CopyVerdict(
        article_id=name, copy_of=of, similarity=0.9, source=WIRE, url=url, published_at=at(name), fetched_at=NOON
    )


def mention(name, *, role="main", day=1, year=2020, place="Mati", kind="article"):
    on = datetime(year, 5, day, tzinfo=UTC)
    return Mention(
        mention_id=f"m-{name}", document_id=name.split("+")[0], document_kind=kind, story_id=name, block="b",
        role=role, family="disasters", subtype="wildfire", place=Place(name=place), time=Period(start=on, end=on),
        evidence=Span(start=0, end=0), confidence=1.0, source=WIRE, origin="wire.example", reported_at=NOON,
        features=Features(),
    )  # fmt: skip


def joined(incident_id, *names, killed=(), figures=(), merged_into=None):
    """One version of an incident for each mention that joined it."""
    claims = tuple(
        SourcedClaim(
            claim=Claim(what="killed", min=n, max=n, quote=Span(start=0, end=0)),
            mention_id="", document_id="", source=WIRE, reported_at=NOON,
        )
        for n in killed
    )  # fmt: skip
    return [
        Incident(
            incident_id=incident_id, version=v, family="disasters", subtype="wildfire", title=incident_id,
            mention_count=v, article_count=v, source_count=1, origin_count=1, severity=3, first_seen=NOON,
            last_changed=NOON, claims=claims, figures=figures, merged_into=merged_into,
            change=Change(mention_id=f"m-{name}", document_id=name.split("+")[0]),
        )
        for v, name in enumerate(names, 1)
    ]  # fmt: skip


def raised(incident, *, reason="new", revision=1):
    return Alert(
        alert_id=incident.incident_id, incident_id=incident.incident_id, rule="severity", revision=revision,
        reason=reason, headline=f"alert on {incident.title}", incident=incident, raised_at=NOON, changed_at=NOON,
    )  # fmt: skip


def event(source_id):
    return FeedEvent(
        event_id=source_id.lower(), source=WIRE, source_event_id=source_id, kind="wf", updated_at=NOON, fetched_at=NOON
    )


BURNING = joined(
    "burning",
    "first",
    "later",
    "revised",
    "wf1",
    killed=(9, 12),
    figures=(Figure(what="killed", low=9, best=12, high=12),),
)
GOOD = Records(
    copies=[copied("copy", COPY, "first")],
    originals=[
        original("first", FIRST),
        original("later", LATER),
        original("revised", REVISED, reason="revision", story="later"),
        original("story", STORY),
    ],
    mentions=[
        *map(mention, ("first", "later", "revised")),
        mention("story", role="story"),
        *(mention(e, kind="event") for e in ("wf1", "eq2")),
    ],
    incidents=[*BURNING, *joined("talk", "story"), *joined("quake", "eq2")],
    alerts=[raised(BURNING[0])],
    events=[event("WF1"), event("EQ2")],
)


def report(**changes):
    return compare(replace(GOOD, **changes), MANIFEST)


def incidents(*groups):
    return [version for group in groups for version in group]


def test_what_came_out_as_meant():
    assert report() == {
        "copies_expected": 1, "copies_found": 1, "copies_of_right_kind": 1, "copies_missed": [], "copies_wrong": [],
        "revisions_expected": 1, "revisions_found": 1, "revisions_missed": [],
        "incidents_of_several": 1, "incidents_whole": 1, "incidents_split": [], "incidents_mixed": [],
        "link_pairwise_precision": 1.0, "link_pairwise_recall": 1.0,
        "link_bcubed_precision": 1.0, "link_bcubed_recall": 1.0, "link_bcubed_f1": 1.0,
        "alerts": 1, "alerts_expected": 1, "alerts_raised": 1, "alerts_missed": [], "alerts_doubled": [],
        "false_alarms": [], "stories_that_alert": [],
        "figures_final": 1, "figures_stated": 1.0, "figures_covered": 1.0, "figures_missed": [], "figures_wrong": [],
        "events_expected": 1, "events_joined": 1, "events_missed": [], "events_astray": [],
    }  # fmt: skip


def test_nothing_came_out():
    got = compare(Records(), MANIFEST)
    assert got["copies_missed"] == [COPY]
    assert got["revisions_missed"] == [REVISED]
    assert got["incidents_split"] == ["fire into 1"]
    assert got["link_pairwise_recall"] == 0
    assert got["alerts_missed"] == ["fire"]
    assert got["figures_missed"] == ["fire: 12 killed"]
    assert got["events_missed"] == ["WF1 of fire"]


def test_a_copy_that_names_another_story_and_an_article_that_is_none_are_wrong():
    got = report(
        copies=[copied("copy", COPY, "story"), copied("later", LATER, "first")],
        mentions=[m for m in GOOD.mentions if m.document_id != "later"],
        incidents=joined("burning", "first", "revised"),
    )
    assert (got["copies_found"], got["copies_wrong"]) == (0, [COPY, LATER])
    assert got["incidents_whole"] == 1  # an article taken for a copy stands where its original stands


@pytest.mark.parametrize(("reason", "story"), [("first", "revised"), ("revision", "first")])
def test_a_revision_read_as_a_first_or_of_another_story_is_missed(reason, story):
    apart = [o for o in GOOD.originals if o.article.article_id != "revised"]
    apart.append(original("revised", REVISED, reason=reason, story=story))
    assert report(originals=apart)["revisions_missed"] == [REVISED]


def test_an_incident_in_two_is_split_and_one_that_holds_a_story_is_mixed():
    got = report(incidents=incidents(joined("burning", "first", "story"), joined("again", "later", "revised")))
    assert got["incidents_split"] == ["fire into 2"]
    assert got["incidents_mixed"] == [f"fire + {STORY}"]
    assert got["link_pairwise_precision"] == pytest.approx(1 / 2)
    assert got["link_pairwise_recall"] == pytest.approx(1 / 3, abs=1e-4)


def test_a_merge_makes_two_incidents_one():
    parts = joined("burning", "first"), joined("again", "later", "revised", merged_into="burning")
    got = report(incidents=incidents(*parts), alerts=[raised(parts[1][0])])
    assert got["incidents_whole"] == 1
    assert got["alerts_raised"] == 1


def test_two_alerts_on_one_incident_are_named():
    parts = joined("burning", "first"), joined("again", "later", "revised")
    got = report(incidents=incidents(*parts), alerts=[raised(part[0]) for part in parts])
    assert got["alerts_doubled"] == ["fire: alert on again / alert on burning"]


@pytest.mark.parametrize("reason", ["retracted", "merged"])
def test_an_alert_that_was_taken_back_does_not_stand(reason):
    got = report(alerts=[raised(BURNING[1], reason=reason, revision=2), raised(BURNING[0])])
    assert got["alerts_missed"] == ["fire"]


@pytest.mark.parametrize("place", ["Cloquet", "Mati"])
def test_an_alert_on_what_is_only_recalled_is_false(place):
    recalled = mention("first+old", place=place, year=1918, day=12)
    old = joined("cloquet", "first+old")
    got = report(
        mentions=[*GOOD.mentions, recalled],
        incidents=[*GOOD.incidents, *old],
        alerts=[raised(BURNING[0]), raised(old[0])],
    )
    assert got["false_alarms"] == ["old-fire: alert on cloquet"]
    assert got["stories_that_alert"] == []


def test_a_story_that_raises_an_alert_is_false_even_on_an_incident_of_others():
    both = joined("burning", "story", "first", "later", "revised")
    got = report(incidents=both, alerts=[raised(both[0]), raised(both[1], revision=2)])
    assert got["stories_that_alert"] == [STORY]
    assert got["false_alarms"] == ["fire: alert on burning"]
    after = joined("burning", "first", "story", "later", "revised")
    assert report(incidents=after, alerts=[raised(after[0]), raised(after[1], revision=2)])["stories_that_alert"] == []


def test_alerts_of_feed_events_that_the_manifest_leaves_open_are_not_judged():
    quake = joined("quake", "eq2")[0]
    assert report(alerts=[*GOOD.alerts, raised(quake)])["false_alarms"] == []


@pytest.mark.parametrize(
    ("killed", "figures", "missed"),
    [
        ((9,), (), ["fire: 12 killed"]),
        ((9,), (Figure(what="killed", low=9, best=9, high=20),), []),
        ((9,), (Figure(what="killed", low=9, best=9, high=10),), ["fire: 12 killed"]),
        ((9,), (Figure(what="injured", low=9, best=9, high=20),), ["fire: 12 killed"]),
        ((12,), (Figure(what="killed", low=9, best=9, high=9),), []),
    ],
)
def test_a_final_figure_is_stated_by_a_claim_or_lies_within_low_and_high(killed, figures, missed):
    got = report(incidents=joined("burning", "first", "later", "revised", killed=killed, figures=figures))
    assert got["figures_missed"] == missed
    assert got["figures_stated"] == (12 in killed)


@pytest.mark.parametrize(
    ("best", "wrong"), [(12, []), (9, ["fire: killed is 9, not 12"]), (None, ["fire: killed is none, not 12"])]
)
def test_a_best_figure_that_is_not_the_last_one_stated_is_wrong(best, wrong):
    figures = (Figure(what="killed", low=9, best=best, high=12),) if best else ()
    got = report(incidents=joined("burning", "first", "later", "revised", killed=(9, 12), figures=figures))
    assert got["figures_wrong"] == wrong


def test_an_event_by_itself_is_missed_and_one_in_a_foreign_incident_is_astray():
    got = report(incidents=incidents(joined("burning", "first", "later", "revised", "eq2"), joined("alone", "wf1")))
    assert got["events_missed"] == ["WF1 of fire"]
    assert got["events_astray"] == ["EQ2"]


def test_the_stages_run_in_process():
    text = (
        "MATI, Greece - A wildfire killed 26 people in the Greek resort of Mati on Friday, the fire service said. "
        "Some 70 others were injured as flames tore through villages on the coast east of Athens, it added."
    )
    urls = [f"https://{host}.example/fire" for host in ("one", "two")]
    articles = [
        Article(
            article_id=article_id(url, "Fire kills 26 in Greece", text), url=url, canonical_url=canonical_url(url),
            source=Publisher(domain=url[8:19]), title="Fire kills 26 in Greece", body=text, lang="en",
            published_at=NOON, fetched_at=NOON,
        )
        for url in urls
    ]  # fmt: skip
    out = run_stages([*articles, event("WF1")])
    assert [o.article.url for o in out.originals] == urls[:1]
    assert [c.url for c in out.copies] == urls[1:]
    assert [e.source_event_id for e in out.events] == ["WF1"]
    assert {m.document_kind for m in out.mentions} == {"article", "event"}
    linked = {i.change.mention_id for i in out.incidents}
    assert linked == {m.mention_id for m in out.mentions}
    assert {a.incident_id for a in out.alerts} < {i.incident_id for i in out.incidents}


def test_the_whole_sample_is_judged_without_services():
    got, manifest = offline(), read_manifest()
    assert got["copies_expected"] == sum(a["kind"] in ("near", "exact", "excerpt") for a in manifest["articles"])
    assert got["alerts_expected"] == sum(i["alert"] is True for i in manifest["incidents"])
    assert got["copies_found"] + len(got["copies_missed"]) == got["copies_expected"]
    assert got["alerts_raised"] + len(got["alerts_missed"]) == got["alerts_expected"]
    assert got["figures_wrong"] == []
