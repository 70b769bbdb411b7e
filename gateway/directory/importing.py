"""Replace the white list or the directory in service by a newer one, if it is plausible.

What is refused stays out unless the operator forces it: a list older than the present one, one from the
future, and one that has lost more than a third of its entries, as a truncated download does. The serving
processes notice the new file by themselves (`gateway.directory.holder`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

from gateway.directory.container import ContainerKind
from gateway.directory.container_writer import ContainerWriter
from gateway.directory.extraction import Extraction
from gateway.directory.faults import DirectoryFault
from gateway.directory.snapshot import DirectorySnapshot, WhitelistSnapshot, add_entries, add_whitelist
from gateway.directory.whitelist import MAX_BYTES, parse_whitelist
from gateway.domain.errors import Conflict, DirectoryUnavailable, MalformedContent, StoreUnavailable

MAX_LOSS = Fraction(1, 3)
MAX_CLOCK_SKEW = timedelta(days=1)


class ImportRefused(Conflict):
    """A list is not plausible beside the one in service; the operator may force it."""

    code = "PLI-206"


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryImportReport:
    """What an import has put in service.

    Attributes:
        count: entries now in service; for the white list, domains.
        previous_count: entries before; `None` when there was no usable list.
        duplicates: lines left out because an earlier one has the same address.
        faults: the first lines left out as malformed; `fault_count` counts all.
    """

    generated_at: datetime
    count: int
    previous_count: int | None
    duplicates: int
    faults: tuple[DirectoryFault, ...]
    fault_count: int


def import_whitelist(source: BinaryIO, target: Path, now: datetime, *, force: bool = False) -> DirectoryImportReport:
    """Read an XML white list (STD §1.3) and put it in service at `target`.

    Raises:
        MalformedContent: the file is no white list.
        ImportRefused: it is older than the present one, from the future, or has lost too much.
        StoreUnavailable: `target` cannot be written.
    """
    whitelist = parse_whitelist(source.read(MAX_BYTES + 1))
    previous = _present(target, WhitelistSnapshot)
    if not force:
        _check_date(whitelist.generated_at, previous.generated_at, now)
        _check_loss(len(whitelist.domains), previous.count)
    with _translated(target), ContainerWriter(target, ContainerKind.WHITELIST, whitelist.generated_at) as writer:
        add_whitelist(writer, whitelist)
        writer.finish()
        writer.commit()
    return DirectoryImportReport(
        generated_at=whitelist.generated_at,
        count=len(whitelist.domains),
        previous_count=previous.count,
        duplicates=0,
        faults=whitelist.faults,
        fault_count=whitelist.fault_count,
    )


def import_directory(
    source: BinaryIO, target: Path, generated_at: datetime, now: datetime, *, force: bool = False
) -> DirectoryImportReport:
    """Read a bulk extraction (STD §1.10), made at `generated_at`, and put it in service at `target`.

    Raises:
        MalformedContent: the file is no extraction, or not one of its lines is usable.
        ImportRefused: it is older than the present one, from the future, or has lost too much.
        StoreUnavailable: `target` cannot be written.
    """
    extraction = Extraction(source)
    previous = _present(target, DirectorySnapshot)
    if not force:
        _check_date(generated_at, previous.generated_at, now)
    with _translated(target), ContainerWriter(target, ContainerKind.DIRECTORY, generated_at) as writer:
        add_entries(writer, extraction)
        written = writer.finish()
        faults = extraction.faults
        if not written.count:
            raise MalformedContent(f"the extraction holds no usable line ({faults.count} are faulty)")
        if not force:
            _check_loss(written.count, previous.count)
        writer.commit()
    return DirectoryImportReport(
        generated_at=generated_at,
        count=written.count,
        previous_count=previous.count,
        duplicates=written.duplicates,
        faults=tuple(faults.first),
        fault_count=faults.count,
    )


@dataclass(frozen=True, slots=True)
class _Present:
    generated_at: datetime | None = None
    count: int | None = None


def _present(target: Path, read: type[DirectorySnapshot] | type[WhitelistSnapshot]) -> _Present:
    try:
        snapshot = read(target)
        return _Present(snapshot.generated_at, snapshot.count)
    except (FileNotFoundError, DirectoryUnavailable):
        return _Present()  # there is nothing to compare with, and every reason to replace it


def _check_date(generated_at: datetime, previous: datetime | None, now: datetime) -> None:
    if generated_at > now + MAX_CLOCK_SKEW:
        raise ImportRefused(
            f"this list is dated {generated_at:%Y-%m-%d %H:%M} UTC, in the future: it would never grow old; "
            "check its date and the clock of this machine, or force the import"
        )
    if previous and generated_at < previous:
        raise ImportRefused(
            f"this list is of {generated_at:%Y-%m-%d %H:%M} UTC, the one in service of "
            f"{previous:%Y-%m-%d %H:%M}; give a newer one, or force the import"
        )


def _check_loss(count: int, before: int | None) -> None:
    if before and count < before * (1 - MAX_LOSS):
        raise ImportRefused(
            f"this list has {count} entries, the one in service {before}: more than a third would be lost; "
            "check that the file is complete, or force the import"
        )


@contextmanager
def _translated(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreUnavailable(f"{target.name} cannot be written; check space and rights") from error
