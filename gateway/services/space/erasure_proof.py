"""What the proof of an erasure says (A17): whose space, what happens to it, and when; nothing of what was in it."""

from datetime import date, datetime

from gateway.domain.account import Space
from gateway.domain.local_days import PLACE, birth_in_words, day_in_words
from gateway.domain.patient_names import shown_name
from gateway.ports.papers import PaperValue

_LATER = (
    "Vous avez demandé l'effacement de votre espace santé. Il est fermé depuis votre demande.",
    ("Jusqu'au jour de l'effacement, vous pouvez encore le garder : connectez-vous et choisissez "
    "«\N{NO-BREAK SPACE}Garder mon espace\N{NO-BREAK SPACE}»."),
    "Ensuite, rien ne pourra être récupéré, ni par vous, ni par nous.",
)
_AT_ONCE = (
    "Vous avez demandé l'effacement immédiat de votre espace santé.",
    "La clé qui ouvrait vos données est détruite. Rien ne peut être récupéré, ni par vous, ni par nous.",
    "Vos soignants gardent leurs propres dossiers et les messages reçus de vous.",
)


def proof_of(space: Space, now: datetime, day: date | None, number: str) -> dict[str, PaperValue]:
    """Give the values of the template `proof`; `day` is when the space is erased, None for at once."""
    at = now.astimezone(PLACE)
    moment = f"{day_in_words(at.date())} à {at.hour} h {at.minute:02}"
    born = space.identity.traits.birth_date
    facts = [
        ("Personne", shown_name(space.identity.traits)),
        *([("Date de naissance", birth_in_words(born))] if born else []),
        ("Adresse de l'espace", str(space.address.mail)),
        ("Demande enregistrée" if day else "Effacement", moment),
        *([("Effacement", day_in_words(day))] if day else []),
    ]
    return {
        "title": "Preuve de demande d'effacement" if day else "Preuve d'effacement",
        "lines": list(_LATER if day else _AT_ONCE),
        "facts": [list(pair) for pair in facts],
        "number": number,
        "made": moment,
    }
