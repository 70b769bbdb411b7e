"""SMART Health Links: what a person shares on the spot, by a code to scan and a passcode (HL7 SHL STU1, E50).

The file is encrypted with a key that stands in the code alone: the gateway forgets it, and nobody who holds the
store can read what was shared.
"""

import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

import orjson

from gateway.domain.mailbox import VaultId

KIND = "share"
"""The kind of the session that finds the space of a link."""
TRIES = 5
"""Wrong passcodes in the life of a link (§ SMART Health Link Manifest Request)."""
MOST_LINKS = 10
MOST_READINGS = 50
"""Readings that are listed; each stands in the trace besides."""
MOST_TICKETS = 4
TICKET_LIFE = timedelta(minutes=5)
"""How long a file may be fetched after its manifest; one hour at most (§ .files.location links)."""
LONGEST_URL, LONGEST_LABEL, LONGEST_RECIPIENT = 128, 80, 80
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")


class LinkLife(Enum):
    """How long a link may be read; the values stand in forms."""

    QUARTER = "quart"
    HOUR = "heure"
    DAY = "jour"
    WEEK = "semaine"

    @property
    def lasts(self) -> timedelta:
        """Give it as a duration."""
        return {
            LinkLife.QUARTER: timedelta(minutes=15),
            LinkLife.HOUR: timedelta(hours=1),
            LinkLife.DAY: timedelta(days=1),
            LinkLife.WEEK: timedelta(days=7),
        }[self]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SharedReading:
    """Somebody opened a link: when, and who they said they were."""

    at: datetime
    recipient: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class LinkTicket:
    """The right to fetch the file once, known by its digest."""

    digest: bytes
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class HealthLink:
    """One link.

    Attributes:
        number: names it within its space, and opens nothing.
        parts: what was shared, by the values of `SynthesisPart`.
        passcode: digest of the passcode with the secret of the link, which nobody here has.
        file: the shared file as a compact JWE.
        readings: the newest last.
    """

    vault: VaultId
    number: int
    made: datetime
    until: datetime
    parts: tuple[str, ...]
    passcode: bytes
    file: str
    tries_left: int = TRIES
    readings: tuple[SharedReading, ...] = ()
    tickets: tuple[LinkTicket, ...] = ()

    def read_by(self, recipient: str, at: datetime) -> "HealthLink":
        """Give it with one more reading."""
        reading = SharedReading(at=at, recipient=recipient)
        return replace(self, readings=(*self.readings, reading)[-MOST_READINGS:])

    def with_ticket(self, ticket: LinkTicket, now: datetime) -> "HealthLink":
        """Give it with one more ticket; old ones go."""
        good = tuple(one for one in self.tickets if one.until > now)
        return replace(self, tickets=(*good, ticket)[-MOST_TICKETS:])


def number_of_link(digest: bytes) -> int:
    """Give the number of a link from the digest of its secret."""
    return int.from_bytes(digest[:8], "big") >> 2


def shlink(url: str, key: bytes, until: datetime, label: str) -> str:
    """Write a link as it is scanned (§ Construct a SMART Health Link Payload); a passcode is always asked for."""
    payload = {
        "url": url,
        "key": base64url(key),
        "exp": int(until.timestamp()),
        "flag": "P",
        "label": label[:LONGEST_LABEL],
        "v": 1,
    }
    return f"shlink:/{base64url(orjson.dumps(payload))}"


def base64url(octets: bytes) -> str:
    """Write octets in base64url without padding (RFC 4648 §5)."""
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


def recipient_words(said: str) -> str:
    """Give what a reader says of themself as it is shown: one line, not long."""
    words = " ".join(_CONTROLS.sub(" ", said).split())
    return words if len(words) <= LONGEST_RECIPIENT else words[: LONGEST_RECIPIENT - 1] + "…"
