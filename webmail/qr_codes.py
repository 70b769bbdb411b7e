"""Texts as QR codes (ISO/IEC 18004), drawn as SVG; error correction M, as SMART Health Links advise."""

import io

QUIET = 4
"""Modules left white around the code (ISO/IEC 18004 §6.3.8)."""


def qr_svg(text: str, *, standalone: bool = False) -> str:
    """Draw a text as a QR code in UTF-8; `standalone` for a file, else for a page. Raises `ValueError` if too long."""
    import segno  # used by two pages only

    drawn = io.BytesIO()
    code = segno.make(text, error="m", encoding="utf-8", micro=False)
    code.save(
        drawn, kind="svg", border=QUIET, light="#fff", xmldecl=False, svgns=standalone, nl=False, omitsize=True,
        svgclass=None if standalone else "qr", lineclass=None,
    )  # fmt: skip
    return drawn.getvalue().decode()
