"""Values and reference ranges as synthetic CDA elements; `dossier_bridge.cda.values` reads them back as they were."""

from decimal import Decimal

from dossier_bridge.synthetic.markup import element, nested, text
from gateway.domain.document import ReferenceRange, ResultValue, ValueKind


def written_value(value: ResultValue, second: ResultValue | None = None) -> str:
    """Write a ``value`` of any kind, with its translation into a second unit if there is one."""
    kind = value.kind
    if kind is ValueKind.ABSENT:
        return _typed(ValueKind.QUANTITY, nullFlavor="UNK")
    if kind is ValueKind.CODED:
        return _typed(kind, code=value.code, codeSystem=value.code_system, displayName=value.text)
    if kind is ValueKind.TEXT:
        return _typed(kind, text(value.text))
    if kind is ValueKind.INTERVAL:
        return _typed(kind, _bounds(value))
    if kind is ValueKind.RATIO:
        parts = value.text.partition("/")
        return _typed(kind, element("numerator", value=parts[0]), element("denominator", value=parts[2]))
    translation = element("translation", value=second.text, code=second.unit) if second else ""
    return _typed(kind, translation, value=value.text, unit=value.unit)


def _typed(kind: ValueKind, *inside: str, **attributes: str) -> str:
    return element("value", *inside, **{"xsi:type": kind.value, **attributes})


def _bounds(value: ResultValue) -> str:
    if not value.comparator:
        low, _, high = value.text.partition(" – ")
        return element("low", value=low, unit=value.unit) + element("high", value=high, unit=value.unit)
    tag = "high" if value.comparator.startswith("<") else "low"
    inclusive = "true" if value.comparator.endswith("=") else "false"
    return element(tag, value=value.text, unit=value.unit, inclusive=inclusive)


def written_range(given: ReferenceRange, second: ReferenceRange | None) -> str:
    """Write a ``referenceRange``, its bounds translated into a second unit if there is one."""
    unit = second.unit if second else ""
    low = _bound("low", given.low, given.unit, second.low if second else None, unit)
    high = _bound("high", given.high, given.unit, second.high if second else None, unit)
    words = nested("text", text(given.text)) if given.text else ""
    value = _typed(ValueKind.INTERVAL, low, high) if low or high else ""
    mark = element("interpretationCode", code=given.interpretation) if given.interpretation else ""
    return nested("referenceRange/observationRange", words, value, mark)


def _bound(tag: str, number: Decimal | None, unit: str, second: Decimal | None, second_unit: str) -> str:
    if number is None:
        return ""
    translation = element("translation", value=str(second), code=second_unit) if second is not None else ""
    return element(tag, translation, value=str(number), unit=unit)
