"""Lists of feeds: the bundled one, one's own as TOML, and OPML 2.0 (http://opml.org/spec2.opml) in and out."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError, SubElement, indent, tostring

import tomli_w
from defusedxml import DefusedXmlException
from pydantic import ConfigDict, TypeAdapter
from pydantic.dataclasses import dataclass

from connectors.ingest.contract import Fatal
from connectors.sources.xml_documents import read_xml
from connectors.web.addresses import web_address

BUNDLED = Path(__file__).parent / "feeds.toml"
DEEPEST = 50  # levels of nested outlines; deeper lists are not made by people


@dataclass(frozen=True, slots=True, config=ConfigDict(extra="forbid"))
class Feed:
    """One feed of a list.

    kind: the connector that reads it. lang: ISO 639-1; country: ISO 3166-1 alpha-2, empty when international.
    region: free text, OPML's group. terms: address of its terms of use or licence. pages: whether to fetch the full
    text behind each of its links. robots: False where its publisher has allowed us what robots.txt does not.
    """

    url: str
    title: str = ""
    kind: str = "feed"
    lang: str = ""
    country: str = ""
    region: str = ""
    terms: str = ""
    pages: bool = False
    robots: bool = True

    @property
    def name(self) -> str:
        """Name of its source; positions are stored under it."""
        return f"{self.kind}:{self.url}"


def read_list(path: Path = BUNDLED) -> tuple[Feed, ...]:
    """The feeds of a TOML list. Raises Fatal when it cannot be read or an entry is wrong."""
    try:
        found = _FEEDS.validate_python(tomllib.loads(path.read_text(encoding="utf-8"))["feeds"])
    except (OSError, ValueError, KeyError) as error:
        raise Fatal(f"{path} is no list of feeds: {error}; see connectors/ingest/feeds.toml") from error
    names = [feed.name for feed in found]
    if twice := sorted({n for n in names if names.count(n) > 1}):
        raise Fatal(f"{path} lists {', '.join(twice)} twice; take one away")
    return found


def write_list(path: Path, feeds: Sequence[Feed]) -> None:
    """Write a TOML list."""
    plain = [{name: value for name, value in asdict(feed).items() if value != _DEFAULTS.get(name)} for feed in feeds]
    path.write_text(tomli_w.dumps({"feeds": plain}), encoding="utf-8")


def merged(known: Iterable[Feed], new: Iterable[Feed]) -> tuple[Feed, ...]:
    """All feeds once, by name; what is known already stays as it is."""
    found = {feed.name: feed for feed in known}
    for feed in new:
        found.setdefault(feed.name, feed)
    return tuple(found.values())


def from_opml(raw: bytes) -> tuple[Feed, ...]:
    """Feeds of an OPML document, each once. Raises Fatal when it is none."""
    try:
        root = read_xml(raw)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise Fatal(f"this OPML cannot be read: {error!r}") from error
    body = root.find("body")
    if root.tag != "opml" or body is None:
        raise Fatal("this is not OPML: its root must be <opml> with a <body>")
    return merged((), _outlines(body, "", 0))


def to_opml(feeds: Iterable[Feed], title: str = "Feeds of Tocsin") -> bytes:
    """An OPML 2.0 document, grouped by region."""
    root = Element("opml", version="2.0")
    SubElement(SubElement(root, "head"), "title").text = title
    body, groups = SubElement(root, "body"), dict[str, Element]()
    for feed in feeds:
        if feed.region and feed.region not in groups:
            groups[feed.region] = SubElement(body, "outline", text=feed.region, title=feed.region)
        name = feed.title or feed.url
        outline = SubElement(
            groups.get(feed.region, body), "outline", type="rss", text=name, title=name, xmlUrl=feed.url
        )
        kind = "" if feed.kind == "feed" else feed.kind
        for key, value in (("language", feed.lang), ("country", feed.country), ("kind", kind), ("terms", feed.terms)):
            if value:
                outline.set(key, value)
    indent(root)
    document: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _outlines(node: Element, group: str, depth: int) -> Iterator[Feed]:
    for outline in node.findall("outline") if depth < DEEPEST else ():
        given: Mapping[str, str] = {key.lower(): value.strip() for key, value in outline.attrib.items()}
        name = given.get("title") or given.get("text") or ""
        if url := given.get("xmlurl"):
            yield Feed(
                web_address(url),
                name,
                given.get("kind") or "feed",
                given.get("language", "").partition("-")[0].lower(),
                given.get("country", "").upper(),
                group or given.get("category", ""),
                given.get("terms", ""),
            )
        yield from _outlines(outline, name or group, depth + 1)


_DEFAULTS = asdict(Feed(url=""))
_FEEDS = TypeAdapter(tuple[Feed, ...])
