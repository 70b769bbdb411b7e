"""Every sentence that a refused access says, in one table; what exactly was wrong is in a refusal's `detail`."""

from types import MappingProxyType

from gateway.policy.access.verdict import AccessReason, Unsure

NOT_IN_FORCE = AccessReason(
    "ACC-01", 401,
    "Cet accès n’est plus valable. Reconnectez-vous ou adressez-vous à votre opérateur.",
    "This access is no longer in force; sign in again or ask your operator.",
)  # fmt: skip
SPACE_NOT_OPEN = AccessReason(
    "ACC-02", 404,
    "Cet espace n’est pas accessible.",
    "This space is not accessible.",
)  # fmt: skip
NOT_YOUR_RIGHT = AccessReason(
    "ACC-03", 403,
    "Vos droits ne permettent pas cette action.",
    "Your rights do not allow this action.",
)  # fmt: skip
NOT_YOUR_SPACE = AccessReason(
    "ACC-04", 404,
    "Cet espace n’est pas accessible.",
    "This space is not accessible.",
)  # fmt: skip
NO_MANDATE = AccessReason(
    "ACC-05", 403,
    "Vous n’agissez pas, ou plus, pour cette personne. Demandez-lui un nouvel accord.",
    "You do not act for this person, or no longer; ask them for a new agreement.",
)  # fmt: skip
NO_CONSENT = AccessReason(
    "ACC-06", 403,
    "Le patient n’a pas donné son accord. Demandez-lui un code d’accès ou une autorisation.",
    "The patient has not consented; ask them for an access code or an authorisation.",
)  # fmt: skip
NO_EMERGENCY = AccessReason(
    "ACC-07", 403,
    "L’accès en urgence demande l’accord du patient, un motif et une durée.",
    "Emergency access takes the patient's consent, a reason and an end.",
)  # fmt: skip
NOT_GRANTED = AccessReason(
    "ACC-08", 403,
    "Cette application n’est pas autorisée à faire cela. Le patient peut l’autoriser dans ses réglages.",
    "This application is not authorised for this; the patient may authorise it in their settings.",
)  # fmt: skip
NO_OFFICE = AccessReason(
    "ACC-09", 403,
    "Indiquez le motif de cet acte.",
    "State the reason of this act.",
)  # fmt: skip
BLOCKED = AccessReason(
    "ACC-10", 403,
    "Le patient n’a pas donné son accord. Demandez-lui un code d’accès ou une autorisation.",
    "The patient has not consented; ask them for an access code or an authorisation.",
)  # fmt: skip
WITHHELD = AccessReason(
    "ACC-11", 404,
    "Ce document n’existe pas.",
    "There is no such document.",
)  # fmt: skip
HIDDEN = AccessReason(
    "ACC-12", 404,
    "Ce document n’existe pas.",
    "There is no such document.",
)  # fmt: skip
NOT_YOUR_PROFESSION = AccessReason(
    "ACC-13", 404,
    "Ce document n’existe pas.",
    "There is no such document.",
)  # fmt: skip
NOT_OPENED = AccessReason(
    "ACC-14", 403,
    "Ce dossier n’est pas ouvert aujourd’hui. Ouvrez-le d’abord.",
    "This record is not open today; open it first.",
)  # fmt: skip
SECOND_FACTOR = AccessReason(
    "ACC-14", 401,
    "Vous avez ouvert beaucoup de dossiers aujourd’hui. Confirmez votre identité et indiquez un motif.",
    "You have opened many records today; confirm who you are and give a reason.",
)  # fmt: skip
STOPPED = AccessReason(
    "ACC-14", 403,
    "Trop de dossiers ouverts aujourd’hui. Appelez votre opérateur pour continuer.",
    "Too many records opened today; call your operator to go on.",
)  # fmt: skip
CARE_HIDDEN = AccessReason(
    "ACC-15", 403,
    "Le patient a masqué son historique de soins.",
    "The patient has hidden their history of care.",
)  # fmt: skip
TOO_YOUNG = AccessReason(
    "ACC-16", 403,
    "Vos représentants légaux font ce choix pour vous, jusqu’à ce que vous ayez l’âge de consentir.",
    "Your legal representatives make this choice for you until you are old enough to consent.",
)  # fmt: skip
NOT_ENTRUSTED = AccessReason(
    "ACC-17", 403,
    "Le patient ne vous a pas confié son profil. Il peut le faire dans ses réglages de confidentialité.",
    "The patient has not entrusted their profile to you; they may do so in their privacy settings.",
)  # fmt: skip
NOT_THEIR_CONFIRMATION = AccessReason(
    "ACC-18", 403,
    "Un autre professionnel a confirmé cette fiche. Lui seul retire sa confirmation, sauf si le patient le demande.",
    "Another professional confirmed this entry; they alone take that back, unless the patient asks for it.",
)  # fmt: skip

REFUSALS = (
    NOT_IN_FORCE, SPACE_NOT_OPEN, NOT_YOUR_RIGHT, NOT_YOUR_SPACE, NO_MANDATE, NO_CONSENT, NO_EMERGENCY, NOT_GRANTED,
    NO_OFFICE, BLOCKED, WITHHELD, HIDDEN, NOT_YOUR_PROFESSION, NOT_OPENED, SECOND_FACTOR, STOPPED,
    CARE_HIDDEN, TOO_YOUNG, NOT_ENTRUSTED, NOT_THEIR_CONFIRMATION,
)  # fmt: skip
"""Every refusal there is, in the order of the rules."""

NOT_KNOWN = MappingProxyType(
    {
        rule: AccessReason(
            rule,
            503,
            "Vérification momentanément impossible. Réessayez plus tard.",
            "A check cannot be made just now; please try again later.",
        )
        for rule in sorted({reason.rule for reason in REFUSALS})
    }
)
"""The one temporary answer, for each rule."""


def not_known(rule: str, detail: str) -> Unsure:
    """Put off: what this rule needs could not be established."""
    return Unsure(NOT_KNOWN[rule], detail)
