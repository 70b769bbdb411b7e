"""Fingerprints of keys, as people read them to one another. Pure."""

from gateway.domain.errors import InvalidValue

_DIGITS = frozenset("0123456789abcdef")
_SHA256 = 64


def plain_fingerprint(text: str) -> str:
    """Give a fingerprint (SHA-256) as it is compared: 64 digits, whatever stands between groups of them.

    Raises:
        InvalidValue: it is none.
    """
    digits = "".join(c for c in text.lower() if c not in " :-")
    if len(digits) != _SHA256 or not _DIGITS.issuperset(digits):
        raise InvalidValue("not a fingerprint: 64 hexadecimal digits are expected, as « pli keys archives » prints")
    return digits
