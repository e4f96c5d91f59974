"""Words that say what was done to the people or things counted: the lexicon that claims are read with.

Forms: `part` a past form that is active before its object and passive behind its subject; `ing` active, object behind;
`intr` its subject is counted; `state` predicate or noun behind a number ("two dead", "are missing"); `of` a noun whose object
follows ("death of a man"); `noun` a noun that a number counts ("12 arrests"); `gather` verbs of crowds; `wound` what a person has; `carried` taken, if to a hospital; `self` done to oneself; `toll` a running total.
"""

from typing import NamedTuple

from streams.domain.text import Words


class Harm(NamedTuple):
    """One harm word or phrase over tokens first..last (end exclusive)."""

    first: int
    last: int
    what: str
    form: str
    word: str


_FORMS: tuple[tuple[str, str, str], ...] = (
    ("killed", "part", "killed|slain|murdered|assassinated|executed|beheaded|massacred|lynched|electrocuted|gunned down|"
     "shot dead|shot and killed|shot to death|stabbed to death|stabbed and killed|beaten to death|burned to death|burnt to death|"
     "fatally shot|fatally wounded|fatally injured|fatally stabbed|fatally struck|fatally|mortally wounded|found dead|"
     "found shot to death|found fatally shot|pronounced dead|declared dead|struck and killed|"
     "hit and killed|found shot dead|crushed to death|trampled to death|hacked to death|strangled|shot fatally|shot and fatally wounded|fatally struck by"),
    ("killed", "ing", "killing|murdering|slaying|assassinating|executing|claiming the lives of|claimed the lives of|"
     "claims the lives of|kills|kill|took the lives of|took the life of|taking the life of|claimed the life of|fatally shooting|fatally wounding|shooting dead|murders"),
    ("killed", "intr", "died|dies|perished|drowned|succumbed|lost their lives|lost his life|lost her life|was dead|"
     "passed away|has died|bled to death|froze to death|fell to his death|fell to her death|fell to their deaths|"
     "plunged to his death|without signs of life|body was found|body was discovered|bodies were found|body was recovered|body has been found|later died"),
    ("killed", "self", "then himself|then herself|before shooting himself|before shooting herself|and himself|and herself|"
     "before killing himself|before killing herself|shot himself|shot herself|killed himself|killed herself|took his own life|"
     "committed suicide|turned the gun on himself|turned the gun on herself|fatally shot himself|turning the gun on himself|"
     "turning the gun on herself|shot and killed himself|then shot himself|then killed himself|fatally shooting himself"),
    ("killed", "state", "dead|deceased|lifeless"),
    ("killed", "noun", "deaths|death|fatalities|fatality|homicide|homicides|murders|killings|dead bodies|corpses|bodies|body|"
     "remains|killing|murder|slaying"),
    ("killed", "of", "death of|deaths of|killing of|killings of|murder of|murders of|slaying of|assassination of|"
     "shooting death of|shooting deaths of|stabbing death of|beating death of|slayings of|lives of|body of|bodies of|"
     "remains of|execution of|fatal shooting of|fatal stabbing of|massacre of|homicide of"),
    ("killed", "toll", "death toll|toll|number of dead|number of deaths|number of people killed"),
    ("injured", "part", "injured|wounded|hurt|maimed|hospitalized|hospitalised|shot|stabbed|grazed|hit|struck|assaulted|attacked|critically injured|"
     "critically wounded|seriously wounded|seriously injured|slightly injured|badly hurt|shot and wounded|shot and injured|"
     "found shot|struck by gunfire|hit by gunfire|beaten|pistol-whipped"),
    ("injured", "ing", "injuring|wounding|hurting|maiming|hospitalizing|sickening|wounds|injures|shooting|stabbing|striking|hitting"),
    ("injured", "state", "in critical condition|in serious condition|in critical but stable condition|in serious but stable condition|"
     "in stable condition|in intensive care|in fair condition|in good condition|in grave condition|in extremely critical condition|"
     "with injuries|with life-threatening|with non-life-threatening|in surgery|with serious injuries|with minor injuries|"
     "with critical injuries|with minor wounds|expected to survive|expected to recover|expected to be ok|expected to be okay"),
    ("injured", "wound", "gunshot wound|gunshot wounds|stab wound|stab wounds|bullet wound|bullet wounds|graze wound|gunshot injury|"
     "gunshot injuries|shotgun wound"),
    ("injured", "intr", "suffered injuries|suffered wounds|sustained injuries|suffered minor injuries|suffered serious injuries|"
     "suffered broken|suffered burns|suffered a broken|suffered non-life-threatening|suffered life-threatening|were treated for|"
     "was treated for|suffering life-threatening|sustained non-life-threatening|was treated at|were treated at|received injuries|"
     "sustained life-threatening|suffered a minor|suffered a head|suffered critical|suffered cuts"),
    ("injured", "carried", "taken|rushed|transported|airlifted|flown|brought|transferred|life-flighted|driven"),
    ("injured", "noun", "injuries|shooting victims|gunshot victims"),
    ("injured", "of", "injury of|injuries of|injuries to|wounding of|injury to|shooting of|stabbing of"),
    ("arrested", "part", "arrested|detained|nabbed|apprehended|captured|rounded up|taken into custody|jailed|seized alive"),
    ("arrested", "ing", "arresting|detaining|nabbing|capturing|apprehending|arrests"),
    ("arrested", "state", "in custody|under arrest"),
    ("arrested", "noun", "arrests|arrest|detentions"),
    ("arrested", "of", "arrest of|arrests of|detention of|capture of"),
    ("missing", "part", "reported missing"),
    ("missing", "state", "missing|unaccounted for|feared missing|disappeared"),
    ("missing", "intr", "disappeared|vanished|went missing"),
    ("missing", "of", "disappearance of|search for"),
    ("displaced", "part", "displaced|evacuated|uprooted|left homeless|made homeless|forced to flee|forced from|driven from"),
    ("displaced", "ing", "displacing|uprooting"),
    ("displaced", "state", "homeless"),
    ("displaced", "intr", "fled their homes|fled|fled to|have fled|had fled|lost their homes"),
    ("displaced", "of", "displacement of|evacuation of"),
    ("abducted", "part", "kidnapped|abducted|taken hostage|held hostage|taken captive"),
    ("abducted", "ing", "kidnapping|abducting|kidnaps|abducts"),
    ("abducted", "of", "kidnapping of|abduction of"),
    ("abducted", "noun", "hostages|kidnappings|abductions"),
    ("participants", "gather", "marched|rallied|gathered|demonstrated|protested|took to the streets|attended|turned out|"
     "took part|participated|walked out|have marched|march|rally|protest|demonstrate|marching|protesting|went on strike|"
     "joined|assembled|massed|blocked|staged"),
    ("damage", "part", "destroyed|damaged|burned|burnt|flattened|gutted|levelled|leveled|collapsed|torched|inundated|"
     "flooded|wrecked|demolished|badly hit|swept away|ablaze|set on fire|set ablaze|caught fire|without power|blown up|derailed|"
     "dynamited|shattered"),
    ("damage", "ing", "destroying|damaging|burning|flattening|gutting|levelling|leveling|torching|wrecking|shattering|"
     "flooding|demolishing"),
    ("damage", "of", "destruction of|damage to"),
)  # fmt: skip
_INDEX: dict[str, list[tuple[tuple[str, ...], str, str]]] = {}
for _what, _form, _phrases in _FORMS:
    for _phrase in _phrases.split("|"):
        _words = tuple(_phrase.split())
        _INDEX.setdefault(_words[0], []).append((_words, _what, _form))
for _entries in _INDEX.values():
    _entries.sort(key=lambda e: -len(e[0]))
HARM_WORDS = frozenset(words[0] for entries in _INDEX.values() for words, _, _ in entries if len(words) == 1)
"""Words that are harm by themselves."""


def harm_phrases() -> list[str]:
    """Every word and phrase of harm."""
    return [" ".join(words) for entries in _INDEX.values() for words, _, _ in entries]


def find_harm(words: Words) -> list[Harm]:
    """Harm words in order; the longest phrase wins, and a word with several forms is given once for each."""
    out: list[Harm] = []
    low = words.low
    behind = 0
    for at, word in enumerate(low):
        if at < behind or word not in _INDEX:
            continue
        size = 0
        for phrase, what, form in _INDEX[word]:
            if len(phrase) < size:
                break
            if len(phrase) == 1 or tuple(low[at : at + len(phrase)]) == phrase:
                size = len(phrase)
                out.append(Harm(at, at + size, what, form, " ".join(phrase)))
        behind = at + size
    return out
