"""Correspondents of a space as its pages name and choose them: by an opaque reference, never by an address.

A reference that a browser sends back finds an exchange of this space or nothing at all.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from gateway.domain.directory import DirectoryEntry
from gateway.domain.exchange import Exchange
from gateway.domain.mailbox import VaultId
from gateway.ports.store import Store
from gateway.services.trust.facts import TrustFacts


@dataclass(frozen=True, slots=True, repr=False)
class KnownContact:
    """A correspondent of one space; `entry` is None while the directory does not know them."""

    reference: str
    exchange: Exchange
    entry: DirectoryEntry | None


class Contacts:
    """Names correspondents."""

    def __init__(self, store: Store, trust: TrustFacts) -> None:
        self._store = store
        self._trust = trust

    def of(self, vault: VaultId, exchanges: Iterable[Exchange]) -> tuple[KnownContact, ...]:
        """Name the correspondents of some exchanges."""
        return tuple(
            KnownContact(self.reference(vault, exchange), exchange, self._trust.entry(exchange.correspondent))
            for exchange in exchanges
        )

    def has_left(self, exchange: Exchange) -> bool:
        """Say whether the directory has a correspondent no more (A24, E9)."""
        return self._trust.has_left(exchange.correspondent)

    def reference(self, vault: VaultId, exchange: Exchange) -> str:
        """Give the reference of a correspondent: a keyed digest, another one in each space."""
        about = (vault.to_bytes(8, "big"), str(exchange.correspondent).encode())
        return self._store.digest("contact", *about)[:16].hex()
