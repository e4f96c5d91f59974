"""What linking compares, computed once where the text is at hand: content words, proper names, one vector."""

import re
from collections import Counter
from functools import lru_cache

import numpy as np
import Stemmer

from schemas.records import Features
from streams.domain.vectors import embed

WORDS, NAMES = 80, 40  # most words and names kept, as the contract says
LEAD = 600  # characters of the text that the vector covers beside the title
LONGEST = 20_000  # characters read; behind them nothing changes what an article is about
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*")
_NAME = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*")
_BREAK = re.compile(r"[.!?:;\n\"“”(]\W*$")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_STOP_WORDS = """
a about above after again against ago all also although am among an and another any are around as at away
back be became because been before being below between both but by came can cannot come could did didn do
does doesn doing don done down due during each early either else even ever every few first for former found
from further gave get gets getting give go goes going got had has have having he her here hers herself him
himself his how however i if in into is isn it its itself just know known last late later least less like
made make makes making many may me might more most mr mrs ms much must my near new next no nor not now of off
often on once one only or other others our out over own part per put quite rather re really reported said
same saw say says see seen several shall she should since so some still such take taken than that the their
them themselves then there these they this those though through thus to told too took toward towards two
under until up upon us use used very via want was way we well went were what when where whether which while
who whom whose why will with within without won would yet you your yours ll ve according added including news
report reports reporter story read click share photo video copyright reserved rights associated press monday
tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thurs fri sat sun today yesterday
tomorrow day week month year time pm updated posted published edt est gmt
"""
STOP = frozenset(_STOP_WORDS.split())


def features(title: str, text: str) -> Features:
    """Features of one account: `text` is the whole article for its news, the passage for what it recalls.

    Words of the title count twice. The most telling words are kept: frequent ones, and those near the top.
    """
    text = text[:LONGEST]
    vector = _vector(f"{title}. {text[:LEAD]}")
    return Features(words=_words(title, text), names=_names(title, text), vector=vector)


def _words(title: str, text: str) -> dict[str, int]:
    counts: Counter[str] = Counter()
    first: dict[str, int] = {}
    for weight, part in ((2, title), (1, text)):
        for token in _TOKEN.findall(part):
            for word in _stems(token):
                counts[word] += weight
                first.setdefault(word, len(first))
    best = sorted(counts, key=lambda w: (-counts[w] / (1 + first[w] / WORDS), first[w]))
    return {w: counts[w] for w in best[:WORDS]}


@lru_cache(maxsize=200_000)
def _stems(token: str) -> tuple[str, ...]:
    """The stem of a token; none for a stop word; pairs of characters where a script has no spaces."""
    if token[0].isdigit():
        return (token.replace(",", ""),)
    word = token.lower().replace("’", "'").removesuffix("'s")
    if _CJK.match(word):
        return tuple(word[i : i + 2] for i in range(max(1, len(word) - 1)))
    word = word.replace("'", "")
    if len(word) < 2 or word in STOP:
        return ()
    return (_stemmer().stemWord(word[:40]),)


@lru_cache(maxsize=1)
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("english")


def _names(title: str, text: str) -> tuple[str, ...]:
    """Runs of capitalised words inside sentences; none of a title or text that capitalises most words."""
    inside: Counter[str] = Counter()
    leading: Counter[str] = Counter()
    for part in (title, text):
        letters = [w for w in _NAME.findall(part) if len(w) > 3]
        capitals = sum(w[0].isupper() for w in letters)
        if capitals > 0.6 * len(letters):
            continue
        for name, starts_sentence in _runs(part):
            (leading if starts_sentence else inside)[name] += 1
    for name, n in leading.items():  # what opens a sentence is a name if it has two words or is one elsewhere
        if " " in name or name in inside:
            inside[name] += n
    return tuple(n for n, _ in inside.most_common(NAMES))


def _runs(text: str) -> list[tuple[str, bool]]:
    out: list[tuple[str, bool]] = []
    run: list[str] = []
    opens, end = False, 0
    for m in _NAME.finditer(text):
        word, gap = m.group(), text[end : m.start()]
        if run and (gap != " " or not word[0].isupper()):
            out.append((" ".join(run), opens))
            run = []
        if word[0].isupper() and (run or word.lower() not in STOP) and len(word) > 1:
            if not run:
                opens = end == 0 or _BREAK.search(gap) is not None
            run.append(word.lower().removesuffix("'s").removesuffix("’s"))
        end = m.end()
    if run:
        out.append((" ".join(run), opens))
    return out


def _vector(text: str) -> bytes | None:
    vector = embed([text])[0]
    return vector.astype(np.dtype("<f2")).tobytes() if vector.any() else None
