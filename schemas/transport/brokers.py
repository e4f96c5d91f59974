"""The address of a Kafka cluster with its credentials, for every Kafka client that we use.

`host:9092,host2:9092` is plain. Else the scheme names Kafka's security protocol, and the rest is a URL:

    sasl_ssl://user:password@host:9093,host2:9093?mechanism=SCRAM-SHA-512&ca=/etc/kafka/ca.pem
    ssl://host:9093?ca=ca.pem&cert=client.pem&key=client.key

Characters that mean something in a URL are percent-encoded.
"""

import ssl
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from schemas.transport.renewed_tls import RenewedContext

PROTOCOLS = ("plaintext", "ssl", "sasl_ssl", "sasl_plaintext")
MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")
KNOWN = ("mechanism", "ca", "cert", "key")


@dataclass(frozen=True, slots=True)
class Brokers:
    """A parsed address; its text never holds the password."""

    servers: tuple[str, ...]
    protocol: str = "PLAINTEXT"
    username: str = ""
    password: str = ""
    mechanism: str = "PLAIN"
    ca: str = ""
    cert: str = ""
    key: str = ""

    def __repr__(self) -> str:
        """Scheme, user and servers, fit for logs."""
        scheme = "" if self.protocol == "PLAINTEXT" else f"{self.protocol.lower()}://"
        user = f"{self.username}@" if self.username else ""
        return f"{scheme}{user}{','.join(self.servers)}"

    __str__ = __repr__

    def tls(self) -> ssl.SSLContext | None:
        """TLS with the CA and our certificate, read anew when they change; None without. Raises OSError."""
        if "SSL" not in self.protocol:
            return None
        return RenewedContext(self.ca, self.cert, self.key)

    def options(self) -> dict[str, Any]:
        """Arguments for the clients of kafka-python and aiokafka alike. Raises OSError as `tls` does."""
        options: dict[str, Any] = {"bootstrap_servers": list(self.servers), "security_protocol": self.protocol}
        if "SSL" in self.protocol:
            options["ssl_context"] = self.tls()
        if self.protocol.startswith("SASL"):
            options |= {
                "sasl_mechanism": self.mechanism,
                "sasl_plain_username": self.username,
                "sasl_plain_password": self.password,
            }
        return options


def read_brokers(address: str) -> Brokers:
    """Parse an address. Raises ValueError that says what is wrong without repeating secrets."""
    scheme, separator, rest = address.partition("://")
    if not separator:
        return Brokers(_servers(address))
    if scheme.lower() not in PROTOCOLS:
        raise ValueError(f"no such Kafka protocol: {scheme}; there are {', '.join(PROTOCOLS)}")
    parts = urlsplit(f"//{rest}")
    user, _, hosts = parts.netloc.rpartition("@")
    name, _, password = user.partition(":")
    query = {k: v[0] for k, v in parse_qs(parts.query).items()}
    if unknown := sorted(set(query) - set(KNOWN)):
        raise ValueError(f"unknown in the Kafka address: {', '.join(unknown)}; known are {', '.join(KNOWN)}")
    mechanism = query.get("mechanism", "PLAIN").upper()
    if mechanism not in MECHANISMS:
        raise ValueError(f"no such SASL mechanism: {mechanism}; there are {', '.join(MECHANISMS)}")
    return Brokers(
        _servers(hosts),
        scheme.upper(),
        unquote(name),
        unquote(password),
        mechanism,
        *(query.get(k, "") for k in ("ca", "cert", "key")),
    )


def _servers(listed: str) -> tuple[str, ...]:
    """Servers, comma separated. Raises ValueError for one that no client could connect to."""
    servers = tuple(s.strip() for s in listed.split(",") if s.strip())
    for server in servers:
        parts = urlsplit(f"//{server}")
        try:
            good = bool(parts.hostname) and parts.port != 0 and not parts.path
        except ValueError:
            good = False
        if not good:
            raise ValueError(f"{server.rpartition('@')[2]} is no Kafka server: host:port, with a port up to 65535")
    return servers


def client_options(address: str) -> dict[str, Any]:
    """Connection arguments for a client of kafka-python or aiokafka. Raises ValueError or OSError."""
    return read_brokers(address).options()


def shown(address: str) -> str:
    """An address as it may be printed: without the password."""
    try:
        return str(read_brokers(address))
    except ValueError:
        return address.partition("://")[0] + "://..."
