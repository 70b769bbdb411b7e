"""Senders that leave right after the final dot, without waiting for the reply (assurance, vectors)."""

import asyncio

import pytest

from tests.crash.campaign import a_ledger, settled, told
from tests.crash.laboratory import Laboratory
from tests.crash.ledger import Ledger
from tests.crash.site import Site, a_site

pytestmark = [pytest.mark.crash, pytest.mark.xdist_group("crash"), pytest.mark.timeout(120)]

MESSAGES = 30


async def _left(site: Site, ledger: Ledger) -> None:
    """Send every message on a connection of its own, four at a time, and leave after its dot."""
    places = asyncio.Semaphore(4)

    async def one() -> None:
        async with places:
            await Laboratory(site, ledger).leave_after_the_dot(ledger.next())

    async with asyncio.TaskGroup() as group:
        for _ in range(MESSAGES):
            group.create_task(one())


async def test_message_of_a_sender_that_left_after_the_dot_is_there_once() -> None:
    ledger = a_ledger(5)
    async with a_site() as site:
        await site.start()
        await _left(site, ledger)
        await site.stop()
        await site.start()
        for sending in ledger.sendings:
            # What arrived whole must be there: nobody was told, and the server alone answers for it.
            sending.acknowledged = 1
        for sending in ledger.sendings[::3]:
            assert await Laboratory(site, ledger).offer(sending), "what was not answered for is sent again"
        faults = await settled(site, ledger)
    assert not faults, told(faults)
