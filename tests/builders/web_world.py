"""An invented patient's space, in memory, behind the ports of the web space.

Two spaces exist, so that references of one can be tried from the other. Acts of the outside world
(`receive`, `end`) are methods of `WebWorld`; pages see them through the ports only.
"""

import asyncio
from collections.abc import AsyncGenerator, Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from gateway.domain.access import Actor, SpacePart
from gateway.domain.document import DocumentCategory
from gateway.domain.errors import NotFound, SealBroken
from gateway.domain.mailbox import VaultId
from gateway.domain.patient_identifier import IdentifierFault
from gateway.services.filing.added_files import AddFault, fault_in, kind_of_file
from gateway.services.filing.added_reading import NewDocument
from gateway.services.sign_in.own_passkeys import PasskeyFault
from gateway.services.sign_in.own_sign_in import OwnSignInFault, OwnWays, SignInChange
from gateway.services.sign_in.passkey_answers import site_of
from gateway.services.sign_in.passkey_options import creation_options, request_options
from gateway.services.sign_in.password_rules import PasswordFault
from gateway.services.space.notice_choices import OPTIONAL
from tests.builders.web_access_codes import AccessCodesOfTests
from tests.builders.web_activity import ActivityOfTests
from tests.builders.web_agenda import AgendaOfTests
from tests.builders.web_archive import ArchiveOfTests
from tests.builders.web_care import SampleCare
from tests.builders.web_carers import CarersOfTests
from tests.builders.web_delays import DelaysOfTests
from tests.builders.web_drafts import DraftsOfTests
from tests.builders.web_family import FamilyOfTests
from tests.builders.web_images import PicturesOfTests
from tests.builders.web_kept_documents import KeptDocuments
from tests.builders.web_leaving import NobodyLeaves
from tests.builders.web_measures import SampleMeasures
from tests.builders.web_own_contacts import OneContact
from tests.builders.web_people import CAMILLE, CODE, IDENTIFIER, NOW, PASSWORD
from tests.builders.web_privacy import SamplePrivacy
from tests.builders.web_profile import SampleProfile
from tests.builders.web_results import ResultsOfTests
from tests.builders.web_rights import RightsOfTests
from tests.builders.web_sharing import SharingOfTests
from tests.builders.web_synthesis import SynthesisOfTests
from tests.builders.web_terms import OneVersion
from webmail.correspondent import Contact
from webmail.file_streams import File
from webmail.happenings.model import NewsItem
from webmail.help.model import HelpForm, HelpProblem
from webmail.home.model import Home
from webmail.identifiers import ConversationId, DocumentId, MessageRef
from webmail.messages.html_mail import inert_document
from webmail.messages.model import (
    Conversation,
    ConversationSummary,
    DeliveryProgress,
    HtmlBody,
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
from webmail.preferences.model import NoticeChoice
from webmail.pulse import Pulse
from webmail.recovery.model import Forgotten, LinkHolder, NewPasswordRefusal
from webmail.safety.model import OpenSession, OwnPasskey
from webmail.shown_documents import AddedDocument, Document, DocumentList, DocumentSearch, DocumentSummary
from webmail.sign_in.model import CodeSent, SignInRefusal
from webmail.signed_in import SignedIn

PASSKEY = "réponse de la clé"
LINK, FIRST_LINK = "lien-de-camille", "lien-sans-identifiant"
UNSHOWN = "<p>cannot be shown</p>"
"""An HTML body that stands for those of which no page can be made."""


@dataclass(frozen=True, slots=True)
class FixedClock:
    """A clock that stands still."""

    at: datetime = NOW

    def now(self) -> datetime:
        """Give the instant it stands at."""
        return self.at


_WAYS = OwnWays(identifier=IDENTIFIER, has_password=True, is_proved=True)


@dataclass
class WebWorld(
    NobodyLeaves, OneVersion, DraftsOfTests, OneContact, AgendaOfTests, ResultsOfTests, SampleProfile,
    KeptDocuments, SampleMeasures, ArchiveOfTests, SynthesisOfTests, ActivityOfTests,
    SampleCare, SamplePrivacy, PicturesOfTests,
    SharingOfTests, FamilyOfTests,
    AccessCodesOfTests, RightsOfTests, CarersOfTests, DelaysOfTests,
):
    """Everything one needs to show the pages; satisfies `PatientSpaceService`."""

    conversations_by_id: dict[str, Conversation] = field(default_factory=dict)
    files: dict[tuple[str, str], bytes] = field(default_factory=dict)
    html: dict[str, HtmlBody] = field(default_factory=dict)
    owners: dict[str, VaultId] = field(default_factory=dict)
    added: list[NewDocument] = field(default_factory=list)
    replies: list[ReplyDraft] = field(default_factory=list)
    damaged: set[str] = field(default_factory=set)
    contacts_offered: tuple[Contact, ...] | None = None
    begun: list[NewMessageDraft] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    asked: list[HelpForm] = field(default_factory=list)
    nobody_helps: bool = False
    news_read_until: datetime = NOW - timedelta(days=3650)
    muted: frozenset[str] = frozenset()
    devices: list[str] = field(default_factory=list)
    browsers: list[tuple[str, str]] = field(default_factory=list)
    ways: OwnWays = _WAYS
    passkeys: list[str] = field(default_factory=lambda: ["Firefox sur Windows"])
    other_sessions: list[str] = field(default_factory=lambda: ["phone", "tablet"])
    forgotten: list[tuple[Forgotten, str, str]] = field(default_factory=list)
    revision: int = 1
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    # Acts of the outside world

    def add_conversation(self, conversation: Conversation, owner: SignedIn = CAMILLE) -> None:
        """Put a conversation in a space."""
        self.conversations_by_id[conversation.id] = conversation
        self.owners[conversation.id] = owner.actor.vault
        for message in conversation.messages:
            self.owners[message.id] = owner.actor.vault

    def add_document(self, document: Document, owner: SignedIn = CAMILLE) -> None:
        """Put a document in a space."""
        self.documents_by_id[document.summary.id] = document
        self.owners[document.summary.id] = owner.actor.vault

    async def receive(self, conversation: str, message: Message) -> None:
        """Let a message arrive; pages that are open are told."""
        known = self.conversations_by_id[conversation]
        self.add_conversation(replace(known, messages=(*known.messages, message)))
        await self.tell()

    async def end(self, conversation: str) -> None:
        """Let the professional end the exchange (A8)."""
        known = self.conversations_by_id[conversation]
        self.conversations_by_id[conversation] = replace(known, state=ReplyState.ENDED)
        await self.tell()

    async def tell(self) -> None:
        """Tell open pages that something changed."""
        self.revision += 1
        async with self.changed:
            self.changed.notify_all()

    # Sign-in

    async def sign_in(
        self, identifier: str, password: str, source: str, device: str
    ) -> CodeSent | SignInRefusal:
        """Know one password."""
        self.sources.append(source)
        self.devices.append(device)
        if identifier == "trop.souvent":
            return SignInRefusal.TOO_MANY_ATTEMPTS
        if (identifier, password) != (IDENTIFIER, PASSWORD):
            return SignInRefusal.WRONG_CREDENTIALS
        return CodeSent("attempt-of-camille", "06\u00a0••\u00a0••\u00a0••\u00a012")

    async def verify_code(
        self, pending: str, code: str, source: str, device: str, browser: str
    ) -> SignedIn | SignInRefusal:
        """Know one code."""
        self.sources.append(source)
        self.browsers.append((device, browser))
        if pending != "attempt-of-camille":
            return SignInRefusal.CODE_EXPIRED
        return CAMILLE if code == CODE else SignInRefusal.WRONG_CODE

    def known_device(self, device: str, person: SignedIn) -> str:
        """Give each browser the same."""
        return f"{device or 'browser'}+{person.actor.vault}"

    def ask_for_passkey(self, visit: str, site: str) -> str:  # noqa: ARG002
        """Ask for a passkey of this site."""
        return request_options(b"challenge", site_of(site))

    async def sign_in_by_passkey(
        self, answer: str, visit: str, site: str, source: str, device: str, browser: str  # noqa: ARG002
    ) -> SignedIn | SignInRefusal:
        """Know one passkey, and one that comes too often."""
        if answer == "trop souvent":
            return SignInRefusal.TOO_MANY_ATTEMPTS
        return CAMILLE if answer == PASSKEY else SignInRefusal.WRONG_CREDENTIALS

    # Whoever forgot

    async def ask(self, forgotten: Forgotten, site: str, source: str) -> bool:
        """Note what was asked for."""
        self.forgotten.append((forgotten, site, source))
        return forgotten.identifier != "trop.souvent"

    async def link_holder(self, link: str) -> LinkHolder | None:
        """Know one link of Camille, and one of somebody who has no identifier yet."""
        return {LINK: LinkHolder(IDENTIFIER, len(self.passkeys)), FIRST_LINK: LinkHolder("")}.get(link)

    async def change_password(
        self, link: str, password: str, identifier: str, *, removes_passkeys: bool
    ) -> NewPasswordRefusal | PasswordFault | IdentifierFault | None:
        """Refuse one password and one identifier."""
        if link not in (LINK, FIRST_LINK):
            return NewPasswordRefusal.LINK_OVER
        if identifier == "pris":
            return IdentifierFault.TAKEN
        if len(password) < 12:
            return PasswordFault.TOO_SHORT
        if removes_passkeys:
            self.passkeys.clear()
        return None

    # Security

    async def open_sessions(self, actor: Actor, present: bytes) -> tuple[OpenSession, ...]:  # noqa: ARG002
        """List the present session and those that were invented."""
        return (
            OpenSession(id="this", device="Firefox sur Windows", opened_at=NOW, seen_at=NOW, is_this=True),
            *(
                OpenSession(id=name, device="Safari sur iPhone", opened_at=NOW, seen_at=NOW, is_this=False)
                for name in self.other_sessions
            ),
        )

    async def end_session(self, actor: Actor, name: str) -> bool:  # noqa: ARG002
        """End one of those that were invented."""
        if name not in self.other_sessions:
            return False
        self.other_sessions.remove(name)
        return True

    async def end_other_sessions(self, actor: Actor, present: bytes) -> int:  # noqa: ARG002
        """End those that were invented."""
        ended = len(self.other_sessions)
        self.other_sessions.clear()
        return ended

    async def own_passkeys(self, actor: Actor) -> tuple[OwnPasskey, ...]:  # noqa: ARG002
        """List those that were invented and added."""
        return tuple(OwnPasskey(id=name, name=name, added_at=NOW, used_at=NOW) for name in self.passkeys)

    async def ask_for_new_passkey(self, actor: Actor, session: str, site: str) -> str:  # noqa: ARG002
        """Ask for a new one."""
        return creation_options(b"challenge", site_of(site), b"user", "Camille Martin", [])

    async def add_passkey(
        self, actor: Actor, answer: str, session: str, site: str, name: str  # noqa: ARG002
    ) -> PasskeyFault | None:
        """Know one answer, from whoever is proved."""
        if not self.ways.is_proved:
            return PasskeyFault.PROOF_TOO_OLD
        if answer != PASSKEY:
            return PasskeyFault.NOT_RIGHT
        self.passkeys.append(name)
        return None

    async def rename_passkey(self, actor: Actor, passkey: str, name: str) -> PasskeyFault | None:  # noqa: ARG002
        """Call one otherwise."""
        if passkey not in self.passkeys:
            return PasskeyFault.NOT_THERE
        self.passkeys[self.passkeys.index(passkey)] = name
        return None

    async def remove_passkey(self, actor: Actor, passkey: str) -> PasskeyFault | None:  # noqa: ARG002
        """Take one away, but the last way in."""
        if passkey not in self.passkeys:
            return PasskeyFault.NOT_THERE
        if len(self.passkeys) == 1 and not self.ways.has_password:
            return PasskeyFault.LAST_WAY_IN
        self.passkeys.remove(passkey)
        return None

    async def remove_passkeys(self, actor: Actor) -> PasskeyFault | None:  # noqa: ARG002
        """Take all away."""
        self.passkeys.clear()
        return None

    async def own_ways(self, actor: Actor, present: bytes) -> OwnWays:  # noqa: ARG002
        """Give those that there are."""
        return self.ways

    async def prove_by_password(
        self, actor: Actor, password: str, present: bytes, source: str  # noqa: ARG002
    ) -> OwnSignInFault | None:
        """Know one password."""
        return None if password == PASSWORD else OwnSignInFault.WRONG_PASSWORD

    def ask_for_proof(self, session: str, site: str) -> str:  # noqa: ARG002
        """Ask for a passkey of this site."""
        return request_options(b"challenge", site_of(site))

    async def prove_by_passkey(
        self, actor: Actor, answer: str, session: str, site: str, source: str  # noqa: ARG002
    ) -> PasskeyFault | None:
        """Know one passkey, and one that comes too often."""
        if answer == "trop souvent":
            return PasskeyFault.TOO_MANY_ATTEMPTS
        return None if answer == PASSKEY else PasskeyFault.NOT_RIGHT

    async def change_own_password(
        self, actor: Actor, password: str, wanted: str, present: bytes, source: str  # noqa: ARG002
    ) -> SignInChange:
        """Know one password, and refuse short ones."""
        if not (self.ways.has_password or self.ways.is_proved):
            return OwnSignInFault.PROOF_TOO_OLD
        if password != PASSWORD and self.ways.has_password:
            return OwnSignInFault.WRONG_PASSWORD
        return PasswordFault.TOO_SHORT if len(wanted) < 12 else None

    async def change_own_identifier(
        self, actor: Actor, password: str, wanted: str, present: bytes, source: str  # noqa: ARG002
    ) -> SignInChange:
        """Know one password, and one identifier that is taken."""
        if password != PASSWORD:
            return OwnSignInFault.TOO_MANY_ATTEMPTS
        return IdentifierFault.TAKEN if wanted == "pris" else None

    # Space

    async def pulse(self, actor: Actor) -> Pulse:
        """Count."""
        unread = sum(item.unread for item in self._summaries(actor))
        news = sum(item.is_unread for item in await self.news(actor))
        return Pulse(self.revision, unread, sum(d.summary.is_new for d in self._documents(actor)), news)

    async def home(self, actor: Actor, parts: Collection[SpacePart] = ()) -> Home:  # noqa: ARG002 - as the port
        """Show three of each."""
        return Home(tuple(self._summaries(actor)[:4]), tuple(d.summary for d in self._documents(actor)[:3]))

    async def changes(self, actor: Actor, since: int) -> AsyncGenerator[Pulse, None]:
        """Give a pulse whenever the revision has moved on."""
        while True:
            async with self.changed:
                while self.revision == since:
                    await self.changed.wait()
            since = self.revision
            yield await self.pulse(actor)

    # Help

    def can_help(self) -> bool:
        """Help unless the test says otherwise."""
        return not self.nobody_helps

    async def ask_help(self, actor: Actor | None, source: str, form: HelpForm) -> str | HelpProblem:  # noqa: ARG002
        """Take whatever has words."""
        if not form.words:
            return HelpProblem.NO_WORDS
        self.asked.append(form)
        return "ABCD-1234"

    # News

    async def news(self, actor: Actor) -> tuple[NewsItem, ...]:
        """Tell of each conversation and each document."""
        found = [
            NewsItem(
                at=one.at, title=one.correspondent.name, detail=one.subject, path=f"/messages/{one.id}", icon="mail",
                is_unread=bool(one.unread) and one.at > self.news_read_until,
            )
            for one in self._summaries(actor)
        ] + [
            NewsItem(
                at=one.summary.received_at, title=one.summary.title, detail=one.summary.author,
                path=f"/documents/{one.summary.id}", icon="document",
                is_unread=one.summary.is_new and one.summary.received_at > self.news_read_until,
            )
            for one in self._documents(actor)
        ]  # fmt: skip
        return tuple(sorted(found, key=lambda item: item.at, reverse=True)[:60])

    async def mark_news_read(self, actor: Actor, until: datetime) -> None:  # noqa: ARG002 - the port's name
        """Move the mark."""
        self.news_read_until = until

    # Preferences

    async def notice_choices(self, actor: Actor) -> tuple[NoticeChoice, ...]:  # noqa: ARG002 - the port's name
        """Offer two kinds."""
        return tuple(NoticeChoice(kind, kind not in self.muted) for kind in OPTIONAL)

    async def choose_notices(self, actor: Actor, wanted: frozenset[str]) -> None:  # noqa: ARG002
        """Keep what is off."""
        self.muted = frozenset(OPTIONAL) - wanted

    # Messages

    def _summaries(self, actor: Actor) -> list[ConversationSummary]:
        mine = [c for c in self.conversations_by_id.values() if self.owners[c.id] == actor.vault]
        return sorted((_summary_of(c) for c in mine), key=lambda item: item.at, reverse=True)

    async def conversations(self, actor: Actor, place: ListPlace = FIRST) -> KeyedPage[ConversationSummary]:
        """List twenty a page; the key of a page is how many stand before it."""
        every = self._summaries(actor)
        key = int(place.key) if place.key.isdecimal() else 0
        start = max(key - 20, 0) if place.newer else key
        end = start + 20
        newer, older = str(start) if start else "", str(end) if len(every) > end else ""
        return KeyedPage(tuple(every[start:end]), newer, older, is_first=start == 0)

    def _mine(self, actor: Actor, reference: str) -> None:
        if self.owners.get(reference) != actor.vault:
            raise NotFound("no such object in this space")

    async def conversation(self, actor: Actor, conversation: ConversationId, page: int = 1) -> Conversation:
        """Read twenty messages, the newest first, and mark all as read."""
        self._mine(actor, conversation)
        if conversation not in self.conversations_by_id:
            raise NotFound("no such conversation")
        shown = self.conversations_by_id[conversation]
        self.conversations_by_id[conversation] = replace(
            shown, messages=tuple(replace(message, unread=False) for message in shown.messages)
        )
        end = len(shown.messages) - 20 * (page - 1)
        if end <= 0:
            raise NotFound("no such page")
        begin = max(0, end - 20)
        return replace(shown, messages=shown.messages[begin:end], number=page, has_more=begin > 0)

    async def reply(
        self, actor: Actor, conversation: ConversationId, draft: ReplyDraft
    ) -> ReplySent | ReplyRefused:
        """Append the reply, unless the exchange has ended."""
        self._mine(actor, conversation)
        known = self.conversations_by_id[conversation]
        if known.state is not ReplyState.OPEN:
            return ReplyRefused(f"{known.correspondent.name} a mis fin à vos échanges.")
        reference = MessageRef(f"reply-{draft.submission}")
        if all(message.id != reference for message in known.messages):
            self.replies.append(draft)
            files = tuple(
                MessageFile(str(n + 2), u.name, u.media_type, len(u.content)) for n, u in enumerate(draft.uploads)
            )
            for file, upload in zip(files, draft.uploads, strict=True):
                self.files[(reference, file.section)] = upload.content
            own = Message(
                id=reference,
                at=NOW,
                author=CAMILLE.name,
                text=draft.text,
                delivery=DeliveryProgress.ON_ITS_WAY,
                attachments=files,
            )
            self.add_conversation(replace(known, messages=(*known.messages, own)))
        return ReplySent(reference)

    async def mark_all_read(self, actor: Actor) -> int:
        """Mark all as read."""
        mine = [one for name, one in self.conversations_by_id.items() if self.owners.get(name) == actor.vault]
        for one in mine:
            read = tuple(replace(message, unread=False) for message in one.messages)
            self.conversations_by_id[one.id] = replace(one, messages=read)
        return sum(message.unread for one in mine for message in one.messages)

    @property
    def may_begin(self) -> bool:
        """Say whether the test offers new subjects."""
        return self.contacts_offered is not None

    async def contacts(self, actor: Actor) -> tuple[Contact, ...] | None:  # noqa: ARG002 - the port's name
        """Offer what the test says."""
        return self.contacts_offered

    async def send_new(self, actor: Actor, draft: NewMessageDraft) -> NewMessageSent | ReplyRefused:  # noqa: ARG002
        """Begin a conversation with somebody who is offered."""
        chosen = next((one for one in self.contacts_offered or () if one.id == draft.contact), None)
        if chosen is None:
            return ReplyRefused("Seul un professionnel peut commencer un échange.")
        self.begun.append(draft)
        message = Message(
            id=MessageRef("m-nouveau"),
            at=NOW,
            author=CAMILLE.name,
            text=draft.text,
            delivery=DeliveryProgress.ON_ITS_WAY,
        )
        reference, state = ConversationId("c-nouveau"), ReplyState.OPEN
        self.add_conversation(
            Conversation(
                id=reference,
                correspondent=chosen.correspondent,
                subject=draft.subject,
                state=state,
                messages=(message,),
            )
        )
        return NewMessageSent(reference, message.id)

    async def attachment(self, actor: Actor, message: MessageRef, section: str) -> File:
        """Open an attachment."""
        self._mine(actor, message)
        every = [m for c in self.conversations_by_id.values() for m in c.messages if m.id == message]
        found = next((a for m in every for a in m.attachments if a.section == section), None)
        if found is None:
            raise NotFound("no such attachment")
        return _file(found.name, found.media_type, self.files[(message, section)])

    async def html_page(self, actor: Actor, message: MessageRef, theme: str) -> str | None:
        """Give the HTML body made inert; None for what says that it cannot be."""
        self._mine(actor, message)
        if message not in self.html:
            raise NotFound("no HTML body")
        body = self.html[message]
        return None if body.html == UNSHOWN else inert_document(body, theme)

    async def whole_text(self, actor: Actor, message: MessageRef) -> str:
        """Give the text that pages show."""
        self._mine(actor, message)
        (found,) = [m for c in self.conversations_by_id.values() for m in c.messages if m.id == message]
        return found.text

    # Documents

    def _documents(self, actor: Actor) -> list[Document]:
        mine = [d for d in self.documents_by_id.values() if self.owners[d.summary.id] == actor.vault]
        return sorted(mine, key=lambda d: d.summary.received_at, reverse=True)

    async def documents(self, actor: Actor, search: DocumentSearch) -> DocumentList:
        """List twenty a page; the key of a page is how many stand before it."""
        every = [d.summary for d in self._documents(actor)]
        chosen = [s for s in every if search.category in (None, s.category) and search.words in s.title]
        at = int(search.key or 0) - (20 if search.back and search.key else 0)
        return DocumentList(
            items=tuple(chosen[at : at + 20]),
            counts={c: sum(s.category is c for s in every) for c in DocumentCategory},
            newer=str(at) if at else "",
            older=str(at + 20) if len(chosen) > at + 20 else "",
            pinned=tuple(s for s in every if s.is_pinned),
            folders=tuple(self.document_folders_there),
        )

    async def document(self, actor: Actor, document: DocumentId) -> Document:
        """Read, and mark as seen."""
        self._mine(actor, document)
        if document not in self.documents_by_id:
            raise NotFound("no such document")
        if document in self.damaged:
            raise SealBroken(f"document {document} of {actor.vault:x}")
        shown = self.documents_by_id[document]
        self.documents_by_id[document] = replace(shown, summary=replace(shown.summary, is_new=False))
        return replace(shown, folders=tuple(self.document_folders_there))

    async def add_own_document(self, actor: Actor, new: NewDocument) -> AddedDocument | AddFault:
        """Keep what is added, unless its octets speak against it."""
        if fault := fault_in(new.file, kind_of_file(new.file)):
            return fault
        number = DocumentId(f"d-own-{len(self.added)}")
        self.added.append(new)
        summary = DocumentSummary(
            id=number, title=new.title, category=new.category, dated=new.day, received_at=NOW, is_own=True
        )
        self.documents_by_id[number] = Document(summary=summary, type_label="Document PDF")
        self.owners[number] = actor.vault
        return AddedDocument(number)

    async def document_file(self, actor: Actor, document: DocumentId, which: str) -> File:
        """Open a file."""
        self._mine(actor, document)
        known = self.documents_by_id[document]
        found = next((f for f in known.files if f.which == which), None)
        if found is None:
            raise NotFound("no such file")
        return _file(found.name, found.media_type, self.files[(document, which)])


def _summary_of(conversation: Conversation) -> ConversationSummary:
    last = conversation.messages[-1]
    return ConversationSummary(
        id=conversation.id,
        correspondent=conversation.correspondent,
        subject=conversation.subject,
        preview=" ".join(last.text.split())[:140],
        at=last.at,
        state=conversation.state,
        messages=len(conversation.messages),
        unread=sum(message.unread for message in conversation.messages),
        has_attachment=any(message.attachments for message in conversation.messages),
        has_document=any(message.documents for message in conversation.messages),
        last_is_mine=last.delivery is not None,
    )


def _file(name: str, media_type: str, content: bytes) -> File:
    async def chunks() -> AsyncGenerator[bytes, None]:
        for start in range(0, len(content), 65536):
            yield content[start : start + 65536]

    return File(name, media_type, len(content), chunks())
