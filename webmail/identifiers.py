"""Opaque identifiers, made of ``A–Z a–z 0–9 . _ -`` (80 at most): they go into addresses of pages."""

from typing import NewType

ConversationId = NewType("ConversationId", str)
MessageRef = NewType("MessageRef", str)
DocumentId = NewType("DocumentId", str)
ContactId = NewType("ContactId", str)
