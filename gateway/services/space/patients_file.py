"""Read the file of patients that an operator imports: each line checked, a bad one named (design §6)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import TextIO, TypeVar

from gateway.domain.account import NO_ADDRESS, PostalAddress
from gateway.domain.contact_reading import email_of, mobile_of
from gateway.domain.errors import InvalidValue
from gateway.domain.health_card import serial_typed
from gateway.domain.identity import DEMO_OIDS, BirthDate, Ins, PatientIdentity, Sex, Traits, ins_key
from gateway.domain.space import SpaceState
from gateway.services.space.csv_records import CsvRecord, csv_records

E = TypeVar("E", bound=Enum)
COLUMNS = (
    "ins", "ins_oid", "birth_name", "given_names", "used_name", "sex", "birth_date", "email", "phone",
    "birth_place", "birth_country", "address_1", "address_2", "postal_code", "city", "country",
    "card_serial", "guardians", "scheme", "state",
)  # fmt: skip
_REQUIRED = COLUMNS[:8]
_LONGEST = 250


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPatient:
    """One checked line of the import file."""

    line: int
    identity: PatientIdentity
    state: SpaceState
    email: str = ""
    phone: str = ""
    postal: PostalAddress = NO_ADDRESS
    birth_place: str = ""
    birth_country: str = ""
    card_serials: tuple[str, ...] = ()
    guardians: tuple[str, ...] = ()
    scheme: str = ""


@dataclass(frozen=True, slots=True)
class ImportFault:
    """A line that was not imported; `reason` says what to mend and repeats nothing of the person."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class ImportDoubt:
    """What a line lacks that was taken up all the same; `reason` repeats nothing of the person."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class ImportChange:
    """What a line put right in a space that was there: names of fields, never values.

    `kept` are contacts that it tells otherwise, and that their holder alone changes.
    """

    line: int
    fields: tuple[str, ...]
    kept: tuple[str, ...] = ()


def read_patients(file: TextIO) -> Iterator[NewPatient | ImportFault]:
    """Read the import file (design §6), opened with ``newline=""``, line by line; a bad line becomes a fault.

    Raises:
        InvalidValue: the first line does not name the columns.
    """
    records = csv_records(file)
    names = _names(next(records, None))
    for record in records:
        try:
            if record.fault:
                raise InvalidValue(record.fault)
            if record.fields == names:
                raise InvalidValue("the columns are named again: two files were put together")
            if len(record.fields) != len(names):
                many = "many" if len(record.fields) > len(names) else "few"
                raise InvalidValue(f"too {many} fields: {len(names)} separated by commas are expected")
            row = zip(names, record.fields, strict=True)
            yield _patient(record.line, {name: _plain(name, text) for name, text in row})
        except InvalidValue as error:
            yield ImportFault(record.line, str(error))


def doubt_of(new: NewPatient) -> ImportDoubt | None:
    """Say what a postal address lacks, if there is one: no letter goes where it cannot arrive."""
    postal = new.postal
    if postal == NO_ADDRESS:
        return None
    has = {"address_1": postal.lines, "postal_code": postal.postal_code, "city": postal.city}
    missing = " and ".join(name for name, there in has.items() if not there)
    if not missing:
        return None
    what = "its letters may not arrive" if postal.is_postable else "no letter is made for this person"
    return ImportDoubt(new.line, f"the postal address has no {missing}: {what}")


def _names(first: CsvRecord | None) -> tuple[str, ...]:
    if first is None or first.fault:
        raise InvalidValue(f"the first line must name the columns; {first.fault if first else 'there is none'}")
    names = (first.fields[0].removeprefix("\ufeff"), *first.fields[1:])
    if len(names) == 1 and (";" in names[0] or "\t" in names[0]):
        found = "semicolons" if ";" in names[0] else "tabs"
        raise InvalidValue(f"columns are separated by commas, and here they are by {found}: export the file again")
    missing = [column for column in _REQUIRED if column not in names]
    if missing:
        raise InvalidValue(f"the first line must name the columns; missing: {', '.join(missing)}")
    if doubled := sorted({name for name in names if name in COLUMNS and names.count(name) > 1}):
        raise InvalidValue(f"the first line names a column twice: {', '.join(doubled)}")
    return names


def _patient(line: int, row: dict[str, str]) -> NewPatient:
    given = _several(row["given_names"])
    if not (row["birth_name"] and given):
        raise InvalidValue("birth_name and given_names must not be empty")
    if row["ins_oid"] not in DEMO_OIDS:
        raise InvalidValue(f"ins_oid must be one of {', '.join(sorted(DEMO_OIDS))}")
    state = _chosen(SpaceState, "state", row.get("state") or "created", but=SpaceState.ERASED)
    born = _birth_date(row["birth_date"])
    sex = _chosen(Sex, "sex", row["sex"].upper())
    traits = Traits(
        birth_name=row["birth_name"], given_names=given, sex=sex, birth_date=born, used_name=row["used_name"]
    )
    ins = _ins(row["ins"])
    guardians = tuple(_ins(number).value for number in _several(row.get("guardians", "")))
    if ins.value in guardians:
        raise InvalidValue("guardians must not name the person: nobody is their own representative")
    return NewPatient(
        line=line,
        identity=PatientIdentity(ins, row["ins_oid"], traits),
        email=_contact("email", "name@domain.example", row["email"], email_of),
        phone=_contact("phone", "a number that takes an SMS, as +33612345678", row["phone"], mobile_of),
        postal=PostalAddress(
            tuple(text for name in ("address_1", "address_2") if (text := row.get(name, ""))),
            row.get("postal_code", ""),
            row.get("city", ""),
            row.get("country", ""),
        ),
        birth_place=row.get("birth_place", ""),
        birth_country=row.get("birth_country", ""),
        card_serials=tuple(_card_serial(serial) for serial in _several(row.get("card_serial", ""))),
        guardians=guardians,
        scheme=row.get("scheme", ""),
        state=state,
    )


def _plain(column: str, text: str) -> str:
    line = text.strip()
    if len(line) > _LONGEST or not line.isprintable():
        named = column if column in COLUMNS else "a further column"
        raise InvalidValue(f"{named} must be one line of at most {_LONGEST} signs")
    return line


def _birth_date(text: str) -> BirthDate:
    born = BirthDate.parse(text)
    if born.day:
        try:
            date(born.year, born.month, born.day)
        except ValueError as error:
            raise InvalidValue("birth_date is a day that the calendar does not have") from error
    return born


def _contact(column: str, written: str, text: str, read: Callable[[str], str | None]) -> str:
    found = read(text) if text else ""
    if found is None:
        raise InvalidValue(f"{column} cannot be used: write {written}, or leave it empty")
    return found


def _card_serial(text: str) -> str:
    serial = serial_typed(text)
    if serial is None:
        raise InvalidValue("card_serial must be 8 to 24 digits, as the card shows them: its holder types them")
    return serial


def _several(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


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


def _chosen(choices: type[E], column: str, text: str, but: E | None = None) -> E:
    by_name = {str(choice.value): choice for choice in choices if choice is not but}
    if text not in by_name:
        raise InvalidValue(f"{column} must be one of {', '.join(by_name)}")
    return by_name[text]
