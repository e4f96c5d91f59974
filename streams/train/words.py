"""Compiles how common stems are: `python -m streams.train.words`.

Frequencies come from the package wordfreq (Speer 2022; its data are under CC BY-SA 4.0), summed over the words of a stem.
The chance that a text of 300 words has a stem of frequency f is 1 - exp(-300 f). Ages ("27y") are no words of the list:
each stands in about one in fifty reports. Of other languages than English the commonest words are kept; a stem that is a
word of several languages is as common as in English, or as a share of what it is in the language that has it most.
"""

import math
from collections import Counter

import numpy as np
from wordfreq import available_languages, get_frequency_dict, word_frequency

from streams.domain.languages.content_words import content_words
from streams.domain.languages.words import fold
from streams.domain.mentions.link_features import AS_ENGLISH, age, stems_of
from streams.domain.text.word_frequency import FUNCTION_WORDS, MODEL, STEP, UNKNOWN

LENGTH = 300  # words
AGES = 0.02
NUMBERS = 3000  # the least number that counts as rare
COMMON = 4_000  # words of another language that are kept
FUNCTION = 1e-3  # frequency of a word that says nothing
SHARE = 0.05  # of a stem's frequency in another language that counts where it is an English one too


def main() -> None:
    """Write the tables; first that of function words, without which stems are made."""
    lists = {lang: get_frequency_dict(lang, wordlist="best") for lang in sorted(available_languages("best"))}
    others = {lang: words for lang, words in lists.items() if lang not in AS_ENGLISH}
    lines = [
        " ".join((lang, *sorted({fold(w) for w, f in ws.items() if f >= FUNCTION and not w[0].isdigit()})))
        for lang, ws in others.items()
    ]
    FUNCTION_WORDS.write_text("\n".join(lines) + "\n", "utf-8")
    frequency: Counter[str] = Counter()
    for word, f in lists["en"].items():
        for stem in stems_of(word):
            frequency[stem] += f  # type: ignore[assignment]  # Counter is typed for whole numbers
    frequency |= {str(n): word_frequency(str(n), "en") for n in range(NUMBERS)}  # the dictionary itself has none
    known = set(frequency)
    for lang, words in others.items():
        for stem, f in foreign(lang, words).items():
            frequency[stem] = max(frequency[stem], f * SHARE if stem in known else f)
    chances = {stem: 1 - math.exp(-LENGTH * f) for stem, f in frequency.items()}
    chances |= {age(n): AGES for n in range(1, 100)}
    kept = sorted(stem for stem, p in chances.items() if -math.log(p) < UNKNOWN - 0.7 and "\n" not in stem)
    rarity = [min(255, round(-math.log(chances[stem]) / STEP)) for stem in kept]
    text = np.frombuffer("\n".join(kept).encode(), np.uint8)
    np.savez_compressed(MODEL, stems=text, rarity=np.array(rarity, np.uint8))
    print(f"{len(kept)} stems, {MODEL.stat().st_size / 1e6:.2f} MB")


def foreign(lang: str, words: dict[str, float]) -> Counter[str]:
    """Frequency of the stems of a language's commonest words."""
    frequency: Counter[str] = Counter()
    for word in sorted(words, key=lambda w: -words[w])[:COMMON]:
        for form in {word, word.capitalize()}:  # a capitalised word may be stemmed in another way
            for stem in set(content_words(form, lang)):
                frequency[stem] += words[word]  # type: ignore[assignment]  # likewise
    return frequency


if __name__ == "__main__":
    main()
