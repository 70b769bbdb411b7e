"""A campaign: a gateway under load is interrupted again and again, drained at the end, and inspected."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from tests.crash.inspection import Fault, Kind, faults_of
from tests.crash.laboratory import Load
from tests.crash.ledger import Ledger
from tests.crash.site import Site

Interruption: TypeAlias = Callable[[Site, Ledger], Awaitable[None]]
DRAIN_LIMIT = 60.0
"""Seconds in which the last server must do all that is left; the lease of a dead one is longer."""
_EARLY = 0.1
"""Share of starts that are killed before the server answers."""


async def campaign(site: Site, ledger: Ledger, times: int, interrupt: Interruption) -> list[Fault]:
    """Interrupt `times` while laboratories send; then let the gateway finish, stop it, and inspect it."""
    async with Load(site, ledger).running():
        for _ in range(times):
            await site.start()
            await interrupt(site, ledger)
        await site.start()
    return await settled(site, ledger)


async def settled(site: Site, ledger: Ledger) -> list[Fault]:
    """Let a serving gateway finish what it has accepted, stop it, and inspect it."""
    left = await site.drained(DRAIN_LIMIT)
    status = await site.stop()
    assert status == 0, f"the server ended with {status}:\n{site.tail()}"
    faults = await faults_of(site.world.settings, ledger)
    return [Fault(Kind.LEFT_OVER, f"{left} steps after {DRAIN_LIMIT} s"), *faults] if left else faults


async def killed_at_random(site: Site, ledger: Ledger) -> None:
    """Kill at any moment; half of them just after a final dot, where commit and 250 lie close together."""
    chance = ledger.chance
    if chance.random() < _EARLY:
        await site.kill()
        await site.launch()
        await asyncio.sleep(chance.uniform(0.0, 2.0))
    else:
        await asyncio.sleep(chance.uniform(0.0, 0.8))
        if chance.random() < 0.5:
            ledger.offering.clear()
            await ledger.offering.wait()
            await asyncio.sleep(chance.uniform(0.0, 0.02))
    await site.kill()


def a_ledger(seed: int) -> Ledger:
    """Make a ledger whose every choice follows from `seed`."""
    return Ledger(random.Random(seed))


def told(faults: list[Fault]) -> str:
    """Describe faults in a few lines."""
    counts = Counter(fault.kind for fault in faults)
    lines = [f"{count} × {kind.value}" for kind, count in counts.items()]
    return "\n".join([*lines, *(f"  {fault.kind.name} {fault.about}" for fault in faults[:20])])
