"""Which certificates of local mailboxes are announced: those that end within a month and that nothing follows."""

from datetime import UTC, datetime, timedelta

from gateway.domain.address import MailAddress
from gateway.domain.directory import CertificateBinding, DirectoryEntry, LocalMailbox, MailboxKind, MailboxState
from gateway.services.space.certificate_ends import SOON, ending

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
