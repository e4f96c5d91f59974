"""The bundled sample's manifest, and the records of a replay by their names in it."""

import json
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any

from deploy.demo.outcome import Records
from deploy.demo.replay import SAMPLE
from schemas.records import Incident, Mention, Period
from streams.domain.linking.incident import REPORTING_ROLES
from streams.evaluate.link import IncidentLookup

COPIES = ("exact", "near", "excerpt")
SAME_DAYS = 2  # days by which readers of the same news may differ
Row = Mapping[str, Any]
Key = tuple[str, datetime]  # address and time of publication: how the manifest names an article


def read_manifest() -> dict[str, Any]:
    """The bundled sample's manifest."""
    manifest: dict[str, Any] = json.loads((SAMPLE / "manifest.json").read_text("utf-8"))
    return manifest


class Found:
    """Records by their names in the manifest."""

    def __init__(self, records: Records, manifest: Row) -> None:
        self.records = records
        self.articles: dict[Key, Row] = {key_of(a): a for a in manifest["articles"]}
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


def key_of(entry: Row) -> Key:
    """Address and time of publication of an article of the manifest."""
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
