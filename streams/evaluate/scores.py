"""Metrics of every evaluation task but claims, from gold rows and prediction rows by id.

A gold document without a prediction is wrong or "nothing found", never left out. Rates are 0 to 1, distances
kilometres, and every function gives one flat dictionary.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import combinations
from math import asin, comb, cos, log, radians, sin, sqrt
from statistics import fmean, median
from typing import Any

Row = Mapping[str, Any]
Rows = Mapping[str, Row]
Scores = dict[str, Any]
EARTH_KM = 6371.0088
NEAR_KM = 161  # a hundred miles, the usual threshold of geoparsing papers


def share(part: float, whole: float) -> float:
    """The share of a part in the whole; 0 of nothing."""
    return part / whole if whole else 0.0


def rates(hits: float, predicted: float, gold: float, prefix: str = "") -> Scores:
    """Precision, recall and their harmonic mean from counts."""
    return harmonic(share(hits, predicted), share(hits, gold), prefix)


def harmonic(precision: float, recall: float, prefix: str = "") -> Scores:
    """Precision, recall and F1 under their names."""
    f1 = share(2 * precision * recall, precision + recall)
    return {f"{prefix}precision": precision, f"{prefix}recall": recall, f"{prefix}f1": f1}


class Groups:
    """Union-find over ids."""

    def __init__(self) -> None:
        self._up: dict[str, str] = {}

    def find(self, one: str) -> str:
        """The representative of the group of an id."""
        while (up := self._up.get(one, one)) != one:
            self._up[one] = self._up.get(up, up)
            one = up
        return one

    def join(self, one: str, other: str) -> None:
        """Makes two groups one."""
        self._up[self.find(one)] = self.find(other)


def _copy_groups(said: Rows) -> Groups:
    """Groups of copies and what they are copies of, which is transitive."""
    groups = Groups()
    for one, row in said.items():
        if row.get("copy_of") is not None:
            groups.join(one, str(row["copy_of"]))
    return groups


def merge_scores(gold: Rows, said: Rows) -> Scores:
    """Pairs that dedupe puts into one group, and how many of them report no incident in common.

    A document reports its `cluster`, or of all its `clusters` where it has such.
    """
    groups, together = _copy_groups(said), defaultdict(list)
    for one, row in gold.items():
        together[groups.find(one)].append(set(map(str, row.get("clusters") or [row["cluster"]])))
    pairs = [pair for group in together.values() for pair in combinations(group, 2)]
    return {"pairs_merged": len(pairs), "merges_across_incidents": sum(a.isdisjoint(b) for a, b in pairs)}


def dedupe_scores(gold: Rows, said: Rows, pairs: Iterable[Row], min_words: int = 0) -> Scores:
    """Pairs within one predicted group (copies are transitive) against labelled pairs.

    A predicted pair without a label is a false merge, one labelled null is ignored. Documents with fewer words in
    `text` than `min_words` are not scored, though they may link others.
    """
    groups = _copy_groups(said)
    counted = {i for i, row in gold.items() if not min_words or _word_count(row) >= min_words}
    sizes = Counter(map(groups.find, counted)).values()
    predicted = sum(comb(n, 2) for n in sizes)
    labels: dict[frozenset[str], bool | None] = {frozenset((str(p["a"]), str(p["b"]))): p["is_dup"] for p in pairs}
    tally: Counter[tuple[bool | None, bool]] = Counter()
    for pair, label in labels.items():
        if pair <= counted:
            tally[label, len({groups.find(i) for i in pair}) == 1] += 1
    hits, ignored, true_pairs = tally[True, True], tally[None, True], tally[True, True] + tally[True, False]
    return {
        "documents": len(counted),
        **rates(hits, predicted - ignored, true_pairs),
        "true_pairs": true_pairs,
        "predicted_pairs": predicted,
        "ignored_pairs": ignored,
        "false_merges": predicted - hits - ignored,
        "false_merges_labelled": tally[False, True],
        "copies": sum(sizes) - len(sizes),
        "largest_group": max(sizes, default=0),
    }


def _word_count(row: Row) -> int:
    return len(re.findall(r"\w+", row.get("text") or ""))


def link_scores(gold: Rows, said: Rows) -> Scores:
    """B-cubed (Bagga and Baldwin 1998), pairwise F1 and V-measure (Rosenberg and Hirschberg 2007) of clusters.

    `multi_` looks only at documents whose gold cluster has several. A document without a predicted cluster stands
    alone; `singletons_bcubed_f1` is what putting every document alone would score.
    """
    truth = {i: str(row["cluster"]) for i, row in gold.items()}
    found: dict[str, tuple[str, str]] = {}
    for i in truth:
        cluster = said[i].get("cluster") if i in said else None
        found[i] = ("alone", i) if cluster is None else ("cluster", str(cluster))
    cells = Counter((truth[i], found[i]) for i in truth)
    gold_sizes, found_sizes = Counter(truth.values()), Counter(found.values())
    several = {c for c, n in gold_sizes.items() if n > 1}
    both = _entropy(gold_sizes, len(truth)) + _entropy(found_sizes, len(truth))
    shared = both - _entropy(cells, len(truth))
    return {
        "documents": len(truth),
        "gold_clusters": len(gold_sizes),
        "clusters": len(found_sizes),
        **_b_cubed(cells, gold_sizes, found_sizes, set(gold_sizes), "bcubed_"),
        "singletons_bcubed_f1": share(2 * len(gold_sizes), len(gold_sizes) + len(truth)),
        **_b_cubed(cells, gold_sizes, found_sizes, several, "multi_bcubed_"),
        **rates(_pairs(cells), _pairs(found_sizes), _pairs(gold_sizes), "pairwise_"),
        "v_measure": 2 * shared / both if both else 1.0,
    }


def _b_cubed(
    cells: Counter[tuple[str, tuple[str, str]]],
    gold: Counter[str],
    found: Counter[tuple[str, str]],
    clusters: set[str],
    prefix: str,
) -> Scores:
    inside = [(c, f, n) for (c, f), n in cells.items() if c in clusters]
    documents = sum(n for *_, n in inside)
    precision = share(sum(n * n / found[f] for _, f, n in inside), documents)
    return harmonic(precision, share(sum(n * n / gold[c] for c, _, n in inside), documents), prefix)


def _pairs(counts: Counter[Any]) -> int:
    return sum(comb(n, 2) for n in counts.values())


def _entropy(counts: Counter[Any], total: int) -> float:
    return -sum(n / total * log(n / total) for n in counts.values())


def classify_scores(gold: Rows, said: Rows) -> Scores:
    """F1 over the gold's labels, weighted by support and macro; a label that the gold lacks is a miss."""
    answers = {i: (row["label"], said.get(i, {}).get("label")) for i, row in gold.items()}
    support = Counter(label for label, _ in answers.values())
    given = Counter(guess for _, guess in answers.values())
    right = Counter(label for label, guess in answers.values() if label == guess)
    f1 = {label: 2 * right[label] / (n + given[label]) for label, n in support.items()}
    return {
        "documents": len(answers),
        "labels": len(support),
        "accuracy": share(right.total(), len(answers)),
        "weighted_f1": share(sum(f1[label] * n for label, n in support.items()), len(answers)),
        "macro_f1": share(sum(f1.values()), len(f1)),
    }


def kilometres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Great-circle distance of two (latitude, longitude) pairs in degrees, by the haversine formula."""
    lat1, lon1, lat2, lon2 = map(radians, (*a, *b))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(min(1.0, half)))


def casualties_scores(gold: Rows, said: Rows, incidents: Iterable[Row] | None = None) -> Scores:
    """Exact counts of killed and injured per document; null reads as 0, a document without a line is wrong.

    With incidents, a document of one incident takes its counts. `zero_floor` is what answering 0 would score.
    """
    truth = _counted(gold, incidents)
    result: Scores = {"documents": len(truth), "answered": sum(i in said for i in truth)}
    exact = {i: i in said for i in truth}
    for key in ("killed", "injured"):
        guess = {i: (said[i].get(key) or 0) if i in said else None for i in truth}
        right = {i: guess[i] == row[key] for i, row in truth.items()}
        harmed = [i for i, row in truth.items() if row[key] > 0]
        exact = {i: exact[i] and right[i] for i in truth}
        result |= {
            f"{key}_accuracy": share(sum(right.values()), len(truth)),
            f"{key}_zero_floor": share(len(truth) - len(harmed), len(truth)),
            f"{key}_positive_documents": len(harmed),
            f"{key}_positive_accuracy": share(sum(right[i] for i in harmed), len(harmed)),
            f"{key}_mae": share(sum(abs((guess[i] or 0) - row[key]) for i, row in truth.items()), len(truth)),
        }
    return result | {"both_accuracy": share(sum(exact.values()), len(truth))}


def _counted(gold: Rows, incidents: Iterable[Row] | None) -> dict[str, Row]:
    rows: dict[str, Row] = dict(gold)
    if incidents is not None:
        counts = {str(row["cluster"]): row for row in incidents}
        alone = {i: str(row["cluster"]) for i, row in gold.items() if len(row.get("clusters") or [""]) == 1}
        rows = {i: counts[cluster] for i, cluster in alone.items() if cluster in counts}
    return {i: r for i, r in rows.items() if r.get("killed") is not None and r.get("injured") is not None}


def places_scores(gold: Rows, said: Rows) -> Scores:
    """Toponyms found, one to one by overlapping span, and the distance of those with gold coordinates.

    Where the gold marks types, only toponyms with coordinates count, and predictions that touch the others are
    neither right nor wrong. A matched toponym predicted without coordinates is wrong for `accuracy_161km`.
    """
    typed = any("type" in t for row in gold.values() for t in row["toponyms"])
    tally: Counter[str] = Counter()
    errors: list[float] = []
    for i, row in gold.items():
        guesses = list((said[i].get("toponyms") or []) if i in said else [])
        unlocated = {_span(t): t for t in row["toponyms"] if t.get("lat") is None}
        located = {_span(t): t for t in row["toponyms"] if t.get("lat") is not None}
        wanted = list((located if typed else unlocated | located).values())
        matched = _matched(wanted, guesses)
        spare = [guess for k, guess in enumerate(guesses) if k not in matched.values()]
        ignored = sum(typed and any(_overlap(guess, t) > 0 for t in unlocated.values()) for guess in spare)
        tally.update(
            gold=len(wanted),
            located=len(located),
            predicted=len(guesses) - ignored,
            ignored=ignored,
            overlap=len(matched),
            exact=sum(_span(wanted[g]) == _span(guesses[p]) for g, p in matched.items()),
        )
        for g, p in matched.items():
            true, guess = wanted[g], guesses[p]
            if true.get("lat") is None:
                continue
            tally["matched_located"] += 1
            if guess.get("lat") is not None and guess.get("lon") is not None:
                errors.append(kilometres(_point(true), _point(guess)))
    near = sum(error <= NEAR_KM for error in errors)
    return {
        "documents": len(gold),
        "gold_toponyms": tally["gold"],
        "gold_with_coordinates": tally["located"],
        "predicted_toponyms": tally["predicted"],
        "ignored_predictions": tally["ignored"],
        **rates(tally["overlap"], tally["predicted"], tally["gold"]),
        **rates(tally["exact"], tally["predicted"], tally["gold"], "exact_"),
        "accuracy_161km": share(near, tally["matched_located"]),
        "resolved": share(len(errors), tally["matched_located"]),
        "mean_error_km": fmean(errors) if errors else None,
        "median_error_km": median(errors) if errors else None,
        "end_to_end_recall": share(near, tally["located"]),
    }


def _matched(wanted: list[Row], guesses: list[Row]) -> dict[int, int]:
    """Prediction of each gold toponym: same spans first, then the larger overlap."""
    touching = [
        (_span(w) != _span(p), -_overlap(w, p), g, k)
        for g, w in enumerate(wanted)
        for k, p in enumerate(guesses)
        if _overlap(w, p) > 0
    ]
    matched: dict[int, int] = {}
    taken: set[int] = set()
    for *_, g, k in sorted(touching):
        if g not in matched and k not in taken:
            matched[g] = k
            taken.add(k)
    return matched


def _span(one: Row) -> tuple[int, int]:
    return one["start"], one["end"]


def _overlap(one: Row, other: Row) -> int:
    return int(min(one["end"], other["end"]) - max(one["start"], other["start"]))


def _point(one: Row) -> tuple[float, float]:
    return float(one["lat"]), float(one["lon"])
