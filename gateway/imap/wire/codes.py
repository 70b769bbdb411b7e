"""Conditions and response codes: the closed vocabulary of IMAP status responses.

Codes without an argument are members of `ResponseCode`; those that carry one are made by the functions below.
"""

from collections.abc import Iterable
from enum import Enum

from gateway.imap.wire.sequence import compact


class Condition(bytes, Enum):
    """Name a status response (RFC 3501 §7.1)."""

    OK = b"OK"
    NO = b"NO"
    BAD = b"BAD"
    BYE = b"BYE"
    PREAUTH = b"PREAUTH"


class ResponseCode(bytes, Enum):
    """Name a response code that takes no argument (RFC 3501 §7.1, RFC 5530, RFC 7888, RFC 7162)."""

    ALERT = b"ALERT"
    ALREADYEXISTS = b"ALREADYEXISTS"
    AUTHENTICATIONFAILED = b"AUTHENTICATIONFAILED"
    AUTHORIZATIONFAILED = b"AUTHORIZATIONFAILED"
    CANNOT = b"CANNOT"
    CLIENTBUG = b"CLIENTBUG"
    CLOSED = b"CLOSED"
    CONTACTADMIN = b"CONTACTADMIN"
    CORRUPTION = b"CORRUPTION"
    EXPIRED = b"EXPIRED"
    EXPUNGEISSUED = b"EXPUNGEISSUED"
    HASCHILDREN = b"HASCHILDREN"
    INUSE = b"INUSE"
    LIMIT = b"LIMIT"
    NOMODSEQ = b"NOMODSEQ"
    NONEXISTENT = b"NONEXISTENT"
    NOPERM = b"NOPERM"
    OVERQUOTA = b"OVERQUOTA"
    PARSE = b"PARSE"
    PRIVACYREQUIRED = b"PRIVACYREQUIRED"
    READ_ONLY = b"READ-ONLY"
    READ_WRITE = b"READ-WRITE"
    SERVERBUG = b"SERVERBUG"
    TOOBIG = b"TOOBIG"
    TRYCREATE = b"TRYCREATE"
    UIDNOTSTICKY = b"UIDNOTSTICKY"
    UNAVAILABLE = b"UNAVAILABLE"


BADCHARSET = b"BADCHARSET (UTF-8)"


def capability(names: Iterable[bytes]) -> bytes:
    """Give the CAPABILITY code, for the greeting and the answer to a sign-in."""
    return b"CAPABILITY " + b" ".join(names)


def permanent_flags(flags: bytes) -> bytes:
    """Give the PERMANENTFLAGS code from a rendered flag list, parentheses included."""
    return b"PERMANENTFLAGS " + flags


def uid_validity(value: int) -> bytes:
    """Give the UIDVALIDITY code."""
    return b"UIDVALIDITY %d" % value


def uid_next(value: int) -> bytes:
    """Give the UIDNEXT code."""
    return b"UIDNEXT %d" % value


def unseen(number: int) -> bytes:
    """Give the UNSEEN code of SELECT: the *message number* of the first unseen message."""
    return b"UNSEEN %d" % number


def highest_modseq(value: int) -> bytes:
    """Give the HIGHESTMODSEQ code (RFC 7162 §3.1.2.1)."""
    return b"HIGHESTMODSEQ %d" % value


def modified(numbers: Iterable[int]) -> bytes:
    """Give the MODIFIED code of a conditional STORE (RFC 7162 §3.1.3)."""
    return b"MODIFIED " + compact(numbers)


def append_uid(validity: int, uid: int) -> bytes:
    """Give the APPENDUID code (RFC 4315 §3)."""
    return b"APPENDUID %d %d" % (validity, uid)


def copy_uid(validity: int, sources: Iterable[int], targets: Iterable[int]) -> bytes:
    """Give the COPYUID code (RFC 4315 §3); both runs of UIDs ascend and pair up one to one."""
    return b"COPYUID %d %b %b" % (validity, compact(sources), compact(targets))
