"""Confidentiality codes of a document (STD §4.5), read as what they ask for.

`patient_may_read` is the one place that decides; filing asks it once, and the store then leaves what is withheld out of
every answer, so that pages and the FHIR face cannot differ.
"""

from collections.abc import Iterable
from enum import Flag, auto


class Confidentiality(Flag):
    """What a document's confidentiality codes ask for; none means normal (`N`)."""

    NORMAL = 0
    RESTRICTED = auto()
    VERY_RESTRICTED = auto()
    HIDDEN_FROM_PROFESSIONALS = auto()
    HIDDEN_FROM_PATIENT = auto()
    HIDDEN_FROM_GUARDIANS = auto()


_MEANINGS = {
    "N": Confidentiality.NORMAL,
    "R": Confidentiality.RESTRICTED,
    "V": Confidentiality.VERY_RESTRICTED,
    "MASQUE_PS": Confidentiality.HIDDEN_FROM_PROFESSIONALS,
    "INVISIBLE_PATIENT": Confidentiality.HIDDEN_FROM_PATIENT,
    "INVISIBLE_REPRESENTANTS_LEGAUX": Confidentiality.HIDDEN_FROM_GUARDIANS,
    "INVISIBLE_REP_LEGAUX": Confidentiality.HIDDEN_FROM_GUARDIANS,
}


def confidentiality_of(codes: Iterable[str]) -> Confidentiality:
    """Combine the codes of CDA and XDM metadata.

    An unknown code is read as `VERY_RESTRICTED`: what is not understood must not be shown more widely
    than its author meant.
    """
    asked = Confidentiality.NORMAL
    for code in codes:
        if code.strip():
            asked |= _MEANINGS.get(code.strip().upper(), Confidentiality.VERY_RESTRICTED)
    return asked


def patient_may_read(codes: Iterable[str]) -> bool:
    """Say whether a document may be shown to its patient before its author has presented it (STD §4.5)."""
    return Confidentiality.HIDDEN_FROM_PATIENT not in confidentiality_of(codes)
