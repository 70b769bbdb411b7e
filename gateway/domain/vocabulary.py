"""Lists of terms that suggest what to type: illnesses, medicines; read from the files that their publishers give.

A term is never required: free text always stands. Copies no list; operators import theirs.
"""

import csv
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from re import ASCII
from re import compile as compiled

from gateway.domain.errors import MalformedContent

MOST_TERMS, LONGEST_LABEL, LONGEST_SEARCH = 300_000, 200, 100
_CIM_10 = r"[A-Z][0-9]{2}(?:\.?[0-9A-Z+*-]{1,6})?"
_CIM_11 = r"[0-9A-Z][A-Z][0-9][0-9A-Z]{1,3}(?:\.[0-9A-Z]{1,3})?"
"""A stem code such as 8A80.Z, or an extension such as XN8P1; a cluster joins some (ICD-11 Reference Guide §2)."""
_CIM = compiled(rf"{_CIM_10}|{_CIM_11}(?:[&/]{_CIM_11}){{0,4}}", ASCII)
_TITLES = {"title", "titre", "libelle", "label"}
"""Headings of the column that has the words; in a file without them the longest cell has."""
_DASHES = compiled(r"^(?:- *)+")
"""Before a title of ICD-11 as it is published: how deep it stands."""
_CIS = compiled(r"[0-9]{8}", ASCII)


class VocabularyKind(Enum):
    """What a list is of; the values stand in fields of the profile (`gateway.domain.profile_fields.Field.terms`)."""

    ILLNESSES = "maladies"
    MEDICINES = "medicaments"


@dataclass(frozen=True, slots=True)
class Term:
    """One entry of a list."""

    code: str
    label: str


class Vocabulary:
    """A list of terms, searched by words without accents."""

    def __init__(self, terms: Sequence[Term]) -> None:
        self._terms = terms
        self._folded = [folded_term(term.label) for term in terms]
        self._by_code = {term.code: term for term in terms}

    def term(self, code: str) -> Term | None:
        """Give the term of a code."""
        return self._by_code.get(code)

    def search(self, typed: str, limit: int) -> Sequence[Term]:
        """List terms that have every typed word; those that begin with the first come first, short before long."""
        words = folded_term(typed[:LONGEST_SEARCH]).split()
        if not words:
            return ()
        found = [at for at, label in enumerate(self._folded) if all(word in label for word in words)]
        found.sort(key=lambda at: (not self._folded[at].startswith(words[0]), len(self._folded[at]), at))
        return [self._terms[at] for at in found[:limit]]


def folded_term(text: str) -> str:
    """Fold a text for search: small letters, no accents, one blank between words."""
    plain = unicodedata.normalize("NFKD", text.casefold()).replace("œ", "oe")
    return " ".join("".join(sign for sign in plain if not unicodedata.combining(sign)).split())


def read_terms_of(kind: VocabularyKind, data: bytes) -> Sequence[Term]:
    """Read a publisher's file: CIM-10 or CIM-11 as CSV, with any usual separator, or ``CIS_bdpm.txt`` of the BDPM.

    Lines that hold no term, such as a heading, are left out; of a code that stands twice the first counts.

    Raises:
        MalformedContent: there is no term in it, or far too many.
    """
    rows = _medicines(data) if kind is VocabularyKind.MEDICINES else _illnesses(data)
    found: dict[str, Term] = {}
    for term in rows:
        found.setdefault(term.code, term)
        if len(found) > MOST_TERMS:
            raise MalformedContent(f"more than {MOST_TERMS} terms")
    if not found:
        raise MalformedContent("no line of it is a term of this kind")
    return tuple(found.values())


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _label(text: str) -> str:
    return " ".join(text.split())[:LONGEST_LABEL]


def _medicines(data: bytes) -> Iterator[Term]:
    for line in _text(data).split("\n"):
        cells = line.split("\t")
        if len(cells) > 1 and _CIS.fullmatch(cells[0].strip()) and (label := _label(cells[1])):
            yield Term(cells[0].strip(), label)


def _illnesses(data: bytes) -> Iterator[Term]:
    text = _text(data).replace("\0", "")
    head = text[:2_000]
    separator = max(";|\t,", key=head.count)
    titles: int | None = None
    try:
        for row in csv.reader(text.splitlines(), delimiter=separator):
            cells = [cell.strip() for cell in row]
            if titles is None:
                titles = next((at for at, cell in enumerate(cells) if folded_term(cell) in _TITLES), -1)
            code = next((cell for cell in cells if _CIM.fullmatch(cell)), "")
            words = cells[titles : titles + 1] if titles >= 0 else [cell for cell in cells if cell != code]
            label = _label(_DASHES.sub("", max(words, key=len, default=""), count=1))
            if code and label:
                yield Term(code, label)
    except csv.Error as error:
        raise MalformedContent("a line of it is no CSV") from error
