"""Read the directory's bulk extraction: one mailbox a line, fields separated by `|` (STD §1.10). Streaming.

Columns go by name, compared without case, accents and apostrophes; unknown ones are ignored and missing
optional ones read as empty. A malformed line is left out and told as a fault. Nothing here is kept in
memory but the line being read.
"""

import re
from collections.abc import Iterator
from operator import itemgetter
from typing import BinaryIO, NamedTuple

from gateway.directory.faults import Faults
from gateway.domain.address import MailAddress
from gateway.domain.directory import DirectoryEntry, MailboxKind
from gateway.domain.errors import InvalidValue, MalformedContent
from gateway.domain.identity import folded_name

MAX_LINE = 64 << 10


class _Row(NamedTuple):
    kind: str
    address: str
    national: str
    own: str
    structure: str
    civility: str
    family: str
    given: str
    profession: str
    speciality: str
    company: str
    brand: str
    service: str
    city: str
    postal: str
    red: str


# Same order as the fields of `_Row`; the first two are mandatory.
_COLUMNS = (
    "Type de BAL", "Adresse BAL", "Identification nationale PP", "Identifiant PP", "Identification structure",
    "Civilité Exercice", "Nom d'exercice", "Prénom d'exercice", "Libellé profession", "Libellé savoir-faire",
    "Raison sociale structure BAL", "Enseigne commerciale structure BAL", "Service de rattachement",
    "Commune structure BAL", "Code postal structure BAL", "Liste rouge",
)  # fmt: skip
# What is said of every physician; the nomenclature gives codes or labels (R).
_CIVILITIES = {"DR": "Dr", "DOCTEUR": "Dr", "PR": "Pr", "PROFESSEUR": "Pr", "MC": "Dr", "PG": "Pr"}
_YES = frozenset({"1", "O", "OUI", "TRUE", "VRAI", "Y", "YES"})
_KINDS = {kind.value: kind for kind in MailboxKind}
# Controls and direction marks have no place in a name that people are shown.
_INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


class Extraction:
    """Iterate once over the mailboxes of one extraction file; what is left out is in `faults`."""

    def __init__(self, stream: BinaryIO) -> None:
        """Read the line that names the columns.

        Raises:
            MalformedContent: the file is empty, not UTF-8, or lacks a mandatory column.
        """
        self.faults = Faults()
        self._stream = stream
        header = stream.readline(MAX_LINE).removeprefix(b"\xef\xbb\xbf")
        try:
            names = [folded_name(name) for name in header.decode().split("|")]
        except UnicodeDecodeError as error:
            raise MalformedContent("line 1: not UTF-8; give the extraction as it was published") from error
        missing = [name for name in _COLUMNS[:2] if folded_name(name) not in names]
        if missing:
            raise MalformedContent(
                f"line 1: column « {missing[0]} » is missing; the first line must name the columns, separated by |"
            )
        self._width = len(names) - (not names[-1])  # some tools end every line with a separator
        places = {name: place for place, name in reversed(list(enumerate(names)))}
        # A missing column is read from the empty field that `_fields` puts after the last one.
        self._pick = itemgetter(*(places.get(folded_name(name), self._width) for name in _COLUMNS))

    def __iter__(self) -> Iterator[DirectoryEntry]:
        """Give each mailbox of the file in turn."""
        for number, line in self._lines():
            try:
                yield self._entry(line)
            except InvalidValue as error:
                self.faults.add(number, str(error))

    def _lines(self) -> Iterator[tuple[int, bytes]]:
        number = 1
        while line := self._stream.readline(MAX_LINE):
            number += 1
            if len(line) == MAX_LINE and not line.endswith(b"\n"):
                self.faults.add(number, f"longer than {MAX_LINE} octets")
                while (rest := self._stream.readline(MAX_LINE)) and not rest.endswith(b"\n"):
                    pass
            elif not line.isspace():
                yield number, line

    def _entry(self, line: bytes) -> DirectoryEntry:
        row = _Row._make(map(str.strip, self._pick(_fields(line, self._width))))
        kind = _KINDS.get(row.kind.upper())
        if kind is None:
            raise InvalidValue("Type de BAL is none of PER, ORG, APP, CAB")
        address = MailAddress.parse(row.address)
        organisation = row.brand or row.company
        if kind is MailboxKind.PERSON:
            identifier, name, structure = row.national or row.own, _person(row), row.structure
        else:
            structure, identifier, name = "", row.structure, " – ".join(filter(None, (organisation, row.service)))
        return DirectoryEntry(
            address=address,
            kind=kind,
            identifier=identifier,
            name=name or str(address),
            family_name=row.family,
            given_name=row.given,
            profession=row.profession,
            speciality=row.speciality,
            organisation=organisation,
            city=row.city,
            postal_code=row.postal,
            organisation_id=structure,
            red_listed=row.red.upper() in _YES,
        )


def _fields(line: bytes, width: int) -> list[str]:
    try:
        text = line.decode().rstrip("\r\n").replace("\t", " ")
    except UnicodeDecodeError as error:
        raise InvalidValue("not UTF-8") from error
    if _INVISIBLE.search(text):
        raise InvalidValue("holds control or invisible characters")
    fields = text.split("|")
    # A separator inside a value shifts every column after it: nothing of such a line can be believed.
    if len(fields) == width:
        fields.append("")
    elif len(fields) != width + 1 or fields[-1]:
        raise InvalidValue(f"{len(fields)} fields where {width} columns are named")
    return fields


def _person(row: _Row) -> str:
    title = _CIVILITIES.get(folded_name(row.civility), "")
    return " ".join(filter(None, (title, _spelled(row.given), _spelled(row.family))))


def _spelled(name: str) -> str:
    # Published in capitals; « Jean-Pierre d'Artagnan » written otherwise is left as it is.
    return name.title() if name.isupper() else name
