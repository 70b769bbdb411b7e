"""Professionals at the console, as values: who a certificate or a provider vouches for, and how they may come in.

A professional of the console is the holder of a mailbox of this gateway: the patient's choices, the reading budget and
the trace know them by it. Whether its sign-ins still stand is asked at every page, elsewhere.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import Enum

from gateway.domain.address import MailAddress
from gateway.domain.care_party import structure_number
from gateway.domain.directory import DirectoryEntry
from gateway.domain.distinguished_name import DistinguishedName
from gateway.domain.errors import InvalidValue

FACE = "pro"
"""What such a sign-in and its sessions are called."""
_RPPS = re.compile(r"8[0-9]{11}")
_COMMON_NAME = "cn"


class EntryWay(Enum):
    """By what a professional has shown who they are."""

    CERTIFICATE = "certificate"
    PROVIDER = "provider"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ConsoleEntry:
    """One way in for somebody who has shown who they are: a mailbox, and in what capacity they act.

    Attributes:
        way: value of `EntryWay`.
        address: the mailbox whose holder acts, or for whose holder a delegate does.
        name: the holder, as patients read it.
        identifier: RPPS as the directory writes it, 8 and 11 digits.
        profession: in words.
        profession_code: of the directory (TRE_G15); empty when it is not known.
        organisation: where they practise; empty when it is not known.
        organisation_id: FINESS or SIRET of it, as their exercise or the directory says.
        place: town of practice; empty when it is not known.
        delegate: who acts under the holder's responsibility; empty when it is the holder.
        key: fingerprint of the bound certificate in hexadecimal digits; empty for a card, and for the other way.
        logout: where one signs out at the provider; empty when there is no such place.
        ended_before: how often the mailbox's sign-ins had been ended.
    """

    way: str
    address: str
    name: str
    identifier: str = ""
    profession: str = ""
    profession_code: str = ""
    organisation: str = ""
    organisation_id: str = ""
    place: str = ""
    delegate: str = ""
    key: str = ""
    logout: str = ""
    ended_before: str = "0"

    @property
    def detail(self) -> str:
        """Give profession and place in one line, as far as they are known."""
        return " · ".join(part for part in (self.profession, self.organisation or self.place) if part)

    @property
    def mailbox(self) -> MailAddress:
        """Give the mailbox. Raises `InvalidValue`."""
        return MailAddress.parse(self.address)

    @property
    def words(self) -> dict[str, str]:
        """Give it as words by their names, as a session keeps them."""
        return {name: value for name, value in asdict(self).items() if value}

    def __repr__(self) -> str:
        """Hide the person."""
        return f"ConsoleEntry({self.way})"


def entry_of_words(words: Mapping[str, str]) -> ConsoleEntry:
    """Read what `ConsoleEntry.words` gave; later names are passed over. Raises `InvalidValue`."""
    known = {field.name for field in fields(ConsoleEntry)}
    try:
        return ConsoleEntry(**{name: value for name, value in words.items() if name in known})
    except TypeError as error:
        raise InvalidValue("no entry of the console") from error


def entry_by_certificate(holder: DirectoryEntry, key: str, ended: int, delegate: str = "") -> ConsoleEntry:
    """Say how the holder of a mailbox comes in by a certificate."""
    return ConsoleEntry(
        way=EntryWay.CERTIFICATE.value,
        address=str(holder.address),
        name=holder.name,
        identifier=holder.identifier,
        profession=holder.profession,
        organisation=holder.organisation,
        organisation_id=structure_number(holder.organisation_id),
        place=holder.city,
        delegate=delegate,
        key=key,
        ended_before=str(ended),
    )


def card_number(name: DistinguishedName) -> str:
    """Give the number of a professional whose card it is (CPS): the common name is 8 and the RPPS; else nothing."""
    values = [value for rdn in name.rdns for kind, value in rdn if kind == _COMMON_NAME]
    return values[0] if len(values) == 1 and _RPPS.fullmatch(values[0]) else ""
