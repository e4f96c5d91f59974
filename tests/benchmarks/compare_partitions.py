"""What several partitions lose against one, as a Markdown table: `python -m tests.benchmarks.compare_partitions DATA`.

Every partition dedupes and links alone, on the records that Kafka's clients would send it. Reading is done once.
"""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Self

from schemas.keys import key_of
from schemas.records import Article, CopyVerdict, Mention, Relation
from streams.decisions import partition
from streams.domain.dedupe.dedupe import DedupeState, dedupe
from streams.domain.linking.incident import NEWS_ROLES
from streams.domain.linking.link import link
from streams.domain.linking.state import LinkState
from streams.domain.mentions.read_article import read_article
from streams.evaluate.documents import article_of, as_streamed, read_rows
from streams.evaluate.link import IncidentLookup, as_fetched
from streams.evaluate.scores import Rows, Scores, dedupe_scores, link_scores
from tests.benchmarks.machine import described

LINK_SETS = ("gva_incidents", "ecbplus", "uci_headlines")
TOGETHER = "the three in one stream"
COUNTS = ((1, 1), (8, 1), (1, 8), (1, 64))  # partitions of dedupe and of link; the first is what is set by default
MIN_WORDS = 40  # reuters_stream labels pairs of articles of so many words
Reader = Callable[[Article], tuple[Mention, ...]]
COPIES = ["set", "articles", "partitions", "found", "lost", "fullest partition"]
LINKS = [
    "set",
    "articles",
    "dedupe / link",
    "B-cubed F1",
    "lost",
    "pairwise recall",
    "lost",
    "relations",
    "fullest partition of link",
]


@dataclass(slots=True)
class Flow:
    """Articles through dedupe and link, each with so many partitions; what came of it."""

    dedupe_partitions: int
    link_partitions: int
    read: Reader
    copies: dict[str, str | None] = field(default_factory=dict)  # article_id to the original that it is a copy of
    news: dict[str, str] = field(default_factory=dict)  # article_id to the mention that its cluster is read from
    mentions: list[Mention] = field(default_factory=list)
    relations: set[str] = field(default_factory=set)
    where: IncidentLookup = field(default_factory=IncidentLookup)
    arrived: Counter[int] = field(default_factory=Counter)  # articles by partition
    linked: Counter[int] = field(default_factory=Counter)  # mentions by partition

    def run(self, articles: Iterable[Article]) -> Self:
        """Every article in the order given; once."""
        windows = [DedupeState() for _ in range(self.dedupe_partitions)]
        for a in articles:
            at = partition(key_of(a).decode(), self.dedupe_partitions)
            self.arrived[at] += 1
            _, verdict = dedupe(windows[at], a)
            for r in verdict.records:
                if isinstance(r, CopyVerdict):
                    self.copies[r.article_id] = r.copy_of
                else:
                    self.copies[r.article.article_id] = r.revision_of
            if not isinstance(verdict.record, CopyVerdict):
                story = verdict.record.story_id
                self.mentions += [replace(m, story_id=story) for m in self.read(verdict.record.article)]
        self._link()
        return self

    def _link(self) -> None:
        states = [LinkState() for _ in range(self.link_partitions)]
        for mention in self.mentions:
            at = partition(key_of(mention).decode(), self.link_partitions)
            self.linked[at] += 1
            _, linked = link(states[at], mention)
            for record in linked.outputs:
                self.where.see(record)
                if isinstance(record, Relation):
                    self.relations.add(record.relation_id)
            if mention.role in NEWS_ROLES:
                self.news.setdefault(mention.document_id, mention.mention_id)

    def cluster(self, article_id: str) -> str | None:
        """The incident of an article's news; of a copy that of its original."""
        while article_id not in self.news and (original := self.copies.get(article_id)):
            article_id = original
        return self.where.incident(self.news[article_id]) if article_id in self.news else None


def main(data: Path) -> None:
    """Print the table of dedupe, that of link, and where they were measured."""
    sets = {name: _documents(data, name) for name in LINK_SETS}
    sets[TOGETHER] = _by_time(chain.from_iterable(articles for articles, _ in sets.values())), _merged(sets)
    read = _once(read_article)
    _table(COPIES, newswire(data), *(copies(name, articles) for name, (articles, _) in sets.items()))
    _table(LINKS, *(links(name, articles, gold, read) for name, (articles, gold) in sets.items()))
    print(json.dumps(described()))


def newswire(data: Path) -> Iterator[list[str]]:
    """Labelled pairs of reuters_stream that dedupe joins, of all such pairs."""
    rows = read_rows(data / "reuters_stream/docs.jsonl.gz")
    labelled = read_rows(data / "reuters_stream/near_duplicate_pairs.jsonl.gz", needed=("a", "b"))
    gold, named = {str(r["id"]): r for r in rows}, {article_of(r).article_id: str(r["id"]) for r in rows}
    base = None
    for count in (1, 8, 64):
        flow = Flow(count, 1, read=lambda _: ()).run(map(article_of, as_streamed(rows)))
        said = {named[a]: {"copy_of": named.get(of or "")} for a, of in flow.copies.items()}
        recall = dedupe_scores(gold, said, labelled, MIN_WORDS)["recall"]
        base = recall if base is None else base
        found = f"{_percent(recall)} of labelled pairs"
        yield ["reuters_stream", f"{len(rows):,}", str(count), found, _percent(base - recall), _share(flow.arrived)]


def copies(name: str, articles: list[Article]) -> Iterator[list[str]]:
    """Articles that dedupe with several partitions joins to others, of those that it joins with one."""
    base: set[str] = set()
    for count in (1, 8, 64):
        flow = Flow(count, 1, read=lambda _: ()).run(articles)
        joined = {a for a, of in flow.copies.items() if of}
        base = base or joined
        found, lost = f"{len(joined & base)} copies and revisions", 1 - len(joined & base) / len(base)
        yield [name, f"{len(articles):,}", str(count), found, _percent(lost), _share(flow.arrived)]


def links(name: str, articles: list[Article], gold: Rows, read: Reader) -> Iterator[list[str]]:
    """Clusters of a set with incidents or stories."""
    base: Scores = {}
    for count in COUNTS:
        flow = Flow(*count, read=read).run(articles)
        s = link_scores(gold, {i: {"cluster": flow.cluster(i)} for i in gold})
        base = base or s
        told = [(_percent(s[k]), _percent(base[k] - s[k])) for k in ("bcubed_f1", "pairwise_recall")]
        yield [
            name, f"{len(articles):,}", f"{count[0]} / {count[1]}", *chain.from_iterable(told),
            f"{len(flow.relations):,}", _share(flow.linked),
        ]  # fmt: skip


def _table(head: list[str], *parts: Iterator[list[str]]) -> None:
    for row in chain((head, ["---"] * len(head)), *parts):
        print(f"| {' | '.join(row)} |", flush=True)
    print()


def _documents(data: Path, name: str) -> tuple[list[Article], Rows]:
    """Articles in the order of their time, as `tocsin eval link` reads them, and gold rows by article_id."""
    rows = [
        {**row, "id": f"{name}/{row['id']}", "cluster": f"{name}/{row['cluster']}"}
        for row in read_rows(data / name / "docs.jsonl.gz", needed=("id", "cluster"))
    ]
    return _by_time(as_fetched(rows)), {article_of(r).article_id: r for r in rows}


def _by_time(articles: Iterable[Article]) -> list[Article]:
    return sorted(articles, key=lambda a: a.published_at or a.fetched_at)


def _merged(sets: dict[str, tuple[list[Article], Rows]]) -> Rows:
    return {i: row for _, gold in sets.values() for i, row in gold.items()}


def _once(read: Reader) -> Reader:
    done: dict[str, tuple[Mention, ...]] = {}

    def remembered(a: Article) -> tuple[Mention, ...]:
        if a.article_id not in done:
            done[a.article_id] = read(a)
        return done[a.article_id]

    return remembered


def _percent(value: float) -> str:
    return f"{round(100 * value, 1) + 0.0:.1f}"  # no -0.0


def _share(load: Counter[int]) -> str:
    return f"{max(load.values()) / load.total():.0%}"


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m tests.benchmarks.compare_partitions DATA, the folder of the evaluation data")
    main(Path(sys.argv[1]))
