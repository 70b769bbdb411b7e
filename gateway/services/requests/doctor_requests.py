"""A person asks a doctor of their choice for documents (F90).

The doctor is somebody in contact, or any whose address is typed; the directory says who that is. What is asked stands
in the asker's space; the message to the doctor is a step of the same transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.domain.access import Action, Actor, SpacePart
from gateway.domain.address import MailAddress
from gateway.domain.care_party import acting_names_of, mailboxes_of
from gateway.domain.directory import DirectoryEntry
from gateway.domain.doctors import may_be_doctor
from gateway.domain.errors import InvalidValue
from gateway.domain.rights_requests import (
    WARNED_BEFORE,
    RequestKind,
    RequestState,
    RightsRequest,
    request_clocks,
)
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.permission import allow, traces_refusals
from gateway.services.patient_blocks import blocks
from gateway.services.privacy.care_circle import CareCircle
from gateway.services.random_numbers import random_number
from gateway.services.requests.own_requests import RequestFault, allow_asking, begun, fault_among, fault_of


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AskableDoctor:
    """A doctor in contact; `reference` is what forms call them."""

    reference: str
    label: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DoctorQuestion:
    """What is typed: somebody in contact by `reference`, or anybody by `address`; what for, and how old it is."""

    reference: str
    address: str
    words: str
    older: bool


class DoctorRequests:
    """Keeps the requests of one space at a time."""

    def __init__(self, store: Store, clock: Clock, circle: CareCircle) -> None:
        self._store = store
        self._clock = clock
        self._circle = circle

    @traces_refusals
    async def doctors(self, actor: Actor) -> Sequence[AskableDoctor]:
        """List the doctors in contact, by name."""
        now = self._clock.now()

        def look(tx: Tx) -> Sequence[AskableDoctor]:
            allow(tx, actor, Action.LIST, SpacePart.RIGHTS, now)
            return [
                AskableDoctor(reference=party.reference, label=party.label, detail=party.detail)
                for party in self._circle.parties(tx, actor)
                if self._mailbox(party.names) is not None
            ]

        return await self._store.read(look)

    @traces_refusals
    async def ask(self, actor: Actor, question: DoctorQuestion) -> RightsRequest | RequestFault:
        """Ask a doctor, or say why not; the same doctor is not asked twice at a time."""
        now, number, words = self._clock.now(), random_number(), question.words.strip()
        if (fault := fault_of(words)) is not None:
            return fault

        def act(tx: Tx) -> RightsRequest | RequestFault:
            allow_asking(tx, actor, Action.ADD, now)
            doctor = self._chosen(tx, actor, question)
            if isinstance(doctor, RequestFault):
                return doctor
            if blocks(tx, actor.vault, acting_names_of(doctor)):
                return RequestFault.BLOCKED
            kept, address = tx.rights_requests.all_of(actor.vault), str(doctor.address)
            fault = fault_among(
                kept, actor, lambda one: one.kind is RequestKind.DOCTOR and one.to_address == address
            )
            if fault is not None:
                return fault
            clocks = request_clocks(now, older=question.older)
            request = RightsRequest(
                number=number, kind=RequestKind.DOCTOR, state=RequestState.WAITING, asked_at=now,
                asked_by=actor.person, asker=actor.home, to=doctor.name, to_detail=doctor.detail,
                to_address=address, words=words, older=question.older, clocks=clocks,
                next=clocks.latest - WARNED_BEFORE,
            )  # fmt: skip
            begun(tx, actor, request, now)
            return request

        return await self._store.write(act)

    def _chosen(self, tx: Tx, actor: Actor, question: DoctorQuestion) -> DirectoryEntry | RequestFault:
        if question.reference:
            known = (one for one in self._circle.parties(tx, actor) if one.reference == question.reference)
            party = next(known, None)
            found = self._mailbox(party.names) if party else None
            return found or RequestFault.UNKNOWN
        try:
            entry = self._circle.entry_of(MailAddress.parse(question.address.strip()))
        except InvalidValue:
            entry = None
        if entry is None or not entry.valid:
            return RequestFault.UNKNOWN
        return entry if may_be_doctor(entry) else RequestFault.NO_DOCTOR

    def _mailbox(self, names: frozenset[str]) -> DirectoryEntry | None:
        """Give the mailbox by which a doctor in contact is written to; None for somebody else."""
        entries = (self._circle.entry_of(MailAddress.parse(one)) for one in sorted(mailboxes_of(names)))
        return next((entry for entry in entries if entry is not None and may_be_doctor(entry)), None)
