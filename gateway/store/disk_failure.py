"""Whether a disk has failed under what this gateway writes; after that nothing more is written until it starts again.

A failed fsync is never retried, nor is another tried after it: the kernel may have dropped what it could not write, and
calls clean what never reached the disk. That holds for every process that writes to the same files.
"""

from typing import Protocol


class DiskFailure(Protocol):
    """What the database and the blobs ask before they write, and tell when the disk has failed."""

    @property
    def has_happened(self) -> bool:
        """Say whether it has failed under any process of this gateway."""

    def note(self) -> None:
        """Note that it has; there is no way back."""


class OwnDiskFailure:
    """The failure of a program that writes alone."""

    def __init__(self) -> None:
        self.has_happened = False

    def note(self) -> None:
        """Note that it has; there is no way back."""
        self.has_happened = True
