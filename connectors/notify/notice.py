"""The messages for targets: an alert, a summary of many, or a test; each as JSON and as words.

Titles come from strangers: in words, anything that chat services and mail would read as a mention, markup or a line
break is made harmless. The JSON holds the record as it is.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from unicodedata import bidirectional

from connectors.notify.rules import LEVELS, TAKEN_BACK
from schemas.codec import to_json
from schemas.identity import digest
from schemas.records import Alert, Incident

LISTED = 20  # alerts of a summary that are named to people; programs get all
SENTENCES, LINKS = 3, 3
LONGEST_TITLE = 240
_LEFTWARD = frozenset(("R", "AL"))  # Unicode's classes of letters from right to left
_BLANKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_HARMLESS = str.maketrans({"@": "@\u200b", "<": "‹", ">": "›"})


@dataclass(frozen=True, slots=True)
class Notice:
    """One message. `key` names its content: a repetition has the same key; `body` is JSON for programs."""

    kind: Literal["alert", "summary", "test"]
    key: str
    title: str
    text: str
    body: bytes
    level: str = "info"
    void: bool = False  # it takes an alert back
    alerts: tuple[Alert, ...] = ()  # the records in it, for targets with a format of their own
    page: str = ""  # address of the incident's page, if any


def key_of(alert: Alert) -> str:
    """Names one revision of an alert."""
    return f"{alert.alert_id}:{alert.revision}"


def of_alert(alert: Alert, survivor: str = "", page: str = "", again: int = 0) -> Notice:
    """One revision. `survivor`: headline of the incident merged into, where known; `page`: address of its page.

    `again`: how often it was sent before without being acknowledged.
    """
    unheard = [f"Told again ({again}): nobody has acknowledged it."] if again else []
    lines = [*unheard, _why(alert, survivor), *_facts(alert.incident), *([page] if page else [])]
    plain = to_json(alert) | ({"page": page} if page else {}) | ({"again": again} if again else {})
    key = f"{key_of(alert)}:again{again}" if again else key_of(alert)
    return Notice(
        "alert", key, ("AGAIN: " if again else "") + _title(alert), "\n".join(lines), _json(plain), alert.level,
        alert.reason in TAKEN_BACK, (alert,), page,
    )  # fmt: skip


def of_many(alerts: Sequence[Alert], *, gathered: bool = False) -> Notice:
    """A summary of the alerts that a rate limit held back, or that were `gathered`; the most urgent first."""
    ordered = sorted(alerts, key=lambda a: (-LEVELS.index(a.level), -a.incident.severity, a.alert_id))
    title = f"{len(ordered)} alerts" if gathered else f"{len(ordered)} alerts held back by the rate limit"
    more = [f"and {len(ordered) - LISTED} more"] if len(ordered) > LISTED else []
    rows = [
        {
            "alert_id": a.alert_id, "revision": a.revision, "incident_id": a.incident_id, "level": a.level,
            "reason": a.reason, "headline": a.headline, "merged_into": a.incident.merged_into,
        }
        for a in ordered
    ]  # fmt: skip
    key = "summary:" + digest(*sorted(key_of(a) for a in ordered))
    text = "\n".join([*(_title(a) for a in ordered[:LISTED]), *more])
    return Notice(
        "summary", key, title, text, _json({"summary": title, "alerts": rows}), ordered[0].level, alerts=tuple(ordered)
    )


def of_test(target: str, number: str) -> Notice:
    """A test message, plainly not an alert; `number` distinguishes tests."""
    title = "TEST of Tocsin: no alert"
    text = f"This is a test of the target `{target}`. Nothing has happened."
    return Notice("test", f"test:{number}", title, text, _json({"test": True, "title": title, "text": text}))


def _title(alert: Alert) -> str:
    word = alert.level.upper() if alert.reason == "new" else f"{alert.level.upper()}, {alert.reason}"
    if alert.reason in TAKEN_BACK:
        word = alert.reason.upper()
    return f"{word}: {_turned(_plain(alert.headline)[: LONGEST_TITLE - len(word) - 4])}"


def _why(alert: Alert, survivor: str) -> str:
    now = alert.incident
    if alert.reason == "merged":
        other = (
            f"{_turned(_plain(survivor))} (incident {now.merged_into})" if survivor else f"incident {now.merged_into}"
        )
        return f"The same as another incident and merged into it; what follows is told there: {other}"
    if alert.reason == "retracted":
        return "Taken back: what is known now no longer warrants an alert."
    change = f": {_plain(now.change.text)}" if now.change.text else ""
    return f"{alert.reason[0].upper()}{alert.reason[1:]}{change}"


def _facts(now: Incident) -> list[str]:
    place = ", ".join(_plain(part) for part in (now.place.name, now.place.country) if part) if now.place else ""
    when = now.time.start.strftime("%Y-%m-%d") if now.time else ""
    figures = ", ".join(
        f"{f.of or f.what} {f.words or f.best}" + (f" ({f.low} to {f.high})" if f.low != f.high else "")
        for f in now.figures
        if f.best is not None
    )
    links = dict.fromkeys(c.url for c in now.claims if c.url.startswith(("http://", "https://")))
    return [
        " · ".join(filter(None, [f"{now.family}/{now.subtype}", place, when, f"severity {now.severity} of 5"])),
        *([figures] if figures else []),
        f"{now.article_count} articles, {now.source_count} sources, {now.origin_count} independent origins",
        *(_turned(_plain(sentence)) for sentence in now.summary[:SENTENCES]),
        *(_plain(link) for link in list(links)[:LINKS]),
        f"incident {now.incident_id}, version {now.version}",
    ]


def _plain(text: str) -> str:
    return _BLANKS.sub(" ", text).strip().translate(_HARMLESS)


def _turned(text: str) -> str:
    """Words that are written from right to left, set apart from the English around them (Unicode's isolates)."""
    return f"\u2068{text}\u2069" if any(bidirectional(c) in _LEFTWARD for c in text) else text


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
