"""Who reads, who writes, and the steps of signing in."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from webmail.model.ids import AccountId, ContactId, SpaceId


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whose space is read (the vault), and who reads it (the account, for the trace; A14)."""

    space: SpaceId
    account: AccountId


@dataclass(frozen=True, slots=True, repr=False)
class SignedIn:
    """A person whose password and code were right; `address` is the space's mail address (F64)."""

    viewer: Viewer
    name: str
    address: str


@dataclass(frozen=True, slots=True, repr=False)
class CodeSent:
    """A single-use code is on its way (F19).

    Attributes:
        pending: unguessable reference of this attempt, 128 random bits or more; the web keeps it in a cookie.
        masked_contact: where the code went, masked, such as « 06 •• •• •• 12 ».
    """

    pending: str
    masked_contact: str


class SignInRefusal(Enum):
    """Why a sign-in step is refused; unknown identifier and wrong password are one case."""

    WRONG_CREDENTIALS = "wrong_credentials"
    WRONG_CODE = "wrong_code"
    CODE_EXPIRED = "code_expired"  # too old, already used, replaced, or five wrong tries: sign in again
    TOO_MANY_ATTEMPTS = "too_many_attempts"


@dataclass(frozen=True, slots=True, repr=False)
class Session:
    """A signed-in browser; the store knows it by the digest of its token, never by the token."""

    person: SignedIn
    opened_at: datetime
    seen_at: datetime


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
