"""Lists of terms that an operator imported."""

from collections.abc import Sequence
from typing import Protocol

from gateway.domain.vocabulary import Term, VocabularyKind


class Vocabularies(Protocol):
    """Searches lists; blocking, so it is asked off the loop. A list that was never imported is empty."""

    def has(self, kind: VocabularyKind) -> bool:
        """Say whether there is such a list."""
        ...

    def search(self, kind: VocabularyKind, typed: str, limit: int) -> Sequence[Term]:
        """List the terms that have every typed word."""
        ...

    def term(self, kind: VocabularyKind, code: str) -> Term | None:
        """Give the term of a code."""
        ...
