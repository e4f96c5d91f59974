"""Cuts a sentence that reports two incidents at the clause between them."""

import re
from itertools import pairwise

from streams.domain.extract.triggers import Trigger
from streams.domain.text.tokenize import Sentence

_CUTS = re.compile(
    r"(?:,\s*(?:and|but|while|where|after|as)\s|;\s|\sand\s(?=the\s|a\s|an\s|in\s|at\s)|\sas\s(?!many|much|well|part)|"
    r"[\"”]?\s(?:for|over)\s(?=(?:[\w.’'-]+\s){0,3}(?:air\s?strikes?|strikes|raids|bombings?|killings?|attacks?|shootings?|assaults?|"
    r"crash(?:es)?|collisions?|derailments?|disasters?|accidents?|fires?|blaze|(?:earth)?quakes?|floods?|collapses?|explosions?|blasts?|"
    r"massacres?|murders?|deaths?|poisonings?|drownings?|shipwrecks?|sinking)\b)|\s(?:in\s+(?:retaliation|response|revenge)\s+(?:for|to)|following|(?:days|weeks|"
    r"months|hours)\s+after|just\s+days\s+after)\s|,\s*(?:which|who)\s)",
    re.IGNORECASE,
)
_CAUSAL = re.compile(r"\s(?:in\s|following|(?:days|weeks|months|hours|just)\s)", re.IGNORECASE)
_LONG_AFTER = re.compile(r"\s(?:just\s+)?(?:days|weeks|months)\s+after\s", re.IGNORECASE)
CAUSED = 40  # characters after "following" in which the event is its cause
_CAME_AFTER = re.compile(
    r"\b(?:came|comes|happened|occurred)\s+(?:just\s+|less\s+than\s+|more\s+than\s+|only\s+|barely\s+|nearly\s+)*(?:\w+\s+)?"
    r"(?:days?|weeks?|months?|years?)\s+after\s",
    re.IGNORECASE,
)
_HEADLINE_CUTS = re.compile(r"\s(?:over|after|following|amid|during|as|despite)\s|[;:–—]\s", re.IGNORECASE)


def clauses(row: Sentence, triggers: list[Trigger], *, headline: bool) -> list[tuple[int, int, str]]:
    """Spans of the clauses that report different incidents, with the words between; the whole sentence when it reports one."""
    events = [t for t in triggers if t.kind == "event" and t.strength >= 2]
    out, at, link = [], row.start, ""
    if len(events) > 1:
        cuts = [
            (row.start + m.start(), row.start + m.end())
            for m in (_HEADLINE_CUTS if headline else _CUTS).finditer(row.text)
        ]
        for left, right in pairwise(events):
            between = [c for c in cuts if left.end <= c[0] and c[1] <= right.start and c[0] - at > 12 and row.end - c[0] > 15
                       and (right.start - c[1] <= CAUSED or not _CAUSAL.match(row.text, c[0] - row.start))]  # fmt: skip
            if (left.family, left.subtype) == (right.family, right.subtype):
                between = [c for c in between if _LONG_AFTER.match(row.text, c[0] - row.start)]
            if between:
                first, last = between[-1]
                out.append((at, first, link))
                at, link = last, row.text[first - row.start : last - row.start].strip(' ,;:"”').lower()
    if (
        not out
        and events
        and "after" in row.text
        and (m := _CAME_AFTER.search(row.text))
        and row.start + m.end() <= events[-1].start
    ):
        out.append((row.start, row.start + m.end(), ""))
        at, link = row.start + m.end(), "days after"
    out.append((at, row.end, link))
    return out
