"""Public warnings: the Common Alerting Protocol 1.2 and 1.1 (https://docs.oasis-open.org/emergency/cap/v1.2/)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from xml.etree.ElementTree import Element, ParseError, SubElement

from defusedxml import DefusedXmlException

from connectors.ingest.contract import Skippable
from connectors.sources.article import language
from connectors.sources.cap_area import place_of
from connectors.sources.cap_chains import LONGEST, Chains
from connectors.sources.countries import from_name, from_number
from connectors.sources.events import build_event
from connectors.sources.markup import one_line
from connectors.sources.timestamps import parse_timestamp
from connectors.sources.xml_documents import read_xml
from schemas.records import FeedEvent, Publisher

VERSIONS = ("urn:oasis:names:tc:emergency:cap:1.2", "urn:oasis:names:tc:emergency:cap:1.1")
SEVERITIES = {"Extreme": 5, "Severe": 4, "Moderate": 3, "Minor": 2}
AMERICAN, EUROPEAN = ("SAME", "UGC", "FIPS6"), ("EMMA_ID", "NUTS2", "NUTS3")  # systems of area codes
_WMO = re.compile(r"\b2\.49\.0\.\d\.(\d{1,3})\.")
FOR_PEOPLE = ("Alert", "Update", "Cancel")  # Ack and Error are messages between machines


@dataclass(frozen=True, slots=True)
class Message:
    """One alert message: its root, what it does to those before it, who sent it and when, and how it came."""

    root: Element
    ns: dict[str, str]
    kind: str
    sender: str
    sent: datetime | None
    raw: bytes
    feed: str
    fetched_at: datetime

    @property
    def cancelled(self) -> bool:
        """Whether its warning is over."""
        return self.kind == "Cancel"


def parse_alert(
    raw: bytes, *, feed: str = "cap", fetched_at: datetime, chains: Chains | None = None
) -> Iterator[FeedEvent | Skippable]:
    """The events of one alert message, one for each hazard in it; none for exercises, tests and drafts. Never raises.

    An update or cancellation keeps the id of the warning's first message, which `chains` remembers where
    only the one before is named. A warning that is cancelled, or missing from an update, has ended.
    """
    try:
        root = read_xml(raw)
        message = _message(root, raw, feed, fetched_at)
        if message is not None:
            yield from _events(message, Chains() if chains is None else chains)
    except Skippable as error:
        yield Skippable(error.reason, raw=raw, where=feed)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        yield Skippable(f"not XML that may be read: {error!r}", raw=raw, where=feed)


def _message(root: Element, raw: bytes, feed: str, fetched_at: datetime) -> Message | None:
    """The message; None for exercises, tests, drafts and messages between machines."""
    version = root.tag.removesuffix("}alert").removeprefix("{")
    if version not in VERSIONS:
        raise Skippable(f"not a CAP 1.1 or 1.2 alert: its root is {root.tag}")
    ns = {"c": version}
    kind = _text(root, "c:msgType", ns)
    if _text(root, "c:status", ns) != "Actual" or kind not in FOR_PEOPLE:
        return None
    if root.find("c:info", ns) is None and kind != "Cancel":
        raise Skippable("an alert without an info block says nothing")
    # The sender alone decides the domain, and so the id: a cancellation may have no info block.
    sender = _text(root, "c:sender", ns).lower().rpartition("@")[2]
    return Message(root, ns, kind, sender, parse_timestamp(_text(root, "c:sent", ns)), raw, feed, fetched_at)


def _events(m: Message, chains: Chains) -> Iterator[FeedEvent]:
    referred = _referred(m)
    first = chains.begun_by(m.sender, _text(m.root, "c:identifier", m.ns), referred)
    known = chains.parts(m.sender, first)
    hazards = _hazards(m.root, m.ns)
    parts = _part_names(hazards, m.ns)
    if len(hazards) < 2 and not set(parts) & set(known):
        parts = parts if known and hazards else [""] * len(hazards)
    elif not known and referred:
        parts[0] = ""  # the warning was in one piece so far
    told = dict(zip(parts, hazards, strict=True)) or ({} if known else {"": Element("info")})
    for part, info in told.items():
        yield _event(m, info, f"{first}#{part}" if part else first)
    for part in known:
        if part not in told:
            over = replace(m, kind="Cancel")
            yield _event(over, _named(part, m.ns), f"{first}#{part}" if part else first)
    if known or len(told) > 1:
        chains.keep_parts(m.sender, first, [] if m.cancelled else list(told))


def _event(m: Message, info: Element, source_event_id: str) -> FeedEvent:
    ns = m.ns
    ending = _parameter(info, "eventEndingTime", ns) or _text(info, "c:expires", ns)
    kind = _text(info, "c:event", ns) or "cancelled warning"
    text = "\n\n".join(t for t in (_text(info, "c:description", ns), _text(info, "c:instruction", ns)) if t)
    return build_event(
        source=Publisher(domain=m.sender, name=one_line(_text(info, "c:senderName", ns))),
        source_event_id=source_event_id,
        feed=m.feed,
        kind=kind,
        title=_text(info, "c:headline", ns) or kind,
        text=text,
        lang=language(_text(info, "c:language", ns)) or "en",
        place=place_of(info.findall("c:area", ns), ns, _country(m.root, info, ns)),
        started_at=parse_timestamp(_text(info, "c:onset", ns))
        or parse_timestamp(_text(info, "c:effective", ns))
        or m.sent,
        ended_at=m.sent if m.cancelled else parse_timestamp(ending),
        updated_at=m.sent,
        fetched_at=m.fetched_at,
        severity=0 if m.cancelled else SEVERITIES.get(_text(info, "c:severity", ns), 0),
        url=_text(info, "c:web", ns),
        raw=m.raw.decode("utf-8", "replace"),
    )


def _hazards(root: Element, ns: dict[str, str]) -> list[Element]:
    """One info block for each hazard: the English blocks where there are any, else those of the first language.

    A block of another language that agrees with none of them, in what both say beside words, is a hazard of its own.
    """
    blocks = root.findall("c:info", ns)
    languages = [_text(b, "c:language", ns).lower()[:2] or "en" for b in blocks]
    main = "en" if "en" in languages else languages[0] if languages else ""
    found = [b for b, spoken in zip(blocks, languages, strict=True) if spoken == main]
    others = [b for b, spoken in zip(blocks, languages, strict=True) if spoken != main]
    return [*found, *(b for b in others if not any(_agree(b, known, ns) for known in found))]


def _agree(one: Element, other: Element, ns: dict[str, str]) -> bool:
    """Whether two blocks of different languages may describe one hazard: all facts that both state are equal."""
    facts = zip(_facts(one, ns), _facts(other, ns), strict=True)
    return all(a == b for a, b in facts if a and b)


def _facts(info: Element, ns: dict[str, str]) -> Iterator[object]:
    yield from (_text(info, f"c:{name}", ns) for name in ("category", "severity", "urgency", "certainty"))
    yield from (parse_timestamp(_text(info, f"c:{name}", ns)) for name in ("onset", "effective", "expires"))
    for name in ("geocode/c:value", "polygon", "circle"):
        yield sorted(" ".join((node.text or "").split()) for node in info.iterfind(f"c:area/c:{name}", ns))


def _part_names(hazards: list[Element], ns: dict[str, str]) -> list[str]:
    """A name for each hazard that its updates will have too: its kind, with its areas where kinds are not enough."""
    kinds = [one_line(_text(info, "c:event", ns)) for info in hazards]
    areas = [place_of(info.findall("c:area", ns), ns, None).name for info in hazards]
    names = [kind if kinds.count(kind) == 1 else f"{kind}, {area}" for kind, area in zip(kinds, areas, strict=True)]
    return [name[:LONGEST] if names.count(name) == 1 else f"{name[: LONGEST - 4]} {n}" for n, name in enumerate(names)]


def _named(part: str, ns: dict[str, str]) -> Element:
    """An info block that only states what is over."""
    info = Element("info")
    if part:
        SubElement(info, f"{{{ns['c']}}}event").text = part
    return info


def _referred(m: Message) -> list[tuple[datetime, str]]:
    """Time and identifier of the messages that this one names (`sender,identifier,sent` each).

    Those that have expired are not in `references`; the weather service of the United States names them in a parameter.
    """
    infos = m.root.findall("c:info", m.ns)
    said = [_text(m.root, "c:references", m.ns), *(_parameter(info, "expiredReferences", m.ns) for info in infos)]
    triples = (triple.split(",") for text in said for triple in text.split())
    return [(when, t[1]) for t in triples if len(t) == 3 and (when := parse_timestamp(t[2]))]


def _country(root: Element, info: Element, ns: dict[str, str]) -> str | None:
    """Country of the warning: in identifiers that WMO hands out (2.49.0.0.<ISO number>), or by its area codes."""
    if found := _WMO.search(_text(root, "c:identifier", ns)):
        return from_number(found[1])
    for code in info.iterfind("c:area/c:geocode", ns):
        name, value = _text(code, "c:valueName", ns).upper(), _text(code, "c:value", ns)
        if name in AMERICAN:
            return "US"
        if name in EUROPEAN and value[:2].isalpha():
            return "GB" if value[:2].upper() == "UK" else from_name(value[:2])
    return None


def _parameter(info: Element, name: str, ns: dict[str, str]) -> str:
    values = (p for p in info.iterfind("c:parameter", ns) if _text(p, "c:valueName", ns) == name)
    return next((_text(p, "c:value", ns) for p in values), "")


def _text(node: Element, path: str, ns: dict[str, str]) -> str:
    return (node.findtext(path, default="", namespaces=ns) or "").strip()
