"""What the first page shows."""

from dataclasses import dataclass

from webmail.documents.model import DocumentSummary
from webmail.messages.model import ConversationSummary


@dataclass(frozen=True, slots=True, repr=False)
class Home:
    """The first page: last conversations and last documents, a handful of each; whether questions are offered (F29)."""

    conversations: tuple[ConversationSummary, ...]
    documents: tuple[DocumentSummary, ...]
    is_first_visit: bool = False
