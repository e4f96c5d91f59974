"""Features for linking, computed once while the text is available: content words, proper names, one vector."""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from itertools import chain
from typing import TypeVar

import Stemmer

from schemas.records import Features
from streams.domain.languages.content_words import PAIRED, content_words
from streams.domain.languages.words import fold
from streams.domain.text.document import Document, annotation
from streams.domain.text.lead import headline, headline_and_lead
from streams.domain.text.sentence_encoder import encode
from streams.domain.text.sentence_space import embed
from streams.domain.text.word_frequency import UNKNOWN, rarities, rarity

WORDS, NAMES = 100, 40  # most words and names kept, as the contract says
LONGEST = 20_000  # characters read; after them nothing changes what an article is about
_WORD = re.compile(r"([^\W\d_]++(?:['’.-][^\W\d_]++)*+)")  # cuts a text into gap, word, gap, word ... gap
_ASCII_WORD = re.compile(r"[A-Za-z]++(?:['.-][A-Za-z]++)*+")  # the same, a third faster
_CAPITAL = re.compile(r"[^\W\d_a-z](?<![^\W\d_].)(?<![^\W\d_]['’.-].)[^\W\d_]*+(?:['’.-][^\W\d_]++)*+", re.DOTALL)
_ASCII_CAPITAL = re.compile(r"[A-Z](?<![A-Za-z].)(?<![A-Za-z]['.-].)[A-Za-z]*+(?:['.-][A-Za-z]++)*+", re.DOTALL)
_NUMBER = re.compile(r"\d++(?:[.,]\d++)*+")
_AGE = re.compile(  # begins with the digit, so that the search runs from digit to digit
    r"(\d(?:(?<!\w\d)|\d(?<!\w\d\d)))(?:[- ]years?[- ]old\b|(?:(?<=[a-z], \d)|(?<=[a-z], \d\d))(?=[,.;]| of\b))"
)
AS_ENGLISH = frozenset((None, "en", *PAIRED))  # languages whose words are read as English ones are
NOUNS = frozenset(("de", "lb"))  # languages that capitalise every noun
RARE = 8.0  # rarity of a name of one word that is no noun
_JOINT = re.compile(r"[.-]")
_AROUND = ".,:;!?()\"'“”‘’-\n"  # marks around a word
_BREAKS = frozenset('.!?:;\n"“”(')
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_STOP_WORDS = """
a about above after again against ago all also although am among an and another any are around as at away
back be became because been before being below between both but by came can cannot come could did didn do
does doesn doing don done down due during each early either else even ever every few first for former found
from further gave get gets getting give go goes going got had has have having he her here hers herself him
himself his how however i if in into is isn it its itself just know known last late later least less like
made make makes making many old may me might more most mr mrs ms much must my near new next no nor not now of off
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
T = TypeVar("T")


class _Remembered(dict[str, T]):
    """What a function makes of each piece of text, made once; emptied when it grows too large."""

    most, longest = 50_000, 60

    def __init__(self, make: Callable[[str], T]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, piece: str) -> T:
        made = self._make(piece)
        if len(self) >= self.most:
            self.clear()
        if len(piece) <= self.longest:
            self[piece] = made
        return made


@annotation
def article_features(document: Document) -> Features:
    """Features of the article's first news: of its title and its whole text."""
    return features(*article_text(document), text_language(document))


def encode_first(texts: Iterable[tuple[str, str]]) -> None:
    """Encode titles and texts together, which costs half of encoding each when `features` asks for its vector."""
    encode([headline_and_lead(title[:LONGEST], text[:LONGEST]) for title, text in texts])


def article_text(document: Document) -> tuple[str, str]:
    """Title and text of the article's first news, as `features` takes them."""
    return headline(document.title, document.article.source.domain), document.text


def text_language(document: Document) -> str | None:
    """The language of a document's words where it is another than English; what it states may be that of its publisher."""
    return None if document.readable else document.article.lang


def features(title: str, text: str, lang: str | None = None) -> Features:
    """Features of one account: `text` is the whole article for its news, the passage for what it recalls.

    `lang` is the language of a text that is not English; of an unknown one words are taken as English ones are.

    Words of the title count twice, ages ("27-year-old", "Smith, 27,") are words of their own. The most telling words are
    kept: those that are frequent here and rare elsewhere.
    """
    title, text = title[:LONGEST], text[:LONGEST]
    vector = _vector(headline_and_lead(title, text))
    ages = [age(int(years)) for years in _AGE.findall(f"{title}\n{text}")]
    names = _names(title, text)
    if lang not in AS_ENGLISH:
        names = tuple(dict.fromkeys(fold(name) for name in names if lang not in NOUNS or _is_rare(name)))
    return Features(words=_words(title, text, ages, lang), names=names, vector=vector)


def age(years: int) -> str:
    """The word that stands for an age."""
    return f"{years}y"


def stems_of(text: str, lang: str | None = None) -> tuple[str, ...]:
    """The different stems of a short text, in order; `lang` as in `features`."""
    return tuple(dict.fromkeys(_stems_in(text, lang)))


def _stems_in(text: str, lang: str | None = None) -> Iterable[str]:
    """Stems of all words and numbers, in order; no word reaches over a space."""
    if lang is not None and lang not in AS_ENGLISH:
        return content_words(text, lang)
    return chain.from_iterable(map(_STEMS.__getitem__, text.split(" ")))


def _words(title: str, text: str, ages: list[str], lang: str | None) -> dict[str, int]:
    told = list(_stems_in(title, lang))
    counts = Counter(chain(told, told, _stems_in(text, lang), ages))
    if len(counts) <= WORDS:
        return dict(counts)
    rare = rarities().get
    worth = [(_DAMPED[n] if n < len(_DAMPED) else 1 + math.log(n)) * rare(word, UNKNOWN) for word, n in counts.items()]
    words, times = list(counts), list(counts.values())
    best = sorted(range(len(words)), key=worth.__getitem__, reverse=True)[:WORDS]
    return {words[at]: times[at] for at in best}


def _stems_of(chunk: str) -> tuple[str, ...]:
    """The stems of the words of a text without spaces, and its numbers."""
    bare = chunk.strip(_AROUND)
    if bare.isascii() and bare.isalpha():  # most are one word between marks
        return _stem(bare.lower())
    out: list[str] = []
    for number, piece in enumerate(_WORD.split(chunk)):
        if number % 2:
            out += (stem for word in _JOINT.split(piece) for stem in _stems(word))
        else:
            out += (digits.replace(",", "") for digits in _NUMBER.findall(piece))
    return tuple(out)


def _stems(word: str) -> tuple[str, ...]:
    """The stem of a word; none for a stop word; pairs of characters where a script has no spaces."""
    word = word.lower().replace("’", "'").removesuffix("'s")
    if _CJK.match(word):
        return tuple(word[i : i + 2] for i in range(max(1, len(word) - 1)))
    return _stem(word.replace("'", ""))


def _stem(word: str) -> tuple[str, ...]:
    return () if len(word) < 2 or word in STOP else (_stemmer().stemWord(word[:40]),)


@cache
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("english")


def _names(title: str, text: str) -> tuple[str, ...]:
    """Runs of capitalised words inside sentences; none of a title or text that capitalises most words."""
    inside: Counter[str] = Counter()
    leading: Counter[str] = Counter()
    for part in (title, text):
        capitals = [m for m in (_ASCII_CAPITAL if part.isascii() else _CAPITAL).finditer(part) if m[0][0].isupper()]
        if not _shouts(part, sum(m.end() - m.start() > 3 for m in capitals)):
            for name, starts_sentence in _runs(part, capitals):
                (leading if starts_sentence else inside)[name] += 1
    for name, n in leading.items():  # what opens a sentence is a name if it has two words or is one elsewhere
        if " " in name or name in inside:
            inside[name] += n
    return tuple(n for n, _ in inside.most_common(NAMES))


def _is_rare(name: str) -> bool:
    """Whether a run of capitalised words is more than one common noun."""
    return " " in name or all(rarity(stem) >= RARE for stem in stems_of(name))


def _shouts(text: str, capitals: int) -> bool:
    """Whether more than six in ten words of four letters and more, `capitals` of them, begin with a capital."""
    words = (m for m in (_ASCII_WORD if text.isascii() else _WORD).finditer(text) if m.end() - m.start() > 3)
    return capitals > 0 and all(capitals > 0.6 * number for number, _ in enumerate(words, 1))


def _runs(text: str, capitals: list[re.Match[str]]) -> list[tuple[str, bool]]:
    """Names that the capitalised words of a text make, each with whether it opens a sentence."""
    out: list[tuple[str, bool]] = []
    run, opens, last = "", False, -2
    for m in capitals:
        at, end = m.span()
        name, may_open = _FORMS[m[0]]
        if run and not (at == last + 1 and text[last] == " "):
            out.append((run, opens))
            run = ""
        if run:
            run = f"{run} {name}" if name else run
        elif may_open:
            run, opens = name, _opens(text, at)
        last = end
    if run:
        out.append((run, opens))
    return out


def _form(word: str) -> tuple[str, bool]:
    """What a capitalised word adds to a name, empty for a single letter, and whether a name may begin with it."""
    low = word.lower()
    return ("", False) if len(word) < 2 else (low.removesuffix("'s").removesuffix("’s"), low not in STOP)


def _opens(text: str, at: int) -> bool:
    """Whether a sentence or a quotation begins with the word here, or the text itself."""
    before = at
    while before and not (text[before - 1].isalnum() or text[before - 1] == "_"):
        if text[before - 1] in _BREAKS:
            return True
        before -= 1
    return _WORD.search(text, 0, before) is None


_STEMS, _FORMS = _Remembered(_stems_of), _Remembered(_form)
_DAMPED = [0.0, *(1 + math.log(n) for n in range(1, 64))]


def _vector(text: str) -> bytes | None:
    vector = embed(text)
    return None if vector is None else vector.astype("<f2").tobytes()
