"""What the page says of happenings of each kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class NewsWords:
    """Title, one sentence, where to go, and an icon."""

    title: str
    detail: str
    path: str = "/parametres"
    icon: str = "info"


WORDS: Mapping[str, NewsWords] = MappingProxyType({
    "agenda.reminder": NewsWords(
        "Rappel de votre agenda", "Un rendez-vous ou une chose à faire approche.", "/agenda", "agenda"
    ),
    "archive.restored": NewsWords(
        "Archive reprise", "L’opérateur a remis dans votre espace le contenu d’une archive.", "/documents", "download"
    ),
    "contact.changed": NewsWords(
        "Contact modifié", "Votre adresse de courriel ou votre téléphone a changé.", "/parametres", "shield"
    ),
    "export.asked": NewsWords(
        "Archive demandée",
        "Ce n’était pas vous\N{NO-BREAK SPACE}? Changez votre mot de passe.",
        "/parametres/securite",
        "shield",
    ),
    "correction.answered": NewsWords(
        "Réponse à une correction",
        "Un professionnel a répondu à votre demande de correction.",
        "/parametres/droits",
        "check",
    ),
    "export.failed": NewsWords(
        "Archive non faite", "Votre archive n’a pas pu être faite. Demandez-la encore.", "/mes-donnees", "alert"
    ),
    "export.made": NewsWords(
        "Archive prête", "Vous pouvez télécharger vos données pendant sept jours.", "/mes-donnees", "check"
    ),
    "goal.ended": NewsWords(
        "Objectif retiré", "Un professionnel a retiré l’objectif d’un de vos examens.", "/resultats", "flask"
    ),
    "goal.set": NewsWords(
        "Objectif fixé", "Un professionnel a fixé un objectif pour un de vos examens.", "/resultats", "flask"
    ),
    "help.asked": NewsWords("Demande d’aide envoyée", "La réponse vous parviendra par courriel.", "/aide", "help"),
    "identifier.changed": NewsWords(
        "Identifiant modifié", "Ce n’était pas vous\N{NO-BREAK SPACE}? Demandez de l’aide.", "/aide", "shield"
    ),
    "notices.chosen": NewsWords(
        "Choix des notifications modifié", "Voyez ce dont nous vous prévenons.", "/parametres/notifications", "bell"
    ),
    "password.changed": NewsWords(
        "Mot de passe modifié", "Ce n’était pas vous\N{NO-BREAK SPACE}? Demandez de l’aide.", "/aide", "shield"
    ),
    "profile.added": NewsWords(
        "Profil complété", "Le professionnel qui tient votre profil y a ajouté une fiche.", "/profil", "profile"
    ),
    "profile.administrator-left": NewsWords(
        "Profil", "Un professionnel ne tient plus votre profil médical.", "/parametres/confidentialite", "profile"
    ),
    "profile.changed": NewsWords(
        "Profil modifié", "Le professionnel qui tient votre profil y a modifié une fiche.", "/profil", "profile"
    ),
    "profile.confirmed": NewsWords(
        "Vaccination confirmée", "Un professionnel a confirmé une vaccination.", "/profil/vaccinations", "syringe"
    ),
    "profile.deleted": NewsWords(
        "Fiche supprimée", "Le professionnel qui tient votre profil y a supprimé une fiche.", "/profil", "profile"
    ),
    "profile.unconfirmed": NewsWords(
        "Confirmation retirée", "Un professionnel ne confirme plus une vaccination.", "/profil/vaccinations", "syringe"
    ),
    "sign-in.new-device": NewsWords(
        "Nouvel appareil", "Votre espace a été ouvert depuis un nouvel appareil.", "/parametres/securite", "shield"
    ),
    "request.not-delivered": NewsWords(
        "Demande non remise", "Votre demande n’a pas pu être remise à son destinataire.", "/parametres/droits", "alert"
    ),
    "request.received": NewsWords(
        "Demande d’accès", "Quelqu’un demande à lire vos données. Vous décidez.", "/parametres/droits", "alert"
    ),
    "request.settled": NewsWords(
        "Demande réglée", "L’une de vos demandes a reçu une réponse.", "/parametres/droits", "check"
    ),
    "request.overdue": NewsWords(
        "Demande sans réponse", "Le délai de réponse à votre demande est dépassé.", "/parametres/droits", "alert"
    ),
    "reading.suspected": NewsWords(
        "Lecture suspecte",
        "Un compte de professionnel, arrêté depuis, a lu votre dossier sans raison connue.",
        "/parametres/codes-acces",
        "alert",
    ),
    "record.opened": NewsWords(
        "Dossier ouvert", "Un professionnel a ouvert votre dossier.", "/parametres/codes-acces", "open"
    ),
    "space.activated": NewsWords("Espace activé", "Vous avez activé votre espace.", "/", "check"),
    "space.closed": NewsWords("Espace fermé", "Votre espace a été fermé.", icon="lock"),
    "space.opened_on_request": NewsWords("Espace ouvert", "Votre espace a été ouvert à votre demande.", "/", "check"),
    "space.reopened": NewsWords("Espace rouvert", "Vous avez retrouvé votre espace, entier.", "/", "check"),
    "space.restored": NewsWords("Accès rétabli", "Votre espace est de nouveau à vous.", "/", "check"),
    "space.six_weeks_passed": NewsWords(
        "Espace ouvert", "Votre espace s’est ouvert au bout de six semaines.", "/", "check"
    ),
    "space.suspended": NewsWords("Espace suspendu", "Votre espace a été suspendu par l’opérateur.", icon="alert"),
})  # fmt: skip
"""Words for each action that is told (`gateway.domain.happenings.TOLD`)."""
