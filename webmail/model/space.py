"""The space as a whole: first page, badges."""

from dataclasses import dataclass

from webmail.model.documents import DocumentSummary
from webmail.model.messages import ConversationSummary


@dataclass(frozen=True, slots=True)
class Pulse:
    """The state that every page shows: badges, and a revision that only grows.

    A page reads its pulse before its content, then asks for changes after that revision: nothing that
    happens in between is missed.
    """

    revision: int
    unread: int
    new_documents: int


@dataclass(frozen=True, slots=True, repr=False)
class Home:
    """The first page: last conversations and last documents, a handful of each."""

    conversations: tuple[ConversationSummary, ...]
    documents: tuple[DocumentSummary, ...]
