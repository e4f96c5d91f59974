"""Predictions of the task `classify`: the label of each snippet in the words of CASE 2021.

The types' probabilities are added up per label of the ontology's crosswalk and the likeliest label is given, so a
doubt between two types of one label does no harm. Types without a label count for nothing.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from streams.domain.event_type.classifier import type_model
from streams.domain.ontology.types import ontology

BATCH = 256


def predict(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """For each snippet `{id, label}`; reads title and text."""
    labels, of_type = crosswalk()
    waiting = iter(rows)
    while some := list(islice(waiting, BATCH)):
        texts = [f"{row.get('title') or ''}\n{row.get('text') or ''}" for row in some]
        chances = type_model().probabilities(texts) @ of_type
        for row, best in zip(some, chances.argmax(axis=1), strict=True):
            yield {"id": row["id"], "label": labels[best]}


@cache
def crosswalk() -> tuple[list[str], npt.NDArray[np.float32]]:
    """The labels in alphabetical order, and which type has which: shape (types, labels), ones and zeros."""
    types = ontology().types
    labels = sorted({t.crosswalk.case2021 for t in types if t.crosswalk.case2021})
    return labels, np.array([[t.crosswalk.case2021 == label for label in labels] for t in types], dtype=np.float32)
