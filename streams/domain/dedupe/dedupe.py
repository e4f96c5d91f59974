"""Dedupe: separates copies and revisions from original articles.

An article tells the story of an earlier one when their texts agree (near), when one holds the other (excerpt), or
when it stands at the same address; it is a copy unless it adds figures or much text. Candidates come from MinHash
values, verdicts from the exact shingle sets.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import blake2b

from schemas.agency_credit import credited_agency
from schemas.records import Article, CopyVerdict, Original, Publisher
from streams.domain.dedupe.shingles import TextFingerprint, read_all
from streams.domain.dedupe.similarity import Comparison, compare
from streams.domain.dedupe.state import DedupeState, Entry, Joined, Kind, minhash

LONGER = 1.3  # times the length of the earlier text from which a text adds something worth reading
__all__ = ["DedupeState", "Verdict", "dedupe", "dedupe_all"]


@dataclass(slots=True)
class Verdict:
    """The verdict on one article.

    `record` is the verdict; `late` are verdicts on earlier originals that this article showed to be of the same
    story, to be sent after it. Entries of the ids in `store` go to the table, those in `forget` leave it.
    """

    record: Original | CopyVerdict
    late: tuple[CopyVerdict, ...] = ()
    store: tuple[str, ...] = ()
    forget: tuple[str, ...] = ()

    @property
    def records(self) -> tuple[Original | CopyVerdict, ...]:
        """Everything to send, in order."""
        return (self.record, *self.late)


def dedupe(state: DedupeState, article: Article) -> tuple[DedupeState, Verdict]:
    """Compares one article with the window and files it there. The state is changed in place.

    An article seen before gets the verdict that it got then, and is never a copy of itself. Event time is when it
    was published, or fetched when the publisher gives no time or one in the future.
    """
    state, (verdict,) = dedupe_all(state, [article])
    return state, verdict


def dedupe_all(state: DedupeState, articles: Sequence[Article]) -> tuple[DedupeState, list[Verdict]]:
    """`dedupe` of each article in order, at about two thirds of the cost: their texts are read in one pass."""
    readings = read_all([(a.title, a.body) for a in articles])
    values = minhash([reading.runs for reading in readings])
    return state, [_judge(state, *each) for each in zip(articles, readings, values, strict=True)]


def _judge(state: DedupeState, article: Article, reading: TextFingerprint, values: list[int]) -> Verdict:
    if (entry := state.entries.get(article.article_id)) is not None:
        return Verdict(_record(article, entry), _late(entry))
    at = _event_time(article)
    forget = state.advance(at)
    entry = _entry(article, reading, at, state.newest)
    found = [
        (comparison, known)
        for known in state.meet(entry, values)
        if (apart := abs(at - known.at)) <= state.reach
        and (comparison := compare(reading, known.reading(), apart=apart, same_address=_same_address(entry, known)))
    ]
    changed = _decide(state, entry, found) if found else ()
    store = (entry.article_id, *(e.article_id for e in changed))
    return Verdict(_record(article, entry), _late(entry), store, forget)


def _entry(article: Article, reading: TextFingerprint, at: float, seen: float) -> Entry:
    published = article.published_at
    return Entry(
        article_id=article.article_id,
        at=at,
        seen=seen,
        url_key=_url_key(article),
        title_key=reading.title_key,
        body_key=reading.body_key,
        story=article.article_id,
        origin=article.origin or credited_agency(article.title, article.body, article.byline, article.source.domain),
        about=(
            article.url,
            article.title,
            article.source.domain,
            article.source.name,
            published.timestamp() if published else None,
            article.fetched_at.timestamp(),
        ),
        size=len(reading.runs),
        head=len(reading.head),
        hashes=reading.head.tobytes() + reading.body.tobytes(),
    )


def _decide(state: DedupeState, entry: Entry, found: list[tuple[Comparison, Entry]]) -> tuple[Entry, ...]:
    """Writes the verdict into the entry; entries of other stories that it joined are changed too and returned."""
    comparison, best = max(found, key=lambda f: (f[0].same_text, not f[0].adds, f[0].similarity, -f[1].number))
    entry.kind = _kind(comparison)
    entry.similarity = round(comparison.similarity, 4)
    entry.origin = entry.origin or best.origin
    entry.related = best.article_id if best.kind in ("first", "revision") else best.related
    entry.story = _story(state, best)
    named = entry.article_id if entry.kind == "revision" or entry.related is None else entry.related
    joined: dict[str, Entry] = {}
    joins: list[Joined] = []
    for comparison, known in found:
        first = state.entries.get(_story(state, known))
        if first is None or first.article_id == entry.story:
            continue
        joined[first.article_id] = first
        joins.append(Joined(first.article_id, named, round(comparison.similarity, 4), first.origin, first.about))
        first.story = entry.story
    entry.joins = tuple(joins)
    return tuple(joined.values())


def _kind(comparison: Comparison) -> Kind:
    if comparison.adds or comparison.ratio >= LONGER:
        return "revision"
    if comparison.same_text:
        return "exact"
    if comparison.same_address:
        return "revision"
    return "excerpt" if comparison.excerpt else "near"


def _story(state: DedupeState, entry: Entry) -> str:
    """The id of the first of an entry's story today: a first that joined another story takes its followers along."""
    story = entry.story
    while (first := state.entries.get(story)) is not None and first.story != story:
        story = first.story
    return story


def _record(article: Article, entry: Entry) -> Original | CopyVerdict:
    if entry.kind == "first" or entry.kind == "revision" or entry.related is None:  # noqa: PLR1714 -- narrows the type
        if entry.origin != article.origin:
            article = replace(article, origin=entry.origin)
        return Original(
            article=article,
            reason="revision" if entry.kind == "revision" else "first",
            revision_of=entry.related,
            story_id=article.article_id if entry.kind == "first" else entry.story,
        )
    return CopyVerdict(
        article_id=article.article_id,
        copy_of=entry.related,
        kind=entry.kind,
        similarity=entry.similarity,
        origin=entry.origin,
        source=article.source,
        url=article.url,
        title=article.title,
        published_at=article.published_at,
        fetched_at=article.fetched_at,
    )


def _late(entry: Entry) -> tuple[CopyVerdict, ...]:
    """The verdicts on the firsts of other stories that an article joined."""
    return tuple(_late_copy(first) for first in entry.joins)


def _late_copy(first: Joined) -> CopyVerdict:
    url, title, domain, name, published, fetched = first.about
    return CopyVerdict(
        article_id=first.article_id,
        copy_of=first.copy_of,
        kind="near",
        similarity=first.similarity,
        origin=first.origin,
        source=Publisher(domain=domain, name=name),
        url=url,
        title=title,
        published_at=None if published is None else _moment(published),
        fetched_at=_moment(fetched),
    )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _same_address(one: Entry, other: Entry) -> bool:
    return one.url_key == other.url_key != 0


def _event_time(article: Article) -> float:
    fetched = article.fetched_at.timestamp()
    return min(article.published_at.timestamp(), fetched) if article.published_at else fetched


def _url_key(article: Article) -> int:
    url = article.canonical_url or article.url
    if not url:
        return 0
    return int.from_bytes(blake2b(url.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
