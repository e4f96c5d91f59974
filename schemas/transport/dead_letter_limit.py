"""How much poison a consumer takes before it stops: a flood of invalid messages is a fault of the producer or of us.

One bad record stops nothing, it goes to quarantine. When most of what comes is bad, going on would drain the topic into
quarantine; arroyo's invalid-message policy and Kafka Connect's `errors.tolerance` draw the same line.
"""

from collections import deque
from collections.abc import Hashable

from schemas.errors import Stop

RECENT = 100  # messages of a partition that are looked at


class Flooded(Stop):
    """Too many of a partition's recent messages are invalid; the message says what to do. Stop reading it."""


class Tolerance:
    """Counts the invalid among the recent messages of each partition."""

    def __init__(self, share: float, *, recent: int = RECENT) -> None:
        self._share, self._recent = share, recent
        self._seen: dict[Hashable, deque[bool]] = {}

    def note(self, place: Hashable, *, good: bool) -> None:
        """One message of a partition. Raises Flooded when this one makes more than `share` of the recent invalid."""
        seen = self._seen.setdefault(place, deque(maxlen=self._recent))
        seen.append(good)
        bad = seen.count(False)
        if not good and len(seen) == self._recent and bad > self._share * self._recent:
            raise Flooded(
                f"{bad} of the last {self._recent} messages of {place} are invalid, so it is read no further: "
                "see `tocsin quarantine list`, mend what writes them, then start this part again; "
                "TOCSIN_INVALID_SHARE=1 reads on whatever comes"
            )
