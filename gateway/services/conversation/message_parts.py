"""Open what a message of a patient bears: its text, its HTML, its attachments, by offsets noted at intake.

Nothing is parsed again: only the octets of the wanted part are read, in a worker thread. Of a message that brought
a document which the patient may not read yet, only its words are given (STD §4.5).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape

import structlog

from gateway.domain.access import Action, Actor, Audience, SpacePart
from gateway.domain.errors import NotFound, SealBroken
from gateway.domain.filing_outcome import is_kept_back, kept_back, withholds_files
from gateway.domain.mailbox import BlobKey, ContentState, MessageId
from gateway.domain.mime import (
    Headers,
    Layout,
    LayoutPart,
    ParameterField,
    decoded_body,
    text_of,
    unflowed,
    words_of,
)
from gateway.domain.mime.limits import DEFAULT_LIMITS
from gateway.domain.stand_ins import DAMAGED_MESSAGE, REST_OF_TEXT
from gateway.ports.blobs import Blobs
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.permission import allow, traces_refusals
from gateway.services.conversation.opening import open_messages
from gateway.services.conversation.reading_order import HTML, Choice, media_type_of, reading_order
from gateway.services.stored_octets import OpenedFile, decoded, decoded_size, is_encoded, stored, taken_aside

_log = structlog.get_logger("pli.store")
MAX_TEXT_BYTES = 256 * 1024
MAX_WHOLE_TEXT_BYTES = 25 * 1024 * 1024
MAX_HTML_BYTES = 1024 * 1024
MAX_PICTURES_BYTES = 8 * 1024 * 1024
"""Pictures of one HTML body, as they are encoded; what is beyond is not shown."""


@dataclass(frozen=True, slots=True, repr=False)
class Picture:
    """A picture inside an HTML body."""

    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True, repr=False)
class HtmlView:
    """The texts of a message as HTML, in order, who sent it, and their pictures by Content-ID without angle brackets.

    Each text is a document of its own: what one leaves open does not swallow the next.
    """

    texts: tuple[str, ...]
    sender: str
    pictures: Mapping[str, Picture]


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class _Opened:
    """A visible message: its type, where its parts lie, the key of its octets, and which of its files may be read."""

    mid: MessageId
    media_type: str
    layout: Layout
    key: BlobKey
    withheld: bool
    sender: str
    kept_back: frozenset[str]


class MessageParts:
    """Opens parts of messages of one space at a time."""

    def __init__(self, store: Store, blobs: Blobs, clock: Clock) -> None:
        self._store = store
        self._blobs = blobs
        self._clock = clock

    @traces_refusals
    async def texts(self, actor: Actor, mids: Sequence[MessageId]) -> dict[MessageId, str]:
        """Give the text of messages whose reading is traced: all texts in order, of HTML where there is no other form.

        What was deleted meanwhile is left out.
        """
        now = self._clock.now()

        def look(tx: Tx) -> tuple[list[_Opened], dict[MessageId, str]]:
            allow(tx, actor, Action.READ, SpacePart.MESSAGES, now)
            found, damaged = [], {}
            for mid in mids:
                try:
                    found.append(_opened(tx, actor, mid))
                except NotFound:
                    continue
                except SealBroken:
                    damaged[mid] = DAMAGED_MESSAGE
            return found, damaged

        opened, damaged = await self._store.read(look)
        return damaged | await self._store.aside(lambda: {one.mid: self._readable(one) for one in opened})

    def _readable(self, opened: _Opened) -> str:
        """Give the text of a message; one whose octets are damaged or gone costs its own place on the page."""
        try:
            return self._text(opened)
        except (NotFound, SealBroken) as error:
            _log.error("message.damaged", message=f"{opened.mid:x}", code=error.code)
            return DAMAGED_MESSAGE

    @traces_refusals
    async def html(self, actor: Actor, mid: MessageId) -> HtmlView:
        """Give all texts as HTML, and their pictures. Raises `NotFound` when none of them is HTML.

        It has an address of its own, so it is an opening for itself, traced in the transaction that finds it.
        """
        opened = await self._opened_for_itself(actor, mid, "html", _html_order)
        return await self._store.aside(lambda: self._html(opened))

    @traces_refusals
    async def whole_text(self, actor: Actor, mid: MessageId) -> str:
        """Give all the text of a message, as a file; traced like the opening that it is."""
        opened = await self._opened_for_itself(actor, mid, "text", lambda _: None)
        return await self._store.aside(lambda: self._text(opened, MAX_WHOLE_TEXT_BYTES))

    async def _opened_for_itself(
        self, actor: Actor, mid: MessageId, what: str, check: Callable[[_Opened], object]
    ) -> _Opened:
        now, vault = self._clock.now(), actor.vault

        def find(tx: Tx) -> _Opened:
            allow(tx, actor, Action.READ, SpacePart.MESSAGES, now)
            opened = _opened(tx, actor, mid)
            check(opened)
            open_messages(tx, vault, tx.mail.places_of(vault, mid), now)
            event = actor.event(now, "message.read", objects=(f"message:{mid:x}",), detail=what)
            tx.audit.append(vault, event)
            return opened

        return await self._store.write(find)

    @traces_refusals
    async def attachment(self, actor: Actor, mid: MessageId, section: str) -> OpenedFile:
        """Open an attachment; the transaction that finds it writes the trace. Raises `NotFound`."""
        now, vault = self._clock.now(), actor.vault

        def find(tx: Tx) -> tuple[LayoutPart, BlobKey]:
            allow(tx, actor, Action.READ, SpacePart.MESSAGES, now)
            opened = _opened(tx, actor, mid)
            part = opened.layout.part(section)
            if part is None or not part.attachment or opened.withheld or is_kept_back(part.section, opened.kept_back):
                raise NotFound("this message has no such attachment")
            event = actor.event(now, "attachment.opened", objects=(f"message:{mid:x}",), detail=f"section {section}")
            tx.audit.append(vault, event)
            return part, opened.key

        part, key = await self._store.write(find)
        size = await self._store.aside(lambda: self._size(part, key))
        pieces = decoded(stored(self._blobs, key, part.body_start, part.body_end), part.encoding)
        return OpenedFile(part.filename or "", part.media_type, size, taken_aside(pieces, self._store))

    # ------------------------------------------------------------ in a worker thread

    def _text(self, opened: _Opened, max_bytes: int = MAX_TEXT_BYTES) -> str:
        texts, cut = [], False
        for choice in _order(opened, html=False):
            for form in choice:
                read = [self._read_text(part, opened.key, max_bytes) for part in form]
                text = "\n".join(words_of(text, part.media_type) for part, (text, _) in zip(form, read, strict=True))
                if text.strip():
                    texts.append(text)
                    cut = cut or any(is_cut for _, is_cut in read)
                    break
        whole = "\n".join(texts)
        return whole[:max_bytes] + REST_OF_TEXT if cut or len(whole) > max_bytes else whole

    def _html(self, opened: _Opened) -> HtmlView:
        texts, room, cut = [], MAX_HTML_BYTES, False
        for part in _html_order(opened):
            text, is_cut = self._read_text(part, opened.key, room) if room > 0 else ("", True)
            room, cut = room - len(text), cut or is_cut
            texts.append(text if part.media_type == HTML else _as_html(words_of(text, part.media_type)))
        if cut:
            texts.append(_as_html(REST_OF_TEXT))
        pictures: dict[str, Picture] = {}
        room = MAX_PICTURES_BYTES
        for part in () if opened.withheld else opened.layout.parts:
            if is_kept_back(part.section, opened.kept_back):
                continue
            name, size = (part.content_id or "").strip(" <>"), part.body_end - part.body_start
            if name and part.media_type.startswith("image/") and size <= room:
                raw = self._blobs.read(opened.key, part.body_start, part.body_end)
                pictures[name] = Picture(part.media_type, decoded_body(raw, _moved(part, 0, len(raw))))
                room -= size
        return HtmlView(tuple(texts), opened.sender, pictures)

    def _read_text(self, part: LayoutPart, key: BlobKey, max_bytes: int) -> tuple[str, bool]:
        """Read a text; True when its end is missing."""
        # Quoted-printable takes three octets at most for one. The part's own fields say whether lines are joined.
        end = min(part.body_end, part.body_start + 3 * max_bytes)
        raw = self._blobs.read(key, part.header_start, end)
        moved = _moved(part, part.body_start - part.header_start, len(raw))
        is_cut = end < part.body_end or (
            len(raw) - moved.body_start > max_bytes and len(decoded_body(raw, moved)) > max_bytes
        )
        text = text_of(raw, moved, max_bytes)
        if part.media_type == "text/plain" and b"flowed" in (fields := raw[: moved.body_start].lower()):
            text = _joined(text, fields)
        return text, is_cut

    def _size(self, part: LayoutPart, key: BlobKey) -> int:
        if not is_encoded(part.encoding):
            return part.body_end - part.body_start
        return decoded_size(stored(self._blobs, key, part.body_start, part.body_end), part.encoding)


def _opened(tx: Tx, actor: Actor, mid: MessageId) -> _Opened:
    vault = actor.vault
    content = tx.mail.content(vault, mid)
    if content.state is not ContentState.VISIBLE:
        raise NotFound("this message is not visible")
    outcome = tx.mail.outcome(vault, mid)
    if withholds_files(outcome, actor.audience & Audience.REPRESENTATIVES):
        raise NotFound("this message is not there for whoever represents its patient")
    layout, key = Layout.from_bytes(content.summary.layout), tx.blobs.open(vault, content.blob)
    media_type = media_type_of(content.header_block)
    withheld, back = withholds_files(outcome, actor.audience), kept_back(outcome)
    return _Opened(
        mid=mid,
        media_type=media_type,
        layout=layout,
        key=key,
        withheld=withheld,
        kept_back=back,
        sender=content.reverse_path,
    )


def _order(opened: _Opened, *, html: bool) -> list[Choice]:
    return reading_order(opened.layout, opened.media_type, html=html, hidden=opened.kept_back)


def _html_order(opened: _Opened) -> list[LayoutPart]:
    parts = [part for choice in _order(opened, html=True) for part in choice[0]]
    if not any(part.media_type == HTML for part in parts):
        raise NotFound("this message has no HTML body")
    return parts


def _as_html(text: str) -> str:
    return f'<div style="white-space: pre-wrap">{escape(text)}</div>'


def _joined(text: str, fields: bytes) -> str:
    """Join the lines of a text that is called flowed (RFC 3676 §4.1); `fields` are in lower case."""
    value = Headers.parse(fields).first("content-type")
    field = ParameterField.parse(value, DEFAULT_LIMITS) if value else None
    if field is None or field.get("format") != "flowed":
        return text
    return unflowed(text, delsp=field.get("delsp") == "yes")


def _moved(part: LayoutPart, start: int, end: int) -> LayoutPart:
    """Give the part as it lies in octets cut out of the message."""
    return replace(part, body_start=start, body_end=end)
