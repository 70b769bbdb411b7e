"""Confidentiality codes of a document (STD §4.5), read as what they ask for; `gateway.policy.visibility` decides."""

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
    NOT_UNDERSTOOD = auto()


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
    """Combine the codes of CDA and XDM metadata; an unknown one is `NOT_UNDERSTOOD`, never normal."""
    asked = Confidentiality.NORMAL
    for code in codes:
        if code.strip():
            asked |= _MEANINGS.get(code.strip().upper(), Confidentiality.NOT_UNDERSTOOD)
    return asked
