"""Decides which addresses are fetched: public ones only, unless a name or network is allowed.

A feed list, a redirect or a link in an article must not make us fetch from machines around us (server-side request
forgery). A name is judged by the addresses it resolves to, when the connection is made.
"""

import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

Address = IPv4Address | IPv6Address
NAT64 = IPv6Network("64:ff9b::/96")


class PrivateAddressError(OSError):
    """A host is not on the public internet, or its name resolves to a private address."""

    def __init__(self, host: str) -> None:
        super().__init__(f"{host} is a private address; if it is yours, allow it by name (setting allow_hosts)")


class Guard:
    """Judges hosts. `allow`: host names, addresses and networks such as `10.0.0.0/8` that may be private."""

    def __init__(self, allow: Iterable[str] = ()) -> None:
        self._names: set[str] = set()
        self._networks: list[IPv4Network | IPv6Network] = []
        for entry in allow:
            try:
                self._networks.append(ip_network(entry, strict=False))
            except ValueError:
                self._names.add(entry.lower().rstrip("."))

    def allows_name(self, host: str) -> bool:
        """Whether a host may be private, whatever it resolves to."""
        return host.lower().rstrip(".") in self._names

    def allows(self, address: str) -> bool:
        """Whether an IP address may be fetched from. Raises ValueError when it is none."""
        found = ip_address(address.partition("%")[0])
        return is_public(found) or any(found in network for network in self._networks)

    def check(self, host: str) -> None:
        """Raises PrivateAddressError for a forbidden address; names are judged by `Resolver`."""
        try:
            refused = not self.allows(host)
        except ValueError:
            return
        if refused and not self.allows_name(host):
            raise PrivateAddressError(host)


class Resolver(AbstractResolver):
    """Resolves names, keeping only addresses that the guard allows."""

    def __init__(self, guard: Guard, inner: AbstractResolver | None = None) -> None:
        self._guard = guard
        self._inner = inner or ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Addresses of a name. Raises PrivateAddressError when all are private, OSError when there are none."""
        found = await self._inner.resolve(host, port, family)
        if self._guard.allows_name(host):
            return found
        public = [r for r in found if self._guard.allows(r["host"])]
        if not public:
            raise PrivateAddressError(host)
        return public

    async def close(self) -> None:
        """Close the wrapped resolver."""
        await self._inner.close()


def web_address(url: str) -> str:
    """An address as http(s); browsers write feeds as feed://host/path or feed:https://host/path."""
    plain = url.strip()
    if plain[:5].lower() != "feed:":
        return plain
    rest = plain[5:]
    return f"http:{rest}" if rest.startswith("//") else rest


def is_loopback(host: str) -> bool:
    """Whether a host is this machine alone, by its name or address."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def is_public(address: Address) -> bool:
    """Whether an address is on the public internet, the address that it wraps too."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if inner is None and address in NAT64:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast
