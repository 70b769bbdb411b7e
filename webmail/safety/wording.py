"""What « Sécurité » says was done, and why something was not."""

from gateway.domain.patient_identifier import IdentifierFault
from gateway.services.sign_in.own_sign_in import OwnSignInFault, SignInChange
from gateway.services.sign_in.password_rules import PasswordFault
from webmail import identifier_wording, password_wording

PATH = "/parametres/securite"
DONE = {
    "session": "Cet appareil est déconnecté.",
    "cle": "Votre clé d’accès est ajoutée. Vous pouvez vous connecter avec elle seule.",
    "cle-nommee": "Votre clé d’accès a changé de nom.",
    "cle-retiree": "Cette clé d’accès n’ouvre plus votre espace.",
    "cles-retirees": "Vos clés d’accès n’ouvrent plus votre espace. Connectez-vous avec votre mot de passe.",
    "confirme": "Merci, c’est bien vous. Vous pouvez ajouter une clé d’accès.",
    "autres": "Tous les autres appareils sont déconnectés.",
    "mot-de-passe": "Votre mot de passe est changé. Les autres appareils sont déconnectés.",
    "identifiant": "Votre identifiant est changé. Les autres appareils sont déconnectés.",
}
LAST_WAY_IN = "derniere"
REFUSED = {
    "cle": "Cette clé d’accès n’a pas pu être ajoutée. Recommencez.",
    LAST_WAY_IN: "Sans cette clé, rien n’ouvrirait plus votre espace. Choisissez d’abord un mot de passe.",
}
NOT_KNOWN = "Cette clé d’accès n’a pas été reconnue. Recommencez."
OWN = {
    OwnSignInFault.WRONG_PASSWORD: "Votre mot de passe actuel n’est pas le bon. Rien n’a changé.",
    OwnSignInFault.TOO_MANY_ATTEMPTS: "Trop d’essais en peu de temps. Attendez une demi-minute, puis recommencez.",
    OwnSignInFault.PROOF_TOO_OLD: "Confirmez d’abord que c’est bien vous.",
}


def words_of(fault: SignInChange) -> str:
    """Say why password or identifier are not changed."""
    if isinstance(fault, PasswordFault):
        return password_wording.FAULTS[fault]
    if isinstance(fault, IdentifierFault):
        return identifier_wording.FAULTS[fault]
    return OWN[fault] if fault else ""
