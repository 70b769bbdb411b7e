"""What lies inside a file that is written as base64 text."""

from collections.abc import Iterator

from dossier_bridge.clinical_search import refuse_clinical
from dossier_bridge.nesting import Budget, FoundFile, Piece
from gateway.domain.mime import marks
from gateway.domain.mime.transfer import decode_base64

_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\r\n \t"


def base64_files(file: FoundFile, budget: Budget) -> Iterator[Piece]:
    """Give what the text says once decoded, and what stands behind its padding."""
    text = marks.text_start(marks.narrowed(file.data))
    if text.translate(None, _LETTERS):
        refuse_clinical(file.data)
    budget.spend(len(text))
    yield Piece("", decode_base64(text))
    # Nothing is read behind padding: what stands there is looked at as a file of its own.
    yield Piece("", text.partition(b"=")[2].lstrip(b"=\r\n"))
