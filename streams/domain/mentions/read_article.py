"""One article in, every incident it reports out: type, place, time, actors, figures with their sources, role, severity."""

from dataclasses import dataclass, replace

from schemas.records import Article, Mention
from streams.domain.languages.foreign_reading import foreign_reading
from streams.domain.mentions.article_role import article_reading
from streams.domain.mentions.article_toll import article_toll
from streams.domain.mentions.casualty_totals import Toll
from streams.domain.mentions.foreign_mentions import foreign_mentions
from streams.domain.mentions.grouping import grouping
from streams.domain.mentions.mention_reading import MentionReading, MentionWriter, read_mention, read_story
from streams.domain.mentions.mention_type import is_calm, mention_type, with_one_cause
from streams.domain.text.document import Document, open_document


@dataclass(frozen=True, slots=True)
class ArticleMentions:
    """A document as read, its mentions, and for each mention the rules that made it one."""

    document: Document
    mentions: tuple[Mention, ...]
    rules: tuple[tuple[str, ...], ...]


def read_article(article: Article, *, story_id: str | None = None) -> tuple[Mention, ...]:
    """Every mention of an article, the news first; exactly one `story` when it reports no incident.

    Text in a language of `languages/` is read by its pack; in any other it gives a story with its place and `lang`, of type
    `other/unread` when no type is plain.

    Offsets refer to the body, or to the title when the body is empty. `story_id` is that of the chain of revisions, the
    article's own id when it is the first. Deterministic; never raises on any text.
    """
    return read_with_rules(article, story_id=story_id).mentions


def read_with_rules(article: Article, *, story_id: str | None = None) -> ArticleMentions:
    """The same, with the document and the names of the rules that decided."""
    document = open_document(article)
    writer = MentionWriter(document, story_id or article.article_id)
    foreign = foreign_reading(document)
    read = [(m, writer.record(m)) for m in (foreign_mentions(document, foreign) if foreign else _mentions(document))]
    if not any(m.role in ("main", "story") for m, _ in read):
        story = read_story(document)
        read.insert(0, (story, writer.record(story)))
    read.sort(key=lambda pair: pair[0].role not in ("main", "story"))
    mentions = _belonging(with_one_cause([record for _, record in read]))
    return ArticleMentions(document, tuple(mentions), tuple(m.rules for m, _ in read))


def settled_toll(article: Article) -> Toll:
    """Killed and injured in the news of an article, as its severity takes them."""
    document = open_document(article)
    return article_toll(document, grouping(document).drafts)


def _mentions(document: Document) -> list[MentionReading]:
    """What each draft comes to; news of a calm type without an event of its own is left out."""
    out: list[MentionReading] = []
    country: str | None = None  # where the news is
    drafts = article_reading(document).drafts
    for draft in drafts:
        news = draft.role == "main" and all(m.role != "main" for m in out)
        found = mention_type(document, draft, is_news=news)
        if draft.role == "main" and is_calm(found):
            continue
        toll = article_toll(document, drafts) if news and draft.has_casualties() else None
        read = read_mention(document, draft, found, toll, country)
        if draft.role == "main" and read.place is not None:
            country = country or read.place.country
        out.append(read)
    return out


def _belonging(mentions: list[Mention]) -> list[Mention]:
    """All are linked where the news is; statements and recalled history say which mention of it they belong to."""
    mentions = [replace(m, block=mentions[0].block) for m in mentions]
    news = next((m.mention_id for m in mentions if m.role == "main"), None)
    return [m if m.role in ("main", "story") or news is None else replace(m, about=(news,)) for m in mentions]
