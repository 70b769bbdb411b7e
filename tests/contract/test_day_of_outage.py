"""Relay, SMS service and folders down for a day, on a moved clock and through the outbox: told late, and once (A4)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from certs import contexts
from certs.contexts import KeyPair
from gateway.domain.account import PostalAddress, Space
from gateway.domain.address import MailAddress
from gateway.domain.mailbox import OPERATOR, VaultId
from gateway.domain.notices import Channel
from gateway.domain.outbox import NOTICES, StepKind
from gateway.domain.space import SpaceState
from gateway.notices.by_channel import NoticesByChannel
from gateway.notices.email_relay import EmailRelay, RelaySettings
from gateway.notices.files import FileNotices
from gateway.notices.letter_files import LetterFiles
from gateway.notices.sms_service import SmsService, SmsSettings
from gateway.papers.typst_papers import TypstPapers
from gateway.ports.notices import Notices
from gateway.services.outbox.worker import OutboxSettings, OutboxWorker
from gateway.services.space.campaigns import Campaigns
from gateway.services.space.opening_notices import OpeningNotices
from gateway.services.space.space_keeper import SpaceKeeper
from tests.builders.notice_takers import Relay, SmsDesk, a_relay, an_sms_desk
from tests.builders.other_operator import free_port
from tests.builders.outbox import earliest_due
from tests.builders.smtp_tls import TestAuthority
from tests.builders.store import NOON, StoreAt, a_space, store_at

A_DAY = timedelta(days=1)
TODAY, TOMORROW = NOON.date(), (NOON + A_DAY).date()
STREET = PostalAddress(("1 rue de l'Essai",), "75001", "Paris", "France")
_PATIENCE = 18.0


class Outage:
    """A campaign to three people, each by another way; nothing takes a notice before a day has passed."""

    def __init__(self, at: StoreAt, folder: Path, authority: TestAuthority, desk: SmsDesk) -> None:
        self.at = at
        self.desk = desk
        self.letters = folder / "letters"
        self.relay = Relay()
        self.failing = 0
        self.tries: dict[VaultId, int] = {}
        self._authority = authority
        self._port = free_port()
        self._up = AsyncExitStack()
        relay = RelaySettings(
            hostname="pli.example", host="localhost", port=self._port, sender=MailAddress.parse("pli@espace.example")
        )
        sms = SmsSettings(url=desk.url, template='{"to": "{to}", "text": "{text}", "id": "{id}"}')
        trusted = authority.client()
        ways: dict[Channel, Notices] = {
            Channel.EMAIL: EmailRelay(relay, lambda: trusted, at.clock, None),
            Channel.SMS: SmsService(sms, lambda: trusted),
            Channel.LETTER: LetterFiles(self.letters, TypstPapers()),
        }
        notices = NoticesByChannel(FileNotices(folder / "notices", at.clock), ways)
        sender = OpeningNotices(at.store, at.clock, notices, "espace.example")
        self.worker = OutboxWorker(at.store, at.clock, {StepKind.OPENING: sender.send}, OutboxSettings())
        self.campaigns = Campaigns(at.store, at.clock, 5)

    def down(self) -> None:
        """Nobody listens at the relay, the service is unavailable, a file stands where the folder of letters was."""
        self.desk.status = 503
        self.letters.write_bytes(b"")

    async def up(self) -> None:
        """Put all three right, and note what was seen while they were down."""
        self.failing = await self.at.store.read(lambda tx: tx.outbox.failing(NOTICES))
        self.tries = dict(self.at.behind_its_back("SELECT vault, attempts FROM outbox"))
        self.desk.status = 202
        self.letters.unlink()
        self.relay = await self._up.enter_async_context(a_relay(self._authority, port=self._port))

    async def pass_time(self) -> None:
        """Move the clock to what is due next, while nothing is under way, until nothing waits."""
        end = NOON + A_DAY
        while (due := await self.at.store.read(earliest_due)) is not None:
            if self.at.behind_its_back("SELECT 1 FROM outbox WHERE holder != 0") or due <= self.at.clock.now():
                await asyncio.sleep(0)
                continue
            if self.at.clock.now() < end <= due:
                await self.up()
            self.at.clock.advance(due - self.at.clock.now())
            await self.at.store.write(lambda tx: tx.changed(OPERATOR))

    async def last(self) -> None:
        """Send everything, through the day."""
        work = asyncio.create_task(self.worker.run())
        try:
            async with asyncio.timeout(_PATIENCE):
                await self.pass_time()
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
            await self._up.aclose()


@asynccontextmanager
async def _outage(folder: Path) -> AsyncIterator[Outage]:
    authority = TestAuthority(folder)
    served = contexts.web(KeyPair(authority.server.path, authority.server.path))
    async with store_at(folder / "store") as at, an_sms_desk(served) as desk:
        outage = Outage(at, folder, authority, desk)
        outage.down()
        yield outage


async def _told(outage: Outage, **contact: object) -> Space:
    fields = {"email": "", "phone": "", "postal": PostalAddress(), **contact}
    space = replace(await a_space(outage.at.store, SpaceState.CREATED), **fields)  # type: ignore[arg-type] # of Space
    await outage.at.store.write(lambda tx: tx.spaces.save(space))
    return space


async def test_everybody_is_told_once_after_a_day_and_the_six_weeks_begin_then(ram: Path) -> None:
    async with _outage(ram) as outage:
        spaces = [
            await _told(outage, email="jeanne@courriel.example"),
            await _told(outage, phone="+33612345678"),
            await _told(outage, postal=STREET),
        ]
        await outage.campaigns.begin("Assurance de l'Essai", None, lambda _count: None)
        await outage.last()

        # While it lasted: all three are said to be failing, tried often at first and then once an hour.
        assert outage.failing == 3
        assert set(outage.tries) == {space.vault for space in spaces}
        assert all(24 < tries < 40 for tries in outage.tries.values())

        # Afterwards: everybody within the hour, and once.
        assert outage.at.clock.now() <= NOON + A_DAY + timedelta(hours=1)
        assert [envelope.rcpt_tos for envelope in outage.relay.taken] == [["jeanne@courriel.example"]]
        assert len(outage.desk.asked) == outage.tries[spaces[1].vault] + 1
        assert len(list((outage.letters / TODAY.isoformat()).glob("[!.]*.pdf"))) == 1

        # The six weeks run from the day on which it was taken; those of the letter from its posting.
        mail, phone, letter = [await _now(outage, space) for space in spaces]
        assert [(space.state, space.notified_on) for space in (mail, phone)] == [(SpaceState.NOTIFIED, TOMORROW)] * 2
        assert (letter.state, letter.letter_on, letter.notified_on) == (SpaceState.CREATED, TODAY, None)
        await _opens_on(outage, mail, TOMORROW + timedelta(days=43))


async def _opens_on(outage: Outage, space: Space, day: date) -> None:
    async def kept(_vault: object, _event: object) -> None:
        """Erase nobody."""

    keeper = SpaceKeeper(outage.at.store, outage.at.clock, kept)
    outage.at.clock.advance(NOON + timedelta(days=(day - TODAY).days - 1) - outage.at.clock.now())
    await keeper.keep()
    assert (await _now(outage, space)).state is SpaceState.NOTIFIED
    outage.at.clock.advance(A_DAY)
    await keeper.keep()
    assert (await _now(outage, space)).state is SpaceState.OPEN


async def _now(outage: Outage, space: Space) -> Space:
    return await outage.at.store.read(lambda tx: tx.spaces.space(space.vault))
