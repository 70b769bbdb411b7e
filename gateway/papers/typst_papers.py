"""PDF files set by typst from the templates beside this module: tagged (PDF/UA-1) and made to be kept (PDF/A-2a).

A template is `templates/NAME.typ`; `page.typ` has what they share. Values reach it as JSON, so nothing in them is
markup. What no font here can print is written as « ? »: a letter with a hole is worth more than none.
"""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from gateway.ports.papers import PaperValue

TEMPLATES = Path(__file__).parent / "templates"
SHARED = '#import "page.typ": *'
"""The line of a template in whose place the common page is put."""
_PRINTED = ((0x20, 0x7E), (0xA0, 0x17F), (0x1E80, 0x1EF9), (0x391, 0x3A1), (0x3A3, 0x3CE), (0x410, 0x44F))
_PUNCTUATION = "‐‑–—‘’“”„†•…‰‹›€№−"
_NEWLINES = "\n"


class TypstPapers:
    """Implements `gateway.ports.papers.Papers`."""

    def pdf_of(self, template: str, values: Mapping[str, PaperValue]) -> bytes:
        """Make a tagged PDF of a template and its values. Blocks for some milliseconds."""
        return set_paper(template, values)


def set_paper(template: str, values: Mapping[str, PaperValue]) -> bytes:
    """Make a tagged PDF of a template and its values; opens no file once the template was read."""
    # Imported here: the library takes 30 MiB, which a gateway that prints nothing need not have.
    import typst

    return typst.compile(
        source_of(template),
        format="pdf",
        sys_inputs={"values": json.dumps(_printable_value(values))},
        pdf_standards=["a-2a", "ua-1"],
        ignore_system_fonts=True,
    )


@cache
def source_of(template: str) -> bytes:
    """Read a template, with the common page in it."""
    page, own = ((TEMPLATES / f"{name}.typ").read_text(encoding="utf-8") for name in ("page", template))
    return own.replace(SHARED, page, 1).encode()


def _printable_value(value: PaperValue) -> PaperValue:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Mapping):
        return {key: _printable_value(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [_printable_value(item) for item in value]
    return value


def printable(text: str) -> str:
    """Give what the fonts can print of a text: other signs by their nearest letters, or « ? »."""
    return "".join(_sign(sign) for sign in unicodedata.normalize("NFC", text))


def _sign(sign: str) -> str:
    if _is_printed(sign) or sign in _NEWLINES:
        return sign
    plain = "".join(part for part in unicodedata.normalize("NFKD", sign) if _is_printed(part))
    return plain or ("" if unicodedata.category(sign) in ("Cc", "Cf", "Mn") else "?")


def _is_printed(sign: str) -> bool:
    return sign in _PUNCTUATION or any(first <= ord(sign) <= last for first, last in _PRINTED)
