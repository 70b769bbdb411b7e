"""The form of `local.json`: what it says of each local mailbox and key, read and written whole."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import orjson

from gateway.domain.address import MailAddress
from gateway.domain.directory import CertificateBinding, DirectoryEntry, LocalMailbox, MailboxKind, MailboxState
from gateway.domain.errors import DirectoryUnavailable

VERSION = 2
_READ = frozenset({1, 2})
"""Version 1 knew neither states nor the ends of certificates."""
_NO_END = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class LocalStanding:
    """What became of a local mailbox since it was added: its state, since when, how often its sign-ins were ended."""

    state: MailboxState = MailboxState.IN_USE
    since: datetime | None = None
    sign_ins_ended: int = 0


_NEW = LocalStanding()


@dataclass(frozen=True, slots=True)
class LocalEntries:
    """The local mailboxes by address, what became of them, and the bindings by key (SHA-256 of the SPKI)."""

    entries: Mapping[MailAddress, DirectoryEntry] = field(default_factory=lambda: MappingProxyType({}))
    bindings: Mapping[bytes, CertificateBinding] = field(default_factory=lambda: MappingProxyType({}))
    standings: Mapping[MailAddress, LocalStanding] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def load(cls, path: Path) -> "LocalEntries":
        """Read the file.

        Raises:
            FileNotFoundError: nothing was ever added.
            DirectoryUnavailable: it cannot be read or holds something else.
        """
        try:
            content = orjson.loads(path.read_bytes())
            if content["version"] not in _READ:
                raise ValueError("version")
            read = [_mailbox_of(item) for item in content["entries"]]
            bindings = [_binding_of(item) for item in content["bindings"]]
        except FileNotFoundError:
            raise
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise DirectoryUnavailable(
                f"{path.name} cannot be used: unreadable or not written by this program; restore it from a backup"
            ) from error
        return cls(
            MappingProxyType({entry.address: entry for entry, _ in read}),
            MappingProxyType({binding.spki_sha256: binding for binding in bindings}),
            MappingProxyType({entry.address: standing for entry, standing in read}),
        )

    def standing(self, address: MailAddress) -> LocalStanding:
        """Say what became of a mailbox."""
        return self.standings.get(address, _NEW)

    def mailbox(self, address: MailAddress) -> LocalMailbox:
        """Give a mailbox that is there, with its keys, the one that ends last first."""
        standing = self.standing(address)
        bindings = [binding for binding in self.bindings.values() if binding.address == address]
        bindings.sort(key=lambda binding: binding.not_after or _NO_END, reverse=True)
        return LocalMailbox(
            entry=self.entries[address], state=standing.state, since=standing.since, bindings=tuple(bindings)
        )

    def sign_ins(self) -> Iterator[tuple[MailAddress, int | None]]:
        """Say of each mailbox how often its sign-ins were ended; None when nobody may sign in."""
        for address in self.entries:
            standing = self.standing(address)
            yield address, standing.sign_ins_ended if standing.state is MailboxState.IN_USE else None


def octets_of(local: LocalEntries) -> bytes:
    """Give what the file holds."""
    content = {
        "version": VERSION,
        "entries": [_item_of(entry, local.standing(entry.address)) for entry in local.entries.values()],
        "bindings": [
            {
                "address": str(binding.address),
                "spki_sha256": binding.spki_sha256.hex(),
                "not_after": binding.not_after,
                "delegate": binding.delegate,
            }
            for binding in local.bindings.values()
        ],
    }
    return orjson.dumps(content, option=orjson.OPT_INDENT_2)


def _item_of(entry: DirectoryEntry, standing: LocalStanding) -> dict[str, object]:
    return asdict(entry) | {
        "address": str(entry.address),
        "kind": entry.kind.value,
        "state": standing.state.value,
        "since": standing.since,
        "sign_ins_ended": standing.sign_ins_ended,
    }


def _mailbox_of(item: dict[str, Any]) -> tuple[DirectoryEntry, LocalStanding]:
    # Any: JSON; unknown or missing keys raise TypeError.
    said = dict(item)
    standing = LocalStanding(
        MailboxState(said.pop("state", MailboxState.IN_USE.value)),
        _instant(said.pop("since", None)),
        int(said.pop("sign_ins_ended", 0)),
    )
    said |= {"address": MailAddress.parse(item["address"]), "kind": MailboxKind(item["kind"])}
    return DirectoryEntry(**said), standing


def _binding_of(item: dict[str, Any]) -> CertificateBinding:  # Any: JSON
    address, key = MailAddress.parse(item["address"]), bytes.fromhex(item["spki_sha256"])
    return CertificateBinding(address, key, _instant(item.get("not_after")), str(item.get("delegate", "")))


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
