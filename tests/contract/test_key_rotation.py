"""The key-encryption key is renewed: everything opens at every moment, and afterwards not by the old key (F28)."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gateway.domain.errors import ConfigurationError, KeyUnavailable, StoreUnavailable
from gateway.domain.mailbox import MessageId, VaultId
from gateway.store.opening import StorePaths
from gateway.store.seal import key_rotation
from gateway.store.seal.key_rotation import keks_in_use, next_kek, old_kek, rotation
from gateway.store.seal.keys import KeyStore, read_kek
from tests.builders.store import a_content, a_space, shown, store_at


async def _filled(folder: Path, spaces: int = 5) -> list[VaultId]:
    """Make a store with some spaces, each with a message."""
    async with store_at(folder) as at:
        made = [(await a_space(at.store)).vault for _ in range(spaces)]
        for vault in made:
            await at.store.write(lambda tx, vault=vault: shown(tx, vault, a_content(mid=7)))  # type: ignore[misc]
        return made


async def _all_open(folder: Path, vaults: list[VaultId]) -> None:
    async with store_at(folder) as at:
        for vault in vaults:
            found = await at.store.read(lambda tx, vault=vault: tx.mail.content(vault, MessageId(7)))  # type: ignore[misc]
            assert found.mid == 7


def _rotated(paths: StorePaths) -> int:
    return sum(done.keys for done in rotation(paths.key_store, paths.kek))


def _epochs(paths: StorePaths) -> set[int]:
    with closing(sqlite3.connect(paths.key_store)) as db:
        return {epoch for (epoch,) in db.execute("SELECT epoch FROM vault_key")}


async def test_everything_opens_by_the_new_key_and_nothing_by_the_old(ram: Path) -> None:
    vaults, paths = await _filled(ram), StorePaths.below(ram)
    before, wrapped = read_kek(paths.kek), paths.key_store.read_bytes()
    assert _rotated(paths) == len(vaults) + 1  # and the operator's
    assert read_kek(paths.kek) != before
    assert len(_epochs(paths)) == 1
    await _all_open(ram, vaults)
    with closing(KeyStore(paths.key_store, before)) as old, pytest.raises(KeyUnavailable):
        old.key(vaults[0])
    assert not next_kek(paths.kek).exists()
    assert not old_kek(paths.kek).exists()
    # An old copy of the key store opens by an old copy of the key, and not by the new one.
    copy = ram / "copy.sqlite"
    copy.write_bytes(wrapped)
    with closing(KeyStore(copy, read_kek(paths.kek))) as kept, pytest.raises(KeyUnavailable):
        kept.key(vaults[0])


async def test_old_key_and_what_it_wrapped_are_in_no_file(ram: Path) -> None:
    await _filled(ram)
    paths = StorePaths.below(ram)
    old = paths.kek.read_bytes().strip()
    with closing(sqlite3.connect(paths.key_store)) as db:
        rows = [wrapped for (wrapped,) in db.execute("SELECT wrapped FROM vault_key")]
    _rotated(paths)
    for path in paths.kek.parent.iterdir():
        octets = path.read_bytes()
        assert old not in octets
        assert not [wrapped for wrapped in rows if wrapped in octets]


async def test_killed_at_each_step_everything_opens_and_it_goes_on(ram: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_rotation, "BATCH", 2)
    vaults, paths, steps = await _filled(ram), StorePaths.below(ram), 0
    while True:
        steps += 1
        going = rotation(paths.key_store, paths.kek)
        done = [step.step for step, _ in zip(going, range(steps), strict=False)]
        del going
        await _all_open(ram, vaults)
        async with store_at(ram) as at:
            vaults.append((await a_space(at.store)).vault)
            await at.store.write(lambda tx: shown(tx, vaults[-1], a_content(mid=7)))
        if done[-1] == "destroyed":
            break
        _rotated(paths)
        await _all_open(ram, vaults)
        assert not next_kek(paths.kek).exists()
        assert not old_kek(paths.kek).exists()
        assert len(_epochs(paths)) == 1
    assert steps >= 8


async def test_killed_while_files_change_places_it_is_finished(ram: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vaults, paths = await _filled(ram), StorePaths.below(ram)
    for name in ("replace", "unlink"):  # a draft is only unlinked where there is no next key yet
        with monkeypatch.context() as patched:

            def killed(*_: object, **__: object) -> None:
                raise KeyboardInterrupt

            patched.setattr(Path, name, killed)
            with pytest.raises(KeyboardInterrupt):
                _rotated(paths)
        await _all_open(ram, vaults)
    _rotated(paths)
    await _all_open(ram, vaults)
    assert not old_kek(paths.kek).exists()


async def test_key_in_use_is_never_overwritten(ram: Path) -> None:
    vaults, paths = await _filled(ram), StorePaths.below(ram)
    old_kek(paths.kek).hardlink_to(paths.kek)
    assert _rotated(paths) == 0
    await _all_open(ram, vaults)


async def test_half_written_key_is_made_anew(ram: Path) -> None:
    vaults, paths = await _filled(ram), StorePaths.below(ram)
    next_kek(paths.kek).with_name("kek.next.draft").write_text("ab")
    assert _rotated(paths) > 0
    await _all_open(ram, vaults)


async def test_program_that_began_before_makes_no_key_that_nobody_opens(ram: Path) -> None:
    await _filled(ram)
    paths = StorePaths.below(ram)
    with closing(KeyStore(paths.key_store, read_kek(paths.kek))) as importing:
        _rotated(paths)
        with pytest.raises(StoreUnavailable, match="start this program again"):
            importing.create([VaultId(99)])


async def test_key_that_does_not_open_stops_it_and_loses_nothing(ram: Path) -> None:
    vaults, paths = await _filled(ram), StorePaths.below(ram)
    with closing(sqlite3.connect(paths.key_store)) as db, db:
        db.execute("UPDATE vault_key SET wrapped = zeroblob(60) WHERE vault = ?", (vaults[0],))
    with pytest.raises(KeyUnavailable):
        _rotated(paths)
    await _all_open(ram, vaults[1:])


async def test_key_store_of_before_epochs_is_read_and_renewed(ram: Path) -> None:
    vaults, paths = await _filled(ram), StorePaths.below(ram)
    with closing(sqlite3.connect(paths.key_store, isolation_level=None)) as db:
        db.execute("DROP TABLE key_epoch")
        db.execute("ALTER TABLE vault_key DROP COLUMN epoch")
    await _all_open(ram, vaults)
    assert _epochs(paths) == {0}
    _rotated(paths)
    await _all_open(ram, vaults)


def test_without_a_key_there_is_nothing_to_renew(ram: Path) -> None:
    with pytest.raises(ConfigurationError):
        _rotated(StorePaths.below(ram))
    with pytest.raises(ConfigurationError):
        keks_in_use(ram / "kek")
