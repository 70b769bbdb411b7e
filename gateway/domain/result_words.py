"""A result in French words: figures, values, ranges, states and names as a patient reads them. Pure.

What pages and programs say alike is made here. Nothing is converted, rounded or judged.
"""

import re
from decimal import Decimal

from gateway.domain.interpretation import interpretation_words
from gateway.domain.lab_result import EarlierValue, LabResult, ReferenceRange, ResultState, ResultValue, ValueKind
from gateway.domain.timestamp import Timestamp
from gateway.domain.units import same_unit, unit_words

NBSP, _THIN = "\u00a0", "\u202f"
ABSENT = "Absent"
_SIGNS = {"<=": "≤", ">=": "≥"}
_MAX_PATTERN = 300
"""Longer texts are words, and would keep a pattern busy (texts come from anyone)."""
_FIGURES = re.compile(r"\s*+(<=|>=|[<>≤≥])?\s*+([+-]?\d+)(?:[.,](\d+))?\s*", re.ASCII)
_WITH_UNIT = re.compile(r"(\s*+(?:<=|>=|[<>≤≥])?\s*+[+-]?\d++[.,]?\d*)\s*([^\d\s][^\s]*)?\s*")
_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)  # fmt: skip
_NULLS = {
    "UNK": "résultat inconnu", "ASKU": "résultat demandé, inconnu", "NAV": "résultat pas encore disponible",
    "NASK": "non recherché", "NA": "sans objet", "MSK": "résultat masqué", "INV": "résultat non valable",
    "UNC": "résultat non codé", "OTH": "résultat hors des valeurs prévues", "NI": "sans précision",
}  # fmt: skip
STATE_WORDS = {
    ResultState.FINAL: "", ResultState.PROVISIONAL: "Provisoire", ResultState.AWAITED: "En attente",
    ResultState.HELD: "Suspendu", ResultState.CANCELLED: "Annulé", ResultState.ABORTED: "Interrompu",
    ResultState.WITHDRAWN: "Retiré par le laboratoire", ResultState.OUTDATED: "Remplacé",
}  # fmt: skip
_SYSTEMS = {
    "serum or plasma": "sérum ou plasma", "sérum/plasma": "sérum ou plasma", "blood": "sang", "urine": "urine",
    "cerebral spinal fluid": "liquide céphalorachidien", "lcr": "liquide céphalorachidien", "isolat": "", "isolate": "",
}  # fmt: skip
_LONG_NAME = re.compile(r"(.*?\w\)?)\s*\[[^\]]*\]\s*(?:(?:in|by)\s+)?([^;]*?)\s*(?:;.*|by .*)?", re.DOTALL)


def figures(value: str) -> str:
    """Write a number as in French: « 5,8 », « < 1,0 », « 120 000 »; words stay as they are."""
    found = _FIGURES.fullmatch(value)
    if not found:
        return value
    sign = _SIGNS.get(found[1] or "", found[1] or "")
    whole = found[2]
    if len(whole.lstrip("+-")) > 4:
        whole = f"{int(whole):,}".replace(",", _THIN) if whole.lstrip("+-")[0] != "0" else whole
    number = whole if found[3] is None else f"{whole},{found[3]}"
    return f"{sign}{NBSP}{number}" if sign else number


def number_words(number: Decimal) -> str:
    """Write the bound of a range: zeros that only fill a field (« 63.000000 ») are left out."""
    text = f"{number:f}"
    whole, _, part = text.partition(".")
    return figures(whole + (f".{part.rstrip('0')}" if part.rstrip("0") else "") if len(part) > 3 else text)


def value_words(value: ResultValue) -> str:
    """Say a value without its unit."""
    if value.kind is ValueKind.BOOLEAN:
        return {"true": "oui", "false": "non"}.get(value.text, value.text)
    if value.kind is ValueKind.TIME:
        return " – ".join(day_words(Timestamp(part)) or part for part in value.text.split(" – "))
    if value.upper is not None or value.kind is ValueKind.RATIO:
        return re.sub(r"(?<=\d)\.(?=\d)", ",", value.text)
    if value.number is None:
        return _text_words(value.text)
    return figures(f"{value.comparator}{value.text}")


def _text_words(text: str) -> str:
    """Write a text that is one number, or one number and its unit, as in French."""
    mixed = _WITH_UNIT.fullmatch(text) if len(text) <= _MAX_PATTERN else None
    return NBSP.join(filter(None, (figures(mixed[1]), unit_words(mixed[2] or "")))) if mixed else text


def value_with_unit(value: ResultValue) -> str:
    """Say a value and its unit."""
    return NBSP.join(filter(None, (value_words(value), unit_words(value.unit))))


def absence_words(value: ResultValue) -> str:
    """Say that there is no value, and why."""
    reason = _NULLS.get(value.null_flavor, "")
    return f"Non disponible ({reason})" if reason else "Non disponible"


def day_words(time: Timestamp | None) -> str:
    """Say a day, a month or a year, as precisely as it was written; nothing where it is none."""
    year, month, day = (*(time.known if time else ()), 0, 0, 0)[:3]
    if not year:
        return ""
    said = "1er" if day == 1 else str(day or "")
    return " ".join(filter(None, (said, _MONTHS[month - 1] if month else "", str(year))))


def earlier_words(earlier: EarlierValue) -> str:
    """Say an earlier value: « Valeur antérieure : 4,8 mmol/L le 2 mars 2026 »."""
    when, day = day_words(earlier.time), earlier.time.day if earlier.time else None
    dated = f" {'le' if day else 'en'} {when}" if when else " (date inconnue)"
    return f"Valeur antérieure{NBSP}: {value_with_unit(earlier.value) or 'non disponible'}{dated}"


def bounds_words(given: ReferenceRange, unit: str = "") -> str:
    """Say the bounds of a range: « 3,9 à 6,1 mmol/L », « moins de 6,1 mmol/L »; nothing without a bound."""
    low = None if given.low is None else number_words(given.low)
    high = None if given.high is None else number_words(given.high)
    said = unit_words(given.unit or unit)
    unit = f"{NBSP}{said}" if said else ""
    if low is not None and high is not None:
        if given.low_excluded or given.high_excluded:
            first = f"{'plus de' if given.low_excluded else 'à partir de'} {low}"
            return f"{first} {'et moins de' if given.high_excluded else 'et jusqu’à'} {high}{unit}"
        wrong = " (bornes inversées)" if given.is_inverted else ""
        return f"{low} à {high}{unit}{wrong}"
    if high is not None:
        return f"{'moins de' if given.high_excluded else 'jusqu’à'} {high}{unit}"
    return f"{'plus de' if given.low_excluded else 'à partir de'} {low}{unit}" if low is not None else ""


def range_words(given: ReferenceRange, unit: str = "") -> str:
    """Say a range in full: for whom it is, what it stands for, its words, its bounds."""
    bounds = bounds_words(given, unit)
    marks = interpretation_words((given.interpretation,)) if given.interpretation else ""
    text = _text_words(given.text) if not bounds or not re.search(r"\d", given.text) else ""
    about = ", ".join(filter(None, (given.condition, marks, text if bounds else "")))
    said = bounds or text
    return f"{about}{NBSP}: {said}" if about and said else about or said


def ranges_words(result: LabResult) -> str:
    """Say the normal range, or every range where none is chosen."""
    normal = result.normal_range
    chosen = (normal,) if normal else result.ranges
    return " ; ".join(dict.fromkeys(filter(None, (range_words(one, result.value.unit) for one in chosen))))


def short_name(label: str) -> tuple[str, str]:
    """Part a code system's long name: « Glucose [Masse/Volume] Sérum/Plasma » is « Glucose » in « sérum ou plasma »."""
    found = _LONG_NAME.fullmatch(label) if "[" in label and len(label) <= _MAX_PATTERN else None
    if not found or not any(letter.isalpha() for letter in found[1]):
        return label, ""
    system = found[2].strip()
    return found[1], _SYSTEMS.get(system.casefold(), system[:1].lower() + system[1:])


def name_of(result: LabResult) -> tuple[str, str]:
    """Give the laboratory's name of the examination, else its short one, and the material if only the name says it."""
    short, system = short_name(result.label)
    if result.local_label:
        return _without_unit(short_name(result.local_label)[0], result.value.unit), ""
    known = " ".join((result.specimen, result.subchapter)).casefold()
    return _without_unit(short, result.value.unit), "" if not system or system.casefold() in known else system


def _without_unit(name: str, unit: str) -> str:
    """Leave out the unit that reports repeat behind a name: « Leucocytes (10*9/L) »."""
    bare, bracket, repeated = name.rpartition("(")
    is_unit = bracket and bare.strip() and unit and same_unit(repeated.rstrip(") "), unit)
    return bare.strip() if is_unit else name
