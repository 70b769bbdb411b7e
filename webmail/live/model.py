"""The state that every page shows: badges, and a revision."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pulse:
    """The state that every page shows: badges, and a revision that only grows.

    A page reads its pulse before its content, then asks for changes after that revision: nothing that
    happens in between is missed.
    """

    revision: int
    unread: int
    new_documents: int
