"""Mail addresses, compared in one ASCII form, and the patient's own address.

Parsing is for envelope addresses (RFC 5321 §4.1.2 without quoted local parts or address literals, which
no white-listed operator uses); header fields are read by `gateway.domain.mime`.
"""

import re
from dataclasses import dataclass

from gateway.domain.errors import InvalidValue
from gateway.domain.identity import Ins

_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"{_ATEXT}(?:\.{_ATEXT})*", re.ASCII)
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})+", re.ASCII)


@dataclass(frozen=True, slots=True, repr=False, order=True)
class MailAddress:
    """A mailbox in canonical form: ASCII, lower case. Two equal values are one mailbox (RFC 5321 §2.4 relaxed)."""

    local: str
    domain: str

    @classmethod
    def parse(cls, text: str) -> "MailAddress":
        """Read ``local@domain``; an internationalised domain becomes its ASCII form.

        Raises:
            InvalidValue: for anything else: quoted locals, literals, non-ASCII locals, oversize parts.
        """
        local, at, domain = text.rpartition("@")
        if not at or len(text) > 320:
            raise InvalidValue("not a mail address")
        if not domain.isascii():
            try:
                domain = domain.encode("idna").decode("ascii")
            except UnicodeError as error:
                raise InvalidValue("not a mail domain") from error
        if not (len(local) <= 64 and len(domain) <= 253 and _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain)):
            raise InvalidValue("not a mail address")
        return cls(local.lower(), domain.lower())

    def __str__(self) -> str:
        """Give the canonical ``local@domain``."""
        return f"{self.local}@{self.domain}"

    def __repr__(self) -> str:
        """Hide the address: representations end up in logs."""
        return "MailAddress(…)"


@dataclass(frozen=True, slots=True, repr=False)
class PatientAddress:
    """The address of a patient's space: ``INS@patient-domain``, or an opaque number of the same form (F64, A6)."""

    ins: Ins
    domain: str

    @classmethod
    def of(cls, address: MailAddress, patient_domain: str) -> "PatientAddress":
        """Read a mail address of the patient domain.

        Raises:
            InvalidValue: when the domain is another, or the INS form or key is wrong (A9: `550 5.1.3`).
        """
        if address.domain != patient_domain.lower():
            raise InvalidValue("not an address of the patient domain")
        return cls(Ins.parse(address.local), address.domain)

    @property
    def mail(self) -> MailAddress:
        """Give it as a mail address."""
        return MailAddress(self.ins.value.lower(), self.domain)

    def __str__(self) -> str:
        """Give ``INS@domain`` with the INS in upper case, as it is printed on notices."""
        return f"{self.ins.value}@{self.domain}"

    def __repr__(self) -> str:
        """Hide the address: representations end up in logs."""
        return "PatientAddress(…)"
