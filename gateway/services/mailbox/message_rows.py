"""Messages of a folder with as much of each as is wanted: one look-up and one decryption a part."""

from collections.abc import Iterable, Iterator
from enum import Flag, auto
from typing import NamedTuple

import structlog

from gateway.domain.errors import SealBroken
from gateway.domain.mailbox import BlobKey, Entry, FolderId, VaultId
from gateway.ports.store import Tx

_log = structlog.get_logger("pli.store")


class Want(Flag):
    """What of each message is to be read besides its entry; each part costs one look-up and one decryption."""

    NOTHING = 0
    WIRE = auto()
    """ENVELOPE and BODYSTRUCTURE."""
    SUMMARY = auto()
    """BODY and the layout."""
    HEADERS = auto()
    EXTRACT = auto()
    BLOB = auto()
    """The key of the octets; everything else comes with it."""


class Row(NamedTuple):
    """One message in one folder with what was wanted of it; the rest is empty, or None."""

    entry: Entry
    envelope: bytes = b""
    bodystructure: bytes = b""
    header_block: bytes | None = None
    body: bytes = b""
    layout: bytes = b""
    extract: str | None = None
    blob: BlobKey | None = None


def wanted_rows(
    tx: Tx, vault: VaultId, folder: FolderId, low: int, high: int, want: Want
) -> Iterable[Row]:
    """Give the messages with low ≤ UID ≤ high, as they are read."""
    mail = tx.mail
    if want is Want.WIRE:
        return [Row(*found) for found in mail.wires(vault, folder, low, high)]
    if want is Want.HEADERS:
        return [Row(entry, header_block=block) for entry, block in mail.header_blocks(vault, folder, low, high)]
    if want is Want.EXTRACT:
        return [Row(entry, extract=text) for entry, text in mail.extracts(vault, folder, low, high)]
    if want is Want.HEADERS | Want.EXTRACT:
        blocks, texts = mail.header_blocks(vault, folder, low, high), mail.extracts(vault, folder, low, high)
        return [
            Row(entry, b"", b"", block, b"", b"", text) for (entry, block), (_, text) in zip(blocks, texts, strict=True)
        ]
    if Want.BLOB in want:
        return _wholes(tx, vault, mail.entries(vault, folder, low, high))
    return _joined(tx, vault, folder, low, high, want)


def _joined(tx: Tx, vault: VaultId, folder: FolderId, low: int, high: int, want: Want) -> list[Row]:
    """Read several parts; all queries see one snapshot, so their rows pair up."""
    mail = tx.mail
    rows = [Row(entry) for entry in mail.entries(vault, folder, low, high)]
    if Want.SUMMARY in want:
        rows = [
            Row(entry, summary.envelope, summary.bodystructure, None, summary.body, summary.layout)
            for entry, summary in mail.summaries(vault, folder, low, high)
        ]
    elif Want.WIRE in want:
        rows = [Row(*found) for found in mail.wires(vault, folder, low, high)]
    if Want.HEADERS in want:
        blocks = mail.header_blocks(vault, folder, low, high)
        rows = [row._replace(header_block=block) for row, (_, block) in zip(rows, blocks, strict=True)]
    if Want.EXTRACT in want:
        texts = mail.extracts(vault, folder, low, high)
        rows = [row._replace(extract=text) for row, (_, text) in zip(rows, texts, strict=True)]
    return rows


def _wholes(tx: Tx, vault: VaultId, entries: Iterable[Entry]) -> Iterator[Row]:
    """Read messages one by one; one that does not open is left out, as one whose octets are gone."""
    for entry in entries:
        try:
            yield _whole(tx, vault, entry)
        except SealBroken as error:
            _log.warning("imap.message_damaged", message=f"{entry.mid:x}", code=error.code)


def _whole(tx: Tx, vault: VaultId, entry: Entry) -> Row:
    content = tx.mail.content(vault, entry.mid)
    summary = content.summary
    return Row(
        entry,
        summary.envelope,
        summary.bodystructure,
        content.header_block,
        summary.body,
        summary.layout,
        content.extract,
        tx.blobs.open(vault, content.blob),
    )
