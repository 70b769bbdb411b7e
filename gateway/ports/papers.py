"""Documents on paper: letters and proofs, made from a template and values."""

from collections.abc import Mapping, Sequence
from typing import Protocol, TypeAlias

PaperValue: TypeAlias = str | int | bool | Sequence["PaperValue"] | Mapping[str, "PaperValue"]
"""What a template may be given: texts are printed as they are, never read as markup."""


class Papers(Protocol):
    """Makes PDF files that everybody can read, also by ear."""

    def pdf_of(self, template: str, values: Mapping[str, PaperValue]) -> bytes:
        """Make a tagged PDF of a template and its values. Blocks for some milliseconds: call it in `Store.aside`."""
        ...


class PaperProcesses(Protocol):
    """Makes PDF files of many pages, in processes with limits."""

    async def pdf_of(self, template: str, values: Mapping[str, PaperValue], owner: str) -> bytes:
        """Make a tagged PDF of a template and its values, for whoever asks for it.

        Raises `ReaderFailed`, `ReaderBusy` or `LimitExceeded` when there is none.
        """
        ...
