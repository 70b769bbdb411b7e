"""What is told of a record that professionals open, and of a stolen account that did (E14, E19, A23)."""

from collections.abc import Mapping
from types import MappingProxyType

from gateway.domain.notices import NoticeKind, Wording
from gateway.services.space.notice_wording import NoticeText

RECORDS: Mapping[NoticeKind, NoticeText] = MappingProxyType({
    NoticeKind.RECORD_OPENED: NoticeText(
        Wording(
            subject="Votre dossier a été ouvert",
            lines=(
                "Un professionnel de santé vient d'ouvrir votre dossier, avec votre accord ou votre code d'accès.",
                "Pour savoir qui, ouvrez votre espace comme d'habitude, puis « Historique d'activité ».",
            ),
        ),
        "Un professionnel de santé vient d'ouvrir votre dossier, avec votre accord. Votre espace dit lequel.",
    ),
    NoticeKind.EMERGENCY_OPENING: NoticeText(
        Wording(
            subject="Votre dossier a été ouvert en urgence",
            lines=(
                "Un professionnel de santé vient d'ouvrir votre dossier en urgence. Il a dû écrire pourquoi.",
                "Pour savoir qui et pourquoi, ouvrez votre espace, puis « Historique d'activité ».",
                "Ce n'était pas une urgence ? Signalez-le par la page « Aide » du site.",
            ),
        ),
        "Un professionnel de santé a ouvert votre dossier en urgence. Votre espace dit qui, et pourquoi.",
    ),
    NoticeKind.READER_STOPPED: NoticeText(
        Wording(
            subject="Votre dossier a peut-être été lu sans raison",
            lines=(
                "Un compte de professionnel a ouvert trop de dossiers en un jour, dont le vôtre.",
                "Nous avons arrêté ce compte. Nous cherchons si quelqu'un l'a volé.",
                "Pour savoir ce qui a été lu, ouvrez votre espace, puis « Historique d'activité ».",
            ),
        ),
        "Un compte de professionnel, arrêté depuis, a peut-être lu votre dossier sans raison. Voyez votre espace.",
    ),
    NoticeKind.READER_ALARM: NoticeText(
        Wording(
            subject="Alerte : trop de dossiers ouverts par {account}",
            lines=(
                "Le compte {account} a ouvert {persons} dossiers le {day}. Il est arrêté.",
                "Chaque personne concernée est prévenue.",
                "Pour la liste exacte : pli incident {account} {since} {until}",
                "L'arrêt prend fin à minuit, heure de Paris.",
                "Pour le lever avant : pli professional allow {account} --until {midnight} --reason \"votre motif\"",
                "Le compte a peut-être été volé : « pli professional suspend {account} » le ferme aussitôt.",
            ),
        ),
        "Le compte {account} a ouvert {persons} dossiers le {day}. Il est arrêté.",
        (),
    ),
})  # fmt: skip
"""Texts of these kinds."""
