"""Compares the results for the bundled sample with its manifest: copies, incidents, alerts, figures, feed events.

`python -m deploy.demo.expected` runs the stages' domain code in this process, without services, and prints the report.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any

from deploy.demo.outcome import Records, run_stages
from deploy.demo.replay import SAMPLE, sample_records
from schemas.records import Alert, Incident, Mention, Period
from streams.domain.linking.incident import REPORTING_ROLES
from streams.evaluate.link import IncidentLookup
from streams.evaluate.scores import link_scores, share

COPIES = ("exact", "near", "excerpt")
TOLL = ("killed", "injured", "missing")
SAME_DAYS = 2  # days by which readers of the same news may differ
GONE = ("merged", "retracted")  # reasons after which an alert no longer stands
Row = Mapping[str, Any]
Key = tuple[str, datetime]  # address and time of publication: how the manifest names an article


def read_manifest() -> dict[str, Any]:
    """The bundled sample's manifest."""
    manifest: dict[str, Any] = json.loads((SAMPLE / "manifest.json").read_text("utf-8"))
    return manifest


def compare(records: Records, manifest: Row) -> dict[str, Any]:
    """One flat report: counts and shares of expected results, and the names of wrong ones.

    An article stands where its copy's original stands. `link_` metrics are over pairs of an article that is no copy
    and an incident that it reports; a story is an incident of its own. Articles that never arrived are alone.
    """
    found = _Found(records, manifest)
    return {**_copies(found), **_links(found), **_alerts(found), **_figures(found), **_events(found)}


class _Found:
    """Records by their names in the manifest."""

    def __init__(self, records: Records, manifest: Row) -> None:
        self.records = records
        self.articles: dict[Key, Row] = {_key(a): a for a in manifest["articles"]}
        self.incidents: dict[str, Row] = {i["slug"]: i for i in manifest["incidents"]}
        self.events: dict[str, Row] = {e["id"]: e for e in manifest["events"]}
        self.verdicts = {c.article_id: c for c in records.copies}
        self.originals = {o.article.article_id: o for o in records.originals}
        self.source_ids = {e.event_id: e.source_event_id for e in records.events}
        self.newest: dict[str, Incident] = {}
        self._where = IncidentLookup()
        for incident in records.incidents:
            self._where.see(incident)
            before = self.newest.get(incident.incident_id)
            if before is None or incident.version >= before.version:
                self.newest[incident.incident_id] = incident
        self.news: dict[str, list[Mention]] = defaultdict(list)  # reporting mentions by document
        for m in {m.mention_id: m for m in records.mentions if m.role in REPORTING_ROLES}.values():
            self.news[m.document_id].append(m)

    @cached_property
    def ids(self) -> dict[Key, str]:
        """Article ids by key."""
        named = [(o.article.url, o.article.published_at, i) for i, o in self.originals.items()]
        named += [(c.url, c.published_at, c.article_id) for c in self.verdicts.values()]
        return {(url, at): i for url, at, i in named if at}

    @cached_property
    def entries(self) -> dict[str, Row]:
        """Manifest articles by article id."""
        return {i: self.articles[key] for key, i in self.ids.items() if key in self.articles}

    @cached_property
    def homes(self) -> dict[str, dict[Key, str | None]]:
        """By slug, or by address for a story: where each article that is no copy and reports it stands."""
        out: dict[str, dict[Key, str | None]] = defaultdict(dict)
        for key, entry in self.articles.items():
            if entry["kind"] in COPIES:
                continue
            for slug in [*entry["main"], *entry["follow_up"]] or [key[0]]:
                out[slug][key] = self._home(key, self.incidents.get(slug))
        return out

    def _home(self, key: Key, incident: Row | None) -> str | None:
        document = self.ids.get(key)
        while document in self.verdicts and self.verdicts[document].copy_of != document:
            document = self.verdicts[document].copy_of
        mentions = sorted(self.news.get(document or "", ()), key=lambda m: m.evidence.start)
        best = max(mentions, key=lambda m: _agreement(m, incident) if incident else 0, default=None)
        return self.incident(best) if best else None

    def incident(self, mention: Mention) -> str | None:
        """The incident that a mention is in, merges followed."""
        return self._where.incident(mention.mention_id)

    def after_merges(self, incident_id: str) -> str:
        """The incident that an incident was merged into, or itself."""
        while (now := self.newest.get(incident_id)) and now.merged_into:
            incident_id = now.merged_into
        return incident_id

    def meaning(self, mention: Mention) -> str | None:
        """The manifest incident of a reporting mention; None for a story, and for incidents outside it.

        Of the incidents that its document reports or recalls the one that agrees best, a reported one when in doubt.
        """
        if mention.document_kind == "event":
            return self.events.get(self.source_ids.get(mention.document_id, ""), {}).get("incident")
        entry = self.entries.get(mention.document_id)
        if entry is None or mention.role == "story":
            return None
        reported = [*entry["main"], *entry["follow_up"]]
        slugs = [*reported, *entry["background"]]
        best = max(slugs, key=lambda s: _agreement(mention, self.incidents[s]), default=None)
        return best if reported or (best and _agreement(mention, self.incidents[best])) else None


def _key(entry: Row) -> Key:
    return entry["url"], datetime.fromisoformat(entry["published"])


def _agreement(mention: Mention, incident: Row) -> float:
    """How well a mention and a manifest incident agree: subtype, family, place, day; 0 on different days."""
    place, kinds = mention.place, {incident["family"], *incident["alt_families"]}
    apart = _days_apart(mention.time, incident["date"]) if mention.time else None
    if apart is not None and apart > SAME_DAYS:
        return 0.0
    score = float(mention.subtype == incident["subtype"]) + 0.5 * (mention.family in kinds) + (apart is not None)
    if place and place.name:
        one, other = place.name.casefold(), str(incident["place"]).casefold()
        score += one in other or other in one
    return score


def _days_apart(time: Period, day: str) -> int:
    """Days between a period and a day, month or year of the manifest; 0 where they meet."""
    first = date.fromisoformat(f"{day}-01-01"[:10])
    last = first + timedelta(days={4: 365, 7: 30}.get(len(day), 0))
    start, end = (t.astimezone(UTC).date() for t in (time.start, time.end))
    return max(0, (first - end).days, (start - last).days)


def _copies(found: _Found) -> dict[str, Any]:
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
        if entry["kind"] in COPIES and other and story(_key(other)) == story(_key(entry)):
            right.add(_key(entry))
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


def _is_revision(found: _Found, key: Key, first: Key) -> bool:
    now, before = (found.originals.get(found.ids.get(k, "")) for k in (key, first))
    return bool(now and before and now.reason == "revision" and now.story_id == before.story_id)


def _links(found: _Found) -> dict[str, Any]:
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


def _alerts(found: _Found) -> dict[str, Any]:
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


def _figures(found: _Found) -> dict[str, Any]:
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


def _wrong(found: _Found, slug: str, here: Sequence[Incident]) -> list[str]:
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


def _last_stated(found: _Found, slug: str, what: str) -> set[int]:
    """The figures that a reader may expect: those of the last report that states any, and of later recalled ones."""
    reports = {_key(a) for a in found.articles.values() if slug in (*a["main"], *a["follow_up"])}
    given: dict[datetime, set[int]] = defaultdict(set)
    newest = datetime.min.replace(tzinfo=UTC)
    for f in found.incidents[slug]["figures"]:
        values = {v for v in (f["min"], f["max"]) if v is not None}
        if f["what"] != what or not values:
            continue
        for key in [_key(s) for s in f.get("stated_in", ())] or [("", datetime.fromisoformat(f["as_of"]))]:
            given[key[1]] |= values
            newest = max(newest, key[1]) if key in reports or not key[0] else newest
    return {v for at, values in given.items() if at >= newest for v in values}


def _final(figures: Sequence[Row], what: str) -> list[Row]:
    """The last figures of a kind, of people as a whole where there are such."""
    mine = [f for f in figures if f["what"] == what and (f["min"] is not None or f["max"] is not None)]
    mine = [f for f in mine if f["of"] == "people"] or mine
    return [f for f in mine if f["as_of"] == max(g["as_of"] for g in mine)]


def _events(found: _Found) -> dict[str, Any]:
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
