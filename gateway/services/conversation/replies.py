"""A patient answers a conversation (journey c): its correspondent alone, or all of a message whose exchange is open.

Whom a reply goes to comes from the exchanges of the space, never from what the patient's browser sent;
`patient_writing` says whether it may go, `patient_post` sends it.
"""

from dataclasses import dataclass

from gateway.domain.access import Action, Actor, SpacePart
from gateway.domain.account import Space
from gateway.domain.address import MailAddress
from gateway.domain.errors import InvalidValue
from gateway.domain.exchange import Exchange
from gateway.domain.mailbox import MessageId, ThreadId, VaultId
from gateway.domain.mime import is_message_id
from gateway.domain.verdict import Defer
from gateway.policy import reasons
from gateway.ports.store import Store, Tx
from gateway.services.access.permission import allow, is_permitted, traces_refusals
from gateway.services.conversation.contacts import Contacts, KnownContact
from gateway.services.conversation.conversations import ConversationView, conversation_in
from gateway.services.conversation.patient_post import Draft, Letter, PatientPost, Sent
from gateway.services.conversation.patient_writing import PatientWriting, sentence

_MAX_SUBJECT = 250
_MAX_REFERENCES = 20
RECIPIENTS_CHANGED = "Les destinataires de cette conversation ont changé. Vérifiez-les, puis envoyez de nouveau."
"""Said when a page names somebody whom an answer would no longer reach."""

READ_ONLY = "Vos droits permettent de lire ces messages, pas d’y répondre."
"""Said to a carer who was not given the right to write."""


@dataclass(frozen=True, slots=True, repr=False)
class Standing:
    """What a page may offer in a conversation.

    Attributes:
        refusal: the French sentence that says why nothing may be written, or nothing.
        others: further people of the newest message received whose exchange is open, for an answer to all.
        to: reference of the correspondent whom an answer reaches; the page hands it back with the answer.
        has_left: the directory has the correspondent no more (E9); an answer may still be tried.
    """

    refusal: str = ""
    others: tuple[KnownContact, ...] = ()
    to: str = ""
    has_left: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class _Look:
    """What is known before the reply is composed; `sent` is the message an earlier try has made."""

    view: ConversationView
    among: tuple[Exchange, ...]
    space: Space
    sent: MessageId | None


class Replies:
    """Answers conversations of one space at a time."""

    def __init__(self, store: Store, contacts: Contacts, writing: PatientWriting, post: PatientPost) -> None:
        self._store = store
        self._clock = post.clock
        self._contacts = contacts
        self._writing = writing
        self._post = post

    @traces_refusals
    async def standing(self, actor: Actor, thread: ThreadId) -> Standing:
        """Say what may be written in a conversation now. Raises `NotFound`."""
        vault = actor.vault

        def look(tx: Tx) -> Standing:
            allow(tx, actor, Action.READ, SpacePart.MESSAGES, self._clock.now())
            if not is_permitted(tx, actor, Action.ADD, SpacePart.MESSAGES, self._clock.now()):
                return Standing(READ_ONLY)
            view = conversation_in(tx, actor, thread, self._clock.now())
            exchange = view.exchange
            if exchange is None:
                return Standing(reasons.EXCHANGE_NOT_STARTED.french)
            verdict = self._writing.may_write(tx, vault, [exchange.correspondent], answers=_is_answer(view))
            to = self._contacts.reference(vault, exchange)
            if isinstance(verdict, Defer):
                return Standing(to=to)  # it may be known again when the form is sent
            refusal = sentence(verdict, [exchange])
            if refusal:
                return Standing(refusal)
            others = [one for one in _others_in(tx, vault, view) if one.is_open]
            has_left = self._contacts.has_left(exchange)
            return Standing(others=self._contacts.of(vault, others), to=to, has_left=has_left)

        return await self._store.read(look)

    @traces_refusals
    async def reply(
        self, actor: Actor, thread: ThreadId, draft: Draft, also: frozenset[str] = frozenset(), named: str = ""
    ) -> Sent:
        """Answer a conversation's correspondent; it is committed on return. Raises `NotFound`.

        Args:
            actor: who answers, and in which space.
            thread: the conversation.
            draft: what is answered.
            also: references of others who get it, as the page showed them: nobody whom the patient did not see.
            named: `Standing.to` of the page: when the conversation is somebody else's by now, nothing is sent.
        """
        vault = actor.vault
        about = (thread.to_bytes(8, "big"), " ".join(sorted(also)).encode())
        number = await self._post.number_of("reply", vault, *about, draft=draft)

        def look(tx: Tx) -> _Look:
            self._post.permit(tx, actor)
            space, view = tx.spaces.space(vault), conversation_in(tx, actor, thread, self._clock.now())
            sent = tx.mail.by_message_id(vault, f"<{number}@{space.address.domain}>")
            return _Look(view, _others_in(tx, vault, view) if also else (), space, sent)

        found = await self._store.read(look)
        if found.sent is not None:
            return Sent(found.sent)
        if found.view.exchange is None:
            return Sent(None, reasons.EXCHANGE_NOT_STARTED.french)
        if named and named != self._contacts.reference(vault, found.view.exchange):
            return Sent(None, RECIPIENTS_CHANGED)
        others = [one for one in found.among if self._contacts.reference(vault, one) in also]
        if len(others) != len(also):
            return Sent(None, RECIPIENTS_CHANGED)
        to = (found.view.exchange, *others)
        return await self._post.send(actor, found.space, _letter(found.view, to, number, draft))


def _letter(view: ConversationView, to: tuple[Exchange, ...], number: str, draft: Draft) -> Letter:
    last = view.incoming or view.messages[-1].card
    subject = last.subject if last.subject.lower().startswith("re:") else f"Re: {last.subject}"
    ids = [text for text in (*last.references, last.message_id) if is_message_id(text)]
    return Letter(
        number=number,
        subject=subject[:_MAX_SUBJECT],
        draft=draft,
        to=to,
        thread=view.thread,
        answers=_is_answer(view),
        in_reply_to=last.message_id if is_message_id(last.message_id) else None,
        references=tuple(dict.fromkeys(ids))[-_MAX_REFERENCES:],
    )


def _is_answer(view: ConversationView) -> bool:
    """Say whether there is a message to answer: a conversation may hold the patient's own only."""
    return view.incoming is not None


def _others_in(tx: Tx, vault: VaultId, view: ConversationView) -> tuple[Exchange, ...]:
    """Give the exchanges of whoever else the newest message received came from or went to, open or not."""
    last, exchange = view.incoming, view.exchange
    if last is None or exchange is None:
        return ()
    own = tx.spaces.space(vault).address.mail
    among = frozenset(_addresses(last.sender, *last.to)) - {exchange.correspondent, own}
    if not among:
        return ()  # as mostly: then the exchanges of the space need not be opened
    return tuple(one for one in tx.exchanges.all_of(vault) if one.correspondent in among)


def _addresses(*texts: str) -> list[MailAddress]:
    found = []
    for text in texts:
        try:
            found.append(MailAddress.parse(text))
        except InvalidValue:
            continue
    return found
