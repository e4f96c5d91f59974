"""Recognises an article's words in records and rows, and removes them, for `tocsin forget`.

Figures, types, places, times and who is said to have given a figure stay; text, titles, quotes and addresses go.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from schemas.identity import normalised_text

LEAST = 20  # least characters of a string that identifies the article's text; shorter ones occur anywhere
SHORT_TITLE = 12  # characters of a title that is looked for within other strings
WITHHELD = "[forgotten]"  # for what may not be empty: the title of an incident, the headline of an alert
OWN_TEXT = frozenset(("title", "headline", "passage", "text", "words", "url", "byline", "body", "raw", "reason"))
OWN_LISTS = frozenset(("actors", "about", "read_from"))
NEVER_EMPTY = frozenset(("title", "headline"))


@dataclass(frozen=True, slots=True)
class Traces:
    """The traces to remove: ids of its versions and of their mentions, its addresses, titles and texts."""

    documents: frozenset[str]
    mentions: frozenset[str]
    addresses: tuple[str, ...]
    titles: tuple[str, ...]
    texts: tuple[str, ...]  # titles, bodies, passages and quotes, normalised

    def matches(self, words: str) -> bool:
        """Whether a string is the article's: a part of its text, or one that holds its address or its title."""
        if any(address in words for address in self.addresses):
            return True
        plain = normalised_text(words)
        if not plain:
            return False
        if plain in self.titles or any(len(t) >= SHORT_TITLE and t in plain for t in self.titles):
            return True
        return len(plain) >= LEAST and any(plain in t or (len(t) >= LEAST and t in plain) for t in self.texts)

    def owns(self, value: Mapping[str, Any]) -> bool:
        """Whether a record, or a part of one, says that it comes from the article."""
        return value.get("document_id") in self.documents or value.get("mention_id") in self.mentions

    def without(self, value: Any, key: str = "", *, own: bool = False) -> Any:
        """JSON values without the article's words; `own`: the whole value comes from the article."""
        if isinstance(value, dict):
            own = own or self.owns(value)
            return {k: self.without(v, k, own=own) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return [] if own and key in OWN_LISTS else self._each(value, key, own=own)
        if not isinstance(value, str) or not value:
            return value
        if own and key in OWN_TEXT:
            return ""
        if self.matches(value):
            return WITHHELD if key in NEVER_EMPTY else ""
        return value

    def _each(self, values: Any, key: str, *, own: bool) -> list[Any]:
        kept = [self.without(v, key, own=own) for v in values]
        return [k for k, v in zip(kept, values, strict=True) if k != "" or v == ""]
