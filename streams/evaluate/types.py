"""Predictions of the task `types`: labels in a set's own words, by the head fitted for its code book.

The set is known by its file's name (`zh_cec`, `es_plover`, `pt_wikievents`, `crisislex26`), else by its language.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from streams.domain.languages.event_types import heads, label_texts
from streams.domain.text.lead import headline_and_lead
from streams.evaluate.multilingual import code_of

BOOK_OF = {"zh": "zh_cec", "es": "es_plover", "pt": "pt_wikievents", "it": "crisislex26"}
SEVERAL = frozenset(("es_plover", "pt_wikievents"))


def predict(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """For each text `{id, label}` or `{id, labels}`; reads lang, title and text."""
    for row in rows:
        book = str(row.get("set", ""))
        if book not in heads() or book == "ontology":
            book = BOOK_OF.get(code_of(row), "zh_cec")
        (labels,) = label_texts(book, [headline_and_lead(str(row.get("title") or ""), str(row.get("text") or ""))])
        yield {"id": row["id"], "labels": list(labels)} if book in SEVERAL else {"id": row["id"], "label": labels[0]}
