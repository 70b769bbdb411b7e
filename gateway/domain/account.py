"""A patient's space, sign-ins, single-use codes and sessions, as values; their rules are elsewhere."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum

from gateway.domain.address import PatientAddress
from gateway.domain.identity import PatientIdentity
from gateway.domain.local_days import local_day, zone_of
from gateway.domain.mailbox import VaultId
from gateway.domain.mandates import comes_of_age
from gateway.domain.space import SpaceEvent, SpaceState, closing_day, erasure_day, opening_day


@dataclass(frozen=True, slots=True, repr=False)
class PostalAddress:
    """Where letters go; empty when it is not known."""

    lines: tuple[str, ...] = ()
    postal_code: str = ""
    city: str = ""
    country: str = ""

    @property
    def is_postable(self) -> bool:
        """Say whether a letter may arrive: there is a line, and a postal code or a town."""
        return bool(self.lines and (self.postal_code or self.city))


NO_ADDRESS = PostalAddress()


class SecretKind(Enum):
    """How a sign-in's secret is kept: a keyed digest for 128-bit random ones, argon2id for chosen ones.

    `NONE` is for whoever has passkeys only: no password opens that account. `AWAITED` opens nothing at all: an attempt
    to activate has reserved the login.
    """

    APP = "app"
    CHOSEN = "chosen"
    NONE = "none"
    AWAITED = "awaited"


OF_HOLDERS = frozenset({SecretKind.CHOSEN, SecretKind.NONE})
"""What the holder of a space signs in with."""


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class AwaitedChoice:
    """What one attempt to activate a space has chosen: it counts when that attempt ends, and never if it does not.

    Attributes:
        attempt: digest of what names the attempt.
        until: when the attempt is over.
        email: in place of the space's, confirmed by a code, as `phone`; empty when nothing was changed.
        terms: the version of the terms of use that was accepted, at `terms_at`; empty when none was.
        login: the identifier; empty while none is chosen.
        kind: `NONE` when a passkey waits with it (`Passkey.waits`).
        secret: what is kept of the password.
    """

    attempt: bytes
    until: datetime
    email: str = ""
    phone: str = ""
    terms: str = ""
    terms_at: datetime | None = None
    login: str = ""
    kind: SecretKind = SecretKind.NONE
    secret: bytes = b""

    def __repr__(self) -> str:
        """Hide what was chosen."""
        return "AwaitedChoice()"


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Space:
    """A patient's space.

    Attributes:
        email: for notices only, as `phone` and `postal`; any may be empty.
        card_serials: of every card that names the person (FACTS a1).
        guardians: numbers (INS) of the legal representatives named in the import (A22).
        identifier: what its holder signs in with, once it is activated (F17).
        notified_on: the day the notice counts as received (A4).
        letter_on: the day of the mailing that its letter was printed with, while nobody said that it was posted.
        changed_on: the day its present state began, where a date depends on it: suspended, closed, deceased.
        before: the states, each with its day, that a suspension or a death put an end to; the latest last.
        erase_on: the day a closed space is to be erased at its holder's request (A17).
        of_age: its coming of age was seen to: nobody acts for its holder as for a minor.
        opening_stopped: it does not open by itself: somebody said not to be the representative (E74).
        terms: the version of the terms of use that was accepted, at `terms_at` (F13, E91).
        muted: kinds of notices that its holder switched off (E30).
        hides_documents: new documents are hidden from professionals but who sent them (E16).
        delays: by how many days its holder sees new documents of some kinds later (E37): kinds and days.
        carers_until: when to look for carers whose last day is over (E12); the mandates decide.
        hides_care: the whole history of care is hidden from everybody else (E78).
        added_bytes: octets of the documents that its patient added (F51).
        awaited: what attempts to activate it have chosen that have not ended, the earliest first.
    """

    vault: VaultId
    address: PatientAddress
    identity: PatientIdentity
    state: SpaceState
    email: str = ""
    phone: str = ""
    postal: PostalAddress = NO_ADDRESS
    birth_place: str = ""
    birth_country: str = ""
    card_serials: tuple[str, ...] = ()
    guardians: tuple[str, ...] = ()
    scheme: str = ""
    identifier: str = ""
    notified_on: date | None = None
    letter_on: date | None = None
    changed_on: date | None = None
    before: tuple[tuple[SpaceState, date | None], ...] = ()
    erase_on: date | None = None
    of_age: bool = False
    opening_stopped: bool = False
    terms: str = ""
    terms_at: datetime | None = None
    muted: tuple[str, ...] = ()
    hides_documents: bool = False
    delays: tuple[tuple[str, int], ...] = ()
    carers_until: date | None = None
    hides_care: bool = False
    added_bytes: int = 0
    awaited: tuple[AwaitedChoice, ...] = ()

    def __repr__(self) -> str:
        """Hide the person."""
        return f"Space({self.vault:x}, {self.state.value})"


def majority_of(space: Space) -> datetime | None:
    """Give the instant at which the holder of a space is 18, where they live; None when it is not known."""
    return comes_of_age(space.identity.traits.birth_date, zone_of(space.postal.postal_code))


def majority_day(space: Space) -> date | None:
    """Give the day on which a coming of age is seen to; None when nobody acts for the holder as for a minor."""
    majority = majority_of(space) if space.guardians and not space.of_age else None
    if majority is None:
        return None
    return day_of_end(majority)


def day_of_end(instant: datetime) -> date:
    """Give the first day on which the end of a right is seen to: at its beginning the instant has come.

    Days are those of Paris: for somebody elsewhere it is seen to when one begins there.
    """
    day = local_day(instant)
    return day if local_day(instant - timedelta(microseconds=1)) < day else day + timedelta(days=1)


def due_day(space: Space) -> date | None:
    """Give the day on which something happens to a space by itself; None for never."""
    days = [day for day in (majority_day(space), space.carers_until, state_day(space)) if day is not None]
    return min(days, default=None) if space.state is not SpaceState.ERASED else None


def state_day(space: Space) -> date | None:
    """Give the day on which its state changes by itself: opening, closing or erasure; None for never."""
    if space.state is SpaceState.NOTIFIED:
        return opening_day(space.notified_on) if space.notified_on and not space.opening_stopped else None
    if space.changed_on is None:
        return space.erase_on
    if space.state is SpaceState.SUSPENDED:
        return closing_day(space.changed_on)
    if space.state in {SpaceState.CLOSED, SpaceState.DECEASED}:
        return min(erasure_day(space.changed_on), space.erase_on or date.max)
    return None


def due_event(space: Space, today: date) -> SpaceEvent | None:
    """Give what happens to a space by itself on `today`, or should have before; None when its day has not come."""
    day = state_day(space)
    if day is None or day > today:
        return None
    if space.state is SpaceState.NOTIFIED:
        return SpaceEvent.SIX_WEEKS_PASSED
    if space.state is SpaceState.SUSPENDED:
        return SpaceEvent.NOBODY_OBJECTED
    asked = space.erase_on is not None and space.erase_on <= today
    return SpaceEvent.ERASURE_REQUESTED if asked else SpaceEvent.TEN_YEARS_PASSED


@dataclass(frozen=True, slots=True, repr=False)
class Account:
    """A sign-in: an app password of a professional's mailbox, or a patient's identifier and password, if any."""

    login: str
    vault: VaultId
    kind: SecretKind
    secret: bytes

    def __repr__(self) -> str:
        """Hide the secret."""
        return f"Account({self.vault:x}, {self.kind.value})"


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Code:
    """A single-use code: its keyed digest, its end and the tries left."""

    vault: VaultId
    purpose: str
    digest: bytes
    issued: datetime
    expires: datetime
    tries_left: int

    def __repr__(self) -> str:
        """Hide the digest."""
        return f"Code({self.vault:x}, {self.purpose})"


CHALLENGE = "challenge"
"""The kind of a session that stands for a challenge of a passkey that was used; it opens nothing."""


def digest_of(secret: str) -> bytes:
    """Give the digest by which a store knows a session; its secret is random, so no salt is needed."""
    # What a client sends in its place may be anything, also no text at all.
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Session:
    """A signed-in browser (``web``) or an access token (``fhir``), found by the SHA-256 of its secret.

    `device` says in words where it was opened; only `Spaces.sessions_of` gives it. `about` is what else its sign-in
    showed, by names; only `Spaces.session_about` gives it.
    """

    digest: bytes
    vault: VaultId
    kind: str
    created: datetime
    used: datetime
    expires: datetime
    device: str = ""
    about: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Hide the digest."""
        return f"Session({self.vault:x}, {self.kind})"
