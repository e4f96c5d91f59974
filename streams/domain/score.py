"""How likely a mention and an open incident are the same: parts with names, and one score of them."""

import math
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from schemas.records import Incident, Mention, Place

Vector = npt.NDArray[np.float32]
Idf = Callable[[str], float]
WEIGHTS = {"text": 9.0, "vector": 2.0, "names": 3.0, "place": 1.2, "time": -0.15, "type": 0.5, "figures": 0.5}
BIAS = -5.0
EARTH = 6371.0088  # mean radius in kilometres


class Profile:
    """The words, names and mean vector of an incident's members."""

    def __init__(self) -> None:
        self.words: dict[str, float] = {}
        self.names: dict[str, int] = {}
        self.vector: Vector = np.zeros(0, dtype=np.float32)

    def add(self, words: Mapping[str, int], names: tuple[str, ...], vector: bytes | None) -> None:
        """Count one more member in."""
        for word, n in words.items():
            self.words[word] = self.words.get(word, 0.0) + damped(n)
        for name in names:
            self.names[name] = self.names.get(name, 0) + 1
        if vector:
            v = unpacked(vector)
            self.vector = self.vector + v if self.vector.size else v

    def take_out(self, words: Mapping[str, int], names: tuple[str, ...], vector: bytes | None) -> None:
        """Undo `add`."""
        for word, n in words.items():
            self.words[word] = self.words.get(word, 0.0) - damped(n)
            if self.words[word] < 1e-6:
                del self.words[word]
        for name in names:
            self.names[name] = self.names.get(name, 0) - 1
            if self.names[name] < 1:
                del self.names[name]
        if vector:
            self.vector = self.vector - unpacked(vector)

    def merge(self, other: "Profile") -> None:
        """Count all members of another profile in."""
        for word, n in other.words.items():
            self.words[word] = self.words.get(word, 0.0) + n
        for name, n in other.names.items():
            self.names[name] = self.names.get(name, 0) + n
        if other.vector.size:
            self.vector = self.vector + other.vector if self.vector.size else other.vector

    def dump(self) -> dict[str, Any]:
        """The profile as JSON values."""
        return {"words": self.words, "names": self.names, "vector": self.vector.tolist()}

    @classmethod
    def load(cls, row: dict[str, Any]) -> "Profile":
        """The profile that `dump` gave."""
        profile = cls()
        profile.words, profile.names = row["words"], row["names"]
        profile.vector = np.array(row["vector"], dtype=np.float32)
        return profile


def damped(count: int) -> float:
    """Weight of a word that stands `count` times: 1 + ln(count)."""
    return 1 + math.log(count)


def unpacked(vector: bytes) -> Vector:
    """A features vector as 256 float32 values."""
    return np.frombuffer(vector, dtype="<f2").astype(np.float32)


def parts(mention: Mention, profile: Profile, incident: Incident, idf: Idf) -> dict[str, float]:
    """The parts of the score by name: cosines 0..1; place -1 (elsewhere) to 1 (here); time in days apart."""
    f = mention.features
    return {
        "text": _cosine({w: damped(n) for w, n in f.words.items()}, profile.words, idf),
        "vector": _cosine_of(f.vector, profile.vector),
        "names": _shared(f.names, profile.names),
        "place": near(mention.place, incident.place),
        "time": _days(mention, incident),
        "type": (mention.family == incident.family) + (mention.subtype == incident.subtype) - 1.0,
        "figures": _figures(mention, incident),
    }


def score(found: Mapping[str, float]) -> float:
    """Probability that they are the same incident, from the parts."""
    return 1 / (1 + math.exp(-BIAS - sum(WEIGHTS[name] * value for name, value in found.items())))


def kilometres(a: Place, b: Place) -> float | None:
    """Great-circle distance (haversine); None when one of them has no coordinates."""
    if a.lat is None or a.lon is None or b.lat is None or b.lon is None:
        return None
    la, lo, lb, mo = map(math.radians, (a.lat, a.lon, b.lat, b.lon))
    h = math.sin((lb - la) / 2) ** 2 + math.cos(la) * math.cos(lb) * math.sin((mo - lo) / 2) ** 2
    return 2 * EARTH * math.asin(math.sqrt(min(1.0, h)))


def near(a: Place | None, b: Place | None) -> float:
    """1 for one place, falling with distance to -1; 0 when either is unknown or too coarse to tell."""
    if a is None or b is None:
        return 0.0
    if a.country and b.country and a.country != b.country:
        return -1.0
    far = kilometres(a, b)
    if far is None or "country" in (a.precision, b.precision):
        return 0.0
    return max(-1.0, 1.0 - far / 100)


def _cosine(a: Mapping[str, float], b: Mapping[str, float], idf: Idf) -> float:
    small, large = (a, b) if len(a) < len(b) else (b, a)
    dot = sum(n * large[w] * idf(w) ** 2 for w, n in small.items() if w in large)
    lengths = [math.sqrt(sum((n * idf(w)) ** 2 for w, n in x.items())) for x in (a, b)]
    return dot / (lengths[0] * lengths[1]) if all(lengths) else 0.0


def _cosine_of(a: bytes | None, b: Vector) -> float:
    if not a or not b.size:
        return 0.0
    return max(0.0, float(unpacked(a) @ b) / float(np.linalg.norm(b) or 1.0))


def _shared(names: tuple[str, ...], known: Mapping[str, int]) -> float:
    """Share of the smaller set of names that both have."""
    if not names or not known:
        return 0.0
    both = sum(1 for n in names if n in known)
    return both / min(len(names), len(known))


def _days(mention: Mention, incident: Incident) -> float:
    """Days between the periods when both are known, else between report and the incident's reports."""
    a, b = mention.time, incident.time
    if a and b:
        apart = max(a.start - b.end, b.start - a.end, timedelta())
    else:
        at = mention.reported_at
        apart = max(incident.first_seen - at, at - incident.last_changed, timedelta())
    return min(30.0, apart / timedelta(days=1))


def _figures(mention: Mention, incident: Incident) -> float:
    """1 when a toll agrees with what is known, -1 when none does, 0 when there is nothing to compare."""
    known = {f.what: f for f in incident.figures if f.what in ("killed", "injured")}
    found = [c for c in mention.claims if c.what in known and c.min is not None]
    if not found:
        return 0.0
    agrees = any((known[c.what].low or 0) <= (c.min or 0) <= (known[c.what].high or 0) for c in found)
    return 1.0 if agrees else -1.0
