"""Which machines the service may ever contact: ports, IP addresses and host names.

Pure: no look-up, no socket. `pinning` asks again with the addresses that were really resolved.
The tables are ours because `ipaddress.is_global` lets multicast, NAT64, 6to4 and several metadata
services through and changes with the Python patch level (SECURITY.md F14, 4.1).
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

import idna

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def _networks(text: str) -> tuple[Network, ...]:
    return tuple(ip_network(word) for word in text.split())


_REFUSED_IPV4 = _networks(
    "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 168.63.129.16/32 169.254.0.0/16 172.16.0.0/12 "
    "192.0.0.0/24 192.0.2.0/24 192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 "
    "192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4"
)
_GLOBAL_IPV6 = IPv6Network("2000::/3")
_REFUSED_IPV6 = _networks("2001::/23 2001:db8::/32 2002::/16 2620:4f:8000::/48 3fff::/20")
# Where clouds hand out credentials; the operator's allow-list never reaches these.
_METADATA = _networks(
    "169.254.169.254 169.254.170.2 100.100.100.200 168.63.129.16 192.0.0.192 "
    "fd00:ec2::254 fd20:ce::254"
)
# RFC 6761, RFC 6762, RFC 7686, RFC 8375, RFC 9476 and the names home routers invent.
_LOCAL_SUFFIXES = frozenset(
    {"alt", "arpa", "internal", "invalid", "local", "localdomain", "localhost", "onion"}
)
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
_MAX_HOST = 253


class BadHost(ValueError):  # noqa: N818 -- a verdict on the input, not on us
    """The text is no host name or IP address that may be contacted; the message says why."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Where we may connect: the public internet, plus what the operator added."""

    networks: tuple[Network, ...] = ()
    ports: frozenset[int] = frozenset({80, 443})

    @classmethod
    def of(cls, networks: Iterable[str], ports: Iterable[int]) -> "Policy":
        """From settings: CIDRs admitted although private, and all ports allowed.

        Raises ValueError for a malformed CIDR.
        """
        return cls(tuple(ip_network(network) for network in networks), frozenset(ports))

    def admits(self, address: str) -> bool:
        """Whether this literal IP address may be dialled; False for anything unreadable."""
        try:
            judged = unmapped(address)
        except ValueError:
            return False
        if _in(judged, _METADATA):
            return False
        return self.is_own(judged) or is_public(judged)

    def is_own(self, address: Address) -> bool:
        """Whether the operator named the network of this address."""
        return _in(address, self.networks)


def unmapped(address: str) -> Address:
    """The address that is really meant: `::ffff:a.b.c.d` (RFC 4291 2.5.5.2) becomes its IPv4.

    Raises ValueError for what is no literal address, or names a zone (RFC 4007 11).
    """
    if "%" in address:
        raise ValueError("zone identifiers are refused")
    parsed = ip_address(address)
    return getattr(parsed, "ipv4_mapped", None) or parsed


def is_public(address: Address) -> bool:
    """Whether an unmapped address is one of the public internet by our own tables."""
    if isinstance(address, IPv4Address):
        return not _in(address, _REFUSED_IPV4)
    return address in _GLOBAL_IPV6 and not _in(address, _REFUSED_IPV6)


def canonical_host(host: str) -> str:
    """A host as it goes on the wire: lower-case punycode without trailing dot, or a plain IP.

    IPv6 comes and goes without brackets. Raises BadHost for single labels, local names, numbers in
    disguise (`0x7f.1`, full-width digits), over-long or malformed names.
    """
    if ":" in host:
        return _ipv6(host)
    name = _ascii(host).removesuffix(".")
    if is_numeric(name):
        return _ipv4(name)
    _check_name(name)
    return name


def is_numeric(host: str) -> bool:
    """Whether libraries would read the host as a number (URL Standard, "ends in a number")."""
    return _NUMBER.fullmatch(host.rpartition(".")[2]) is not None


def _check_name(name: str) -> None:
    labels = name.split(".")
    if len(name) > _MAX_HOST or not all(_LABEL.fullmatch(label) for label in labels):
        raise BadHost("malformed host name")
    if len(labels) < 2 or labels[-1] in _LOCAL_SUFFIXES:
        raise BadHost("not a name of the public internet")


def _ascii(host: str) -> str:
    if host.isascii():
        return host.lower()
    composed = unicodedata.normalize("NFC", host)
    if unicodedata.normalize("NFKC", composed) != composed or "\u3002" in composed:
        raise BadHost("look-alike characters in the host name")
    try:
        return idna.encode(composed, uts46=True, std3_rules=True).decode("ascii").lower()
    except UnicodeError as error:  # idna.IDNAError is one
        raise BadHost("malformed international host name") from error


def _ipv4(host: str) -> str:
    try:
        return str(IPv4Address(host))
    except ValueError as error:
        raise BadHost("not a plain IP address") from error


def _ipv6(host: str) -> str:
    try:
        unmapped(host)
        return str(IPv6Address(host))
    except ValueError as error:
        raise BadHost("not a plain IP address") from error


def _in(address: Address, networks: Iterable[Network]) -> bool:
    return any(address in network for network in networks)
