"""What « Mes proches » says."""

from types import MappingProxyType

from gateway.domain.mandates import MandateKind

_KINDS = MappingProxyType({
    MandateKind.MINOR: "Vous êtes son représentant légal.",
    MandateKind.TUTELLE: "Vous êtes son tuteur.",
    MandateKind.CURATELLE: "Vous êtes son curateur.",
    MandateKind.SAUVEGARDE: "Vous êtes son mandataire (sauvegarde de justice).",
    MandateKind.CARER: "Vous êtes son aidant.",
})
DONE = MappingProxyType({
    "active": "C’est fait. Vous pouvez agir pour cette personne.",
    "refus": "C’est noté. Un agent va vérifier, et vous n’avez rien d’autre à faire.",
})
"""What was just done, by what the address says."""
NOT_CERTIFIED = "Cochez la case pour certifier que vous êtes son représentant légal."
AGENT_FIRST = "Vous avez répondu ne pas être son représentant légal. Un agent doit d’abord vérifier."


def kind_words(kind: MandateKind) -> str:
    """Say by what one acts for somebody."""
    return _KINDS[kind]
