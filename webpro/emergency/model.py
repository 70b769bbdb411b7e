"""What the page of an emergency shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.domain.record_openings import OpenedBy
from webpro.profile_parts import ShownPart


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ShownContact:
    """Somebody to call; `dialled` is their number as a telephone takes it."""

    name: str
    role: str
    phone: str
    dialled: str
    remark: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ShownAllergy:
    """One allergy; `is_severe` as its person, or a carer, has said."""

    name: str
    severity: str
    is_severe: bool
    facts: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ShownWish:
    """What is known of one subject; where nothing is, the page says so.

    `written` has what stands in the profile, each as its day and the person's words. `documents` are those that may be
    read, each by its reference and its words.
    """

    subject: str
    written: Sequence[tuple[str, str]]
    documents: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ShownEmergency:
    """What one reads first of a record that is open; `how`, `ends` and `reason` say by what, until when and why.

    `hides` says that the patient hides documents from whoever reads.
    """

    name: str
    born: str
    age: str
    sex: str
    how: OpenedBy
    ends: datetime
    reason: str
    allergies: Sequence[ShownAllergy]
    no_allergies: str
    more_allergies: int
    contacts: Sequence[ShownContact]
    treatments: ShownPart
    blood: ShownPart
    illnesses: ShownPart
    wishes: Sequence[ShownWish]
    hides: bool = False
