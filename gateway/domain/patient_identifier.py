"""What patients sign in with: which identifiers they may choose, and which are proposed to them (F17, FACTS a5).

An identifier tells nothing of the social-security number nor of the card. Nothing here knows which are taken.
"""

import re
from collections.abc import Callable, Sequence
from enum import Enum

from gateway.domain.account import Space
from gateway.domain.identity import folded_name

MIN_CHARACTERS, MAX_CHARACTERS = 4, 40
_FORM = re.compile(r"[a-z0-9][a-z0-9._-]*", re.ASCII)
_LONGEST_RUN = 5
"""So many digits of the number or of the card may stand in an identifier, by chance or as a year."""
_WORDS = (
    "rivage", "sentier", "lilas", "galet", "colline", "ruisseau", "verger", "brume", "falaise", "clairiere", "moulin",
    "lanterne", "bouleau", "prairie", "alizee", "corail", "horizon", "jonquille", "mesange", "tilleul",
)  # fmt: skip


class IdentifierFault(Enum):
    """Why an identifier is refused."""

    FORM = "form"
    NUMBER = "number"
    TAKEN = "taken"


def plain_identifier(text: str) -> str:
    """Give an identifier as it is kept: without blanks around it, in small letters."""
    return text[: 2 * MAX_CHARACTERS].strip().lower()


def identifier_fault(space: Space, identifier: str) -> IdentifierFault | None:
    """Give what is wrong with an identifier of `plain_identifier`, as far as its own form says it."""
    if not MIN_CHARACTERS <= len(identifier) <= MAX_CHARACTERS or not _FORM.fullmatch(identifier):
        return IdentifierFault.FORM
    digits = "".join(filter(str.isdigit, identifier))
    kept = (space.identity.ins.value, *(number for _, number in space.identity.earlier), *space.card_serials)
    runs = (digits[start : start + _LONGEST_RUN + 1] for start in range(len(digits) - _LONGEST_RUN))
    return IdentifierFault.NUMBER if any(run in number for run in runs for number in kept) else None


def proposed_identifiers(space: Space, drawn: Callable[[int], int]) -> Sequence[str]:
    """Give some identifiers, pseudonyms and one with the person's name; `drawn` gives a number below its argument."""
    given, name = (_letters(part) for part in _name_of(space))
    mine = [f"{given}.{name}", f"{given}.{name}{10 + drawn(90)}"] if given and name else []
    pseudonyms = [f"{_two_words(drawn)}{10 + drawn(90)}" for _ in range(3)]
    return [found for found in (*pseudonyms[:2], *mine, pseudonyms[2]) if identifier_fault(space, found) is None]


def _two_words(drawn: Callable[[int], int]) -> str:
    one = drawn(len(_WORDS))
    other = (one + 1 + drawn(len(_WORDS) - 1)) % len(_WORDS)
    return f"{_WORDS[one]}.{_WORDS[other]}"


def _name_of(space: Space) -> tuple[str, str]:
    traits = space.identity.traits
    return traits.given_names[0] if traits.given_names else "", traits.used_name or traits.birth_name


def _letters(name: str) -> str:
    return "".join(sign for sign in folded_name(name).lower() if "a" <= sign <= "z")[:14]
