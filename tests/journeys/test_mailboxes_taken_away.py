"""What an operator takes away stops at once, on connections that are open as well."""

import imaplib
import itertools
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509

from certs.peer import spki_sha256
from gateway.cli.issued_certificates import issued
from gateway.domain.address import MailAddress
from gateway.domain.directory import DirectoryEntry, LocalMailbox, MailboxKind
from gateway.services.space.local_mailboxes import LABORATORIES, PEOPLE
from tests.builders.command_line import pli
from tests.builders.gateway_inbox import inbox
from tests.builders.gateway_mail import (
    CLAIRE,
    converse,
    letter,
    relay_connection,
    submission_connection,
    submit,
)
from tests.builders.gateway_site import GatewaySite, Patient, until

pytestmark = pytest.mark.xdist_group("gateway")
_numbers = itertools.count(1)


def _added(site: GatewaySite, kind: MailboxKind) -> LocalMailbox:
    """Add a mailbox of the test's own, as ``pli professional add`` and ``pli laboratory add`` do."""
    number = next(_numbers)
    address = MailAddress.parse(f"medecin.retire{number}@medecin.mssante.fr")
    identifier = "810000000060" if kind is MailboxKind.PERSON else "1350000045"
    entry = DirectoryEntry(address=address, kind=kind, identifier=identifier, name=f"Dr Retiré {number}")
    mailboxes = site.observer.core.local_mailboxes
    with _heard(site):
        site.world.passwords[str(address)] = site.observer.run(mailboxes.add(entry)).password
    return _known(site, entry)


@contextmanager
def _heard(site: GatewaySite) -> Iterator[None]:
    """Wait until the server has read what the block changed."""
    before = _times_read(site)
    yield
    until(lambda: _times_read(site) > before, "the server has not read the local directory")


def _times_read(site: GatewaySite) -> int:
    return site.log().count('"file": "local.json"')


def _known(site: GatewaySite, entry: DirectoryEntry) -> LocalMailbox:
    kinds = PEOPLE if entry.kind is MailboxKind.PERSON else LABORATORIES
    return site.observer.core.local_mailboxes.find(entry.address, kinds, removed=True)


def _signs_in(site: GatewaySite, user: str) -> bool:
    try:
        with inbox(site, user):
            return True
    except imaplib.IMAP4.error:
        return False


@contextmanager
def _waiting(site: GatewaySite, user: str) -> Iterator[None]:
    """Wait in IMAP IDLE: the block must end the session, and its holder is told why."""
    with inbox(site, user) as idle:
        idle.send(b"x IDLE\r\n")
        assert idle.readline().startswith(b"+")
        yield
        assert idle.readline().startswith(b"* BYE your sign-in was ended by the operator")
        assert idle.readline() == b""
        # Or `imaplib` would say goodbye to a server that has gone.
        idle.state = "LOGOUT"
        idle.shutdown()


def _command(site: GatewaySite, word: str, user: str, *words: str) -> None:
    done = pli("professional", word, user, *words, "--config", site.world.settings.root / "pli.toml")
    assert done.code == 0, done.talk


def _certified(site: GatewaySite, known: LocalMailbox, folder: Path) -> tuple[Path, Path]:
    with issued(site.world.settings, known.entry, folder) as (files, binding):
        site.observer.run(site.observer.core.mailbox_certificates.bind(binding))
    return Path(files["cert_file"]), Path(files["key_file"])


def test_a_suspension_ends_sessions_that_wait(site: GatewaySite) -> None:
    known = _added(site, MailboxKind.PERSON)
    user = str(known.entry.address)
    with _waiting(site, user):
        site.observer.run(site.observer.core.mailbox_endings.suspend(known))
    assert not _signs_in(site, user)


@pytest.mark.parametrize("words", [("correct", "--name", "Dr Retiré-Roy"), ("password",), ("suspend",)])
def test_each_command_ends_an_imap_session_that_waits(site: GatewaySite, words: tuple[str, ...]) -> None:
    user = str(_added(site, MailboxKind.PERSON).entry.address)
    with _waiting(site, user):
        _command(site, words[0], user, *words[1:])
    assert _signs_in(site, user) is (words[0] == "correct")


def test_a_removal_ends_an_imap_session_that_no_suspension_ended_yet(site: GatewaySite) -> None:
    known = _added(site, MailboxKind.PERSON)
    user, endings = str(known.entry.address), site.observer.core.mailbox_endings
    with _waiting(site, user):
        # At once, so that the server may see both as one change.
        site.observer.run(endings.suspend(known))
        site.observer.run(endings.remove(_known(site, known.entry)))
    assert not _signs_in(site, user)


def test_a_renewed_password_ends_what_the_former_one_opened(site: GatewaySite) -> None:
    known = _added(site, MailboxKind.PERSON)
    user = str(known.entry.address)
    with submission_connection(site, user) as client:
        with _heard(site):
            renewed = site.observer.run(site.observer.core.mailbox_endings.renew_password(known))
        code, text = client.mail(user)
        assert (code, text[:5]) == (421, b"4.7.0"), text
    with pytest.raises(smtplib.SMTPAuthenticationError), submission_connection(site, user):
        pass
    site.world.passwords[user] = renewed
    with submission_connection(site, user) as client:
        assert client.mail(user)[0] == 250


def test_a_suspended_mailbox_takes_no_mail_and_a_restored_one_does(site: GatewaySite, patient: Patient) -> None:
    known = _added(site, MailboxKind.PERSON)
    user, endings = str(known.entry.address), site.observer.core.mailbox_endings

    def answered() -> int:
        return submit(site, CLAIRE, user, letter(CLAIRE, user).raw).code

    assert answered() == 250
    site.observer.run(endings.suspend(known))
    until(lambda: answered() == 550, "a suspended mailbox takes mail")
    site.world.passwords[user] = site.observer.run(endings.end_suspension(_known(site, known.entry)))
    until(lambda: answered() == 250, "a restored mailbox takes no mail")
    assert _signs_in(site, user)
    assert submit(site, user, patient.address, letter(user, patient.address).raw).code == 250
    events = site.observer.read(lambda tx: tx.audit.events(site.vault(user)))
    acts = [event.action for event in events if event.action.startswith("mailbox.")]
    assert acts == ["mailbox.restored", "mailbox.suspended", "mailbox.created"]


def test_a_correction_ends_what_is_open(site: GatewaySite) -> None:
    known = _added(site, MailboxKind.PERSON)
    with submission_connection(site, str(known.entry.address)) as client:
        with _heard(site):
            said = replace(known.entry, name="Dr Retiré-Martin")
            site.observer.run(site.observer.core.local_mailboxes.correct(known, said))
        assert client.mail(str(known.entry.address))[0] == 421


def test_a_removed_mailbox_is_nobody(site: GatewaySite) -> None:
    known = _added(site, MailboxKind.PERSON)
    user, endings = str(known.entry.address), site.observer.core.mailbox_endings
    site.observer.run(endings.suspend(known))
    site.observer.run(endings.remove(_known(site, known.entry)))
    until(lambda: submit(site, CLAIRE, user, letter(CLAIRE, user).raw).code == 550, "a removed mailbox takes mail")
    assert not _signs_in(site, user)


def test_two_certificates_send_until_one_is_dropped(site: GatewaySite, patient: Patient, tmp_path: Path) -> None:
    known = _added(site, MailboxKind.APPLICATION)
    user = str(known.entry.address)
    old, new = _certified(site, known, tmp_path), _certified(site, known, tmp_path)
    raw = letter(user, patient.address).raw

    def sends(pair: tuple[Path, Path]) -> bool:
        with relay_connection(site, pair) as client:
            return converse(client, user, [patient.address], raw).code == 250

    until(lambda: sends(old), "the first certificate does not send")
    assert sends(new)
    with relay_connection(site, old) as client:
        [first] = [bound for bound in _known(site, known.entry).bindings if _named(old, bound.spki_sha256)]
        site.observer.run(site.observer.core.mailbox_certificates.drop(first))
        until(lambda: not sends(old), "a dropped certificate sends")
        assert client.mail(user)[0] == 550
    assert sends(new)


def test_a_professional_sends_by_certificate_for_their_own_address_alone(
    site: GatewaySite, patient: Patient, tmp_path: Path
) -> None:
    known = _added(site, MailboxKind.PERSON)
    user = str(known.entry.address)
    pair = _certified(site, known, tmp_path)

    def answered(sender: str) -> int:
        with relay_connection(site, pair) as client:
            return converse(client, sender, [patient.address], letter(sender, patient.address).raw).code

    until(lambda: answered(user) == 250, "the certificate does not send")
    assert answered(CLAIRE) == 550
    site.observer.run(site.observer.core.mailbox_endings.suspend(known))
    until(lambda: answered(user) == 550, "the certificate of a suspended mailbox sends")


def _named(pair: tuple[Path, Path], key: bytes) -> bool:
    return spki_sha256(x509.load_pem_x509_certificate(pair[0].read_bytes())) == key
