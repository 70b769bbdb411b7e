"""Conversations as the pages show them, over `gateway.services.conversation`."""

import structlog

from gateway.domain.access import Actor
from gateway.domain.errors import LimitExceeded, NotFound, ReaderBusy, ReaderFailed
from gateway.domain.exchange import ExchangeState as Standing
from gateway.domain.filing_outcome import is_kept_back
from gateway.domain.mailbox import ThreadId, ThreadPlace
from gateway.services.conversation.conversations import ConversationView, MessageView
from gateway.services.conversation.patient_post import Draft, OutgoingFile
from webmail.correspondent import Contact, Correspondent
from webmail.correspondents import answered_by, contacts_of, correspondent_of, written_to
from webmail.document_views import document_summary_of
from webmail.file_streams import File
from webmail.identifiers import ConversationId, MessageRef
from webmail.messages.html_frames import decode_page, encode_letter
from webmail.messages.invitation_boxes import invitation_box
from webmail.messages.long_texts import fitted
from webmail.messages.model import (
    Conversation,
    ConversationSummary,
    DeliveryProgress,
    HtmlBody,
    InlineImage,
    Message,
    MessageFile,
    NewMessageDraft,
    NewMessageSent,
    ReplyDraft,
    ReplyRefused,
    ReplySent,
    ReplyState,
)
from webmail.paged_lists import FIRST, KeyedPage, ListPlace
from webmail.references import message_of, number_of, reference_of, thread_of
from webmail.services import SpaceServices
from webmail.upload import Upload

_STATES = {Standing.OPEN: ReplyState.OPEN, Standing.ENDED: ReplyState.ENDED}


log = structlog.get_logger("pli.web")


class MessagePages:
    """Implements `webmail.messages.port.MessageService`."""

    def __init__(self, services: SpaceServices) -> None:
        self._conversations = services.conversations
        self._replies = services.replies
        self._new_messages = services.new_messages
        self._parts = services.parts
        self._letters = services.letters

    async def conversations(self, actor: Actor, place: ListPlace = FIRST) -> KeyedPage[ConversationSummary]:
        """List conversations by their last message."""
        of = place_of(place.key)
        views, has_more = await self._conversations.recent(actor, of, newer=place.newer)
        if of and place.newer and not has_more:
            # The first page again: it is shown whole, not what is left of it.
            of, (views, has_more) = None, await self._conversations.recent(actor)
        shown, newer = tuple(map(conversation_summary_of, views)), place.newer and of is not None
        return KeyedPage(
            shown,
            newer=key_of(views[0]) if views and of else "",
            older=key_of(views[-1]) if views and (has_more or newer) else "",
            is_first=of is None,
        )

    async def conversation(self, actor: Actor, conversation: ConversationId, page: int = 1) -> Conversation:
        """Read one page of a conversation and mark it read."""
        view = await self._conversations.read(actor, thread_of(conversation), page)
        texts = await self._parts.texts(actor, [message.entry.mid for message in view.messages])
        there = [message for message in view.messages if message.entry.mid in texts]
        shown = fitted([texts[message.entry.mid] for message in there])
        messages = tuple(_message(message, *text) for message, text in zip(there, shown, strict=True))
        standing = await self._replies.standing(actor, view.thread)
        return Conversation(
            id=conversation,
            correspondent=_correspondent(view),
            subject=view.subject,
            state=_state(view),
            messages=messages,
            refusal=standing.refusal,
            others=contacts_of(standing.others),
            to=standing.to,
            has_left=standing.has_left,
            number=page,
            has_more=view.has_more,
        )

    async def mark_all_read(self, actor: Actor) -> int:
        """Mark every message as read."""
        return await self._conversations.mark_all_read(actor)

    async def reply(
        self, actor: Actor, conversation: ConversationId, draft: ReplyDraft
    ) -> ReplySent | ReplyRefused:
        """Answer the conversation's correspondent."""
        written = Draft(draft.submission, draft.text, _files(draft.uploads))
        also = frozenset(draft.also)
        answer = await self._replies.reply(actor, thread_of(conversation), written, also, named=draft.to)
        return ReplyRefused(answer.refusal) if answer.mid is None else ReplySent(MessageRef(reference_of(answer.mid)))

    @property
    def may_begin(self) -> bool:
        """Say whether new subjects are offered."""
        return self._new_messages.are_offered

    async def contacts(self, actor: Actor) -> tuple[Contact, ...] | None:
        """List whom the patient may write to with a new subject."""
        if not self.may_begin:
            return None
        return contacts_of(await self._new_messages.contacts(actor))

    async def send_new(self, actor: Actor, draft: NewMessageDraft) -> NewMessageSent | ReplyRefused:
        """Begin a conversation."""
        written = Draft(draft.submission, draft.text, _files(draft.uploads))
        answer = await self._new_messages.send(actor, draft.contact, draft.subject, written)
        if answer.mid is None:
            return ReplyRefused(answer.refusal)
        reference = reference_of(answer.mid)  # the first message gives its conversation its number
        return NewMessageSent(ConversationId(reference), MessageRef(reference))

    async def attachment(self, actor: Actor, message: MessageRef, section: str) -> File:
        """Open an attachment."""
        file = await self._parts.attachment(actor, message_of(message), section)
        return File(file.name, file.media_type, file.size, file.pieces)

    async def html_page(self, actor: Actor, message: MessageRef, theme: str) -> str | None:
        """Give the HTML body made inert, in a process that is ended when it takes long."""
        view = await self._parts.html(actor, message_of(message))
        pictures = {name: InlineImage(picture.media_type, picture.data) for name, picture in view.pictures.items()}
        try:
            request = encode_letter(HtmlBody(view.texts[0], pictures, view.texts[1:]), theme)
            return await self._letters.exchange(request, decode_page, view.sender)
        except (ReaderFailed, ReaderBusy, LimitExceeded) as error:
            log.warning("message.not_rendered", message=message, code=error.code)
            return None

    async def whole_text(self, actor: Actor, message: MessageRef) -> str:
        """Give all the text of a message."""
        return await self._parts.whole_text(actor, message_of(message))


def key_of(view: ConversationView) -> str:
    """Write where a conversation stands in the list."""
    return f"{reference_of(view.place.at)}-{reference_of(view.place.thread)}"


def place_of(key: str) -> ThreadPlace | None:
    """Read what `key_of` wrote; None for anything else."""
    at, _, thread = key.partition("-")
    try:
        return ThreadPlace(number_of(at), ThreadId(number_of(thread)))
    except NotFound:
        return None


def conversation_summary_of(view: ConversationView) -> ConversationSummary:
    """Give a conversation as a line of a list."""
    last = view.messages[-1]
    return ConversationSummary(
        id=ConversationId(reference_of(view.thread)),
        correspondent=_writer(view),
        subject=view.subject,
        preview=last.card.preview,
        at=last.entry.internal_date,
        state=_state(view),
        messages=view.total,
        unread=view.unread,
        has_attachment=any(not file.is_technical for message in view.messages for file in _listed(message)),
        has_document=any(message.has_documents for message in view.messages),
        last_is_mine=last.is_mine,
    )


def _files(uploads: tuple[Upload, ...]) -> tuple[OutgoingFile, ...]:
    return tuple(OutgoingFile(upload.name, upload.media_type, upload.content) for upload in uploads)


def _writer(view: ConversationView) -> Correspondent:
    """Name who wrote, as lists are headed: whom `Reply-To` names stands on the page (A10)."""
    return correspondent_of(view.incoming) if view.incoming else _correspondent(view)


def _correspondent(view: ConversationView) -> Correspondent:
    if view.incoming is None and view.exchange is not None:
        return written_to(view.exchange)
    return answered_by(view.incoming or view.messages[-1].card)


def _state(view: ConversationView) -> ReplyState:
    return _STATES.get(view.exchange.state, ReplyState.AUTOMATIC) if view.exchange else ReplyState.AUTOMATIC


def _listed(view: MessageView) -> list[MessageFile]:
    """List what is joined; a picture that the HTML shows in its place is not, nor what is withheld."""
    card = view.card
    return [] if view.withheld else [
        MessageFile(item.section, item.name, item.media_type, item.size)
        for item in card.attachments
        if not is_kept_back(item.section, view.kept_back)
        and not (card.html_section and item.content_id and item.media_type.startswith("image/"))
    ]


def _message(view: MessageView, text: str, is_cut: bool) -> Message:
    card, delivery = view.card, None
    if view.is_mine:
        delivery = (
            DeliveryProgress.FAILED
            if view.failed
            else DeliveryProgress.DELIVERED
            if view.delivered
            else DeliveryProgress.ON_ITS_WAY
        )
    return Message(
        id=MessageRef(reference_of(view.entry.mid)),
        at=view.entry.internal_date,
        author=card.sender_name,
        text=text,
        is_cut=is_cut,
        has_html=bool(card.html_section),
        delivery=delivery,
        unread=view.was_unread,
        attachments=tuple(_listed(view)),
        documents=tuple(document_summary_of(document) for document in view.documents),
        withheld=view.withheld,
        doubted=view.doubted,
        later=view.later,
        kept_back=len(view.kept_back),
        invitation=invitation_box(view.invitation, view.events),
    )
