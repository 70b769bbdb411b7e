"""The steps of signing in, and a signed-in browser."""

from dataclasses import dataclass
from enum import Enum


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
    TOO_MANY_CODES = "too_many_codes"
