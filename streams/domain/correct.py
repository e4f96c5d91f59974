"""A person's decisions on incidents: they win over the model, and an incident they touch is the model's no longer.

A decision whose incident is not open here waits for it: on a rebuild from the topics corrections come first.
"""

import functools

from schemas.codec import Codec, CodecError
from schemas.records import Change, Correction
from streams.domain.incident import Open, edited
from streams.domain.link_state import WAITS, LinkState
from streams.domain.regroup import Answer, Linked, Reason, merge, split

EDITABLE = frozenset(("title", "summary", "family", "subtype", "place", "time", "severity", "status", "role"))


class CorrectionError(ValueError):
    """A correction that cannot be carried out; the message says what to change."""


def correct(state: LinkState, correction: Correction) -> tuple[LinkState, Linked]:
    """Carry a correction out, or let it wait for its incident. The state is changed in place.

    Raises CorrectionError when its fields are not what an incident has.
    """
    _check(correction)
    answer = Answer()
    if not _carry_out(state, correction, answer):
        state.waiting[correction.correction_id] = correction
        answer.changed[WAITS + correction.correction_id] = None
    return state, answer.done()


def carry_out_waiting(state: LinkState, answer: Answer) -> None:
    """Carry out what waited for incidents that are open now."""
    for correction in sorted(state.waiting.values(), key=lambda c: (c.at, c.correction_id)):
        if _carry_out(state, correction, answer):
            del state.waiting[correction.correction_id]
            answer.expired[WAITS + correction.correction_id] = None


def _check(c: Correction) -> None:
    if unknown := c.fields.keys() - EDITABLE:
        raise CorrectionError(f"{', '.join(sorted(unknown))} cannot be edited; choose of {', '.join(sorted(EDITABLE))}")
    if c.action == "merge" and not c.other_incident:
        raise CorrectionError("a merge names no other_incident; name the incident to merge into")
    if c.action == "split" and not c.mention_ids:
        raise CorrectionError("a split names no mention_ids; name the mentions to take out")


def _carry_out(state: LinkState, c: Correction, answer: Answer) -> bool:
    """Whether all that it needs is open here."""
    now = state.open.get(c.incident_id)
    if now is None:
        return False
    why = Reason(f"{c.author}: {c.reason or c.action}", c.at)
    if c.action == "merge":
        other = state.open.get(c.other_incident or "")
        if other is None:
            return False
        now.fixed = other.fixed = True
        merge(state, other, now, why, answer, into_first=True)
    elif c.action == "split":
        taken = frozenset(c.mention_ids)
        if not taken <= set(now.mention_ids()):
            return False
        now.fixed = True
        new = split(state, now, taken, why, answer)
        if new:
            new.fixed = True
            _hold_apart(now, new)
    else:
        try:
            _codec().encode(edited(now.incident, c.fields))
        except (CodecError, ValueError) as error:
            raise CorrectionError(f"an edit does not fit: {error}; give each field's new value as JSON") from error
        now.edits |= c.fields
        text = f"{why.text}: {', '.join(sorted(c.fields))}" if c.fields else why.text
        answer.keep(state.keep(now, Change(kind="corrected", text=text), now.incident.last_changed))
    return True


@functools.cache
def _codec() -> Codec:
    return Codec()


def _hold_apart(a: Open, b: Open) -> None:
    a.apart = sorted({*a.apart, b.incident_id})
    b.apart = sorted({*b.apart, a.incident_id})
