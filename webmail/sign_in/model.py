"""The steps of signing in, and a signed-in browser."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from webmail.signed_in import SignedIn


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
class BrowserSession:
    """A signed-in browser; the store knows it by the digest of its token, never by the token."""

    person: SignedIn
    opened_at: datetime
    seen_at: datetime
