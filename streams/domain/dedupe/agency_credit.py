"""Whose despatch a text is: the news agency that a dateline, a byline or a closing credit names.

Agencies are recognised by a maintained list; beyond it a dateline ("MATI, Greece, July 24 (Meridian Wire) -")
names whoever stands in its brackets, and a byline or closing line names what calls itself a wire or an agency.
Agencies quoted in running text ("... , Reuters reported") are sources, not origins, and are left alone.
"""

import re
import unicodedata

# Name in lower case: the ways in which credits write it.
AGENCIES: dict[str, tuple[str, ...]] = {
    "reuters": ("Reuters", "Reuter", "Thomson Reuters", "Reuters Health"),
    "ap": ("AP", "Associated Press", "The Associated Press", "A.P."),
    "afp": ("AFP", "Agence France-Presse", "Agence France Presse"),
    "upi": ("UPI", "United Press International"),
    "dpa": ("dpa", "DPA", "Deutsche Presse-Agentur"),
    "efe": ("EFE", "Agencia EFE", "ACAN-EFE", "ACAN"),
    "ansa": ("ANSA",),
    "xinhua": ("Xinhua", "Xinhua News Agency", "新华社", "新華社"),
    "china news service": ("China News Service", "CNS"),
    "kyodo": ("Kyodo", "Kyodo News", "共同通信", "共同"),
    "jiji": ("Jiji", "Jiji Press", "時事通信", "時事"),
    "yonhap": ("Yonhap", "Yonhap News Agency", "연합뉴스"),
    "kcna": ("KCNA",),
    "cna taiwan": ("Central News Agency",),
    "tass": ("TASS", "ITAR-TASS", "ТАСС"),
    "ria novosti": ("RIA Novosti", "RIA", "РИА Новости"),
    "sputnik": ("Sputnik",),
    "interfax": ("Interfax", "Интерфакс"),
    "ukrinform": ("Ukrinform", "Укрінформ"),
    "interfax-ukraine": ("Interfax-Ukraine",),
    "unian": ("UNIAN",),
    "belta": ("BelTA",),
    "pap": ("PAP",),
    "ctk": ("CTK", "ČTK"),
    "mti": ("MTI",),
    "apa": ("APA", "Austria Presse Agentur"),
    "belga": ("Belga",),
    "anp": ("ANP",),
    "ritzau": ("Ritzau",),
    "ntb": ("NTB",),
    "tt": ("TT News Agency",),
    "lusa": ("Lusa", "LUSA"),
    "europa press": ("Europa Press",),
    "pa media": ("PA Media", "Press Association", "PA"),
    "canadian press": ("The Canadian Press", "Canadian Press", "CP"),
    "aap": ("AAP", "Australian Associated Press"),
    "anadolu": ("Anadolu", "Anadolu Agency", "AA"),
    "dha": ("DHA",),
    "irna": ("IRNA",),
    "fars": ("Fars News Agency", "FARS"),
    "tasnim": ("Tasnim",),
    "sana": ("SANA",),
    "ina": ("INA", "Iraqi News Agency"),
    "nna": ("NNA", "National News Agency"),
    "wafa": ("WAFA",),
    "mena": ("MENA",),
    "spa": ("SPA", "Saudi Press Agency"),
    "wam": ("WAM",),
    "kuna": ("KUNA",),
    "petra": ("Petra",),
    "saba": ("Saba",),
    "map": ("MAP", "Maghreb Arabe Presse"),
    "aps": ("APS", "Algérie Presse Service"),
    "tap": ("TAP", "Tunis Afrique Presse"),
    "nan": ("NAN", "News Agency of Nigeria"),
    "ana": ("ANA", "African News Agency"),
    "sapa": ("SAPA", "Sapa"),
    "pti": ("PTI", "Press Trust of India"),
    "ani": ("ANI", "Asian News International"),
    "ians": ("IANS", "Indo-Asian News Service"),
    "uni": ("UNI", "United News of India"),
    "app": ("APP", "Associated Press of Pakistan"),
    "bss": ("BSS",),
    "bernama": ("Bernama", "BERNAMA"),
    "antara": ("Antara", "ANTARA"),
    "vna": ("VNA", "Vietnam News Agency"),
    "pna": ("PNA", "Philippine News Agency"),
    "notimex": ("Notimex", "NOTIMEX"),
    "telam": ("Télam", "Telam", "TELAM"),
    "agência brasil": ("Agência Brasil", "Agencia Brasil"),
    "prensa latina": ("Prensa Latina", "PRELA"),
    "mercopress": ("MercoPress",),
    "bloomberg": ("Bloomberg", "Bloomberg News"),
    "dow jones": ("Dow Jones", "Dow Jones Newswires"),
    "cnn": ("CNN", "CNN Wire", "The-CNN-Wire"),
    "bay city news": ("Bay City News", "BCN", "Bay City News Service"),
    "tribune news service": ("Tribune News Service", "TNS"),
    "the conversation": ("The Conversation",),
}

HEAD, TAIL = 260, 400  # characters of the body in which a dateline and a closing credit stand
CREDIT = 60  # characters of the longest credit
_BY_SPELLING = {spelling.casefold(): name for name, spellings in AGENCIES.items() for spelling in spellings}
_SPELLINGS = sorted((s for spellings in AGENCIES.values() for s in spellings), key=len, reverse=True)
_LISTED = rf"(?<!\w)(?:{'|'.join(map(re.escape, _SPELLINGS))})(?!\w)"
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
_SENTENCE_END = re.compile(r'[.!?"”’»](?=[^.!?"”’»]*$)')
_STOPS = frozenset('.!?"”’»)]_*\n')
_LETTERS = re.compile(r"[^\W\d_]+")
_CREDIT = f"(?P<credit>{_LISTED}|{_CALLED})"
_ALONE = re.compile(  # "With AFP", "Sapa-AFP /dm", "(PTI)", "Additional reporting by Meridian Wire"
    r"[\s*_(\[—–-]*(?i:(?:with|source|sources|quelle|fuente|fonte|avec|con|mit)\b[\s:]*)?"
    r"(?i:(?:additional )?(?:reporting|reports|inputs?|material|files) (?:by|from|of)\s+)?(?i:the )?(?:\w+[-/])?"
    + _CREDIT
    + r"(?:[\s/,&-]+(?:and\s+)?[\w-]+)?(?:\s+(?:inputs?|agencies|news agency))?[\s*_)\]]*(?:/\w{2,4})?\s*"
)
_STAFF = r"(?:writers?|reporters?|photographers?|correspondents?)\b"
_JOINED = str.maketrans("-/,([*_—–", "         ")
_TELLING = frozenset(w for s in _SPELLINGS for w in s.translate(_JOINED).split()[-1:]) | {
    *("Wire", "Newswire", "Press", "Presse", "Agency", "Service", "inputs", "input", "agencies"),
}
_SIGNS = ("contributed", "opyright", "©", "writer", "reporter", "photographer", "correspondent")
_SIGNATURES = (
    re.compile(r"(?:[Cc]opyright|©)[\s©*]*(?:\d{4})?[\s*,]*(?:[Tt]he )?" + _CREDIT),
    re.compile(_CREDIT + rf"(?: {_STAFF}[^.]*)?(?: also)? contributed\b"),
    re.compile(r"(?m:^)[\s_*]*" + _CREDIT + f" {_STAFF}"),
)
_DESK = re.compile(r"(?:Reporting|Writing) by [^.]+?;\s*(?:Writing|Editing) by ")


def wire_origin(title: str, body: str, byline: str | None = None) -> str | None:
    """The agency whose despatch the article is, in lower case; None where no credit names one.

    An agency of the list goes by its short name ("ap"), any other as it calls itself ("meridian wire").
    """
    return (
        _of_dateline(body[:HEAD])
        or (_agency(byline) if byline else None)
        or _of_end(body[-TAIL:])
        or (_listed_alone(title.rpartition("(")[2].rstrip(" )")) if title.endswith(")") else None)
    )


def _of_dateline(head: str) -> str | None:
    if "(" not in head and "（" not in head:
        return None
    for found in _DATELINE.finditer(head):
        place, credit, dash = found["place"], found["credit"].strip(), found["dash"]
        after_place = bool(place) and _is_place(place)
        if (dash or after_place) and (known := _BY_SPELLING.get(credit.casefold()) or _listed(credit)):
            return known
        if dash and after_place and credit[:1].isupper() and not _DATE.match(credit):
            return _plain(credit)
    return None


def _is_place(dateline: str) -> bool:
    """A place and perhaps a date: the first word in capitals, or few words and all of them capitalised."""
    spelled = [w for w in _LETTERS.findall(dateline) if len(w) > 1]
    few = len(spelled) <= 5 and not any(w.islower() for w in spelled)
    return bool(spelled) and (spelled[0].isupper() or few)


def _of_end(tail: str) -> str | None:
    before, _, line = tail.rstrip().rpartition("\n")
    for _ in range(2):
        last, starts = line.rstrip(" .)]_*")[-CREDIT - 1 :], False
        if found := _SENTENCE_END.search(last):
            last, starts = last[found.end() :], True
        elif len(last) <= CREDIT:
            starts = not before.strip() or before.rstrip(" ")[-1] in _STOPS
        telling = starts and not _TELLING.isdisjoint(last.translate(_JOINED).split()[-4:])
        if telling and (found := _ALONE.fullmatch(last)):
            return _agency(found["credit"])
        before, _, line = before.rstrip().rpartition("\n")
    if any(sign in tail for sign in _SIGNS):
        for signature in _SIGNATURES:
            if found := signature.search(tail):
                return _agency(found["credit"])
    return "reuters" if "diting by" in tail and _DESK.search(tail) else None


def _listed_alone(credit: str) -> str | None:
    return _BY_SPELLING.get(credit.strip().casefold())


def _agency(credit: str) -> str | None:
    called = _ITSELF.search(credit)
    return _listed(credit) or (_plain(called[0]) if called else None)


def _listed(credit: str) -> str | None:
    found = _KNOWN.search(credit)
    return _BY_SPELLING[found[0].casefold()] if found else None


def _plain(credit: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", credit)).strip(" -–—.,").lower()
