"""The values of CDA observations, type by type (STD §4.2).

Numbers are read, never converted; a value of a type not listed is kept by its words. Why there is no value is kept too.
"""

from lxml import etree

from dossier_bridge.cda.elements import V3, Narrative, child, coded, original_text, referred_text, type_of
from gateway.domain.document import ResultValue, ValueKind
from gateway.domain.lab_result import number_of
from gateway.domain.units import has_unit

_LOW, _HIGH, _CENTER = (V3 + tag for tag in ("low", "high", "center"))
_NUMERATOR, _DENOMINATOR, _TRANSLATION = (V3 + tag for tag in ("numerator", "denominator", "translation"))
MAX_UNIT = 100
_UCUM = "2.16.840.1.113883.6.8"
_UNCERTAIN = ("PPD_", "SXCM_", "IVXB_", "BXIT_", "HXIT_", "UVP_")
"""Parts of types that say how sure a quantity is, or of which set it is: the quantity is read all the same."""

_KINDS = {
    "PQ": ValueKind.QUANTITY,
    "PQR": ValueKind.QUANTITY,
    "REAL": ValueKind.REAL,
    "INT": ValueKind.INTEGER,
    "BL": ValueKind.BOOLEAN,
    "BN": ValueKind.BOOLEAN,
    "TS": ValueKind.TIME,
    "IVL_PQ": ValueKind.INTERVAL,
    "IVL_REAL": ValueKind.INTERVAL,
    "IVL_INT": ValueKind.INTERVAL,
    "IVL_TS": ValueKind.TIME,
    "RTO": ValueKind.RATIO,
    "RTO_PQ_PQ": ValueKind.RATIO,
    "RTO_QTY_QTY": ValueKind.RATIO,
    "RTO_MO_PQ": ValueKind.RATIO,
    **dict.fromkeys(("CD", "CE", "CV", "CO", "CS"), ValueKind.CODED),
    **dict.fromkeys(("ST", "ED", "SC"), ValueKind.TEXT),
}
_NUMERIC = frozenset({ValueKind.QUANTITY, ValueKind.REAL, ValueKind.INTEGER})
_WORDS_OF_NULLS = {"TRC": "Traces", "QS": "Quantité suffisante"}
_ABSENT = ResultValue(kind=ValueKind.ABSENT)


def kind_of(element: etree._Element) -> ValueKind | None:
    """Give the kind of a value by its type; None for a type that is not listed."""
    name = type_of(element)
    found = _KINDS.get(name)
    if found is None and name.startswith(_UNCERTAIN):
        found = _KINDS.get(name.partition("_")[2])
    return found


def value_of(element: etree._Element, narrative: Narrative) -> ResultValue:
    """Read one ``value``; a null flavour or nothing readable gives kind ABSENT, or the words that stand for it."""
    kind = kind_of(element)
    if kind in _NUMERIC:
        return _quantity(element, kind, narrative)
    if kind is ValueKind.INTERVAL:
        return _interval(element, narrative)
    if kind is ValueKind.CODED:
        code = coded(element, narrative)
        text = code.label or coded(child(element, _TRANSLATION), narrative).label or code.code
        if not text:
            return _absent(element, narrative)
        return ResultValue(kind=kind, text=text, code=code.code, code_system=code.system, null_flavor=_null(element))
    if kind is ValueKind.RATIO:
        return _ratio(element, narrative)
    text = element.get("value", "") or _words(element, narrative) or _time_text(element)
    if not text:
        return _absent(element, narrative)
    unit = unit_of(element) if kind is None else ""
    return ResultValue(kind=kind or ValueKind.TEXT, text=text, unit=unit)


def second_of(element: etree._Element, narrative: Narrative) -> ResultValue | None:
    """Read the value in the second unit, from ``translation`` (its unit stands in ``code`` or ``unit``)."""
    if not len(element) or not element.get("value"):
        return None
    translation = child(element, _TRANSLATION)
    if translation is None or not translation.get("value", "").strip():
        return None
    return _quantity(translation, ValueKind.QUANTITY, narrative)


def unit_of(element: etree._Element | None) -> str:
    """Read a unit: UCUM, else what the sender calls it; « 1 » and « null » are none."""
    if element is None:
        return ""
    unit = (element.get("unit") or "").strip()
    if not unit:
        code, display = element.get("code", "").strip(), element.get("displayName", "").strip()
        unit = code if code and (not display or element.get("codeSystem", _UCUM) == _UCUM) else display
    # A unit is short; what is not would only keep the patterns over units busy.
    unit = unit[:MAX_UNIT]
    return unit if unit and has_unit(unit) else ""


def _quantity(element: etree._Element, kind: ValueKind, narrative: Narrative) -> ResultValue:
    text = element.get("value", "").strip()
    if not text:
        return _absent(element, narrative)
    unit = unit_of(element)
    if not unit and element.tag == _TRANSLATION:
        unit = original_text(element, narrative)[:MAX_UNIT]
    return ResultValue(kind=kind, text=text, number=number_of(text), unit=unit)


def _absent(element: etree._Element, narrative: Narrative) -> ResultValue:
    """Give what is said in place of a value: the value in another unit, words, or the reason for having none."""
    flavor = _null(element)
    translation = child(element, _TRANSLATION)
    if translation is not None and translation.get("value", "").strip():
        return _quantity(translation, ValueKind.QUANTITY, narrative)
    words = original_text(element, narrative) or _WORDS_OF_NULLS.get(flavor, "")
    if words:
        return ResultValue(kind=ValueKind.TEXT, text=words, null_flavor=flavor)
    return ResultValue(kind=ValueKind.ABSENT, null_flavor=flavor) if flavor else _ABSENT


def _null(element: etree._Element) -> str:
    return element.get("nullFlavor", "").strip()


def _interval(element: etree._Element, narrative: Narrative) -> ResultValue:
    low, high = _bound(element, _LOW), _bound(element, _HIGH)
    if low is None and high is None:
        centre = _bound(element, _CENTER)
        return _quantity(centre if centre is not None else element, ValueKind.INTERVAL, narrative)
    if low is not None and high is not None:
        return _between(low, high)
    bound = high if high is not None else low
    sign = "<" if high is not None else ">"
    text = bound.get("value", "").strip() if bound is not None else ""
    # The schema's default is inclusive, but laboratories leave it out for « <1.0 » (STD §4.2).
    inclusive = bound is not None and bound.get("inclusive") in ("true", "1")
    comparator = sign + "=" if inclusive else sign
    return ResultValue(
        kind=ValueKind.INTERVAL, text=text, number=number_of(text), comparator=comparator, unit=unit_of(bound)
    )


def _between(low: etree._Element, high: etree._Element) -> ResultValue:
    first, last = low.get("value", ""), high.get("value", "")
    unit, text = unit_of(low) or unit_of(high), f"{first} – {last}"
    return ResultValue(kind=ValueKind.INTERVAL, text=text, number=number_of(first), unit=unit, upper=number_of(last))


def _bound(element: etree._Element, tag: str) -> etree._Element | None:
    bound = child(element, tag)
    return bound if bound is not None and bound.get("value", "").strip() else None


def _ratio(element: etree._Element, narrative: Narrative) -> ResultValue:
    parts = [child(element, _NUMERATOR), child(element, _DENOMINATOR)]
    texts = [" ".join((p.get("value", ""), unit_of(p))).strip() for p in parts if p is not None]
    return ResultValue(kind=ValueKind.RATIO, text="/".join(texts)) if any(texts) else _absent(element, narrative)


def _words(element: etree._Element, narrative: Narrative) -> str:
    """Read a text; a file in place of a text is not spelt out."""
    is_file = element.get("representation") == "B64" or not element.get("mediaType", "text/plain").startswith("text/")
    return "Fichier joint au document" if is_file else referred_text(element, narrative)


def _time_text(element: etree._Element) -> str:
    bounds = (child(element, _LOW), child(element, _HIGH))
    return " – ".join(b.get("value", "") for b in bounds if b is not None and b.get("value"))
