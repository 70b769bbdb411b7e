"""Messages and documents of the sample space, dated from the instant at which they are shown."""

from datetime import datetime, timedelta
from decimal import Decimal

from gateway.domain.document import DocumentCategory
from gateway.domain.glance import NO_GLANCE, Glance
from gateway.domain.readable import CLOSING, WORDLESS, Opening, ReadableText, TextTag
from webmail.guest.sample_people import CARDIOLOGIST, DOCTOR, GUEST, LABORATORY
from webmail.identifiers import ConversationId, DocumentId, MessageRef
from webmail.messages.model import Conversation, DeliveryProgress, Message, ReplyState
from webmail.shown_documents import Document, DocumentSummary, OpenableFile, Result, ResultGroup

_BLOOD, _ECHO, _ORDER, _SUMMARY = (DocumentId(f"exemple-{n}") for n in range(1, 5))


def sample_pdf() -> bytes:
    """Give a PDF of one page that says what it is."""
    drawn = b"BT /F1 18 Tf 60 760 Td (Document d'exemple, invente pour la decouverte.) Tj ET"
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(out + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % start)


PDF = sample_pdf()


def sample_documents(now: datetime) -> tuple[Document, ...]:
    """Give the documents, newest first."""
    pdf = (OpenableFile(which="pdf", name="Exemple.pdf", media_type="application/pdf", size=len(PDF)),)
    return (
        Document(
            summary=_summary(
                _BLOOD, "Bilan sanguin", DocumentCategory.BIOLOGY, now - timedelta(hours=5), "Laboratoire de l’Exemple",
                is_new=True, results=5,
            ),
            type_label="Compte rendu d’examens biologiques", sender=LABORATORY,
            conversation=ConversationId("exemple-1"), results=_results(), files=pdf,
        ),
        Document(
            summary=_summary(
                _ECHO, "Échographie du cœur", DocumentCategory.IMAGING, now - timedelta(days=12), "Dr Paul Modèle"
            ),
            type_label="Compte rendu", sender=CARDIOLOGIST, files=pdf,
            text=_words("Conclusion", "Examen normal. Prochain contrôle dans deux ans."),
        ),
        Document(
            summary=_summary(
                _ORDER, "Ordonnance de kinésithérapie", DocumentCategory.PRESCRIPTIONS, now - timedelta(days=40),
                "Dr Nadia Exemple",
            ),
            type_label="", sender=DOCTOR, files=pdf, text=_words("Prescription", "Dix séances pour le dos."),
        ),
        Document(
            summary=_summary(
                _SUMMARY, "Synthèse médicale", DocumentCategory.SYNTHESIS, now - timedelta(days=90), "Dr Nadia Exemple"
            ),
            type_label="", sender=DOCTOR, text=_words("Traitements", "Aucun traitement de longue durée."),
        ),
    )  # fmt: skip


def sample_conversations(now: datetime) -> tuple[Conversation, ...]:
    """Give the conversations, the one with the newest message first."""
    blood = sample_documents(now)[0].summary
    return (
        Conversation(
            id=ConversationId("exemple-1"), correspondent=LABORATORY, subject="Bilan sanguin",
            state=ReplyState.AUTOMATIC,
            messages=(
                _message(1, LABORATORY.name, now - timedelta(hours=5), "Vos résultats sont disponibles.", True, blood),
            ),
        ),
        Conversation(
            id=ConversationId("exemple-2"), correspondent=DOCTOR, subject="Votre rendez-vous de contrôle",
            state=ReplyState.OPEN, to="exemple",
            messages=(
                _message(2, DOCTOR.name, now - timedelta(days=2), "Bonjour,\n\nJe vous propose mardi à 10 heures."),
                _message(3, GUEST.name, now - timedelta(days=1, hours=20), "Bonjour docteur,\n\nMardi me convient."),
                _message(4, DOCTOR.name, now - timedelta(days=1), "C’est noté. Apportez votre ordonnance.", True),
            ),
        ),
        Conversation(
            id=ConversationId("exemple-3"), correspondent=CARDIOLOGIST, subject="Compte rendu d’échographie",
            state=ReplyState.ENDED,
            messages=(
                _message(5, CARDIOLOGIST.name, now - timedelta(days=12), "Bonjour,\n\nL’examen est rassurant."),
            ),
        ),
    )  # fmt: skip


def _message(
    number: int, author: str, at: datetime, text: str, unread: bool = False, document: DocumentSummary | None = None
) -> Message:
    return Message(
        id=MessageRef(f"exemple-{number}"),
        at=at,
        author=author,
        text=text,
        unread=unread,
        delivery=DeliveryProgress.DELIVERED if author == GUEST.name else None,
        documents=(document,) if document else (),
    )


def _summary(
    reference: DocumentId, title: str, category: DocumentCategory, at: datetime, author: str, *, is_new: bool = False,
    results: int = 0,
) -> DocumentSummary:
    outside = Glance(examinations=("Hémoglobine", "Leucocytes"), outside=("Cholestérol total",), outside_count=1)
    return DocumentSummary(
        id=reference, title=title, category=category, dated=at.date(), received_at=at, author=author, is_new=is_new,
        results=results, glance=outside if results else NO_GLANCE,
    )  # fmt: skip


def _results() -> tuple[ResultGroup, ...]:
    d = Decimal
    return (
        ResultGroup(
            "Hématologie",
            (
                Result(label="Hémoglobine", value="13.8", unit="g/dL", low=d("11.5"), high=d("16.0")),
                Result(label="Leucocytes", value="6.2", unit="10⁹/L", low=d("4.0"), high=d("10.0")),
                Result(label="Plaquettes", value="240", unit="10⁹/L", low=d(150), high=d(400)),
            ),
        ),
        ResultGroup(
            "Biochimie",
            (
                Result(label="Glycémie à jeun", value="0.92", unit="g/L", low=d("0.70"), high=d("1.10")),
                Result(
                    label="Cholestérol total",
                    value="2.31",
                    unit="g/L",
                    low=d("1.50"),
                    high=d("2.00"),
                    interpretation="H",
                ),
            ),
        ),
    )


def _words(title: str, words: str) -> ReadableText:
    tag = TextTag
    marks = (Opening(tag.SECTION), Opening(tag.TITLE), title, CLOSING, Opening(tag.PARAGRAPH), words, CLOSING, CLOSING)
    return ReadableText(marks) if words else WORDLESS
