"""Reads an article into mentions: type, place, time, actors, figures with their sources, role, severity."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain

from schemas.records import Article, Mention, Publisher
from streams.domain.event_type.classifier import article_types
from streams.domain.extract.passages import passages
from streams.domain.extract.sentence_readings import claims, signals, sources, times
from streams.domain.geo.places import toponyms
from streams.domain.languages.foreign_reading import foreign_reading
from streams.domain.mentions.article_role import article_reading
from streams.domain.mentions.article_toll import article_toll
from streams.domain.mentions.casualty_totals import Toll
from streams.domain.mentions.event_location import event_place
from streams.domain.mentions.figure_homes import figure_passages
from streams.domain.mentions.foreign_mentions import foreign_mentions
from streams.domain.mentions.from_headline import with_headline
from streams.domain.mentions.grouping import grouping
from streams.domain.mentions.learned_drafts import learned_drafts, rated_groups
from streams.domain.mentions.link_features import article_text, encode_first
from streams.domain.mentions.mention_reading import (
    LEADING,
    MentionReading,
    MentionWriter,
    linked_texts,
    read_mention,
    read_story,
)  # fmt: skip
from streams.domain.mentions.mention_type import is_calm, mention_type, with_one_cause
from streams.domain.mentions.passage_chances import passage_chances, passage_vectors
from streams.domain.mentions.passage_role import passage_roles
from streams.domain.mentions.passage_signals import passage_signals
from streams.domain.text.document import Document, open_document, text_sentences, text_tokens

READERS: tuple[Callable[[Document], object], ...] = (
    text_sentences, signals, toponyms, article_types, text_tokens, sources, claims, times, passages, passage_roles, grouping,
    article_reading, passage_vectors, passage_signals, passage_chances, rated_groups,
)  # fmt: skip
"""The readers of English, in the order of the rooms."""


LOADING = (
    "A bomb on the market in Kharkiv, Ukraine killed 12 people and wounded 30 on Monday, the governor Ivan Petrov said. "
    "In March 2022 a drone strike killed four soldiers near Kharkiv. Police arrested two men."
)
LOADED_AT = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ArticleMentions:
    """A document as read, its mentions, and for each mention the rules that made it one."""

    document: Document
    mentions: tuple[Mention, ...]
    rules: tuple[tuple[str, ...], ...]


def load_models() -> None:
    """Load the models and tables of English, by reading an article that needs them all."""
    source = Publisher(domain="news.example")
    read_article(
        Article(article_id="", url="", source=source, title="Bomb in Kharkiv", body=LOADING, fetched_at=LOADED_AT)
    )


def read_articles(articles: Sequence[Article], story_ids: Sequence[str] | None = None) -> list[tuple[Mention, ...]]:
    """The mentions of several articles, each as `read_article` gives them, in their order.

    Quicker than one after the other: each reader goes over all of them before the next, and so finds its code and tables in the
    processor's caches, and their sentence vectors are made together. Holds all that is read of all of them; sixteen at a time
    gain most of it.
    """
    documents = [open_document(article) for article in articles]
    for reader in READERS:
        for document in documents:
            if document.readable:
                reader(document)
    return [read.mentions for read in _read(documents, story_ids or [a.article_id for a in articles])]


def read_article(article: Article, *, story_id: str | None = None) -> tuple[Mention, ...]:
    """Every mention of an article, the news first; exactly one `story` when it reports no incident.

    Text in a language of `languages/` is read by its pack; any other becomes a story with its place and `lang`, of type
    `other/unread` when no type is plain.

    Offsets refer to the body, or to the title when the body is empty. `story_id` is that of the chain of revisions, the
    article's own id when it is the first. Deterministic; never raises on any text.
    """
    return read_with_rules(article, story_id=story_id).mentions


def read_with_rules(article: Article, *, story_id: str | None = None) -> ArticleMentions:
    """The same, with the document and the names of the rules that decided."""
    return read_document(open_document(article), story_id or article.article_id)


def read_document(document: Document, story_id: str) -> ArticleMentions:
    """The same of a document that is open already."""
    return _read([document], [story_id])[0]


def _read(documents: Sequence[Document], story_ids: Sequence[str]) -> list[ArticleMentions]:
    """The mentions of documents, made when all that is to be encoded is known."""
    encode_first(article_text(document) for document in documents if not document.readable)
    found = [_found(document) for document in documents]
    encode_first(chain.from_iterable(map(linked_texts, documents, found)))
    return list(map(_recorded, documents, story_ids, found))


def _found(document: Document) -> list[MentionReading]:
    """The readings of a document, with a story at the end where there is no news."""
    foreign = foreign_reading(document)
    found = foreign_mentions(document, foreign) if foreign else _mentions(document)
    news = [n for n, m in enumerate(found) if m.role == "main"]
    if len(news) == 1:  # of several, nobody knows whose the headline's figures are
        found[news[0]] = with_headline(document, found[news[0]], foreign)
    return found if any(m.role in LEADING for m in found) else [*found, read_story(document)]


def _recorded(document: Document, story_id: str, found: Sequence[MentionReading]) -> ArticleMentions:
    """The records of these readings, the news or the story first."""
    writer = MentionWriter(document, story_id)
    read = sorted([(m, writer.record(m)) for m in found], key=lambda pair: pair[0].role not in LEADING)
    mentions = _belonging(with_one_cause([record for _, record in read]))
    return ArticleMentions(document, tuple(mentions), tuple(m.rules for m, _ in read))


def article_casualties(article: Article) -> Toll:
    """Killed and injured in the news of an article, as its severity takes them."""
    document = open_document(article)
    return article_toll(document, grouping(document).drafts)


def _mentions(document: Document) -> list[MentionReading]:
    """The reading of each draft; news of a calm type without an event of its own is left out."""
    drafts = learned_drafts(document) if document.readable else article_reading(document).drafts
    typed = []
    news = None
    for draft in drafts:
        found = mention_type(document, draft, is_news=draft.role == "main" and news is None)
        if draft.role == "main" and draft.kind is None and is_calm(found):
            continue
        typed.append((draft, found))
        if draft.role == "main" and news is None:
            news = draft
    where = event_place(document, news) if news else None
    out = []
    for draft, found in typed:
        place = where if draft is news else event_place(document, draft, where)
        toll = article_toll(document, drafts) if draft is news and draft.has_casualties() else None
        out.append(read_mention(document, draft, found, toll, place, figure_passages(draft, drafts)))
    return out


def _belonging(mentions: list[Mention]) -> list[Mention]:
    """All are linked where the news is; statements and recalled history say which mention of it they belong to."""
    mentions = [replace(m, block=mentions[0].block) for m in mentions]
    news = next((m.mention_id for m in mentions if m.role == "main"), None)
    return [m if m.role in LEADING or news is None else replace(m, about=(news,)) for m in mentions]
