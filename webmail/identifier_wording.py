"""What is said about identifiers that are refused."""

from collections.abc import Mapping
from types import MappingProxyType

from gateway.domain.patient_identifier import MAX_CHARACTERS, MIN_CHARACTERS, IdentifierFault

FAULTS: Mapping[IdentifierFault, str] = MappingProxyType({
    IdentifierFault.FORM: (
        f"Un identifiant a {MIN_CHARACTERS} à {MAX_CHARACTERS} signes\u00a0: lettres sans accent, chiffres, points"
        " ou tirets."
    ),
    IdentifierFault.NUMBER: "Un identifiant ne doit pas contenir votre numéro. Choisissez-en un autre.",
    IdentifierFault.TAKEN: "Cet identifiant est déjà pris. Choisissez-en un autre.",
})  # fmt: skip
