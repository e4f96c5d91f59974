"""What was received, as text to be kept for audit. Input nested deeper than Python can write gives an empty text."""

import json
from xml.etree.ElementTree import Element, tostring


def json_text(value: object) -> str:
    """A value that came out of JSON, as JSON without spaces."""
    try:
        return json.dumps(value, separators=(",", ":"))
    except RecursionError:
        return ""


def xml_text(node: Element) -> str:
    """An element and all inside it, as XML."""
    try:
        return tostring(node, encoding="unicode")
    except RecursionError:
        return ""
