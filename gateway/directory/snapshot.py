"""The directory and the white list as immutable files, one container each, looked up without loading them.

`gateway.directory.container` describes the file. The records are::

    directory    [address, kind, identifier, name, family name, given name, profession, speciality,
                  organisation, city, postal code, red-listed, valid, number of the organisation]
    white list   [domain, [name of a holder, …], description, ISO 8601 date of change or null]
                 ["dn:" SHA-256 of a holder's canonical name, [domain, …]]
"""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from operator import attrgetter
from pathlib import Path
from typing import Any

from gateway.directory.container import Container, ContainerKind
from gateway.directory.container_writer import ContainerWriter
from gateway.directory.whitelist import Whitelist
from gateway.domain.address import MailAddress
from gateway.domain.directory import DirectoryEntry, DistinguishedName, MailboxKind, TrustedDomain

_WRITTEN = (
    "identifier", "name", "family_name", "given_name", "profession", "speciality", "organisation", "city",
    "postal_code", "red_listed", "valid", "organisation_id",
)  # fmt: skip
_values = attrgetter(*_WRITTEN)
_MOST_FOUND = 1_000
"""Mailboxes that are kept: a sender's is asked for several times a message."""


class DirectorySnapshot:
    """The professional mailboxes of one extraction."""

    def __init__(self, path: Path) -> None:
        """Open a snapshot file. Raises `SnapshotBroken`, `FileNotFoundError`."""
        self._container = Container(path, ContainerKind.DIRECTORY)
        self.generated_at = self._container.generated_at
        self.count = self._container.count
        self._found: dict[MailAddress, DirectoryEntry | None] = {}

    def entry(self, address: MailAddress) -> DirectoryEntry | None:
        """Find a mailbox. Raises `SnapshotBroken` when its part of the file is damaged."""
        known = self._found  # another thread may begin a new one meanwhile
        if address in known:
            return known[address]
        record = self._container.get(str(address))
        if len(known) >= _MOST_FOUND:
            self._found = known = {}
        found = known[address] = None if record is None else _entry_of(record, address)
        return found

    def __iter__(self) -> Iterator[DirectoryEntry]:
        """Give every mailbox, in no useful order; reads the whole file."""
        return (_entry_of(record, MailAddress.parse(record[0])) for record in self._container)

    def verify(self) -> None:
        """Compare the digest of the whole file. Raises `SnapshotBroken`."""
        self._container.verify()


class WhitelistSnapshot:
    """The trusted domains of one white list."""

    def __init__(self, path: Path) -> None:
        """Open a snapshot file. Raises `SnapshotBroken`, `FileNotFoundError`."""
        self._container = Container(path, ContainerKind.WHITELIST)
        self.generated_at = self._container.generated_at

    @property
    def count(self) -> int:
        """Count the domains; reads the whole file."""
        return sum(1 for record in self._container if not record[0].startswith("dn:"))

    def domain(self, name: str) -> TrustedDomain | None:
        """Find a domain by its ASCII name, in any case. Raises `SnapshotBroken`."""
        record = self._container.get(name.lower())
        if record is None:
            return None
        _, holders, description, updated = record
        return TrustedDomain(
            name.lower(),
            frozenset(map(DistinguishedName.parse, holders)),
            description,
            datetime.fromisoformat(updated) if updated else None,
        )

    def domains_of(self, holder: DistinguishedName) -> frozenset[str]:
        """Find the domains that a certificate holder may send for. Raises `SnapshotBroken`."""
        record = self._container.get(_holder_key(holder))
        return frozenset(record[1]) if record else frozenset()

    def verify(self) -> None:
        """Compare the digest of the whole file. Raises `SnapshotBroken`."""
        self._container.verify()


def add_entries(writer: ContainerWriter, entries: Iterable[DirectoryEntry]) -> None:
    """Add mailboxes to a directory container being written."""
    for entry in entries:
        writer.add(str(entry.address), (entry.kind.value, *_values(entry)))


def add_whitelist(writer: ContainerWriter, whitelist: Whitelist) -> None:
    """Add a white list to a container being written: its domains, and its holders to find them by."""
    of_holder: dict[DistinguishedName, list[str]] = {}
    for domain in whitelist.domains.values():
        updated = domain.updated.isoformat() if domain.updated else None
        writer.add(domain.name, (sorted(map(str, domain.holders)), domain.description, updated))
        for holder in domain.holders:
            of_holder.setdefault(holder, []).append(domain.name)
    for holder, domains in of_holder.items():
        writer.add(_holder_key(holder), (sorted(domains),))


def _entry_of(record: list[Any], address: MailAddress) -> DirectoryEntry:  # Any: JSON that we wrote
    return DirectoryEntry(address=address, kind=_KINDS[record[1]], **dict(zip(_WRITTEN, record[2:], strict=False)))


def _holder_key(holder: DistinguishedName) -> str:
    return "dn:" + hashlib.sha256(str(holder).encode()).hexdigest()


_KINDS = {kind.value: kind for kind in MailboxKind}
