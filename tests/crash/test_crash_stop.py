"""SIGTERM under load: the server finishes what it has in hand, ends well and in time, and loses nothing."""

import asyncio
import os

import pytest

from tests.crash.campaign import a_ledger, campaign, told
from tests.crash.ledger import Ledger
from tests.crash.site import Site, a_site

STOPS = 5
MANY_STOPS = int(os.environ.get("PLI_CRASH_STOPS", "60"))

pytestmark = [pytest.mark.crash, pytest.mark.xdist_group("crash")]


async def _stopped(site: Site, ledger: Ledger) -> None:
    await asyncio.sleep(ledger.chance.uniform(0.2, 1.0))
    assert await site.stop() == 0, site.tail()


@pytest.mark.parametrize(
    "stops",
    [
        pytest.param(STOPS, marks=pytest.mark.timeout(60 + 40 * STOPS), id="short"),
        pytest.param(MANY_STOPS, marks=[pytest.mark.timeout(60 + 40 * MANY_STOPS), pytest.mark.long], id="long"),
    ],
)
async def test_nothing_is_lost_when_the_server_is_told_to_stop_under_load(stops: int) -> None:
    ledger = a_ledger(4)
    async with a_site() as site:
        faults = await campaign(site, ledger, stops, _stopped)
    assert not faults, told(faults)
    assert sum(1 for _ in ledger.acknowledged) > 5 * stops, "hardly any load"
