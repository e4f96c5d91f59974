"""Trains which parties near words of harm are figures to report: `python -m streams.train.claims DATA`.

DATA/incident_claims holds the annotated articles with their five folds; `own_words.jsonl` there and our own annotations
(`annotated.py`) are for training only.
"""

import json
import re
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from streams.domain.extract.argument_binding import parts_of, said_of
from streams.domain.extract.casualty_lexicon import casualty_terms
from streams.domain.extract.claim_candidates import Candidate, candidates
from streams.domain.extract.claim_model import CLAIMS
from streams.domain.extract.counted_parties import find_parties
from streams.domain.text.tokenize import Sentence, sentences, tokens
from streams.domain.text.trained_weights import Weights
from streams.train.annotated import annotated_articles

VICTIMS = frozenset("killed injured missing arrested displaced abducted attacks participants".split())
UNNAMED = frozenset("they them those".split())  # no claim of some that the text does not name
OWN = 5  # the fold of the articles in own words, in no score
RARE = 2  # sentences; a feature met in fewer has no weight
STRENGTH = 0.3  # inverse regularisation
OWN_WEIGHT = 0.7
OWN_SENTENCES = Path(__file__).with_name("claims_own.txt")
LETTERS = {
    "k": "killed", "i": "injured", "m": "missing", "a": "arrested", "d": "displaced", "b": "abducted", "p": "participants",
}  # fmt: skip
_MARKED = re.compile(r"\[([a-z]):([^\]]+)\]")


@dataclass(slots=True)
class Example:
    """One candidate, where its party stands, and whether a claim was annotated there: 1, 0, or -1 for either."""

    candidate: Candidate
    start: int
    end: int
    label: int = 0


def load(data: Path) -> list[dict[str, Any]]:
    """Annotated articles, each with its `fold`, and `scored` of those that scores are of."""
    folder = data / "incident_claims"
    folds = json.loads((folder / "folds.json").read_text("utf-8"))
    own = folder / "own_words.jsonl"
    rows = [json.loads(line) for line in (folder / "docs.jsonl").read_text("utf-8").splitlines()]
    rows += [json.loads(line) for line in own.read_text("utf-8").splitlines()] if own.exists() else []
    rows = [{**r, "fold": folds.get(r["id"], OWN), "scored": r["id"] in folds} for r in rows]
    return rows + [{**r, "scored": False} for r in annotated_articles(data)]


def in_sentence(s: Sentence) -> list[Example]:
    """The candidates of one sentence, unlabelled."""
    words = tokens(s.text, s.start)
    parties, harms = find_parties(words, s.text, s.start), casualty_terms(words)
    bound = [(h, p) for h in harms for p in said_of(words, parties, h)]
    bound += [(h, q) for h, p in bound for q in parts_of(words, parties, p, h)]
    found = candidates(words, parties, harms, bound, whole=s.text[-1] in ".?!…\"'”’")
    return [Example(c, words.start[c.party.first], words.end[c.party.last - 1]) for c in found]


def examples(row: dict[str, Any]) -> list[Example]:
    """The labelled candidates of an article: of several that overlap one annotated span the best fitting counts."""
    out = [e for s in sentences(row["text"]) for e in in_sentence(s)]
    for gold in (c for m in row["mentions"] for c in m["claims"] if c["what"] in VICTIMS):
        nouns = {*gold["of"].lower().split()}
        for q in [gold["quote"], *gold.get("also", [])]:
            fitting = [
                e for e in out
                if e.candidate.harm.what == gold["what"] and e.end > q["start"] and e.start < q["end"]
                and (e.candidate.party.low, e.candidate.party.high) == (gold["min"], gold["max"])
                and (gold["min"] or gold["max"] or e.candidate.party.noun not in UNNAMED)
            ]  # fmt: skip

            def fit(e: Example, q: dict[str, int] = q) -> tuple[bool, bool, int]:
                own = {*row["text"][e.start : e.end].lower().split()}
                return bool(nouns & own), e.candidate.bound, min(q["end"], e.end) - max(q["start"], e.start)  # noqa: B023

            best = max(fitting, key=fit, default=None)
            for e in fitting:
                e.label = 1 if e is best else e.label or -1
    return out


def in_own_words(path: Path = OWN_SENTENCES) -> list[Example]:
    """Candidates of the sentences written for training, labelled by their marks."""
    out: list[Example] = []
    for line in path.read_text("utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        marks: list[tuple[int, int, str]] = []
        text = ""
        at = 0
        for m in _MARKED.finditer(line):
            text += line[at : m.start()]
            marks.append((len(text), len(text) + len(m[2]), LETTERS[m[1]]))
            text += m[2]
            at = m.end()
        text += line[at:]
        here = [e for s in sentences(text) for e in in_sentence(s)]
        for start, end, what in marks:
            fitting = [e for e in here if e.candidate.harm.what == what and e.start < end and e.end > start]
            best = max(fitting, key=lambda e: min(end, e.end) - max(start, e.start), default=None)
            if best is not None:
                best.label = 1
        out += here
    return out


def fit(found: list[tuple[int, Example]]) -> Weights:
    """Weights from examples, each with its fold."""
    found = [(fold, e) for fold, e in found if e.label >= 0]
    seen = Counter(f for _, e in found for f in {*e.candidate.features})
    rows = DictVectorizer()
    x = rows.fit_transform([{f: 1 for f in e.candidate.features if seen[f] >= RARE} for _, e in found])
    y = np.array([e.label for _, e in found])
    weight = np.array([OWN_WEIGHT if fold == OWN else 1.0 for fold, _ in found])
    model = LogisticRegression(C=STRENGTH, max_iter=400).fit(x, y, sample_weight=weight)
    names = rows.get_feature_names_out()
    kept = {str(n): float(w) for n, w in zip(names, model.coef_[0], strict=True) if abs(w) > 0.005}
    return Weights(kept, float(model.intercept_[0]))


def labelled(data: Path) -> list[tuple[int, Example]]:
    """Every labelled candidate with its fold: of the articles, and of the sentences in own words."""
    found = [(row["fold"], e) for row in load(data) for e in examples(row)]
    return found + [(OWN, e) for e in in_own_words()]


def main() -> None:
    """Train on everything; `streams.train.figures` gives the scores on articles left out."""
    found = [*labelled(Path(sys.argv[1]))]
    fit(found).save(CLAIMS.path)
    print(
        f"{len(found)} candidates, {sum(e.label == 1 for _, e in found)} claims; {CLAIMS.path.stat().st_size / 1e3:.0f} kB"
    )


if __name__ == "__main__":
    main()
