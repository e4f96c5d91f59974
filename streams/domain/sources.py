"""Kinds of sources by the words of their names: officials, parties, aid and rights groups, media, witnesses."""

from typing import Literal

from streams.domain.actors import kind_of

Kind = Literal["official", "party", "ngo", "media", "witness", "unattributed"]
_OFFICIAL = frozenset(
    "police official officials ministry minister ministers government authorities authority department sheriff sheriff's deputy "
    "deputies coroner coroner's spokesman spokeswoman spokesperson army military navy president governor mayor pentagon hospital "
    "hospitals prosecutor prosecutors prosecutor's lt lieutenant sgt sergeant capt captain chief officer officers detective "
    "detectives inspector commissioner cpl corporal maj major col colonel gen general senator sen congressman councillor council "
    "investigators investigator agency service firefighters fire medics paramedics embassy consulate court judge survey nasa "
    "commander troopers trooper superintendent secretary ambassador cabinet parliament kremlin marshal marshals attorney doctor "
    "doctors surgeon examiner administration premier chancellor cops cop bureau pd nypd lapd fbi cia state-run centre center "
    "office patrol force forces soldiers nato un who unicef eu commission guard command district federal regional civil defence "
    "defense team".split()
)
_ANYONES = frozenset("spokesman spokeswoman spokesperson chief officer general secretary commander senator office service".split())
_NGO = frozenset(
    "ngo ngos observatory osdh monitor watchdog rights charity amnesty oxfam caritas unhcr cross crescent msf organization "
    "organisation foundation aid activists sans humanitarian groups network relief".split()
)
_MEDIA = frozenset(
    "tv television newspaper newspapers radio xinhua afp reuters ap bbc cnn news times post daily herald tribune journal media "
    "broadcaster channel station reporter reporters correspondent journalists journalist reports agency tass interfax dpa efe "
    "upi al-jazeera aljazeera gazette guardian telegraph website magazine nbc cbs abc fox press pix11 irna anadolu".split()
)
_WITNESS = frozenset(
    "witness witnesses resident residents relative relatives father mother brother sister son daughter neighbor neighbour neighbors "
    "neighbours survivor survivors friend friends family wife husband villager villagers bystander passenger passengers man woman "
    "boy girl uncle aunt cousin local locals owner manager clerk driver worker workers employee shopkeeper victim victims "
    "grandmother grandfather student students teacher tourist parents mourner farmer".split()
)
_PARTY = frozenset(
    "taliban militants rebels militia group movement union unions coalition company organisers organizers hezbollah hamas houthis "
    "separatists guerrillas party airline firm operator owners protesters insurgents factions lawyer lawyers campaign club "
    "manufacturer front faction brigades".split()
)

_KNOWN = _OFFICIAL | _NGO | _MEDIA | _WITNESS | _PARTY


def source_kind(name: str) -> Kind:
    """The kind of source by the words of its name; a bare name of a person is official, as news quotes officials most."""
    words = [w.strip(".,'’").lower() for w in name.replace("’s", " ").replace("'s", " ").split()]
    known = kind_of(name)
    for group, kind in ((_NGO, "ngo"), (_WITNESS, "witness"), (_PARTY, "party"), (_OFFICIAL, "official"), (_MEDIA, "media")):
        if kind == "official" and ({"state", "news"} <= {*words} or words[-1:] in (["tv"], ["television"], ["radio"])):
            continue
        if not group.isdisjoint(words) and not (kind in ("witness", "party") and not (_OFFICIAL - _ANYONES).isdisjoint(words)):
            return kind  # type: ignore[return-value]
    if known in ("state", "agency", "security-force"):
        return "official"
    if known == "ngo":
        return "ngo"
    if known in ("armed-group", "company", "party"):
        return "party"
    return "official"


def is_source(name: str) -> bool:
    """Whether a name is one that news quotes: it has a word of a known kind, is a listed actor, or is capitalised."""
    low = {w.strip("'’s,.").lower() for w in name.split()}
    return not _KNOWN.isdisjoint(low) or kind_of(name) is not None or name.split(maxsplit=1)[0][0].isupper()


def is_known(name: str) -> bool:
    """Whether a name has a word of a known kind of source or is a listed actor."""
    return not _KNOWN.isdisjoint(name.lower().split()) or kind_of(name) is not None
