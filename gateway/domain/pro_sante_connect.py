"""Who Pro Santé Connect vouches for: a national number and the exercises of a professional (FACTS d6–d8).

The claims are the provider's and their signature was checked; their form is not believed. Any field may be an empty
string. The subject (`sub`) is never a key. Who has no exercise is no professional: nobody is read of such claims.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

MOST_EXERCISES: Final = 20
_LONGEST = 120
_NUMBER = re.compile(r"8[0-9]{11}")
_RPPS = re.compile(r"[0-9]{11}")
PROFESSIONS: Final = MappingProxyType({
    "10": "Médecin",
    "21": "Pharmacien",
    "40": "Chirurgien-dentiste",
    "50": "Sage-femme",
    "60": "Infirmier",
    "70": "Masseur-kinésithérapeute",
    "80": "Pédicure-podologue",
    "93": "Psychologue",
})  # fmt: skip
"""Professions by their code of TRE_G15, as people read them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise:
    """In what capacity, and where, somebody practises; what is not known is empty.

    Attributes:
        profession: code of TRE_G15.
        organisation: name of the place.
        organisation_id: its FINESS, or its SIRET.
    """

    profession: str
    organisation: str = ""
    organisation_id: str = ""

    @property
    def label(self) -> str:
        """Give the profession in words."""
        return PROFESSIONS.get(self.profession, f"Profession {self.profession}")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ProvenProfessional:
    """A professional: RPPS as the directory writes it (8 and 11 digits), and at least one exercise."""

    identifier: str
    exercises: tuple[Exercise, ...]

    def __repr__(self) -> str:
        """Hide the person."""
        return f"ProvenProfessional({len(self.exercises)})"


def professional_of_claims(claims: Mapping[str, object]) -> ProvenProfessional | None:
    """Read a professional; None for whoever has no number, two different ones, or no exercise.

    At most `MOST_EXERCISES` are read, one for each place of each profession, in the order of the claims.
    """
    identifier = _identifier(claims)
    found = tuple(dict.fromkeys(_exercises(claims)))[:MOST_EXERCISES]
    return ProvenProfessional(identifier=identifier, exercises=found) if identifier and found else None


def _identifier(claims: Mapping[str, object]) -> str:
    """Give the one number that all claims agree in."""
    said = {_text(claims.get(name)) for name in ("SubjectNameID", "preferred_username")} - {""}
    for other in _objects(claims.get("otherIds")):
        if _text(other.get("origine")).upper() == "RPPS":
            number = _text(other.get("identifiant"))
            said.add(f"8{number}" if _RPPS.fullmatch(number) else number)
    numbers = said - {""}
    (only,) = numbers if len(numbers) == 1 else ("",)
    return only if _NUMBER.fullmatch(only) else ""


def _exercises(claims: Mapping[str, object]) -> Iterator[Exercise]:
    reference = claims.get("SubjectRefPro")
    if not isinstance(reference, Mapping):
        return
    for one in _objects(reference.get("exercices")):
        profession = _text(one.get("codeProfession"))
        if not profession:
            continue
        places = [_place(activity) for activity in _objects(one.get("activities"))] or [("", "")]
        for name, number in places:
            yield Exercise(profession=profession, organisation=name, organisation_id=number)


def _place(activity: Mapping[str, object]) -> tuple[str, str]:
    names = (_text(activity.get(name)) for name in ("raisonSocialeSite", "enseigneCommercialeSite"))
    numbers = (
        _text(activity.get(name))
        for name in ("numeroFinessSite", "numeroFinessetablissementJuridique", "numeroSiretSite")
    )
    return next(filter(None, names), ""), next(filter(None, numbers), "")


def _objects(value: object) -> Iterator[Mapping[str, object]]:
    """Give the objects of a list; whatever else is there says nothing."""
    for one in value[:MOST_EXERCISES] if isinstance(value, list) else ():
        if isinstance(one, Mapping):
            yield one


def _text(value: object) -> str:
    """Give a text of one line; what is none, or longer than anybody's, says nothing."""
    if not isinstance(value, str) or len(value) > _LONGEST or not value.isprintable():
        return ""
    return " ".join(value.split())
