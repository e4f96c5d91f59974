"""What can go wrong, drawn as what to do next. Every error that Tocsin raises on purpose descends from one of these.

TocsinError
├── Quarantine   this input can never be handled: set it aside with its reason and go on
├── Retry        the world is not ready (a broker, a database, a feed): wait and try again
└── Stop         nothing sensible can be done: say what a person must change, and end

They stand among the contracts, as connectors and streams both raise and catch them.
"""


class TocsinError(Exception):
    """Every error that Tocsin raises on purpose."""


class Quarantine(TocsinError):
    """An input that can never be handled; set it aside and go on with the next."""


class Retry(TocsinError):
    """A dependency is away for now; the same call may succeed later."""


class Stop(TocsinError):
    """A person must change something first; the message says what."""
