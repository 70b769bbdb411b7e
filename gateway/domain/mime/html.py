"""Text out of HTML, for search and previews; never for display.

Linear in its input whatever that is: each construct ends at the next ``<`` or eats the rest.
"""

import re
from html import unescape

# What is not text, whole; unclosed, it runs to the end (HTML §13.2.5).
_HIDDEN = re.compile(
    r"<!--(?:.*?-->|.*\Z)|<(script|style|title|template)\b(?:.*?</\1\s*>|.*\Z)",
    re.DOTALL | re.IGNORECASE,
)
HIDING_STYLE = (
    r"(?:display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}(?:hidden|collapse)|mso-hide\s{0,9}:\s{0,9}all"
    r"|(?:max-height|opacity)\s{0,9}:\s{0,9}0(?:px|pt|em|%)?(?![.\w]))"
)
"""A pattern of styles by which a sender hides, without case; not of sizes of letters, which parts inside set anew."""
# What mail programs hide from the eye, such as the preheader that lists show. Bounded: a longer one is shown.
# The word `hidden` is only one as an attribute: in a class or a title it hides nothing.
_HIDDEN_ATTRIBUTE = r"""(?:[^<>"']|"[^<>"]{0,500}"|'[^<>']{0,500}'){0,500}?\shidden(?=[\s=>/])"""
_UNSEEN = re.compile(
    rf"<(div|span|td|p)\b(?=[^<>]{{0,500}}?{HIDING_STYLE}|{_HIDDEN_ATTRIBUTE})[^<>]*+>.{{0,1000}}?</\1\s{{0,9}}>",
    re.DOTALL | re.IGNORECASE,
)
_BREAK = re.compile(
    r"<(?:[bh]r|/?(?:p|div|tr|table|ul|ol|li|h[1-6]|blockquote|pre|section|article))\b[^<>]*+>?", re.IGNORECASE
)
_CELL = re.compile(r"</(?:td|th)\b[^<>]*+>?", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z!?][^<>]*+>?")
_BLANKS = re.compile(r"[ \t\r\f\v\u00a0]+")
_LINES = re.compile(r" ?\n[ \n]*")
# `unescape` hands the digits to `int`, which refuses more than 4,300 of them.
_LONG_REFERENCE = re.compile(r"&#[xX]?[0-9A-Fa-f]{9,}+;?")


def html_to_text(markup: str) -> str:
    """Give the text of an HTML document: blocks on lines of their own, blanks folded, references resolved."""
    text = _UNSEEN.sub(" ", _HIDDEN.sub(" ", markup))
    text = _BLANKS.sub(" ", text.replace("\n", " "))
    text = _CELL.sub(" ", _BREAK.sub("\n", text))
    text = unescape(_LONG_REFERENCE.sub("\ufffd", _TAG.sub("", text)))
    return _LINES.sub("\n", _BLANKS.sub(" ", text)).strip()
