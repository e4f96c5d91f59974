"""A server's answer: the body with its metadata and validators, or the error that says what to do next."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from connectors.ingest.contract import ConnectorError, Gone, Retriable

MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})")
DATED = re.compile(r"[\x20-\x7e]*")


class Refused(Retriable):
    """The server answered with an error; `status`: its code."""

    def __init__(self, message: str, *, status: int, after: float | None) -> None:
        super().__init__(message, after=after)
        self.status = status


@dataclass(frozen=True, slots=True)
class Validators:
    """The server's ETag and Last-Modified of the version we have, for conditional requests."""

    etag: str = ""
    last_modified: str = ""

    def headers(self) -> dict[str, str]:
        """The request headers that ask for a newer version only."""
        pairs = (("If-None-Match", self.etag), ("If-Modified-Since", self.last_modified))
        return {name: value for name, value in pairs if value}


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer.

    url: after redirects. unchanged: the version that we have is the newest (304), there is no body.
    moved_to: where permanent redirects (301, 308) lead; empty without. fresh_for: seconds of Cache-Control's max-age.
    """

    url: str
    body: bytes
    content_type: str = ""
    validators: Validators = Validators()
    unchanged: bool = False
    moved_to: str = ""
    fresh_for: float | None = None


def refusal(url: str, status: int, headers: Mapping[str, str]) -> ConnectorError:
    """The error for a status other than success."""
    if status == 410:
        return Gone(f"{url} answered 410: it is gone for good; take it off the list")
    hint = "; check the address and whether we may read it" if 400 <= status < 500 and status not in (408, 429) else ""
    return Refused(f"{url} answered {status}{hint}", status=status, after=retry_after(headers))


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to stay away; given as seconds or as a date, which counts from the answer's own date."""
    value = header(headers, "Retry-After")
    if value.isdigit() and len(value) < 9:
        return float(value)
    try:
        wait = parsedate_to_datetime(value) - parsedate_to_datetime(headers["Date"])
        return max(0.0, wait.total_seconds())
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def validators_of(headers: Mapping[str, str]) -> Validators:
    """The validators that an answer carries."""
    return Validators(header(headers, "ETag"), header(headers, "Last-Modified"))


def fresh_for(headers: Mapping[str, str]) -> float | None:
    """Seconds for which Cache-Control calls the answer fresh; None when it does not say."""
    found = MAX_AGE.search(header(headers, "Cache-Control").lower())
    return float(found[1]) if found else None


def header(headers: Mapping[str, str], name: str) -> str:
    """A header's value; empty when it is not there or not plain ASCII, which no later request could repeat."""
    value = headers.get(name, "").strip()
    return value if DATED.fullmatch(value) else ""
