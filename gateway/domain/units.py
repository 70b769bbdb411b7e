"""Units as laboratories write them: compared by meaning, spelt as UCUM, said as people read them. Pure.

Nothing is converted. Two units mean the same when scale and dimension are the same, however they are spelt.
"""

import re
from functools import lru_cache

_POWERS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_PREFIXES = {"": 0, "k": 3, "h": 2, "da": 1, "d": -1, "c": -2, "m": -3, "u": -6, "n": -9, "p": -12, "f": -15}
_ATOMS = (
    "mol", "kat", "Osm", "osm", "[iU]", "[IU]", "[CFU]", "Cel", "min", "eq", "Eq", "Pa", "g", "L", "l", "m", "U", "s",
    "h", "d", "wk", "mo", "a", "V", "Hz", "J", "W", "Gy", "Sv", "Bq", "%",
)  # fmt: skip
# « UI » of an enzyme is its U in France, and nobody gives a range in another unit than its value.
_SAME = {"l": "L", "[IU]": "[iU]", "U": "[iU]", "Eq": "eq", "Osm": "osm"}
_ATOM = re.compile(rf"(da|[khdcmunpf])?({'|'.join(map(re.escape, _ATOMS))})(-?[1-9])?")
_WHOLE = re.compile(rf"({'|'.join(map(re.escape, _ATOMS))})(-?[1-9])?")
_COUNTS = {"g": 9, "giga": 9, "t": 12, "téra": 12, "tera": 12}
_NO_UNIT = frozenset({"", "1", "null", "nil", "nan", "none", "undefined", "n/a"})
_PURE_NUMBERS = frozenset({"{ratio}", "ratio", "[ph]", "{number}", "{count}"})
_WORDS = {
    "a": "ans", "mo": "mois", "wk": "semaines", "d": "jours", "h": "h", "min": "min", "s": "s", "cel": "°C",
    "[degf]": "°F", "deg": "°", "[hpf]": "champ", "[lpf]": "champ", "{hpf}": "champ", "{pack}/a": "paquets par an",
    "{beats}/min": "battements/min", "/min": "/min", "{score}": "points",
}  # fmt: skip
_INSIDE = {
    "[iU]": "UI", "[IU]": "UI", "[Hg]": "Hg", "[H2O]": "H₂O", "[CFU]": "UFC", "[cfu]": "UFC", "[pH]": "", "Cel": "°C",
    "[arb'U]": "unité arbitraire", "[HPF]": "champ", "[LPF]": "champ",
}  # fmt: skip


def has_unit(unit: str) -> bool:
    """Say whether a text is a unit at all: « 1 » and « null » are none."""
    return unit.strip().casefold() not in _NO_UNIT


def _is_number_alone(unit: str) -> bool:
    return not has_unit(unit) or unit.strip().casefold() in _PURE_NUMBERS


def same_unit(one: str, other: str) -> bool:
    """Say whether two units mean the same: ``µg/L`` and ``ug/l``, ``10^9/L`` and ``G/L``, ``mUI/L`` and ``m[IU]/L``."""
    return one == other or _meaning(one) == _meaning(other)


def scale_and_dimension(unit: str) -> tuple[int, tuple[str, ...]] | None:
    """Give the power of ten and the dimension of a unit; None where they are not certain, or where there is none.

    ``mg/L`` is (-3, ("L-1", "g1")); a ratio and a per cent have nothing that could be turned into something else.
    """
    found = _meaning(unit)
    return found if isinstance(found, tuple) and found[1] else None


@lru_cache(maxsize=4096)
def ucum_of(unit: str) -> str:
    """Spell a unit in UCUM; empty when it is not certain what it is."""
    plain = _plain(unit)
    # « G/L » is giga in French reports and gauss in UCUM: it is compared, and never given as a code.
    is_certain = isinstance(_meaning(unit), tuple) and not re.match(r"(?:[GT]|(?i:giga|t[ée]ra))/", plain)
    return plain if is_certain else ""


@lru_cache(maxsize=4096)
def unit_words(unit: str) -> str:
    """Write a unit as people read it: ``10*9/L`` is « ×10⁹/L », ``ug/L`` « µg/L », ``m[IU]/L`` « mUI/L »."""
    if _is_number_alone(unit):
        return ""
    text = unit.strip().replace("μ", "µ")
    if text.casefold() in _WORDS:
        return _WORDS[text.casefold()]
    text = re.sub(r"^[x×]?\s*10(?:\*\*|[*^]|[eE]|exp)(-?\d+)", lambda found: "×10" + found[1].translate(_RAISED), text)
    text = re.sub(r"^10(?=[⁰¹²³⁴-⁹])", "×10", text)
    text = re.sub(r"(?<![A-Za-z])u(?=(?:g|mol|L|l|m|kat|U|s|eq)\b|\[[iI]U\])", "µ", text)
    for written, said in _INSIDE.items():
        text = text.replace(written, said)
    text = re.sub(r"(?<=[a-z])([23])(?=$|[/.*{}])", lambda found: found[1].translate(_RAISED), text.replace("_", " "))
    text = re.sub(r"\{(\d+)\.(\d+)", r"{\1,\2", text)
    text = re.sub(r"(?<=\w)\{|\}(?=\w)", " ", text).replace("{", "").replace("}", "")
    text = re.sub(r"(?<![A-Za-z])([mµnpdcf]?)l(?![A-Za-z])", r"\1L", text)
    return re.sub(r"1[.,]73\s*m[2²]", "1,73 m²", text).strip()


def _plain(unit: str) -> str:
    """Spell what is spelt in several ways in one."""
    text = unit.strip().replace("µ", "u").replace("μ", "u").replace("mcg", "ug")
    text = re.sub(r"^[x×]\s*(?=10)", "", text)
    if re.match(r"10[⁻⁰¹²³⁴-⁹]", text):
        text = "10*" + text[2:].translate(_POWERS)
    text = re.sub(r"^10(?:\*\*|\^|[eE]|exp)(?=-?\d)", "10*", text)
    text = re.sub(r"(?<![A-Za-z\[])([munk]?)(?:UI|IU|iU)(?![A-Za-z\]])", r"\1[IU]", text)
    text = re.sub(r"mm3|mm³|cmm", "uL", text)
    return re.sub(r"\s+", "", text.replace("litre", "L"))


@lru_cache(maxsize=4096)
def _meaning(unit: str) -> str | tuple[int, tuple[str, ...]]:
    """Give scale and dimension, or the text itself where a part of it is not known."""
    if _is_number_alone(unit):
        return ""
    plain = _plain(unit)
    scale, dimensions = 0, []
    for place, part in enumerate(plain.split("/")):
        sign = -1 if place else 1
        for term in part.split("."):
            read = _term(term, place == 0 and "/" in plain)
            if read is None:
                return plain
            power, name, exponent = read
            scale += sign * power * (exponent if name else 1)
            if name:
                dimensions.append(f"{name}{sign * exponent}")
    return scale, tuple(sorted(dimensions))


def _term(term: str, counts: bool) -> tuple[int, str, int] | None:
    """Read one term as power of ten, atom and exponent; « G » and « T » count cells in French reports."""
    # A note in braces ends a term; found without a pattern, which would look for its end from every brace.
    at = term.find("{") if term.endswith("}") else -1
    bare, label = (term[:at], term[at:]) if at >= 0 else (term, "")
    if not bare:
        return 0, label, 1
    if counts and bare.casefold() in _COUNTS and bare[0] not in "gt":
        return _COUNTS[bare.casefold()], "", 1
    power = re.fullmatch(r"10\*(-?\d{1,2})", bare)
    if power:
        return int(power[1]), label, 1
    whole = _WHOLE.fullmatch(bare)
    found = whole or _ATOM.fullmatch(bare)
    if not found:
        return None
    prefix, atom, exponent = ("", found[1], found[2]) if whole else (found[1] or "", found[2], found[3])
    return _PREFIXES[prefix], _SAME.get(atom, atom) + label, int(exponent or 1)
