"""Encrypt an archive that is packed to a person's OpenPGP key, piece by piece: memory does not grow with it."""

from collections.abc import Iterator

from gateway.domain.own_export import OwnExport
from gateway.ports.blobs import Blobs
from gateway.ports.openpgp import OpenPgp
from gateway.ports.store import Store
from gateway.services.export.archive_making import PIECE, PackedArchive
from gateway.services.stored_octets import stored


async def encrypted(
    packed: PackedArchive, asked: OwnExport, store: Store, blobs: Blobs, openpgp: OpenPgp
) -> PackedArchive:
    """Give the archive encrypted to the key that its owner confirmed; the pieces in clear are nobody's, and swept.

    Raises:
        EncryptionFailed: the key is not good any more, or the program fails.
    """
    done, held = PackedArchive(damaged=packed.damaged), bytearray()

    def take(data: bytes) -> None:
        held.extend(data)
        if len(held) >= PIECE:
            done.pieces.append(blobs.put(held))
            held.clear()

    await openpgp.encrypt(asked.key, asked.fingerprint, _octets(packed, blobs), take)
    if held:
        done.pieces.append(await store.aside(lambda: blobs.put(held)))
    return done


def _octets(packed: PackedArchive, blobs: Blobs) -> Iterator[bytes]:
    for key in packed.pieces:
        yield from stored(blobs, key)
