"""What a laboratory's interpretation codes say in French (HL7 v3 ObservationInterpretation).

Codes are those of CDA R2 and of its later editions; a letter in another case means the same.
"""

CRITICAL_INTERPRETATIONS = frozenset({"AA", "HH", "LL", "H*", "L*"})
"""Interpretation codes that raise an alert (STD §4.3); the starred ones are their earlier spelling."""
HIGH_INTERPRETATIONS = frozenset({"H", "HU", "HH", "H*", "HX"})
LOW_INTERPRETATIONS = frozenset({"L", "LU", "LL", "L*", "LX"})
ABNORMAL_INTERPRETATIONS = HIGH_INTERPRETATIONS | LOW_INTERPRETATIONS | {"A", "AA", "EX"}
"""Codes that say that a result is not as it should be, whatever its range."""

_WORDS = {
    "N": "normal", "A": "anormal", "AA": "anormal, valeur critique",
    "H": "élevé", "HU": "nettement élevé", "HH": "très élevé, valeur critique", "H*": "très élevé, valeur critique",
    "L": "bas", "LU": "nettement bas", "LL": "très bas, valeur critique", "L*": "très bas, valeur critique",
    "HX": "au-dessus du seuil haut", "LX": "au-dessous du seuil bas", "EX": "hors des seuils",
    "HM": "à revoir par un médecin",
    ">": "au-dessus de ce que l’appareil mesure", "<": "au-dessous de ce que l’appareil mesure",
    "U": "en hausse", "D": "en baisse", "B": "amélioration", "W": "aggravation",
    "S": "sensible", "I": "intermédiaire", "R": "résistant", "MS": "modérément sensible", "VS": "très sensible",
    "NS": "non sensible", "SDD": "sensible à forte dose", "SYN-S": "synergie, sensible", "SYN-R": "synergie, résistant",
    "NCL": "pas de seuil pour ce germe", "IE": "données insuffisantes pour conclure",
    "POS": "positif", "NEG": "négatif", "IND": "indéterminé", "E": "douteux", "DET": "détecté", "ND": "non détecté",
    "RR": "réactif", "NR": "non réactif", "WR": "faiblement réactif", "CAR": "porteur",
    "TOX": "toxique pour la cellule",
    "EXP": "attendu", "UNE": "inattendu", "AC": "anticorps contre le réactif", "QCF": "contrôle de qualité en échec",
    "OBX": "interférence possible",
}  # fmt: skip
_USUAL = frozenset({
    *(words.casefold() for words in _WORDS.values()), "anormalement haut", "anormalement bas", "anormalement élevé",
    "haut", "normale", "normal", "high", "low", "abnormal", "critique haut", "critique bas", "critical high",
    "critical low", "resistant", "susceptible", "sensitive", "intermediate", "positive", "negative", "détectée",
})  # fmt: skip
"""What systems write beside a code and that says no more than the code."""


def known_interpretation(code: str) -> str:
    """Give the code as HL7 writes it, or nothing for one that HL7 does not have."""
    code = code.strip()
    if code in _WORDS:
        return code
    capital = code.upper()
    return capital if capital in _WORDS else ""


def is_critical_code(code: str) -> bool:
    """Say whether a code asks for an alert."""
    return known_interpretation(code) in CRITICAL_INTERPRETATIONS


def is_abnormal_code(code: str) -> bool:
    """Say whether a code calls a result abnormal."""
    return known_interpretation(code) in ABNORMAL_INTERPRETATIONS


def interpretation_words(codes: tuple[str, ...], text: str = "") -> str:
    """Say in French what codes and the text beside them mean, the critical one first; « normal » is not said."""
    ordered = sorted(codes, key=lambda code: not is_critical_code(code))
    said = [_WORDS.get(known_interpretation(code), code) for code in ordered if known_interpretation(code) != "N"]
    if any(part.casefold() not in _USUAL for part in text.split(", ") if part) and text not in codes:
        said.append(text)
    return ", ".join(dict.fromkeys(said))
