"""Reading of texts for the tasks over many languages: only id, languages, title, texts and published are looked at."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

from streams.domain.languages.foreign_reading import ForeignReading, read_text
from streams.domain.languages.language_pack import CODES

SOME_DAY = datetime(2024, 1, 1, tzinfo=UTC)  # stands in where a headline has no date


def code_of(row: dict[str, Any]) -> str:
    """The language of a row."""
    return str(row.get("lang") or "en").partition("-")[0].lower()


@cache
def headline(text: str, code: str) -> ForeignReading | None:
    """The reading of a headline; None when no pack reads its language."""
    return read_text("", text, code, SOME_DAY) if code in CODES else None
