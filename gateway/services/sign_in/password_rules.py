"""Which passwords patients may choose (F18): long, no word of their own, not soon guessed; the reason is told.

Any twelve characters will do, no kind of sign is asked for: a phrase is as good as a jumble. How soon one is guessed
is estimated by `zxcvbn`, with French words and names, rows of a French keyboard, and the person's own data.
A space that is opened by a passkey needs no password: nothing here says that there must be one.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from enum import Enum
from functools import cache
from importlib.resources import files

from gateway.domain.account import Space
from gateway.domain.identity import BirthDate

MIN_CHARACTERS, MAX_CHARACTERS = 12, 1000
GUESSES = 10**10
"""What must not suffice: half a year at 500 guesses a second, which no door here lets through."""
_MEASURED = 32
"""Whoever types more has enough; the estimate takes longer than its text grows."""
_SWAPPED = str.maketrans("4@8({[<369&#!1/|0$5+7%2", "aabccccegghhiiilossttxz")
_MANY_SWAPPED = 3
"""With more of these signs the estimate tries thousands of ways to read them: they are then read in two."""
_SIGNS = str.maketrans(dict.fromkeys("@({[<&#!|$+%", "."))
_LEAST_PERSONAL = 4
_WORDS = re.compile(r"[^\W_]+")


class PasswordFault(Enum):
    """Why a password is refused."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    PERSONAL = "personal"
    COMMON = "common"
    KEYBOARD = "keyboard"
    REPEATED = "repeated"
    SEQUENCE = "sequence"
    DATE = "date"


_FAULT_OF = {
    "dictionary": PasswordFault.COMMON,
    "spatial": PasswordFault.KEYBOARD,
    "repeat": PasswordFault.REPEATED,
    "sequence": PasswordFault.SEQUENCE,
    "regex": PasswordFault.DATE,
    "date": PasswordFault.DATE,
}


def password_fault(password: str, personal: Sequence[str]) -> PasswordFault | None:
    """Give what is wrong with a password; `personal` are words that it may not hold (`personal_words`).

    Takes some milliseconds, and the first time a tenth of a second: call it in `Store.aside`.
    """
    if len(password) < MIN_CHARACTERS:
        return PasswordFault.TOO_SHORT
    if len(password) > MAX_CHARACTERS:
        return PasswordFault.TOO_LONG
    plain = _plain(password)
    words = {_compact(word) for word in personal}
    compact = _compact(plain)
    if any(len(word) >= _LEAST_PERSONAL and word in compact for word in words):
        return PasswordFault.PERSONAL
    return _soon_guessed(sorted(words - {""}), plain[:_MEASURED])


def personal_words(space: Space, identifier: str = "") -> Sequence[str]:
    """Give what a person's password may not hold: names, birth date, number, card, contact, identifier."""
    identity, traits, postal = space.identity, space.identity.traits, space.postal
    named = (*traits.given_names, traits.birth_name, traits.used_name, space.email.partition("@")[0], postal.city)
    words = [word for name in named for word in (name, *_WORDS.findall(name))]
    number = identity.ins.value
    numbers = [number, number[:13], number[:7], number[5:13], *space.card_serials]
    phone = "".join(filter(str.isdigit, space.phone))[-9:]
    dates = _dates(traits.birth_date) if traits.birth_date else ()
    return [word for word in (*words, *numbers, phone, *dates, identifier or space.identifier) if word]


def _dates(born: BirthDate) -> Sequence[str]:
    if not born.day:
        return ()
    year, day = f"{born.year:04}", f"{born.day:02}{born.month:02}"
    return day + year, day + year[2:], f"{year}{born.month:02}{born.day:02}"


def _soon_guessed(personal: Sequence[str], plain: str) -> PasswordFault | None:
    # Imported here: its lists take 17 MiB, which a process that serves no pages need not have.
    from zxcvbn import matching, scoring

    # Not by its own entry, which keeps what it was given where other threads find it.
    dictionaries = matching.RANKED_DICTIONARIES | _french() | {"personal": matching.build_ranked_dict(personal)}
    many = sum(chr(sign) in plain for sign in _SWAPPED) > _MANY_SWAPPED
    for text in (plain.translate(_SIGNS), plain.translate(_SWAPPED)) if many else (plain,):
        found = scoring.most_guessable_match_sequence(text, matching.omnimatch(text, dictionaries))
        if found["guesses"] < GUESSES:
            longest = max(found["sequence"], key=lambda match: len(match["token"]))
            return _FAULT_OF.get(longest["pattern"], PasswordFault.COMMON)
    return None


@cache
def _french() -> Mapping[str, Mapping[str, int]]:
    text = files("gateway.services.sign_in").joinpath("french_words.txt").read_text("utf-8")
    return {"french": {word: rank for rank, word in enumerate(dict.fromkeys(text.split()), 1)}}


def _plain(text: str) -> str:
    """Give a text in small letters without accents, as lists of words have them."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(sign))


def _compact(text: str) -> str:
    return "".join(filter(str.isalnum, _plain(text)))
