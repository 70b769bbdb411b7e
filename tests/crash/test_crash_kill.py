"""Kill -9 under load, again and again: nothing acknowledged is lost, doubled or left unfiled (promise 1)."""

import os

import pytest

from tests.crash.campaign import a_ledger, campaign, killed_at_random, told
from tests.crash.site import a_site

KILLS = 20
MANY_KILLS = int(os.environ.get("PLI_CRASH_KILLS", "300"))
SEED = int(os.environ.get("PLI_CRASH_SEED", "1"))

pytestmark = [pytest.mark.crash, pytest.mark.xdist_group("crash")]


@pytest.mark.parametrize(
    "kills",
    [
        pytest.param(KILLS, marks=pytest.mark.timeout(120 + 10 * KILLS), id="short"),
        pytest.param(MANY_KILLS, marks=[pytest.mark.timeout(120 + 10 * MANY_KILLS), pytest.mark.long], id="long"),
    ],
)
async def test_nothing_acknowledged_is_lost_doubled_or_unfiled_when_the_server_is_killed(kills: int) -> None:
    ledger = a_ledger(SEED)
    async with a_site() as site:
        faults = await campaign(site, ledger, kills, killed_at_random)
    assert not faults, told(faults)
    assert sum(1 for _ in ledger.acknowledged) > 5 * kills, "hardly any load"
    assert any(sending.offered > sending.acknowledged for sending in ledger.sendings), "no kill met a message"
