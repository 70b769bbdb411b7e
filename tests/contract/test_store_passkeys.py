"""Passkeys, and the browsers of sessions, in the store."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.domain.account import Session
from gateway.domain.errors import Conflict
from gateway.domain.mailbox import VaultId
from gateway.domain.passkey import Passkey
from tests.builders.store import NOON, StoreAt, a_space


def a_passkey(vault: VaultId, credential: bytes = b"c1", minutes: int = 0) -> Passkey:
    return Passkey(
        vault=vault,
        credential=credential,
        public_key=b"key",
        counter=0,
        name="Téléphone",
        added=NOON + timedelta(minutes=minutes),
    )


async def test_a_passkey_is_found_by_its_credential_and_by_its_space(at: StoreAt) -> None:
    vault = (await a_space(at.store)).vault
    first, second = a_passkey(vault), a_passkey(vault, b"c2", minutes=-1)
    await at.store.write(lambda tx: tx.passkeys.save(first))
    await at.store.write(lambda tx: tx.passkeys.save(second))
    assert await at.store.read(lambda tx: tx.passkeys.get(b"c1")) == first
    assert await at.store.read(lambda tx: tx.passkeys.of(vault)) == [second, first]
    assert await at.store.read(lambda tx: tx.passkeys.get(b"c3")) is None


async def test_a_passkey_that_was_used_replaces_itself(at: StoreAt) -> None:
    vault = (await a_space(at.store)).vault
    used = replace(a_passkey(vault), counter=4, used=NOON)
    await at.store.write(lambda tx: tx.passkeys.save(a_passkey(vault)))
    await at.store.write(lambda tx: tx.passkeys.save(used))
    assert await at.store.read(lambda tx: tx.passkeys.of(vault)) == [used]


async def test_a_passkey_of_one_space_cannot_become_that_of_another(at: StoreAt) -> None:
    vault, other = (await a_space(at.store)).vault, (await a_space(at.store)).vault
    await at.store.write(lambda tx: tx.passkeys.save(a_passkey(vault)))
    with pytest.raises(Conflict):
        await at.store.write(lambda tx: tx.passkeys.save(a_passkey(other)))


async def test_a_passkey_that_was_taken_away_is_nobodys(at: StoreAt) -> None:
    vault, other = (await a_space(at.store)).vault, (await a_space(at.store)).vault
    await at.store.write(lambda tx: tx.passkeys.save(a_passkey(vault)))
    await at.store.write(lambda tx: tx.passkeys.drop(b"c1"))
    await at.store.write(lambda tx: tx.passkeys.drop(b"c1"))
    assert await at.store.read(lambda tx: tx.passkeys.of(vault)) == []
    await at.store.write(lambda tx: tx.passkeys.save(a_passkey(other)))


async def test_a_session_says_in_which_browser_it_was_opened_until_it_ends(at: StoreAt) -> None:
    vault = (await a_space(at.store)).vault
    opened = Session(
        digest=bytes(32), vault=vault, kind="web", created=NOON, used=NOON, expires=NOON, device="Firefox sur Windows"
    )
    program = replace(opened, digest=bytes([1] * 32), created=NOON - timedelta(hours=1), device="")
    moved = replace(opened, used=NOON + timedelta(minutes=1), device="")
    for session in (opened, program, moved):
        await at.store.write(lambda tx, session=session: tx.spaces.save_session(session))  # type: ignore[misc]
    listed = await at.store.read(lambda tx: tx.spaces.sessions_of(vault))
    assert listed == [replace(moved, device="Firefox sur Windows"), program]
    await at.store.write(lambda tx: tx.spaces.drop_session(bytes(32)))
    assert await at.store.read(lambda tx: tx.spaces.sessions_of(vault)) == [program]
    await at.store.write(lambda tx: tx.spaces.save_session(moved))
    assert [one.device for one in await at.store.read(lambda tx: tx.spaces.sessions_of(vault))] == ["", ""]
