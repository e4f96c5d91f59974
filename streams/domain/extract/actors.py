"""Finds actors of an incident by a list of states, armed groups, agencies and offices, and by general patterns."""

import functools
import re
from typing import Literal, NamedTuple, cast

from schemas.records import Actor
from streams.domain.extract.wordlists import wordlist
from streams.domain.text.phrase_matcher import Cue

Kind = Literal[
    "state", "armed-group", "security-force", "agency", "party", "ngo", "company", "person", "people", "other"
]
Role = Literal["initiator", "target", "authority", "other"]
_LEAD = re.compile(r"(?:[A-Z][\w’'-]*\s+){1,3}$")
_ACTIVE = re.compile(
    r"^\W*(?:(?:have|has|had|also|then|reportedly|allegedly)\s+)*(?:struck|attacked|killed|shot|bombed|fired|opened|hit|launched|"
    r"carried|stormed|kidnapped|abducted|seized|raided|rammed|threw|hurled|detonated|blew|clashed|targeted|shelled|burned|set|"
    r"looted|marched|rallied|gathered|protested|ambushed|wounded|injured|claimed|nabbed|arrested|strikes|attacks|kills|hits|stabbed|"
    r"robbed|demonstrated|blocked|torched|chased|boarded)\b",
    re.IGNORECASE,
)
_AGAINST = re.compile(
    r"(?:against|targeting|targeted|struck|killing|killed|wounding|attacked|hit|shot|on|at|wounded|injuring|bombed|attack(?:s|ed)?\s+on|"
    r"arrested|of)\s+(?:\w+\s+){0,3}$",
    re.IGNORECASE,
)
_BY = re.compile(r"\bby\s+(?:\w+\s+){0,3}$", re.IGNORECASE)
_PASSIVE = re.compile(
    r"^\W*(?:\w+\s+){0,4}(?:was|were|been|being)\s+(?:\w+\s+){0,2}(?:killed|shot|wounded|injured|attacked|arrested|kidnapped|hit|"
    r"struck|targeted|detained|ambushed)",
    re.IGNORECASE,
)
_AUTHORITIES = frozenset(("agency", "security-force"))
MOST = 8  # actors of one mention


class FoundActor(NamedTuple):
    """An actor and where it is named: offsets into the text."""

    start: int
    end: int
    actor: Actor


@functools.cache
def _listed() -> dict[str, Kind]:
    return {name: cast("Kind", kind) for kind, names in wordlist("actors")["names"].items() for name in names}


@functools.cache
def _kinds() -> dict[str, Kind]:
    return {name.lower(): kind for name, kind in _listed().items()}


def actor_phrases() -> list[tuple[str, tuple[Kind, str | None]]]:
    """Listed names, and common words for actors; each with its kind, and the name as listed (None for a word)."""
    lists = wordlist("actors")
    common = [
        (phrase, (cast("Kind", kind), None))
        for part in ("words", "phrases") for kind, phrases in lists[part].items() for phrase in phrases
    ]  # fmt: skip
    return [*((name, (kind, name)) for name, kind in _listed().items()), *common]


def kind_of(name: str) -> Kind | None:
    """The kind of a listed actor whose name this is, articles and case aside; None when it is not listed."""
    plain = name.lower().removeprefix("the ").strip(" .,")
    return _kinds().get(plain)


def read_actors(text: str, cues: list[Cue], offset: int = 0) -> list[FoundActor]:
    """Actors of a passage in order, the first naming of each, with their role; `cues` are its signals of the group `actor`.

    A word whose letters are not written as listed ("us") is no actor.
    """
    shouting = text.isupper()
    out: dict[str, FoundActor] = {}
    for cue in cues:
        kind, listed = cue.value
        start, end = cue.start, cue.end
        if listed is not None:
            if not shouting and text[start:end] != listed:
                continue
        elif not shouting and (lead := _LEAD.search(text, max(0, start - 48), start)):
            start = lead.start()
        _keep(out, text, start, end, kind, offset)
        if len(out) >= MOST:
            break
    return sorted(out.values(), key=lambda f: f.start)


def _keep(out: dict[str, FoundActor], text: str, start: int, end: int, kind: Kind, offset: int) -> None:
    name = " ".join(text[start:end].split())
    key = name.lower().removeprefix("the ")
    old = out.get(key)
    if old is not None and old.actor.role not in ("other", "authority"):
        return
    role = _role(text, start, end, kind)
    if old is None or role in ("initiator", "target"):
        out[key] = FoundActor(start + offset, end + offset, Actor(name=name, role=role, kind=kind))


def _role(text: str, start: int, end: int, kind: Kind) -> Role:
    before, after = text[max(0, start - 40) : start], text[end : end + 60]
    if _PASSIVE.match(after):
        return "target"
    if _ACTIVE.match(after) or _BY.search(before):
        return "initiator"
    if _AGAINST.search(before):
        return "target"
    return "authority" if kind in _AUTHORITIES else "other"
