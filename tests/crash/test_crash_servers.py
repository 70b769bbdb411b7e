"""Kill -9 with rows on PostgreSQL and octets in an S3 store: of the gateway, and of PostgreSQL under it."""

import asyncio
import os
from collections.abc import Iterator

import pytest

from tests.builders.postgres_server import PostgresServer, postgres_server
from tests.builders.s3_server import S3Server
from tests.crash.campaign import a_ledger, campaign, killed_at_random, settled, told
from tests.crash.laboratory import Load
from tests.crash.ledger import Ledger
from tests.crash.site import DISK, Site, a_site

KILLS = 3
MANY_KILLS = int(os.environ.get("PLI_CRASH_SERVER_KILLS", "30"))

pytestmark = [pytest.mark.crash, pytest.mark.xdist_group("crash")]
some_kills = pytest.mark.parametrize(
    "kills",
    [
        pytest.param(KILLS, marks=pytest.mark.timeout(150), id="short"),
        pytest.param(MANY_KILLS, marks=[pytest.mark.timeout(120 + 20 * MANY_KILLS), pytest.mark.long], id="long"),
    ],
)


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    """A PostgreSQL server of this test alone, on a disk."""
    with postgres_server(DISK) as running:
        yield running


@some_kills
async def test_nothing_is_lost_doubled_or_unfiled_when_the_gateway_is_killed(
    kills: int, server: PostgresServer, s3: S3Server
) -> None:
    ledger = a_ledger(11)
    async with a_site(database=server.url(server.new_database()), place=s3.place()) as site:
        faults = await campaign(site, ledger, kills, _killed_under_load)
    _require(ledger, faults_told=told(faults), kills=kills)


@some_kills
async def test_nothing_is_lost_doubled_or_unfiled_when_postgresql_is_killed(
    kills: int, server: PostgresServer, s3: S3Server
) -> None:
    ledger = a_ledger(12)
    ledger.flags_may_go = True  # they wait for no disk: a server that dies loses those of the last half second
    async with a_site(database=server.url(server.new_database()), place=s3.place()) as site:
        async with Load(site, ledger).running():
            await site.start()
            for _ in range(kills):
                await _killed_and_started(site, server, ledger)
            await _some_more(ledger)
        faults = await settled(site, ledger)
    _require(ledger, faults_told=told(faults), kills=kills)


async def _killed_under_load(site: Site, ledger: Ledger) -> None:
    """Kill the gateway at any moment once it has acknowledged some more, however slow the machine is."""
    await _some_more(ledger)
    await killed_at_random(site, ledger)


async def _killed_and_started(site: Site, server: PostgresServer, ledger: Ledger) -> None:
    """Kill PostgreSQL at any moment while the gateway serves, leave it away for up to a second, and start it again."""
    await _some_more(ledger)
    await asyncio.sleep(ledger.chance.uniform(0.0, 0.5))
    server.kill()
    await asyncio.sleep(ledger.chance.uniform(0.0, 1.0))
    server.launch()
    while not await asyncio.to_thread(server.is_ready):
        if server.has_ended:
            server.launch()
    assert site.is_running, site.tail()


async def _some_more(ledger: Ledger, count: int = 5) -> None:
    """Wait until so many more messages were acknowledged."""
    goal = sum(1 for _ in ledger.acknowledged) + count
    while sum(1 for _ in ledger.acknowledged) < goal:
        ledger.offering.clear()
        await ledger.offering.wait()


def _require(ledger: Ledger, *, faults_told: str, kills: int) -> None:
    assert not faults_told, faults_told
    assert sum(1 for _ in ledger.acknowledged) >= 5 * kills, "hardly any load"
