"""Metrics of the tasks over many languages, from gold rows and prediction rows by id; overall, then by language.

A gold row without a prediction is wrong or "nothing found", never left out. The names of a language's own figures begin
with its code: `ar_f1`. Pairs of two languages have both: `de-en_auc`.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from statistics import fmean
from typing import Any

from streams.evaluate.scores import Row, Rows, Scores, rates, share

ALIKE = 2  # greatest `overall` of a pair that counts as alike
NAMES = 3  # names of one place that are looked at


def similarity_scores(gold: Rows, pred: Rows) -> Scores:
    """Area under the curve of pairs alike against the rest, and correlation with `overall` turned round.

    A pair without a score takes the worst one given. `cross_` are pairs of two languages, `original_` those whose texts
    both stand as published.
    """
    said = {i: float(pred[i]["score"]) for i in gold.keys() & pred.keys() if pred[i].get("score") is not None}
    low, high = min(said.values(), default=0.0), max(said.values(), default=0.0)
    rows = [(said.get(i, low - 1 if d["overall"] <= ALIKE else high + 1), d) for i, d in gold.items()]
    cross = [(s, d) for s, d in rows if d["lang_a"] != d["lang_b"]]
    original = [(s, d) for s, d in rows if d.get("made_a") == d.get("made_b") == "original"]
    groups: dict[str, list[tuple[float, Row]]] = defaultdict(list)
    for score, d in rows:
        groups[f"{d['lang_a']}-{d['lang_b']}_"].append((score, d))
    out = _pairs(rows, "") | _pairs(cross, "cross_") | _pairs(original, "original_")
    for name, some in sorted(groups.items()):
        out |= _pairs(some, name)
    return out


def _pairs(rows: Sequence[tuple[float, Row]], prefix: str) -> Scores:
    alike, rest = ([s for s, d in rows if (d["overall"] <= ALIKE) is side] for side in (True, False))
    correlation = _pearson([s for s, _ in rows], [-d["overall"] for _, d in rows])
    return {
        f"{prefix}pairs": len(rows),
        f"{prefix}alike": len(alike),
        f"{prefix}auc": _auc(alike, rest),
        f"{prefix}pearson": correlation,
    }


def _auc(positives: Sequence[float], negatives: Sequence[float]) -> float | None:
    """Chance that a positive scores higher than a negative, ties half; None without both kinds."""
    if not positives or not negatives:
        return None
    ordered = sorted(negatives)
    return (
        sum(bisect_left(ordered, p) + bisect_right(ordered, p) for p in positives)
        / 2
        / (len(positives) * len(negatives))
    )


def _pearson(xs: Sequence[float], ys: Sequence[float]) -> float | None:
    """Correlation; 0 where one side does not vary, None under two points."""
    if len(xs) < 2:
        return None
    mx, my = fmean(xs), fmean(ys)
    sxx, syy = sum((x - mx) ** 2 for x in xs), sum((y - my) ** 2 for y in ys)
    if not sxx * syy:
        return 0.0
    return float(sum((x - mx) * (y - my) for x, y in zip(xs, ys, strict=True)) / (sxx * syy) ** 0.5)


def types_scores(gold: Rows, pred: Rows) -> Scores:
    """Labels in a set's own words: exactly right, at least one right, macro F1 over the gold's labels, micro F1."""

    def labels(row: Row | None) -> set[str] | None:
        return None if row is None else {row["label"]} - {None} if "label" in row else set(row["labels"])

    def measure(ids: Sequence[str]) -> Scores:
        truth = {i: labels(gold[i]) or set() for i in ids}
        guess = {i: labels(pred.get(i)) for i in ids}
        support = Counter(x for s in truth.values() for x in s)
        said = Counter(x for s in guess.values() for x in s or ())
        hits = Counter(x for i in ids for x in truth[i] & (guess[i] or set()))
        return {
            "labels": len(support),
            "accuracy": share(sum(truth[i] == guess[i] for i in ids), len(ids)),
            "hit_rate": share(sum(truth[i] == guess[i] or bool(truth[i] & (guess[i] or set())) for i in ids), len(ids)),
            "macro_f1": share(sum(share(2 * hits[x], n + said[x]) for x, n in support.items()), len(support)),
            "micro_f1": share(2 * hits.total(), support.total() + said.total()),
        }

    return _by_language(gold, measure)


def spans_scores(gold: Rows, pred: Rows) -> Scores:
    """Place-name spans: exact, and `partial_*` where any overlap will do, one predicted span to one gold span."""

    def measure(ids: Sequence[str]) -> Scores:
        c: Counter[str] = Counter()
        for i in ids:
            spans, guesses = gold[i]["places"], (pred.get(i) or {}).get("places") or []
            touching = [
                ((g["start"], g["end"]) != (p["start"], p["end"]), -_overlap(g, p), k, m)
                for k, g in enumerate(spans) for m, p in enumerate(guesses) if _overlap(g, p) > 0
            ]  # fmt: skip
            used_gold: set[int] = set()
            used_pred: set[int] = set()
            for inexact, _, k, m in sorted(touching):
                if k not in used_gold and m not in used_pred:
                    used_gold.add(k)
                    used_pred.add(m)
                    c.update(partial=1, exact=int(not inexact))
            c.update(
                gold=len(spans), predicted=len(guesses), empty=int(not spans), alarms=int(not spans and bool(guesses))
            )
        return {
            "gold_places": c["gold"], "predicted_places": c["predicted"],
            **rates(c["exact"], c["predicted"], c["gold"]),
            **rates(c["partial"], c["predicted"], c["gold"], "partial_"),
            "false_alarm_rate": share(c["alarms"], c["empty"]),
        }  # fmt: skip

    return _by_language(gold, measure)


def _overlap(a: Row, b: Row) -> int:
    return int(min(a["end"], b["end"]) - max(a["start"], b["start"]))


def headlines_scores(gold: Rows, pred: Rows) -> Scores:
    """Figures, place and pairing with the English headline of the same event, the `hard` ones left out."""
    english = {i for i, d in gold.items() if d["lang"] == "en"}
    target = {d["event"]: i for i, d in gold.items() if i in english and not d.get("hard")}
    scored = {i: d for i, d in gold.items() if not d.get("hard")}

    def figure(i: str, key: str) -> bool:
        return i in pred and (pred[i].get(key) or 0) == (gold[i][key] or 0)

    def found(i: str) -> bool:
        names = (pred.get(i) or {}).get("place") or []
        said = [_fold(n) for n in ([names] if isinstance(names, str) else names)[:NAMES]]
        return any(_fold(g) in s for g in [gold[i]["place"], *gold[i].get("place_alt", [])] for s in said)

    def reciprocal(i: str) -> float:
        ranking = [*dict.fromkeys(r for r in map(str, (pred.get(i) or {}).get("ranking") or []) if r in english)]
        right = target[gold[i]["event"]]
        return 1 / (ranking.index(right) + 1) if right in ranking else 0.0

    def measure(ids: Sequence[str]) -> Scores:
        out: Scores = {"headlines": len(ids)}
        for key in ("killed", "injured"):
            above = [i for i in ids if gold[i][key]]
            out[f"{key}_exact"] = share(sum(figure(i, key) for i in ids), len(ids))
            out[f"{key}_positive_exact"] = share(sum(figure(i, key) for i in above), len(above)) if above else None
        ranks = [reciprocal(i) for i in ids if i not in english]
        return out | {
            "place_found": share(sum(map(found, ids)), len(ids)), "ranked": len(ranks),
            "mrr": fmean(ranks) if ranks else None,
            "top1": share(sum(r == 1 for r in ranks), len(ranks)) if ranks else None,
        }  # fmt: skip

    return _by_language(scored, measure) | {"english_pool": len(english)}


def _fold(name: Any) -> str:
    """Lower case without accents or punctuation, words set apart by one blank, a blank at each end."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", str(name)) if not unicodedata.combining(c))
    return " ".join(["", *re.findall(r"[^\W_]+", plain.casefold()), ""])


def _by_language(gold: Rows, measure: Callable[[Sequence[str]], Scores]) -> Scores:
    out = measure([*gold])
    groups: dict[str, list[str]] = defaultdict(list)
    for i, row in gold.items():
        groups[row["lang"]].append(i)
    for lang, ids in sorted(groups.items()) if len(groups) > 1 else ():
        out |= {f"{lang}_{name}": value for name, value in measure(ids).items()}
    return out


def is_labelled(rows: Iterable[Row], task: str) -> bool:
    """Whether rows carry the gold of a task over many languages."""
    field = {"similarity": "overall", "headlines": "killed"}
    every = [r for r in rows if not r.get("hard")]
    if task == "types":
        return all("label" in r or "labels" in r for r in every)
    return all(field[task] in r for r in every)
