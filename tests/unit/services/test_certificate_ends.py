"""Which certificates of local mailboxes are announced: those that end within a month and that nothing follows."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from structlog.testing import capture_logs

from gateway.domain.address import MailAddress
from gateway.domain.directory import CertificateBinding, DirectoryEntry, LocalMailbox, MailboxKind, MailboxState
from gateway.domain.errors import DirectoryUnavailable
from gateway.services.space.certificate_ends import SOON, announce_for_ever, ending
from tests.builders.leaping_time import LeapingLoop, in_leaping_time

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
LABO = MailAddress.parse("resultats@labo.example")
DAY = timedelta(days=1)


def _with(*ends: datetime | None, state: MailboxState = MailboxState.IN_USE) -> LocalMailbox:
    entry = DirectoryEntry(address=LABO, kind=MailboxKind.APPLICATION, identifier="1350000029", name="Labo")
    bindings = tuple(CertificateBinding(LABO, bytes([number] * 32), end) for number, end in enumerate(ends))
    return LocalMailbox(entry=entry, state=state, since=None, bindings=bindings)


def test_certificate_is_announced_in_its_last_thirty_days_and_once_it_has_ended() -> None:
    (found,) = ending([_with(NOW + SOON)], NOW)
    assert (found.address, found.ends, found.has_successor, found.has_other) == (str(LABO), NOW + SOON, False, True)
    assert list(ending([_with(NOW + SOON + DAY)], NOW)) == []
    (over,) = ending([_with(NOW - DAY)], NOW)
    assert not over.has_other


def test_certificate_that_another_follows_has_a_successor() -> None:
    (found,) = ending([_with(NOW + DAY, NOW + SOON + DAY)], NOW)
    assert found.has_successor
    assert all(not one.has_successor and one.has_other for one in ending([_with(NOW + DAY, NOW + 2 * DAY)], NOW))


def test_end_that_was_never_noted_is_not_announced_and_follows() -> None:
    (found,) = ending([_with(NOW + DAY, None)], NOW)
    assert found.has_successor


def test_mailbox_that_is_not_in_use_is_left_out() -> None:
    assert list(ending([_with(NOW + DAY, state=MailboxState.SUSPENDED)], NOW)) == []


# ---------------------------------------------------------------- day after day


def _said_daily(days: int, mailboxes: Callable[[LeapingLoop], Iterable[LocalMailbox]]) -> list[tuple[str, str]]:
    """Announce from noon of the first of so many days until before noon of the next one; give what was logged."""

    async def announce(clock: LeapingLoop) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout((days * DAY - timedelta(hours=1)).total_seconds()):
                await announce_for_ever(lambda: mailboxes(clock), clock)

    with capture_logs() as logs:
        in_leaping_time(announce)
    assert {entry["log_level"] for entry in logs} <= {"warning"}
    return [(entry["event"], entry.get("ends", entry.get("reason"))) for entry in logs]


def test_certificate_near_its_end_is_announced_every_day_until_another_follows() -> None:
    end = NOW + SOON + DAY

    def mailboxes(clock: LeapingLoop) -> list[LocalMailbox]:
        # The day before its last thirty, three of those days, and a day on which it has been renewed.
        return [_with(end, None) if clock.now() > NOW + 3 * DAY else _with(end)]

    assert _said_daily(5, mailboxes) == [("certificate.ends", "2026-04-02")] * 3


def test_day_on_which_the_directory_cannot_be_read_is_told_and_the_next_day_is_as_ever() -> None:
    def mailboxes(clock: LeapingLoop) -> list[LocalMailbox]:
        if clock.now() == NOW:
            raise DirectoryUnavailable("local.json is missing")
        return [_with(NOW + DAY)]

    assert _said_daily(2, mailboxes) == [("certificate.ends_unknown", "PLI-204"), ("certificate.ends", "2026-03-03")]
