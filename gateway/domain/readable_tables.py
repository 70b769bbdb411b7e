"""Which tables of a readable text are wide, and how each of their cells is called: on a phone a row becomes a card.

A cell is called by its column only where that is certain: one row of heads, and a row that fills it cell by cell.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gateway.domain.readable import VOID, Closing, Opening, TextTag, TextToken

WIDE = 4
_MAX_NAME = 60
_PARTS = (TextTag.HEAD, TextTag.BODY, TextTag.FOOT)
_CELLS = (TextTag.CELL, TextTag.HEADER)


@dataclass(slots=True)
class _Table:
    """What is found of a table: its heads with the columns they stand over, and the places of cells, row by row."""

    heads: list[tuple[str, int]] = field(default_factory=list)
    head_rows: int = 0
    rows: list[list[int]] = field(default_factory=list)
    is_head: bool = False
    is_plain: bool = True

    def open(self, token: Opening, place: int) -> None:
        """Take the beginning of a part."""
        if token.tag is TextTag.TABLE or token.span[1] > 1:
            self.is_plain = False
        elif token.tag is TextTag.LINE_BREAK:
            self.words(" ")
        elif token.tag in _PARTS:
            self.is_head = token.tag is TextTag.HEAD
        elif token.tag is TextTag.ROW:
            self.head_rows += self.is_head
            self.rows.append([])
        elif token.tag in _CELLS and self.is_head:
            self.heads.append(("", token.span[0]))
        elif token.tag in _CELLS and self.rows:
            # A cell over several columns keeps its row from being filled.
            self.rows[-1] += [place] * (1 if token.span[0] == 1 else 0)

    def words(self, text: str) -> None:
        """Take words; those of heads are names."""
        if self.is_head and self.heads:
            name, columns = self.heads[-1]
            # Repeated in every row: kept short, whatever comes.
            self.heads[-1] = ((name + text[:_MAX_NAME])[:_MAX_NAME], columns)

    @property
    def columns(self) -> list[str]:
        """Give the name of every column."""
        return [" ".join(name.split()) for name, columns in self.heads for _ in range(columns)]


def names_of_cells(tokens: Sequence[TextToken], at: int) -> Mapping[int, str]:
    """Name the cells of the table that opens at a place, by where they open; none when it is narrow, or not plain."""
    table, depth = _Table(), 1
    for place in range(at + 1, len(tokens)):
        token = tokens[place]
        if isinstance(token, str):
            table.words(token)
        elif isinstance(token, Closing):
            depth -= 1
        else:
            depth += token.tag not in VOID
            table.open(token, place)
        if not depth or not table.is_plain:
            break
    columns = table.columns
    if not table.is_plain or table.head_rows != 1 or len(columns) < WIDE:
        return {}
    return {
        place: name
        for row in table.rows
        if len(row) == len(columns)
        for place, name in zip(row, columns, strict=True)
    }
