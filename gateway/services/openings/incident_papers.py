"""What is written after a theft: a letter to each person, and the entry of the register of breaches (GDPR art. 33, 34).

No document is named: a letter may be read by others, and an operator reads no content. Which data it was, by kind.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from gateway.domain.account import Space
from gateway.domain.local_days import PLACE, day_in_words
from gateway.domain.patient_names import shown_name
from gateway.ports.papers import PaperValue
from gateway.services.openings.incidents import ReachedPerson

_KINDS = {
    "document": ("un document", "{} documents"),
    "examination": ("un examen de biologie", "{} examens de biologie"),
    "profile": ("une rubrique du profil médical", "{} rubriques du profil médical"),
    "measure": ("une mesure", "{} mesures"),
}
"""What the first word of a name in the trace stands for, one and many."""
_LETTER = (
    "Un compte de professionnel de santé a été utilisé sans droit. Il a ouvert votre dossier.",
    "Le compte est arrêté. Personne ne peut plus s'en servir.",
    "Vous n'avez rien à faire. Méfiez-vous des messages qui parlent de votre santé sans que vous les attendiez.",
    ("Chaque lecture est notée dans votre espace, à la page "
    "«\N{NO-BREAK SPACE}Historique d'activité\N{NO-BREAK SPACE}»."),
    "Vous pouvez porter plainte, et vous adresser à la CNIL : www.cnil.fr.",
)
_REGISTER = (
    "Entrée du registre des violations de données (RGPD, article 33, paragraphe 5).",
    "Nature : lecture de dossiers par un compte de professionnel, sans droit.",
    "Mesures prises : compte arrêté par le service, personnes prévenues, liste établie d'après les journaux.",
    "À compléter : cause, conséquences probables, notification à la CNIL sous 72 heures.",
)


def letter_to(person: ReachedPerson, number: str, now: datetime) -> dict[str, PaperValue]:
    """Give the values of the template `proof` for one person's letter."""
    space = person.space
    facts = [
        *(_who(space) if space else ()),
        ("Première lecture", moment_in_words(person.lines[0].at)),
        ("Dernière lecture", moment_in_words(person.lines[-1].at)),
        ("Ce qui a été lu", kinds_in_words(person)),
    ]
    return _paper("Votre dossier a été lu sans droit", _LETTER, facts, number, now)


def register_entry(
    account: str, first: datetime, until: datetime, reached: Sequence[ReachedPerson], number: str, now: datetime
) -> dict[str, PaperValue]:
    """Give the values of the template `proof` for the register."""
    facts = [
        ("Compte", account),
        ("Période examinée", f"du {moment_in_words(first)} au {moment_in_words(until)}"),
        ("Personnes concernées", str(len(reached))),
        ("Catégories de données", ", ".join(sorted({kind for one in reached for kind in _counted(one)})) or "aucune"),
        *([("Première lecture", moment_in_words(min(one.lines[0].at for one in reached)))] if reached else []),
        *([("Dernière lecture", moment_in_words(max(one.lines[-1].at for one in reached)))] if reached else []),
    ]
    return _paper("Registre des violations de données", _REGISTER, facts, number, now)


def kinds_in_words(person: ReachedPerson) -> str:
    """Say what was read of somebody, by kind."""
    told = [one if many == 1 else several.format(many) for (one, several), many in _by_kind(person)]
    return ", ".join(told) or "l'ouverture du dossier, sans autre lecture"


def moment_in_words(at: datetime) -> str:
    """Write an instant as it is read in France."""
    local = at.astimezone(PLACE)
    return f"{day_in_words(local.date())} à {local.hour} h {local.minute:02}"


def _who(space: Space) -> Sequence[tuple[str, str]]:
    return ("Personne", shown_name(space.identity.traits)), ("Adresse de l'espace", str(space.address.mail))


def _by_kind(person: ReachedPerson) -> list[tuple[tuple[str, str], int]]:
    counted = _counted(person)
    return [(words, counted[kind]) for kind, words in _KINDS.items() if counted[kind]]


def _counted(person: ReachedPerson) -> Counter[str]:
    return Counter(name.partition(":")[0] for name in person.data if name.partition(":")[0] in _KINDS)


def _paper(
    title: str, lines: Sequence[str], facts: Sequence[tuple[str, str]], number: str, now: datetime
) -> dict[str, PaperValue]:
    return {
        "title": title,
        "lines": list(lines),
        "facts": [list(pair) for pair in facts],
        "number": number,
        "made": moment_in_words(now),
    }
