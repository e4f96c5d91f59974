"""Particles that Arabic and Hebrew write together with the word after them."""

import re
from functools import lru_cache

_ARABIC = re.compile(r"^[وف]?(?:بال|كال|لل|ال|[بلك])?(?=..)")
_HEBREW = re.compile(r"^ו?(?:כש|שב|מה|שה|של|[להבמשכ])?(?=..)")
_PREFIX = {"ar": _ARABIC, "he": _HEBREW}


@lru_cache(maxsize=50_000)
def bare_forms(form: str, code: str) -> tuple[str, ...]:
    """The folded word as it stands, and what may be left of it after each particle."""
    found = _PREFIX.get(code)
    if found is None or len(form) < 3:
        return (form,)
    out = [form]
    if form[0] in "וوف":
        out.append(form[1:])
    for word in tuple(out):
        bare = found.sub("", word)
        if code == "ar" and word.startswith("لل"):
            out.append("ال" + bare)
        out.append(bare)
    return tuple(dict.fromkeys(f for f in out if len(f) > 1))
