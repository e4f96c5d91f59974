"""The received input as text, kept for audit. Input nested deeper than Python can write becomes an empty text."""

import json
from collections.abc import Mapping
from xml.etree.ElementTree import Element, tostring

from connectors.ingest.contract import Skippable


def text_of(value: Mapping[str, object], name: str) -> str:
    """A field that must be a text, empty when it is not there. Raises Skippable when it is something else."""
    found = value.get(name)
    if found is None:
        return ""
    if not isinstance(found, str):
        raise Skippable(f"{name} must be a string, not a {type(found).__name__}")
    return found


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
