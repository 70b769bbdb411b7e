"""From whom a document is withheld, by what its confidentiality codes ask for (STD §4.5).

Filing asks once and the answer is a field of the document's row; every question to the store then says as whom it is
asked, so that pages, programs and counts cannot differ. Rules ACC-11 and ACC-12 judge by the same field.
"""

from collections.abc import Iterable
from types import MappingProxyType

from gateway.domain.access import Audience
from gateway.domain.confidentiality import Confidentiality, confidentiality_of

_WITHHELD = MappingProxyType({
    Confidentiality.HIDDEN_FROM_PATIENT: Audience.PATIENT,
    Confidentiality.HIDDEN_FROM_GUARDIANS: Audience.REPRESENTATIVES,
    Confidentiality.HIDDEN_FROM_PROFESSIONALS: Audience.PROFESSIONALS,
    Confidentiality.VERY_RESTRICTED: Audience.PROFESSIONALS,
    # What is not understood must not be shown more widely than its author meant; its patient is told all the same.
    Confidentiality.NOT_UNDERSTOOD: Audience.PROFESSIONALS | Audience.REPRESENTATIVES,
})


def withheld_from(codes: Iterable[str]) -> Audience:
    """Say which readers a document is withheld from: of professionals, its author is not one (ACC-12)."""
    asked, audience = confidentiality_of(codes), Audience.NOBODY
    for flag, readers in _WITHHELD.items():
        if flag in asked:
            audience |= readers
    return audience
