"""Proofs of refusals that were noted by an operator: one PDF file a space, in a folder of their owner's alone.

A file bears the number of its space and no name. It goes when the space is erased.
"""

import asyncio
import os
from pathlib import Path

from gateway.domain.errors import ConfigurationError
from gateway.domain.mailbox import VaultId
from gateway.store.renamed_files import draft_of, put_in_place


class ProofFiles:
    """Keeps proofs in a folder, made when the first one comes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def require(self) -> None:
        """Make the folder. Raises `ConfigurationError` when nothing can be written to it."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise self._unusable(str(error.strerror)) from error
        if not os.access(self._folder, os.W_OK | os.X_OK):
            raise self._unusable("no right to write")

    async def put(self, vault: VaultId, proof: bytes) -> Path:
        """Write a proof in place of an earlier one of the same space, and give its file."""
        try:
            await asyncio.to_thread(put_in_place, self._file(vault), proof)
        except OSError as error:
            raise self._unusable(str(error.strerror)) from error
        return self._file(vault)

    async def forget(self, vault: VaultId) -> None:
        """Remove the proof of a space that was erased, and one that was never finished; none is no error."""
        for file in (self._file(vault), draft_of(self._file(vault))):
            await asyncio.to_thread(file.unlink, missing_ok=True)

    def _file(self, vault: VaultId) -> Path:
        return self._folder / f"opposition-{vault:x}.pdf"

    def _unusable(self, why: str) -> ConfigurationError:
        return ConfigurationError(f"{self._folder} cannot be written to ({why}): name another folder by --out")
