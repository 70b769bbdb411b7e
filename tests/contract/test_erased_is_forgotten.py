"""A process that serves remembers nothing of a space that was erased, also by another process (F28)."""

import asyncio
import gc
from collections.abc import AsyncIterator, Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gateway.app import _receiver
from gateway.core import Core, core
from gateway.demonstration.world import World, found_world, populate
from gateway.domain.account import Space
from gateway.domain.errors import KeyUnavailable
from gateway.domain.mailbox import VaultId, VaultKind
from gateway.domain.space import SpaceState
from gateway.ports.store import Tx
from gateway.services.access.actors import holder_of, operator_of
from gateway.services.sign_in.patient_sign_in import SignInFault
from gateway.services.space.forgetting import ErasedForgotten


@pytest.fixture
def world(ram: Path) -> World:
    """Found a gateway on no fixed port."""
    return found_world(ram / "gateway", (0, 0, 0, 0, 0, 0), datetime.now(UTC))


@pytest.fixture
async def it(world: World) -> AsyncIterator[Core]:
    """Open it, with the people of the demonstration."""
    async with core(world.settings) as opened:
        await populate(world, opened)
        yield opened


async def _somebody(it: Core) -> Space:
    def first(tx: Tx) -> Space:
        return tx.spaces.space(tx.spaces.listed(VaultId(-1), 1, SpaceState.ACTIVE)[0])

    return await it.store.read(first)


def _remembered(roots: list[object], words: set[str]) -> set[str]:
    """List which words stand in a text or in octets that can be reached, modules and classes apart."""
    seen, waiting, found = set[int](), list(roots), set[str]()
    while waiting:
        one = waiting.pop()
        if id(one) in seen or isinstance(one, type):
            continue
        seen.add(id(one))
        if isinstance(one, str | bytes):
            text = one.decode("latin-1") if isinstance(one, bytes) else one
            found |= {word for word in words if word.lower() in text.lower()}  # « 2A » is « 2a » in an address
        elif type(one).__name__ not in {"module", "function", "builtin_function_or_method", "frame"}:
            waiting += gc.get_referents(one)
    return found


async def test_nothing_that_can_be_reached_names_who_was_erased(it: Core) -> None:
    space = await _somebody(it)
    number, address = space.identity.ins.value, space.address.mail
    receiver: Any = _receiver(it)  # Any: what it remembers is its own affair
    receiver._remember(address, (space.vault, VaultKind.SPACE))
    await it.conversations.recent(holder_of(space, "web"))
    await it.patients.set_password(space.vault, "quelqu-un-7741", "Fougère-Lente-31")
    assert not isinstance(await it.patients.sign_in("quelqu-un-7741", "Fougère-Lente-31", "192.0.2.7"), SignInFault)
    words, vault = {number, space.email, "quelqu-un-7741"}, space.vault
    assert number in _remembered([receiver], words)
    # As another process does it.
    async with core(it.settings) as command:
        await command.erasure.erase(vault, "", operator_of(vault))
    del space, address
    await ErasedForgotten(it.store, it.clock, (receiver.forget,)).look()
    assert _remembered([receiver, it], words) == set()
    with pytest.raises(KeyUnavailable):  # its key was in use here until now
        await it.store.read(lambda tx: tx.audit.events(vault))


async def test_key_is_forgotten_as_soon_as_a_command_has_erased(it: Core) -> None:
    space = await _somebody(it)
    forgotten = asyncio.Event()

    def forget(vaults: Collection[VaultId]) -> None:
        if space.vault in vaults:
            forgotten.set()

    watching = asyncio.ensure_future(ErasedForgotten(it.store, it.clock, (forget,)).run())
    assert await it.store.read(lambda tx: tx.audit.events(space.vault))
    async with core(it.settings) as command:
        await command.erasure.erase(space.vault, "", operator_of(space.vault))
    async with asyncio.timeout(10):
        await forgotten.wait()
    with pytest.raises(KeyUnavailable):  # not after the five minutes for which keys are kept
        await it.store.read(lambda tx: tx.audit.events(space.vault))
    watching.cancel()
