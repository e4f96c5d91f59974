"""The news agency that an article credits: in its dateline, its byline, or a line of its own.

An agency's text in a hundred papers is one account, not a hundred; whoever counts origins needs the agency's name.
"""

import re

_ALIASES = {
    "associated press": "ap",
    "agence france-presse": "afp",
    "agence france presse": "afp",
    "thomson reuters": "reuters",
    "deutsche presse-agentur": "dpa",
    "united press international": "upi",
    "press trust of india": "pti",
    "asian news international": "ani",
    "indo-asian news service": "ians",
    "anadolu agency": "anadolu",
    "press association": "pa",
    "pa media": "pa",
    "canadian press": "cp",
    "australian associated press": "aap",
    "xinhua news agency": "xinhua",
    "kyodo news": "kyodo",
    "yonhap news agency": "yonhap",
    "agencia efe": "efe",
    "agenzia ansa": "ansa",
}
_SHORT = (
    "AP|AFP|DPA|dpa|UPI|PTI|ANI|IANS|EFE|ANSA|TASS|AAP|PA|CP|APA|ANP|NTB|RIA|SANA|IRNA|WAM|MENA|NAN|"
    "Reuters|Xinhua|Interfax|Anadolu|Kyodo|Yonhap|Bernama|Belga|Ritzau|Lusa|Telam|Notimex"
)
_LONG = "|".join(re.escape(n) for n in _ALIASES)
# An unknown agency is recognised by what agencies call themselves.
_SELF_NAMED = r"(?:[A-Z][\w.&'-]*[ ]){1,4}(?:Wire|Newswire|Wire[ ]Service|News[ ]Agency|Press[ ]Agency|News[ ]Service)"
_AGENCY = rf"(?P<name>(?:the[ ]|The[ ])?(?:(?:{_SHORT})\b|(?i:{_LONG})\b|{_SELF_NAMED}\b))"

_DASH = r"[ \xa0]*[-–—:]"
# An agency nobody has heard of is believed only behind a place in capitals.
_DATELINE = re.compile(
    rf"[A-ZÀ-Þ][A-ZÀ-Þ .'’/-]{{2,}}[^\n()]{{0,60}}?\((?P<name>[A-Z][\w&.' -]{{1,40}})\){_DASH}"
    rf"|[A-ZÀ-Þ][^\n()]{{1,80}}\((?P<known>{_SHORT})\){_DASH}"
)
_LINE = re.compile(
    r"[\s(\[—–-]*(?:(?i:with|source|sources|from|by|via|additional reporting by|with (?:reports?|inputs?|files) from)"
    rf"[:\s]+)?{_AGENCY}(?i: contributed to this (?:report|story|article))?[\s)\].]*"
)
_BYLINE = re.compile(rf"(?<![\w.]){_AGENCY}")
_LONGEST_LINE = 90


def credited_agency(body: str, byline: str | None = None) -> str | None:
    """Name of the credited agency in lower case, short where it has a usual short name; None when none is credited.

    Looked for in this order: the dateline `PLACE (Agency) -`, the byline, a line of its own such as `With AFP`.
    """
    found = _DATELINE.match(body.lstrip()[:300])
    if not found and byline:
        found = _BYLINE.search(byline)
    if not found:
        lines = (line for line in body.split("\n") if len(line) <= _LONGEST_LINE)
        found = next((m for line in lines if (m := _LINE.fullmatch(line))), None)
    if not found:
        return None
    spelt = found["name"] or found["known"]
    name = " ".join(spelt.lower().split()).removeprefix("the ")
    return _ALIASES.get(name, name)
