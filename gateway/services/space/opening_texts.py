"""What somebody reads who is told that they have a space: who writes, what to do, by when (A4, F98)."""

from dataclasses import replace

from gateway.domain.notices import Wording
from gateway.services.space.notice_wording import NoticeText

_SIGNED = "Ce message vous est envoyé par : {issuer}."
_STEPS = (
    "Ouvrez votre navigateur. Tapez vous-même l'adresse : {place}.",
    "Choisissez « Activer mon espace santé ».",
    "Tapez {number}, {birth} et le numéro de série de la carte Vitale.",
    "Tapez ce code, avec ses majuscules et ses minuscules : {code}.",
    "Choisissez « J'active » ou « Je m'oppose ».",
)
_RIGHTS = (
    "Vous avez six semaines pour choisir. Sans réponse, l'espace s'ouvrira ensuite tout seul.",
    "Le code sert une seule fois. Ne le donnez à personne.",
    _SIGNED,
)
OPENING = NoticeText(
    Wording(
        subject="Votre espace santé : activez-le ou refusez-le",
        lines=(
            "Bonjour,",
            "Un espace santé personnel et gratuit est prévu pour {whom}. Vous pouvez l'activer ou le refuser.",
        ),
        steps=_STEPS,
        after=_RIGHTS,
    ),
    "{issuer} : un espace santé est prévu pour {whom}. Activez-le ou refusez-le sous six semaines."
    " Adresse à taper : {place}. Code : {code}. Il sert une seule fois.",
)

TO_HOLDER = {"whom": "vous", "number": "votre numéro de sécurité sociale", "birth": "votre date de naissance"}
TO_GUARDIAN = {
    "whom": "{first_name}, dont vous êtes le représentant légal",
    "number": "le numéro de sécurité sociale",
    "birth": "la date de naissance de l'enfant",
}
"""How a text names the person: the holder, or a child by the first name (A22)."""


def without_internet(wording: Wording, telephone: str, postal: str) -> Wording:
    """Say in a letter how to ask or refuse by telephone or by post, where the operator has named either (F11)."""
    write = f"{'Ou écrivez' if telephone else 'Écrivez'} à : {postal}." if postal else ""
    ways = " ".join(filter(None, (telephone and f"Appelez le {telephone}.", write)))
    if not ways:
        return wording
    said = f"Vous n'avez pas internet ? {ways} Vous pouvez aussi refuser ainsi."
    return replace(wording, after=(*wording.after[:1], said, *wording.after[1:]))
