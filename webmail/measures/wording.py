"""How faults of measures are said on pages, and what a form is filled with. Pure."""

from collections.abc import Mapping
from decimal import Decimal

from gateway.domain.measure_checks import MeasureFault, number_field
from gateway.domain.measure_kinds import KINDS, KindRules
from gateway.domain.measure_words import NBSP, number_in_words
from gateway.domain.measures import MeasuredValue, MeasureGoal, MeasureKind
from gateway.domain.result_words import figures

_FAULTS = {
    MeasureFault.MISSING: "Remplissez ce champ.",
    MeasureFault.NO_NUMBER: "Écrivez un nombre, par exemple {example}.",
    MeasureFault.NO_UNIT: "Choisissez l’unité dans la liste.",
    MeasureFault.NO_DAY: "Cette date n’est pas comprise. Écrivez par exemple 15/03/2026.",
    MeasureFault.NO_TIME: "Cette heure n’est pas comprise. Écrivez par exemple 8:30.",
    MeasureFault.BEFORE_BIRTH: "Cette date est avant votre naissance. Vérifiez-la.",
    MeasureFault.AHEAD: "Ce moment n’est pas encore passé. Vérifiez la date et l’heure.",
    MeasureFault.TOO_LONG: "Ce texte est trop long. Raccourcissez-le.",
    MeasureFault.FULL: "C’est trop pour un jour. Supprimez d’abord ce qui ne sert plus.",
}


def typed_of_value(kind: MeasureKind, value: MeasuredValue, day: str, clock: str) -> dict[str, str]:
    """Give the fields of a form as their holder would type them."""
    numbers = {number_field(place): _typed(number) for place, number in enumerate(value.numbers)}
    unit = value.unit if KINDS[kind].unit_named(value.unit) else KINDS[kind].unit.ucum
    return numbers | {"unite": unit, "jour": day, "heure": clock if value.is_timed else "", "note": value.note}


def typed_of_goal(goal: MeasureGoal | None) -> dict[str, str]:
    """Give the fields of the form of a goal."""
    typed = {}
    for place, bounds in enumerate(goal.bounds if goal else ()):
        ending = f"_{place + 1}" if place else ""
        for name, bound in zip(("de", "a"), bounds, strict=True):
            typed[f"{name}{ending}"] = "" if bound is None else _typed(bound)
    return typed


def _typed(number: Decimal) -> str:
    return format(number, "f").replace(".", ",")


def faults_in_words(
    kind: MeasureKind, faults: Mapping[str, MeasureFault], typed: Mapping[str, str]
) -> dict[str, str]:
    """Say what is wrong with each field, and what to do."""
    return {name: _fault(KINDS[kind], name, fault, typed) for name, fault in faults.items()}


def _fault(rules: KindRules, name: str, fault: MeasureFault, typed: Mapping[str, str]) -> str:
    limits = rules.numbers[1 if name.endswith("_2") else 0]
    unit = rules.unit_named(typed.get("unite", "")) or rules.unit
    said = f"{_shown(typed.get(name, ''))}{NBSP}{unit.words}"
    if fault is MeasureFault.IMPOSSIBLE:
        low, high = map(number_in_words, limits.possible)
        return (
            f"{said}, ce n’est pas possible. {rules.of.capitalize()} va de {low} à {high}{NBSP}{rules.unit.words}."
            " Vérifiez le nombre et son unité."
        )
    if fault is MeasureFault.UNLIKELY:
        return f"Est-ce bien {said}{NBSP}? Si oui, cochez la case et enregistrez. Sinon, corrigez le nombre."
    if fault is MeasureFault.TOO_PRECISE:
        return "Écrivez un nombre entier." if not rules.places else f"{rules.places} chiffres après la virgule au plus."
    if fault is MeasureFault.ORDER:
        if name.startswith("a"):
            return "Ce nombre est plus petit que celui d’avant."
        return "Le premier nombre est le plus grand des deux."
    return _FAULTS[fault].format(example=number_in_words(limits.usual[0]))


def _shown(typed: str) -> str:
    return figures(" ".join(typed.split())[:20].replace(",", "."))
