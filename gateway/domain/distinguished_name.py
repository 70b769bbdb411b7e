"""Names of certificate holders, read from text or from a certificate, and compared as STD §1.3 asks.

The white list writes a name as text, a certificate holds it as DER: both become one canonical value here.
Decoding DER is done by `certs.peer`; this module only takes ``(type, value)`` pairs and strings.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from gateway.domain.errors import InvalidValue

MAX_LENGTH = 2_000

# RFC 4514 §3 and RFC 4519 short names, with the spellings that OpenSSL and Java print.
_SHORT_NAMES = {
    "2.5.4.3": "cn", "2.5.4.4": "sn", "2.5.4.5": "serialnumber", "2.5.4.6": "c", "2.5.4.7": "l",
    "2.5.4.8": "st", "2.5.4.9": "street", "2.5.4.10": "o", "2.5.4.11": "ou", "2.5.4.12": "title",
    "2.5.4.42": "gn", "2.5.4.97": "organizationidentifier", "1.2.840.113549.1.9.1": "emailaddress",
    "0.9.2342.19200300.100.1.25": "dc", "0.9.2342.19200300.100.1.1": "uid",
}  # fmt: skip
_ALIASES = {
    "commonname": "cn", "surname": "sn", "countryname": "c", "localityname": "l", "s": "st",
    "stateorprovincename": "st", "streetaddress": "street", "organizationname": "o",
    "organizationalunitname": "ou", "givenname": "gn", "e": "emailaddress", "email": "emailaddress",
    "domaincomponent": "dc", "userid": "uid", "organizationid": "organizationidentifier",
}  # fmt: skip

_TYPE = r"(?:[A-Za-z][A-Za-z0-9-]*|(?:OID\.)?[0-9]+(?:\.[0-9]+)+)"
_QUOTED = r'"(?:[^"\\]|\\.)*"'
# A separator only separates when a type follows: lists in the wild do not escape « SOCIETE, SA ».
_BARE = rf"(?:[^,;+\\]|\\.|[,;+](?!\s*{_TYPE}\s*=))*"
_PAIR = re.compile(rf"\s*({_TYPE})\s*=\s*({_QUOTED}|{_BARE})\s*([,;+]|\Z)", re.IGNORECASE | re.DOTALL)
_SLASH = re.compile(rf"/(?={_TYPE}=)", re.IGNORECASE)
_ESCAPES = re.compile(r"((?:\\[0-9A-Fa-f]{2})+)|\\(.)", re.DOTALL)

# ASN.1 string types that a name may hold (X.520), by tag.
_DER_STRINGS = {0x0C: "utf-8", 0x13: "ascii", 0x16: "ascii", 0x14: "latin-1", 0x1E: "utf-16-be"}

_Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DistinguishedName:
    """A holder's name: its attributes in one canonical order and case; equal values are one holder.

    Multi-valued RDNs stay grouped: ``CN=a+OU=b`` is not ``CN=a,OU=b`` (RFC 5280 §7.1).
    """

    rdns: tuple[_Pairs, ...]

    @classmethod
    def of(cls, rdns: Iterable[Iterable[tuple[str, str]]]) -> "DistinguishedName":
        """Make a name of RDNs, each some ``(short name or dotted OID, value)`` pairs, in any order.

        Raises:
            InvalidValue: when there is no attribute, or one holds control or invisible characters, with
                which a name could be made to look like another.
        """
        canonical = (tuple(sorted((_type(key), _value(value)) for key, value in rdn)) for rdn in rdns)
        found = tuple(sorted(rdn for rdn in canonical if rdn))
        if not found:
            raise InvalidValue("not a distinguished name: it has no attribute")
        return cls(found)

    @classmethod
    def parse(cls, text: str) -> "DistinguishedName":
        """Read RFC 4514 text (``CN=a,O=b``), what OpenSSL and Java make of it, or the old ``/O=b/CN=a``.

        Raises:
            InvalidValue: when it is none of them, or longer than `MAX_LENGTH` characters.
        """
        text = text.strip()
        if len(text) > MAX_LENGTH:
            raise InvalidValue(f"not a distinguished name: more than {MAX_LENGTH} characters")
        if text.startswith("/"):
            parts = [part.partition("=") for part in _SLASH.split(text)[1:]]
            return cls.of([[(key, value)] for key, _, value in parts])
        return cls.of(_rdns(text))

    def __str__(self) -> str:
        """Give the canonical name as RFC 4514 text."""
        return ",".join("+".join(f"{key}={_escaped(value)}" for key, value in rdn) for rdn in self.rdns)


def _rdns(text: str) -> list[list[tuple[str, str]]]:
    rdns: list[list[tuple[str, str]]] = [[]]
    at = 0
    while at < len(text):
        found = _PAIR.match(text, at)
        if not found:
            raise InvalidValue("not a distinguished name: TYPE=value,TYPE=value is expected")
        key, value, separator = found.groups()
        rdns[-1].append((key, _unescaped(value.strip())))
        if separator in (",", ";"):
            rdns.append([])
        at = found.end()
    return rdns


def _type(key: str) -> str:
    key = key.strip().lower().removeprefix("oid.")
    return _SHORT_NAMES.get(key) or _ALIASES.get(key, key)


def _value(value: str) -> str:
    # caseIgnoreMatch of RFC 4518, but what it would drop (controls, zero-width) is refused instead.
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", value).casefold())
    if any(unicodedata.category(c) in ("Cc", "Cf", "Co", "Cs") for c in folded):
        raise InvalidValue("not a distinguished name: it holds control or invisible characters")
    return " ".join(folded.split())


def _unescaped(value: str) -> str:
    if value.startswith("#"):
        return _der_string(value[1:])
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = value[1:-1]
    return _ESCAPES.sub(lambda m: _utf8(m[1].replace("\\", "")) if m[1] else m[2], value)


def _utf8(digits: str) -> str:
    try:
        return bytes.fromhex(digits).decode()
    except UnicodeDecodeError as error:
        raise InvalidValue("not a distinguished name: an escape is not UTF-8") from error


def _der_string(digits: str) -> str:
    # OpenSSL prints attributes it has no name for, such as 2.5.4.97, in this form (RFC 4514 §2.4).
    try:
        der = bytes.fromhex(digits)
        encoding, body = _DER_STRINGS[der[0]], der[2:]
        if der[1] != len(body) or der[1] > 127:
            raise ValueError("length")
        return body.decode(encoding)
    except (ValueError, KeyError, IndexError) as error:
        raise InvalidValue("not a distinguished name: a #hex value is not a short DER string") from error


def _escaped(value: str) -> str:
    return re.sub(r'([,;+"\\<>=])|^([ #])', r"\\\1\2", value)
