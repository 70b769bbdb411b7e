"""A patient begins a new subject with a correspondent whose exchange is open (A7, E1; `patient_replies = "contact"`).

Who may be written to is `patient_writing`'s to say: with the setting `thread`, nobody is offered, and a form made
by hand is refused by `POL-37`.
"""

from gateway.domain.access import Actor
from gateway.domain.account import Space
from gateway.domain.exchange import Exchange
from gateway.domain.mailbox import MessageId
from gateway.domain.verdict import Reject
from gateway.policy import reasons
from gateway.ports.store import Store, Tx
from gateway.services.access.permission import traces_refusals
from gateway.services.access.withheld_messages import known_exchanges
from gateway.services.conversation.contacts import Contacts, KnownContact
from gateway.services.conversation.patient_post import Draft, Letter, PatientPost, Sent
from gateway.services.conversation.patient_writing import PatientWriting


class NewMessages:
    """Begins conversations of one space at a time."""

    def __init__(self, store: Store, contacts: Contacts, writing: PatientWriting, post: PatientPost) -> None:
        self._store = store
        self._clock = post.clock
        self._contacts = contacts
        self._writing = writing
        self._post = post

    @property
    def are_offered(self) -> bool:
        """Say whether the operator lets patients begin new subjects."""
        return self._writing.allows_new_subjects

    @traces_refusals
    async def contacts(self, actor: Actor) -> tuple[KnownContact, ...]:
        """List those who may be written to, by name; what cannot be checked just now does not hide anybody."""
        vault = actor.vault

        def look(tx: Tx) -> list[Exchange]:
            self._post.permit(tx, actor)
            return [
                exchange
                for exchange in known_exchanges(tx, actor)
                if not isinstance(
                    self._writing.may_write(tx, vault, [exchange.correspondent], answers=False), Reject
                )
            ]

        found = await self._store.read(look)
        return self._contacts.of(vault, sorted(found, key=lambda one: (one.name.casefold(), one.correspondent)))

    @traces_refusals
    async def send(self, actor: Actor, reference: str, subject: str, draft: Draft) -> Sent:
        """Write to the correspondent of that reference; the message's number is its conversation's, too."""
        vault = actor.vault
        about = (reference.encode(), subject.encode())
        number = await self._post.number_of("new message", vault, *about, draft=draft)

        def look(tx: Tx) -> tuple[Space, MessageId | None, list[Exchange]]:
            self._post.permit(tx, actor)
            space = tx.spaces.space(vault)
            sent = tx.mail.by_message_id(vault, f"<{number}@{space.address.domain}>")
            every = known_exchanges(tx, actor)
            return space, sent, [one for one in every if self._contacts.reference(vault, one) == reference]

        space, sent, chosen = await self._store.read(look)
        if sent is not None:
            return Sent(sent)
        if not chosen:
            return Sent(None, reasons.EXCHANGE_NOT_STARTED.french)
        return await self._post.send(
            actor, space, Letter(number=number, subject=subject, draft=draft, to=tuple(chosen))
        )
