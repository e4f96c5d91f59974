"""Compares the results for the bundled sample with its manifest: copies, incidents, alerts, figures, feed events.

`python -m deploy.demo.expected` runs the stages' domain code in this process, without services, and prints the report.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from deploy.demo.manifest import COPIES, Found, Key, Row, key_of, read_manifest
from deploy.demo.outcome import Records, run_stages
from deploy.demo.replay import sample_records
from schemas.records import Alert, Incident, Mention
from streams.evaluate.scores import link_scores, share

TOLL = ("killed", "injured", "missing")
GONE = ("merged", "retracted")  # reasons after which an alert no longer stands


def compare(records: Records, manifest: Row) -> dict[str, Any]:
    """One flat report: counts and shares of expected results, and the names of wrong ones.

    An article stands where its copy's original stands. `link_` metrics are over pairs of an article that is no copy
    and an incident that it reports; a story is an incident of its own. Articles that never arrived are alone.
    """
    found = Found(records, manifest)
    return {**_copies(found), **_links(found), **_alerts(found), **_figures(found), **_events(found)}


def _copies(found: Found) -> dict[str, Any]:
    def story(key: Key) -> Key:
        entry = found.articles[key]
        while entry["copy_of"]:
            key = entry["copy_of"], datetime.fromisoformat(entry["copy_of_published"])
            entry = found.articles[key]
        return key

    expected = [key for key, a in found.articles.items() if a["kind"] in COPIES]
    revisions = [key for key, a in found.articles.items() if a["kind"] == "revision"]
    right, wrong = set(), []
    for article_id, verdict in found.verdicts.items():
        entry, other = found.entries.get(article_id), found.entries.get(verdict.copy_of)
        if entry is None:
            continue
        if entry["kind"] in COPIES and other and story(key_of(other)) == story(key_of(entry)):
            right.add(key_of(entry))
        else:
            wrong.append(entry["url"])
    revised = [key for key in revisions if _is_revision(found, key, story(key))]
    return {
        "copies_expected": len(expected),
        "copies_found": len(right),
        "copies_of_right_kind": sum(found.verdicts[found.ids[k]].kind == found.articles[k]["kind"] for k in right),
        "copies_missed": [key[0] for key in expected if key not in right],
        "copies_wrong": wrong,
        "revisions_expected": len(revisions),
        "revisions_found": len(revised),
        "revisions_missed": [key[0] for key in revisions if key not in revised],
    }


def _is_revision(found: Found, key: Key, first: Key) -> bool:
    now, before = (found.originals.get(found.ids.get(k, "")) for k in (key, first))
    return bool(now and before and now.reason == "revision" and now.story_id == before.story_id)


def _links(found: Found) -> dict[str, Any]:
    gold, said, tells = {}, {}, defaultdict(set)
    for slug, homes in found.homes.items():
        for key, home in homes.items():
            unit = f"{key} {slug}"
            gold[unit], said[unit] = {"cluster": slug}, {"cluster": home}
            tells[home].add(slug)
    several = {s: set(homes.values()) for s, homes in found.homes.items() if len(homes) > 1}
    whole = [s for s, ids in several.items() if len(ids) == 1 and None not in ids]
    scores = link_scores(gold, said)
    names = ("pairwise_precision", "pairwise_recall", "bcubed_precision", "bcubed_recall", "bcubed_f1")
    return {
        "incidents_of_several": len(several),
        "incidents_whole": len(whole),
        "incidents_split": [f"{s} into {len(ids)}" for s, ids in several.items() if s not in whole],
        "incidents_mixed": [" + ".join(sorted(slugs)) for home, slugs in tells.items() if home and len(slugs) > 1],
        **{f"link_{name}": round(scores[name], 4) for name in names},
    }


def _alerts(found: Found) -> dict[str, Any]:
    """An alarm is false when a story raised it, or when all its incident's articles expect no alert.

    Alerts of feed events alone are judged only where the manifest knows their incident.
    """
    first: dict[str, Alert] = {}
    last: dict[str, Alert] = {}
    for a in sorted(found.records.alerts, key=lambda a: a.revision):
        first.setdefault(a.alert_id, a)
        last[a.alert_id] = a
    told: dict[str | None, list[Mention]] = defaultdict(list)
    for m in (m for mentions in found.news.values() for m in mentions):
        told[found.incident(m)].append(m)
    standing: dict[str, list[str]] = defaultdict(list)  # headlines by slug
    false, stories = [], []
    for a in last.values():
        news = told[found.after_merges(a.incident_id)]
        slugs = {slug for m in news if (slug := found.meaning(m))}
        for slug in slugs if a.reason not in GONE else ():
            standing[slug].append(a.headline)
        cause = found.entries.get(first[a.alert_id].incident.change.document_id or "", {})
        stories += [cause["url"]] if cause.get("story") else []
        unjudged = not slugs and news and all(m.document_kind == "event" for m in news)
        fair = unjudged or any(found.incidents[s]["alert"] is not False for s in slugs)
        if cause.get("story") or not fair:
            false.append(f"{', '.join(sorted(slugs)) or 'no incident'}: {a.headline}")
    expected = [s for s, i in found.incidents.items() if i["alert"]]
    return {
        "alerts": len(last),
        "alerts_expected": len(expected),
        "alerts_raised": sum(s in standing for s in expected),
        "alerts_missed": [s for s in expected if s not in standing],
        "alerts_doubled": [f"{s}: {' / '.join(sorted(lines))}" for s, lines in standing.items() if len(lines) > 1],
        "false_alarms": false,
        "stories_that_alert": stories,
    }


def _figures(found: Found) -> dict[str, Any]:
    total, stated, missed, wrong = 0, 0, [], []
    for slug in (s for s in found.homes if s in found.incidents):
        here = [found.newest[i] for i in set(found.homes[slug].values()) if i in found.newest]
        claims = [c.claim for i in here for c in i.claims]
        ranges = [(f.what, f.low, f.high) for i in here for f in i.figures]
        for figure in (f for what in TOLL for f in _final(found.incidents[slug]["figures"], what)):
            what, bounds = figure["what"], (figure["min"], figure["max"])
            values = [v for v in bounds if v is not None]
            exact = any((c.what, c.min, c.max) == (what, *bounds) for c in claims)
            total, stated = total + 1, stated + exact
            if not exact and not any(w == what and (lo or 0) <= v <= (hi or 0) for w, lo, hi in ranges for v in values):
                missed.append(f"{slug}: {values[0]} {what}")
        wrong += _wrong(found, slug, here)
    return {
        "figures_final": total,
        "figures_stated": round(share(stated, total), 4),
        "figures_covered": round(share(total - len(missed), total), 4),
        "figures_missed": missed,
        "figures_wrong": wrong,
    }


def _wrong(found: Found, slug: str, here: Sequence[Incident]) -> list[str]:
    """Kinds whose `best` is none of the figures that the texts state last, in any incident of the slug's articles.

    Where an incident holds another slug's articles, which `incidents_mixed` tells, that one's figures are right, too.
    """
    out = []
    homes = {i.incident_id for i in here}
    mixed = [s for s, places in found.homes.items() if s in found.incidents and not homes.isdisjoint(places.values())]
    for what in TOLL:
        right = {v for s in mixed for v in _last_stated(found, s, what)} if _last_stated(found, slug, what) else set()
        best = {f.best for i in here for f in i.figures if f.what == what}
        if right and here and not right & best:
            said = " or ".join(str(b) for b in sorted(b for b in best if b is not None)) or "none"
            out.append(f"{slug}: {what} is {said}, not {' or '.join(map(str, sorted(right)))}")
    return out


def _last_stated(found: Found, slug: str, what: str) -> set[int]:
    """The figures that a reader may expect: those of the last report that states any, and of later recalled ones."""
    reports = {key_of(a) for a in found.articles.values() if slug in (*a["main"], *a["follow_up"])}
    given: dict[datetime, set[int]] = defaultdict(set)
    newest = datetime.min.replace(tzinfo=UTC)
    for f in found.incidents[slug]["figures"]:
        values = {v for v in (f["min"], f["max"]) if v is not None}
        if f["what"] != what or not values:
            continue
        for key in [key_of(s) for s in f.get("stated_in", ())] or [("", datetime.fromisoformat(f["as_of"]))]:
            given[key[1]] |= values
            newest = max(newest, key[1]) if key in reports or not key[0] else newest
    return {v for at, values in given.items() if at >= newest for v in values}


def _final(figures: Sequence[Row], what: str) -> list[Row]:
    """The last figures of a kind, of people as a whole where there are such."""
    mine = [f for f in figures if f["what"] == what and (f["min"] is not None or f["max"] is not None)]
    mine = [f for f in mine if f["of"] == "people"] or mine
    return [f for f in mine if f["as_of"] == max(g["as_of"] for g in mine)]


def _events(found: Found) -> dict[str, Any]:
    homes: dict[str, set[str | None]] = defaultdict(set)
    for event in found.records.events:
        homes[event.source_event_id] |= {found.incident(m) for m in found.news.get(event.event_id, ())}
    of_articles = {home for places in found.homes.values() for home in places.values() if home}
    ours = {e: row["incident"] for e, row in found.events.items() if row["incident"]}
    joined = [e for e, slug in ours.items() if homes[e] and homes[e] <= set(found.homes[slug].values()) - {None}]
    return {
        "events_expected": len(ours),
        "events_joined": len(joined),
        "events_missed": [f"{e} of {slug}" for e, slug in ours.items() if e not in joined],
        "events_astray": [e for e in found.events if e not in ours and homes[e] & of_articles],
    }


def offline() -> dict[str, Any]:
    """The report on the sample run through the stages' domain code, without services."""
    return compare(run_stages(sample_records(datetime.now(UTC))), read_manifest())


if __name__ == "__main__":
    print(json.dumps(offline(), indent=1))
