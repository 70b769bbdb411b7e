"""Whose word an archive is: an operator's that is trusted here, somebody's who is not, or nobody's.

The manifest lists every file with its SHA-256 (FIPS 180-4), and is signed by Ed25519 (RFC 8032). Blocks while it reads
the whole archive.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

import msgspec

from gateway.domain.errors import LimitExceeded, MalformedContent
from gateway.domain.fingerprints import plain_fingerprint
from gateway.services.export.archive_writer import FORM, MANIFEST, PUBLIC_KEY, SIGNATURE
from gateway.services.export.signing import fingerprint_of, is_signed_by, public_key_of
from gateway.services.restoring.archive_opening import OpenedArchive

_MAX_KEY, _SIGNATURE = 4096, 64
_MAX_MANIFEST = 128 * 1024 * 1024
_LONGEST = 255


class ArchiveTrust(Enum):
    """What the signature of an archive says; `OPERATOR` alone makes it count as what it claims to be."""

    OPERATOR = "operator"
    UNKNOWN_KEY = "unknown-key"
    UNSIGNED = "unsigned"
    ALTERED = "altered"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SignedBy:
    """Whose word an archive is.

    Attributes:
        operator: as the manifest says; empty when there is none.
        fingerprint: of the key in the archive, in groups of four digits; empty when there is none.
        ins: number of whose archive it is, as the manifest says.
        differing: how many files are missing, added or not as they were signed.
    """

    trust: ArchiveTrust
    operator: str = ""
    fingerprint: str = ""
    made_at: datetime | None = None
    ins: str = ""
    differing: int = 0


class _File(msgspec.Struct, frozen=True):
    size: int
    sha256: str


class _Manifest(msgspec.Struct, frozen=True):
    form: int
    files: dict[str, _File]
    operator: str
    made_at: datetime
    ins: str


_decode = msgspec.json.Decoder(_Manifest).decode


def signed_by(archive: OpenedArchive, trusted: Collection[str]) -> SignedBy:
    """Check signature and every file; `trusted` are fingerprints of operators' keys.

    Raises:
        MalformedContent, LimitExceeded: a file is cut, or is not what the archive claims.
        MalformedContent: a later version of Pli made it.
    """
    manifest = _manifest(archive)
    if manifest is None or SIGNATURE not in archive or PUBLIC_KEY not in archive:
        _read_all(archive)
        return _said(ArchiveTrust.UNSIGNED, manifest)
    octets, said = manifest
    key = public_key_of(_small(archive, PUBLIC_KEY, _MAX_KEY))
    if key is None or not is_signed_by(key, _small(archive, SIGNATURE, _SIGNATURE), octets):
        _read_all(archive)
        return _said(ArchiveTrust.ALTERED, manifest)
    if said.form > FORM:
        raise MalformedContent("a later version of Pli made this archive: update this one first (docs/operations.md)")
    fingerprint = fingerprint_of(key)
    differing = sum(1 for _ in _differing(archive, said))
    if differing:
        return _said(ArchiveTrust.ALTERED, manifest, fingerprint, differing)
    is_trusted = plain_fingerprint(fingerprint) in trusted
    return _said(ArchiveTrust.OPERATOR if is_trusted else ArchiveTrust.UNKNOWN_KEY, manifest, fingerprint)


def _said(
    trust: ArchiveTrust, manifest: tuple[bytes, _Manifest] | None, fingerprint: str = "", differing: int = 0
) -> SignedBy:
    if manifest is None:
        return SignedBy(trust=trust)
    said = manifest[1]
    name = "".join(c for c in said.operator[:_LONGEST] if c.isprintable())
    return SignedBy(
        trust=trust,
        operator=name,
        fingerprint=fingerprint,
        made_at=said.made_at if said.made_at.tzinfo else None,
        ins=said.ins,
        differing=differing,
    )


def _manifest(archive: OpenedArchive) -> tuple[bytes, _Manifest] | None:
    if MANIFEST not in archive:
        return None
    octets = archive.read(MANIFEST, _MAX_MANIFEST)
    try:
        return octets, _decode(octets)
    except (msgspec.DecodeError, RecursionError):
        return None


def _small(archive: OpenedArchive, name: str, most: int) -> bytes:
    try:
        return archive.read(name, most)
    except LimitExceeded:
        return b""


def _differing(archive: OpenedArchive, said: _Manifest) -> Iterator[str]:
    yield from said.files.keys() - set(archive.names)
    for name in archive.names:
        if name in (MANIFEST, SIGNATURE):
            continue
        file = said.files.get(name)
        # A file is read to its end whatever is said of it: one that is cut is told as that.
        if archive.digest(name) != (file.sha256 if file else "") or (file and file.size != archive.size(name)):
            yield name


def _read_all(archive: OpenedArchive) -> None:
    for name in archive.names:
        for _ in archive.pieces(name):
            pass
