"""One document in, every incident it tells of out: type, place, time, actors, figures with their sources, role, severity."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, cast

from schemas.identity import digest
from schemas.records import Actor, Article, Claim, Features, FeedEvent, FieldSpan, Mention, Period, Place, Span
from streams.domain.event_type.classifier import TypeGuess, classify_text
from streams.domain.event_type.feed_event_type import kind_of, origin_of
from streams.domain.extract.actors import MOST, FoundActor, read_actors
from streams.domain.extract.claims import find_claims
from streams.domain.extract.passages import Passage, dateline, read_passages
from streams.domain.extract.triggers import Act
from streams.domain.geo.places import Toponym, block, to_place
from streams.domain.geo.reverse_geocode import located
from streams.domain.mentions.article_role import QUIET, deeds_of, demoted, harms, reported, type_of
from streams.domain.mentions.casualty_totals import Toll, count, settle
from streams.domain.mentions.claim_dedup import claims_of
from streams.domain.mentions.draft import Draft, Role
from streams.domain.mentions.event_location import scene
from streams.domain.mentions.grouping import group
from streams.domain.mentions.link_features import features
from streams.domain.mentions.severity import grade
from streams.domain.ontology.types import ontology
from streams.domain.text.language import recognise
from streams.domain.text.temporal import FoundPeriod, find_periods, period
from streams.domain.text.timestamp_sanity import credible
from streams.domain.text.tokenize import sentences

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Literal

    from streams.domain.extract.casualty_lexicon import What

    Field = Literal["type", "place", "time", "actors"]

TITLE = 1000  # characters of a headline; what is longer is no headline
LEAD = 1500  # characters of the body that the article's own type is read from
_LINE = re.compile(r"\n\s*")
_GENERIC = re.compile(r"\b(?:explosions?|exploded|blasts?)\b", re.IGNORECASE)
_WORDS_ONLY = frozenset(("statement", "aggregate"))  # joined by what they are about, never by likeness
_ARMED = re.compile(
    r"\b(?:troops|soldiers?|forces|army|military|militants?|militia\w*|rebels?|guerr?illas?|insurgents?|terrorists?|jihadists?|fighters|"
    r"paramilitar\w+|islamists?)\b",
    re.IGNORECASE,
)
_PERSONAL = frozenset((("crime", "shooting"), ("crime", "homicide"), ("crime", "assault"), ("crime", "stabbing")))
UNREAD = 0.5  # how likely a type must be for a text in a foreign language to have it, by names and words that it shares
_COUNTED = frozenset(
    ("killed", "injured", "missing", "arrested", "displaced", "abducted", "attacks", "participants", "damage")
)


def classify(article: Article, *, story_id: str | None = None) -> tuple[Mention, ...]:
    """Every mention of an article, the news first; exactly one `story` when it reports no incident.

    Text in a foreign language gives a story with its place and `lang`, of type `other/unread` when no type is plain.

    Offsets refer to the body, or to the title when the body is empty. `story_id` is that of the chain of revisions, the
    article's own id when it is the first. Deterministic; never raises on any text.
    """
    article = replace(
        article, title=article.title[:TITLE], published_at=credible(article.published_at, article.fetched_at)
    )
    body, published = _body_and_time(article)
    lang, known_language = recognise(article.title, article.body, article.lang)
    passages = read_passages(body, article.title, published, article.source.domain)
    guesses = classify_text(body[:LEAD], title=article.title)
    drafts = reported(article.title, body, passages, group(passages, published), guesses, published)
    if not known_language:
        drafts = [demoted(d) for d in drafts if any(p.claims for p in d.passages)]
        plain = [g for g in guesses[:1] if g.probability > UNREAD and not ontology().get(g.family, g.subtype).incident]
        guesses = plain or [TypeGuess("other", "unread", guesses[0].probability)]
    reader = _Reader(replace(article, lang=lang), body, published, story_id or article.article_id)
    out: list[Mention] = []
    for draft in drafts:
        news = draft.role == "main" and all(m.role != "main" for m in out)
        family, subtype = type_of(draft, guesses[0], deeds_of(article.title) if news else None)
        if draft.role == "main" and family in QUIET and not ontology().by_name[f"{family}/{subtype}"].incident:
            continue  # a death without a deed, in news of politics
        toll = _toll(article.title, body, passages, drafts) if news and harms(draft) else None
        out.append(reader.mention(draft, family, subtype, passages, toll))
    if not any(m.role == "main" for m in out):
        out.insert(0, reader.story(guesses[0].family, guesses[0].subtype, guesses[0].probability, passages))
    out.sort(key=lambda m: m.role not in ("main", "story"))
    return tuple(_related(_same_cause(out)))


def settled_toll(article: Article) -> Toll:
    """Killed and injured in the news of an article, as its severity takes them."""
    body, published = _body_and_time(article)
    passages = read_passages(body, article.title, published, article.source.domain)
    return _toll(article.title, body, passages, group(passages, published))


def _body_and_time(article: Article) -> tuple[str, datetime]:
    """What is read, and the time that "today" means: of publication, else the dateline's or first full date, else of the fetch."""
    body = article.body if article.body.strip() else article.title
    if article.published_at is not None:
        return body, article.published_at
    top = body[:400]
    start = next((n for n in (0, *(m.end() for m in _LINE.finditer(top))) if dateline(top, n) > n), None)
    found = find_periods(top[: dateline(top, start)] if start is not None else top, None)
    return body, next((f.period.end for f in found if f.period.precision == "day"), article.fetched_at)


def _toll(title: str, body: str, passages: list[Passage], drafts: list[Draft]) -> Toll:
    headline = [c for s in sentences(title) for c in find_claims(s)]
    counted = count(headline, [(p.sentence, c) for p in passages for c in p.claims])
    news = next((d for d in drafts if d.role == "main"), None)
    told = count(headline, [(p.sentence, c) for p in news.passages for c in p.claims] if news else [])
    return settle(counted, told, news.families() if news else set(), title, body)


def _same_cause(mentions: list[Mention]) -> list[Mention]:
    """Blasts told beside bombs or grenades are explosions of the same kind, not accidents."""
    if not any(m.family == "explosions" for m in mentions):
        return mentions
    blast = ("accidents", "explosion-fire")
    return [replace(m, family="explosions", subtype="remote-bomb") if (m.family, m.subtype) == blast and _GENERIC.search(m.passage)
            else m for m in mentions]  # fmt: skip


def _related(mentions: list[Mention]) -> list[Mention]:
    """All are linked where the news is; statements and recalled history say which mention of it they belong to."""
    mentions = [replace(m, block=mentions[0].block) for m in mentions]
    news = next((m.mention_id for m in mentions if m.role == "main"), None)
    return [m if m.role in ("main", "story") or news is None else replace(m, about=(news,)) for m in mentions]


class _Reader:
    """Writes mention records of one article."""

    def __init__(self, article: Article, body: str, published: datetime, story_id: str) -> None:
        self.article, self.body, self.published, self.story_id = article, body, published, story_id
        self.origin = (article.origin or article.source.domain or article.feed or "unknown").lower()
        self._seen: set[str] = set()
        self._country: str | None = None  # where the news is
        self._led = False  # whether the article's first news has been written

    def mention(self, draft: Draft, family: str, subtype: str, passages: list[Passage], toll: Toll | None) -> Mention:
        best = telling_passage(draft)
        toponym = scene(draft.role, draft.passages, best, passages, self.article.title, self._country)
        if draft.role == "main" and toponym is not None:
            self._country = self._country or toponym.country
        time, said = self._time(draft, passages)
        actors = _actors(draft)
        if (family, subtype) in _PERSONAL and any(
            a.actor.role == "initiator" and _ARMED.search(a.actor.name) for a in actors
        ):
            family, subtype = "violence-against-civilians", "attack"
        claims = claims_of(draft.passages, self.body, news=draft.role in ("main", "background"))
        text = " ".join(p.text for p in draft.passages)
        return self._record(
            draft.role, family, subtype, Span(start=best.start, end=best.end),
            tuple(Span(start=p.start, end=p.end) for p in draft.passages if p is not best and _tells(p)),
            to_place(toponym) if toponym else None, time, tuple(a.actor for a in actors), claims, text, _confidence(draft), toll,
            read_from=_read_from(best.deed(), toponym, said, actors),
        )  # fmt: skip

    def story(self, family: str, subtype: str, probability: float, passages: list[Passage]) -> Mention:
        known = ontology().by_name.get(f"{family}/{subtype}")
        if known is None or known.incident:
            family, subtype = "other", "human-interest"
        end = next((p.end for p in passages), len(self.body))
        start = next((p.start for p in passages), 0)
        draft = Draft("story", [p for p in passages if p.sentence < 4])
        toponym = (
            scene("story", draft.passages, draft.passages[0], passages, self.article.title, None)
            if draft.passages
            else None
        )
        place = to_place(toponym) if toponym else None
        span = Span(start=start, end=max(end, start))
        return self._record(
            "story", family, subtype, span, (), place, None, (), (), self.body, min(1.0, probability),
            read_from=_read_from(None, toponym, None, ()),
        )  # fmt: skip

    def _record(self, role: Role, family: str, subtype: str, evidence: Span, also: tuple[Span, ...], place: Place | None,
                time: Period | None, actors: tuple[Actor, ...], claims: tuple[Claim, ...], text: str,
                confidence: float, toll: Toll | None = None, read_from: tuple[FieldSpan, ...] = ()) -> Mention:  # fmt: skip
        a = self.article
        parts = [a.article_id, role, str(evidence.start), str(evidence.end), family]
        key = digest("mention", *parts)
        while key in self._seen:
            parts.append("again")
            key = digest("mention", *parts)
        self._seen.add(key)
        leads = (
            role in ("main", "story") and not self._led
        )  # the article's title and whole text are those of its first news
        self._led = self._led or leads
        title, text = (a.title, self.body) if leads else ("", text)
        return Mention(
            mention_id=key, document_id=a.article_id, document_kind="article", story_id=self.story_id, block=block(place),
            role=role, family=family, subtype=subtype, place=place, time=time, actors=actors, claims=claims,
            evidence=evidence, also=also, read_from=read_from, passage=self.body[evidence.start : evidence.end], confidence=confidence,
            severity=grade(family, subtype, claims, toll), title=title, url=a.url, source=a.source, origin=self.origin, lang=a.lang,
            reported_at=a.published_at or a.fetched_at, features=Features() if role in _WORDS_ONLY else features(title, text),
        )  # fmt: skip

    def _time(self, draft: Draft, passages: list[Passage]) -> tuple[Period | None, FoundPeriod | None]:
        """When it happened, and the words that say so; news without a day of its own is of the day before or the same."""
        said = draft.time
        if said is None and draft.role == "main":
            near = [f for p in passages[:6] for f in p.times() if f.period.precision == "day"]
            said = next(
                (f for f in near if self.published - timedelta(days=8) <= f.period.start <= self.published), None
            )
            if said is None:
                day = self.published.astimezone(UTC).date()
                return period(day - timedelta(days=1), day, "day"), None
        if said is None or (draft.role in ("main", "background", "aggregate") and said.period.start > self.published):
            return None, None
        return said.period, said


def _tells(p: Passage) -> bool:
    """Whether a further passage reports the happening itself, rather than a figure or a word on it."""
    return any(a.strength > 1 for a in p.acts)


def telling_passage(draft: Draft) -> Passage:
    """The passage that says most about what happened."""
    return max(draft.passages, key=lambda p: _telling(p, draft.passages[0]))


def _telling(p: Passage, first: Passage) -> tuple[float, int]:
    figures = sum(c.what in _COUNTED and not c.known for c in p.claims)
    score = min(p.strength(), 4) + bool(p.periods) + bool(p.toponyms) + min(figures, 2) * 0.5 + 1.5 * (p is first)
    return score - 1.5 * p.headline - 0.1 * (p.sentence - first.sentence), -p.start


def _read_from(
    deed: Act | None, place: Toponym | None, time: FoundPeriod | None, actors: "Iterable[FoundActor]"
) -> tuple[FieldSpan, ...]:
    """The words of each field, in the order of the record."""
    one: tuple[tuple[Field, Act | Toponym | FoundPeriod | None], ...] = (
        ("type", deed),
        ("place", place),
        ("time", time),
    )
    spans = [FieldSpan(field=name, start=found.start, end=found.end) for name, found in one if found]
    return (*spans, *(FieldSpan(field="actors", start=a.start, end=a.end) for a in actors))


def _actors(draft: Draft) -> tuple[FoundActor, ...]:
    """Who takes part, the first naming of each in the telling passages."""
    out: dict[str, FoundActor] = {}
    for p in draft.passages[:6]:
        cues = [c._replace(start=c.start - p.start, end=c.end - p.start) for c in p.actors]
        for found in read_actors(p.text, cues, p.start):
            out.setdefault(found.actor.name.lower(), found)
    return tuple(out.values())[:MOST]


def _confidence(draft: Draft) -> float:
    best = max((p.strength() for p in draft.passages), default=0)
    value = 0.35 + 0.1 * min(best, 5) + 0.05 * min(len(draft.passages), 3) + (0.05 if draft.time else 0.0)
    return round(min(value, 0.98), 3)


def classify_event(event: FeedEvent) -> tuple[Mention, ...]:
    """The one mention of a structured feed event: its type by the source's kind or its words, its place and figures as given."""
    text = f"{event.title}\n{event.text}".strip()
    family, subtype, confidence = kind_of(event)
    claims = tuple(
        Claim(what=cast("What", f.what), min=int(f.value), max=int(f.value), attributed_to=event.source.name or event.source.domain or None,
              attribution_kind="official", quote=Span(start=0, end=0), text=f"{f.what} {f.value:g}")
        for f in event.figures if f.what in _COUNTED and f.value >= 0
    )  # fmt: skip
    started = event.started_at or event.updated_at
    ended = event.ended_at or started
    place = located(event.place)
    known = ontology().by_name.get(f"{family}/{subtype}")
    role: Role = "main" if known is None or known.incident else "story"
    return (
        Mention(
            mention_id=digest("mention", event.event_id, event.updated_at.isoformat()), document_id=event.event_id,
            document_kind="event", story_id=event.event_id, block=block(place), role=role, family=family, subtype=subtype,
            place=place, time=Period(start=started, end=max(started, ended), precision="instant"), claims=claims,
            evidence=Span(start=0, end=len(event.text)), passage=event.text or event.title, confidence=confidence,
            severity=max(event.severity, grade(family, subtype, claims) if claims else 0), title=event.title, url=event.url,
            source=event.source, origin=origin_of(event), lang=event.lang,
            reported_at=credible(event.updated_at, event.fetched_at) or event.fetched_at, features=features(event.title, text),
        ),
    )  # fmt: skip
