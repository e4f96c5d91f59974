"""One line of English for a mention read in another language, made from its fields alone: type, place, figures."""

from schemas.records import Claim, Mention

MOST = 4  # figures in one line
_SAID = {"participants": "took part", "attacks": "attacks", "damage": "damaged"}


def gloss(mention: Mention) -> str:
    """Such as `Suicide bomb in Peshawar, PK: 40 killed, 5 or more injured`; empty for a story without a type."""
    if mention.subtype == "unread":
        return ""
    what = mention.subtype.replace("-", " ").capitalize()
    place = mention.place
    where = f" in {', '.join(filter(None, (place.name, place.country)))}" if place else ""
    figures = list(dict.fromkeys(f for c in mention.claims if (f := _figure(c))))[:MOST]
    return f"{what}{where}{': ' if figures else ''}{', '.join(figures)}"


def _figure(claim: Claim) -> str:
    low, high = claim.min, claim.max
    if low == high == 0:
        return "nobody harmed"
    number = (
        "some"
        if low is None and high is None
        else f"{low:,}"
        if low == high
        else f"{low:,} or more"
        if high is None
        else f"up to {high:,}"
    )
    return f"{number} {_SAID.get(claim.what, claim.what)}"
