"""What was typed in the fields of an entry, made into what is kept, or the faults of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from re import ASCII
from re import compile as compiled

from gateway.domain.errors import InvalidValue
from gateway.domain.partial_date import PartialDate
from gateway.domain.profile_fields import Field, FieldKind, SectionRules

_CONTROLS = compiled(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_PHONE = compiled(r"\+?[0-9][0-9 ().-]{1,28}", ASCII)
_EMAIL = compiled(r"[^@\s]{1,64}@[^@\s.]{1,63}(?:\.[^@\s.]{1,63}){1,6}")
_CODE = compiled(r"[A-Za-z0-9.*+&/-]{1,60}", ASCII)


class FieldFault(Enum):
    """What is wrong with what was typed in one field."""

    MISSING = "missing"
    TOO_LONG = "too-long"
    NO_DATE = "no-date"
    BEFORE_BIRTH = "before-birth"
    AHEAD = "ahead"
    ENDS_BEFORE = "ends-before"
    NO_CHOICE = "no-choice"
    NO_PHONE = "no-phone"
    NO_EMAIL = "no-email"
    TAKEN = "taken"
    """Another entry has what one alone may have."""
    FULL = "full"
    """The section has as many entries as it may."""


@dataclass(frozen=True, slots=True)
class CheckedFields:
    """What is kept of what was typed; `faults` by the name of their field, and nothing is kept when there is one."""

    fields: Mapping[str, str]
    faults: Mapping[str, FieldFault]


class _Fault(Exception):
    def __init__(self, fault: FieldFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def checked_fields(
    rules: SectionRules, typed: Mapping[str, str], born: date | None, today: date
) -> CheckedFields:
    """Check what was typed in an entry of a section.

    Args:
        rules: of the section.
        typed: by the names of its fields; others are left out.
        born: the day of birth, None where it is not known; no date may be before.
        today: no date may be after, but for those that may be ahead.
    """
    fields, faults = dict[str, str](), dict[str, FieldFault]()
    for field in rules.fields:
        try:
            if value := _value(field, _clean(field, typed.get(field.name, "")), born, today):
                fields[field.name] = value
        except _Fault as found:
            faults[field.name] = found.fault
        code = typed.get(f"{field.name}_code", "")
        if field.terms and field.name in fields and _CODE.fullmatch(code):
            fields[f"{field.name}_code"] = code
    if not faults:
        faults |= _together(fields)
    return CheckedFields(fields, faults)


def _clean(field: Field, typed: str) -> str:
    text = typed.replace("\r\n", "\n").replace("\r", "\n")
    if field.kind is FieldKind.NOTE:
        return _CONTROLS.sub("", text.replace("\t", " ")).strip()
    return " ".join(_CONTROLS.sub(" ", text).split())


def _value(field: Field, text: str, born: date | None, today: date) -> str:
    if not text:
        if field.is_needed:
            raise _Fault(FieldFault.MISSING)
        return ""
    if len(text) > field.longest:
        raise _Fault(FieldFault.TOO_LONG)
    if field.kind is FieldKind.DATE:
        return _date(field, text, born, today)
    if field.kind is FieldKind.CHOICE and text not in field.choices:
        raise _Fault(FieldFault.NO_CHOICE)
    if field.kind is FieldKind.PHONE and not _PHONE.fullmatch(text):
        raise _Fault(FieldFault.NO_PHONE)
    if field.kind is FieldKind.EMAIL and not _EMAIL.fullmatch(text):
        raise _Fault(FieldFault.NO_EMAIL)
    return text


def _date(field: Field, text: str, born: date | None, today: date) -> str:
    try:
        found = PartialDate.parse(text)
    except InvalidValue as error:
        raise _Fault(FieldFault.NO_DATE) from error
    if born is not None and found.latest < born:
        raise _Fault(FieldFault.BEFORE_BIRTH)
    if found.earliest > today and not field.may_be_ahead:
        raise _Fault(FieldFault.AHEAD)
    return str(found)


def _together(fields: Mapping[str, str]) -> dict[str, FieldFault]:
    """Check what fields say of one another."""
    begun, ended = fields.get("debut"), fields.get("fin")
    if begun and ended and PartialDate.parse(ended).latest < PartialDate.parse(begun).earliest:
        return {"fin": FieldFault.ENDS_BEFORE}
    return {}


def is_over(rules: SectionRules, fields: Mapping[str, str], today: date) -> bool:
    """Say whether an entry has ended before today, by the field that says when it ended."""
    ended = fields.get(rules.ends, "") if rules.ends else ""
    return bool(ended) and PartialDate.parse(ended).latest < today


def heading_of(rules: SectionRules, fields: Mapping[str, str]) -> str:
    """Name an entry by the first of its fields that says something; by its section where none does."""
    said = (shown_value(field, fields.get(field.name, "")) for field in rules.fields)
    return next(filter(None, said), rules.label)


def shown_value(field: Field, value: str) -> str:
    """Give the kept value of a field as a person reads it."""
    if field.kind is FieldKind.CHOICE:
        return field.choices.get(value, value)
    if field.kind is FieldKind.DATE and value:
        return PartialDate.parse(value).typed
    return value
