"""The state that every page shows: badges, and a revision."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pulse:
    """The state that every page shows: badges, and a revision that is another one after every change.

    What is taken away changes it as well, so revisions have no order. A page reads its pulse before its content,
    then asks for changes since that revision: nothing that happens in between is missed.
    """

    revision: int
    unread: int
    new_documents: int
