"""Bytes to text, whatever the sender called their character set.

Python's codec registry is never asked for a name that came from outside: it imports modules, remembers
failures for good, and holds codecs that are not character sets (``idna``, ``unicode_escape``, ``zip``).
UTF-7 is left out on purpose: it hides markup from ASCII filters and decodes to lone surrogates.
"""

import codecs
import re
import unicodedata

_CODECS = {
    "utf-8": "utf-8", "utf8": "utf-8", "unicode-1-1-utf-8": "utf-8", "us-ascii": "ascii", "ascii": "ascii",
    # Latin-1 is read as its superset, as every browser does (WHATWG Encoding §4.2).
    "iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "l1": "cp1252", "iso8859-1": "cp1252",
    "windows-1252": "cp1252", "cp1252": "cp1252", "ansi": "cp1252",
    "latin9": "iso8859-15", "latin-9": "iso8859-15", "iso8859-15": "iso8859-15",
    "utf-16": "utf-16", "utf-16le": "utf-16-le", "utf-16be": "utf-16-be",
    "koi8-r": "koi8-r", "koi8-u": "koi8-u", "macintosh": "mac-roman", "x-mac-roman": "mac-roman",
    "gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "big5": "big5hkscs", "euc-kr": "cp949",
    "ks-c-5601-1987": "cp949", "shift-jis": "cp932", "x-sjis": "cp932", "euc-jp": "euc-jp",
    "iso-2022-jp": "iso2022-jp", "iso-2022-kr": "iso2022-kr", "tis-620": "cp874", "cp437": "cp437",
    "ibm437": "cp437", "cp850": "cp850", "ibm850": "cp850", "cp858": "cp858",
    **{f"iso-8859-{n}": f"iso8859-{n}" for n in (2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16)},
    **{f"windows-{n}": f"cp{n}" for n in (1250, 1251, 1253, 1254, 1255, 1256, 1257, 1258)},
}  # fmt: skip

_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+")
# A UTF-8 lead byte and what follows it, both read as Windows-1252 or Latin-1.
_MOJIBAKE = re.compile("[\u00c2-\u00f4][\u0080-\u00bf\u0152-\u0192\u02c6\u02dc\u2013-\u2122]")


def codec_of(charset: str) -> str | None:
    """Name Python's codec for a MIME character set, or None when we know none."""
    return _CODECS.get(charset.strip().strip("\"'").lower().replace("_", "-"))


def decode_text(data: bytes, charset: str | None = None, *, cut: bool = False) -> str:
    """Decode text as its character set says, or else as UTF-8, or else as Windows-1252; never fail.

    A wrong octet costs one character (U+FFFD), not the accents of all the others.

    Args:
        data: the text.
        charset: the sender's label, known or not.
        cut: whether `data` may end inside a character, which is then left out.
    """
    codec = codec_of(charset) if charset else None
    if codec and codec != "ascii":
        try:
            return _decode(data, codec, cut=cut)
        except UnicodeError:
            # Only a label that could not be anything else is worth keeping in part.
            if codec not in {"utf-8", "cp1252"}:
                return data.decode(codec, "replace")
    return decode_unlabelled(data, cut=cut)


def decode_unlabelled(data: bytes, *, cut: bool = False) -> str:
    """Decode raw 8-bit text of unknown character set: UTF-8 if it is, Windows-1252 if not."""
    try:
        return _decode(data, "utf-8", cut=cut)
    except UnicodeError:
        pass
    text = _decode(data, "utf-8", cut=cut, errors="replace")
    bad = text.count("\ufffd")
    # Each character is at least two octets of UTF-8: in text of another character set hardly any pair fits.
    good = sum(map(len, _BEYOND_ASCII.findall(text))) - bad
    return text if good >= bad else data.decode("cp1252", "replace")


def _decode(data: bytes, codec: str, *, cut: bool, errors: str = "strict") -> str:
    return codecs.getincrementaldecoder(codec)(errors).decode(data) if cut else data.decode(codec, errors)


def repair_mojibake(text: str) -> str:
    """Undo UTF-8 that was read as Windows-1252 and encoded again (« rÃ©sultat »), where that is certain."""
    if not _MOJIBAKE.search(text):
        return text
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        pass
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def one_line(text: str) -> str:
    """Make text safe to show on one line: NFC, no controls, no line ends, no bidirectional overrides."""
    if text.isascii() and text.isprintable():
        return text.strip()
    text = _DIRECTION.sub("", _CONTROLS.sub(" ", text))
    return unicodedata.normalize("NFC", text).strip()
