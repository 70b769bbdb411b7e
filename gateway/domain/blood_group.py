"""The blood group that a laboratory's document states, in its own code or words; never guessed (F57). Pure.

Examinations are LOINC 882-1 (ABO and Rh), 883-9 (ABO) and 10331-7 (Rh); values are answers of LOINC, findings of
SNOMED CT, or plain words. What is weak, partial, denied, not final or said in two ways gives no group.
"""

from collections.abc import Iterable, Sequence
from re import compile as compiled

from gateway.domain.lab_result import LabResult, ResultState

BOTH, ABO, RHESUS = "882-1", "883-9", "10331-7"
_OF_GROUPS = frozenset({BOTH, ABO, RHESUS})
_CODES = {
    "LA21325-8": "A+", "LA21326-6": "A-", "LA21327-4": "B+", "LA21328-2": "B-", "LA21323-3": "AB+",
    "LA21324-1": "AB-", "LA21321-7": "O+", "LA21322-5": "O-", "LA19710-5": "A", "LA19709-7": "B",
    "LA28449-9": "AB", "LA19708-9": "O", "LA6576-8": "+", "LA6577-6": "-",
    "278149003": "A+", "278152006": "A-", "278150003": "B+", "278153001": "B-", "278151004": "AB+",
    "278154007": "AB-", "278147001": "O+", "278148006": "O-", "112144000": "A", "112149005": "B",
    "165743006": "AB", "58460004": "O", "165747007": "+", "165746003": "-",
}  # fmt: skip
"""Answers of LOINC and findings of SNOMED CT."""
_WORDS = compiled(r"(?:GROUPE )?(AB|A|B|O)?(?: ?(?:RH ?\(?[D1]\)?|RHESUS|RH))?(?: ?(POSITIF|NEGATIF|POS|NEG|\+|-))?")
_SIGNS = {"POSITIF": "+", "POS": "+", "+": "+", "NEGATIF": "-", "NEG": "-", "-": "-", None: ""}
_LONGEST = 40
_CHOICES = {
    "A+": "a-plus", "A-": "a-moins", "B+": "b-plus", "B-": "b-moins", "AB+": "ab-plus", "AB-": "ab-moins",
    "O+": "o-plus", "O-": "o-moins",
}  # fmt: skip


def blood_group_of(results: Iterable[LabResult]) -> str:
    """Give the group as the profile keeps it, such as ``a-plus``; empty where it is not stated beyond doubt."""
    said: dict[str, set[str]] = {code: set() for code in _OF_GROUPS}
    for result in results:
        if result.code in _OF_GROUPS and result.counts:
            said[result.code].add(_stated(result) if result.state is ResultState.FINAL else "")
    groups = {one for one in said[BOTH] if one or said[BOTH]}
    if said[ABO] and said[RHESUS]:
        groups |= {abo + sign for abo in said[ABO] for sign in said[RHESUS]}
    return _CHOICES.get(groups.pop(), "") if len(groups) == 1 else ""


def is_blood_group_card(results: Sequence[LabResult]) -> bool:
    """Say whether a document has results of the blood group and no others: the card that people keep."""
    return bool(results) and all(result.code in _OF_GROUPS for result in results)


def _stated(result: LabResult) -> str:
    if result.value.code:
        return _CODES.get(result.value.code, "")
    found = _WORDS.fullmatch(_plain(result.value.text)) if len(result.value.text) <= _LONGEST else None
    return (found[1] or "") + _SIGNS[found[2]] if found else ""


def _plain(text: str) -> str:
    return " ".join(text.upper().replace("É", "E").replace("−", "-").replace("RH1", "RH 1").split())
