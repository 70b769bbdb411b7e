"""The words of an RTF file (Rich Text Format 1.9), line by line. Pictures, objects and fields are passed over.

One pass over the octets; groups are counted, not nested in calls.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

MARK = b"{\\rtf"
MAX_GROUPS = 10_000
_MAX_LINE = 20_000
_TOKEN = re.compile(
    r"\\([A-Za-z]{1,32})(-?[0-9]{1,10})? ?|\\'([0-9A-Fa-f]{2})|\\([^A-Za-z])|([{}])|([^\\{}\r\n]+)|[\r\n]+", re.DOTALL
)
_NO_WORDS = frozenset({
    "fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "themedata", "datastore", "listtable",
    "listoverridetable", "rsidtbl", "generator", "xmlnstbl", "latentstyles", "fldinst", "filetbl", "revtbl",
})  # fmt: skip
_LINES = frozenset({"par", "line", "row", "sect", "page", "nestrow"})
_SIGNS = {
    "tab": "\t", "cell": "\t", "nestcell": "\t", "emdash": "—", "endash": "–", "bullet": "•", "lquote": "‘",
    "rquote": "’", "ldblquote": "“", "rdblquote": "”", "emspace": " ", "enspace": " ",
}  # fmt: skip
_CODECS = {
    **{number: codecs.lookup(f"cp{number}").name for number in (437, 850, 852, 1250, *range(1252, 1259))},
    10_000: codecs.lookup("mac_roman").name, 65_001: "utf-8",
}  # fmt: skip
"""Code pages of senders here, loaded with this module: a confined reader loads none any more."""
_SYMBOLS = {"~": "\u00a0", "_": "\u2011", "-": "", "{": "{", "}": "}", "\\": "\\"}


@dataclass(slots=True)
class _State:
    """Where the reading is: whether words count in each open group, and how many characters stand for one sign."""

    codec: str = "cp1252"
    silent: list[bool] = field(default_factory=lambda: [False])
    fallback: int = 1
    skip: int = 0
    octets: bytearray = field(default_factory=bytearray)
    line: list[str] = field(default_factory=list)
    length: int = 0

    def add(self, text: str) -> None:
        """Take words, but for those that stand for a sign that was read already."""
        passed = min(self.skip, len(text))
        self.skip -= passed
        if not self.silent[-1]:
            self.line.append(text[passed:])
            self.length += len(text) - passed

    def flush(self) -> None:
        """Decode the octets that were written in hexadecimal: several may be one letter."""
        if self.octets:
            octets, self.octets = bytes(self.octets), bytearray()
            self.add(octets.decode(self.codec, "replace"))

    def taken(self) -> str:
        """Give the line so far, and begin another."""
        line, self.line, self.length = "".join(self.line), [], 0
        return line


def rtf_lines(data: bytes) -> Iterator[str]:
    """Give the lines of an RTF file; one that is damaged gives what is found."""
    state, text, at = _State(), data.decode("latin-1"), 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:  # a lone backslash at the end
            break
        at = found.end()
        word, number, octet, symbol, brace, words = found.groups()
        if octet is not None:
            state.octets.append(int(octet, 16))
            continue
        state.flush()
        if words is not None:
            state.add(_decoded(words, state.codec))
        elif brace is not None:
            if not _group(state, brace):
                break
        elif symbol is not None:
            _symbol(state, symbol)
        elif word in _LINES:
            yield state.taken()
        elif word == "bin":
            at += max(int(number or 0), 0)
        elif word is not None:
            _control(state, word, int(number) if number else None)
        if state.length > _MAX_LINE:
            yield state.taken()
    state.flush()
    yield state.taken()


def _decoded(words: str, codec: str) -> str:
    return words if words.isascii() else words.encode("latin-1").decode(codec, "replace")


def _group(state: _State, brace: str) -> bool:
    """Open or close a group; False when the file is at its end, or too deep."""
    state.skip = 0
    if brace == "{":
        state.silent.append(state.silent[-1])
        return len(state.silent) <= MAX_GROUPS
    state.silent.pop()
    return len(state.silent) > 1


def _symbol(state: _State, symbol: str) -> None:
    if symbol == "*":
        state.silent[-1] = True  # a destination that readers may ignore
    elif symbol in "\r\n":
        state.add("\n")
    else:
        state.add(_SYMBOLS.get(symbol, ""))


def _control(state: _State, word: str, number: int | None) -> None:
    if word in _NO_WORDS:
        state.silent[-1] = True
    elif word == "u" and number is not None:
        state.add(_sign(number))
        state.skip = state.fallback
    elif word == "uc" and number is not None:
        state.fallback = min(max(number, 0), 20)
    elif word == "ansicpg" and number is not None:
        state.codec = _CODECS.get(number, "cp1252")
    elif word in _SIGNS:
        state.add(_SIGNS[word])


def _sign(number: int) -> str:
    code = number + 65_536 if number < 0 else number
    is_sign = 0x20 <= code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF
    return chr(code) if is_sign else "\ufffd"
