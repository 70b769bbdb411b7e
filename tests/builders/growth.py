"""How the work of a parser grows with its input: measured in processor time over doublings, never on the clock.

What is quadratic takes sixteen times as long for four times as much; what is linear four times. Between them lies the
bound, and only what takes long enough to be measured is judged.
"""

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

SIZES = (24, 500, 4_000, 16_000)
MEASURABLE = 0.03
_RATIO = 9.0
_TRIES = 4

UNITS = (
    "a", "é", "1", "1.", " ", "\t", "\r\n", "\r\n ", "\n", "\0", "<", ">", "&", "&#1", "&#x1;", '"', "'", "\\", "(",
    ")", "((", "(\\", "[", "]", "{", "}", ",", ";", ":", "=", "-", "--", "_", "/", "*", "+", "@", ".", "|", "~", "^",
    "%", "?", "!", "=?", "=?utf-8?q?a?= ", "=?utf-8?b?YQ==?=", "a@b,", "a:b;", "a;b=c", ";a*0=b", "a=b, ", '"a" ',
    "a.", "<a@b>", "@a,", "%41", "=41", "<div>", "<b>", "</b>", "<b><p>", "<a b=c ", "<!--", "-->", "<![CDATA[",
    "]]>", "<?", "?>", "<!DOCTYPE ", "<a>", "<a:b ", ' xmlns="a"', 'encoding="a" ', "<meta ", "<script", "</script",
    "<style>", "url(", "> a\n", ">\nb\n", "--b\r\n", "a: b\r\n", "Content-Type: a\r\n", "re: ", "(fwd)",
    "ClinicalDocument", "<ClinicalDocument", "a:ClinicalDocument ", '"resourceType" ', '"resourceType":',
    "****LAB****", "MSH|^~\\&", "/Type /Page", "/Type", "PK\x01\x02", "PK\x05\x06", "https://a", "https://", "UEsD",
    "YWFh", "YWFh\r\n", "{\\rtf", "\\'e9", "[1,", '{"a":', "XDM/1.0/DDM+", "Le a écrit :", "urn:oid:1.2.", "1^2^3&4",
    "10*3/", "data:image/png;base64,A", "cid:a", "1,3:", "* ", "{1+}\r\n", "1-Jan-2020",
)  # fmt: skip
"""What an input is made of, again and again."""

BEGINNINGS = (
    "", "<?xml ", "<?xml version='1.0'?>", "<ClinicalDocument xmlns='urn:hl7-org:v3'>", "<a ", "<!--", "(", '"', "<",
    "=?utf-8?q?", "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n", "Content-Type: text/html\r\n\r\n",
    "To: ", "a@b ", "a/b;", "%PDF-1.4\n", "{", "MSH|^~\\&|", "****LAB****", "PK\x03\x04", "re: ", "> ",
    "A1 FETCH 1 (", "FROM:<",
)  # fmt: skip
"""What stands before them."""


def inputs() -> Iterator[tuple[str, str]]:
    """Give every beginning with every unit."""
    for beginning in BEGINNINGS:
        for unit in UNITS:
            yield beginning, unit


def made(beginning: str, unit: str, size: int) -> str:
    """Give a text of about a size."""
    return beginning + unit * max(1, size // len(unit)) + "\1"


def grows_too_fast(work: Callable[[int], object]) -> str:
    """Say at which sizes work grows by more than its input, or nothing; `work` is given a size."""
    spent = {0: 0.0}
    for size in SIZES:
        spent[size] = _spent(work, size)
        if spent[size] > MEASURABLE:
            return _judged(work, size)
    return ""


def _judged(work: Callable[[int], object], size: int) -> str:
    ratios = []
    for _ in range(_TRIES):
        less, more = min(_spent(work, size // 4) for _ in range(2)), _spent(work, size)
        ratios.append(more / max(less, 1e-5))
        if ratios[-1] <= _RATIO:
            return ""
    return f"{min(ratios):.0f} times the work from {size // 4} to {size}"


def _spent(work: Callable[[int], object], size: int) -> float:
    gc.disable()
    began = time.process_time()
    # Whether a value or an error comes is other tests' affair.
    with suppress(Exception):
        work(size)
    spent = time.process_time() - began
    gc.enable()
    return spent
