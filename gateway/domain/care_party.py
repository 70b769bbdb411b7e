"""Under which names a patient's choices know a professional or an organisation.

A choice is kept under one or more of these names and counts for whoever has any of them, so that a block reaches every
mailbox of the same holder and every face through which they come.
"""

from gateway.domain.address import MailAddress
from gateway.domain.directory import DirectoryEntry, MailboxKind


def mailbox_name(address: MailAddress) -> str:
    """Name whoever holds a mailbox, as long as no directory says who that is."""
    return f"mail:{str(address).lower()}"


def person_name(rpps: str) -> str:
    """Name a person by their RPPS (11 digits)."""
    return f"rpps:{rpps.lower()}"


def organisation_name(identifier: str) -> str:
    """Name an organisation by its FINESS or other structure identifier (STD §3.3)."""
    return f"finess:{identifier.lower()}"


def names_of(entry: DirectoryEntry) -> frozenset[str]:
    """Give every name of the holder of a mailbox: the mailbox, and the person or the organisation behind it."""
    names = {mailbox_name(entry.address)}
    if entry.identifier:
        is_person = entry.kind is MailboxKind.PERSON
        names.add(person_name(entry.identifier) if is_person else organisation_name(entry.identifier))
    return frozenset(names)
