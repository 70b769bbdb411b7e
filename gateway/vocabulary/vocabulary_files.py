"""Lists of terms in a folder, a file a kind: a line of JSON about the list, then code and label of each term.

A file is replaced whole; who serves reads it again when it changed. It belongs to nobody and is not sealed.
"""

import json
import threading
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from gateway.directory.durable import replace_durably
from gateway.domain.errors import ConfigurationError
from gateway.domain.vocabulary import Term, Vocabulary, VocabularyKind

_NOTHING = Vocabulary(())


class VocabularyFiles:
    """Implements `gateway.ports.vocabulary.Vocabularies`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._read: dict[VocabularyKind, tuple[tuple[int, int], Vocabulary]] = {}

    def has(self, kind: VocabularyKind) -> bool:
        """Say whether there is such a list."""
        return self._file(kind).exists()

    def search(self, kind: VocabularyKind, typed: str, limit: int) -> Sequence[Term]:
        """List the terms that have every typed word."""
        return self._vocabulary(kind).search(typed, limit)

    def term(self, kind: VocabularyKind, code: str) -> Term | None:
        """Give the term of a code."""
        return self._vocabulary(kind).term(code)

    def put(self, kind: VocabularyKind, terms: Sequence[Term], source: str, at: datetime) -> None:
        """Put a list in service in the place of the former one."""
        about = json.dumps({"source": source, "imported": at.isoformat(), "terms": len(terms)}, ensure_ascii=False)
        lines = [about, *(f"{term.code}\t{term.label}" for term in terms)]
        try:
            replace_durably(self._file(kind), "\n".join(lines).encode())
        except OSError as error:
            raise ConfigurationError(f"the list cannot be written to {self._folder}: {error.strerror}") from error

    def _file(self, kind: VocabularyKind) -> Path:
        return self._folder / f"{kind.value}.terms"

    def _vocabulary(self, kind: VocabularyKind) -> Vocabulary:
        try:
            state = self._file(kind).stat()
            mark = (state.st_mtime_ns, state.st_ino)
            with self._lock:
                kept = self._read.get(kind)
                if kept is None or kept[0] != mark:
                    kept = self._read[kind] = (mark, _read(self._file(kind)))
            return kept[1]
        except (OSError, UnicodeDecodeError):
            return _NOTHING  # suggestions are a help: without them everything can still be typed


def _read(file: Path) -> Vocabulary:
    lines = file.read_text(encoding="utf-8").split("\n")[1:]
    pairs = (line.partition("\t") for line in lines)
    return Vocabulary([Term(code, label) for code, _, label in pairs if label])
