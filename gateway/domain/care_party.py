"""Under which names a patient's choices know a professional or an organisation.

A choice is kept under one or more of these names and counts for whoever has any of them, so that a block reaches every
mailbox of the same holder and every face through which they come.
"""

from gateway.domain.address import MailAddress
from gateway.domain.directory import DirectoryEntry, MailboxKind

_MAILBOX, _ORGANISATION = "mail:", "finess:"


def mailbox_name(address: MailAddress) -> str:
    """Name whoever holds a mailbox, as long as no directory says who that is."""
    return f"{_MAILBOX}{str(address).lower()}"


def mailboxes_of(names: frozenset[str]) -> frozenset[str]:
    """Give the addresses of the mailboxes among some names, in lower case."""
    return frozenset(name.removeprefix(_MAILBOX) for name in names if name.startswith(_MAILBOX))


def person_name(rpps: str) -> str:
    """Name a person by their RPPS (11 digits)."""
    return f"rpps:{rpps.lower()}"


def organisation_name(identifier: str) -> str:
    """Name an organisation by its FINESS or other structure identifier (STD §3.3)."""
    return f"{_ORGANISATION}{identifier.lower()}"


def own_names(names: frozenset[str]) -> frozenset[str]:
    """Give the names of a person that are no colleague's: without the organisation in which they practise."""
    return frozenset(name for name in names if not name.startswith(_ORGANISATION))


def names_of(entry: DirectoryEntry) -> frozenset[str]:
    """Give every name of the holder of a mailbox: the mailbox, and the person or the organisation behind it."""
    names = {mailbox_name(entry.address)}
    if entry.identifier:
        is_person = entry.kind is MailboxKind.PERSON
        names.add(person_name(entry.identifier) if is_person else organisation_name(entry.identifier))
    return frozenset(names)
