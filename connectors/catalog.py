"""Which sources there are, by the name that the command line gives them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import httpx

from connectors.contract import Fatal, Source
from connectors.sources.cap import parse_alert
from connectors.sources.disasters import URL as DISASTERS
from connectors.sources.disasters import parse_disasters
from connectors.sources.feeds import parse_feed
from connectors.sources.files import Files
from connectors.sources.polled import Parse, Polled, body_only
from connectors.sources.quakes import URL as QUAKES
from connectors.sources.quakes import parse_quakes
from schemas.topics import ARTICLE, EVENT

POLLED: dict[str, tuple[str, str, Parse]] = {  # name: topic, usual address, parse
    "feeds": (ARTICLE.name, "", parse_feed),
    "quakes": (EVENT.name, QUAKES, body_only(parse_quakes)),
    "disasters": (EVENT.name, DISASTERS, body_only(parse_disasters)),
    "cap": (EVENT.name, "", body_only(parse_alert)),
}
NAMES = ("files", *POLLED)


def open_sources(
    name: str, targets: Sequence[str], *, client: httpx.Client, clock: Callable[[], datetime]
) -> list[Source]:
    """Sources of the connector `name` over its targets: paths for `files`, addresses for the others.

    Raises Fatal when there is no such connector, or a target is missing that it cannot do without.
    """
    if name == "files":
        if not targets:
            raise Fatal("name the files or folders to read")
        return [Files([Path(t) for t in targets], clock=clock)]
    if name not in POLLED:
        raise Fatal(f"no connector {name}; there are {', '.join(NAMES)}")
    topic, usual, parse = POLLED[name]
    addresses = [t for t in (targets or [usual]) if t]
    if not addresses:
        raise Fatal(f"name the addresses that {name} shall read")
    return [Polled(f"{name}:{a}", topic, a, parse, client=client, clock=clock) for a in addresses]
