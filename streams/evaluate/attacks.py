"""Reads armed attacks in a report: kind, place, perpetrators, victims and targets.

The kinds are those of MUC-4. Two layers of logistic regression, fitted by `train/attacks.py`: one reads each sentence
and the report as a whole, one judges by what the first says, by the types that sentences have (`types`) and by the
words of the sentences that report a kind; a third model marks the words that name perpetrators, victims, objects and
places. Case of letters plays no part, since reports of record often come in capitals.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from streams.domain.event_type.classifier import Vocabulary, type_model
from streams.domain.event_type.features import gist_terms, part_of, tokens, word_terms
from streams.domain.ontology.types import ontology

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]

MODEL = Path(__file__).parent / "models" / "attacks.npz"
KINDS = ("ATTACK", "BOMBING", "KIDNAPPING", "ARSON", "ROBBERY")
MARKS = ("none", "perp_org", "perp_individual", "hum_tgt_name", "phys_tgt", "place")
MOST = 3  # attacks of one kind in one report
OPENING = 1500  # characters that the type of a report is read from
TELLING_LENGTH = 1.5  # how much the words of the relevant sentences may weigh
HINTS = (  # types whose chances hint at a kind, or at none; a name stands for all types that begin with it
    "battles/ violence-against-civilians/attack violence-against-civilians/shooting crime/shooting crime/homicide",
    "violence-against-civilians/", "battles/", "explosions/",
    "violence-against-civilians/abduction crime/kidnapping crime/hijacking",
    "violence-against-civilians/arson strategic-developments/looting-property-destruction crime/arson",
    "crime/robbery crime/theft", "politics/ diplomacy/ economy/ other/ justice/", "crime/",
    "strategic-developments/claim-of-responsibility", "strategic-developments/arrest justice/arrest",
)  # fmt: skip
_ANYWHERE = frozenset(("perp_org",))  # told for the whole report where the sentences of the attack are silent
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

    Perpetrators and places are often named in the sentences that follow (`around`), targets are not.
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
    """Features for the part a word plays: itself, its neighbours, the nearest known parts, the sentence's kind."""
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


@functools.cache
def _hinting() -> Floats:
    names = [t.name for t in ontology().types]
    return np.array([[name.startswith(tuple(hint.split())) for hint in HINTS] for name in names], dtype=np.float32)


def hints(sentences: Sequence[str]) -> Floats:
    """What the types of a report hint at, shape (3 * hints,): its opening, its likeliest sentence, all its sentences."""
    chances = type_model().probabilities([" ".join(sentences)[:OPENING], *sentences]) @ _hinting()
    opening, rest = chances[0], chances[1:] if len(sentences) else chances
    return np.concatenate([np.log(opening + 1e-3), np.log(rest.max(axis=0) + 1e-3), rest.mean(axis=0)])


def report_features(report: Floats, sentences: Floats, hinted: Floats, kind: int) -> list[float]:
    """What a kind's presence is judged by: chances of the report and of its sentences, as logits, and hints of its types."""
    column = np.sort(sentences[:, kind])[::-1] if len(sentences) else np.zeros(0, dtype=np.float32)
    best = np.concatenate([column, np.full(3, 1e-3, dtype=np.float32)])[:3]
    first = sentences[:3, kind].max() if len(sentences) else 0.0
    highest: Floats = sentences.max(axis=0) if len(sentences) else np.zeros(len(KINDS), dtype=np.float32)
    others = np.delete(highest, kind)
    return [
        *_logit([report[kind], *best, first, *others, *report]).tolist(),
        float(np.log1p(column.sum())), float((column > 0.3).sum()), float((column > 0.6).sum()),
        float(np.log1p(len(sentences))), *hinted.tolist(),
    ]  # fmt: skip


def telling_share(chances: Floats) -> Floats:
    """How much each sentence counts among the words that report a kind, from its chance in each sentence."""
    if not len(chances):
        return chances
    best = float(chances.max())
    return np.asarray(chances / (best + 1e-6) * min(1.0, 2 * best), dtype=np.float32)


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
    judged: Floats  # (MOST, kinds, features + 1): whether there is one attack of the kind, two, three
    telling: Floats  # (MOST, kinds, terms)
    mark_rows: dict[str, int]
    mark_weights: Floats  # (mark features, marks)
    mark_bias: Floats
    least: Floats  # one per number of attacks, then one per mark

    def _chances(self, terms: Sequence[tuple[npt.NDArray[np.intp], Floats]]) -> Floats:
        scores = np.tile(self.sentence_bias, (len(terms), 1))
        for row, (known, values) in enumerate(terms):
            scores[row] += values @ self.sentence_weights[known]
        return _sigmoid(scores)

    def report_chances(self, sentences: Sequence[str]) -> Floats:
        """Probability of each kind in the report as a whole, shape (kinds,)."""
        known, values = self.vocabulary.encode(terms_of(" ".join(sentences)))
        return _sigmoid(values @ self.report_weights[known] + self.report_bias)

    def numbers(self, sentences: Sequence[str]) -> tuple[Floats, Floats]:
        """Probability of at least one, two and three attacks of each kind, (kinds, MOST), and of each kind in each sentence."""
        terms = [self.vocabulary.encode(terms_of(sentence)) for sentence in sentences]
        chances, report, hinted = self._chances(terms), self.report_chances(sentences), hints(sentences)
        out = np.zeros((len(KINDS), MOST), dtype=np.float32)
        for kind in range(len(KINDS)):
            features = np.array([*report_features(report, chances, hinted, kind), 1.0], dtype=np.float32)
            words = np.zeros(len(self.vocabulary.terms), dtype=np.float32)
            for share, (known, values) in zip(telling_share(chances[:, kind]), terms, strict=True):
                words[known] += share * values
            norm = float(np.linalg.norm(words))
            words *= TELLING_LENGTH / norm if norm else 0.0
            out[kind] = self.judged[:, kind] @ features + self.telling[:, kind] @ words
        return _sigmoid(out), chances

    def mark(self, sentence: str, kind: str) -> dict[str, list[str]]:
        """Names in a sentence by the part they play, in order."""
        words = WORD.findall(sentence)
        low = [w.lower() for w in words]
        out: dict[str, list[str]] = {}
        last, least = 0, self.least[MOST:]
        for at in range(len(words)):
            rows = [r for f in word_features(low, at, kind) if (r := self.mark_rows.get(f)) is not None]
            scores = self.mark_weights[rows].sum(axis=0) + self.mark_bias
            chances = np.exp(scores - scores.max())
            chances /= chances.sum()
            mark = int(np.argmax(chances[1:] / least)) + 1
            if last and chances[last] >= _RUN_ON * least[last - 1]:
                mark = last
            elif chances[mark] < least[mark - 1]:
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
        judged=full["judged"], telling=full["telling"],
        mark_rows={f: row for row, f in enumerate(marks)},
        mark_weights=full["mark_weights"], mark_bias=full["mark_bias"], least=full["least"],
    )  # fmt: skip


def read_attacks(text: str) -> list[Attack]:
    """Attacks that a report reports, by kind; none when it reports none. Never raises; linear in the length."""
    sentences = split(text)
    if not sentences:
        return []
    model = attack_model()
    numbers, chances = model.numbers(sentences)
    found: list[Attack] = []
    for kind, name in enumerate(KINDS):
        many = next((n for n, chance in enumerate(numbers[kind]) if chance < model.least[n]), MOST)
        for group in _apart(_telling(chances[:, kind]), many):
            after = sorted({k + 1 for k in group} - set(group) - {len(sentences)})
            attack = Attack(name, float(numbers[kind][0]), [sentences[k] for k in group], [sentences[k] for k in after])
            for number, sentence in enumerate((*attack.sentences, *attack.around)):
                for mark, names in model.mark(sentence, name).items():
                    if number < len(group) or mark in _AROUND:
                        attack.parts.setdefault(mark, []).extend(names)
            found.append(attack)
    for attack in found:
        for mark in _ANYWHERE.difference(attack.parts):
            named = Counter(name for sentence in sentences for name in model.mark(sentence, attack.kind).get(mark, ()))
            attack.parts[mark] = [name for name, _ in named.most_common(1)]
    return found


def _telling(chances: Floats) -> list[int]:
    """Sentences that report the kind: those nearly as likely as the likeliest, six at most."""
    best = np.argsort(-chances, kind="stable")[:6]
    return sorted(int(k) for k in best if chances[k] >= 0.3 * chances[best[0]])


def _apart(rows: list[int], many: int) -> list[list[int]]:
    """So many groups of sentences, cut where the report turns away longest; the last are all of them when there are too few."""
    if many < 2 or len(rows) < 2:
        return [rows] * many
    cut = max(range(1, len(rows)), key=lambda k: rows[k] - rows[k - 1])
    parts = (rows[:cut], rows[cut:])
    longer = max((0, 1), key=lambda k: len(parts[k]))
    return [parts[1 - longer], *_apart(parts[longer], many - 1)] if many > 2 else [*parts]
