"""Settings, loaded only when a command needs them: importing pydantic takes as long as all of `tocsin --help`."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from streams.settings import Settings


def load_settings() -> "Settings":
    """See `streams.settings.load_settings`."""
    from streams.settings import load_settings as load

    return load()
