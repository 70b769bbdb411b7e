"""The harness catches what it is there to catch: the same campaign, run on servers with one promise broken."""

import pytest

from tests.builders.warm_program import PREPARED_BY
from tests.crash.campaign import a_ledger, campaign
from tests.crash.inspection import Kind
from tests.crash.ledger import Ledger
from tests.crash.sabotaged import FAULT
from tests.crash.site import Site, a_site

pytestmark = [pytest.mark.crash, pytest.mark.xdist_group("crash"), pytest.mark.timeout(120)]

MOST_KILLS = 3


async def killed_after_a_dot(site: Site, ledger: Ledger) -> None:
    """Kill when a few messages have gone through and one more is in hand: the delay of a fault spans the kill."""
    for _ in range(20):
        ledger.offering.clear()
        await ledger.offering.wait()
    await site.kill()


@pytest.mark.parametrize(
    ("fault", "signs"),
    [
        ("acknowledge-before-commit", [{Kind.LOST}]),
        # What is repeated, by chance, is shown to its patient or refused.
        ("no-deduplication", [{Kind.DOUBLED, Kind.NOT_QUARANTINED}]),
        ("filing-apart", [{Kind.UNFILED}]),
        ("done-before-effect", [{Kind.LOST}, {Kind.LEFT_OVER}]),
        ("identity-unchecked", [{Kind.MISFILED}]),
        ("refusals-untold+flags-before-commit", [{Kind.UNTOLD}, {Kind.UNMARKED}]),
    ],
)
async def test_kills_reveal(fault: str, signs: list[set[Kind]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PREPARED_BY, "tests.crash.sabotaged_at_start")
    monkeypatch.setenv(FAULT, fault)
    async with a_site() as site:
        faults = await campaign(site, a_ledger(2), MOST_KILLS, killed_after_a_dot)
    found = {fault.kind for fault in faults}
    assert all(sign & found for sign in signs), found
