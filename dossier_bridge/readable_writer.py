"""A `ReadableText` written piece by piece, within bounds: whatever comes, it stays balanced, short and shallow."""

import re
from collections.abc import Iterable

from gateway.domain.readable import CLOSING, VOID, Opening, ReadableText, TextTag, TextToken

MAX_CHARACTERS = 400_000
MAX_MARKS = 40_000
MAX_OPEN = 40
_T = TextTag
_WORDLESS = frozenset({_T.LIST, _T.NUMBERED, _T.TABLE, _T.HEAD, _T.BODY, _T.FOOT, _T.ROW})
"""Parts in which blanks between others say nothing."""
_BLANKS = re.compile(r"[ \t\r\n]+")


class ReadableWriter:
    """Takes words and marks in reading order; what passes the bounds is left out, and the text says that it is cut."""

    def __init__(self, max_characters: int = MAX_CHARACTERS, max_marks: int = MAX_MARKS) -> None:
        self._tokens: list[TextToken] = []
        self._open: list[TextTag | None] = []
        self._shown = 0
        self._characters = max_characters
        self._marks = max_marks
        self.is_full = False

    def words(self, text: str | None) -> None:
        """Add words; blanks and line ends fold into one blank, as everywhere in markup."""
        if not text or self.is_full or (self._open and self._open[-1] in _WORDLESS and not text.strip()):
            return
        folded = _BLANKS.sub(" ", text)
        self.is_full = len(folded) > self._characters or self._marks <= 0
        kept = folded[: self._characters]
        self._characters -= len(kept)
        self._marks -= 1
        self._tokens.append(kept)

    def open(self, opening: Opening) -> None:
        """Open a part; beyond the bounds its words are kept and its mark is not."""
        is_kept = not self.is_full and self._shown < MAX_OPEN and self._marks > 0
        if is_kept:
            self._marks -= 1
            self._tokens.append(opening)
        self.is_full = self.is_full or self._marks <= 0
        if opening.tag not in VOID:
            self._open.append(opening.tag if is_kept else None)
            self._shown += is_kept

    def close(self) -> None:
        """Close the part opened last."""
        if self._open.pop() is not None:
            self._shown -= 1
            self._tokens.append(CLOSING)

    def part(self, tag: TextTag, text: str) -> None:
        """Add a part that holds words alone."""
        self.open(Opening(tag))
        self.words(text)
        self.close()

    def paragraphs(self, lines: Iterable[str]) -> None:
        """Add plain lines, each a paragraph; empty ones are left out."""
        for line in lines:
            if self.is_full:
                return
            if line.strip():
                self.part(TextTag.PARAGRAPH, line)

    def written(self) -> ReadableText:
        """Give what was written, everything closed."""
        while self._open:
            self.close()
        return ReadableText(tuple(self._tokens), self.is_full)
