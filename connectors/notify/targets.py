"""Targets: webhooks over httpx, all else through Apprise. Their errors never hold an address or a secret."""

import base64
import binascii
import hashlib
import hmac
import json
import logging
import re
import ssl
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

import httpx

from connectors.ingest.contract import Fatal
from connectors.notify.notice import Notice
from connectors.notify.rules import TAKEN_BACK
from schemas.errors import Quarantine, Retry
from schemas.records import Alert

# These statuses are about the target, not the message: the next message would get the same answer, so it waits.
OF_THE_TARGET = frozenset({401, 402, 403, 404, 405, 407, 408, 409, 410, 421, 423, 425, 426, 428, 429})
LONGEST_PAUSE = 3600.0  # most seconds of a target's Retry-After that are obeyed
LOOKED_AT = 4_000  # bytes of an answer
_TEAMS_FAILED = re.compile(rb"Webhook message delivery failed with error(?:.{0,200}?HTTP error ([45]\d\d))?", re.DOTALL)
QUOTED = 200  # characters of an answer that a refusal repeats
ALERTMANAGER = ("alertmanager+http://", "alertmanager+https://")
STANDS, MINUTE = timedelta(hours=24), timedelta(minutes=1)
SECRET_LETTERS = 6  # a part of an address this long may be a token

for _chatty in ("httpx", "httpcore", "apprise", "urllib3"):  # they log addresses
    logging.getLogger(_chatty).setLevel(logging.CRITICAL)


class Away(Retry):
    """The target does not take messages now: wait at least `pause` seconds, then try again."""

    def __init__(self, reason: str, pause: float = 0.0) -> None:
        super().__init__(reason)
        self.pause = pause


class Refused(Quarantine):
    """The target will never take this message: set it aside."""


class Target(Protocol):
    """Where notices go."""

    def send(self, notice: Notice) -> None:
        """Hand over one notice; returns when it is taken. Raises Away or Refused."""

    def close(self) -> None:
        """Close connections."""


def open_target(url: str, *, secret: str = "", timeout: float = 10.0) -> Target:
    """The target for an address. Raises Fatal, without quoting the address, when nothing can be sent to it."""
    if url.lower().startswith(("http://", "https://")):
        return Webhook(url, secret=secret, timeout=timeout)
    if url.lower().startswith(ALERTMANAGER):
        return Alertmanager(url, secret=secret, timeout=timeout)
    if secret:
        raise Fatal("a secret signs webhooks only: give http:// or https://, or no secret")
    return AppriseTarget(url)


class Webhook:
    """POSTs JSON. Redirects are not followed; private addresses are allowed, as operators' own webhooks often have one.

    With a secret it is signed as https://www.standardwebhooks.com lays down: HMAC-SHA256 over id, time and body; with
    two of them, a line each, by both, so that a receiver can change over.
    """

    def __init__(
        self,
        url: str,
        *,
        secret: str = "",
        timeout: float = 10.0,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        try:
            self._url = httpx.URL(url)
        except (httpx.InvalidURL, ValueError):
            raise Fatal("this is not an address of a webhook: write https://host/path") from None
        if not self._url.host:
            raise Fatal("this address of a webhook names no host: write https://host/path")
        self._secrets = tuple(secret_bytes(each) for each in secret.splitlines() if each)
        self._clock, self._timeout = clock, timeout
        self._private = [*_tokens(url), *secret.splitlines()]
        self._client = httpx.Client(timeout=timeout, follow_redirects=False, transport=transport)

    def send(self, notice: Notice) -> None:
        """Returns after a 2xx whose body reports no failure. Raises Refused for most 4xx, Away for all else."""
        headers = {
            "Content-Type": "application/json", "User-Agent": "tocsin", "Idempotency-Key": notice.key,
            "Tocsin-Kind": notice.kind,
        } | self._signed(notice)  # fmt: skip
        try:
            with self._client.stream("POST", self._url, content=notice.body, headers=headers) as answer:
                status = answer.status_code
                body = _beginning(answer)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Away(_said(error)) from None
        words = self._quoted(body)
        if answer.is_success:
            failure = failure_in(body)
            if failure is None:
                return
            status, words = failure, f" in the body of a {status}{words}"
        if 300 <= status < 400:
            raise Away(f"it answers {status}, a redirect, which is not followed: give the final address")
        if 400 <= status < 500 and status not in OF_THE_TARGET:
            raise Refused(f"it answers {status}{words}")
        raise Away(f"it answers {status}{words}", _pause(answer.headers.get("Retry-After", ""), self._clock()))

    def close(self) -> None:
        """Close connections."""
        self._client.close()

    def _signed(self, notice: Notice) -> dict[str, str]:
        if not self._secrets:
            return {}
        moment = str(int(self._clock().timestamp()))
        return {
            "webhook-id": notice.key,
            "webhook-timestamp": moment,
            "webhook-signature": " ".join(signature(s, notice.key, moment, notice.body) for s in self._secrets),
        }

    def _quoted(self, raw: bytes) -> str:
        """The beginning of an answer in words, without what may be secret."""
        words = re.sub(r"\s+", " ", raw.decode("utf-8", "replace")).strip()[: QUOTED * 4]
        for private in sorted(self._private, key=len, reverse=True):
            words = words.replace(private, "***")
        return f": {words[:QUOTED]}" if words else ""


class Alertmanager(Webhook):
    """POSTs alerts to Alertmanager's API v2 (https://github.com/prometheus/alertmanager, api/v2/openapi.yaml).

    `alertmanager+http://host:9093`. One alert keeps its labels over all revisions, so that it stays one there: what
    changes, the level too, stands in annotations. It ends when it is retracted, else STANDS after it was last sent.
    """

    def __init__(self, url: str, **options: Any) -> None:
        super().__init__(url[len("alertmanager+") :].rstrip("/") + "/api/v2/alerts", **options)

    def send(self, notice: Notice) -> None:
        """As a webhook does."""
        now = self._clock()
        told = [_to_alertmanager(alert, notice.page, now) for alert in notice.alerts]
        if not told:  # a test
            labels = {"alertname": "TocsinTest"}
            told = [{"labels": labels, "annotations": {"summary": notice.title}, "endsAt": _rfc3339(now + MINUTE)}]
        super().send(replace(notice, body=json.dumps(told, ensure_ascii=False).encode("utf-8", "replace")))


def _to_alertmanager(alert: Alert, page: str, now: datetime) -> dict[str, Any]:
    incident = alert.incident
    labels = {"alertname": "Tocsin", "rule": alert.rule, "incident_id": alert.incident_id}
    annotations = {
        "summary": alert.headline, "level": alert.level, "severity": str(incident.severity), "reason": alert.reason,
        "revision": str(alert.revision), "type": f"{incident.family}/{incident.subtype}",
        "place": incident.place.name if incident.place else "", "description": " ".join(incident.summary),
    }  # fmt: skip
    ends = now if alert.reason in TAKEN_BACK else now + STANDS
    plain = {
        "labels": labels, "annotations": annotations, "startsAt": _rfc3339(min(alert.raised_at, now)),
        "endsAt": _rfc3339(ends),
    }  # fmt: skip
    return plain | ({"generatorURL": page} if page else {})


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class AppriseTarget:
    """One of Apprise's hundred services (https://github.com/caronc/apprise): mail, chat, pagers, telephones.

    Apprise says whether it could deliver, not why not, so nothing is ever refused: it is tried again.
    """

    def __init__(self, url: str) -> None:
        import apprise  # noqa: PLC0415 - takes a third of a second, and only some targets need it

        self._kinds: Any = apprise.NotifyType
        self._text: Any = apprise.NotifyFormat.TEXT
        self._service: Any = apprise.Apprise()
        if not self._service.add(url):
            raise Fatal("Apprise cannot read this address; https://github.com/caronc/apprise/wiki lists the forms")

    def send(self, notice: Notice) -> None:
        """Raises Away when Apprise could not deliver."""
        kinds = {"critical": self._kinds.FAILURE, "warning": self._kinds.WARNING}
        kind = self._kinds.SUCCESS if notice.void else kinds.get(notice.level, self._kinds.INFO)
        try:
            taken = self._service.notify(title=notice.title, body=notice.text, notify_type=kind, body_format=self._text)
        except Exception as error:  # noqa: BLE001 - a hundred services, and what they raise may hold addresses
            raise Away(f"Apprise failed with {type(error).__name__}") from None
        if not taken:
            raise Away("Apprise could not deliver; the command `apprise -vv`, with this address, shows why")

    def close(self) -> None:
        """Nothing stays open."""


def failure_in(body: bytes) -> int | None:
    """The status of a failure that the body of an answer 200 reports; None when it reports none.

    Known to do so are Teams' connectors (in a sentence, with the status behind them), Slack's methods (`ok: false`),
    DingTalk and WeCom (`errcode` other than 0). Relays pass such bodies on, so they count from any host. 503 where the
    body does not say whether the target or the message is at fault.
    """
    if found := _TEAMS_FAILED.match(body.lstrip()):
        return int(found[1] or 503)
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict):
        return None
    failed = (said.get("ok") is False and "error" in said) or (said.get("errcode", 0) != 0 and "errmsg" in said)
    return 503 if failed else None


def _beginning(answer: httpx.Response) -> bytes:
    """As much of a body as is looked at. After a 2xx, silence there changes nothing: the message was taken."""
    try:
        return next(answer.iter_bytes(LOOKED_AT), b"")
    except httpx.HTTPError:
        if answer.is_success:
            return b""
        raise


def secret_bytes(secret: str) -> bytes:
    """The key of a secret: `whsec_` and base64, as others hand it out, or any text. Raises Fatal."""
    if not secret.startswith("whsec_"):
        return secret.encode()
    text = secret.removeprefix("whsec_")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        raise Fatal("what follows whsec_ in the secret is not base64") from None


def signature(secret: bytes, key: str, moment: str, body: bytes) -> str:
    """`v1,` and the base64 of HMAC-SHA256 over `key.moment.body`; moment: seconds since 1970."""
    digest = hmac.new(secret, f"{key}.{moment}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def _tokens(url: str) -> Iterable[str]:
    """Parts of an address that may be secret: all but its scheme and host."""
    rest = url.partition("://")[2]
    authority, _, path = rest.partition("/")
    user, _, _ = authority.rpartition("@")
    return [part for part in re.split(r"[/?&=:;,#]", f"{user}/{path}") if len(part) >= SECRET_LETTERS]


def _said(error: Exception) -> str:
    """What went wrong below HTTP, in words that hold no address."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return f"TLS failed: {cause.reason or 'see its certificate'}"
        if isinstance(cause, OSError) and cause.strerror:
            return f"no connection: {cause.strerror}"
        cause = cause.__cause__ or cause.__context__
    return "no answer in time" if isinstance(error, httpx.TimeoutException) else f"no answer ({type(error).__name__})"


def _pause(retry_after: str, now: datetime) -> float:
    """Seconds that a Retry-After asks for, by number or date (RFC 9110, 10.2.3); 0 when it does not."""
    if retry_after.isdecimal() and len(retry_after) < 10:
        return min(float(retry_after), LONGEST_PAUSE)
    try:
        moment = parsedate_to_datetime(retry_after)
    except ValueError:
        return 0.0
    return min(max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds()), LONGEST_PAUSE)
