"""How long the certificates of Kafka and ClickHouse last: those in our files, and those that the servers show."""

import ssl
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from cryptography import x509

from deploy.actions.checked import Finding
from schemas.transport.brokers import read_brokers
from streams.settings import Settings

SOON_DAYS = 14
KAFKA_PORT, CLICKHOUSE_PORT = 9092, 9440  # where an address names none
HANDSHAKE_SECONDS = 3.0
CURE = "exchange it: deploy/README.md, exchanging secrets"


def certificates(settings: Settings) -> Iterator[Finding]:
    """One finding for each; none without TLS."""
    brokers = read_brokers(settings.kafka)
    if "SSL" in brokers.protocol:
        if brokers.ca:
            yield _in_file("authority of Kafka", Path(brokers.ca), every=True)
        if brokers.cert:
            yield _in_file("our certificate for Kafka", Path(brokers.cert), every=False)
        for server in brokers.servers:
            yield from _shown(f"certificate of {server}", f"//{server}", KAFKA_PORT)
    address = settings.clickhouse.get_secret_value()
    if address.startswith("clickhouses://"):
        if file := parse_qs(urlsplit(address).query).get("ca_certs", [""])[0]:
            yield _in_file("authority of ClickHouse", Path(file), every=True)
        yield from _shown("certificate of ClickHouse", address, CLICKHOUSE_PORT)


def _in_file(what: str, file: Path, *, every: bool) -> Finding:
    """`every`: it holds authorities, of which one is enough; else our own comes first."""
    try:
        found = x509.load_pem_x509_certificates(file.read_bytes())
        return lasting(what, found if every else found[:1], datetime.now(UTC))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no certificate is in it"
        return Finding(what, False, f"{file}: {reason}", CURE)


def _shown(what: str, address: str, usual_port: int) -> Iterator[Finding]:
    """What a server shows, be it valid or not; nothing where none answers, which other checks tell."""
    with suppress(OSError, ValueError):
        parts = urlsplit(address)
        place = parts.hostname or "", parts.port or usual_port
        pem = ssl.get_server_certificate(place, timeout=HANDSHAKE_SECONDS)
        yield lasting(what, [x509.load_pem_x509_certificate(pem.encode())], datetime.now(UTC))


def lasting(what: str, found: Sequence[x509.Certificate], now: datetime) -> Finding:
    """Whether one of these holds now and for some days more."""
    ends, begins = max(c.not_valid_after_utc for c in found), min(c.not_valid_before_utc for c in found)
    if begins > now:
        return Finding(what, False, f"holds from {begins:%Y-%m-%d %H:%M} UTC on", "is the clock right? else " + CURE)
    if ends < now:
        return Finding(what, False, f"ended on {ends:%Y-%m-%d %H:%M} UTC", CURE)
    days = (ends - now).days
    soon = days < SOON_DAYS
    return Finding(what, not soon, f"ends in {days} days, on {ends:%Y-%m-%d}", CURE if soon else "")
