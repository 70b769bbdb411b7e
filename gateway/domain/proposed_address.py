"""Addresses proposed for a person: ``prenom.nom``, then ``prenom.nom2`` for a homonym (F65).

Accents go, spaces become hyphens, apostrophes go: « Jean Luc », « d'Été de La Tour » give ``jean-luc.dete-de-la-tour``.
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import count

from gateway.domain.errors import InvalidValue

_TITLE = re.compile(
    r"(?:dr|pr|docteure?|professeure?|me|mr?|mme|mlle|monsieur|madame)\.?", re.IGNORECASE
)
_MAX_LOCAL, _MAX_NAME = 64, 200
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "’": "'", "‐": "-"})


def names_of(shown: str) -> tuple[str, str]:
    """Split a name as patients read it into given and family name: the first word, and the others.

    Titles at its beginning are left out. A compound given name without a hyphen is not told: whoever has one says so.
    """
    words = shown[:_MAX_NAME].split()
    while len(words) > 1 and _TITLE.fullmatch(words[0]):
        del words[0]
    return (words[0] if words else ""), " ".join(words[1:])


def proposals(given_name: str, family_name: str) -> Iterator[str]:
    """Give local parts of addresses, the best first, without end.

    Raises:
        InvalidValue: a name is empty, or has no Latin letters.
    """
    given, family = _ascii(given_name), _ascii(family_name)
    if not (given and family):
        raise InvalidValue("no address can be made of this name: give the address, or both names in Latin letters")
    stem = f"{given[:30].rstrip('-')}.{family[:30].rstrip('-')}"
    yield stem
    for number in count(2):
        yield f"{stem}{number}"[:_MAX_LOCAL]


def _ascii(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name[:_MAX_NAME].lower().translate(_LETTERS))
    letters = "".join(letter for letter in plain if letter.isascii() and (letter.isalnum() or letter in " -_/."))
    return "-".join(re.split(r"[^a-z0-9]+", letters)).strip("-")
