"""The live trust data of a serving process: both snapshots and the local additions, always the latest.

Files are replaced by imports in other processes. They are looked at again at most once a second, on the way
of a look-up: a `stat` each. A new file that cannot be used leaves the former one in service, which grows old
until policy defers (POL rules on age); the log and `fault` say why.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Generic, TypeVar

import structlog

from gateway.directory.local_file import LocalEntries
from gateway.directory.snapshot import DirectorySnapshot, WhitelistSnapshot
from gateway.domain.address import MailAddress
from gateway.domain.directory import CertificateBinding, DirectoryEntry, DistinguishedName, MailboxKind, TrustedDomain
from gateway.domain.errors import DirectoryUnavailable
from gateway.ports.directory import Ages, Standings

CHECK_EVERY_SECONDS = 1.0

_T = TypeVar("_T")
_log = structlog.get_logger(__name__)


class SnapshotHolder:
    """Answer who is trusted, from the present files; the local additions come first.

    This is the `gateway.ports.directory.Directory` of a real server. Look-ups are synchronous: some microseconds.
    """

    def __init__(
        self, directory_path: Path, whitelist_path: Path, local_path: Path, monotonic: Callable[[], float]
    ) -> None:
        """Open what there is; `monotonic` gives seconds and decides when files are looked at again."""
        self._directory = _Followed(directory_path, DirectorySnapshot)
        self._whitelist = _Followed(whitelist_path, WhitelistSnapshot)
        self._local = _Followed(local_path, LocalEntries.load, at_first=LocalEntries())
        self._stood: tuple[int, int] | None = None
        self._standings: Standings = {}
        self._numbered: LocalEntries | None = None
        self._by_number: dict[str, list[DirectoryEntry]] = {}
        self._monotonic = monotonic
        self._next_look = monotonic()
        self._ages = Ages(None, None)
        self._follow()

    def entry(self, address: MailAddress) -> DirectoryEntry | None:
        """Find a mailbox.

        Raises:
            DirectoryUnavailable: it is no local one and there is no usable directory.
        """
        self._follow()
        local = self._local.needed().entries.get(address)
        return self._directory.needed().entry(address) if local is None else self._at_work(local)

    def domain(self, name: str) -> TrustedDomain | None:
        """Find a white-listed domain. Raises `DirectoryUnavailable` when there is no usable list."""
        self._follow()
        return self._whitelist.needed().domain(name)

    def domains_of(self, holder: DistinguishedName) -> frozenset[str]:
        """Find the domains of a certificate holder. Raises `DirectoryUnavailable` without a usable list."""
        self._follow()
        return self._whitelist.needed().domains_of(holder)

    def binding(self, spki_sha256: bytes) -> CertificateBinding | None:
        """Find the local mailbox whose certificate has this key; None for one that is not in use, and for a delegate's.

        Raises:
            DirectoryUnavailable: the file of local additions exists and was never readable.
        """
        found = self.console_binding(spki_sha256)
        return found if found is not None and not found.delegate else None

    def console_binding(self, spki_sha256: bytes) -> CertificateBinding | None:
        """Find whose certificate has this key, a delegate's too. Raises as `binding`."""
        self._follow()
        local = self._local.needed()
        found = local.bindings.get(spki_sha256)
        entry = local.entries.get(found.address) if found else None
        return found if entry is not None and entry.valid and not self._has_left(entry.address) else None

    def local_of(self, identifier: str) -> Sequence[DirectoryEntry]:
        """List the local mailboxes in use of whoever has this number (RPPS, FINESS). Raises as `binding`."""
        found = self._numbered_by(identifier)
        return tuple(self._at_work(one) for one in found if one.valid and not self._has_left(one.address))

    def mailboxes_of(self, identifier: str) -> Sequence[MailAddress]:
        """List the local mailboxes of one person (RPPS), whatever became of them, the first added first.

        Raises as `binding`.
        """
        found = self._numbered_by(identifier)
        return tuple(entry.address for entry in found if entry.kind is MailboxKind.PERSON)

    def standings(self) -> Standings:
        """Give the standings of the local mailboxes. Raises as `binding`."""
        self._follow()
        local, loaded = self._local.needed(), (self._local.loads, self._directory.loads)
        if loaded != self._stood:
            ended = local.sign_ins()
            self._standings = {one: None if self._has_left(one) else number for one, number in ended}
            self._stood = loaded
        return self._standings

    def ages(self) -> Ages:
        """Say when the data in service were generated."""
        self._follow()
        return self._ages

    def faults(self) -> tuple[str, ...]:
        """Say what is wrong with the present files, for `pli doctor` and the metrics."""
        self._follow()
        return tuple(f.fault for f in (self._whitelist, self._directory, self._local) if f.fault)

    def _numbered_by(self, identifier: str) -> Sequence[DirectoryEntry]:
        self._follow()
        local = self._local.needed()
        if local is not self._numbered:
            self._numbered, self._by_number = local, dict[str, list[DirectoryEntry]]()
            for entry in local.entries.values():
                if entry.identifier:
                    self._by_number.setdefault(entry.identifier, []).append(entry)
        return self._by_number.get(identifier, ())

    def _at_work(self, local: DirectoryEntry) -> DirectoryEntry:
        """Add to a mailbox of ours in which structure its holder works, where the imported directory alone knows."""
        directory = self._directory.value
        if local.kind is not MailboxKind.PERSON or local.organisation_id or directory is None:
            return local
        told = directory.entry(local.address)
        structure = told.organisation_id if told else ""
        return replace(local, organisation_id=structure) if structure else local

    def _has_left(self, address: MailAddress) -> bool:
        """Say whether the imported directory has withdrawn a mailbox of ours (A24); silence says nothing."""
        directory = self._directory.value
        told = directory.entry(address) if directory else None
        return told is not None and not told.valid

    def _follow(self) -> None:
        now = self._monotonic()
        if now < self._next_look:
            return
        self._next_look = now + CHECK_EVERY_SECONDS
        for followed in (self._directory, self._whitelist, self._local):
            followed.look()
        whitelist, directory = self._whitelist.value, self._directory.value
        self._ages = Ages(
            whitelist=whitelist.generated_at if whitelist else None,
            directory=directory.generated_at if directory else None,
            whitelist_version=self._whitelist.loads,
        )


class _Followed(Generic[_T]):
    """A value read from a file, and read again when another file takes its place."""

    def __init__(self, path: Path, read: Callable[[Path], _T], at_first: _T | None = None) -> None:
        self._path = path
        self._read = read
        self._at_first = at_first  # stands for a file that is not there yet
        self._seen: tuple[int, int, int] | None = (0, 0, 0)  # nothing was looked at yet
        self.value: _T | None = None
        self.loads = 0
        self.fault = ""

    def needed(self) -> _T:
        if self.value is None:
            raise DirectoryUnavailable(self.fault or f"{self._path.name} is not loaded")
        return self.value

    def look(self) -> None:
        seen = self._stamp()
        if seen == self._seen:
            return
        self._seen = seen
        try:
            self.value = self._read(self._path)
            self.loads += 1
            self.fault = ""
            _log.info("directory.loaded", file=self._path.name)
        except FileNotFoundError:
            if self.value is None and self._at_first is not None:
                self.value = self._at_first
                return
            # What was loaded stays in service: it is as true as it was, and grows old.
            self._tell(f"{self._path.name} is missing; import it")
        except DirectoryUnavailable as error:
            self._tell(str(error))

    def _stamp(self) -> tuple[int, int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def _tell(self, fault: str) -> None:
        self.fault = fault
        _log.warning("directory.unusable", file=self._path.name, reason=fault, in_service=self.value is not None)
