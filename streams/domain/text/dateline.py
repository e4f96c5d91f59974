"""Where the dateline that opens a despatch ends: "BOGOTA, 1 MAY 89 (AFP) --", "WASHINGTON, Nov 6 (Reuters) -", "LEWISTON, Maine —"."""

import re

_DATED = re.compile(
    r"\W{0,4}[A-Z][A-Za-z.'’ -]{1,40}(?:[,(][A-Za-z.,() ]{1,30})?,?\s+(?:\d{1,2}\s+[A-Z][A-Za-z]{2,8}|[A-Z][a-z]{2,8}\.?\s+\d{1,2})"
    r"(?:,?\s+\d{2,4})?\s*(?:\([^()]{2,60}\)\s*)?(?:--|—|–|-)|[A-Z][A-Za-z.'’ ,-]{1,40}\s\([A-Z][^()]{1,40}\)\s*(?:--|—|–|-)"
    r"|(?:[A-Z][A-Za-z.'’ ,-]{1,40}\s)?\([A-Z]{2,6}\)(?=[A-Z“\"])"  # without a dash or a space: LAGOS, Nigeria (CNN)Police
)
_PLACE_ONLY = re.compile(r"\W{0,4}(?:Photo\s+)?[A-Z][A-Z.'’ -]{2,30}(?:,\s[A-Z][A-Za-z. ]{1,20})?\s(?:--|—|–|-)\s")


def dateline_end(text: str, start: int = 0) -> int:
    """Offset after a dateline with a date or an agency that begins at `start`, else `start`."""
    m = _DATED.match(text, start)
    return m.end() if m else start


def any_dateline_end(text: str) -> int:
    """Offset after a dateline at the beginning, also one that names a place only; 0 without one."""
    if "-" not in text and "–" not in text and "—" not in text and ")" not in text:
        return 0
    m = _DATED.match(text) or _PLACE_ONLY.match(text)
    return m.end() if m else 0
