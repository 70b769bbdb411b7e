"""Professionals come in by a provider that knows their exercises: Pro Santé Connect (A1, FACTS d).

Whoever has one way in comes in at once. Whoever has several exercises or mailboxes chooses, within some minutes, in the
browser that came back: what the provider proved is kept meanwhile, sealed, under the digest of a random name.
"""

import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from gateway.domain.account import Session, digest_of
from gateway.domain.care_party import structure_number
from gateway.domain.console import FACE, ConsoleEntry, EntryWay, entry_of_words
from gateway.domain.directory import DirectoryEntry, MailboxKind
from gateway.domain.errors import InvalidValue
from gateway.domain.openid import ProvenClaims, ProviderReturn
from gateway.domain.pro_sante_connect import Exercise, ProvenProfessional, professional_of_claims
from gateway.ports.clock import Clock
from gateway.ports.identity_provider import IdentityProvider
from gateway.ports.store import Store, Tx
from gateway.services.sign_in.mailbox_standing import MailboxStanding
from gateway.services.sign_in.provider_visits import ProviderDeparture, ProviderVisits, VisitEnd
from gateway.services.sign_in.sign_in_guard import SignInGuard
from gateway.services.sign_in.sign_in_trace import SignInTrace

_CHOOSING = "pro-choice"
CHOICE_LIFETIME = timedelta(minutes=5)
_MOST_WAYS = 30


class ComeBackFault(Enum):
    """Why nobody comes in by a return."""

    GIVEN_UP = "given-up"
    REFUSED = "refused"
    OVER = "over"
    BUSY = "busy"
    SILENT = "silent"
    NO_PROFESSIONAL = "no-professional"
    """The provider knows no exercise of theirs, or no number."""
    NOT_HERE = "not-here"
    """They have no mailbox of this gateway, or left."""


@dataclass(frozen=True, slots=True, repr=False)
class ProvenWays:
    """As whom somebody may come in, at least one; `token` names what was proven while they choose."""

    ways: tuple[ConsoleEntry, ...]
    token: str = ""


class ProfessionalProvider:
    """Sends professionals to the provider, and takes them back."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        trace: SignInTrace,
        guard: SignInGuard,
        provider: IdentityProvider,
        local_of: Callable[[str], Sequence[DirectoryEntry]],
        standing: MailboxStanding,
    ) -> None:
        self._store = store
        self._clock = clock
        self._trace = trace
        self._visits = ProviderVisits(store, clock, guard, provider, what="pro-provider", face=FACE)
        self._local_of = local_of
        self._standing = standing

    @property
    def name(self) -> str:
        """Give what people call the provider."""
        return self._visits.name

    async def leave(self, return_to: str) -> ProviderDeparture | None:
        """Send a browser to the provider; None when that does not answer."""
        return await self._visits.leave(return_to)

    async def come_back(
        self, kept: str, brought: ProviderReturn, source: str, *, return_to: str, after_logout: str
    ) -> ProvenWays | ComeBackFault:
        """Take a browser back, once. Raises `DirectoryUnavailable`: who has which mailbox is not known now."""
        proven = await self._visits.come_back(
            kept, brought, source, return_to=return_to, after_logout=after_logout
        )
        if isinstance(proven, VisitEnd):
            if proven is VisitEnd.REFUSED:
                self._trace.failed(None, FACE, source)
            return ComeBackFault(proven.value)
        return await self._ways(proven, source)

    async def choices(self, token: str) -> tuple[ConsoleEntry, ...]:
        """Give what there is to choose from; nothing when that is over, or nothing of ours."""
        now, digest = self._clock.now(), digest_of(token)
        return await self._store.read(lambda tx: _kept_ways(tx, digest) if _is_kept(tx, digest, now) else ())

    async def chosen(self, token: str, number: int) -> ConsoleEntry | None:
        """Give one of them, and end the choice; None when it is over, or there is none of that number."""
        now, digest = self._clock.now(), digest_of(token)

        def choose(tx: Tx) -> ConsoleEntry | None:
            ways = _kept_ways(tx, digest) if _is_kept(tx, digest, now) else ()
            if not 0 <= number < len(ways):
                return None
            tx.spaces.drop_session(digest)
            return ways[number]

        return await self._store.write(choose)

    async def _ways(self, proven: ProvenClaims, source: str) -> ProvenWays | ComeBackFault:
        person = professional_of_claims(proven.claims)
        if person is None:
            self._trace.failed(None, FACE, source)
            return ComeBackFault.NO_PROFESSIONAL
        ways = tuple(replace(way, logout=proven.logout) for way in self._of_mailboxes(person))[:_MOST_WAYS]
        if not ways:
            self._trace.failed(None, FACE, source)
            return ComeBackFault.NOT_HERE
        return ProvenWays(ways) if len(ways) == 1 else ProvenWays(ways, await self._keep(ways))

    def _of_mailboxes(self, person: ProvenProfessional) -> list[ConsoleEntry]:
        people = [one for one in self._local_of(person.identifier) if one.kind is MailboxKind.PERSON]
        standing = [(one, self._standing(one.address)) for one in people]
        return [
            _entry(holder, exercise, ended)
            for holder, ended in standing
            if ended is not None
            for exercise in person.exercises
        ]

    async def _keep(self, ways: Sequence[ConsoleEntry]) -> str:
        token, now = secrets.token_urlsafe(32), self._clock.now()
        about = {str(number): json.dumps(way.words) for number, way in enumerate(ways)}

        def keep(tx: Tx) -> None:
            found = tx.spaces.resolve(ways[0].mailbox)
            if found is not None:
                tx.spaces.save_session(
                    Session(
                        digest=digest_of(token),
                        vault=found[0],
                        kind=_CHOOSING,
                        created=now,
                        used=now,
                        expires=now + CHOICE_LIFETIME,
                        about=about,
                    )
                )

        await self._store.write(keep)
        return token


def _entry(holder: DirectoryEntry, exercise: Exercise, ended: int) -> ConsoleEntry:
    return ConsoleEntry(
        way=EntryWay.PROVIDER.value,
        address=str(holder.address),
        name=holder.name,
        identifier=holder.identifier,
        profession=exercise.label,
        profession_code=exercise.profession,
        organisation=exercise.organisation,
        organisation_id=exercise.organisation_id or structure_number(holder.organisation_id),
        place=holder.city,
        ended_before=str(ended),
    )


def _is_kept(tx: Tx, digest: bytes, now: datetime) -> bool:
    session = tx.spaces.session(digest)
    return session is not None and session.kind == _CHOOSING and now < session.expires


def _kept_ways(tx: Tx, digest: bytes) -> tuple[ConsoleEntry, ...]:
    about = tx.spaces.session_about(digest)
    try:
        return tuple(entry_of_words(json.loads(about[str(number)])) for number in range(len(about)))
    except (InvalidValue, ValueError, KeyError):
        return ()
