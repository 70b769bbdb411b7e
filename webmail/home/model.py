"""What the first page shows."""

from dataclasses import dataclass

from webmail.messages.model import ConversationSummary
from webmail.shown_documents import DocumentSummary


@dataclass(frozen=True, slots=True, repr=False)
class Home:
    """The first page: last conversations and last documents, a handful of each; whether questions are offered (F29)."""

    conversations: tuple[ConversationSummary, ...]
    documents: tuple[DocumentSummary, ...]
    is_first_visit: bool = False
