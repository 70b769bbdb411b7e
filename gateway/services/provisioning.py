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
from gateway.domain.identity import DEMO_OIDS, BirthDate, Ins, PatientIdentity, Sex, Traits
from gateway.domain.mailbox import SpecialUse, VaultId, VaultKind
from gateway.domain.space import SpaceState
from gateway.ports import Clock, Priority, Store, Tx
from gateway.services.accounts import AppPasswords, new_app_password

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


@dataclass(frozen=True, slots=True)
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
class ImportReport:
    """What an import did."""

    created: int
    already_there: int
    faults: tuple[ImportFault, ...]


def read_patients(text: str) -> Iterator[NewPatient | ImportFault]:
    """Read the import file (design §6); a bad line becomes a fault.

    Raises:
        InvalidValue: a column is missing.
        MalformedContent: it is no CSV file; what came before has been given.
    """
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    missing = [column for column in COLUMNS[:8] if column not in (rows.fieldnames or ())]
    if missing:
        raise InvalidValue(f"the first line must name the columns; missing: {', '.join(missing)}")
    try:
        for row in rows:
            try:
                yield _patient(rows.line_num, {key: (value or "").strip() for key, value in row.items() if key})
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
    traits = Traits(row["birth_name"], given, sex, born, row["used_name"])
    return NewPatient(
        line,
        PatientIdentity(Ins.parse(row["ins"]), row["ins_oid"], traits),
        row["email"],
        row["phone"],
        row.get("card_serial", ""),
        row.get("scheme", ""),
        state,
    )


def _chosen(choices: type[E], column: str, text: str) -> E:
    try:
        return choices(text)
    except ValueError as error:
        names = ", ".join(str(choice.value) for choice in choices)
        raise InvalidValue(f"{column} must be one of {names}") from error


class Provisioning:
    """Creates vaults with their folders and sign-ins."""

    def __init__(self, store: Store, clock: Clock, patient_domain: str) -> None:
        self._store = store
        self._clock = clock
        self._domain = patient_domain
        self._passwords = AppPasswords(store)

    async def import_patients(self, patients: Iterable[NewPatient | ImportFault]) -> ImportReport:
        """Create the spaces that are not there yet; one that is there is left as it is."""
        created = known = 0
        faults: list[ImportFault] = []
        chunk: list[NewPatient] = []
        for patient in patients:
            if isinstance(patient, ImportFault):
                faults.append(patient)
                continue
            chunk.append(patient)
            if len(chunk) == CHUNK:
                made = await self._create_spaces(chunk)
                created, known, chunk = created + made, known + len(chunk) - made, []
        if chunk:
            made = await self._create_spaces(chunk)
            created, known = created + made, known + len(chunk) - made
        return ImportReport(created, known, tuple(faults))

    async def _create_spaces(self, patients: list[NewPatient]) -> int:
        vaults = await self._store.new_vaults(len(patients))
        now = self._clock.now()

        def create(tx: Tx) -> int:
            return sum(self._create_space(tx, vault, new, now) for vault, new in zip(vaults, patients, strict=True))

        return await self._store.write(create, priority=Priority.BULK)

    def _create_space(self, tx: Tx, vault: VaultId, new: NewPatient, now: datetime) -> bool:
        address = PatientAddress(new.identity.ins, self._domain)
        if tx.spaces.resolve(address.mail) is not None:
            return False
        tx.spaces.create_vault(vault, VaultKind.SPACE, address.mail, "")
        tx.spaces.save(
            Space(
                vault,
                address,
                new.identity,
                new.state,
                new.email,
                new.phone,
                new.card_serial,
                new.scheme,
                now if new.state is SpaceState.NOTIFIED else None,
            )
        )
        for name, use in _SPACE_FOLDERS:
            tx.mail.create_folder(vault, name, use)
        tx.audit.append(vault, AuditEvent(now, "pli", "space.created", new.state.value))
        return True

    async def check_free(self, address: MailAddress) -> None:
        """Raise `Conflict` when an address has a mailbox already."""
        if await self._store.read(lambda tx: tx.spaces.resolve(address)) is not None:
            raise Conflict("this address has a mailbox already")

    async def create_mailbox(self, address: MailAddress, kind: VaultKind, name: str) -> str:
        """Create a professional's mailbox and give its app password. Raises `Conflict` when the address is taken."""
        vault, password, now = await self._store.new_vault(), new_app_password(), self._clock.now()
        account = self._passwords.account(vault, str(address), password)

        def create(tx: Tx) -> None:
            if tx.spaces.resolve(address) is not None:
                raise Conflict("this address has a mailbox already")
            tx.spaces.create_vault(vault, kind, address, name)
            for folder, use in _MAILBOX_FOLDERS:
                tx.mail.create_folder(vault, folder, use)
            tx.spaces.save_account(account)
            tx.audit.append(vault, AuditEvent(now, "pli", "mailbox.created", kind.value))

        await self._store.write(create)
        return password
