"""File names as senders give them, made safe to show and to offer for download."""

import re
import unicodedata

from gateway.domain.mime.charset import one_line, repair_mojibake

MAX_FILENAME = 180
_FORBIDDEN = re.compile(r'[<>:"|?*\\/]+')
# Names that Windows gives to devices, with any extension.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)", re.IGNORECASE)


def safe_filename(raw: str) -> str | None:
    """Give a file name without path, controls, bidirectional overrides or reserved characters; None if nothing is left.

    UTF-8 read as Latin-1 on the way (« rÃ©sultat.pdf ») is repaired. The extension survives shortening.
    """
    text = one_line(repair_mojibake(raw))
    # The last component of a POSIX, Windows or URL path; then what no file system takes.
    text = re.split(r"[/\\]", text.rstrip("/\\ "))[-1]
    text = _FORBIDDEN.sub("_", text)
    if not text.isascii():
        text = "".join(c for c in text if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn"})
    text = " ".join(text.split()).strip(". ")
    if not text:
        return None
    if _DEVICE.match(text):
        text = "_" + text
    if len(text) > MAX_FILENAME:
        stem, dot, extension = text.rpartition(".")
        if not dot or len(extension) > 10:
            return text[:MAX_FILENAME].rstrip(". ")
        text = stem[: MAX_FILENAME - len(extension) - 1].rstrip(". ") + dot + extension
    return text
