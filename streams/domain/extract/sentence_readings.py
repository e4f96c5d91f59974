"""Annotations by sentence: one list for each sentence of signals, places, sources, figures and times."""

import re
from itertools import chain
from typing import TypeVar

from streams.domain.extract.attribution import Source, find_sources
from streams.domain.extract.claims import find_claims
from streams.domain.extract.found_claim import FoundClaim
from streams.domain.extract.signal_words import find_signals
from streams.domain.geo.places import Toponym, toponyms
from streams.domain.text.dateline import dateline_end
from streams.domain.text.document import (
    LONGEST_READ,
    Document,
    annotation,
    text_sentences,
    text_tokens,
    title_sentences,
)
from streams.domain.text.phrase_matcher import Cue
from streams.domain.text.temporal import FoundPeriod, find_periods
from streams.domain.text.tokenize import NO_WORDS, Sentence, blank_markup

BEFORE, BEHIND = 28, 24  # characters around a word of time that its expression may reach
_READ_CLOSELY = frozenset(("harm", "attack", "say"))
_QUOTE = re.compile("[\"“”`'«»]")
_Found = TypeVar("_Found", Cue, Toponym)


def _by_sentence(rows: list[Sentence], found: list[_Found]) -> list[list[_Found]]:
    """Distribute findings, in order of start, to the sentences they lie in."""
    out: list[list[_Found]] = []
    at = 0
    for row in rows:
        while at < len(found) and found[at].start < row.start:
            at += 1
        here = []
        while at < len(found) and found[at].start < row.end:
            here.append(found[at])
            at += 1
        out.append(here)
    return out


@annotation
def signals(document: Document) -> list[list[Cue]]:
    """The signal words of each sentence."""
    return _by_sentence(text_sentences(document), find_signals(blank_markup(document.text[:LONGEST_READ])))


@annotation
def title_signals(document: Document) -> list[Cue]:
    """The signal words of the title, offsets into the title."""
    return find_signals(document.title)


@annotation
def signal_groups(document: Document) -> list[set[str]]:
    """The groups of signal words that each sentence has."""
    return [{s.group for s in found} for found in signals(document)]


@annotation
def places(document: Document) -> list[list[Toponym]]:
    """The places that each sentence names."""
    return _by_sentence(text_sentences(document), toponyms(document))


@annotation
def sources(document: Document) -> list[list[Source]]:
    """The sources of each sentence; empty where the document states something itself.

    Sentences without figures, words of saying and quotations name no source and are passed over.
    """
    rows, words = text_sentences(document), text_tokens(document)
    closely = [not _READ_CLOSELY.isdisjoint(groups) for groups in signal_groups(document)]
    return find_sources(
        rows,
        [words.sentence(n) if closely[n] or _QUOTE.search(row.text) else NO_WORDS for n, row in enumerate(rows)],
    )


@annotation
def claims(document: Document) -> list[list[FoundClaim]]:
    """The figures of each sentence."""
    words = text_tokens(document)
    return [find_claims(row, words.sentence(n)) for n, row in enumerate(text_sentences(document))]


@annotation
def title_claims(document: Document) -> list[FoundClaim]:
    """The figures of the title, offsets into the title."""
    return list(chain.from_iterable(map(find_claims, title_sentences(document))))


@annotation
def times(document: Document) -> list[list[FoundPeriod]]:
    """The time expressions of each sentence."""
    return [
        _times(row, found, document) if "time" in groups else []
        for row, found, groups in zip(text_sentences(document), signals(document), signal_groups(document), strict=True)
    ]


def _times(row: Sentence, found: list[Cue], document: Document) -> list[FoundPeriod]:
    """Time expressions around the words of time, each stretch of the sentence read once; not the date of a dateline."""
    out: list[FoundPeriod] = []
    at = dateline_end(row.text)
    for s in found:
        if s.group != "time" or s.start - row.start < at:
            continue
        low, high = max(at, s.start - row.start - BEFORE), s.end - row.start + BEHIND
        periods = find_periods(row.text, document.published, row.start, low, high, s.value)
        out.extend(periods)
        at = periods[-1].end - row.start if periods else s.end - row.start
    return out
