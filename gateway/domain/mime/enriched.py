"""The words of ``text/enriched`` and of its forerunner ``text/richtext`` (RFC 1896, RFC 1341 §7.1.3).

Linear in its input whatever that is.
"""

import re

_TOKEN = re.compile(r"<<|<(/?)([A-Za-z0-9-]{1,60})>|(\n+)")
_NO_WORDS = frozenset({"param", "comment"})
_SIGNS = {"lt": "<", "nl": "\n", "np": "\n", "paragraph": "\n"}


def enriched_to_text(markup: str) -> str:
    """Give the text: commands and their parameters gone, lines joined unless they are to stay apart."""
    pieces: list[str] = []
    at, kept = 0, 0
    unclosed: set[str] = set()
    for token in _TOKEN.finditer(markup):
        if token.start() < at:
            continue  # inside a parameter
        pieces.append(markup[at : token.start()])
        at = token.end()
        closes, command, breaks = token[1], (token[2] or "").lower(), token[3]
        if breaks:
            pieces.append(breaks if kept > 0 else breaks[1:] or " ")
        elif not command:
            pieces.append("<")
        elif command == "nofill":
            kept += -1 if closes else 1
        elif command in _NO_WORDS and not closes and command not in unclosed:
            end = markup.find(f"</{command}>", at)
            if end < 0:
                unclosed.add(command)  # words are shown rather than lost
            else:
                at = end
        elif command in _SIGNS and not closes:
            pieces.append(_SIGNS[command])
    pieces.append(markup[at:])
    return "".join(pieces)
