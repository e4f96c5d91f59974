"""Finds the news agency that a text is credited to, in a dateline, a byline, a closing credit or its lead.

Agencies are recognised by the table of `agencies.py`; beyond it a dateline ("MATI, Greece, July 24 (Meridian Wire) -")
credits the name in its brackets, and a byline or closing line credits a name with a word such as Wire or Agency.
A lead that has its news from an agency ("..., Reuters reported") makes it the origin (`agency_lead.py`); agencies
quoted further down are sources and are ignored.
"""

import re
import unicodedata

from schemas.agencies import agencies, agency_at, agency_named
from schemas.agency_lead import agency_of_lead

HEAD, TAIL = 260, 400  # characters of the body in which a dateline and a closing credit stand
LINES = 10  # at the end, for what a site puts below the text: "Subscribe", "More on this"
CREDIT = 60  # characters of the longest credit
_SPELLINGS = sorted({s for agency in agencies() for s in agency.spellings}, key=len, reverse=True)


def _spelt(spelling: str) -> str:
    """Pattern of a spelling: names of several words in any case, single words as they are or in capitals.

    "ANI" in another case is a given name, and "uni" a university.
    """
    words = r"\s+".join(map(re.escape, spelling.rstrip(".").split())) + r"\.?" * spelling.endswith(".")
    if " " in spelling:
        return f"(?i:{words})"
    return f"{words}|{re.escape(spelling.upper())}"


_GLUED = [s for s in _SPELLINGS if any(c > "\u2e7f" for c in s)]  # of scripts that put no blank between words
_JOINED_NAMES = "|".join(_spelt(s) for s in _SPELLINGS if "-" in s)
_LISTED = rf"(?<!\w)(?:{'|'.join(map(_spelt, _SPELLINGS))})(?!\w)"
_CALLED = (
    r"(?:[A-ZÀ-Þ][\w’'-]+ ){1,3}(?:Wire|Newswire|Press|Presse|News Agency|Press Agency|News Service)"
    r"|(?:Agence|Agencia|Agência|Agenzia)(?: [A-ZÀ-Þ][\w’'-]+){1,3}"
)
_KNOWN = re.compile(_LISTED)
_ITSELF = re.compile(_CALLED)
_DATELINE = re.compile(
    r"^[\s—–-]*(?P<place>[^\W\d_][^()（）\n]{0,70}?)?\s*[(（](?P<credit>[^()（）\n]{2,40})[)）]"
    r"(?P<dash>\s*[-–—:])?",
    re.MULTILINE,
)
_DATE = re.compile(
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun)|.*\d\d", re.IGNORECASE
)
_INITIAL = r"(?<=\b[A-Z])\."
_SENTENCE_END = re.compile(rf'(?!{_INITIAL})[.!?"”’»。！？」।۔](?=(?:[^.!?"”’»。！？」।۔]|{_INITIAL})*$)')
_STOPS = frozenset('.!?"”’»)]_*\n。！？」）।۔')
_LETTERS = re.compile(r"[^\W\d_]+")
_CREDIT = f"(?P<credit>{_LISTED}|{_CALLED})"
_CREDITED = (  # how a closing line begins, in the languages whose press translates agencies most
    r"with|sources?|quellen?|fuentes?|fontes?|avec|con|mit|bron|kaynak|źródło|kilde|källa|sumber|met|com|"
    r"источник|джерело|по материалам|с материалами|за матеріалами|المصدر|منبع|स्रोत|来源|來源|出典|출처|"
    r"com informaç(?:ões|ão) d[aeo]s?|con información del?|con informazioni d[ai]|com agências|"
    r"con agencias|avec agences|mit material (?:von|der)|met informatie van|"
    r"translated from|traducido de|traduzido de|traduit de"
)
_ALONE = re.compile(  # "With AFP", "Sapa-AFP /dm", "(PTI)", "来源：新华社", "Com informações da Reuters"
    rf"[\s*_(（【\[—–-]*(?i:(?:{_CREDITED})(?!\w)[\s:：]*)?(?i:(?:the|an?|la)\s+|l[’'])?"
    r"(?i:(?:additional )?(?:reporting|reports|inputs?|material|files) (?:by|from|of)\s+)?(?i:the )?"
    rf"(?:(?!{_JOINED_NAMES})\w+[-/])?"
    + _CREDIT
    + r"(?:[\s/,&-]+(?:and\s+)?[\w-]+)?(?:\s+(?:inputs?|agencies|news agency))?[\s*_)）】\]]*(?:/\w{2,4})?\s*"
)
_STAFF = r"(?:writers?|reporters?|photographers?|correspondents?)\b"
_JOINED = str.maketrans("-/,([*_—–:：（）【】’'", " " * 17)
_TELLING = frozenset(w.casefold().rstrip(".") for s in _SPELLINGS for w in s.translate(_JOINED).split()[-1:]) | {
    *("wire", "newswire", "press", "presse", "agency", "service", "inputs", "input", "agencies"),
}
_SIGNS = ("contributed", "opyright", "©", "writer", "reporter", "photographer", "correspondent")
_SIGNATURES = (
    re.compile(r"(?:[Cc]opyright|©)[\s©*]*(?:\d{4})?[\s*,]*(?:[Tt]he )?" + _CREDIT),
    re.compile(_CREDIT + rf"(?: {_STAFF}[^.]*)?(?: also)? contributed\b"),
    re.compile(r"(?m:^)[\s_*]*" + _CREDIT + f" {_STAFF}"),
)
_DESK = re.compile(  # of Reuters, in its own languages
    r"(?:Reporting|Writing) by [^.]+?;\s*(?:Writing|Editing) by |Reporte de [^.]+?[;,.]\s*(?:Editado|Traducido)\b|"
    r"Reportagem (?:de|por) [^.]+?;\s*Edição\b|\(Reportage (?:de |par )?[^.]+?[,;]\s*(?:édité|version française) par\b"
)
_DESK_SIGNS = ("diting by", "Editado", "Traducido", "Edição", "édité par", "version française par")
_GLUED_NAMES = f"(?P<credit>{'|'.join(map(re.escape, _GLUED))})"
_INSIDE = r"[^】\])）\n]"
_OTHER_DATELINES = (
    re.compile(rf"(?m:^)\W{{0,3}}[【\[(（]{_INSIDE}{{0,24}}?{_GLUED_NAMES}(?:{_INSIDE}{{0,12}}[电電])?[】\])）]"),
    re.compile(rf"(?m:^)\W{{0,3}}{_GLUED_NAMES}[^\s,，。]{{0,16}}[电電]"),  # "新华社北京3月5日电"
    re.compile(  # "MOSCOW, March 5. /TASS/."
        rf"(?m:^)[ \t]*(?P<place>[^\W\d_][^\n()/]{{1,48}}?)[\s.,]*[-–—/]\s*(?P<credit>{_LISTED})/?\s*[./]"
    ),
)


def credited_agency(title: str, body: str, byline: str | None = None, domain: str = "") -> str | None:
    """The agency that the article is credited to, in lower case; None where no credit names one.

    domain: of the publisher, as an agency does not credit itself on its own site. An agency of the table is returned by
    its name there ("ap"), any other as written ("meridian wire").
    """
    return (
        _of_dateline(body[:HEAD])
        or _of_other_dateline(body[:HEAD])
        or (_agency(byline) if byline else None)
        or _of_end(body[-TAIL:])
        or (agency_named(title.rpartition("(")[2].rstrip(" )")) if title.endswith(")") else None)
        or agency_at(domain)
        or agency_of_lead(body)
    )


def _of_dateline(head: str) -> str | None:
    if "(" not in head and "（" not in head:
        return None
    for found in _DATELINE.finditer(head):
        place, credit, dash = found["place"], found["credit"].strip(), found["dash"]
        after_place = bool(place) and _is_place(place)
        if (dash or after_place) and (known := agency_named(credit) or _listed(credit)):
            return known
        if dash and after_place and credit[:1].isupper() and not _DATE.match(credit):
            return _plain(credit)
    return None


def _of_other_dateline(head: str) -> str | None:
    for pattern in _OTHER_DATELINES:
        for found in pattern.finditer(head):
            if "place" not in found.groupdict() or _is_place(found["place"]):
                return agency_named(found["credit"])
    return None


def _is_place(dateline: str) -> bool:
    """A place and perhaps a date: the first word in capitals, or few words and all of them capitalised."""
    spelled = [w for w in _LETTERS.findall(dateline) if len(w) > 1]
    few = len(spelled) <= 5 and not any(w.islower() for w in spelled)
    return bool(spelled) and (spelled[0].isupper() or few)


def _of_end(tail: str) -> str | None:
    before, _, line = tail.rstrip().rpartition("\n")
    for behind in range(LINES):
        if behind > 1 and not before:
            break  # the tail may begin in the middle of this line
        last, starts = line.rstrip(" .)]_*")[-CREDIT - 1 :], False
        if found := _SENTENCE_END.search(last):
            last, starts = last[found.end() :], True
        elif len(last) <= CREDIT:
            starts = not before.strip() or before.rstrip(" ")[-1] in _STOPS
        telling = starts and not _TELLING.isdisjoint(last.casefold().translate(_JOINED).split()[-4:])
        if telling and (found := _ALONE.fullmatch(last)):
            return _agency(found["credit"])
        before, _, line = before.rstrip().rpartition("\n")
    if any(sign in tail for sign in _SIGNS):
        for signature in _SIGNATURES:
            if found := signature.search(tail):
                return _agency(found["credit"])
    return "reuters" if any(sign in tail for sign in _DESK_SIGNS) and _DESK.search(tail) else None


def _agency(credit: str) -> str | None:
    called = _ITSELF.search(credit)
    return _listed(credit) or (_plain(called[0]) if called else None)


def _listed(credit: str) -> str | None:
    found = _KNOWN.search(credit)
    return agency_named(found[0]) if found else None


def _plain(credit: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", credit)).strip(" -–—.,").lower()
