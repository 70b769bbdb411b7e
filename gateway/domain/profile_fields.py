"""What a section of the profile is made of: its fields, what may be typed in each, and how long it may be."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType

from gateway.domain.profile import ProfileSection

LINE, NOTE, LONG = 200, 2_000, 20_000
"""The longest texts: a line, a remark, a text of its own."""


class FieldKind(Enum):
    """What may be typed in a field."""

    LINE = "line"
    NOTE = "note"
    DATE = "date"
    CHOICE = "choice"
    PHONE = "phone"
    EMAIL = "email"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a section.

    Attributes:
        label: what stands above it.
        hint: one short sentence below.
        longest: characters at most.
        choices: labels by code, for a choice.
        may_be_ahead: a date after today makes sense.
        terms: the list of terms that suggests what to type; the code of what was chosen is kept in `<name>_code`.
    """

    name: str
    label: str
    kind: FieldKind = FieldKind.LINE
    hint: str = ""
    longest: int = LINE
    is_needed: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)
    may_be_ahead: bool = False
    terms: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionRules:
    """What a section is.

    Attributes:
        label: its name on pages.
        one: one entry of it, with its article, as in « Ajouter une allergie ».
        about: one short sentence for who has not written anything yet.
        fields: the first that is filled names an entry in lists.
        may_be_nothing: « Rien à déclarer » makes sense (FACTS a22).
        is_single: there is one entry at most.
        is_ordered: the person says which comes first.
        unique: a field and the code that one entry at most may have.
        ends: the field whose day tells what is over from what goes on; empty for none.
    """

    section: ProfileSection
    label: str
    one: str
    about: str
    fields: tuple[Field, ...]
    may_be_nothing: bool = False
    is_single: bool = False
    is_ordered: bool = False
    unique: tuple[str, str] | None = None
    ends: str = ""

    def field(self, name: str) -> Field:
        """Give a field by its name."""
        return next(one for one in self.fields if one.name == name)


def choices_of(**labels: str) -> Mapping[str, str]:
    """Give choices with the codes that are kept: an underscore is a hyphen there."""
    return MappingProxyType({code.replace("_", "-"): label for code, label in labels.items()})


YES_NO = choices_of(oui="Oui", non="Non")
DATE_HINT = "Par exemple 12/06/1987, 06/1987 ou 1987."
REMARK = Field(name="remarque", label="Remarque", kind=FieldKind.NOTE, longest=NOTE)


def date_field(name: str, label: str, *, may_be_ahead: bool = False) -> Field:
    """Make a field for a date."""
    return Field(
        name=name, label=label, kind=FieldKind.DATE, hint=DATE_HINT, longest=20, may_be_ahead=may_be_ahead
    )


def needed_field(name: str, label: str, hint: str = "", terms: str = "") -> Field:
    """Make a line that must be filled."""
    return Field(name=name, label=label, hint=hint, is_needed=True, terms=terms)


def choice_field(name: str, label: str, choices: Mapping[str, str], *, is_needed: bool = False) -> Field:
    """Make a field of which one code is chosen."""
    return Field(name=name, label=label, kind=FieldKind.CHOICE, choices=choices, is_needed=is_needed, longest=40)


PHONE = Field(name="telephone", label="Téléphone", kind=FieldKind.PHONE, longest=30)
EMAIL = Field(name="courriel", label="Adresse électronique", kind=FieldKind.EMAIL, longest=254)
