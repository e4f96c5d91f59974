"""Public warnings from an index of them: an Atom or RSS feed whose entries lead to CAP alerts.

Meteoalarm, the weather services of the United States and of many other countries, and WMO's Alert Hub publish such
indexes. An address that answers with an alert itself is read as one. Position: marks of alerts that were read and are
still listed, and the chains of messages.
"""

import json
import re
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urljoin
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException

from connectors.ingest.contract import Fatal, Item, Parsed, Remark, Retriable, Skippable
from connectors.sources.cap import parse_alert
from connectors.sources.cap_chains import Chains
from connectors.sources.received import xml_text
from connectors.sources.timestamps import parse_timestamp
from connectors.sources.xml_documents import read_xml
from connectors.web.answers import Answer, Refused
from connectors.web.client import Web
from schemas.identity import digest
from schemas.timestamp_sanity import OLDEST
from schemas.topics import EVENT

CAP_TYPE = "application/cap+xml"
ACCEPT = f"{CAP_TYPE}, application/xml;q=0.9, */*;q=0.5"
ATOM = "{http://www.w3.org/2005/Atom}"
INDEXES = {f"{ATOM}feed": f"{ATOM}entry", "rss": "item"}
IDS, DATES = (f"{ATOM}id", "guid"), (f"{ATOM}updated", f"{ATOM}published", "pubDate")
MARK_DIGITS = 16
AT_ONCE = 500  # alerts of one read; the rest is for the next one
STORE_EVERY = 25  # alerts after which the position moves
_HTTP = re.compile(r"https?://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Listed:
    """What an address lists: a mark of its version; the alert, its address, or what is wrong; its date."""

    mark: str
    what: str | bytes | Skippable
    when: datetime | None = None


class Warnings:
    """Alerts that an index names and that were not read before."""

    topic = EVENT.name

    def __init__(self, name: str, url: str, *, web: Web, clock: Callable[[], datetime], robots: bool = True) -> None:
        self.name = name
        self.url = url
        self._web = web
        self._clock = clock
        self._robots = robots
        self.chains = Chains()

    async def read(self, position: str | None) -> AsyncGenerator[Item | Remark, None]:
        """Alerts since `position`. Raises Fatal or Retriable as fetching the index does.

        A missing alert is an error of its own; one whose server is not ready is left for the next read.
        """
        try:
            answer = await self._web.get(self.url, robots=self._robots)
        except Skippable as error:
            yield Item(error, None)
            return
        yield Remark(again_after=answer.fresh_for)
        listed = list(read_index(answer, feed=self.name))
        self.chains.restore(_plain(position).get("chains"))
        read = _marks(position) & {entry.mark for entry in listed}
        # The oldest first: an update may name only the message before it.
        new = sorted((entry for entry in listed if entry.mark not in read), key=lambda entry: entry.when or OLDEST)
        yield Remark(repeated=len(listed) - len(new))
        waiting = None
        for n, entry in enumerate(new[:AT_ONCE], start=1):
            try:
                contents = await self._contents(entry.what)
            except Retriable as error:
                waiting = error
                continue
            for content in contents:
                yield Item(content, None)
            read.add(entry.mark)
            if n % STORE_EVERY == 0:
                yield Item(None, self._position(read))
        yield Item(None, self._position(read))
        if waiting and not read:
            raise waiting

    async def _contents(self, what: str | bytes | Skippable) -> list[Parsed]:
        """Events of one listed alert. Raises Retriable when its server is not ready."""
        if isinstance(what, Skippable):
            return [what]
        try:
            if isinstance(what, str):
                what = (await self._web.get(what, accept=ACCEPT, robots=self._robots)).body
        except (Skippable, Fatal) as error:
            return [Skippable(str(error), where=str(what))]
        except Refused as error:
            if error.status == 404:
                return [Skippable(str(error), where=str(what))]
            raise
        return list(parse_alert(what, feed=self.name, fetched_at=self._clock(), chains=self.chains))

    def _position(self, marks: set[str]) -> str:
        return json.dumps({"marks": sorted(marks), "chains": self.chains.to_plain()}, separators=(",", ":"))


def read_index(answer: Answer, *, feed: str) -> Iterator[Listed]:
    """The entries of an index, in order; the alert itself where the answer is one. Never raises."""
    body = answer.body
    try:
        root = read_xml(body, answer.content_type)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        yield _wrong(f"not XML that may be read: {error!r}", body, feed)
        return
    if root.tag.endswith("}alert"):
        yield Listed(_mark(body.decode("utf-8", "replace")), body)
        return
    if root.tag not in INDEXES:
        yield _wrong(f"neither a CAP alert nor an Atom or RSS index of alerts: its root is {root.tag}", body, feed)
        return
    for n, entry in enumerate(root.iter(INDEXES[root.tag]), start=1):
        url = next(filter(_HTTP.match, _addresses(entry, answer.url)), None)
        if url is None:
            yield _wrong("an entry needs a link to its alert", xml_text(entry).encode(), f"{feed}, entry {n}")
        else:
            said = [entry.findtext(name, default="") for name in (*IDS, *DATES)]
            yield Listed(_mark(url, *said), url, next(filter(None, map(parse_timestamp, said[len(IDS) :])), None))


def _addresses(entry: Element, base: str) -> Iterator[str]:
    """Where the alert of an entry may be: links that say they lead to one, then any, then an id that is an address."""
    links = entry.findall(f"{ATOM}link")
    yield from (_joined(base, link.get("href", "")) for link in links if link.get("type") == CAP_TYPE)
    yield from (_joined(base, link.get("href", "")) for link in links)
    yield from (_joined(base, link.text or "") for link in entry.findall("link"))
    yield from (entry.findtext(name, default="") for name in IDS)


def _joined(base: str, link: str) -> str:
    try:
        return urljoin(base, link.strip()) if link.strip() else ""
    except ValueError:
        return ""


def _wrong(reason: str, raw: bytes, where: str) -> Listed:
    return Listed(_mark(reason, raw.hex()), Skippable(reason, raw=raw, where=where))


def _mark(*parts: str) -> str:
    return digest(*parts)[:MARK_DIGITS]


def share_chains(readers: Sequence[Warnings], positions: Mapping[str, str | None]) -> None:
    """Share the chains of all readers with each, including those that only have a stored position (by name)."""
    chains = {name: Chains() for name in positions} | {reader.name: reader.chains for reader in readers}
    for name, kept in chains.items():
        kept.restore(_plain(positions.get(name)).get("chains"))
        kept.beside = [other for other in chains.values() if other is not kept]


def _marks(position: str | None) -> set[str]:
    found = _plain(position).get("marks")
    return {m for m in found if isinstance(m, str)} if isinstance(found, list) else set()


def _plain(position: str | None) -> dict[str, Any]:
    """A position as it was stored; a list of marks is one of the first release."""
    try:
        found = json.loads(position or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {"marks": found}
