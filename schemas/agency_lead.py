"""Finds the agency that the first sentence of a text has its news from ("..., Reuters reported", "Según EFE, ...").

What such a lead tells was rewritten from the agency's report, so that it is no second origin. Only the lead counts:
further down an agency is one source among others. Names that are also ordinary words or other bodies' acronyms
count only beside a word for agency ("the PA said" is the Palestinian Authority's word, "the news agency PA reported" an
agency's).
"""

import re
from functools import cache
from pathlib import Path

from schemas.agencies import agencies, agency_named

LEAD, SHORTEST = 420, 40  # characters that a first sentence ends within, and that it has at least
SHORT = 60  # characters of a second sentence that does nothing but name the source ("Об этом сообщает ТАСС.")
LETTERS = 3  # of names that may mean anything; in Latin capitals of any length
BEFORE, AFTER = 4, 2  # words between "according to" and the name, between the name and "reported"
_ACRONYMS = frozenset(
    "AP AFP UPI dpa DPA EFE ANSA KCNA TASS PTI IANS IRNA SANA WAFA KUNA ANP".split()
)  # of nobody else
_WORDS = frozenset(
    "Petra Bloomberg Sputnik Belga Antara Спутник سبوتنيك بترا 共同 時事 भाषा".split()
)  # with other meanings
_AGENCY = re.compile(
    r"agenc|agence|agentur|agenzia|agentschap|persbureau|агент|ajans|وكالة|لوكالة|خبرگزاری|ایجنسی|एजेंसी|সংস্থা|סוכנות|"
    r"kantor berita|shirika",
    re.IGNORECASE,
)
_FILE = Path(__file__).with_suffix(".tsv")  # the words around the name, language by language
_GLUED_TELLS = (
    "报道|報道|消息|报导|報導|によると|が報じた|が伝えた|は伝えた|에 따르면|이 보도|가 보도|는 보도|은 보도|称"
)
_GLUED_STAFF = "(?:通信|电|電|社|记者|記者|通訊社|通讯社|援引[^\\s,，。]{0,6}?)?"
_STAFF = r"(?:writer|reporter|photographer|correspondent|journalist|cameraman|camera|editor)s?\b"
_SENTENCE_END = re.compile(r"[.!?۔।][\"”»’)]*\s+(?=[^\sa-zа-яё])|[。！？]")


def agency_of_lead(body: str) -> str | None:
    """The agency that the lead names as its source, by its name in the table; None where it names none."""
    lead, second = _lead(body)
    return _cited(lead) or (_cited(second) if len(second) <= SHORT else None)


def _lead(body: str) -> tuple[str, str]:
    """The first and the second sentence of the first paragraph."""
    first = body.lstrip()[: 2 * LEAD].split("\n", 1)[0]
    ends = (e.end() for e in _SENTENCE_END.finditer(first) if e.end() >= SHORTEST or e[0] in "。！？")
    one = next(ends, len(first))
    return first[: min(one, LEAD)], first[one : next(ends, len(first))]


def _cited(sentence: str) -> str | None:
    told = _patterns()
    if not sentence.isascii() and (found := told.glued.search(sentence)):
        return agency_named(found["name"])
    if told.last_words.isdisjoint(sentence.casefold().translate(_SPLIT).split()):
        return None
    for found in told.named.finditer(sentence):
        around = sentence[max(0, found.start() - 30) : found.end() + 15]
        if (found["name"] in told.certain or _AGENCY.search(around)) and (
            told.cited.search(sentence[: found.start()]) or told.tells.match(sentence[found.end() :])
        ):
            return agency_named(found["name"])
    return None


def _is_certain(name: str) -> bool:
    """Whether a name of the table means an agency without a word beside it that says so."""
    return " " in name or (len(name) > LETTERS and not (name.isascii() and name.isupper()))


_SPLIT = str.maketrans(dict.fromkeys(",.;:!?()[]«»“”\"'’‘/-،؛।", " "))


class _Patterns:
    """The names of agencies and the words around them, compiled when first needed."""

    def __init__(self) -> None:
        names = sorted({s for a in agencies() for s in a.spellings}, key=len, reverse=True)
        glued = [n for n in names if any(c > "\u2e7f" for c in n)]
        spaced = [n for n in names if n not in glued]
        self.certain = frozenset(n for n in names if n in _ACRONYMS or (n not in _WORDS and _is_certain(n)))
        self.last_words = frozenset(n.casefold().translate(_SPLIT).split()[-1] for n in spaced)
        self.glued_names = tuple(n for n in glued if n not in _WORDS)
        either = "|".join(map(re.escape, self.glued_names))
        self.glued = re.compile(
            rf"(?:[据據]\w{{0,8}}?|(?=(?:{either}){_GLUED_STAFF}(?:{_GLUED_TELLS})))(?P<name>{either})"
        )
        self.named = re.compile(rf"(?<!\w)(?P<name>{'|'.join(map(re.escape, spaced))})(?!\w)")
        rows = [line.split("\t") for line in _FILE.read_text(encoding="utf-8").splitlines()[1:]]
        cited, tells = ("|".join(re.escape(w) for row in rows for w in row[n].split("|") if w) for n in (1, 2))
        self.cited = re.compile(rf"(?<!\w)(?i:{cited})(?:\s+[^\s.;:!?]+){{0,{BEFORE}}}?[\s«“\"(]*(?:l[’'])?$")
        self.tells = re.compile(rf"(?:['’]\w+)?[\s»”\"),]+(?:(?!{_STAFF})\w+\s+){{0,{AFTER}}}?(?i:{tells})(?!\w)")


@cache
def _patterns() -> _Patterns:
    return _Patterns()
