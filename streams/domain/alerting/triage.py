"""Triage of alerts by people. Each act returns the whole state that follows from the one before."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from schemas.errors import Quarantine
from schemas.records import Note, Triage

ACTS = ("acknowledge", "unacknowledge", "assign", "silence", "unsilence", "note")
KEPT_NOTES = 50
LONGEST = 2_000  # characters of a note or a reason
LONGEST_NAME = 80
Acting = Literal["acknowledge", "unacknowledge", "assign", "silence", "unsilence", "note"]


class TriageError(Quarantine, ValueError):
    """An act that cannot be carried out; the message says what to give."""


@dataclass(frozen=True, slots=True)
class Act:
    """What a person does. `text`: whom to assign to (nobody if empty), why it is silenced, or the note."""

    act: Acting
    author: str
    at: datetime
    text: str = ""
    until: datetime | None = None


def triage(before: Triage | None, alert_id: str, done: Act) -> Triage:
    """The state after an act. Raises TriageError when the act lacks what it needs."""
    _check(done)
    now = before or Triage(alert_id=alert_id, revision=0, author="", at=done.at, act="note")
    now = replace(now, revision=now.revision + 1, author=done.author, at=done.at, act=done.act)
    match done.act:
        case "acknowledge":
            return replace(now, acknowledged_by=done.author, acknowledged_at=done.at)
        case "unacknowledge":
            return replace(now, acknowledged_by="", acknowledged_at=None)
        case "assign":
            return replace(now, assigned_to=done.text)
        case "silence":
            return replace(now, silenced_until=done.until, silenced_by=done.author, silence_reason=done.text)
        case "unsilence":
            return replace(now, silenced_until=None, silenced_by="", silence_reason="")
        case "note":
            note = Note(text=done.text, author=done.author, at=done.at)
            return replace(now, notes=(*now.notes, note)[-KEPT_NOTES:])


def _check(done: Act) -> None:
    if not done.author.strip() or len(done.author) > LONGEST_NAME:
        raise TriageError(f"say who you are, in {LONGEST_NAME} characters at most")
    if len(done.text) > LONGEST:
        raise TriageError(f"give {LONGEST:,} characters at most")
    if done.act == "silence" and (done.until is None or done.until <= done.at):
        raise TriageError("say until when it is silenced; that time must be in the future")
    if done.act in ("silence", "note") and not done.text.strip():
        raise TriageError("say why it is silenced" if done.act == "silence" else "the note is empty")
