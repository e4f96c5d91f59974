"""Capitalised names of a text that may be places: what the gazetteer knows, and what looks like a place."""

from itertools import accumulate
from typing import NamedTuple

from streams.domain.geo.gazetteer import NO_ENTRY, Gazetteer, join_key, word_key
from streams.domain.geo.name_lexicon import (
    END,
    HYPHEN,
    LOWER,
    NO_PLACE,
    POSSESSIVE,
    STOP,
    TYPES,
    UPPER,
    soften,
    tokenise,
)

LONGEST = 6  # words of a name
RUN = 12  # tokens of a run of capitalised words that are looked at
DOT = word_key(".")
_JOINTS = frozenset(
    "of and de del du des di da do dos el la le les es al en in on am an der upon the sur y e i ul ur au by ye "
    "kwa".split()
)
_SITES = frozenset(
    "air airbase airport airfield base border bridge camp camps crossing dam field garrison gas international military "
    "naval nuclear oil plant port power prison refugee square".split()
)
_COMPASS = frozenset(word for word, kind in TYPES.items() if kind == "compass")
_SHORT = frozenset(("st", "ste", "mt", "ft", "pt"))
LOCATIVES = frozenset(
    "in near at from outside around into across throughout toward towards inside within to between leaving visiting "
    "northern southern eastern western central north south east west downtown of via".split()
)


class Candidate(NamedTuple):
    """A possible place: tokens `first` to `last`, number of its name in the gazetteer or NO_ENTRY, offsets."""

    first: int
    last: int
    name: int
    start: int
    end: int


class TokenizedText:
    """A text in tokens, with its candidates; after the last token stand a few empty ones, so that all have neighbours.

    Index -1 therefore is an empty token, too.
    """

    def __init__(self, text: str, places: Gazetteer) -> None:
        self.text = soften(text)
        self.raw, self.tokens = tokenise(self.text)
        self.offsets = list(accumulate(map(len, self.raw), initial=0))
        self.tokens += (END,) * 4
        self._upper = [i for i, token in enumerate(self.tokens) if token[0] == UPPER]
        self.candidates = self._candidates(places)

    def _candidates(self, places: Gazetteer) -> list[Candidate]:
        tokens = self.tokens
        longest = {i: (i, tokens[i].name) for i in self._upper if tokens[i].name != NO_ENTRY}
        keys, spans = self._grams()
        for (i, j), name in zip(spans, places.find(keys), strict=True):
            if name != NO_ENTRY and (i not in longest or j >= longest[i][0]):
                longest[i] = (j, name)
        out: list[Candidate] = []
        free = 0
        for at in self._upper:
            if at < free:
                continue
            last, name = longest.get(at, (at, NO_ENTRY))
            if last == at and (tokens[at].bits & NO_PLACE or tokens[at].folded in _COMPASS) and self._hollow(at):
                continue
            if name == NO_ENTRY:
                last, name = self._unknown(at, longest)
            else:
                last, name = self._typed(at, last, name)
            if last >= at:
                out.append(Candidate(at, last, name, self.offsets[at], self.offsets[last] + tokens[last].length))
                free = last + 1
        return out

    def _hollow(self, at: int) -> bool:
        """A word that alone is never a place: a month, an agency, `Northern` without a province after it."""
        token, follow = self.tokens[at], self.tokens[at + 1]
        if follow.kind == UPPER and follow.folded in TYPES:
            return False
        return bool(token.bits & NO_PLACE) or follow.kind != UPPER or follow.name != NO_ENTRY

    def _grams(self) -> tuple[list[int], list[tuple[int, int]]]:
        """Keys of all runs of several words that may be names, with their first and last token."""
        tokens = self.tokens
        keys: list[int] = []
        spans: list[tuple[int, int]] = []
        for i in self._upper:
            token = tokens[i]
            if token.length <= 6:
                self._short(i, keys, spans)
            key = token.key
            if tokens[i + 1].folded in _SITES:
                self._site(i, i, key, keys, spans)
            words = 1
            j = i + 1
            while words < LONGEST:
                follow = tokens[j]
                kind = follow.kind
                if kind == UPPER:
                    key = join_key(key, follow.key)
                    keys.append(key)
                    spans.append((i, j))
                    words += 1
                    if tokens[j + 1].folded in _SITES:
                        self._site(i, j, key, keys, spans)
                elif (kind == LOWER and follow.folded in _JOINTS) or kind == POSSESSIVE:
                    key = join_key(key, follow.key)
                    words += 1
                elif kind != HYPHEN and not (kind == STOP and tokens[j - 1].folded in _SHORT):
                    break
                j += 1
        return keys, spans

    def _site(self, i: int, j: int, key: int, keys: list[int], spans: list[tuple[int, int]]) -> None:
        """A name with what it names in small letters: `Baghdad airport`, `Jenin refugee camp`."""
        for k in range(j + 1, j + 4):
            if self.tokens[k].folded not in _SITES or self.tokens[k].kind != LOWER:
                break
            key = join_key(key, self.tokens[k].key)
            keys.append(key)
            spans.append((i, k))

    def _short(self, i: int, keys: list[int], spans: list[tuple[int, int]]) -> None:
        """Abbreviations: `Ala.`, `W.Va.`, and postal codes after a comma."""
        raw = self.raw[i]
        if "." in raw:
            keys.append(join_key(self.tokens[i].key, DOT))
            spans.append((i, i))
        elif self.tokens[i + 1].folded[:1] == "." and raw[-1] != " ":
            keys.append(join_key(self.tokens[i].key, DOT))
            spans.append((i, i + 1))
        elif i and raw.isupper() and self.raw[i - 1][0] in ",(":
            keys.append(join_key(self.tokens[i].key, DOT))
            spans.append((i, i))

    def _run(self, at: int) -> int:
        """Last token of the run of capitalised words that starts at `at`."""
        tokens, last, j = self.tokens, at, at + 1
        while j < at + RUN:
            kind = tokens[j].kind
            if kind == UPPER:
                last = j
            elif kind == LOWER and self._hyphenated(j):
                j += 1
            elif kind != HYPHEN and not (kind == STOP and tokens[j - 1].folded in _SHORT):
                break
            j += 1
        return last

    def _hyphenated(self, at: int) -> bool:
        """Whether a small word stands between hyphens: the `e` of `Dasht-e-Barchi`."""
        before, word, behind = self.tokens[at - 1 : at + 2]
        return before.kind == HYPHEN == behind.kind and word.kind == LOWER

    def _typed(self, at: int, last: int, name: int) -> tuple[int, int]:
        """A known name that is only the head of a longer one: `Wichita Street`, `Neches River`."""
        if self.tokens[last + 1].kind not in (UPPER, HYPHEN, STOP):
            return last, name
        end = self._run(last)
        if end > last and end - at < LONGEST:
            kind = TYPES.get(self.tokens[end].folded)
            if kind in ("street", "water") or (kind in ("admin", "terrain") and end == last + 1):
                return end, NO_ENTRY
            if self._hyphenated(last + 2):
                return end, NO_ENTRY
        return last, name

    def _unknown(self, at: int, longest: dict[int, tuple[int, int]]) -> tuple[int, int]:
        """A run that the gazetteer does not know but that is built or placed like a place."""
        tokens = self.tokens
        end = at
        if tokens[at + 1].kind in (UPPER, HYPHEN, STOP):
            for j in range(at + 1, self._run(at) + 1):
                if j in longest and tokens[j].folded not in TYPES:
                    break
                if tokens[j].kind == UPPER:
                    end = j
            if end > at and (
                TYPES.get(tokens[end].folded) in ("street", "water", "terrain", "admin", "site")
                or TYPES.get(tokens[at].folded) in ("water", "terrain", "site")
            ):
                return end, NO_ENTRY
        if tokens[at - 1].folded in LOCATIVES and tokens[at - 1].kind == LOWER:
            return end, NO_ENTRY
        follow = tokens[end + 1]
        if follow.kind == LOWER and TYPES.get(follow.folded) in ("admin", "water", "terrain"):
            return end, NO_ENTRY
        if follow.folded == "," and end + 2 in longest:
            return end, NO_ENTRY
        return at - 1, NO_ENTRY
