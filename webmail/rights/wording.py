"""What « Vos droits » says of requests, and of those that are not made."""

from gateway.domain.rights_requests import MAX_WORDS, MOST_OPEN, Relation
from gateway.services.requests.own_requests import RequestFault
from webmail.wording import NBSP

FAULTS = {
    RequestFault.NO_WORDS: "Écrivez quels documents vous demandez.",
    RequestFault.TOO_LONG: f"Votre demande est trop longue{NBSP}: {MAX_WORDS} signes au plus. Raccourcissez-la.",
    RequestFault.UNKNOWN: "Cette adresse n’est pas dans l’annuaire des professionnels. Vérifiez-la avec ce médecin.",
    RequestFault.NO_DOCTOR: "Cette adresse n’est pas celle d’un médecin. Choisissez un médecin.",
    RequestFault.BLOCKED: "Vous avez bloqué ce médecin. Débloquez-le d’abord, dans "
    "«\N{NO-BREAK SPACE}Confidentialité\N{NO-BREAK SPACE}».",
    RequestFault.ASKED_ALREADY: "Vous avez déjà une demande en cours auprès de ce médecin.",
    RequestFault.TOO_MANY: f"Vous avez trop de demandes, {MOST_OPEN} en cours au plus. Retirez-en une d’abord.",
}
CORRECTION_FAULTS = {
    **FAULTS,
    RequestFault.NO_WORDS: "Écrivez ce qui est à corriger.",
    RequestFault.ASKED_ALREADY: "Vous avez déjà une demande en cours pour ce document.",
}
ENTRY_CORRECTION_FAULTS = {
    **CORRECTION_FAULTS,
    RequestFault.ASKED_ALREADY: "Vous avez déjà une demande en cours pour cette fiche.",
}
REPORT_FAULTS = {
    **FAULTS,
    RequestFault.NO_WORDS: "Écrivez de qui vous parlez, et ce qui s’est passé.",
    RequestFault.ASKED_ALREADY: "Vous avez déjà un signalement en cours à ce nom.",
}
ACCESS_FAULTS = {
    **FAULTS,
    RequestFault.NO_WORDS: "Écrivez pourquoi vous demandez cet accès.",
    RequestFault.ASKED_ALREADY: "Vous avez déjà une demande en cours pour ce numéro.",
}
WHOM = "Vérifiez le nom, le prénom, la date, le numéro et votre lien. Chaque champ doit être rempli."
NOT_FOR_OTHERS = "Vous agissez pour un proche. Revenez à votre espace pour demander un accès en votre nom."
RELATIONS = {
    Relation.REPRESENTATIVE: "Son représentant légal",
    Relation.GUARDIAN: "Son tuteur, ou chargé de sa protection",
    Relation.TRUSTED: "Sa personne de confiance",
    Relation.HEIR: "Son héritier, après son décès",
}
TO_YOU = {
    Relation.REPRESENTATIVE: "votre représentant légal",
    Relation.GUARDIAN: "votre tuteur, ou chargée de votre protection",
    Relation.TRUSTED: "votre personne de confiance",
    Relation.HEIR: "votre héritière",
}
"""What somebody says to be, as whoever is asked reads it."""
DONE = {
    "demande": "Votre demande est envoyée. Ses délais sont affichés ci-dessous.",
    "correction": "Votre demande est envoyée. Elle est notée à côté du document.",
    "correction-fiche": "Votre demande est envoyée. Elle est notée à côté de la fiche.",
    "acces": "Votre demande est envoyée. La réponse s’affichera ici, en un mois au plus.",
    "accord": "Vous acceptez. Rien n’est encore ouvert. Invitez maintenant cette personne comme aidant.",
    "refus": "Vous refusez. Cette personne en est prévenue, et ne voit rien.",
    "signalement": "Votre signalement est envoyé à l’opérateur. Sa réponse s’affichera ici.",
    "retiree": "Votre demande est retirée. Celui qui l’a reçue en est prévenu.",
    "recue": "C’est noté\N{NO-BREAK SPACE}: vous avez reçu vos documents.",
}
