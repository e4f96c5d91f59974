"""Fits the tagger of place names: `python -m streams.train.languages_tagger DATA` writes it and prints its scores.

Learned from DATA/multilingual/places (sentences with marked place names, 14 languages). The scores are of five-fold
cross-validation by sentence, exact spans, as `tocsin eval places` counts them.
"""

import gzip
import json
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pycrfsuite
from sklearn.cluster import MiniBatchKMeans
from sklearn.decomposition import PCA
from wordfreq import available_languages, get_frequency_dict

from streams.domain.languages import word_classes
from streams.domain.languages.joined_words import parted_words
from streams.domain.languages.language_pack import CODES
from streams.domain.languages.place_features import COMMON, features, word_hash
from streams.domain.languages.place_tagger import PATH, names_in, spans
from streams.domain.languages.words import fold, words_of
from streams.domain.text.sentence_encoder import encode_words
from streams.train.held_out import record

FOLDS = 5
WORDS = 6_000  # commonest words of each language whose level is kept
SIZES = (64, 256, 1000)  # classes of words, coarse to fine
COMPONENTS = 64  # of the words' vectors that are compared
SETTINGS = {"c1": 0.1, "c2": 0.2, "max_iterations": 100, "feature.minfreq": 2}


def common() -> None:
    """Write how common the commonest words of each language are."""
    columns: dict[str, Any] = {}
    codes = []
    for code in sorted({*CODES, "nl"}):
        if code not in available_languages():
            continue
        known = get_frequency_dict(code)
        levels: dict[int, int] = {}
        for word in sorted(known, key=lambda w: (-known[w], w))[: 2 * WORDS]:
            form = fold(word)
            if form and len(levels) < WORDS and form[0].isalpha():
                levels.setdefault(word_hash(form), int(np.clip(np.log10(known[word]) + 6.5, 1, 4)))
        codes.append(code)
        columns[f"{code}_keys"] = np.array(sorted(levels), np.uint32)
        columns[f"{code}_levels"] = np.array([levels[k] for k in sorted(levels)], np.uint8)
    np.savez_compressed(COMMON, allow_pickle=False, codes=np.array(" ".join(codes)), **columns)


def classes(rows: list[dict[str, Any]]) -> None:
    """Write the classes of words alike in meaning, found among the words of the sentences without their labels."""
    words = sorted({w.text for row in rows for w in words_of(row["text"]) if w.text[0].isalpha()})
    found = encode_words(words)
    if found is None:
        raise RuntimeError("the tagger is trained with the sentence encoder on")
    reduced = PCA(COMPONENTS, random_state=0).fit(found)
    values = reduced.transform(found)
    centres = {
        f"centres{k}": MiniBatchKMeans(k, random_state=0, n_init=2, batch_size=2048)
        .fit(values)
        .cluster_centers_.astype(np.float16)
        for k in SIZES
    }
    half = {"mean": reduced.mean_.astype(np.float16), "components": reduced.components_.T.astype(np.float16)}
    np.savez_compressed(word_classes.PATH, allow_pickle=False, **half, **centres)


def labelled(row: dict[str, Any]) -> tuple[list[list[str]], list[str], list[Any]]:
    """Features, labels and words of a sentence."""
    words = parted_words(row["text"], row["lang"])
    labels = ["O"] * len(words)
    for place in row["places"]:
        inside = [i for i, w in enumerate(words) if w.start < place["end"] and w.end > place["start"]]
        for n, at in enumerate(inside):
            labels[at] = "I" if n else "B"
    return features(words, names_in(words, row["lang"]), row["lang"]), labels, words


def fit(rows: list[tuple[list[list[str]], list[str], list[Any]]], path: Path) -> pycrfsuite.Tagger:
    """The model of these sentences, written to a file."""
    trainer = pycrfsuite.Trainer(verbose=False)
    for found, labels, _ in rows:
        trainer.append(found, labels)
    trainer.set_params(SETTINGS)
    trainer.train(str(path))
    model = pycrfsuite.Tagger()
    model.open(str(path))
    return model


def main() -> None:
    """Cross-validate, then fit on everything."""
    folder = tempfile.mkdtemp()
    common()
    rows = [
        json.loads(line)
        for path in sorted((Path(sys.argv[1]) / "multilingual" / "places").glob("*.jsonl.gz"))
        for line in gzip.decompress(path.read_bytes()).decode().splitlines()
    ]
    classes(rows)
    data = [labelled(row) for row in rows]
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for fold_number in range(FOLDS if "--no-cv" not in sys.argv else 0):
        kept = [d for i, d in enumerate(data) if i % FOLDS != fold_number]
        model = fit(kept, Path(folder) / "fold")
        for i, (row, (found, _, words)) in enumerate(zip(rows, data, strict=True)):
            if i % FOLDS == fold_number:
                said = {(words[a].start, words[b - 1].end) for a, b in spans(model.tag(found))}
                gold = {(p["start"], p["end"]) for p in row["places"]}
                for n, size in enumerate((len(said & gold), len(said), len(gold))):
                    counts[row["lang"]][n] += size
    for lang, (hits, said_n, gold_n) in sorted(counts.items()):
        precision, recall = hits / max(said_n, 1), hits / gold_n
        record("places", lang, {"precision": precision, "recall": recall, "f1": 2 * hits / (said_n + gold_n)})
    fit(data, PATH)
    print(f"{PATH.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
