"""Under which names a patient's choices know a professional or an organisation.

A choice is kept under one or more of these names and counts for whoever has any of them, so that a block reaches every
mailbox of the same holder and every face through which they come.
"""

from gateway.domain.address import MailAddress
from gateway.domain.directory import DirectoryEntry, MailboxKind

_MAILBOX, _ORGANISATION, _PERSON = "mail:", "finess:", "rpps:"


def mailbox_name(address: MailAddress) -> str:
    """Name whoever holds a mailbox, as long as no directory says who that is."""
    return f"{_MAILBOX}{str(address).lower()}"


def mailboxes_of(names: frozenset[str]) -> frozenset[str]:
    """Give the addresses of the mailboxes among some names, in lower case."""
    return frozenset(name.removeprefix(_MAILBOX) for name in names if name.startswith(_MAILBOX))


def person_name(rpps: str) -> str:
    """Name a person by their RPPS (11 digits)."""
    return f"{_PERSON}{rpps.lower()}"


def organisation_name(identifier: str) -> str:
    """Name an organisation by its FINESS or SIRET, with its digit of kind or without (STD §3.3)."""
    return f"{_ORGANISATION}{structure_number(identifier).lower()}"


def issuer_name(issuer: str) -> str:
    """Name the organisation that answers for what was sent (`DirectoryEntry.issuer`); empty for none."""
    return organisation_name(issuer.removeprefix(_ORGANISATION)) if issuer else ""


def structure_number(identifier: str) -> str:
    """Give the number of a structure alone: of 1 and a FINESS its 9 characters, of 3 and a SIRET its 14 digits."""
    kind = identifier[:1], len(identifier)
    return identifier[1:] if kind in {("1", 10), ("3", 15)} else identifier


def own_names(names: frozenset[str]) -> frozenset[str]:
    """Give the names of a person that are no colleague's: without the organisation in which they practise."""
    return frozenset(name for name in names if not name.startswith(_ORGANISATION))


def person_names(names: frozenset[str]) -> frozenset[str]:
    """Give the names by which a person is known for sure, whatever mailbox they use: their RPPS."""
    return frozenset(name for name in names if name.startswith(_PERSON))


def acting_names_of(entry: DirectoryEntry) -> frozenset[str]:
    """Give the names under which choices reach the holder of a mailbox: their own, and the organisation of a person.

    A choice that is made for this holder is kept under `names_of` them: it is no colleague's.
    """
    structure = {organisation_name(entry.organisation_id)} if entry.organisation_id else set()
    return names_of(entry) | structure


def names_of(entry: DirectoryEntry) -> frozenset[str]:
    """Give the own names of the holder of a mailbox: the mailbox, and the person or the organisation behind it."""
    names = {mailbox_name(entry.address)}
    if entry.identifier:
        is_person = entry.kind is MailboxKind.PERSON
        names.add(person_name(entry.identifier) if is_person else organisation_name(entry.identifier))
    return frozenset(names)
