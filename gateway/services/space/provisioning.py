"""Make spaces and mailboxes: patients from a file, professionals and laboratories one by one."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import TypeVar

from gateway.domain.account import Space
from gateway.domain.address import MailAddress, PatientAddress
from gateway.domain.audit import AuditEvent
from gateway.domain.errors import Conflict, InvalidValue, MalformedContent
from gateway.domain.identity import (
    DEMO_OIDS,
    PRODUCTION_OIDS,
    BirthDate,
    ClaimedIdentity,
    IdentityMatch,
    Ins,
    PatientIdentity,
    Sex,
    Traits,
    compare_identity,
    ins_key,
)
from gateway.domain.mailbox import SpecialUse, VaultId, VaultKind
from gateway.domain.space import SpaceState
from gateway.ports.clock import Clock
from gateway.ports.store import Priority, Store, Tx
from gateway.services.sign_in.app_passwords import app_account, new_app_password

E = TypeVar("E", bound=Enum)
COLUMNS = (
    "ins", "ins_oid", "birth_name", "given_names", "used_name", "sex", "birth_date", "email", "phone",
    "card_serial", "scheme", "state",
)  # fmt: skip
CHUNK = 20
"""Patients in one transaction: well under 50 ms, so that an import never starves mail."""
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
class NewPatient:
    """One checked line of the import file."""

    line: int
    identity: PatientIdentity
    email: str
    phone: str
    card_serial: str
    scheme: str
    state: SpaceState


@dataclass(frozen=True, slots=True)
class ImportFault:
    """A line that was not imported; `reason` says what to mend and repeats nothing of the person."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class PatientImportReport:
    """What an import did; `notified` of the created spaces refuse mail until they are open (A4)."""

    created: int
    already_there: int
    faults: tuple[ImportFault, ...]
    notified: int = 0


def read_patients(text: str) -> Iterator[NewPatient | ImportFault]:
    """Read the import file (design §6); a bad line becomes a fault.

    Raises:
        InvalidValue: a column is missing.
        MalformedContent: it is no CSV file; what came before has been given.
    """
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    names = rows.fieldnames or ()
    if len(names) == 1 and ";" in names[0]:
        raise InvalidValue("columns are separated by commas, and here they are by semicolons: export the file again")
    missing = [column for column in COLUMNS[:8] if column not in names]
    if missing:
        raise InvalidValue(f"the first line must name the columns; missing: {', '.join(missing)}")
    try:
        for row in rows:
            try:
                if None in row or None in row.values():
                    raise InvalidValue(
                        f"too {'many' if None in row else 'few'} fields: {len(names)} separated by commas are expected"
                    )
                yield _patient(rows.line_num, {key: value.strip() for key, value in row.items()})
            except InvalidValue as error:
                yield ImportFault(rows.line_num, str(error))
    except csv.Error as error:
        raise MalformedContent(f"line {rows.line_num}: not CSV ({error}); export the file again") from error


def _patient(line: int, row: dict[str, str]) -> NewPatient:
    given = tuple(name.strip() for name in row["given_names"].split(";") if name.strip())
    if not (row["birth_name"] and given):
        raise InvalidValue("birth_name and given_names must not be empty")
    if row["ins_oid"] not in DEMO_OIDS:
        raise InvalidValue(f"ins_oid must be one of {', '.join(sorted(DEMO_OIDS))}")
    state = _chosen(SpaceState, "state", row.get("state") or "notified")
    if state is SpaceState.ERASED:
        raise InvalidValue("state must not be erased: a space that was never made cannot be erased")
    born = BirthDate.parse(row["birth_date"])
    sex = _chosen(Sex, "sex", row["sex"].upper())
    traits = Traits(
        birth_name=row["birth_name"], given_names=given, sex=sex, birth_date=born, used_name=row["used_name"]
    )
    return NewPatient(
        line=line,
        identity=PatientIdentity(_ins(row["ins"]), row["ins_oid"], traits),
        email=row["email"],
        phone=row["phone"],
        card_serial=row.get("card_serial", ""),
        scheme=row.get("scheme", ""),
        state=state,
    )


def _ins(text: str) -> Ins:
    number, key = text.upper()[:13], text[13:]
    if len(key) == 2 and key.isascii() and key.isdecimal() and not Ins.is_well_formed(text):
        try:
            mended = f"{number}{ins_key(number):02}"
        except ValueError:
            mended = ""
        if Ins.is_well_formed(mended):
            raise InvalidValue("the key of the INS is wrong: a digit was mistyped, compare all 15 with the source")
    return Ins.parse(text)


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


def _chosen(choices: type[E], column: str, text: str) -> E:
    try:
        return choices(text)
    except ValueError as error:
        names = ", ".join(str(choice.value) for choice in choices)
        raise InvalidValue(f"{column} must be one of {names}") from error


class _Tally:
    """Counts what became of the lines of an import."""

    def __init__(self) -> None:
        self.created = self.known = self.notified = 0
        self.faults: list[ImportFault] = []

    def add(self, new: NewPatient, outcome: "bool | ImportFault") -> None:
        """Count one line: whether its space was made, or why it was left out."""
        if isinstance(outcome, ImportFault):
            self.faults.append(outcome)
        elif outcome:
            self.created += 1
            self.notified += new.state is SpaceState.NOTIFIED
        else:
            self.known += 1

    def report(self) -> PatientImportReport:
        """Give the counts, the faults in the order of lines."""
        faults = tuple(sorted(self.faults, key=lambda fault: fault.line))
        return PatientImportReport(self.created, self.known, faults, self.notified)


class Provisioning:
    """Creates vaults with their folders and sign-ins; patients only of the OIDs that are accepted here."""

    def __init__(
        self, store: Store, clock: Clock, patient_domain: str, accepted_oids: frozenset[str] = PRODUCTION_OIDS
    ) -> None:
        self._store = store
        self._clock = clock
        self._domain = patient_domain
        self._oids = accepted_oids

    async def import_patients(self, patients: Iterable[NewPatient | ImportFault]) -> PatientImportReport:
        """Create the spaces that are not there yet; one that is there is left as it is, or is another person's."""
        tally, chunk = _Tally(), list[NewPatient]()
        for patient in patients:
            if isinstance(patient, ImportFault):
                tally.faults.append(patient)
            elif patient.identity.ins_oid not in self._oids:
                reason = "ins_oid is of a test or demonstration identity, which gateway.demonstration does not allow"
                tally.faults.append(ImportFault(patient.line, reason))
            else:
                chunk.append(patient)
            if len(chunk) == CHUNK:
                await self._create_spaces(chunk, tally)
                chunk = []
        if chunk:
            await self._create_spaces(chunk, tally)
        return tally.report()

    async def _create_spaces(self, patients: list[NewPatient], tally: _Tally) -> None:
        vaults = await self._store.new_vaults(len(patients))
        now = self._clock.now()

        def create(tx: Tx) -> list[bool | ImportFault]:
            return [self._create_space(tx, vault, new, now) for vault, new in zip(vaults, patients, strict=True)]

        outcomes = await self._store.write(create, priority=Priority.BULK)
        for new, outcome in zip(patients, outcomes, strict=True):
            tally.add(new, outcome)

    def _create_space(self, tx: Tx, vault: VaultId, new: NewPatient, now: datetime) -> bool | ImportFault:
        address = PatientAddress(new.identity.ins, self._domain)
        found = tx.spaces.resolve(address.mail)
        if found is not None:
            known, kind = found
            if kind is VaultKind.SPACE and _same_person(new.identity, tx.spaces.space(known).identity):
                return False
            reason = "this INS has a space whose OID or traits differ: find out which is right; nothing was changed"
            return ImportFault(new.line, reason)
        tx.spaces.create_vault(vault, VaultKind.SPACE, address.mail, "")
        tx.spaces.save(
            Space(
                vault=vault,
                address=address,
                identity=new.identity,
                state=new.state,
                email=new.email,
                phone=new.phone,
                card_serial=new.card_serial,
                scheme=new.scheme,
                notified_at=now if new.state is SpaceState.NOTIFIED else None,
            )
        )
        for name, use in _SPACE_FOLDERS:
            tx.mail.create_folder(vault, name, use)
        tx.audit.append(vault, AuditEvent(at=now, actor="pli", action="space.created", outcome=new.state.value))
        return True

    @property
    def patient_domain(self) -> str:
        """Give the domain that is of patients alone."""
        return self._domain

    async def check_free(self, address: MailAddress) -> None:
        """Raise `Conflict` when an address has a mailbox already."""
        if await self._store.read(lambda tx: tx.spaces.resolve(address)) is not None:
            raise Conflict("this address has a mailbox already")

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
