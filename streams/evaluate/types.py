"""Predictions of the task `types`: labels in a set's own words.

A set with one label to a text is read by the head fitted for its code book; one with several by its words and by its
sentences' likeness to examples (`code_books`). The set is known by its file's name (`zh_cec`, `es_plover`,
`pt_wikievents`, `crisislex26`), else by its language.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from streams.domain.languages.event_types import heads, label_texts
from streams.domain.text.lead import headline_and_lead
from streams.evaluate.code_books import BOOKS, labels_said
from streams.evaluate.multilingual import code_of

BOOK_OF = {"zh": "zh_cec", "es": "es_plover", "pt": "pt_wikievents", "it": "crisislex26"}


def predict(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """For each text `{id, label}` or `{id, labels}`; reads lang, title and text."""
    for row in rows:
        title, text = str(row.get("title") or ""), str(row.get("text") or "")
        book = str(row.get("set", ""))
        if book == "ontology" or (book not in heads() and book not in BOOKS):
            book = BOOK_OF.get(code_of(row), "zh_cec")
        if book in BOOKS:
            yield {"id": row["id"], "labels": labels_said(book, f"{title}\n{text}")}
        else:
            (label,) = label_texts(book, [headline_and_lead(title, text)])
            yield {"id": row["id"], "label": label}
