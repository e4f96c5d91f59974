"""The error tree: each class says what to do next. Every error that Tocsin raises on purpose descends from one of them.

TocsinError
├── Quarantine   this input can never be handled: set it aside with its reason and go on
├── Retry        a dependency is not ready (a broker, a database, a feed): wait and try again
└── Stop         a person must change something: say what, and end

They are part of the contracts, as connectors and streams both raise and catch them.
"""


class TocsinError(Exception):
    """Every error that Tocsin raises on purpose."""


class Quarantine(TocsinError):
    """An input that can never be handled; set it aside and go on with the next."""


class Retry(TocsinError):
    """A dependency is away for now; the same call may succeed later."""


class Stop(TocsinError):
    """A person must change something first; the message says what."""
