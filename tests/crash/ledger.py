"""What was sent and what was acknowledged: the senders' side of the truth, kept apart from the server."""

import asyncio
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeAlias

from dossier_bridge.synthetic import example_results
from gateway.demonstration.invented_people import LABORATORIES, PATIENTS, PROFESSIONALS
from gateway.demonstration.mail import laboratory_message, letter
from gateway.domain.space import receives_mail

Flags: TypeAlias = frozenset[str]

LABORATORY = LABORATORIES[0]
REACHED = tuple(patient for patient in PATIENTS if receives_mail(patient.state))
MARKED = tuple(str(professional.address) for professional in PROFESSIONALS[:2])
"""Mailboxes in which mail clients mark messages."""
_PDF_BYTES = 500
_MISDIRECTED = 0.1
"""Share of results that are sent to another patient: refused with 904, never shown, never filed (features A12)."""
_LETTERS = 0.2
"""Share of messages without documents, to a patient and a doctor: two vaults, so two transactions before one 250."""


@dataclass(slots=True)
class Sending:
    """One message, however often it is sent.

    Attributes:
        results: how many results its document bears; None when it bears no document.
        misdirected: whether that document is of another patient than the one it is sent to.
        wire: content as it goes over the wire, its end included.
        offered: how often its final dot was written.
        acknowledged: how often 250 followed.
    """

    message_id: str
    recipients: tuple[str, ...]
    wire: bytes
    results: int | None
    misdirected: bool = False
    offered: int = 0
    acknowledged: int = 0


@dataclass(slots=True)
class Marks:
    """The flags that one message was given, by a client that alone gives it any.

    Attributes:
        possible: what it may have now: what was acknowledged last, and what was asked for since.
        offered: how often others were asked for.
        acknowledged: how often OK followed.
        asked: all that were ever asked for.
    """

    possible: list[Flags] = field(default_factory=lambda: [frozenset()])
    asked: set[Flags] = field(default_factory=set)
    offered: int = 0
    acknowledged: int = 0

    def offer(self, flags: Flags) -> None:
        """Note what is asked for."""
        self.possible.append(flags)
        self.asked.add(flags)
        self.offered += 1

    def acknowledge(self) -> None:
        """Note that what was asked for last is so."""
        self.possible = self.possible[-1:]
        self.acknowledged += 1


@dataclass(slots=True)
class Ledger:
    """Every message of a campaign, and every reply that no server may ever give.

    Attributes:
        offering: set at each final dot; whoever waits for one clears it.
        marks: by mailbox and UID.
        flags_may_go: whether the last flags may be lost, as in a power cut.
    """

    chance: random.Random
    sendings: list[Sending] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    deferrals: list[str] = field(default_factory=list)
    offering: asyncio.Event = field(default_factory=asyncio.Event)
    marks: dict[tuple[str, int], Marks] = field(default_factory=dict)
    flags_may_go: bool = False
    _began: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def acknowledged(self) -> Iterator[Sending]:
        """List the messages that the server has answered for."""
        return (sending for sending in self.sendings if sending.acknowledged)

    def marks_of(self, address: str, uid: int) -> Marks:
        """Give what is known of the flags of a message."""
        return self.marks.setdefault((address, uid), Marks())

    def next(self) -> Sending:
        """Write another message: a result for one patient, or now and then a letter."""
        sending = self.letter() if self.chance.random() < _LETTERS else self.result()
        self.sendings.append(sending)
        return sending

    def result(self) -> Sending:
        """Write a result with its XDM archive, about 8 KiB; now and then to the wrong patient."""
        number, sender = len(self.sendings), str(LABORATORY.address)
        patient = self.chance.choice(REACHED)
        others = [other for other in REACHED if other is not patient]
        misdirected = self.chance.random() < _MISDIRECTED
        about = self.chance.choice(others) if misdirected else patient
        raw = laboratory_message(sender, patient.address, about.identity, number, self._began, pdf_bytes=_PDF_BYTES)
        results = len(example_results(number))
        return Sending(_message_id(raw), (patient.address,), _stuffed(raw), results, misdirected)

    def letter(self) -> Sending:
        """Write a message without documents to a patient and a doctor."""
        one, other = self.chance.choice(REACHED), self.chance.choice(PROFESSIONALS)
        raw = letter(LABORATORY, f"{one.address}, {other.address}", "Rendez-vous", "Bonjour.\n", self._began)
        number = len(self.sendings)
        raw = raw.replace(b"Message-ID: <", b"Message-ID: <%d." % number)
        return Sending(_message_id(raw), (one.address, str(other.address)), _stuffed(raw), None)


def _message_id(raw: bytes) -> str:
    start = raw.index(b"Message-ID:") + len(b"Message-ID:")
    return raw[start : raw.index(b"\r\n", start)].strip().decode()


def _stuffed(raw: bytes) -> bytes:
    # RFC 5321 §4.5.2.
    return raw.replace(b"\r\n.", b"\r\n..") + b".\r\n"
