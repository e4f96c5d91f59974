"""Compiles how common stems are in English: `python -m streams.train.words`.

Frequencies come from the package wordfreq (Speer 2022; its data are under CC BY-SA 4.0), summed over the words of a stem.
The chance that a text of 300 words has a stem of frequency f is 1 - exp(-300 f). Ages ("27y") are no words of the list:
each stands in about one in fifty reports.
"""

import math
from collections import Counter

import numpy as np
from wordfreq import get_frequency_dict, word_frequency

from streams.domain.mentions.link_features import age, stems_of
from streams.domain.text.word_frequency import MODEL, STEP, UNKNOWN

LENGTH = 300  # words
AGES = 0.02
NUMBERS = 3000  # the least number that counts as rare


def main() -> None:
    """Write the table."""
    frequency: Counter[str] = Counter()
    for word, f in get_frequency_dict("en", wordlist="best").items():
        for stem in stems_of(word):
            frequency[stem] += f  # type: ignore[assignment]
    frequency |= {str(n): word_frequency(str(n), "en") for n in range(NUMBERS)}  # the dictionary itself has none
    chances = {stem: 1 - math.exp(-LENGTH * f) for stem, f in frequency.items()}
    chances |= {age(n): AGES for n in range(1, 100)}
    kept = sorted(stem for stem, p in chances.items() if -math.log(p) < UNKNOWN - 0.7 and "\n" not in stem)
    rarity = [min(255, round(-math.log(chances[stem]) / STEP)) for stem in kept]
    text = np.frombuffer("\n".join(kept).encode(), np.uint8)
    np.savez_compressed(MODEL, stems=text, rarity=np.array(rarity, np.uint8))
    print(f"{len(kept)} stems, {MODEL.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
