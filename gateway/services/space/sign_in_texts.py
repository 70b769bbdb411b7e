"""What is told of how somebody signs in: what was forgotten, what was changed, which device is new (F20, F21, E27)."""

from collections.abc import Mapping
from types import MappingProxyType

from gateway.domain.notices import NoticeKind, Wording
from gateway.services.space.notice_wording import NoticeText

SIGN_IN: Mapping[NoticeKind, NoticeText] = MappingProxyType({
    NoticeKind.NEW_PASSWORD_LINK: NoticeText(
        Wording(
            subject="Choisir un nouveau mot de passe",
            lines=(
                "Vous avez demandé à choisir un nouveau mot de passe pour votre espace santé.",
                "Ce n'est pas vous ? Ne faites rien : votre mot de passe reste le même.",
                "Cette adresse sert une seule fois, pendant {life} : {link}",
            ),
        ),
        "Nouveau mot de passe de votre espace santé. Ce n'est pas vous ? Ne faites rien."
        " Une seule fois, pendant {life} : {link}",
        (),
    ),
    NoticeKind.IDENTIFIER_FOUND: NoticeText(
        Wording(
            subject="Votre identifiant",
            lines=(
                "Vous avez demandé l'identifiant de votre espace santé.",
                "Votre identifiant est « {identifier} ».",
                "Ce n'est pas vous ? Ne faites rien : rien n'a changé.",
                "Pour un nouveau mot de passe, ouvrez cette adresse, une seule fois, pendant {life} : {link}",
            ),
        ),
        "Identifiant de votre espace santé : « {identifier} ». Ce n'est pas vous ? Ne faites rien."
        " Nouveau mot de passe, une seule fois, pendant {life} : {link}",
        (),
    ),
    NoticeKind.IDENTIFIER_CHANGED: NoticeText(
        Wording(
            subject="Votre identifiant a changé",
            lines=(
                "L'identifiant de votre espace santé vient d'être changé.",
                "Les autres appareils connectés ont été déconnectés.",
                "Ce n'est pas vous ? Choisissez « Identifiant oublié » sur la page de connexion, sans attendre.",
            ),
        ),
        "L'identifiant de votre espace santé vient de changer."
        " Ce n'est pas vous ? Choisissez « Identifiant oublié » à la connexion.",
    ),
    NoticeKind.PASSKEY_ADDED: NoticeText(
        Wording(
            subject="Une clé d'accès a été ajoutée",
            lines=(
                "Une clé d'accès vient d'être ajoutée à votre espace santé. Elle suffit pour l'ouvrir.",
                "Ce n'est pas vous ? Retirez-la dans « Paramètres », puis « Sécurité », sans attendre.",
            ),
        ),
        "Une clé d'accès vient d'être ajoutée à votre espace santé."
        " Ce n'est pas vous ? Retirez-la dans « Paramètres », puis « Sécurité ».",
    ),
    NoticeKind.NEW_DEVICE: NoticeText(
        Wording(
            subject="Un nouvel appareil a ouvert votre espace",
            lines=(
                "Votre espace santé vient d'être ouvert depuis un nouvel appareil : {device}.",
                "C'est vous ? Il n'y a rien à faire.",
                "Ce n'est pas vous ? Choisissez « Mot de passe oublié » sur la page de connexion, sans attendre.",
            ),
        ),
        "Votre espace santé vient d'être ouvert depuis un nouvel appareil : {device}."
        " Ce n'est pas vous ? Choisissez « Mot de passe oublié » à la connexion.",
    ),
    NoticeKind.PASSWORD_CHANGED: NoticeText(
        Wording(
            subject="Votre mot de passe a changé",
            lines=(
                "Le mot de passe de votre espace santé vient d'être changé.",
                "Tous les appareils connectés ont été déconnectés.",
                "Ce n'est pas vous ? Choisissez « Mot de passe oublié » sur la page de connexion, sans attendre.",
            ),
        ),
        "Le mot de passe de votre espace santé vient de changer."
        " Ce n'est pas vous ? Choisissez « Mot de passe oublié » à la connexion.",
    ),
})  # fmt: skip
