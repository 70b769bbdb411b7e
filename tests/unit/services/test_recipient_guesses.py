"""Distinct recipients tried by each sender: exact when few, close when many, each counted once."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from gateway.domain.address import MailAddress
from gateway.domain.directory import DirectoryEntry, DistinguishedName, MailboxKind, PeerIdentity
from gateway.domain.mailbox import VaultId, VaultKind
from gateway.domain.smtp_connection import SignedInMailbox, SmtpConnection, SmtpListener
from gateway.policy.facts import UNKNOWN, Attempts, ConnectionFacts, Entrance, MailFacts, SenderFacts, Sources, Unknown
from gateway.services.access.actors import owner_of
from gateway.services.counting.recipient_guesses import AttemptLog, guesser_of

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
SENDER = "labo@labo.example"


def digest(number: int) -> bytes:
    return hashlib.sha256(number.to_bytes(8, "big")).digest()[:8]


def noted(log: AttemptLog, *, hits: int = 0, misses: int = 0, at: datetime = NOON) -> Attempts:
    for number in range(hits):
        log.note(SENDER, digest(number), True, at)
    for number in range(misses):
        log.note(SENDER, digest(-1 - number & 2**63 - 1), False, at)
    return log.of(SENDER, at)


def test_nobody_who_tried_nothing_is_counted() -> None:
    assert AttemptLog().of(SENDER, NOON) == Attempts()


@pytest.mark.parametrize("count", [1, 52, 200])
def test_few_are_counted_one_by_one(count: int) -> None:
    assert noted(AttemptLog(), hits=count, misses=count) == Attempts(count, count)


@pytest.mark.parametrize("count", [201, 3_000, 50_000])
def test_many_are_counted_to_a_few_per_cent(count: int) -> None:
    found = noted(AttemptLog(), misses=count).misses
    assert abs(found - count) < max(0.05 * count, 2)


def test_recipient_tried_again_and_again_counts_once() -> None:
    log = AttemptLog()
    once = noted(log, hits=1_000)
    assert noted(log, hits=1_000) == once


def test_guesses_outnumber_the_recipients_of_a_busy_laboratory_at_last() -> None:
    log = AttemptLog()
    busy = noted(log, hits=5_000, misses=4_000)
    assert busy.misses < busy.hits
    late = noted(log, misses=6_000)
    assert late.misses > late.hits


def test_a_day_later_everything_is_forgotten() -> None:
    log = AttemptLog()
    noted(log, misses=60)
    assert log.of(SENDER, NOON + timedelta(days=1, seconds=1)) == Attempts()
    log.note(SENDER, digest(1), True, NOON + timedelta(days=2))
    assert log.of(SENDER, NOON + timedelta(days=2)) == Attempts(0, 1)


def test_the_sender_seen_first_is_forgotten_when_there_are_too_many() -> None:
    log = AttemptLog()
    noted(log, misses=1)
    for number in range(20_000):
        log.note(f"{number}@labo.example", digest(number), False, NOON)
    assert log.of(SENDER, NOON) == Attempts()
    assert log.of("19999@labo.example", NOON) == Attempts(1, 0)


# ---------------------------------------------------------------- for whom they are counted

LABO, DOCTOR = MailAddress.parse(SENDER), MailAddress.parse("claire@medecin.example")
LISTED = DirectoryEntry(address=LABO, kind=MailboxKind.ORGANISATION, identifier="1", name="Labo")
PEER = PeerIdentity(
    dn=DistinguishedName.parse("CN=operateur"), spki_sha256=b"k", serial=1, not_before=NOON, not_after=NOON
)
SIGNED_IN = SignedInMailbox(VaultId(1), DOCTOR, owner_of(VaultId(1), DOCTOR, VaultKind.PER, "", "smtp"))


def guesser(
    reverse_path: MailAddress | None,
    entry: DirectoryEntry | Unknown | None,
    *,
    signed_in: SignedInMailbox | None = None,
    peer: PeerIdentity | None = None,
    laboratory: MailAddress | None = None,
) -> str:
    connection = SmtpConnection(
        id="c1", listener=SmtpListener.RELAY, remote_ip="192.0.2.1", peer=peer, signed_in=signed_in
    )
    facts = ConnectionFacts(listener=Entrance.RELAY, laboratory=laboratory)
    return guesser_of(connection, MailFacts(facts, Sources(), SenderFacts(reverse_path, entry=entry)))


def test_listed_mailbox_counts_for_itself() -> None:
    assert guesser(LABO, LISTED, peer=PEER) == SENDER


@pytest.mark.parametrize(("sender", "entry"), [(None, None), (LABO, None), (LABO, UNKNOWN)])
def test_null_or_invented_sender_counts_for_whoever_was_let_in(
    sender: MailAddress | None, entry: Unknown | None
) -> None:
    assert guesser(sender, entry, signed_in=SIGNED_IN) == str(DOCTOR)
    assert guesser(sender, entry, peer=PEER, laboratory=LABO) == SENDER
    assert guesser(sender, entry, peer=PEER) == str(PEER.dn)
    assert guesser(sender, entry) == "c1"
