"""The identity that an OpenID provider vouches for, and how it meets a patient's space (E28, FACTS a15).

FranceConnect calls it « identité pivot »: birth name, all given names, sex, birth date and birth place. Names are
folded as everywhere (`gateway.domain.identity`); nothing here guesses what is missing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from gateway.domain.account import Space
from gateway.domain.errors import InvalidValue
from gateway.domain.identity import BirthDate, Sex, folded_name

_FRANCE = "99100"
_ABROAD = re.compile(r"99[0-9]{3}", re.ASCII)
_COMMUNE = re.compile(r"[0-9]{5}|2[AB][0-9]{3}", re.ASCII)
_SEXES = {"male": Sex.MALE, "female": Sex.FEMALE}
_LONGEST = 250


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class PivotIdentity:
    """Five traits, each of which there is; names are folded, the place is a code of the INSEE."""

    birth_name: str
    given_names: str
    sex: Sex
    birth_date: BirthDate
    birth_place: str

    def __repr__(self) -> str:
        """Hide the person."""
        return "PivotIdentity(…)"

    @property
    def index_words(self) -> tuple[str, ...]:
        """Give what an index may find it by: equal for all who agree, also where a day is not known."""
        born = self.birth_date
        return self.birth_name, f"{born.year:04}-{born.month:02}", self.sex.value, self.birth_place

    def agrees_with(self, other: "PivotIdentity") -> bool:
        """Compare every trait; only an unknown day of birth agrees with any (A12b)."""
        return (
            self.index_words == other.index_words
            and self.given_names == other.given_names
            and self.birth_date.agrees_with(other.birth_date)
        )


def pivot_of_claims(claims: Mapping[str, object]) -> PivotIdentity | None:
    """Read what a provider says of somebody; None when a claim is missing, empty or of another form."""
    name, given, gender, born, place, country = (
        _text_of(claims.get(claim))
        for claim in ("family_name", "given_name", "gender", "birthdate", "birthplace", "birthcountry")
    )
    try:
        birth_date = BirthDate.parse(born)
    except InvalidValue:
        return None
    return _whole(name, given, _SEXES.get(gender), birth_date, place_code(place, country))


def pivot_of_space(space: Space) -> PivotIdentity | None:
    """Give the five traits of the person of a space; None when one is not known: the rest finds nobody."""
    traits = space.identity.traits
    sex = traits.sex if traits.sex is not Sex.UNKNOWN else None
    place = place_code(space.birth_place, space.birth_country)
    return _whole(traits.birth_name, " ".join(traits.given_names), sex, traits.birth_date, place)


def place_code(place: str, country: str) -> str:
    """Give the code of a birth place: of the country when it is abroad, else of the commune; empty for neither."""
    place, country = place.strip().upper(), country.strip().upper()
    if _ABROAD.fullmatch(country) and country != _FRANCE:
        return country
    return place if _COMMUNE.fullmatch(place) and place != _FRANCE else ""


def _whole(name: str, given: str, sex: Sex | None, born: BirthDate | None, place: str) -> PivotIdentity | None:
    folded, folded_given = folded_name(name), folded_name(given)
    if not (folded and folded_given and sex and born and place):
        return None
    return PivotIdentity(
        birth_name=folded, given_names=folded_given, sex=sex, birth_date=born, birth_place=place
    )


def _text_of(claim: object) -> str:
    return claim if isinstance(claim, str) and len(claim) <= _LONGEST else ""
