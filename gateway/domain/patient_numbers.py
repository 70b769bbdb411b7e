"""Which number stands in a patient's address (A6, F64): the person's own INS, or one that says nothing of them.

Both have the form of an INS and its key, so that a mistyped address is told apart from one that does not exist.
"""

from enum import Enum

from gateway.domain.identity import Ins, ins_key

OPAQUE_NUMBERS = 10**12
"""How many opaque numbers there are."""


class PatientNumbers(Enum):
    """What an address is made of."""

    INS = "ins"
    OPAQUE = "opaque"


def opaque_number(drawn: int) -> Ins:
    """Give the number for something drawn below `OPAQUE_NUMBERS`; it begins with 9, as no INS does."""
    number = f"9{drawn % OPAQUE_NUMBERS:012}"
    return Ins.parse(f"{number}{ins_key(number):02}")
