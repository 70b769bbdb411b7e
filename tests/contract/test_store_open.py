"""Making and opening a store: what exists is kept, what is missing is named, nothing is made up."""

from pathlib import Path

import pytest

from gateway.domain.errors import ConfigurationError, KeyUnavailable
from gateway.store.opening import StorePaths, create_store, open_store
from gateway.store.seal.keys import create_kek
from tests.builders.store import ManualClock, a_mailbox, store_at


async def test_store_made_again_keeps_what_it_has(ram: Path) -> None:
    async with store_at(ram) as at:
        vault = await a_mailbox(at.store, name="Dr Camille Exemple")
    create_store(StorePaths.below(ram))
    async with store_at(ram) as at:
        assert (await at.store.read(lambda tx: tx.spaces.address_of(vault)))[2] == "Dr Camille Exemple"


async def test_store_that_was_not_made_is_not_opened(ram: Path) -> None:
    with pytest.raises(ConfigurationError, match="pli init"):
        async with open_store(StorePaths.below(ram), ManualClock()):
            pass


def test_lost_key_encryption_key_is_not_replaced_by_a_new_one(ram: Path) -> None:
    paths = StorePaths.below(ram)
    create_store(paths)
    paths.kek.unlink()
    with pytest.raises(ConfigurationError, match="backup"):
        create_store(paths)
    assert not paths.kek.exists()


async def test_wrong_key_encryption_key_is_found_on_opening(ram: Path) -> None:
    paths = StorePaths.below(ram)
    create_store(paths)
    paths.kek.unlink()
    create_kek(paths.kek)
    with pytest.raises(KeyUnavailable):
        async with open_store(paths, ManualClock()):
            pass


def test_folders_and_keys_are_for_their_owner_only(ram: Path) -> None:
    paths = StorePaths.below(ram)
    create_store(paths)
    folders = (paths.database.parent, paths.blobs, paths.key_store.parent)
    assert {folder.stat().st_mode & 0o777 for folder in folders} == {0o700}
    assert {file.stat().st_mode & 0o777 for file in (paths.database, paths.key_store, paths.kek)} == {0o600}
