"""What is sealed beside coded rows: secrets of sign-ins, the heads of vaults."""

import msgspec

from gateway.store.seal.record_forms import Record


class SecretRecord(Record, frozen=True):
    """What a sign-in's password is checked against."""

    secret: bytes


class HeadRecord(Record, frozen=True):
    """What a vault's coded rows are: versions by what they are listed under, and the count and sum of documents.

    `sums` has the same of other tables, by their mark; `tallies` how many rows say what. `epoch` counts its changes;
    `trace` is how long the vault's trace was at the last one; `issued` has when codes were asked for, and in the
    remainder by eight for what, as far as limits count them; `folders` and `validity` are the highest ever given.
    """

    epoch: int
    rows: dict[bytes, int] = msgspec.field(default_factory=dict)
    documents: int = 0
    total: bytes = bytes(16)
    trace: int = 0
    issued: tuple[int, ...] = ()
    folders: int = 0
    validity: int = 0
    sums: dict[bytes, tuple[int, bytes]] = msgspec.field(default_factory=dict)
    tallies: dict[bytes, dict[str, int]] = msgspec.field(default_factory=dict)
