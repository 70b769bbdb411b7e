"""What a payer tells of care: a FHIR R4 bundle of one patient and of explanations of benefit, read within limits. Pure.

Read of each `ExplanationOfBenefit` (FHIR R4 §13.9): its first identifier, status, type, subtype, period, provider,
facility and items. Amounts are not read: nobody here needs them. Every reference to a patient must lead to the one of
the bundle.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, TypeAlias

import msgspec

from gateway.domain.care_history import MOST_LINES, CareAct, CareKind, CareLine, one_line
from gateway.domain.errors import InvalidValue
from gateway.domain.identity import BirthDate, ClaimedIdentity, Sex

MOST_EXPLANATIONS = 200
"""Of one bundle."""
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T.{1,30})?", re.ASCII)
_Text: TypeAlias = Annotated[str, msgspec.Meta(max_length=1000)]
_Code: TypeAlias = Annotated[str, msgspec.Meta(max_length=200)]
_OVER = frozenset({"cancelled", "entered-in-error"})
_SEXES = {"male": Sex.MALE, "female": Sex.FEMALE}
_KINDS = {kind.value: kind for kind in CareKind}
_BY_TYPE = {
    "institutional": CareKind.STAY,
    "pharmacy": CareKind.DISPENSING,
    "oral": CareKind.DENTAL,
    "vision": CareKind.DEVICE,
    "professional": CareKind.VISIT,
}
"""By the codes of http://terminology.hl7.org/CodeSystem/claim-type."""


class _Coding(msgspec.Struct):
    code: _Code = ""
    display: _Text = ""


class _Concept(msgspec.Struct):
    coding: Annotated[list[_Coding], msgspec.Meta(max_length=20)] = msgspec.field(default_factory=list)
    text: _Text = ""

    @property
    def words(self) -> str:
        said = (self.text, *(coding.display for coding in self.coding), *(coding.code for coding in self.coding))
        return next(filter(None, map(one_line, said)), "")


class _Identifier(msgspec.Struct):
    system: _Code = ""
    value: _Code = ""


class _Name(msgspec.Struct):
    use: _Code = ""
    family: _Code = ""
    given: Annotated[list[_Code], msgspec.Meta(max_length=20)] = msgspec.field(default_factory=list)


class _Patient(msgspec.Struct, tag="Patient", tag_field="resourceType", rename="camel"):
    id: _Code = ""
    identifier: Annotated[list[_Identifier], msgspec.Meta(max_length=20)] = msgspec.field(default_factory=list)
    name: Annotated[list[_Name], msgspec.Meta(max_length=20)] = msgspec.field(default_factory=list)
    gender: _Code = ""
    birth_date: _Code = ""


class _Reference(msgspec.Struct):
    reference: _Code = ""
    display: _Text = ""


class _Period(msgspec.Struct):
    start: _Code = ""
    end: _Code = ""


class _Quantity(msgspec.Struct):
    value: Annotated[float, msgspec.Meta(ge=0, le=100_000)] | None = None
    unit: _Code = ""


class _Item(msgspec.Struct, rename="camel"):
    product_or_service: _Concept
    serviced_date: _Code = ""
    serviced_period: _Period = msgspec.field(default_factory=_Period)
    quantity: _Quantity = msgspec.field(default_factory=_Quantity)


class _Explanation(msgspec.Struct, tag="ExplanationOfBenefit", tag_field="resourceType", rename="camel"):
    identifier: Annotated[list[_Identifier], msgspec.Meta(min_length=1, max_length=20)]
    status: _Code
    patient: _Reference
    type: _Concept = msgspec.field(default_factory=_Concept)
    sub_type: _Concept = msgspec.field(default_factory=_Concept)
    billable_period: _Period = msgspec.field(default_factory=_Period)
    provider: _Reference = msgspec.field(default_factory=_Reference)
    facility: _Reference = msgspec.field(default_factory=_Reference)
    item: Annotated[list[_Item], msgspec.Meta(max_length=MOST_LINES)] = msgspec.field(default_factory=list)


class _Entry(msgspec.Struct, rename="camel"):
    resource: _Patient | _Explanation
    full_url: _Code = ""


class _Bundle(msgspec.Struct, tag="Bundle", tag_field="resourceType"):
    entry: Annotated[list[_Entry], msgspec.Meta(min_length=1, max_length=MOST_EXPLANATIONS + 1)]


_DECODER = msgspec.json.Decoder(_Bundle)


@dataclass(frozen=True, slots=True, repr=False)
class ToldAct:
    """One explanation: the name that its payer gave it, and the act; None when it is called off.

    The act has no number, payer or time of its own yet.
    """

    name: str
    act: CareAct | None


@dataclass(frozen=True, slots=True, repr=False)
class CareFeed:
    """What a bundle tells: of whom, and which acts."""

    patient: ClaimedIdentity
    acts: tuple[ToldAct, ...]


class FeedUnreadable(InvalidValue):
    """A bundle that cannot be read; says where and why, without a value of it."""


def read_feed(data: bytes, now: datetime, today: date) -> CareFeed:
    """Read a bundle.

    Args:
        data: JSON.
        now: when it came.
        today: no day may be after it.

    Raises:
        FeedUnreadable: it is no such bundle, of no patient or of several, or an explanation lacks what it needs.
    """
    try:
        bundle = _DECODER.decode(data)
    except msgspec.ValidationError as error:
        path = re.search(r"`(\$[^`]{0,200})`$", str(error))
        raise FeedUnreadable(f"not as FHIR R4 has it at {path[1] if path else '$'}") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FeedUnreadable("not JSON in UTF-8") from error
    patients = [entry for entry in bundle.entry if isinstance(entry.resource, _Patient)]
    if len(patients) != 1:
        raise FeedUnreadable("a bundle tells of one patient: one Patient resource is expected")
    (patient,) = patients
    acts: dict[str, ToldAct] = {}
    for place, entry in enumerate(bundle.entry):
        if isinstance(entry.resource, _Explanation):
            told = _told(entry.resource, patient, f"entry[{place}]", now, today)
            acts[told.name] = told
    assert isinstance(patient.resource, _Patient)  # noqa: S101 - chosen so above
    return CareFeed(_claimed(patient.resource), tuple(acts.values()))


def _claimed(patient: _Patient) -> ClaimedIdentity:
    names = sorted(patient.name, key=lambda name: name.use != "official")
    try:
        born = BirthDate.parse(patient.birth_date)
    except InvalidValue:
        born = None
    return ClaimedIdentity(
        identifiers=tuple((one.system, one.value) for one in patient.identifier),
        birth_name=names[0].family if names else None,
        given_names=tuple(names[0].given) if names else (),
        sex=_SEXES.get(patient.gender),
        birth_date=born,
    )


def _told(said: _Explanation, patient: _Entry, where: str, now: datetime, today: date) -> ToldAct:
    name = next((f"{one.system}|{one.value}" for one in said.identifier if one.value), "")
    if not name:
        raise FeedUnreadable(f"{where}: an identifier with a value is expected")
    assert isinstance(patient.resource, _Patient)  # noqa: S101 - chosen so by the caller
    known = {patient.full_url, f"Patient/{patient.resource.id}"} - {"", "Patient/"}
    if said.patient.reference not in known:
        raise FeedUnreadable(f"{where}: patient does not lead to the Patient of the bundle")
    if said.status in _OVER:
        return ToldAct(name, None)
    if said.status != "active":
        raise FeedUnreadable(f"{where}: status is active, cancelled or entered-in-error")
    lines = tuple(CareLine(item.product_or_service.words, _amount(item.quantity)) for item in said.item)
    lines = tuple(line for line in lines if line.label) or _whole(said)
    if not lines:
        raise FeedUnreadable(f"{where}: nothing says what was done: item.product_or_service or type is expected")
    day, until = _days(said, where, today)
    return ToldAct(
        name,
        CareAct(
            id=0,
            kind=_kind(said),
            day=day,
            until=until if until != day else None,
            lines=lines,
            performer=one_line(said.provider.display),
            place=one_line(said.facility.display),
            told_at=now,
        ),
    )


def _whole(said: _Explanation) -> tuple[CareLine, ...]:
    words = said.sub_type.text or said.type.text
    return (CareLine(one_line(words)),) if one_line(words) else ()


def _kind(said: _Explanation) -> CareKind:
    codes = [coding.code for concept in (said.sub_type, said.type) for coding in concept.coding]
    own = next((_KINDS[code] for code in codes if code in _KINDS), None)
    return own or next((_BY_TYPE[code] for code in codes if code in _BY_TYPE), CareKind.OTHER)


def _days(said: _Explanation, where: str, today: date) -> tuple[date, date | None]:
    spans = [(item.serviced_date or item.serviced_period.start, item.serviced_period.end) for item in said.item]
    spans.insert(0, (said.billable_period.start, said.billable_period.end))
    begins, ends = next((span for span in spans if span[0]), ("", ""))
    day, until = _day(begins, where), _day(ends, where) if ends else None
    if day > today:
        raise FeedUnreadable(f"{where}: the day of care is not over yet")
    if until is not None and until < day:
        raise FeedUnreadable(f"{where}: the period ends before it begins")
    return day, until


def _day(text: str, where: str) -> date:
    found = _DAY.fullmatch(text)
    try:
        return date.fromisoformat(found[1] if found else "")
    except ValueError as error:
        wanted = "a day, YYYY-MM-DD, is expected in billablePeriod.start or servicedDate"
        raise FeedUnreadable(f"{where}: {wanted}") from error


def _amount(quantity: _Quantity) -> str:
    if quantity.value is None:
        return ""
    return one_line(f"{quantity.value:g} {quantity.unit}".replace(".", ","))
