"""Files that a broken structure leaves outside every part: sent, and found by nobody (RFC 2046 §5.1).

A wrong boundary, a forgotten semicolon or a field in the wrong place turns a result into raw lines of a letter, or
into nothing at all. Here is only said that such lines are there; what is done with the message is policy (POL-39).
"""

import re

from gateway.domain.mime import marks
from gateway.domain.mime.kinds import Kind
from gateway.domain.mime.transfer import EncodedBody, decode_quoted_printable

# Most senders write « Content- », some shout; anything else is no letter's habit.
_FIELD_MARKS = (b"ontent-", b"ONTENT-")
# Fields and their folded lines, then how the body begins, behind an empty line or, in base64, where that was forgotten.
_FIELDS = re.compile(
    rb"(?m)^((?:[!-9;-~]++[ \t]*+:[^\n]*+\n(?:[ \t]++[!-~][^\n]*+\n)*+)++)"
    rb"(?:(?:[ \t\r]*+\n)++(?=([!-~]{1,64}))|(?=([A-Za-z0-9+/]{40})))?"
)
_ENCODED = re.compile(rb"(?mi)^content-transfer-encoding[ \t]*+:\s*+\"?(?!7bit|8bit|binary|quoted-printable)\S")
_NAMED = re.compile(
    rb"(?mi)^content-(?:disposition[ \t]*+:\s*+attachment\b|type[ \t]*+:[^;\r\n]{0,200};[^:]{0,400}?\bname\b)"
)
# These are refused, or looked into, by themselves.
_SEALED = frozenset({Kind.OPAQUE, Kind.LOCKED, Kind.ENCRYPTED, Kind.SIGNED})
_BASE64_START = re.compile(rb"[A-Za-z0-9+/]{16}")
_BASE64_LINES = re.compile(rb"(?m)[A-Za-z0-9+/]{40}|(?:^[A-Za-z0-9+/]{16,}+={0,2}[ \t]*+\r?\n){2}")
# In whatever is left of a part whose fields are damaged; a folded line is a signature's.
_LIKE_FIELDS = re.compile(rb"(?mi)^[ \t>]{0,8}+content-(?:type|transfer-encoding|disposition)\b")
_BASE64_BLOCK = re.compile(rb"(?m)(?:^[ \t>]{0,8}+[A-Za-z0-9+/]{60,}[ \t]*+\r?\n){2}")
_NO_FIELD = re.compile(rb"(?m)^[^\s:][^:\n]*+$")
_BASE64_LINE = re.compile(rb"(?m)^[A-Za-z0-9+/]{40,}+={0,2}[ \t]*+\r?$")
_UUENCODED = re.compile(rb"(?m)^begin(?:-base64)? [0-7]{3,4} \S")


def bears_stray_part(raw: bytes, start: int, end: int) -> bool:
    """Say whether the fields of a part that bears a file stand in a piece that is the body of another, or of none."""
    if not any(raw.find(mark, start, end) >= 0 for mark in _FIELD_MARKS):
        return False
    for found in _FIELDS.finditer(raw[start:end]):
        fields, first = found[1], found[2] or found[3]
        if first and (_NAMED.search(fields) or (_ENCODED.search(fields) and _BASE64_START.match(first))):
            return True
    return False


def fields_hold_file(block: bytes) -> bool:
    """Say whether a file stands among the fields of a part: the empty line between them was forgotten."""
    if not _NO_FIELD.search(block):
        return False
    return bool(_BASE64_LINE.search(block)) or marks.has_clinical_marks(block)


def bears_damaged_part(raw: bytes, start: int, end: int) -> bool:
    """Say whether a text holds what looks like the fields of a part, damaged, and then lines of base64."""
    if not any(raw.find(mark, start, end) >= 0 for mark in _FIELD_MARKS):
        return False
    fields = _LIKE_FIELDS.search(text := raw[start:end])
    return fields is not None and _BASE64_BLOCK.search(text, fields.end()) is not None


def hides_file(body: EncodedBody, kind: Kind, is_text: bool, *, doubtful: bool) -> bool:
    """Say whether a wrong or missing delimiter left a file in the body of another part.

    Args:
        body: of the part.
        kind: what it is taken for.
        is_text: whether it is called text.
        doubtful: whether it is a text to read only because the structure is broken.
    """
    if kind in _SEALED:
        return False
    if doubtful and bears_file(body.whole()):
        return True
    if kind is Kind.TEXT and bears_damaged_part(body.raw, body.start, body.end):
        return True
    if body.encoding != "base64":
        return bears_stray_part(body.raw, body.start, body.end)
    if is_text:
        data = body.whole()
        if bears_stray_part(data, 0, len(data)):
            return True
    # No octet of base64 is a hyphen: the fastest of searches spares the slower one.
    return body.raw.find(b"-", body.start, body.end) >= 0 and bears_stray_part(body.raw, body.start, body.end)


def bears_file(data: bytes) -> bool:
    """Say whether anything in `data`, the text of a message whose structure is broken, seems to be a file."""
    if _BASE64_LINES.search(data) or _UUENCODED.search(data):
        return True
    return marks.has_clinical_marks(data) or marks.has_clinical_marks(decode_quoted_printable(data))
