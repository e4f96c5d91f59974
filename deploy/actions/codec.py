"""The codec that the settings ask for: built-in schema ids, or those of an outside registry."""

from schemas.codec import Codec
from schemas.errors import Stop
from streams.settings import Settings


def open_codec(settings: Settings) -> Codec:
    """A codec with the registry's ids. Raises Stop when the registry is away or refuses a schema."""
    if settings.registry is None:
        return Codec()
    import httpx  # noqa: PLC0415 - a third of a second, for an outside registry only

    from schemas.transport.registry import registered_ids  # noqa: PLC0415 - likewise

    try:
        return Codec(registered_ids(settings.registry))
    except httpx.HTTPError as error:
        raise Stop(f"the schema registry at {settings.registry} does not accept our schemas: {error}") from error
