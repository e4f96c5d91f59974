"""Why kafka-python cannot connect: it raises only that it could not, and logs the reason."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

FAILED = re.compile(r"Bootstrap connection to \S+ failed: (?:\w+: )?(.+) \(backoff")
NETWORK = logging.getLogger("kafka.net.manager")


class Reason(logging.Handler):
    """Keeps the reason of the last connection that failed; false when none has."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.text = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Called for each line of the client's log."""
        if found := FAILED.search(record.getMessage()):
            self.text = found[1]


@contextmanager
def listening() -> Iterator[Reason]:
    """The reason why connections fail within this block; nothing of it goes to our log."""
    reason, level, passed_on = Reason(), NETWORK.level, NETWORK.propagate
    NETWORK.addHandler(reason)
    NETWORK.setLevel(logging.WARNING)
    NETWORK.propagate = False
    try:
        yield reason
    finally:
        NETWORK.removeHandler(reason)
        NETWORK.setLevel(level)
        NETWORK.propagate = passed_on
