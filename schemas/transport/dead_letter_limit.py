"""How many invalid messages a consumer accepts before it stops: many at once are a fault of the producer or of us.

One bad record stops nothing: it goes to quarantine. When most records are bad, reading on would move the whole topic to
quarantine. The invalid-message policy of arroyo and `errors.tolerance` of Kafka Connect draw the same line.
"""

from collections import deque
from collections.abc import Hashable

from schemas.errors import Stop

RECENT = 100  # messages of a partition that are looked at


class TooManyDeadLetters(Stop):
    """Too many of a partition's recent messages are invalid; the message says what to do. Stop reading it."""


class DeadLetterLimit:
    """Counts the invalid among the recent messages of each partition."""

    def __init__(self, share: float, *, recent: int = RECENT) -> None:
        self._share, self._recent = share, recent
        self._seen: dict[Hashable, deque[bool]] = {}

    def note(self, place: Hashable, *, good: bool) -> None:
        """Count one message of a partition.

        Raises TooManyDeadLetters when more than `share` of its recent messages are invalid.
        """
        seen = self._seen.setdefault(place, deque(maxlen=self._recent))
        seen.append(good)
        bad = seen.count(False)
        if not good and len(seen) == self._recent and bad > self._share * self._recent:
            raise TooManyDeadLetters(
                f"{bad} of the last {self._recent} messages of {place} are invalid, so it is read no further: "
                "see `tocsin quarantine list`, mend what writes them, then start this part again; "
                "TOCSIN_INVALID_SHARE=1 reads on whatever comes"
            )
