"""Parses received XML: repaired where a lenient reader would repair it, never with entities of its own."""

import re
from html import escape
from html.entities import html5
from xml.etree.ElementTree import Element, ParseError

from defusedxml.ElementTree import fromstring

from connectors.sources.charsets import plain_xml

_AMPERSAND = re.compile(r"&(?:#\d+;|#[xX][0-9a-fA-F]+;|(?P<name>\w+;))?")
_OF_XML = frozenset(("amp;", "lt;", "gt;", "quot;", "apos;"))


def read_xml(raw: bytes, content_type: str = "") -> Element:
    """The root of a document, in any charset and with white space before it.

    A bare & or an HTML entity would otherwise lose the whole document: it is read as its character. Raises
    ParseError, DefusedXmlException (entities of its own) or ValueError for what is still no XML.
    """
    document = plain_xml(raw, content_type)
    try:
        root: Element = fromstring(document)
    except ParseError:
        mended = _AMPERSAND.sub(_mended, document.decode("utf-8")).encode("utf-8")
        if mended == document:
            raise
        root = fromstring(mended)
    return root


def _mended(found: re.Match[str]) -> str:
    name = found["name"]
    if name is None:
        return found[0] if len(found[0]) > 1 else "&amp;"
    if name in _OF_XML:
        return found[0]
    return escape(html5[name]) if name in html5 else f"&amp;{found[0][1:]}"
