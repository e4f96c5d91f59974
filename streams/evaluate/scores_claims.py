"""Metrics of incident mentions and claims against annotated articles.

Mentions are paired one to one by evidence, family, day and place; claims, over the whole document, by figure and
overlapping quote. Predicted mentions with the role `story` report no incident and are left out.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from math import inf
from typing import Any

from streams.evaluate.scores import Row, Rows, Scores, harmonic, kilometres, share

HARM = frozenset("killed injured missing arrested displaced abducted attacks participants".split())
EVIDENCE = 0.3  # share of the shorter span that two mentions' evidence has in common at least
NEAR_KM = 100
EARTH_RATIO = 6371.0 / 6371.0088  # the annotators' scorer takes a rounder earth
_SMALL = frozenset(
    "the a an of and in on at for to from by near north south east west northern southern eastern western".split()
)


class _Tally:
    """Counts of yes-or-no judgements and of hits, gold and predicted of what is found."""

    def __init__(self) -> None:
        self.right: Counter[str] = Counter()
        self.asked: Counter[str] = Counter()
        self.found: dict[str, list[int]] = {}
        self.count: Counter[str] = Counter()

    def judge(self, name: str, right: object) -> None:
        self.right[name] += bool(right)
        self.asked[name] += 1

    def find(self, name: str, hits: int, gold: int, predicted: int) -> None:
        known = self.found.setdefault(name, [0, 0, 0])
        self.found[name] = [a + b for a, b in zip(known, (hits, gold, predicted), strict=True)]


def claims_scores(gold: Rows, said: Rows) -> Scores:
    """One flat dictionary: `mentions_f1`, `claims_victims_f1`, `role_accuracy` and the like, with their counts.

    Precision, recall and F1 are `_p`, `_r`, `_f1` with counts `_tp`, `_gold`, `_pred`; an accuracy has its number
    of cases under `_n` and is None without any.
    """
    tally = _Tally()
    for i, row in gold.items():
        answers = (said[i].get("mentions") or []) if i in said else []
        guesses = [m for m in answers if m.get("role") != "story"]
        pairs = paired(row["mentions"], guesses)
        _judge_mentions(tally, row["mentions"], guesses, pairs)
        _judge_mains(tally, row["mentions"], guesses, dict(pairs))
        _judge_claims(tally, row["mentions"], guesses, dict(pairs))
    result: Scores = {"docs": len(gold), "docs_predicted": sum(i in said for i in gold)}
    for name in ("mentions", "claims", "claims_numeric", "claims_victims", "claim_values_per_doc"):
        hits, wanted, given = tally.found.get(name, (0, 0, 0))
        for rate, value in harmonic(share(hits, given), share(hits, wanted)).items():
            result[f"{name}_{_SHORT[rate]}"] = value
        result |= {f"{name}_tp": hits, f"{name}_gold": wanted, f"{name}_pred": given}
    for name in _ACCURACIES:
        asked = tally.asked[name]
        result |= {name: tally.right[name] / asked if asked else None, f"{name}_n": asked}
    n = tally.count
    return result | {
        "background_not_main_as_main": n["background_as_main"],
        "background_not_main_follow_up_as_main": n["follow_up_as_main"],
        "false_alarms_total": n["alarms"],
        "false_alarms_per_doc": n["alarms"] / (len(gold) or 1),
        "false_alarms_docs_without_main": n["quiet_documents"],
        "false_alarms_in_docs_without_main": n["quiet_alarms"],
        "false_alarms_extra_mains_at_a_gold_main": n["extra_mains"],
    }


_SHORT = {"precision": "p", "recall": "r", "f1": "f1"}
_ACCURACIES = (
    "family_accuracy", "main_found", "main_found_as_main", "place_country_accuracy", "place_within_100km",
    "time_day_accuracy", "time_period_agrees", "role_accuracy", "background_not_main", "claims_in_own_mention",
    "attribution_accuracy", "attribution_accuracy_named",
)  # fmt: skip


def _judge_mentions(tally: _Tally, wanted: Sequence[Row], guesses: Sequence[Row], pairs: list[tuple[int, int]]) -> None:
    found = 0
    for g, p in pairs:
        true, guess = wanted[g], guesses[p]
        role, said = true["role"], guess.get("role")
        tally.judge("role_accuracy", role == said)
        if role in ("background", "aggregate"):
            tally.judge("background_not_main", said != "main")
            tally.count["background_as_main"] += said == "main"
        tally.count["follow_up_as_main"] += role == "follow-up" and said == "main"
        if "statement" in (role, said):
            continue
        found += 1
        tally.judge("family_accuracy", _family(guess) in _families(true))
        if place := true["place"]:
            countries = {place["country"], *place.get("alt_countries", [])}
            tally.judge("place_country_accuracy", _country(guess) in countries)
            if place["lat"] is not None:
                tally.judge("place_within_100km", _distance(place, guess.get("place") or {}) <= NEAR_KM)
        if true["time"]:
            tally.judge("time_period_agrees", _periods_agree(_period(true), _period(guess)))
            if true["time"]["precision"] == "day":
                tally.judge("time_day_accuracy", _same_day(true, guess))
    told = [sum(m.get("role") != "statement" for m in mentions) for mentions in (wanted, guesses)]
    tally.find("mentions", found, told[0], told[1])


def _judge_mains(tally: _Tally, wanted: Sequence[Row], guesses: Sequence[Row], paired: dict[int, int]) -> None:
    mains = [g for g, mention in enumerate(wanted) if mention["role"] == "main"]
    tally.count["quiet_documents"] += not mains
    for g in mains:
        role = guesses[paired[g]].get("role") if g in paired else "statement"
        tally.judge("main_found", role != "statement")
        tally.judge("main_found_as_main", role == "main")
    right = {paired[g] for g in mains if g in paired}
    for p, guess in enumerate(guesses):
        if guess.get("role") != "main" or p in right:
            continue
        if any(_place_words(wanted[g]) & _place_words(guess) or _overlap(wanted[g], guess)[0] for g in mains):
            tally.count["extra_mains"] += 1
        else:
            tally.count["alarms"] += 1
            tally.count["quiet_alarms"] += not mains


def _judge_claims(tally: _Tally, wanted: Sequence[Row], guesses: Sequence[Row], paired: dict[int, int]) -> None:
    gold = [(g, claim) for g, mention in enumerate(wanted) for claim in mention["claims"]]
    given = [(p, claim) for p, mention in enumerate(guesses) for claim in mention.get("claims") or []]
    pairs = _pair([c for _, c in gold], [c for _, c in given], _claim_score)
    kinds: tuple[tuple[str, Callable[[Row], bool]], ...] = (
        ("claims", bool),
        ("claims_numeric", _numeric),
        ("claims_victims", lambda c: c.get("what") in HARM and _numeric(c)),
    )
    for name, keep in kinds:
        hits = sum(keep(gold[x][1]) for x, _ in pairs)
        tally.find(name, hits, sum(keep(c) for _, c in gold), sum(keep(c) for _, c in given))
    values, said = _values(c for _, c in gold), _values(c for _, c in given)
    tally.find("claim_values_per_doc", len(values & said), len(values), len(said))
    for x, y in pairs:
        same = _same_source(gold[x][1], given[y][1])
        tally.judge("attribution_accuracy", same)
        if gold[x][1]["attributed_to"]:
            tally.judge("attribution_accuracy_named", same)
        tally.judge("claims_in_own_mention", paired.get(gold[x][0]) == given[y][0])


def paired(wanted: Sequence[Row], guesses: Sequence[Row]) -> list[tuple[int, int]]:
    """Places of the mentions that are matched one to one: of the annotated one, of the predicted one."""
    return _pair(wanted, guesses, _mention_score)


def _pair(wanted: Sequence[Row], guesses: Sequence[Row], score: Callable[[Row, Row], float]) -> list[tuple[int, int]]:
    """One to one, best scores first, 0 never."""
    options = [(-score(w, p), g, k) for g, w in enumerate(wanted) for k, p in enumerate(guesses)]
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for worth, g, k in sorted(options):
        if worth < 0 and g not in pairs and k not in taken:
            pairs[g] = k
            taken.add(k)
    return list(pairs.items())


def _mention_score(true: Row, guess: Row) -> float:
    covered, union = _overlap(true, guess)
    family = _family(guess) in _families(true)
    day, place = _same_day(true, guess), bool(_place_words(true) & _place_words(guess))
    if covered < EVIDENCE and not (family and day and place):
        return 0.0
    role, said = true.get("role"), guess.get("role")
    roles = 0.75 * ((role == "statement") == (said == "statement")) + 0.25 * (role == said)
    return covered + union + family + 0.5 * day + 0.5 * place + roles


def _claim_score(true: Row, guess: Row) -> float:
    if guess.get("what") != true["what"] or (guess.get("min"), guess.get("max")) != (true["min"], true["max"]):
        return 0.0
    covered, union = _overlap(true, guess, "quote")
    if not covered:
        return 0.0
    of = 0.5 * bool(_words(true["of"]) & _words(guess.get("of")))
    return 1 + covered + union + _same_source(true, guess) + of


def _overlap(true: Row, guess: Row, key: str = "evidence") -> tuple[float, float]:
    """Share of the shorter span covered, and intersection over union, of the best pair of spans."""
    best = (0.0, 0.0)
    for a in _spans(true, key):
        for b in _spans(guess, key):
            common = min(a["end"], b["end"]) - max(a["start"], b["start"])
            if common > 0:
                lengths = a["end"] - a["start"], b["end"] - b["start"]
                both = common / min(lengths), common / (sum(lengths) - common)
                best = max(best, both, key=sum)
    return best


def _spans(one: Row, key: str) -> list[Row]:
    spans = [one.get(key), *(one.get("also") or [])]
    return [s for s in spans if isinstance(s, dict) and "start" in s and "end" in s]


def _same_source(true: Row, guess: Row) -> bool:
    a, b = _words(true["attributed_to"]), _words(guess.get("attributed_to"))
    return a == b or bool(a and b and (a <= b or b <= a))


def _values(claims: Iterable[Row]) -> set[tuple[Any, Any, Any]]:
    return {(c.get("what"), c.get("min"), c.get("max")) for c in claims if _numeric(c)}


def _numeric(claim: Row) -> bool:
    return claim.get("min") is not None or claim.get("max") is not None


def _family(mention: Row) -> str:
    return str(mention.get("family") or mention.get("type") or "").split("/", maxsplit=1)[0]


def _families(true: Row) -> set[str]:
    return {true["family"], *true.get("alt_families", [])}


def _country(mention: Row) -> str:
    return str((mention.get("place") or {}).get("country") or "").upper()


def _distance(true: Row, guess: Row) -> float:
    if guess.get("lat") is None or guess.get("lon") is None:
        return inf
    points = ((float(p["lat"]), float(p["lon"])) for p in (true, guess))
    return kilometres(*points) * EARTH_RATIO


def _place_words(mention: Row) -> set[str]:
    return {w for w in _words((mention.get("place") or {}).get("name")) if len(w) > 2}


def _words(text: Any) -> set[str]:
    return set(re.findall(r"\w+", str(text or "").lower())) - _SMALL


def _period(mention: Row) -> tuple[date, date] | None:
    time: Any = mention.get("time")
    try:
        start, end = (time, time) if isinstance(time, str) else (time["start"], time.get("end") or time["start"])
        return date.fromisoformat(start[:10]), date.fromisoformat(end[:10])
    except (TypeError, KeyError, ValueError):
        return None


def _same_day(true: Row, guess: Row) -> bool:
    """The predicted day lies within the gold's day or short run of days."""
    a, b = _period(true), _period(guess)
    if not a or not b or true["time"].get("precision") != "day":
        return False
    return a[0] <= b[0] <= a[1] and (b[1] - b[0]).days <= 7


def _periods_agree(true: tuple[date, date] | None, guess: tuple[date, date] | None) -> bool:
    """They overlap, and the prediction is not much longer."""
    if not true or not guess:
        return False
    longest = 2 * (true[1] - true[0]).days + 7
    return true[0] <= guess[1] and guess[0] <= true[1] and (guess[1] - guess[0]).days <= longest
