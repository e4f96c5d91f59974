"""Whether an article reports an incident at all, and of which type: what its type as a whole says about what it tells.

News of politics, business or sport only recalls incidents; an opinion, a speech or an interview reports only what it dates; and
where no strong word reports a happening, a sure type opens the news by itself.
"""

import re
from datetime import datetime

from streams.domain.event_type.classifier import TypeGuess
from streams.domain.extract.passages import Passage, is_recalled
from streams.domain.extract.signal_words import as_act, find_signals
from streams.domain.extract.triggers import Act
from streams.domain.mentions.draft import Draft
from streams.domain.mentions.grouping import NEWS
from streams.domain.mentions.passage_role import when_of
from streams.domain.ontology.types import ontology

LEAD_SENTENCES = 4
_OPINION = re.compile(
    r"\W*(?:opinion|editorial|op-?ed|comment(?:ary)?|column|letters?|review|analysis|explainer)\s*[:|–—-]",
    re.IGNORECASE,
)
_SPOKEN = re.compile(
    r"\[[^\]]{0,60}\b(?:speech|interview|commentary|editorial|statement|communiqu[eé]|news conference|article|letter)\b",
    re.IGNORECASE,
)
QUIET = frozenset(("politics", "economy", "other", "diplomacy"))
CALM = 0.6  # how likely quiet types together must be for an article to report no incident
FAINT = 0.33  # how likely quiet types together must be for news without victims to be no incident
SURE = 0.7  # how likely a type must be for a weak word of it to open the news
GENRE = 300  # characters at the top in which agencies name the genre: "[SPEECH] [PRESIDENT CRISTIANI]"
_PLAYED = frozenset(("sport", "entertainment", "obituary"))


def reported(
    title: str, body: str, passages: list[Passage], drafts: list[Draft], guesses: list[TypeGuess], published: datetime
) -> list[Draft]:
    """The drafts as news: opened, closed or recalled as the article's type and genre demand."""
    sure = guesses[0].probability > SURE and guesses[0].family not in (*QUIET, "justice")
    if sure and all(d.role != "main" for d in drafts):
        drafts = [*_opened(passages, guesses[0].family, published), *drafts]
    if _is_quiet(guesses, drafts) or _OPINION.match(title):
        drafts = [demoted(d) for d in drafts if _worth_recalling(d, guesses[0])]
    if _SPOKEN.search(body, 0, GENRE):
        drafts = [d if d.time is not None or d.role != "main" else demoted(d) for d in drafts]
    return drafts


def type_of(draft: Draft, guess: TypeGuess, headline: list[Act] | None) -> tuple[str, str]:
    """Type of a draft: by its deeds; the article's own type decides between them for the news it opens with."""
    weights = draft.types(headline)
    kind = ontology().by_name.get(f"{guess.family}/{guess.subtype}")
    if headline is not None and kind is not None and kind.incident and (draft.legal or guess.family != "justice"):
        same = sum(w for (f, _), w in weights.items() if f == guess.family)
        if not weights or same + 12 * guess.probability > max(weights.values()):
            best = max((t for t in weights if t[0] == guess.family), key=lambda t: weights[t], default=None)
            if best is not None or not weights or guess.probability > SURE:
                return (guess.family, guess.subtype) if best is None or guess.probability > 0.5 else best
    if weights:
        return max(weights, key=lambda t: (weights[t], t))
    return guess.family, guess.subtype


def deeds_of(title: str) -> list[Act]:
    """What the headline says happened, without what an anniversary is of."""
    return [as_act(s) for s in find_signals(title) if s.group == "act" and not is_recalled(title, s.start)]


def harms(draft: Draft) -> bool:
    """Whether it tells of anyone killed or hurt."""
    return any(c.what in ("killed", "injured") for p in draft.passages for c in p.claims)


def demoted(draft: Draft) -> Draft:
    """The draft as recalled history, if it was news."""
    return Draft("background" if draft.role == "main" else draft.role, draft.passages, draft.time)


def _is_quiet(guesses: list[TypeGuess], drafts: list[Draft]) -> bool:
    """Whether this is news of politics, business, sport or a person's life, which only recalls incidents."""
    kinds = ontology().by_name
    quiet = sum(g.probability for g in guesses if (k := kinds.get(f"{g.family}/{g.subtype}")) is not None and not k.incident
                and g.family in QUIET)  # fmt: skip
    if quiet > CALM or (guesses[0].subtype in _PLAYED and guesses[0].probability > FAINT):
        return True
    return quiet > FAINT and not any(harms(d) and d.passages[0].sentence < LEAD_SENTENCES for d in drafts)


def _opened(passages: list[Passage], family: str, published: datetime) -> list[Draft]:
    """The news that no strong word tells of ("the fire that destroyed the warehouse"), when the whole is surely of a type.

    It opens with the first passage that has a weak word of the type or a victim, else with the first; with none when the top
    of the article only fears or speaks.
    """
    top = [p for p in passages if p.sentence < LEAD_SENTENCES]
    if any(p.unreal or p.has("words", 3) or p.has("quiet") for p in top):
        return []
    told = next(
        (p for p in top if not p.recalls and (any(a.family == family for a in p.acts) or p.claims)),
        top[0] if top else None,
    )
    time = when_of(told) if told is not None else None
    old = time is not None and time.period.end < published - NEWS
    return [Draft("main", [told], time)] if told is not None and not old else []


def _worth_recalling(draft: Draft, guess: TypeGuess) -> bool:
    """Whether news of politics, business or sport really recalls this: with figures or a place, or words of politics."""
    if draft.role == "statement":
        return guess.family in ("politics", "diplomacy")
    if guess.subtype in _PLAYED and (draft.time is None or not draft.places() or not draft.families()):
        return False  # "shot England level", the plot of a film, the death that is told of
    quiet = all(a.kind == "quiet" for p in draft.passages for a in p.acts)
    return quiet or any(p.claims or p.toponyms for p in draft.passages)
