"""The rules that decided each passage and mention of an article, for `tocsin analyze --explain`."""

from dataclasses import dataclass

from streams.domain.languages.foreign_reading import foreign_reading
from streams.domain.mentions.article_role import article_reading
from streams.domain.mentions.draft import MentionRole
from streams.domain.mentions.grouping import grouping
from streams.domain.mentions.passage_role import PassageRole
from streams.domain.mentions.read_article import ArticleMentions


@dataclass(frozen=True, slots=True)
class PassageDecision:
    """A passage (offsets into the text), its role and the rule that gave it; the rule that grouped it, and into which mention.

    `mention` is the role of the mention as grouping left it, None where the passage went into none.
    """

    start: int
    end: int
    role: PassageRole
    role_rule: str
    grouping_rule: str
    mention: MentionRole | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The passages in the order of the text, the rules that applied to the article as a whole, and each mention's rules."""

    passages: tuple[PassageDecision, ...]
    article: tuple[str, ...]
    mentions: tuple[tuple[str, ...], ...]


def explain(read: ArticleMentions) -> Explanation:
    """The decisions behind the mentions of an article, `mentions` in their order; no passages of one that a language's pack read."""
    if foreign_reading(read.document) is not None:
        return Explanation((), ("read by the pack of its language",), read.rules)
    decided = tuple(
        PassageDecision(
            start=at.passage.start,
            end=at.passage.end,
            role=at.role.role,
            role_rule=at.role.rule,
            grouping_rule=at.rule,
            mention=at.draft.role if at.draft else None,
        )
        for at in grouping(read.document).placements
    )
    return Explanation(decided, tuple(article_reading(read.document).rules), read.rules)
