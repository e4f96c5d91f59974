"""Kinds of sources by the words of their names: officials, parties, aid and rights groups, media, witnesses."""

from typing import Literal

from streams.domain.extract.actors import kind_of
from streams.domain.extract.wordlists import wordlist

Kind = Literal["official", "party", "ngo", "media", "witness", "unattributed"]
_OFFICIAL, _NGO, _MEDIA, _WITNESS, _PARTY, _ANYONES = (
    frozenset(wordlist("sources")[kind]) for kind in ("official", "ngo", "media", "witness", "party", "anyones")
)
"""Words in the names of sources; the last are those that officials and parties alike have (a spokesman)."""
_PUBLIC = frozenset(("un", "u.n", "nations", "police"))  # official, whatever else the name says
_KNOWN = _OFFICIAL | _NGO | _MEDIA | _WITNESS | _PARTY


def source_kind(name: str) -> Kind:
    """The kind of source by the words of its name; a bare name of a person is official, as news quotes officials most."""
    words = [w.strip(".,'’").lower() for w in name.replace("’s", " ").replace("'s", " ").split()]
    known = kind_of(name)
    if not _PUBLIC.isdisjoint(words):
        return "official"
    for group, kind in (
        (_NGO, "ngo"),
        (_WITNESS, "witness"),
        (_PARTY, "party"),
        (_OFFICIAL, "official"),
        (_MEDIA, "media"),
    ):
        if kind == "official" and ({"state", "news"} <= {*words} or words[-1:] in (["tv"], ["television"], ["radio"])):
            continue
        if not group.isdisjoint(words) and not (
            kind in ("witness", "party") and not (_OFFICIAL - _ANYONES).isdisjoint(words)
        ):
            return kind  # type: ignore[return-value]
    if known in ("state", "agency", "security-force"):
        return "official"
    if known == "ngo":
        return "ngo"
    if known in ("armed-group", "company", "party"):
        return "party"
    return "official"


def is_source(name: str) -> bool:
    """Whether a name may be a source: it has a word of a known kind, is a listed actor, or is capitalised."""
    low = {w.strip(",.").removesuffix("'s").removesuffix("’s").lower() for w in name.split()}
    return not _KNOWN.isdisjoint(low) or kind_of(name) is not None or name.split(maxsplit=1)[0][0].isupper()


def is_known(name: str) -> bool:
    """Whether a name has a word of a known kind of source or is a listed actor."""
    return not _KNOWN.isdisjoint(name.lower().split()) or kind_of(name) is not None
