"""Numbers that the processes of a gateway share: memory made before they begin, a row for each of them.

Each process writes its own row only, and reads all; the parent clears the row of one that has ended. A number is
written at once, never in halves. Nothing is kept beyond the life of the parent.
"""

import mmap


class SharedRows:
    """Rows of whole numbers (signed, 64 bits), all 0 at first."""

    def __init__(self, rows: int, columns: int) -> None:
        self.rows = rows
        self.columns = columns
        self._cells = memoryview(mmap.mmap(-1, max(1, 8 * rows * columns))).cast("B").cast("q")

    def get(self, row: int, column: int) -> int:
        """Give a number."""
        return self._cells[row * self.columns + column]

    def put(self, row: int, column: int, value: int) -> None:
        """Write a number."""
        self._cells[row * self.columns + column] = value

    def column(self, column: int) -> list[int]:
        """Give a column, a number for each row."""
        return self._cells[column : self.rows * self.columns : self.columns].tolist()

    def row(self, row: int) -> list[int]:
        """Give a row."""
        return self._cells[row * self.columns : (row + 1) * self.columns].tolist()

    def clear(self, row: int) -> None:
        """Write 0 all over a row."""
        for column in range(self.columns):
            self.put(row, column, 0)
