"""Sealed records open in their own place only, and never once the vault's key is destroyed."""

import contextlib
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from gateway.domain.errors import ConfigurationError, KeyUnavailable, SealBroken, StoreUnavailable
from gateway.domain.mailbox import OPERATOR, VaultId
from gateway.store.seal import keys as key_store
from gateway.store.seal.keys import CACHE_SECONDS, KeyStore, create_kek, read_kek
from gateway.store.seal.sealer import RecordKind, Sealer

ONE, OTHER = VaultId(1001), VaultId(1002)
KEK = bytes(range(32))


@pytest.fixture
def keys(ram: Path) -> Iterator[KeyStore]:
    """A key store with two vaults and the operator."""
    opened = KeyStore(ram / "keys" / "keys.sqlite", KEK)
    opened.create([OPERATOR, ONE, OTHER])
    yield opened
    opened.close()


@pytest.mark.parametrize("clear", [b"", b"x", bytes(100_000)])
def test_record_opens_in_its_place(keys: KeyStore, clear: bytes) -> None:
    sealer = Sealer(keys)
    assert sealer.open(ONE, RecordKind.SUMMARY, 7, sealer.seal(ONE, RecordKind.SUMMARY, 7, clear)) == clear


@pytest.mark.parametrize(
    ("vault", "kind", "obj"),
    [(OTHER, RecordKind.SUMMARY, 7), (ONE, RecordKind.HEADERS, 7), (ONE, RecordKind.SUMMARY, 8)],
    ids=["vault", "kind", "object"],
)
def test_record_moved_elsewhere_does_not_open(keys: KeyStore, vault: VaultId, kind: RecordKind, obj: int) -> None:
    sealer = Sealer(keys)
    sealed = sealer.seal(ONE, RecordKind.SUMMARY, 7, b"x")
    with pytest.raises(SealBroken):
        sealer.open(vault, kind, obj, sealed)


def test_record_with_any_octet_changed_does_not_open(keys: KeyStore) -> None:
    sealer = Sealer(keys)
    sealed = sealer.seal(ONE, RecordKind.SUMMARY, 7, b"texte")
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(SealBroken):
            sealer.open(ONE, RecordKind.SUMMARY, 7, bytes(changed))


@pytest.mark.parametrize("length", [0, 1, 2, 14, 29])
def test_record_cut_short_does_not_open(keys: KeyStore, length: int) -> None:
    sealer = Sealer(keys)
    with pytest.raises(SealBroken):
        sealer.open(ONE, RecordKind.SUMMARY, 7, sealer.seal(ONE, RecordKind.SUMMARY, 7, b"texte")[:length])


def test_same_text_is_sealed_differently_each_time(keys: KeyStore) -> None:
    sealer = Sealer(keys)
    assert sealer.seal(ONE, RecordKind.SUMMARY, 7, b"x") != sealer.seal(ONE, RecordKind.SUMMARY, 7, b"x")


def test_numbers_of_kinds_are_distinct() -> None:
    assert len({kind.value for kind in RecordKind}) == len(RecordKind.__members__)


def test_destroyed_key_opens_nothing(keys: KeyStore) -> None:
    sealer = Sealer(keys)
    sealed = sealer.seal(ONE, RecordKind.SUMMARY, 7, b"x")
    keys.destroy(ONE)
    sealer.forget(ONE)
    with pytest.raises(KeyUnavailable):
        sealer.open(ONE, RecordKind.SUMMARY, 7, sealed)


def test_key_that_another_process_destroyed_opens_nothing_once_the_caches_are_stale(ram: Path, keys: KeyStore) -> None:
    passed = [0.0]
    with closing(KeyStore(ram / "keys" / "keys.sqlite", KEK, now=lambda: passed[0])) as serving:
        sealer = Sealer(serving, now=lambda: passed[0])
        sealed = sealer.seal(ONE, RecordKind.SUMMARY, 7, b"x")
        keys.destroy(ONE)
        assert sealer.open(ONE, RecordKind.SUMMARY, 7, sealed) == b"x"
        passed[0] = CACHE_SECONDS
        with pytest.raises(KeyUnavailable):
            sealer.open(ONE, RecordKind.SUMMARY, 7, sealed)


def test_cache_lets_go_of_what_was_used_least_lately(keys: KeyStore) -> None:
    sealer = Sealer(keys, cached=2)
    first, second = (sealer.seal(ONE, kind, 7, b"x") for kind in (RecordKind.SUMMARY, RecordKind.HEADERS))
    sealer.open(ONE, RecordKind.SUMMARY, 7, first)
    sealer.seal(OTHER, RecordKind.SUMMARY, 7, b"x")
    keys.destroy(ONE)  # what is still cached shows itself by opening
    assert sealer.open(ONE, RecordKind.SUMMARY, 7, first) == b"x"
    with pytest.raises(KeyUnavailable):
        sealer.open(ONE, RecordKind.HEADERS, 7, second)


def test_key_destroyed_while_others_seal_is_cached_by_nobody(keys: KeyStore) -> None:
    sealer, started = Sealer(keys), threading.Barrier(5)

    def seal_on() -> None:
        started.wait()
        with contextlib.suppress(KeyUnavailable):
            for number in range(100_000):
                sealer.seal(ONE, RecordKind(1 + number % len(RecordKind)), number, b"x")

    with ThreadPoolExecutor(4) as pool:
        others = [pool.submit(seal_on) for _ in range(4)]
        started.wait()
        keys.destroy(ONE)
        sealer.forget(ONE)
        for kind in RecordKind:
            with pytest.raises(KeyUnavailable):
                sealer.seal(ONE, kind, 1, b"x")
        for other in others:
            other.result()


def test_key_made_again_after_destruction_does_not_open_what_was_sealed(keys: KeyStore) -> None:
    sealed = Sealer(keys).seal(ONE, RecordKind.SUMMARY, 7, b"x")
    keys.destroy(ONE)
    keys.create([ONE])
    with pytest.raises(SealBroken):
        Sealer(keys).open(ONE, RecordKind.SUMMARY, 7, sealed)


def test_destroyed_key_is_not_left_in_the_files(keys: KeyStore, ram: Path) -> None:
    with closing(sqlite3.connect(ram / "keys" / "keys.sqlite")) as db:
        (wrapped,) = db.execute("SELECT wrapped FROM vault_key WHERE vault = ?", (ONE,)).fetchone()
    keys.destroy(ONE)
    assert keys.cut_log()
    assert all(wrapped not in file.read_bytes() for file in (ram / "keys").iterdir())


def test_log_that_somebody_reads_is_not_cut_off_and_says_so(keys: KeyStore, ram: Path) -> None:
    with closing(sqlite3.connect(ram / "keys" / "keys.sqlite", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        (wrapped,) = reader.execute("SELECT wrapped FROM vault_key WHERE vault = ?", (ONE,)).fetchone()
        keys.destroy(ONE)
        assert not keys.cut_log()
        assert keys.key(OTHER)  # nobody waits for it meanwhile
        reader.execute("COMMIT")
    assert keys.cut_log()
    assert all(wrapped not in file.read_bytes() for file in (ram / "keys").iterdir())


def test_vault_keeps_the_key_it_has(keys: KeyStore) -> None:
    before = keys.key(ONE)
    keys.create([ONE])
    assert keys.key(ONE) == before


@pytest.mark.parametrize("ask", [lambda k: k.create([ONE]), lambda k: k.key(ONE), lambda k: k.destroy(ONE)])
def test_key_store_that_is_gone_defers(keys: KeyStore, ask: Callable[[KeyStore], object]) -> None:
    keys.close()
    with pytest.raises(StoreUnavailable):
        ask(keys)


def test_key_is_found_again_when_more_vaults_were_used_than_are_remembered(
    keys: KeyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_store, "_CACHED_KEYS", 1)
    before = keys.key(ONE)
    keys.key(OTHER)
    assert keys.key(ONE) == before


def test_keys_are_there_after_reopening(keys: KeyStore, ram: Path) -> None:
    with closing(KeyStore(ram / "keys" / "keys.sqlite", KEK)) as again:
        assert again.key(ONE) == keys.key(ONE)


def test_another_key_encryption_key_opens_nothing(keys: KeyStore, ram: Path) -> None:
    with closing(KeyStore(ram / "keys" / "keys.sqlite", bytes(32))) as other, pytest.raises(KeyUnavailable):
        other.key(ONE)


def test_wrapped_key_moved_to_another_vault_does_not_open(keys: KeyStore, ram: Path) -> None:
    with closing(sqlite3.connect(ram / "keys" / "keys.sqlite")) as db, db:
        db.execute(
            "UPDATE vault_key SET wrapped = (SELECT wrapped FROM vault_key WHERE vault = ?) WHERE vault = ?",
            (ONE, OTHER),
        )
    with pytest.raises(KeyUnavailable):
        keys.key(OTHER)


def test_key_encryption_key_is_never_overwritten(ram: Path) -> None:
    create_kek(ram / "kek")
    before = read_kek(ram / "kek")
    with pytest.raises(FileExistsError):
        create_kek(ram / "kek")
    assert read_kek(ram / "kek") == before


def test_key_encryption_key_that_others_can_read_is_refused(ram: Path) -> None:
    create_kek(ram / "kek")
    (ram / "kek").chmod(0o644)
    with pytest.raises(ConfigurationError):
        read_kek(ram / "kek")


@pytest.mark.parametrize("text", ["", "zz", "ab" * 31])
def test_key_encryption_key_of_another_form_is_refused(ram: Path, text: str) -> None:
    (ram / "kek").touch(0o600)
    (ram / "kek").write_text(text)
    with pytest.raises(ConfigurationError):
        read_kek(ram / "kek")
