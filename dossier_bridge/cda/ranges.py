"""Reference ranges of CDA observations: bounds, words, and for whom each is (STD §4.2).

Which of several ranges is this patient's is said only where a condition of sex or age says so itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lxml import etree

from dossier_bridge.cda.elements import CODE, MAX_LABEL, V3, VALUE, Narrative, child, coded, referred_text
from dossier_bridge.cda.values import kind_of, unit_of, value_of
from dossier_bridge.xml_parts import first_of, parts_of
from gateway.domain.document import ReferenceRange, ValueKind
from gateway.domain.identity import ClaimedIdentity, Sex
from gateway.domain.lab_result import number_of
from gateway.domain.timestamp import Timestamp

_LOW, _HIGH, _TRANSLATION, _TEXT = (V3 + tag for tag in ("low", "high", "translation", "text"))
_RANGE, _INTERPRETATION = V3 + "observationRange", V3 + "interpretationCode"
_SEXES = {"M": Sex.MALE, "F": Sex.FEMALE}
_SEX_SYSTEM = "2.16.840.1.113883.5.1"
_SEX_WORDS = {Sex.MALE: "homme", Sex.FEMALE: "femme"}
_DAYS = {"a": Decimal("365.25"), "mo": Decimal("30.44"), "wk": Decimal(7), "d": Decimal(1)}
_AGE_WORDS = {"a": "ans", "mo": "mois", "wk": "semaines", "d": "jours"}


@dataclass(frozen=True, slots=True)
class _Condition:
    """Whom a range is for, in words, and whether that is this patient: None when it cannot be known."""

    words: str = ""
    applies: bool | None = None


_NO_CONDITION = _Condition()


def ranges_of(
    nodes: Sequence[etree._Element], narrative: Narrative, patient: ClaimedIdentity, time: Timestamp | None
) -> tuple[tuple[ReferenceRange, ...], ReferenceRange | None]:
    """Read every reference range of an observation made at a time, in order, and the first as a second unit has it."""
    read: list[ReferenceRange] = []
    second = None
    for at, node in enumerate(nodes):
        found = child(node, _RANGE)
        if found is not None:
            one, low, high = _range(found, narrative, patient, time)
            read += (one,) if one != _EMPTY else ()
            second = _second(low, high) if not at else second
    return tuple(read), second


def _second(low: etree._Element | None, high: etree._Element | None) -> ReferenceRange | None:
    """Read a range in the second unit, when its bounds are translated."""
    low, high = child(low, _TRANSLATION), child(high, _TRANSLATION)
    if low is None and high is None:
        return None
    known = low if low is not None else high
    return ReferenceRange(low=_number(low), high=_number(high), unit=unit_of(known))


_EMPTY = ReferenceRange()


def _range(
    node: etree._Element, narrative: Narrative, patient: ClaimedIdentity, time: Timestamp | None
) -> tuple[ReferenceRange, etree._Element | None, etree._Element | None]:
    """Read a range, and give its bounds as they stand."""
    low = high = value = marked = words = None
    condition = _NO_CONDITION
    for part in node:
        tag = part.tag
        if tag == VALUE:
            bounds = parts_of(part)
            value, low, high = part, first_of(bounds, _LOW), first_of(bounds, _HIGH)
        elif tag == _INTERPRETATION:
            marked = part
        elif tag == _TEXT:
            words = part
        elif tag != CODE and _local(part) == "precondition":
            condition = _both(condition, _condition(part, narrative, patient, time))
    text = referred_text(words, narrative) if words is not None else ""
    least, most = _number(low), _number(high)
    if value is not None and least is None and most is None:
        text = text or _value_text(value, narrative, low, high)
    if words is None and value is None:
        text = coded(child(node, CODE), narrative).label
    read = ReferenceRange(
        low=least,
        high=most,
        unit=unit_of(low) or unit_of(high),
        text=text,
        interpretation=marked.get("code", "") if marked is not None else "",
        low_excluded=low is not None and least is not None and _is_excluded(low),
        high_excluded=high is not None and most is not None and _is_excluded(high),
        condition=condition.words,
        applies=condition.applies,
    )
    return read, low, high


def _value_text(
    value: etree._Element, narrative: Narrative, low: etree._Element | None, high: etree._Element | None
) -> str:
    bounds = [bound.get("value", "").strip() for bound in (low, high) if bound is not None]
    if any(bounds):
        return " – ".join(filter(None, bounds))
    return value_of(value, narrative).display


def _number(element: etree._Element | None) -> Decimal | None:
    return number_of(element.get("value", "")) if element is not None else None


def _is_excluded(bound: etree._Element | None) -> bool:
    return bound is not None and bound.get("inclusive") in ("false", "0")


def _local(node: etree._Element) -> str:
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


# ---------------------------------------------------------------- for whom a range is


def _both(one: _Condition, other: _Condition) -> _Condition:
    known = [it.applies for it in (one, other) if it.words]
    applies = False if False in known else None if None in known else all(known)
    return _Condition(", ".join(filter(None, (one.words, other.words))), applies if known else None)


def _condition(
    node: etree._Element, narrative: Narrative, patient: ClaimedIdentity, time: Timestamp | None
) -> _Condition:
    """Read a condition of sex or age; any other is kept in words."""
    # The condition is of the laboratory extension of IHE, whose namespace profiles write in several ways.
    criterion = next((part for part in node.iter() if _local(part) == "criterion"), node)
    value = next((part for part in criterion if _local(part) == "value"), None)
    named = next((part for part in criterion if _local(part) == "text"), None)
    words = referred_text(named, narrative)[:MAX_LABEL] if named is not None else ""
    if value is None:
        value = next((part for part in criterion if _local(part) == "code"), None)
    elif kind_of(value) is ValueKind.INTERVAL:
        return _age_condition(value, words, patient, time)
    if value is None:
        return _Condition(words)
    sex = _SEXES.get(value.get("code", "")) if value.get("codeSystem", _SEX_SYSTEM) == _SEX_SYSTEM else None
    if sex is None:
        return _Condition(words or coded(value, narrative).label or value_of(value, narrative).display[:MAX_LABEL])
    known = patient.sex if patient.sex in _SEX_WORDS else None
    return _Condition(words or _SEX_WORDS[sex], None if known is None else known is sex)


def _age_condition(
    value: etree._Element, words: str, patient: ClaimedIdentity, time: Timestamp | None
) -> _Condition:
    low, high = child(value, V3 + "low"), child(value, V3 + "high")
    unit = unit_of(low) or unit_of(high)
    least, most = _number(low), _number(high)
    if unit not in _DAYS or (least is None and most is None):
        return _Condition(words)
    name = _AGE_WORDS[unit]
    said = (
        f"{least} à {most} {name}" if least is not None and most is not None
        else f"à partir de {least} {name}" if most is None else f"jusqu’à {most} {name}"
    )  # fmt: skip
    age = _age_in_days(patient, time)
    if age is None:
        return _Condition(words or said)
    age /= _DAYS[unit]
    under = most is not None and (age >= most if _is_excluded(high) else age >= most + 1)
    return _Condition(words or said, not (under or (least is not None and age < least)))


def _age_in_days(patient: ClaimedIdentity, time: Timestamp | None) -> Decimal | None:
    birth = patient.birth_date
    if birth is None or not birth.day or time is None or time.day is None:
        return None
    try:
        return Decimal((time.day - date(birth.year, birth.month, birth.day)).days)
    except ValueError:
        return None
