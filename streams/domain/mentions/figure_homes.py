"""Assigns figures of passages to mentions: victims named beside an arrest or a statement are those of the news."""

from dataclasses import replace

from streams.domain.extract.passages import Passage
from streams.domain.mentions.draft import Draft

HARMED = frozenset(("killed", "injured", "missing", "displaced"))
_BESIDE = frozenset(("follow-up", "statement"))  # roles that have no victims of their own


def figure_passages(draft: Draft, drafts: list[Draft]) -> list[Passage]:
    """The passages of a draft with the figures that are its own, in the order of the text."""
    news = next((d for d in drafts if d.role == "main"), None)
    if news is None or (draft is not news and draft.role not in _BESIDE):
        return draft.passages
    if draft is not news:
        return [_with(p, harmed=False) for p in draft.passages]
    borrowed = [_with(p, harmed=True) for d in drafts if d.role in _BESIDE for p in d.passages if _harms(p)]
    return sorted([*draft.passages, *borrowed], key=lambda p: p.start) if borrowed else draft.passages


def _harms(p: Passage) -> bool:
    return any(c.what in HARMED for c in p.claims)


def _with(p: Passage, *, harmed: bool) -> Passage:
    return replace(p, claims=[c for c in p.claims if (c.what in HARMED) == harmed])
