"""Correspondents as pages show them."""

from dataclasses import dataclass
from enum import Enum

from webmail.identifiers import ContactId


class CorrespondentKind(Enum):
    """Kind of the correspondent's mailbox (STD §1.9)."""

    PERSON = "PER"
    ORGANISATION = "ORG"
    APPLICATION = "APP"
    PRACTICE = "CAB"


@dataclass(frozen=True, slots=True, repr=False)
class Correspondent:
    """A correspondent as the directory names them, never as the sender claims (STD §2.2).

    Attributes:
        name: « Dr Hélène Vasseur », « Laboratoire des Halles ».
        detail: profession, service or place: « Médecin généraliste · Lyon »; may be empty.
    """

    name: str
    kind: CorrespondentKind
    detail: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Contact:
    """A correspondent whom the patient may choose; the identifier is this space's own."""

    id: ContactId
    correspondent: Correspondent
