"""What « Mes proches » says."""

from types import MappingProxyType

from gateway.domain.carers import MOST_HELPED
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
    "accepte": "C’est fait. Vous pouvez agir pour cette personne.",
    "fin": "C’est fait. Vous n’agissez plus pour cette personne, qui en est prévenue.",
    "partie": "C’est fait. Vous n’avez plus ce droit. Nous en prévenons la personne que vous aidez.",
    "decline": "C’est noté. La personne qui vous avait invité en est prévenue.",
    "refus": "C’est noté. Un agent va vérifier, et vous n’avez rien d’autre à faire.",
})
"""What was just done, by what the address says."""
ENDED = MappingProxyType({
    "retrait": "L’invitation est retirée.",
    "fin": "C’est fait. Cette personne n’a plus accès à cet espace, et elle en est prévenue.",
})
"""The same, on the page of who acts in a space."""
WHO = "Donnez le nom de naissance, le premier prénom et la date de naissance complète."
NOT_NOW = "Trois invitations attendent déjà. Retirez-en une d’abord."
BAD_CODE = "Ce code n’est pas valable. Vérifiez-le avec la personne qui vous l’a donné."
ENOUGH = f"Vous êtes déjà l’aidant de {MOST_HELPED} personnes. Renoncez d’abord à l’une d’elles."
NOT_CERTIFIED = "Cochez la case pour certifier que vous êtes son représentant légal."
AGENT_FIRST = "Vous avez répondu ne pas être son représentant légal. Un agent doit d’abord vérifier."


def kind_words(kind: MandateKind) -> str:
    """Say by what one acts for somebody."""
    return _KINDS[kind]
