"""What pages of activation say when a step is refused (E99)."""

from gateway.domain.activation import ActivationFault
from gateway.domain.health_card import CardField

FAULTS = {
    ActivationFault.OVER: "Cette démarche a pris fin. Recommencez ici\u00a0: rien n’est perdu.",
    ActivationFault.WRONG_CODE: (
        "Ce code ne convient pas. Vérifiez les majuscules et les minuscules. "
        "S’il est ancien ou a déjà servi, demandez-en un autre."
    ),
    ActivationFault.TOO_MANY_TRIES: "Trop d’essais en peu de temps. Attendez une demi-minute, puis recommencez.",
    ActivationFault.TOO_SOON: "Un code vient de partir. Attendez trente secondes avant d’en demander un autre.",
    ActivationFault.TOO_MANY_CODES: "Vous avez demandé dix codes aujourd’hui. Recommencez demain.",
    ActivationFault.NOT_NOW: "La situation de cet espace a changé. Voici où vous en êtes.",
    ActivationFault.TERMS: "Pour continuer, cochez la case «\u00a0J'accepte les conditions d'utilisation\u00a0».",
    ActivationFault.CONTACT: "Cette adresse ou ce numéro n’est pas complet. Vérifiez-le, puis recommencez.",
    ActivationFault.NO_CONTACT: "Indiquez une adresse électronique ou un téléphone mobile. Vos codes y seront envoyés.",
    ActivationFault.PASSKEY: "Cette clé d’accès n’a pas pu être ajoutée. Recommencez, ou choisissez un mot de passe.",
    ActivationFault.CODE_OVER: "Ce code n’est plus valable. Demandez-en un autre.",
}
DIGITS_WRONG = "Ce code n’est pas le bon. Vérifiez-le, puis saisissez-le de nouveau."
CARD = {
    CardField.NUMBER: (
        "Ce numéro de sécurité sociale ne peut pas être le bon. "
        "Comparez-le à votre carte, signe par signe\u00a0: il en a 13 ou 15."
    ),
    CardField.BORN: (
        "La date de naissance s’écrit jour, mois, puis année en quatre chiffres. Par exemple\u00a0: 30/05/1990."
    ),
    CardField.SERIAL: "Le numéro de série a 8 chiffres au moins. Vérifiez-le sur votre carte.",
}
_PROVIDER = {
    "saisie": "{name} n’a pas permis de trouver votre espace. Saisissez votre numéro et votre carte.",
    "panne": "{name} ne répond pas en ce moment. Saisissez votre numéro et votre carte.",
    "attente": FAULTS[ActivationFault.TOO_MANY_TRIES],
}
CHOICE = {
    "form": "L’identifiant a 4 à 40 caractères\u00a0: lettres sans accent, chiffres, point ou tiret.",
    "number": "L’identifiant ne doit pas reprendre votre numéro de sécurité sociale ni celui de votre carte.",
    "taken": "Cet identifiant est déjà pris. Choisissez-en un autre, ou l’un de ceux proposés plus bas.",
    "too_short": "Ce mot de passe est trop court. Il faut douze caractères au moins.",
    "too_long": "Ce mot de passe est trop long. Mille caractères suffisent.",
    "personal": "Ce mot de passe contient une information sur vous, comme votre nom. Choisissez d’autres mots.",
    "common": "Ce mot de passe est trop courant\u00a0: il serait vite deviné. Ajoutez des mots sans lien entre eux.",
    "keyboard": "Ce mot de passe suit les touches du clavier\u00a0: il serait vite deviné. Choisissez plusieurs mots.",
    "repeated": "Ce mot de passe se répète\u00a0: il serait vite deviné. Choisissez plusieurs mots différents.",
    "sequence": "Ce mot de passe suit l’ordre des lettres ou des chiffres. Choisissez plusieurs mots différents.",
    "date": "Ce mot de passe est surtout une date\u00a0: il serait vite deviné. Choisissez plusieurs mots.",
    "different": "Les deux mots de passe ne sont pas les mêmes. Saisissez-les de nouveau.",
}


def provider_words(word: str, name: str) -> str:
    """Say what came of signing in at a provider of that name; nothing for a word that is none of ours."""
    return _PROVIDER.get(word, "").replace("{name}", name)
