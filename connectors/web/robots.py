"""robots.txt (RFC 9309): fetched once a day for each host and read by protego, as in Scrapy."""

from collections import OrderedDict
from dataclasses import dataclass
from urllib.parse import urlsplit

from protego import Protego

ROBOT = "Tocsin"  # the name that a robots.txt may address us by
LARGEST = 512_000  # bytes that count; RFC 9309 wants 500 KiB at least
KEPT_SECONDS = 86_400.0
KEPT_HOSTS = 20_000
LONGEST_DELAY = 60.0  # seconds of Crawl-delay that we follow; some ask for days


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one host; `until`: when to fetch them again, in seconds of the caller's clock."""

    parsed: Protego | None
    until: float

    def allow(self, url: str) -> bool:
        """Whether the address may be fetched."""
        return self.parsed is None or bool(self.parsed.can_fetch(url, ROBOT))

    @property
    def delay(self) -> float:
        """Seconds between requests that it asks for; 0 when it does not."""
        asked = self.parsed.crawl_delay(ROBOT) if self.parsed else None
        return min(float(asked or 0), LONGEST_DELAY)


class Robots:
    """The rules of hosts as far as they are known."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Rules] = OrderedDict()

    def known(self, url: str, now: float) -> Rules | None:
        """The rules for an address; None when its host must be asked (again)."""
        rules = self._known.get(site_of(url))
        return rules if rules and rules.until > now else None

    def learn(self, url: str, body: bytes | None, now: float) -> Rules:
        """Remember what a host answered; None: that it has no rules."""
        parsed = Protego.parse(body[:LARGEST].decode("utf-8", "replace")) if body else None
        rules = self._known[site_of(url)] = Rules(parsed, now + KEPT_SECONDS)
        if len(self._known) > KEPT_HOSTS:
            self._known.popitem(last=False)
        return rules


def site_of(url: str) -> str:
    """Scheme, host and port: what one robots.txt is about."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def robots_url(url: str) -> str:
    """Where the rules for an address are."""
    return f"{site_of(url)}/robots.txt"
