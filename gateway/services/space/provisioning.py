"""Make spaces and mailboxes: of the patients of a file, of professionals and laboratories one by one."""

import secrets
from asyncio import gather
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import TypeGuard

from gateway.domain.account import Space
from gateway.domain.address import MailAddress, PatientAddress
from gateway.domain.audit import AuditEvent
from gateway.domain.errors import Conflict
from gateway.domain.identity import (
    DEMO_OIDS,
    PRODUCTION_OIDS,
    BirthDate,
    ClaimedIdentity,
    IdentityMatch,
    PatientIdentity,
    compare_identity,
)
from gateway.domain.local_days import local_day
from gateway.domain.mailbox import SpecialUse, VaultId, VaultKind
from gateway.domain.patient_numbers import OPAQUE_NUMBERS, PatientNumbers, opaque_number
from gateway.domain.space import SpaceState
from gateway.ports.clock import Clock
from gateway.ports.store import Priority, Store, Tx
from gateway.services.sign_in.app_passwords import app_account, new_app_password
from gateway.services.space.import_corrections import is_of, put_right
from gateway.services.space.patients_file import ImportChange, ImportDoubt, ImportFault, NewPatient, doubt_of

CHUNK = 20
"""Patients in one transaction: well under 50 ms, so that an import never starves mail."""
BATCH = 10 * CHUNK
"""Lines that are held at once, and whose vaults get their keys in one commit of the key store."""
_DATED = {SpaceState.SUSPENDED, SpaceState.CLOSED, SpaceState.DECEASED}
_SPACE_FOLDERS = (("INBOX", SpecialUse.INBOX), ("Envoyés", SpecialUse.SENT))
_MAILBOX_FOLDERS = (
    ("INBOX", SpecialUse.INBOX),
    ("Envoyés", SpecialUse.SENT),
    ("Brouillons", SpecialUse.DRAFTS),
    ("Corbeille", SpecialUse.TRASH),
    ("Archives", SpecialUse.ARCHIVE),
    ("Indésirables", SpecialUse.JUNK),
    ("Terminés", SpecialUse.ENDED),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientImportReport:
    """What an import did; `waiting` of the new spaces refuse mail until they are open or activated (A4, A25)."""

    created: int
    already_there: int
    faults: tuple[ImportFault, ...]
    waiting: int = 0
    changes: tuple[ImportChange, ...] = ()
    doubts: tuple[ImportDoubt, ...] = ()


def _same_person(line: PatientIdentity, known: PatientIdentity) -> bool:
    traits = line.traits
    claimed = ClaimedIdentity(
        identifiers=((line.ins_oid, line.ins.value),),
        birth_name=traits.birth_name,
        given_names=traits.given_names,
        sex=traits.sex,
        birth_date=traits.birth_date,
    )
    return compare_identity(claimed, known, DEMO_OIDS) is IdentityMatch.SAME


def _is_to_come(born: BirthDate | None, today: date) -> bool:
    return born is not None and (born.year, born.month, born.day) > (today.year, today.month, today.day)


_Outcome = bool | ImportFault | ImportChange
"""Of one line: whether its space was made, why it was left out, or what it put right."""


@dataclass(frozen=True, slots=True)
class _Done:
    outcomes: list[_Outcome]
    unused: list[VaultId]


class _Tally:
    """Counts what became of the lines of an import."""

    def __init__(self) -> None:
        self.created = self.known = self.waiting = 0
        self.faults: list[ImportFault] = []
        self.changes: list[ImportChange] = []
        self.doubts: list[ImportDoubt] = []

    def add(self, new: NewPatient, outcome: _Outcome) -> None:
        """Count one line: whether its space was made or put right, or why it was left out."""
        if isinstance(outcome, ImportFault):
            self.faults.append(outcome)
            return
        if doubt := doubt_of(new):
            self.doubts.append(doubt)
        if isinstance(outcome, ImportChange):
            self.changes.append(outcome)
            self.known += not outcome.fields
        elif outcome:
            self.created += 1
            self.waiting += new.state in {SpaceState.CREATED, SpaceState.NOTIFIED}
        else:
            self.known += 1

    def report(self) -> PatientImportReport:
        """Give the counts, the faults in the order of lines."""
        faults = tuple(sorted(self.faults, key=lambda fault: fault.line))
        return PatientImportReport(
            created=self.created,
            already_there=self.known,
            faults=faults,
            waiting=self.waiting,
            changes=tuple(self.changes),
            doubts=tuple(self.doubts),
        )


class Provisioning:
    """Creates vaults with their folders and sign-ins; patients only of the OIDs that are accepted here."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        patient_domain: str,
        accepted_oids: frozenset[str] = PRODUCTION_OIDS,
        numbers: PatientNumbers = PatientNumbers.INS,
    ) -> None:
        self._store = store
        self._clock = clock
        self._domain = patient_domain
        self._oids = accepted_oids
        self._numbers = numbers

    async def import_patients(
        self, patients: Iterable[NewPatient | ImportFault], *, erased_too: bool = False
    ) -> PatientImportReport:
        """Create the spaces that are not there yet; put right what a line tells anew of one that is there.

        A line that names somebody else than the space of its number does is left out. So is whoever was erased, unless
        `erased_too` says that they asked to come back.
        """
        tally, today, spare = _Tally(), local_day(self._clock.now()), list[VaultId]()
        lines = iter(patients)
        while batch := list(islice(lines, BATCH)):
            wanted = [line for line in batch if self._is_wanted(line, today, tally)]
            spare += await self._store.new_vaults(len(wanted) - len(spare))
            chunks = [wanted[start : start + CHUNK] for start in range(0, len(wanted), CHUNK)]
            # All of them wait for the writer, which takes one at a time and in this order, mail between them.
            work = [self._create_spaces(chunk, [spare.pop() for _ in chunk], erased_too) for chunk in chunks]
            for chunk, done in zip(chunks, await gather(*work), strict=True):
                for new, outcome in zip(chunk, done.outcomes, strict=True):
                    tally.add(new, outcome)
                spare += done.unused
        return tally.report()

    def _is_wanted(self, line: NewPatient | ImportFault, today: date, tally: _Tally) -> TypeGuard[NewPatient]:
        if isinstance(line, ImportFault):
            tally.faults.append(line)
        elif line.identity.ins_oid not in self._oids:
            reason = "ins_oid is of a test or demonstration identity, which gateway.demonstration does not allow"
            tally.faults.append(ImportFault(line.line, reason))
        elif _is_to_come(line.identity.traits.birth_date, today):
            tally.faults.append(ImportFault(line.line, "birth_date is still to come"))
        else:
            return True
        return False

    async def _create_spaces(self, patients: list[NewPatient], vaults: list[VaultId], erased_too: bool) -> _Done:
        now = self._clock.now()

        def create(tx: Tx) -> list[_Outcome]:
            tx.spaces.claim_numbers({new.identity.ins.value for new in patients})
            return [
                self._create_space(tx, vault, new, now, erased_too)
                for vault, new in zip(vaults, patients, strict=True)
            ]

        outcomes = await self._store.write(create, priority=Priority.BULK)
        unused = [vault for vault, outcome in zip(vaults, outcomes, strict=True) if outcome is not True]
        for vault in vaults:
            # Nobody looks at it again in this run: what is kept must not grow with the file.
            self._store.forget(vault)
        return _Done(outcomes, unused)

    def _create_space(
        self, tx: Tx, vault: VaultId, new: NewPatient, now: datetime, erased_too: bool
    ) -> _Outcome:
        known = next((space for space in tx.spaces.with_number(new.identity.ins.value) if is_of(space, new)), None)
        if known is None and tx.spaces.is_damaged(new.identity.ins.value):
            reason = "a space that this INS leads to is damaged: see « pli verify »; nothing was changed"
            return ImportFault(new.line, reason)
        address = self._address(tx, new)
        if known is not None or tx.spaces.resolve(address.mail) is not None:
            if known is not None and _same_person(new.identity, known.identity):
                changed, kept = put_right(tx, known.vault, new, now)
                return ImportChange(new.line, changed, kept) if changed or kept else False
            reason = "this INS has a space whose OID or traits differ: find out which is right; nothing was changed"
            return ImportFault(new.line, reason)
        if not erased_too and (fault := self._erased(tx, new)):
            return fault
        tx.spaces.create_vault(vault, VaultKind.SPACE, address.mail, "")
        tx.spaces.save(
            Space(
                vault=vault,
                address=address,
                identity=new.identity,
                state=new.state,
                email=new.email,
                phone=new.phone,
                postal=new.postal,
                birth_place=new.birth_place,
                birth_country=new.birth_country,
                card_serials=new.card_serials,
                guardians=new.guardians,
                scheme=new.scheme,
                notified_on=local_day(now) if new.state is SpaceState.NOTIFIED else None,
                changed_on=local_day(now) if new.state in _DATED else None,
            )
        )
        for name, use in _SPACE_FOLDERS:
            tx.mail.create_folder(vault, name, use)
        tx.audit.append(vault, AuditEvent(at=now, actor="pli", action="space.created", outcome=new.state.value))
        return True

    def _erased(self, tx: Tx, new: NewPatient) -> ImportFault | None:
        """Say that somebody was erased: a file that still has them does not bring them back (F28)."""
        at = tx.erasures.at(PatientAddress(new.identity.ins, self._domain).mail)
        if at is None:
            return None
        reason = f"the space of this INS was erased on {local_day(at)}: only who asks to come back, by --erased-too"
        return ImportFault(new.line, reason)

    def _address(self, tx: Tx, new: NewPatient) -> PatientAddress:
        if self._numbers is PatientNumbers.INS:
            return PatientAddress(new.identity.ins, self._domain)
        while True:
            address = PatientAddress(opaque_number(secrets.randbelow(OPAQUE_NUMBERS)), self._domain)
            if tx.spaces.resolve(address.mail) is None:
                return address

    @property
    def patient_domain(self) -> str:
        """Give the domain that is of patients alone."""
        return self._domain

    async def create_mailbox(self, address: MailAddress, kind: VaultKind, name: str) -> str:
        """Create a professional's mailbox and give its app password. Raises `Conflict` when the address is taken."""
        vault, password, now = await self._store.new_vault(), new_app_password(), self._clock.now()
        account = app_account(self._store, vault, str(address), password)

        def create(tx: Tx) -> None:
            if tx.spaces.resolve(address) is not None:
                raise Conflict("this address has a mailbox already")
            tx.spaces.create_vault(vault, kind, address, name)
            for folder, use in _MAILBOX_FOLDERS:
                tx.mail.create_folder(vault, folder, use)
            tx.spaces.save_account(account)
            tx.audit.append(vault, AuditEvent(at=now, actor="pli", action="mailbox.created", outcome=kind.value))

        await self._store.write(create)
        return password
