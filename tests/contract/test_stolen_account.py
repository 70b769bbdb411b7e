"""A stolen account opens all the records it can, at once and by every way: few are reached, each is told (A23, E86).

The short form has as many spaces as a stop needs, the long form as many as a large operator (`make test-long -s` prints
its times).
"""

import asyncio
import time
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.domain.account import Space
from gateway.domain.address import MailAddress
from gateway.domain.mailbox import OPERATOR, VaultId
from gateway.domain.notices import NoticeKind
from gateway.domain.patient_choices import EmergencyConsent, PatientChoices
from gateway.domain.record_openings import OpenedBy
from gateway.domain.step_payloads import ReaderStopped, TellHolder
from gateway.policy.access import reasons
from gateway.services.openings.incidents import Incidents
from gateway.services.openings.reader_alarm import ReaderAlarm
from gateway.services.openings.record_openings import OpenRecord
from tests.builders.many_spaces import many_spaces
from tests.builders.outbox import A_WORKER
from tests.builders.record_readers import ADDRESS, Reader, a_reader

AT_ONCE, MOST = 15, 60
MANY_SPACES = 100_000
CONSENTS = PatientChoices(emergency=frozenset(EmergencyConsent))


async def attack(reader: Reader, spaces: list[Space]) -> set[VaultId]:
    """Open everything, many at a time, with a fresh second factor each time; give who was reached.

    Whoever is stopped goes on to try everybody who is left, once.
    """
    reached = set[VaultId]()

    async def one(space: Space) -> bool:
        now = reader.at.clock.now()
        answer = await reader.open(
            space, OpenedBy.BREAK_GLASS, reason="urgence", lasts=timedelta(hours=1), proved_at=now
        )
        if isinstance(answer, OpenRecord) and await reader.may_read(space):
            reached.add(space.vault)
        return answer is reasons.STOPPED

    for begin in range(0, len(spaces), AT_ONCE):
        wanted = spaces[begin : begin + AT_ONCE]
        while wanted:
            # Whoever holds the second factor as well shows it before each opening.
            reader.at.clock.advance(timedelta(seconds=1))
            stopped = await asyncio.gather(*map(one, wanted))
            wanted = [] if all(stopped) else [space for space in wanted if space.vault not in reached]
    return reached


@pytest.mark.parametrize(
    "spaces_there_are",
    [
        pytest.param(75, id="short"),
        pytest.param(MANY_SPACES, marks=[pytest.mark.timeout(3_600), pytest.mark.long], id="long"),
    ],
)
async def test_stolen_account_reaches_few_and_the_incident_lists_exactly_those(
    ram: Path, spaces_there_are: int
) -> None:
    async with a_reader(ram) as reader:
        store, begun = reader.at.store, reader.at.clock.now()
        spaces = await many_spaces(store, spaces_there_are, CONSENTS)
        made = time.monotonic()
        reached = await attack(reader, spaces)
        ended = time.monotonic()
        assert len(reached) == MOST
        now = reader.at.clock.now()
        waiting = await store.write(lambda tx: tx.outbox.lease(now, now + timedelta(hours=1), 999, holder=A_WORKER))
        (stop,) = [step for step in waiting if isinstance(step.payload, ReaderStopped)]
        for effect in (await ReaderAlarm(store, reader.at.clock, "alerte@op.example").tell(stop)).work().elsewhere:
            await store.write(effect)
        told = await store.write(lambda tx: tx.outbox.lease(now, now + timedelta(hours=1), 999, holder=A_WORKER))
        payloads = [(step.vault, step.payload) for step in told if isinstance(step.payload, TellHolder)]
        assert {vault for vault, one in payloads if one.kind is NoticeKind.READER_STOPPED} == reached
        assert [vault for vault, one in payloads if one.kind is NoticeKind.READER_ALARM] == [OPERATOR]
        account = MailAddress.parse(ADDRESS)
        found = await Incidents(store, reader.at.clock).reached(account, begun, now + timedelta(seconds=1))
        assert {one.vault for one in found} == reached
        found_after = time.monotonic()
        print(f"{spaces_there_are} spaces: attacked for {ended - made:.0f} s, listed after {found_after - ended:.0f} s")
