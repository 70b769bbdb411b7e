"""The values of CDA observations and their reference ranges, type by type (STD §4.2).

Numbers are read, never converted; a value of a type not listed is kept by its words.
"""

from decimal import Decimal

from lxml import etree

from dossier_bridge.cda.elements import V3, VALUE, Narrative, child, coded, flat_text, type_of
from gateway.domain.document import ReferenceRange, ResultValue, ValueKind
from gateway.domain.lab_result import number_of

_LOW, _HIGH, _CENTER = (V3 + tag for tag in ("low", "high", "center"))
_NUMERATOR, _DENOMINATOR, _TRANSLATION = (V3 + tag for tag in ("numerator", "denominator", "translation"))
_TEXT, _RANGE, _INTERPRETATION = (V3 + tag for tag in ("text", "observationRange", "interpretationCode"))

_KINDS = {
    "PQ": ValueKind.QUANTITY,
    "REAL": ValueKind.REAL,
    "INT": ValueKind.INTEGER,
    "BL": ValueKind.BOOLEAN,
    "TS": ValueKind.TIME,
    "IVL_PQ": ValueKind.INTERVAL,
    "IVL_REAL": ValueKind.INTERVAL,
    "IVL_INT": ValueKind.INTERVAL,
    "IVL_TS": ValueKind.TIME,
    "RTO": ValueKind.RATIO,
    "RTO_PQ_PQ": ValueKind.RATIO,
    "RTO_QTY_QTY": ValueKind.RATIO,
    **dict.fromkeys(("CD", "CE", "CV", "CO", "CS"), ValueKind.CODED),
    **dict.fromkeys(("ST", "ED", "SC"), ValueKind.TEXT),
}
_ABSENT = ResultValue(kind=ValueKind.ABSENT)


def value_of(element: etree._Element, narrative: Narrative) -> ResultValue:
    """Read one ``value``; a null flavour or nothing readable gives kind ABSENT."""
    kind = _KINDS.get(type_of(element))
    if kind in (ValueKind.QUANTITY, ValueKind.REAL, ValueKind.INTEGER):
        return _quantity(element, kind)
    if kind is ValueKind.INTERVAL:
        return _interval(element)
    if kind is ValueKind.CODED:
        code = coded(element, narrative)
        text = code.label or code.code
        return ResultValue(kind=kind, text=text, code=code.code, code_system=code.system) if text else _ABSENT
    if kind is ValueKind.RATIO:
        return _ratio(element)
    text = element.get("value", "") or _referred(element, narrative) or _time_text(element)
    return ResultValue(kind=kind or ValueKind.TEXT, text=text) if text else _ABSENT


def second_of(element: etree._Element) -> ResultValue | None:
    """Read the value in the second unit, from ``translation`` (its unit stands in ``code`` or ``unit``)."""
    translation = child(element, _TRANSLATION)
    return _quantity(translation, ValueKind.QUANTITY) if translation is not None else None


def ranges_of(observation: etree._Element, narrative: Narrative) -> tuple[ReferenceRange, ...]:
    """Read every reference range of an observation, in order."""
    found = (child(node, _RANGE) for node in observation.iterchildren(V3 + "referenceRange"))
    return tuple(_range(node, narrative) for node in found if node is not None)


def second_range_of(observation: etree._Element) -> ReferenceRange | None:
    """Read the first reference range in the second unit, when its bounds are translated."""
    value = child(observation, V3 + "referenceRange", _RANGE, VALUE)
    low, high = child(value, _LOW, _TRANSLATION), child(value, _HIGH, _TRANSLATION)
    if low is None and high is None:
        return None
    known = low if low is not None else high
    return ReferenceRange(low=_number(low), high=_number(high), unit=_unit(known))


def _quantity(element: etree._Element, kind: ValueKind) -> ResultValue:
    text = element.get("value", "").strip()
    return ResultValue(kind=kind, text=text, number=number_of(text), unit=_unit(element)) if text else _ABSENT


def _unit(element: etree._Element | None) -> str:
    unit = (element.get("unit") or element.get("code") or "").strip() if element is not None else ""
    return "" if unit == "1" else unit


def _number(element: etree._Element | None) -> Decimal | None:
    return number_of(element.get("value", "")) if element is not None else None


def _interval(element: etree._Element) -> ResultValue:
    low, high = _bound(element, _LOW), _bound(element, _HIGH)
    if low is None and high is None:
        centre = _bound(element, _CENTER)
        return _quantity(centre if centre is not None else element, ValueKind.INTERVAL)
    if low is not None and high is not None:
        return _between(low, high)
    bound = high if high is not None else low
    sign = "<" if high is not None else ">"
    text = bound.get("value", "") if bound is not None else ""
    # The schema's default is inclusive, but laboratories leave it out for « <1.0 » (STD §4.2).
    inclusive = bound is not None and bound.get("inclusive") == "true"
    comparator = sign + "=" if inclusive else sign
    return ResultValue(
        kind=ValueKind.INTERVAL, text=text, number=number_of(text), comparator=comparator, unit=_unit(bound)
    )


def _between(low: etree._Element, high: etree._Element) -> ResultValue:
    first, last = low.get("value", ""), high.get("value", "")
    unit, text = _unit(low) or _unit(high), f"{first} – {last}"
    return ResultValue(kind=ValueKind.INTERVAL, text=text, number=number_of(first), unit=unit, upper=number_of(last))


def _bound(element: etree._Element, tag: str) -> etree._Element | None:
    bound = child(element, tag)
    return bound if bound is not None and bound.get("value", "").strip() else None


def _ratio(element: etree._Element) -> ResultValue:
    parts = [child(element, _NUMERATOR), child(element, _DENOMINATOR)]
    texts = [" ".join((p.get("value", ""), _unit(p))).strip() for p in parts if p is not None]
    return ResultValue(kind=ValueKind.RATIO, text="/".join(texts)) if any(texts) else _ABSENT


def _referred(element: etree._Element, narrative: Narrative) -> str:
    reference = child(element, V3 + "reference")
    referred = narrative.text(reference.get("value", "")) if reference is not None else ""
    return referred or flat_text(element)


def _time_text(element: etree._Element) -> str:
    bounds = (child(element, _LOW), child(element, _HIGH))
    return " – ".join(b.get("value", "") for b in bounds if b is not None and b.get("value"))


def _range(node: etree._Element, narrative: Narrative) -> ReferenceRange:
    value, marked = child(node, VALUE), child(node, _INTERPRETATION)
    low, high = (child(value, tag) if value is not None else None for tag in (_LOW, _HIGH))
    text = flat_text(child(node, _TEXT))
    if value is not None and low is None and high is None:
        text = text or value_of(value, narrative).display
    return ReferenceRange(
        low=_number(low),
        high=_number(high),
        unit=_unit(low) or _unit(high),
        text=text,
        interpretation=marked.get("code", "") if marked is not None else "",
    )
