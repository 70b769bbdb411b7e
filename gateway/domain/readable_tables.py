"""Which tables of a readable text are wide, and how each of their cells is called: on a phone a row becomes a card.

A cell is called by the heads over its column only where that is certain: in a row that is filled from end to end. What
a cell says for several rows (« Antibiogramme ») is said again in each of their cards. Cells and rows that
hold nothing but dots, as reports of laboratories have them, are noted: a card leaves them out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from gateway.domain.readable import VOID, Closing, Opening, TextTag, TextToken

WIDE = 4
_MOST_COLUMNS = 30
_FEW_LETTERS = 36
"""What fits beside each other on a phone: the longest word of each column, and three letters for its edges."""
MANY_LETTERS, TOO_MANY_LETTERS = 90, 120
"""What fits a screen or a sheet of paper only in small letters, and what fits none."""
_MAX_NAME = 60
_PARTS = (TextTag.HEAD, TextTag.BODY, TextTag.FOOT)
_CELLS = (TextTag.CELL, TextTag.HEADER)
_FILLERS = " .…_"
_LONGEST_UNBROKEN = 24


@dataclass(frozen=True, slots=True)
class TableShape:
    """How a table is shown where there is little room; the keys are the places of its tokens.

    Attributes:
        names: what each cell is called; none where the table is narrow.
        blank: cells and rows without anything to read.
        titles: rows of heads that are one cell, as wide as the table.
        letters: how many stand beside each other at least.
    """

    names: Mapping[int, str] = field(default_factory=dict)
    blank: frozenset[int] = frozenset()
    titles: frozenset[int] = frozenset()
    letters: int = 0


_AS_IT_IS = TableShape()


@dataclass(slots=True)
class _Cell:
    place: int
    columns: int
    rows: int
    words: str = ""
    longest: int = 0
    is_blank: bool = True

    def take(self, text: str) -> None:
        """Take words; what is repeated elsewhere is kept short, whatever comes."""
        self.is_blank = self.is_blank and not text.strip(_FILLERS + "\n\t\u00a0")
        self.longest = max(self.longest, min(max(map(len, text.split()), default=0), _LONGEST_UNBROKEN))
        self.words = (self.words + text[:_MAX_NAME])[:_MAX_NAME]

    @property
    def name(self) -> str:
        name = " ".join(self.words.split())
        return name.rstrip(_FILLERS) if name.endswith(("..", "…")) else name


@dataclass(slots=True)
class _Row:
    place: int
    is_head: bool
    cells: list[_Cell] = field(default_factory=list)
    laid: list[tuple[int, _Cell]] = field(default_factory=list)
    carried: list[_Cell] = field(default_factory=list)
    is_full: bool = False


class _Table:
    """The rows of one table, laid out column by column."""

    def __init__(self) -> None:
        self.rows: list[_Row] = []
        self.is_plain = True
        self._is_head = False
        self._cell: _Cell | None = None

    def open(self, token: Opening, place: int) -> None:
        """Take the beginning of a part."""
        if token.tag is TextTag.TABLE or (token.tag in _CELLS and not self.rows):
            self.is_plain = False
        elif token.tag is TextTag.LINE_BREAK:
            self.words(" ")
        elif token.tag is TextTag.FILE and self._cell:
            self._cell.is_blank = False
        elif token.tag in _PARTS:
            self._is_head = token.tag is TextTag.HEAD
        elif token.tag is TextTag.ROW:
            self._cell = None
            self.rows.append(_Row(place, self._is_head))
        elif token.tag in _CELLS:
            self._cell = _Cell(place, *token.span)
            self.rows[-1].cells.append(self._cell)

    def words(self, text: str) -> None:
        """Take words of the cell that is open."""
        if self._cell:
            self._cell.take(text)

    @property
    def columns(self) -> int:
        """Count the columns: as many as the fullest row of cells has."""
        return max((sum(cell.columns for cell in row.cells) for row in self.rows), default=0)

    def lay_out(self, columns: int) -> None:
        """Say where each cell stands, those that are said for several rows included."""
        until: dict[int, tuple[int, _Cell]] = {}
        for number, row in enumerate(self.rows):
            at = 0
            for cell in row.cells:
                while at in until and until[at][0] > number:
                    at += 1
                row.laid.append((at, cell))
                if cell.rows > 1:
                    until |= dict.fromkeys(range(at, min(at + cell.columns, columns)), (number + cell.rows, cell))
                at += cell.columns
            own = {cell.place for cell in row.cells}
            held = {column: cell for column, (end, cell) in until.items() if end > number and cell.place not in own}
            row.carried = list({cell.place: cell for cell in held.values()}.values())
            row.is_full = len(held) + sum(cell.columns for cell in row.cells) == columns


def shape_of(tokens: Sequence[TextToken], at: int) -> TableShape:
    """Look at the table that opens at a place."""
    table = _read(tokens, at)
    columns = table.columns
    heads = [row for row in table.rows if row.is_head]
    if not table.is_plain or not heads or not 1 < columns <= _MOST_COLUMNS:
        return _AS_IT_IS
    table.lay_out(columns)
    letters = _letters(table.rows, columns)
    if columns < WIDE and letters <= _FEW_LETTERS:
        return _AS_IT_IS
    titles = frozenset(row.place for row in heads if len(row.cells) == 1 and row.cells[0].columns == columns)
    over = _heads_over(heads, titles, columns)
    names = {place: name for row in table.rows if row.is_full and not row.is_head for place, name in _named(row, over)}
    if not names:
        return _AS_IT_IS
    blank = [cell.place for row in table.rows for cell in row.cells if cell.is_blank and not row.is_head]
    blank += [row.place for row in table.rows if not row.is_head and all(cell.is_blank for cell in row.cells)]
    return TableShape(names, frozenset(blank), titles, letters)


def _read(tokens: Sequence[TextToken], at: int) -> _Table:
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
    return table


def _letters(rows: Sequence[_Row], columns: int) -> int:
    """Count the letters that the longest words of all columns need beside each other."""
    longest = [0] * columns
    for row in rows:
        for column, cell in row.laid:
            if cell.columns == 1 and column < columns:
                longest[column] = max(longest[column], cell.longest)
    return sum(longest) + 3 * columns


def _heads_over(heads: Sequence[_Row], titles: frozenset[int], columns: int) -> list[str]:
    """Name each column by all heads that stand over it."""
    over: list[dict[str, None]] = [{} for _ in range(columns)]
    for row in heads:
        for column, cell in row.laid if row.place not in titles else ():
            for under in over[column : column + cell.columns]:
                under[cell.name] = None
    return [" · ".join(filter(None, names))[:_MAX_NAME] for names in over]


def _named(row: _Row, over: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Name the cells of a row; the first one says too what was said for several rows above it."""
    within = [cell.name for cell in row.carried]
    for column, cell in row.laid:
        names = set(over[column : column + cell.columns])
        name = " · ".join(filter(None, (*within, names.pop() if len(names) == 1 else "")))
        within = []
        if name:
            yield cell.place, name
