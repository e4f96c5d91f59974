"""Alerts about feeds that bring nothing new. Each stands on an incident made for it, which is in no other topic."""

from datetime import timedelta

from schemas.identity import digest
from schemas.records import AlertRule, Change, FeedHealth, Incident

FAMILY, SUBTYPE = "watch", "silent-feed"
SEVERITY = 3
HOUR = timedelta(hours=1)


def concerns(rule: AlertRule, feed: FeedHealth) -> bool:
    """Whether a rule is about this feed, silent or not."""
    if rule.silence is None:
        return False
    names = (feed.name.casefold(), feed.title.casefold())
    return (not rule.countries or feed.country in rule.countries) and (
        not rule.silence.feeds or any(asked.casefold() in name for asked in rule.silence.feeds for name in names)
    )


def is_silent(rule: AlertRule, feed: FeedHealth) -> bool:
    """Whether the feed has brought nothing for as long as the rule says. One that is read no more is not silent."""
    if rule.silence is None or feed.status == "ended":
        return False
    if not rule.silence.hours:
        return feed.status == "silent"
    return quiet(feed) >= rule.silence.hours * HOUR


def quiet(feed: FeedHealth) -> timedelta:
    """How long the feed had brought nothing when it was last read; without any record, since its status began."""
    return max(feed.checked_at - (feed.last_item_at or feed.status_since), timedelta())


def incident_of(feed: FeedHealth) -> Incident:
    """The incident that alerts about a feed stand on; its version grows with each read."""
    hours = quiet(feed) / HOUR
    since = f"{hours:.0f} h" if hours < 72 else f"{hours / 24:.0f} days"
    usual = f"It usually brings {feed.items_usual:.3g} a day." if feed.items_usual else ""
    return Incident(
        incident_id=digest("silent feed", feed.feed_id), version=max(1, int(feed.checked_at.timestamp() * 1000)),
        family=FAMILY, subtype=SUBTYPE, title=f"Nothing new from {feed.title or feed.name} for {since}",
        summary=tuple(filter(None, (feed.reason, usual))), mention_count=0, article_count=0, source_count=0,
        origin_count=0, severity=SEVERITY, role="main", first_seen=feed.last_item_at or feed.status_since,
        last_changed=feed.checked_at, change=Change(kind="opened", text=feed.reason),
    )  # fmt: skip
