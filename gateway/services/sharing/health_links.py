"""SMART Health Links of a space: made, listed, ended by its holder, and read by whoever has code and passcode.

A link is found by the digest of its secret, as a token is. Passcodes are compared in a transaction that writes, so
tries in parallel are counted one after another. A link that is over, used up or ended is as one that never was.
"""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from gateway.domain.access import Action, Actor, SpacePart
from gateway.domain.account import Session, digest_of
from gateway.domain.errors import Conflict, InvalidValue, LimitExceeded, NotFound
from gateway.domain.health_links import (
    KIND,
    LONGEST_URL,
    MOST_LINKS,
    TICKET_LIFE,
    HealthLink,
    LinkLife,
    LinkTicket,
    number_of_link,
    recipient_words,
    shlink,
)
from gateway.domain.mailbox import VaultId
from gateway.domain.space import may_sign_in
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.actors import program_with
from gateway.services.access.made_links import maker_may, maker_of
from gateway.services.access.permission import allow, keep_from_visitors, traces_refusals
from gateway.services.even_pace import EvenPace
from gateway.shared_memory import SharedMemory, Timed

MOST_OCTETS = 2 * 1024 * 1024
"""The shared file, before it is compressed."""
_DIGITS = 6
_READINGS = 20
"""Requests a minute that are answered, of one link: each writes its file again, and a line of the trace."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MadeLink:
    """What is shown once: the link, and the passcode that goes with it by word of mouth."""

    shlink: str
    passcode: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class LinkFile:
    """What a manifest tells of the file: its octets, or a ticket by which it is fetched within minutes."""

    jwe: str
    made: datetime
    ticket: str


@dataclass(frozen=True, slots=True)
class ReadTooOften:
    """The link is asked for more often than any reader does: nothing was compared, and no try used."""


@dataclass(frozen=True, slots=True)
class WrongPasscode:
    """It was not the passcode; none is left once the link is disabled."""

    remaining: int


class HealthLinks:
    """Makes links, ends them, and answers whoever has one."""

    def __init__(self, store: Store, clock: Clock, memory: SharedMemory | None = None) -> None:
        self._store = store
        self._clock = clock
        self._readings = EvenPace(_READINGS, (memory or SharedMemory()).instants(Timed.HEALTH_LINKS))

    @traces_refusals
    async def mine(self, actor: Actor) -> Sequence[HealthLink]:
        """List the links of a space that may be read, the newest first."""
        now = self._clock.now()

        def look(tx: Tx) -> Sequence[HealthLink]:
            keep_from_visitors(actor)
            allow(tx, actor, Action.READ, SpacePart.PROFILE, now)
            return sorted(_in_force(tx, actor.vault, now), key=lambda one: one.made, reverse=True)

        return await self._store.read(look)

    @traces_refusals
    async def make(
        self, actor: Actor, content: bytes, parts: tuple[str, ...], life: LinkLife, place: str
    ) -> MadeLink:
        """Encrypt a FHIR file and make the link to it; key and secret are in the answer alone.

        Args:
            actor: who shares.
            content: the file, as JSON.
            parts: what stands in it.
            life: how long it may be read.
            place: where links are answered, with a final slash; its link has 128 characters at most.

        Raises:
            Conflict: there are as many links as may be.
            LimitExceeded: the file is too long.
            InvalidValue: the place is too long.
        """
        secret, key, now = secrets.token_urlsafe(32), secrets.token_bytes(32), self._clock.now()
        passcode = "".join(secrets.choice("0123456789") for _ in range(_DIGITS))
        if len(content) > MOST_OCTETS:
            raise LimitExceeded("there is more to share than a link takes")
        if len(place + secret) > LONGEST_URL:
            raise InvalidValue("[web] origin is too long for a SMART Health Link: 128 characters in all")
        file, digest, until = await self._store.aside(lambda: _jwe(content, key)), digest_of(secret), now + life.lasts
        link = HealthLink(
            vault=actor.vault, number=number_of_link(digest), made=now, until=until, parts=parts,
            passcode=_passcode_digest(secret, passcode), file=file,
        )  # fmt: skip
        session = Session(
            digest=digest, vault=actor.vault, kind=KIND, created=now, used=now, expires=until, about=maker_of(actor)
        )

        def make(tx: Tx) -> None:
            allow(tx, actor, Action.EXPORT, SpacePart.PROFILE, now)
            in_force = _in_force(tx, actor.vault, now)
            if len(in_force) >= MOST_LINKS:
                raise Conflict("there are as many links as may be")
            for old in tx.health_links.all_of(actor.vault):
                if old not in in_force:
                    tx.health_links.drop(actor.vault, old.number)
            tx.spaces.save_session(session)
            tx.health_links.save(link)
            objects = tuple(f"profile:{part}" for part in parts)
            tx.audit.append(actor.vault, actor.event(now, "share.made", objects=objects, detail=life.value))

        await self._store.write(make)
        return MadeLink(shlink=shlink(place + secret, key, until, "Synthèse de santé"), passcode=passcode, until=until)

    @traces_refusals
    async def end(self, actor: Actor, number: int) -> None:
        """End a link at once. Raises `NotFound` when there is none of one's own by that number."""
        now = self._clock.now()

        def end(tx: Tx) -> None:
            keep_from_visitors(actor)
            allow(tx, actor, Action.CHANGE, SpacePart.PROFILE, now)
            if tx.health_links.get(actor.vault, number) is None:
                raise NotFound("there is no such link")
            _drop(tx, actor.vault, number)
            tx.audit.append(actor.vault, actor.event(now, "share.ended"))

        await self._store.write(end)

    async def open(self, secret: str, passcode: str, recipient: str) -> LinkFile | WrongPasscode | ReadTooOften:
        """Answer whoever has a link. Raises `NotFound` for every link that may not be read, whatever the reason."""
        now, ticket, digest = self._clock.now(), secrets.token_urlsafe(32), digest_of(secret)
        said = recipient_words(recipient)
        if not await self._is_in_turn(digest, now):
            return ReadTooOften()

        def look(tx: Tx) -> LinkFile | WrongPasscode:
            link, program = _found(tx, digest, now)
            if not hmac.compare_digest(link.passcode, _passcode_digest(secret, passcode)):
                left = link.tries_left - 1
                tx.audit.append(link.vault, program.event(now, "share.refused", "failed", detail=said))
                if left:
                    tx.health_links.save(replace(link, tries_left=left))
                else:
                    _drop(tx, link.vault, link.number)
                    tx.audit.append(link.vault, program.event(now, "share.locked", "failed"))
                return WrongPasscode(left)
            once = LinkTicket(digest=digest_of(ticket), until=now + TICKET_LIFE)
            tx.health_links.save(link.read_by(said, now).with_ticket(once, now))
            objects = tuple(f"profile:{part}" for part in link.parts)
            tx.audit.append(link.vault, program.event(now, "share.read", objects=objects, detail=said))
            tx.changed(link.vault)
            return LinkFile(jwe=link.file, made=link.made, ticket=ticket)

        return await self._store.write(look)

    async def fetch(self, secret: str, ticket: str) -> str | ReadTooOften:
        """Give the file for a ticket, once. Raises `NotFound`."""
        now, digest, shown = self._clock.now(), digest_of(secret), digest_of(ticket)
        if not await self._is_in_turn(digest, now):
            return ReadTooOften()

        def look(tx: Tx) -> str:
            link, _ = _found(tx, digest, now)
            good = [one for one in link.tickets if one.until > now and hmac.compare_digest(one.digest, shown)]
            if not good:
                raise NotFound("there is no such ticket")
            tx.health_links.save(replace(link, tickets=tuple(one for one in link.tickets if one not in good)))
            return link.file

        return await self._store.write(look)

    async def _is_in_turn(self, digest: bytes, now: datetime) -> bool:
        """Look first whether there is such a link: whoever guesses must not keep those waiting who write."""
        await self._store.read(lambda tx: _found(tx, digest, now))
        return self._readings.takes(digest.hex(), now.timestamp())


def _found(tx: Tx, digest: bytes, now: datetime) -> tuple[HealthLink, Actor]:
    """Find a link that may be read, and who reads it."""
    session = tx.spaces.session(digest)
    if session is None or session.kind != KIND or session.expires <= now:
        raise NotFound("there is no such link")
    state, link = tx.spaces.state(session.vault), tx.health_links.get(session.vault, number_of_link(digest))
    if link is None or link.until <= now or state is None or not may_sign_in(state) or not maker_may(tx, session, now):
        raise NotFound("there is no such link")
    program = program_with(session)
    allow(tx, program, Action.READ, SpacePart.PROFILE, now)
    return link, program


def _in_force(tx: Tx, vault: VaultId, now: datetime) -> list[HealthLink]:
    """List links that lead somewhere: signing out everywhere ends their sessions, and so them."""
    numbers = {number_of_link(one.digest) for one in tx.spaces.sessions_of(vault) if one.kind == KIND}
    return [one for one in tx.health_links.all_of(vault) if one.until > now and one.number in numbers]


def _drop(tx: Tx, vault: VaultId, number: int) -> None:
    for one in tx.spaces.sessions_of(vault):
        if one.kind == KIND and number_of_link(one.digest) == number:
            tx.spaces.drop_session(one.digest)
    tx.health_links.drop(vault, number)


def links_over(tx: Tx, vault: VaultId, kind: str, now: datetime) -> None:
    """Forget the links of a space that are over, once the row of one has expired; `kind` is that of the row."""
    if kind != KIND:
        return
    for link in tx.health_links.all_of(vault):
        if link.until <= now:
            tx.health_links.drop(vault, link.number)


def _passcode_digest(secret: str, passcode: str) -> bytes:
    # The secret has 256 random bits and is not kept: nobody who holds the store can try passcodes.
    return sha256(f"{secret}:{passcode}".encode("utf-8", "replace")).digest()


def _jwe(content: bytes, key: bytes) -> str:
    """Encrypt a file (§ Encrypting and Decrypting Files): compact, ``dir``, A256GCM, deflated."""
    from joserfc import jwe  # used when somebody shares
    from joserfc.jwk import OctKey

    header = {"alg": "dir", "enc": "A256GCM", "zip": "DEF", "cty": "application/fhir+json"}
    return jwe.encrypt_compact(header, content, OctKey.import_key(key))
