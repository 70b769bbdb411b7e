"""A professional or an organisation that has come into contact with a patient (F78)."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class ContactWay(Enum):
    """How somebody came into contact first."""

    MESSAGE = "message"
    DOCUMENT = "document"
    ACCESS = "access"

    @classmethod
    def stored(cls, value: str) -> "ContactWay":
        """Read a stored one; what a later version wrote is a message."""
        return cls(value) if value in {one.value for one in cls} else cls.MESSAGE


def main_of(names: frozenset[str]) -> str:
    """Give the name by which there is one of somebody: the holder's, else the mailbox's."""
    return min(names, key=lambda name: (name.startswith("mail:"), name))


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CareContact:
    """Somebody in contact; `names` are those under which choices know them (`gateway.domain.care_party`)."""

    names: frozenset[str]
    label: str
    detail: str = ""
    since: datetime
    way: ContactWay = ContactWay.MESSAGE

    @property
    def main_name(self) -> str:
        """Give the name by which there is one of them: the holder's, else the mailbox's."""
        return main_of(self.names)

    def __repr__(self) -> str:
        """Hide the pair: representations end up in logs."""
        return f"CareContact({self.way.value})"
