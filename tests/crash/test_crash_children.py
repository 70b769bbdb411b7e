"""Kill -9 of one process of several under load, again and again: the others serve on, nothing is lost (promise 1)."""

import asyncio
import os
import signal

import pytest

from gateway.store.blobs.s3_blobs import S3Place
from tests.builders.postgres_server import PostgresServer
from tests.builders.process_tree import is_running, serving_below
from tests.builders.s3_server import S3Server
from tests.crash.campaign import a_ledger, settled, told
from tests.crash.laboratory import Load
from tests.crash.ledger import Ledger
from tests.crash.site import Site, a_site

KILLS = 4
MANY_KILLS = int(os.environ.get("PLI_CRASH_CHILDREN", "50"))
PROCESSES = 2
_WELL = 4, 2.2
"""At every fourth kill all have served for so many seconds: six bad starts in a row would end the whole gateway."""

pytestmark = [pytest.mark.crash, pytest.mark.xdist_group("crash")]


async def _one_killed(site: Site, ledger: Ledger, number: int) -> None:
    """Kill one of the processes at any moment, half of the time just after a final dot; return when all serve again."""
    chance, parent = ledger.chance, site.pid
    every, seconds = _WELL
    await asyncio.sleep(seconds if number and number % every == 0 else chance.uniform(0.0, 0.8))
    if chance.random() < 0.5:
        ledger.offering.clear()
        await ledger.offering.wait()
        await asyncio.sleep(chance.uniform(0.0, 0.02))
    before = serving_below(parent)
    os.kill(killed := chance.choice(before), signal.SIGKILL)
    async with asyncio.timeout(60):
        while killed in site.processes() or len(site.processes()) < PROCESSES:
            assert is_running(parent), site.tail()
            await asyncio.sleep(0.01)


async def _hold(ledger: Ledger, kills: int, database: str = "", place: S3Place | None = None) -> None:
    async with a_site(processes=PROCESSES, database=database, place=place) as site:
        await site.start()
        async with Load(site, ledger).running():
            for number in range(kills):
                await _one_killed(site, ledger, number)
        faults = await settled(site, ledger)
    assert not faults, told(faults)
    assert sum(1 for _ in ledger.acknowledged) > 5 * kills, "hardly any load"


@pytest.mark.parametrize(
    "kills",
    [
        pytest.param(KILLS, marks=pytest.mark.timeout(120 + 10 * KILLS), id="short"),
        pytest.param(MANY_KILLS, marks=[pytest.mark.timeout(120 + 10 * MANY_KILLS), pytest.mark.long], id="long"),
    ],
)
async def test_nothing_is_lost_doubled_or_left_when_one_process_of_several_is_killed(kills: int) -> None:
    await _hold(a_ledger(6), kills)


@pytest.mark.long
@pytest.mark.timeout(120 + 10 * MANY_KILLS)
async def test_nothing_is_lost_doubled_or_left_when_one_process_of_several_is_killed_on_postgresql_and_s3(
    postgres: PostgresServer, s3: S3Server
) -> None:
    await _hold(a_ledger(13), MANY_KILLS, postgres.url(postgres.new_database()), s3.place())
