"""Totals of killed and injured in the news of an article, perpetrators included.

A report of a crime seldom states them as one number: it mentions persons, repeatedly and out of order. There a linear model
weighs the counts (see `person_tracking`) of the headline, the first sentence with victims, the lead and the whole, together
with the words of the report; `train/casualty_totals.py` trains it and names its scores. Of other news the first number stated counts.
"""

import re
from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from streams.domain.extract.found_claim import FoundClaim
from streams.domain.mentions.person_tracking import Tally, tally
from streams.domain.text.tokenize import plain_words

MODEL = Path(__file__).parents[1] / "models" / "casualty_totals.npz"
WORDS = 250  # words of headline and text that the model reads
LEAD_SENTENCES = 4  # sentences
CLASSES = {"killed": 6, "injured": 9}  # 0, 1, 2 ... and the last: that many or more
WEIGHT = 3.0  # of the words beside the counts
_AGE = re.compile(r"\b\d{1,3}(?:\s*-\s*|\s)year(?:s)?(?:\s*-\s*|\s)olds?\b")
_CRIME = frozenset(("crime", "justice", "violence-against-civilians"))
_OTHER = frozenset(("disasters", "explosions", "battles", "health", "cyber"))
_GUN = frozenset(
    "shot shots shoot shoots shooting shootout shooter gun guns gunshot gunman gunmen gunfire handgun rifle shotgun pistol firearm "
    "firearms armed weapon weapons revolver stabbed stabbing robbed robbery homicide murder suspect suspects".split()
)
TOP = 4000  # characters of text in which a gun or a crime is looked for


class Toll(NamedTuple):
    """Killed and injured; 0 where the article states none."""

    killed: int
    injured: int


class Counted(NamedTuple):
    """Tallies of four parts of an article."""

    title: Tally
    first: Tally
    lead: Tally
    whole: Tally


def count(title: Iterable[FoundClaim], claims: list[tuple[int, FoundClaim]]) -> Counted:
    """Tallies of the headline's claims and of the text's; a claim of the text comes with the number of its sentence.

    Only claims that the rules of grammar bind are counted, whatever their probability, as persons are tracked by them.
    """
    claims = [(n, c) for n, c in claims if c.ruled]
    hurt = [n for n, c in claims if c.what in ("killed", "injured") and (c.low or c.high)]
    first = hurt[0] if hurt else -1
    return Counted(
        tally(c for c in title if c.ruled), tally(c for n, c in claims if n == first), tally(c for n, c in claims if n < LEAD_SENTENCES),
        tally(c for _, c in claims),
    )  # fmt: skip


def total_casualties(counted: Counted, told: Counted, families: set[str], title: str, text: str) -> Toll:
    """The toll of the news; `told` are the tallies of its own passages, `counted` of all, `families` those of its events."""
    if (families & _OTHER and not families & _CRIME) or _GUN.isdisjoint(plain_words(f"{title} {text[:TOP]}".lower())):
        return Toll(_told(told, "killed"), _told(told, "injured"))
    model = _model()
    rows, values = model.rows(features(counted), grams(title, text))
    found = []
    for what, table in (("killed", model.killed), ("injured", model.injured)):
        scores = values @ table[rows] + table[0]
        best = int(scores.argmax())
        found.append(max(best, _told(counted, what)) if best == CLASSES[what] - 1 else best)
    return Toll(*found)


def _told(counted: Counted, what: str) -> int:
    """The number of the headline, of the first sentence with victims, of the lead, or of the whole: the first there is."""
    for part in counted:
        number = part.highest(what) or part.told(what)
        if number:
            return number
    return 0


def features(counted: Counted) -> list[str]:
    """Names of what was counted, each of weight one."""
    out = []
    for name, t in zip(Counted._fields, counted, strict=True):
        k, i = t.told("killed"), t.told("injured")
        km, im = t.highest("killed"), t.highest("injured")
        out += [
            f"{name} k {min(k, 6)}", f"{name} i {min(i, 8)}", f"{name} km {min(km, 6)}", f"{name} im {min(im, 9)}",
            f"{name} kf {min(t.first('killed'), 6)}", f"{name} if {min(t.first('injured'), 9)}",
            f"{name} ki {min(k, 3)} {min(i, 3)}", f"{name} kmim {min(km, 4)} {min(im, 5)}",
            f"{name} kmax {min(max(k, km), 6)}", f"{name} imax {min(max(i, im), 9)}",
            f"{name} nk {'killed' in t.none}", f"{name} ni {'injured' in t.none}",
            f"{name} sum {min(im - km, 8) if im > km > 0 else -1}",
        ]  # fmt: skip
    for fate in ("killed", "injured"):
        out.append(f"{fate} {min(counted.title.highest(fate), 6)} {min(counted.first.highest(fate), 6)} "
                   f"{min(counted.lead.told(fate), 5)}")  # fmt: skip
    return out


def grams(title: str, text: str) -> list[str]:
    """Words and pairs of words at the top of a report, ages made alike."""
    top = f"{title} . {' '.join(text[:4000].split()[:WORDS])}" if title else " ".join(text[:4000].split()[:WORDS])
    words = plain_words(_AGE.sub(" aged ", top.lower()))
    return [*words, *(f"{a} {b}" for a, b in pairwise(words))]


class Model:
    """Weights by feature: row 0 is the constant; words carry an inverse document frequency, counts a zero."""

    def __init__(self, names: list[str], idf: npt.NDArray[np.float32], killed: npt.NDArray[np.float32],
                 injured: npt.NDArray[np.float32]) -> None:  # fmt: skip
        self.index = {name: n for n, name in enumerate(names, 1)}
        self.idf, self.killed, self.injured = idf, killed, injured

    def rows(self, counts: list[str], words: Iterable[str]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float32]]:
        """Row numbers and values of one article: 1 for counts, scaled and normalised weights for words."""
        index = self.index
        of_counts = [n for c in counts if (n := index.get(f"#{c}")) is not None]
        times: dict[int, int] = {}
        for word in words:
            n = index.get(word)
            if n is not None:
                times[n] = times.get(n, 0) + 1
        rows = np.array([*of_counts, *times], dtype=np.intp)
        values = np.ones(len(rows), dtype=np.float32)
        if times:
            weights = (1 + np.log(np.array(list(times.values()), dtype=np.float32))) * self.idf[
                rows[len(of_counts) :] - 1
            ]
            values[len(of_counts) :] = WEIGHT * weights / np.sqrt((weights**2).sum())
        return rows, values


@cache
def _model() -> Model:
    with np.load(MODEL) as raw:
        names = bytes(raw["names"]).decode("utf-8").split("\n")
        return Model(names, *(raw[k].astype(np.float32) for k in ("idf", "killed", "injured")))
