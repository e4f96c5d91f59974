"""People's decisions on incidents: they override the model, which no longer merges or splits an incident they touch.

A decision whose incident is not open here waits for it: on a rebuild from the topics corrections come first. Each is
carried out once: the incident remembers it, and a correction that comes again changes nothing. Each can be taken
back by another: a merge by a split that names the incident once merged in, a split by a merge that names the
mentions, an edit by an edit with an empty value.
"""

import functools

from schemas.codec import Codec, CodecError
from schemas.errors import Quarantine
from schemas.records import Change, Correction
from streams.domain.linking.incident import Open, edited
from streams.domain.linking.merge_split import Reason, hold_apart, merge, split
from streams.domain.linking.session import Linked, LinkSession
from streams.domain.linking.state import WAITS, LinkState

EDITABLE = frozenset(("title", "summary", "family", "subtype", "place", "time", "severity", "status", "role"))
MOST_WAITING = 1_000  # corrections that wait for their incident; beyond it the oldest go


class CorrectionError(Quarantine, ValueError):
    """A correction that cannot be carried out; the message says what to change."""


def correct(state: LinkState, correction: Correction) -> tuple[LinkState, Linked]:
    """Carry a correction out, or let it wait for its incident. The state is changed in place.

    Raises CorrectionError when its fields are not what an incident has.
    """
    check(correction)
    session = LinkSession(state)
    if done := state.carried_out.get(correction.correction_id):
        session.send(state.open[done].incident)
    elif not _carry_out(session, correction):
        state.waiting[correction.correction_id] = correction
        session.changed(WAITS + correction.correction_id)
        for left in sorted(state.waiting.values(), key=_order)[:-MOST_WAITING]:
            _waits_no_more(session, left)
    return state, session.linked()


def carry_out_waiting(session: LinkSession) -> None:
    """Carry out what waited for incidents that are open now."""
    for correction in sorted(session.state.waiting.values(), key=_order):
        if _carry_out(session, correction):
            _waits_no_more(session, correction)


def check(c: Correction) -> None:
    """Raise CorrectionError when a correction does not say all that its action needs, or more than it may."""
    if unknown := c.fields.keys() - EDITABLE:
        raise CorrectionError(
            f"{', '.join(sorted(unknown))} cannot be edited; choose from {', '.join(sorted(EDITABLE))}"
        )
    if c.action == "merge" and (not c.other_incident or (c.other_incident == c.incident_id and not c.mention_ids)):
        raise CorrectionError("a merge names no other incident; name the incident to merge into")
    if c.action == "split" and not c.mention_ids and not c.other_incident:
        raise CorrectionError("a split names nothing to take out; name mentions, or an incident that was merged in")


def _order(c: Correction) -> tuple[object, ...]:
    return c.at, c.correction_id


def _waits_no_more(session: LinkSession, c: Correction) -> None:
    del session.state.waiting[c.correction_id]
    session.gone(WAITS + c.correction_id)


def _carry_out(session: LinkSession, c: Correction) -> bool:
    """Carry out a correction; False while an incident that it needs is not open here."""
    why = Reason(f"{c.author}: {c.reason or c.action}", c.at)
    if c.action == "merge":
        return _merge(session, c, why)
    now = session.state.open.get(c.incident_id)
    if now is None:
        return False
    if c.action == "split":
        return _split(session, now, c, why)
    _edit(session, now, c, why)
    return True


def _merge(session: LinkSession, c: Correction, why: Reason) -> bool:
    """Merge an incident, or the one that holds the named mentions, into another."""
    gone = c.incident_id if c.incident_id != c.other_incident else session.state.home.get(c.mention_ids[0])
    one, other = (session.state.open.get(i or "") for i in (gone, c.other_incident))
    if one is None or other is None or one is other:
        return False
    one.fixed = other.fixed = True
    other.corrections.append(c.correction_id)
    merge(session, other, one, why, into_first=True)
    return True


def _split(session: LinkSession, now: Open, c: Correction, why: Reason) -> bool:
    """Split off mentions, or all that came from an incident merged in earlier, into an incident of their own."""
    taken = frozenset(c.mention_ids)
    if c.other_incident:
        taken |= {m.mention.mention_id for m in now.members if c.other_incident in m.came_from}
    if not taken or not taken <= set(now.mention_ids()):
        return False
    whole = {m.mention.mention_id for m in now.members}
    if not taken <= whole:
        raise CorrectionError(f"only the newest {len(whole)} mentions are kept whole; a split can take out those alone")
    new = split(session, now, taken, why)
    if new is None:
        raise CorrectionError("a split cannot take out everything; leave one mention in the incident")
    now.corrections.append(c.correction_id)
    now.fixed = True
    new.fixed = True
    hold_apart(now, new)
    return True


def _edit(session: LinkSession, now: Open, c: Correction, why: Reason) -> None:
    edits = {name: value for name, value in (now.edits | c.fields).items() if value}
    try:
        _codec().encode(edited(now.incident, edits))
    except (CodecError, ValueError) as error:
        raise CorrectionError(f"an edit does not fit: {error}; give each field's new value as JSON") from error
    now.edits = edits
    now.corrections.append(c.correction_id)
    text = f"{why.text}: {', '.join(sorted(c.fields))}" if c.fields else why.text
    session.store(now, Change(kind="corrected", text=text), now.incident.last_changed)


@functools.cache
def _codec() -> Codec:
    return Codec()
