"""Streams of many languages that linking learns from: reports in own words, and sets that are no streams."""

import random
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from streams.evaluate.documents import read_rows
from streams.train.rows import RATED, Row, news_of

OWN, HEAD = Path(__file__).parent / "reports_own.txt", 2  # reports, and the lines that say what they are
ONE, TWO = 1.75, 3.0  # ratings of SemEval-2022 Task 8 up to which a pair is of one story, and from which of two
ENOUGH = 500  # pairs that are read
NUMBER = 10  # digits of an article's number; a translation names its language behind them


def rated_pairs(data: Path) -> list[Row]:
    """The articles of pairs rated for likeness, with translations of them; undated.

    Pairs rated between ONE and TWO may be of one story or two, so their stories share a group.
    """
    pairs = read_rows(data / "multilingual" / "similarity" / "pairs.jsonl.gz")[:ENOUGH]
    articles = {
        i: (pair[f"lang_{side}"], pair[side]) for pair in pairs for i, side in zip(_ids(pair), "ab", strict=True)
    }
    numbers = sorted({i[:NUMBER] for i in articles})
    story = _grouped(numbers, [_ids(pair) for pair in pairs if pair["overall"] <= ONE])
    group = _grouped(numbers, [_ids(pair) for pair in pairs if pair["overall"] < TWO])
    rows = [{"id": i, "lang": lang, "text": text} for i, (lang, text) in articles.items()]
    return [Row(i, f"{RATED} {group[i[:NUMBER]]} {story[i[:NUMBER]]}", mention) for i, mention in news_of(rows)]


def headlines(data: Path) -> list[Row]:
    """Headlines of ten events in fifteen languages, and of look-alikes at other places with other tolls; undated."""
    rows = read_rows(data / "multilingual" / "headlines" / "headlines.jsonl.gz")
    gold = {r["id"]: r for r in rows}
    return [
        Row(i, f"headlines {i if gold[i].get('hard') else gold[i]['event']}", mention)
        for i, mention in news_of({"id": r["id"], "lang": r["lang"], "title": r["text"]} for r in rows)
    ]


def own_reports() -> list[Row]:
    """Short reports in thirty languages of incidents and their look-alikes, written for training; undated ones come last."""
    found: list[tuple[str, dict[str, str | None]]] = []
    incident = ""
    for line in OWN.read_text("utf-8").splitlines()[HEAD:]:
        if line.startswith("# "):
            incident = line.removeprefix("# ")
            continue
        lang, day, title, text = line.split("\t")
        row = {
            "id": str(len(found)),
            "lang": lang,
            "published": None if day == "-" else day,
            "title": title,
            "text": text,
        }
        found.append((incident, row))
    random.Random(11).shuffle(found)  # noqa: S311 - an order, not a secret
    found.sort(key=lambda told: told[1]["published"] or "later")
    incidents = {str(row["id"]): incident for incident, row in found}
    return [Row(i, f"own {incidents[i]}", mention) for i, mention in news_of(row for _, row in found)]


def _ids(pair: dict[str, str]) -> list[str]:
    return pair["id"].split("_")


def _grouped(numbers: list[str], joined: Iterable[list[str]]) -> dict[str, int]:
    """The group of each article's number, those of joined pairs and of their chains in one."""
    at = {number: n for n, number in enumerate(numbers)}
    ends = np.array([[at[i[:NUMBER]] for i in ids] for ids in joined]).T
    graph = coo_array((np.ones(ends.shape[1]), (ends[0], ends[1])), shape=(len(at), len(at)))
    _, group = connected_components(graph, directed=False)
    return dict(zip(numbers, group.tolist(), strict=True))
