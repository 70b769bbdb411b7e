"""Open what a message of a patient bears: its text, its HTML, its attachments, by offsets noted at intake.

Nothing is parsed again: only the octets of the wanted part are read, in a worker thread. Of a message that brought
a document which the patient may not read yet, only its words are given (STD §4.5).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import structlog

from gateway.domain.access import Action, Actor, SpacePart
from gateway.domain.errors import NotFound, SealBroken
from gateway.domain.filing_outcome import kept_back, withholds_files
from gateway.domain.mailbox import BlobKey, ContentState, MessageId
from gateway.domain.mime import Layout, LayoutPart, decoded_body, html_to_text, text_of
from gateway.domain.stand_ins import DAMAGED_MESSAGE
from gateway.ports.blobs import Blobs
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.permission import allow, traces_refusals
from gateway.services.conversation.opening import open_messages
from gateway.services.stored_octets import OpenedFile, decoded, decoded_size, is_encoded, stored, taken_aside

_log = structlog.get_logger("pli.store")
MAX_TEXT_BYTES = 256 * 1024
MAX_HTML_BYTES = 1024 * 1024
MAX_PICTURES_BYTES = 8 * 1024 * 1024
"""Pictures of one HTML body, as they are encoded; what is beyond is not shown."""
_CUT = "\n\n[Ce message est très long\N{NO-BREAK SPACE}: la suite n’est pas affichée.]"


@dataclass(frozen=True, slots=True, repr=False)
class Picture:
    """A picture inside an HTML body."""

    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True, repr=False)
class HtmlView:
    """An HTML body as received, and its pictures by Content-ID without angle brackets."""

    html: str
    pictures: Mapping[str, Picture]


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class _Opened:
    """A visible message: where its parts lie, the key of its octets, and which of its files may be read."""

    mid: MessageId
    layout: Layout
    key: BlobKey
    withheld: bool
    kept_back: frozenset[str]


class MessageParts:
    """Opens parts of messages of one space at a time."""

    def __init__(self, store: Store, blobs: Blobs, clock: Clock) -> None:
        self._store = store
        self._blobs = blobs
        self._clock = clock

    @traces_refusals
    async def texts(self, actor: Actor, mids: Sequence[MessageId]) -> dict[MessageId, str]:
        """Give the text of messages whose reading is traced; of HTML where there is no other.

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
        """Give the first HTML body and its pictures. Raises `NotFound` when there is none.

        It has an address of its own, so it is an opening for itself, traced in the transaction that finds it.
        """
        now, vault = self._clock.now(), actor.vault

        def find(tx: Tx) -> _Opened:
            allow(tx, actor, Action.READ, SpacePart.MESSAGES, now)
            opened = _opened(tx, actor, mid)
            _html_body(opened)
            open_messages(tx, vault, tx.mail.places_of(vault, mid), now)
            event = actor.event(now, "message.read", objects=(f"message:{mid:x}",), detail="html")
            tx.audit.append(vault, event)
            return opened

        opened = await self._store.write(find)
        return await self._store.aside(lambda: self._html(opened))

    @traces_refusals
    async def attachment(self, actor: Actor, mid: MessageId, section: str) -> OpenedFile:
        """Open an attachment; the transaction that finds it writes the trace. Raises `NotFound`."""
        now, vault = self._clock.now(), actor.vault

        def find(tx: Tx) -> tuple[LayoutPart, BlobKey]:
            allow(tx, actor, Action.READ, SpacePart.MESSAGES, now)
            opened = _opened(tx, actor, mid)
            part = opened.layout.part(section)
            if part is None or not part.attachment or opened.withheld or part.section in opened.kept_back:
                raise NotFound("this message has no such attachment")
            event = actor.event(now, "attachment.opened", objects=(f"message:{mid:x}",), detail=f"section {section}")
            tx.audit.append(vault, event)
            return part, opened.key

        part, key = await self._store.write(find)
        size = await self._store.aside(lambda: self._size(part, key))
        pieces = decoded(stored(self._blobs, key, part.body_start, part.body_end), part.encoding)
        return OpenedFile(part.filename or "", part.media_type, size, taken_aside(pieces, self._store))

    # ------------------------------------------------------------ in a worker thread

    def _text(self, opened: _Opened) -> str:
        texts, cut = [], False
        for part in _bodies(opened):
            text, is_cut = self._read_text(part, opened.key, MAX_TEXT_BYTES)
            texts.append(html_to_text(text) if part.media_type == "text/html" else text)
            cut = cut or is_cut
        whole = "\n".join(texts)
        return whole[:MAX_TEXT_BYTES] + _CUT if cut or len(whole) > MAX_TEXT_BYTES else whole

    def _html(self, opened: _Opened) -> HtmlView:
        html, _ = self._read_text(_html_body(opened), opened.key, MAX_HTML_BYTES)
        pictures: dict[str, Picture] = {}
        room = MAX_PICTURES_BYTES
        for part in () if opened.withheld else opened.layout.parts:
            name, size = (part.content_id or "").strip(" <>"), part.body_end - part.body_start
            if name and part.media_type.startswith("image/") and size <= room:
                raw = self._blobs.read(opened.key, part.body_start, part.body_end)
                pictures[name] = Picture(part.media_type, decoded_body(raw, _moved(part, len(raw))))
                room -= size
        return HtmlView(html, pictures)

    def _read_text(self, part: LayoutPart, key: BlobKey, max_bytes: int) -> tuple[str, bool]:
        """Read a text; True when its end is missing."""
        # Quoted-printable takes three octets at most for one.
        raw = self._blobs.read(key, part.body_start, min(part.body_end, part.body_start + 3 * max_bytes))
        moved = _moved(part, len(raw))
        is_cut = len(raw) < part.body_end - part.body_start or (
            len(raw) > max_bytes and len(decoded_body(raw, moved)) > max_bytes
        )
        return text_of(raw, moved, max_bytes), is_cut

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
    layout, key = Layout.from_bytes(content.summary.layout), tx.blobs.open(vault, content.blob)
    withheld, back = withholds_files(outcome, actor.audience), kept_back(outcome)
    return _Opened(mid=mid, layout=layout, key=key, withheld=withheld, kept_back=back)


def _html_body(opened: _Opened) -> LayoutPart:
    body = next((part for part in _own_texts(opened) if part.media_type == "text/html"), None)
    if body is None:
        raise NotFound("this message has no HTML body")
    return body


def _own_texts(opened: _Opened) -> list[LayoutPart]:
    """List the texts of the message itself; those of messages inside it are attachments' texts."""
    layout = opened.layout
    nested = tuple(f"{part.section}." for part in layout.parts if part.inner_body_start)
    own = (part for part in layout.texts if not part.section.startswith(nested))
    return [part for part in own if part.section not in opened.kept_back]


def _bodies(opened: _Opened) -> list[LayoutPart]:
    own = _own_texts(opened)
    plain = [part for part in own if part.media_type == "text/plain"]
    return plain or [part for part in own if part.media_type == "text/html"]


def _moved(part: LayoutPart, length: int) -> LayoutPart:
    """Give the part as it lies in its own octets, cut out of the message."""
    return replace(part, body_start=0, body_end=length)
