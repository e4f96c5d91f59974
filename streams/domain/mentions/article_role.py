"""Decides whether an article reports an incident at all, by its type, genre and language.

News of politics, business or sport only recalls incidents; an opinion, a speech or an interview reports only what it dates; and
where no strong word reports an incident, a sure type opens the news by itself. RULES change the drafts one after the other.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from streams.domain.event_type.classifier import TypeGuess, article_types
from streams.domain.extract.passages import passages
from streams.domain.mentions.draft import Draft, recalled
from streams.domain.mentions.grouping import grouping
from streams.domain.mentions.grouping_state import NEWS_WINDOW
from streams.domain.mentions.passage_role import event_time
from streams.domain.ontology.types import ontology
from streams.domain.text.document import Document, annotation

LEAD_SENTENCES = 4
_OPINION = re.compile(
    r"\W*(?:opinion|editorial|op-?ed|comment(?:ary)?|column|letters?|review|analysis|explainer)\s*[:|–—-]",
    re.IGNORECASE,
)
_SPOKEN = re.compile(
    r"\[[^\]]{0,60}\b(?:speech|interview|commentary|editorial|statement|communiqu[eé]|news conference|article|letter)\b",
    re.IGNORECASE,
)
CALM_FAMILIES = frozenset(("politics", "economy", "other", "diplomacy"))
"""Families of news that mostly reports no incident."""
CALM = 0.6  # how likely calm types together must be for an article to report no incident
FAINT = 0.33  # how likely calm types together must be for news without victims to be no incident
SURE = 0.7  # how likely a type must be for a weak word of it to open the news
GENRE = 300  # characters at the top in which agencies name the genre: "[SPEECH] [PRESIDENT CRISTIANI]"
_PLAYED = frozenset(("sport", "entertainment", "obituary"))


class ArticleRule(NamedTuple):
    """One rule: its name, when it applies, and the drafts that it leaves."""

    name: str
    applies: Callable[[Document, list[Draft]], bool]
    change: Callable[[Document, list[Draft], str], list[Draft]]


def _sure_without_news(document: Document, drafts: list[Draft]) -> bool:
    """The article as a whole is surely of an incident's type, and no strong word reports it."""
    best = article_types(document)[0]
    sure = best.probability > SURE and best.family not in (*CALM_FAMILIES, "justice")
    return sure and all(d.role != "main" for d in drafts)


def _opened(document: Document, drafts: list[Draft], rule: str) -> list[Draft]:
    """The drafts, with news that no strong word reports ("the fire that destroyed the warehouse") put first.

    It opens with the first passage that has a weak word of the type or a victim, else with the first; with none when the top
    of the article only fears or speaks.
    """
    family = article_types(document)[0].family
    top = [p for p in passages(document) if p.sentence < LEAD_SENTENCES]
    if not top or any(p.unreal or p.has("speech", 3) or p.has("political") for p in top):
        return drafts
    weak = (p for p in top if not p.recalls and (any(t.family == family for t in p.triggers) or p.claims))
    told = next(weak, top[0])
    time = event_time(told)
    if time is not None and time.period.end < document.published - NEWS_WINDOW:
        return drafts
    return [Draft("main", [told], time).by(rule), *drafts]


def _is_calm(document: Document, drafts: list[Draft]) -> bool:
    """News of politics, business, sport or a person's life, which only recalls incidents."""
    guesses, kinds = article_types(document), ontology().by_name
    calm = sum(
        g.probability
        for g in guesses
        if (k := kinds.get(f"{g.family}/{g.subtype}")) is not None and not k.incident and g.family in CALM_FAMILIES
    )
    if calm > CALM or (guesses[0].subtype in _PLAYED and guesses[0].probability > FAINT):
        return True
    return calm > FAINT and not any(d.has_casualties() and d.passages[0].sentence < LEAD_SENTENCES for d in drafts)


def _is_opinion(document: Document, drafts: list[Draft]) -> bool:
    """`Opinion: ...` in the title."""
    del drafts
    return _OPINION.match(document.title) is not None


def _worth_recalling(document: Document, drafts: list[Draft], rule: str) -> list[Draft]:
    """As recalled history, without what such news does not really recall."""
    best = article_types(document)[0]
    return [recalled(d, rule) for d in drafts if _is_recalled(d, best)]


def _is_recalled(draft: Draft, guess: TypeGuess) -> bool:
    """Whether news of politics, business or sport really recalls this: with figures or a place, or words of politics."""
    if draft.role == "statement":
        return guess.family in ("politics", "diplomacy")
    if guess.subtype in _PLAYED and (draft.time is None or not draft.places() or not draft.families()):
        return False  # "shot England level", the plot of a film, the death that a text is about
    political = all(t.kind == "political" for p in draft.passages for t in p.triggers)
    return political or any(p.claims or p.toponyms for p in draft.passages)


def _is_speech(document: Document, drafts: list[Draft]) -> bool:
    """A speech, an interview or a commentary, as agencies mark it."""
    del drafts
    return _SPOKEN.search(document.text, 0, GENRE) is not None


def _only_dated(document: Document, drafts: list[Draft], rule: str) -> list[Draft]:
    """News without a time becomes recalled history."""
    del document
    return [d if d.time is not None or d.role != "main" else recalled(d, rule) for d in drafts]


def _is_foreign(document: Document, drafts: list[Draft]) -> bool:
    """Its language is not one that the readers know."""
    del drafts
    return not document.readable


def _with_figures(document: Document, drafts: list[Draft], rule: str) -> list[Draft]:
    """Only what states figures in shared words, as recalled history."""
    del document
    return [recalled(d, rule) for d in drafts if any(p.claims for p in d.passages)]


RULES: tuple[ArticleRule, ...] = (
    ArticleRule("a sure type opens the news", _sure_without_news, _opened),
    ArticleRule("calm news only recalls", _is_calm, _worth_recalling),
    ArticleRule("an opinion only recalls", _is_opinion, _worth_recalling),
    ArticleRule("a speech reports what it dates", _is_speech, _only_dated),
    ArticleRule("a foreign text gives figures", _is_foreign, _with_figures),
)


class ArticleReading(NamedTuple):
    """The drafts that are left and the names of the rules that applied to the article as a whole."""

    drafts: list[Draft]
    rules: list[str]


@annotation
def article_reading(document: Document) -> ArticleReading:
    """The drafts of the document as its type, genre and language leave them."""
    drafts, applied = grouping(document).drafts, []
    for rule in RULES:
        if rule.applies(document, drafts):
            drafts = rule.change(document, drafts, rule.name)
            applied.append(rule.name)
    return ArticleReading(drafts, applied)
