"""Vital signs of a CDA document as measures that it proposes, in the units in which people type them."""

from decimal import Decimal, InvalidOperation

from lxml import etree

from dossier_bridge.cda.elements import CODE, V3, VALUE, child
from dossier_bridge.cda.place import OBSERVATION, is_negated
from dossier_bridge.cda.statements import day_of, statements
from gateway.domain.brought import ProposedEntry
from gateway.domain.care_history import one_line
from gateway.domain.measure_checks import number_field
from gateway.domain.measure_kinds import KINDS, KindRules
from gateway.domain.measures import MeasureKind
from gateway.domain.profile import ProfileSection

_TIME = V3 + "effectiveTime"
_GRAMS, _METRES = Decimal("0.001"), Decimal(100)
_IN_OURS = {"g": ("kg", _GRAMS), "m": ("cm", _METRES), "mm": ("cm", Decimal("0.1"))}
"""Units of which no kind is typed, with ours and the factor."""
_TYPED = [rules for rules in KINDS.values() if rules.is_typed]
_NUMBERS = {limits.loinc: (rules, place) for rules in _TYPED for place, limits in enumerate(rules.numbers)}
_NUMBERS["8287-5"] = KINDS[MeasureKind.HEAD], 0
"""Kinds by LOINC: children's booklets name the circumference of the head so."""


def measures_of(section: etree._Element) -> list[ProposedEntry]:
    """Read vital signs: one measure a kind and organizer, on the day of its observation or of the organizer."""
    found: list[ProposedEntry] = []
    for node in statements(section):
        told: dict[MeasureKind, dict[str, str]] = {}
        parts = [child(part, OBSERVATION) for part in node.iterchildren(V3 + "component")]
        for observation in parts or [node]:
            value = child(observation, VALUE)
            code = child(observation, CODE)
            known = _NUMBERS.get(code.get("code", "")) if code is not None else None
            if known is None or value is None or observation is None or is_negated(observation):
                continue
            rules, place = known
            number, unit = _in_typed_unit(value, rules)
            day = day_of(child(observation, _TIME)) or day_of(child(node, _TIME))
            measure = told.setdefault(rules.kind, {"mesure": rules.kind.value, "unite": unit, "jour": day})
            measure.setdefault(number_field(place), number)
        found += [ProposedEntry(ProfileSection.PROPOSED_MEASURES, fields) for fields in told.values()]
    return found


def _in_typed_unit(value: etree._Element, rules: KindRules) -> tuple[str, str]:
    """Give a quantity as it would be typed; in a unit that nobody types, as it stands: it is refused later."""
    number, unit = one_line(value.get("value", ""))[:20], one_line(value.get("unit", ""))[:20]
    ours = _IN_OURS.get(unit)
    if ours is None or rules.unit_named(unit) is not None:
        return number, unit
    try:
        return format((Decimal(number) * ours[1]).normalize(), "f")[:20], ours[0]
    except InvalidOperation:
        return number, unit
