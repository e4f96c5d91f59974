"""Who takes part in an incident: a maintained list of states, armed groups, agencies and offices, and general patterns."""

import functools
import json
import re
from pathlib import Path
from typing import Literal, NamedTuple, cast

from ahocorasick_rs import AhoCorasick, MatchKind

from schemas.records import Actor

Kind = Literal["state", "armed-group", "security-force", "agency", "party", "ngo", "company", "person", "people", "other"]
Role = Literal["initiator", "target", "authority", "other"]
_FILE = Path(__file__).with_name("actors.json")
_PEOPLE = (
    r"gunmen|militants|rebels|insurgents|militias?|guerrillas|terrorists|separatists|extremists|jihadists|suicide\s+bombers?|"
    r"bandits|pirates|paramilitaries|fighters|attackers|assailants|hooded\s+youths"
)
_FORCES = (
    r"(?:special|security|military|armed|air|coalition|government|occupation|naval|riot|border|peacekeeping)\s+forces|troops|"
    r"soldiers|police(?:\s+officers)?|army|navy|military|air\s+force|coast\s+guard|marines|commandos|warplanes|"
    r"sheriff['’]s\s+(?:office|deputies|department)|officers|firefighters"
)
_CROWD = r"protesters|protestors|demonstrators|rioters|strikers|marchers|workers|students|residents|villagers|youths|a\s+mob|a\s+crowd"
_ONE = r"(?:suspected\s+|alleged\s+)?(?:gunman|shooter|suspect|attacker|assailant|suicide\s+bomber|bomber|hijacker|robber)"
_LEAD = r"(?:[A-Z][\w’'-]+(?:-[\w]+)*\s+){0,3}"
_PATTERN = re.compile(
    rf"\b(?:(?P<group>{_LEAD}(?i:{_PEOPLE}))|(?P<force>{_LEAD}(?i:{_FORCES}))|(?P<crowd>(?i:{_CROWD}))|(?P<one>(?i:{_ONE})))\b"
)
_HAS = re.compile(rf"{_PEOPLE}|{_FORCES}|{_CROWD}|{_ONE}", re.IGNORECASE)
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
def _names() -> tuple[AhoCorasick, list[tuple[str, Kind]]]:
    raw = json.loads(_FILE.read_text(encoding="utf-8"))
    names = [(name, cast("Kind", kind)) for kind, listed in raw.items() if kind != "about" for name in listed]
    return AhoCorasick([name for name, _ in names], matchkind=MatchKind.LeftmostLongest), names


@functools.cache
def _kinds() -> dict[str, Kind]:
    return {name.lower(): kind for name, kind in _names()[1]}


def kind_of(name: str) -> Kind | None:
    """The kind of a listed actor whose name this is, articles and case aside; None when it is not listed."""
    plain = name.lower().removeprefix("the ").strip(" .,")
    return _kinds().get(plain)


def find_actors(text: str, offset: int = 0) -> list[FoundActor]:
    """Actors of a passage in order, the first naming of each, with the role that the words around it give."""
    finder, names = _names()
    out: dict[str, FoundActor] = {}
    for index, start, end in finder.find_matches_as_indexes(text):
        if (start and text[start - 1].isalnum()) or (end < len(text) and text[end].isalnum()):
            continue
        _keep(out, text, start, end, names[index][1], offset)
    if _HAS.search(text):
        for m in _PATTERN.finditer(text):
            kind: Kind = "armed-group" if m["group"] else "security-force" if m["force"] else "people" if m["crowd"] else "person"
            _keep(out, text, m.start(), m.end(), kind, offset)
    return sorted(out.values())[:MOST]


def _keep(out: dict[str, FoundActor], text: str, start: int, end: int, kind: Kind, offset: int) -> None:
    name = " ".join(text[start:end].split())
    key = name.lower()
    role = _role(text, start, end, kind)
    old = out.get(key)
    if old is None or (old.actor.role in ("other", "authority") and role in ("initiator", "target")):
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
