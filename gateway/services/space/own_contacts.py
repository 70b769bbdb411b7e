"""How the holder of a space changes where they are told: a new contact counts once a code was read there (F14, E30).

Whoever changes it showed a short while ago who they are. Every contact that there was is told. One stays, always: codes
and notices go there.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from gateway.domain.access import Action, Actor, SpacePart
from gateway.domain.account import Space
from gateway.domain.contact_reading import email_of, mobile_of
from gateway.domain.mailbox import VaultId
from gateway.domain.notices import Channel, NoticeKind
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.permission import allow, traces_refusals
from gateway.services.sign_in.patient_sign_in import SignInSettings
from gateway.services.sign_in.recent_proof import is_recent
from gateway.services.space.contact_changes import proved_by_code, reached, with_contact
from gateway.services.space.masked_contacts import masked
from gateway.services.space.notices import contact_of
from gateway.services.space.step_codes import StepCodes
from gateway.services.space.telling import tell_contact

_READ = {Channel.EMAIL: email_of, Channel.SMS: mobile_of}
_LINK = "reset"
"""Sessions that are links to a new password: they went to the contacts that there were."""


class ContactFault(Enum):
    """Why a contact is not changed."""

    PROOF_TOO_OLD = "proof_too_old"
    CONTACT = "contact"
    SAME = "same"
    TOO_SOON = "too_soon"
    TOO_MANY_CODES = "too_many_codes"
    WRONG_CODE = "wrong_code"
    CODE_OVER = "code_over"
    LAST_CONTACT = "last_contact"


@dataclass(frozen=True, slots=True, repr=False)
class OwnContactPoints:
    """Where somebody is told; empty for a way that there is not. `may_change` says whether they showed who they are."""

    email: str
    phone: str
    may_change: bool


class OwnContacts:
    """Shows, changes and takes away the contacts of whoever is signed in; `session` is the digest of their session."""

    def __init__(self, store: Store, clock: Clock, settings: SignInSettings) -> None:
        self._store = store
        self._clock = clock
        self._codes = StepCodes(store, settings, "own-contact", NoticeKind.CONTACT_CODE)

    @traces_refusals
    async def contacts(self, actor: Actor, session: bytes) -> OwnContactPoints:
        """Give one's own contacts."""
        now = self._clock.now()

        def look(tx: Tx) -> OwnContactPoints:
            allow(tx, actor, Action.READ, SpacePart.SPACE, now)
            space = tx.spaces.space(actor.vault)
            return OwnContactPoints(space.email, space.phone, is_recent(tx, actor.vault, session, now))

        return await self._store.read(look)

    @traces_refusals
    async def send_code(self, actor: Actor, channel: Channel, typed: str, session: bytes) -> str | ContactFault:
        """Send a code to a new contact, and give the contact as it was read."""
        now, contact = self._clock.now(), _READ[channel](typed)

        def send(tx: Tx) -> str | ContactFault:
            allow(tx, actor, Action.CHANGE, SpacePart.SPACE, now)
            if not is_recent(tx, actor.vault, session, now):
                return ContactFault.PROOF_TOO_OLD
            if contact is None:
                return ContactFault.CONTACT
            if (channel, contact) in reached(tx.spaces.space(actor.vault)):
                return ContactFault.SAME
            if self._codes.is_too_soon(tx, actor.vault, session.hex(), now):
                return ContactFault.TOO_SOON
            to = (channel, contact)
            fault = self._codes.send(tx, actor.vault, session.hex(), to, now, proved_by_code(to))
            tx.audit.append(actor.vault, actor.event(now, "contact.code", fault.value if fault else "sent"))
            return ContactFault(fault.value) if fault else contact

        return await self._store.write(send)

    @traces_refusals
    async def confirm(
        self, actor: Actor, channel: Channel, contact: str, digits: str, session: bytes
    ) -> ContactFault | None:
        """Take a new contact whose code is right, in the session in which it was asked for."""
        now, to = self._clock.now(), (channel, contact)

        def confirm(tx: Tx) -> ContactFault | None:
            allow(tx, actor, Action.CHANGE, SpacePart.SPACE, now)
            fault = self._codes.spend(tx, actor.vault, session.hex(), digits, now, proved_by_code(to))
            if fault is not None:
                tx.audit.append(actor.vault, actor.event(now, "contact.code", fault.value))
                return ContactFault(fault.value)
            before = tx.spaces.space(actor.vault)
            self._keep(tx, actor, with_contact(before, (channel, contact)), now, "contact.changed", channel)
            for told in reached(before):
                tell_contact(tx, actor.vault, told, NoticeKind.CONTACT_CHANGED, now, new=masked(to))
            return None

        return await self._store.write(confirm)

    @traces_refusals
    async def remove(self, actor: Actor, channel: Channel, session: bytes) -> ContactFault | None:
        """Take a contact away unless it is the last; one that is not there stays so."""
        now = self._clock.now()

        def remove(tx: Tx) -> ContactFault | None:
            allow(tx, actor, Action.CHANGE, SpacePart.SPACE, now)
            if not is_recent(tx, actor.vault, session, now):
                return ContactFault.PROOF_TOO_OLD
            before = tx.spaces.space(actor.vault)
            gone, left = contact_of(before, channel), with_contact(before, (channel, ""))
            stays = contact_of(left)
            if gone is None:
                return None
            if stays is None:
                return ContactFault.LAST_CONTACT
            self._keep(tx, actor, left, now, "contact.removed", channel)
            for told in reached(before):
                tell_contact(
                    tx, actor.vault, told, NoticeKind.CONTACT_REMOVED, now, gone=masked(gone), left=masked(stays)
                )
            return None

        return await self._store.write(remove)

    def _keep(self, tx: Tx, actor: Actor, space: Space, now: datetime, action: str, channel: Channel) -> None:
        tx.spaces.save(space)
        _end_links(tx, space.vault)
        tx.audit.append(space.vault, actor.event(now, action, detail=channel.value))


def _end_links(tx: Tx, vault: VaultId) -> None:
    for one in tx.spaces.sessions_of(vault):
        if one.kind == _LINK:
            tx.spaces.drop_session(one.digest)
