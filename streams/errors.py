"""The errors of `schemas.errors`."""

from schemas.errors import Quarantine, Retry, Stop, TocsinError

__all__ = ["Quarantine", "Retry", "Stop", "TocsinError"]
