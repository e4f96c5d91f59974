"""Small incidents, alerts and relations for tests of what shows them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from schemas.records import (
    Alert,
    Change,
    Claim,
    FeedHealth,
    Figure,
    Incident,
    Place,
    Publisher,
    Relation,
    SourcedClaim,
    Span,
)

START = datetime(2021, 8, 14, 12, tzinfo=UTC)
PORT = Place(name="Port Harbour", country="HT", lat=18.54, lon=-72.34, precision="city")


def ident(n: int) -> str:
    return f"{n:032x}"


def killed(best: int, low: int | None = None, high: int | None = None) -> Figure:
    low, high = (best if low is None else low), (best if high is None else high)
    return Figure(what="killed", low=low, best=best, high=high, sources=1)


def claim(count: int, who: str | None, kind: str = "official", *, superseded: bool = False) -> SourcedClaim:
    words = f"{count} people were killed"
    return SourcedClaim(
        claim=Claim(
            what="killed", min=count, max=count, attributed_to=who, attribution_kind=kind,
            quote=Span(start=0, end=len(words)), text=words,
        ),
        mention_id=ident(900), document_id=ident(901), url="https://ledger.example/1",
        source=Publisher(domain="ledger.example", name="Ledger"), reported_at=START, superseded=superseded,
    )  # fmt: skip


def incident(n: int = 1, version: int = 1, **changes: object) -> Incident:
    made = Incident(
        incident_id=ident(n), version=version, family="disasters", subtype="earthquake",
        title=f"Earthquake {n} shakes the coast", summary=("The ground shook for a minute.",), place=PORT,
        figures=(killed(24),), claims=(claim(24, "the mayor"),),
        mention_count=1, article_count=1, source_count=1, origin_count=1, severity=4, role="main",
        first_seen=START, last_changed=START + timedelta(minutes=version),
        change=Change(kind="opened" if version == 1 else "joined", text=f"version {version} told by Ledger"),
    )  # fmt: skip
    return replace(made, **changes)


def alert(of: Incident, revision: int = 1, **changes: object) -> Alert:
    made = Alert(
        alert_id=f"{int(of.incident_id, 16) + 10_000:032x}", incident_id=of.incident_id, rule="severity",
        level="critical", revision=revision, reason="new" if revision == 1 else "figures changed",
        headline=f"{of.title} (alert)", incident=of, raised_at=START, changed_at=of.last_changed,
    )  # fmt: skip
    return replace(made, **changes)


def relation(n: int, from_incident: int, to_incident: int, **changes: object) -> Relation:
    made = Relation(
        relation_id=ident(5_000 + n), from_incident=ident(from_incident), to_incident=ident(to_incident),
        kind="refers-back", reason="Ledger recalls it", at=START,
    )  # fmt: skip
    return replace(made, **changes)


def feed(n: int, revision: int = 1, **changes) -> FeedHealth:
    made = FeedHealth(
        feed_id=ident(n), revision=revision, name=f"feed:https://feed{n}.example/rss", status_since=START,
        checked_at=START + timedelta(minutes=revision), next_at=START + timedelta(hours=1),
    )  # fmt: skip
    return replace(made, **changes)
