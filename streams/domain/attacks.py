"""Armed attacks in a report, for the record keeper: kind, place, who did it, who and what was hit.

The kinds are those of MUC-4. Two layers of logistic regression, fitted by `train/attacks.py`: one reads each sentence,
one weighs the sentences of a report; a third marks the words that name perpetrators, victims, objects and places.
Case of letters plays no part, since reports of record often come in capitals.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from streams.domain.terms import gist_terms, part_of, tokens, word_terms
from streams.domain.types import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]

MODEL = Path(__file__).parent / "models" / "attacks.npz"
KINDS = ("ATTACK", "BOMBING", "KIDNAPPING", "ARSON", "ROBBERY")
MARKS = ("none", "perp_org", "perp_individual", "hum_tgt_name", "phys_tgt", "place")
_AROUND = frozenset(("perp_org", "perp_individual", "place"))
_MARKUP = re.compile(r"\[[^\[\]]{0,80}\]")
_PARAGRAPH = re.compile(r"\n\s*\n|\n(?=   )")
_SENTENCE = re.compile(r"(?<=[.?!])[\"\]]*\s+(?=[\"\[(]?[A-Z])")
WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|[,.;:()\"]", re.UNICODE)
_SHORTEST = 15
_RUN_ON = 0.4  # share of the threshold at which a word still continues the name before it


@dataclass(slots=True)
class Attack:
    """One attack: its kind (MUC-4's), how sure the reader is, its sentences and the words that fill its parts.

    Who did it and where is often told in the sentences that follow (`around`), what was hit is not.
    """

    kind: str
    probability: float
    sentences: list[str]
    around: list[str]
    parts: dict[str, list[str]] = field(default_factory=dict)


def split(text: str) -> list[str]:
    """Sentences of a report in any case, editors' brackets left out."""
    paragraphs = (re.sub(r"\s+", " ", p).strip() for p in _PARAGRAPH.split(_MARKUP.sub(" ", text)))
    return [s for p in paragraphs for s in _SENTENCE.split(p) if len(s) > _SHORTEST]


def terms_of(text: str) -> list[str]:
    """What a sentence or a report is weighed by: words, pairs, and gist marked by `=`."""
    words = tokens(text)
    return [*word_terms(words), *(f"={g}" for g in gist_terms(words))]


def word_features(words: Sequence[str], at: int, kind: str) -> list[str]:
    """What tells the part a word plays: itself, its neighbours, the nearest known parts, the sentence's kind."""
    here = words[at]

    def near(step: int) -> str:
        return words[at + step] if 0 <= at + step < len(words) else "^"

    left = next((p for w in reversed(words[max(0, at - 6) : at]) if (p := part_of(w))), "")
    right = next((p for w in words[at + 1 : at + 7] if (p := part_of(w))), "")
    return [
        f"0{here}", f"-1{near(-1)}", f"+1{near(1)}", f"-2{near(-2)}", f"+2{near(2)}", f"-3{near(-3)}", f"+3{near(3)}",
        f"-1{near(-1)} {here}", f"+1{here} {near(1)}", f"-2{near(-2)} {near(-1)}", f"+2{near(1)} {near(2)}",
        f"e{here[-3:]}", f"b{here[:4]}", f"p{part_of(here)}", f"l{left}", f"r{right}", f"k{kind}", f"k{kind} {left}",
        f"k{kind} {part_of(here)}", f"l{left} {near(-1)}",
    ]  # fmt: skip


def report_features(report: Floats, sentences: Floats, kind: int) -> list[float]:
    """What a kind's presence is judged by: the report's own score and its sentences', in logits."""
    column = np.sort(sentences[:, kind])[::-1] if len(sentences) else np.zeros(0, dtype=np.float32)
    best = np.concatenate([column, np.full(3, 1e-3, dtype=np.float32)])[:3]
    first = sentences[:3, kind].max() if len(sentences) else 0.0
    highest: Floats = sentences.max(axis=0) if len(sentences) else np.zeros(len(KINDS), dtype=np.float32)
    others = np.delete(highest, kind)
    return [
        *_logit([report[kind], *best, first, *others]).tolist(),
        float(np.log1p(column.sum())), float((column > 0.3).sum()), float((column > 0.6).sum()),
        float(np.log1p(len(sentences))),
    ]  # fmt: skip


def _logit(chances: npt.ArrayLike) -> npt.NDArray[np.float64]:
    safe = np.clip(np.asarray(chances, dtype=np.float64), 1e-4, 1 - 1e-4)
    logits: npt.NDArray[np.float64] = np.log(safe / (1 - safe))
    return logits


def _sigmoid(scores: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-scores)), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class AttackModel:
    """The fitted weights and the thresholds that the developers' reports were best read with."""

    vocabulary: Vocabulary
    sentence_weights: Floats  # (terms, kinds)
    sentence_bias: Floats
    report_weights: Floats  # (terms, kinds)
    report_bias: Floats
    presence: Floats  # (kinds, features + 1)
    several: Floats  # (kinds, features + 1)
    mark_rows: dict[str, int]
    mark_weights: Floats  # (mark features, marks)
    mark_bias: Floats
    least: Floats  # presence, several, then one per mark

    def sentence_chances(self, sentences: Sequence[str]) -> Floats:
        """Probability of each kind in each sentence, shape (sentences, kinds)."""
        scores = np.tile(self.sentence_bias, (len(sentences), 1))
        for row, sentence in enumerate(sentences):
            known, values = self.vocabulary.encode(terms_of(sentence))
            scores[row] += values @ self.sentence_weights[known]
        return _sigmoid(scores)

    def report_chances(self, sentences: Sequence[str]) -> Floats:
        """Probability of each kind in the report as a whole, shape (kinds,)."""
        known, values = self.vocabulary.encode(terms_of(" ".join(sentences)))
        return _sigmoid(values @ self.report_weights[known] + self.report_bias)

    def mark(self, sentence: str, kind: str) -> dict[str, list[str]]:
        """Names in a sentence by the part they play, in order."""
        words = WORD.findall(sentence)
        low = [w.lower() for w in words]
        out: dict[str, list[str]] = {}
        last = 0
        for at in range(len(words)):
            rows = [r for f in word_features(low, at, kind) if (r := self.mark_rows.get(f)) is not None]
            scores = self.mark_weights[rows].sum(axis=0) + self.mark_bias
            chances = np.exp(scores - scores.max())
            chances /= chances.sum()
            mark = int(np.argmax(chances[1:] / self.least[2:])) + 1
            if last and chances[last] >= _RUN_ON * self.least[1 + last]:
                mark = last
            elif chances[mark] < self.least[1 + mark]:
                mark = 0
            if not mark or not low[at][0].isalnum():
                last = 0
            elif mark == last:
                out[MARKS[mark]][-1] += f" {words[at]}"
            else:
                out.setdefault(MARKS[mark], []).append(words[at])
                last = mark
        return out


@functools.cache
def attack_model() -> AttackModel:
    """The model of this release, read once."""
    with np.load(MODEL, allow_pickle=False) as stored:
        full = {name: stored[name].astype(np.float32) for name in stored.files if stored[name].dtype.kind == "f"}
        terms, marks = (str(stored[name]).split("\n") for name in ("terms", "mark_features"))
    return AttackModel(
        vocabulary=Vocabulary(terms, full["rarity"], 1.0),
        sentence_weights=full["sentence_weights"], sentence_bias=full["sentence_bias"],
        report_weights=full["report_weights"], report_bias=full["report_bias"],
        presence=full["presence"], several=full["several"],
        mark_rows={f: row for row, f in enumerate(marks)},
        mark_weights=full["mark_weights"], mark_bias=full["mark_bias"], least=full["least"],
    )  # fmt: skip


def read_attacks(text: str) -> list[Attack]:
    """Attacks that a report tells of, by kind; none when it tells of none. Never raises; linear in the length."""
    sentences = split(text)
    if not sentences:
        return []
    model = attack_model()
    chances = model.sentence_chances(sentences)
    report = model.report_chances(sentences)
    found: list[Attack] = []
    for kind, name in enumerate(KINDS):
        features = np.array([*report_features(report, chances, kind), 1.0], dtype=np.float32)
        presence, several = (float(_sigmoid(w[kind] @ features)) for w in (model.presence, model.several))
        if presence < model.least[0]:
            continue
        telling = _telling(chances[:, kind])
        for group in _apart(telling) if several >= model.least[1] else [telling]:
            after = sorted({k + 1 for k in group} - set(group) - {len(sentences)})
            attack = Attack(name, presence, [sentences[k] for k in group], [sentences[k] for k in after])
            for number, sentence in enumerate((*attack.sentences, *attack.around)):
                for mark, names in model.mark(sentence, name).items():
                    if number < len(group) or mark in _AROUND:
                        attack.parts.setdefault(mark, []).extend(names)
            found.append(attack)
    return found


def _telling(chances: Floats) -> list[int]:
    """Sentences that tell of the kind: those nearly as likely as the likeliest, six at most."""
    best = np.argsort(-chances, kind="stable")[:6]
    return sorted(int(k) for k in best if chances[k] >= 0.3 * chances[best[0]])


def _apart(rows: list[int]) -> list[list[int]]:
    """Two groups of sentences, cut where the report turns away longest."""
    if len(rows) < 2:
        return [rows, rows]
    cut = max(range(1, len(rows)), key=lambda k: rows[k] - rows[k - 1])
    return [rows[:cut], rows[cut:]]
