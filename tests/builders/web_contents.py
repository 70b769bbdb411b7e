"""Fill a `WebWorld` with invented messages and documents, a bit of everything."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from gateway.domain.document import DocumentCategory
from gateway.domain.examinations import examination_number
from gateway.domain.glance import NO_GLANCE, Glance
from gateway.domain.observed import loinc_key
from gateway.domain.readable import CLOSING, WORDLESS, Opening, ReadableText, TextTag
from tests.builders.web_people import (
    CAMILLE,
    HOSPITAL,
    HOSTILE_HTML,
    KADDOUR,
    LABORATORY,
    NOW,
    OTHER,
    PNG,
    VASSEUR,
    invented_pdf,
)
from tests.builders.web_world import WebWorld
from webmail.correspondent import Contact
from webmail.identifiers import ContactId, ConversationId, DocumentId, MessageRef
from webmail.messages.model import (
    Conversation,
    DeliveryProgress,
    HtmlBody,
    InlineImage,
    Message,
    MessageFile,
    ReplyState,
)
from webmail.shown_documents import Document, DocumentSummary, OpenableFile, Result, ResultGroup

_GLANCE = Glance(
    examinations=("Hémoglobine", "Leucocytes", "Plaquettes"),
    outside=("Leucocytes", "Plaquettes", "Glycémie à jeun"),
    outside_count=4,
    flagged=("Recherche de sang",),
    flagged_count=1,
)


def _ago(**spans: float) -> datetime:
    return NOW - timedelta(**spans)


def invented_results() -> tuple[ResultGroup, ...]:
    """Give results of every kind that a page must show."""
    d = Decimal
    return (
        ResultGroup(
            "Hématologie",
            (
                Result(
                    label="Hémoglobine",
                    value="13.8",
                    loinc="718-7",
                    unit="g/dL",
                    low=d("11.5"),
                    high=d("16.0"),
                    interpretation="N",
                ),
                Result(
                    label="Leucocytes",
                    value="11.4",
                    loinc="6690-2",
                    unit="10⁹/L",
                    low=d("4.0"),
                    high=d("10.0"),
                    interpretation="H",
                ),
                Result(
                    label="Plaquettes",
                    value="96",
                    loinc="777-3",
                    unit="10⁹/L",
                    low=d("150"),
                    high=d("400"),
                    interpretation="L",
                ),
            ),
        ),
        ResultGroup(
            "Biochimie",
            (
                Result(
                    label="Glycémie à jeun",
                    value="1.12",
                    loinc="2339-0",
                    unit="g/L",
                    low=d("0.70"),
                    high=d("1.10"),
                    interpretation="H",
                    other_unit="6,2 mmol/L",
                    method="Hexokinase",
                ),
                Result(
                    label="Potassium",
                    value="6.8",
                    loinc="2823-3",
                    unit="mmol/L",
                    low=d("3.5"),
                    high=d("5.1"),
                    interpretation="HH",
                    comment="Vérifié sur un second prélèvement.",
                    examination=f"{examination_number(CAMILLE.actor.vault, loinc_key('2823-3')):x}",
                ),
                Result(label="Protéine C réactive", value="<1.0", loinc="1988-5", unit="mg/L", low=None, high=d("5.0")),
                Result(label="Cholestérol HDL", value="0.52", loinc="2085-9", unit="g/L", low=d("0.40"), high=None),
                Result(
                    label="Débit de filtration glomérulaire",
                    value=">90",
                    loinc="62238-1",
                    unit="mL/min",
                    low=d("60"),
                    high=None,
                ),
                Result(label="Antigène HBs", value="Négatif", loinc="5196-1", reference="Négatif"),
                Result(label="Ferritine", value="148", loinc="2276-4", unit="µg/L"),
            ),
        ),
        ResultGroup(
            "Antibiogramme", (Result(label="Amoxicilline", value="Sensible", loinc="18861-5", interpretation="S"),)
        ),
    )


def invented_words() -> ReadableText:
    """Write a letter with a table that is wider than a phone, a long word and a picture that did not come."""
    tag = TextTag
    cells = [token for n in range(9) for token in (Opening(tag.CELL), f"Prise {n} du matin", CLOSING)]
    row = (Opening(tag.ROW), *cells, CLOSING)
    table = (Opening(tag.TABLE), Opening(tag.BODY), *row, *row, CLOSING, CLOSING)
    link = (Opening(tag.LINK, target="https://sante.example/" + "x" * 90), "conseils", CLOSING)
    return ReadableText(
        (
            Opening(tag.SECTION), Opening(tag.TITLE), "Traitement de sortie", CLOSING, Opening(tag.PARAGRAPH),
            "Continuez jusqu’à la consultation <b>de mai</b>. ", *link, Opening(tag.FILE), CLOSING, *table,
            "Hypertriglycéridémie" * 12, CLOSING,
        )
    )  # fmt: skip


def _document(
    reference: str,
    title: str,
    category: DocumentCategory,
    dated: date | datetime,
    author: str,
    *,
    kind: str = "Compte rendu",
    results: tuple[ResultGroup, ...] = (),
    conversation: str = "",
    is_new: bool = False,
    identity_verified: bool = True,
    is_replaced: bool = False,
    text: ReadableText = WORDLESS,
    received_at: datetime | None = None,
) -> Document:
    summary = DocumentSummary(
        id=DocumentId(reference),
        title=title,
        category=category,
        dated=dated,
        received_at=received_at or _ago(hours=2),
        author=author,
        is_new=is_new,
        identity_verified=identity_verified,
        results=sum(len(group.results) for group in results),
        has_alert=bool(results),
        is_replaced=is_replaced,
        glance=_GLANCE if results else NO_GLANCE,
    )
    return Document(
        summary=summary,
        type_label=kind,
        sender=LABORATORY if results else HOSPITAL,
        conversation=ConversationId(conversation) if conversation else None,
        results=results,
        text=text,
        files=(
            OpenableFile(
                which="pdf",
                name=f"{title}.pdf",
                media_type="application/pdf",
                size=len(invented_pdf("Compte rendu")),
            ),
            OpenableFile(which="original", name=f"{title}.xml", media_type="text/xml", size=48_210, is_technical=True),
        ),
    )


def _documents() -> list[Document]:
    c, laboratory = DocumentCategory, "Laboratoire des Halles"
    return [
        _document(
            "d-bilan", "Bilan sanguin complet", c.BIOLOGY, _ago(hours=3), "Dr Anne Leroy, biologiste",
            results=invented_results(), is_new=True, conversation="c-labo", kind="Compte rendu d’examens biologiques",
        ),
        _document(
            "d-echo", "Échographie cardiaque", c.IMAGING, date(2026, 2, 27), "Dr Samir Kaddour",
            is_new=True, conversation="c-kaddour", kind="Compte rendu d’imagerie médicale",
        ),
        _document("d-ordo", "Ordonnance de kinésithérapie", c.PRESCRIPTIONS, date(2026, 1, 19), "Dr Hélène Vasseur"),
        _document(
            "d-crh", "Lettre de sortie", c.REPORTS, date(2025, 11, 4), "Service de cardiologie",
            text=invented_words(),
        ),
        _document("d-scan", "scan_0042.pdf", c.OTHER, date(2025, 10, 2), "", identity_verified=False),
        _document("d-vac", "Note de vaccination", c.VACCINATION, date(2025, 9, 12), "Pharmacie du Pont"),
        _document("d-bilan-0", "Bilan lipidique", c.BIOLOGY, date(2024, 6, 3), laboratory, is_replaced=True),
    ]  # fmt: skip


def demo_world() -> WebWorld:
    """Make a space with a bit of everything."""
    world = WebWorld()
    documents = _documents()
    for document in documents:
        world.add_document(document)
        for file in document.files:
            content = invented_pdf("Compte rendu") if file.which == "pdf" else b"<ClinicalDocument/>".ljust(file.size)
            world.files[(document.summary.id, file.which)] = content
    world.add_document(_document("d-autre", "Bilan de Noé", DocumentCategory.BIOLOGY, date(2026, 1, 1), ""), OTHER)
    for conversation in _conversations(documents[0].summary, documents[1].summary):
        world.add_conversation(conversation)
    world.files[("m-1", "2")] = invented_pdf("Plan alimentaire")
    world.files[("m-1", "3")] = PNG
    world.files[("m-labo", "2")] = b"PK\x05\x06" + bytes(18)
    world.files[("m-labo", "3")] = invented_pdf("Bilan sanguin complet")
    world.html["m-html"] = HtmlBody(HOSTILE_HTML, {"courbe@cabinet.example": InlineImage("image/png", PNG)})
    secret = Message(id=MessageRef("m-autre"), at=NOW, author="Dr Hélène Vasseur", text="Pour Noé seulement.")
    world.add_conversation(
        Conversation(
            id=ConversationId("c-autre"),
            correspondent=VASSEUR,
            subject="Noé",
            state=ReplyState.OPEN,
            messages=(secret,),
        ),
        OTHER,
    )
    world.contacts_offered = (
        Contact(ContactId("k-kessel"), HOSPITAL), Contact(ContactId("k-vasseur"), VASSEUR),
    )  # fmt: skip
    return world


def _conversations(bilan: DocumentSummary, echo: DocumentSummary) -> list[Conversation]:
    first = Message(
        id=MessageRef("m-1"),
        at=_ago(days=2, hours=5),
        author="Dr Hélène Vasseur",
        text="Bonjour Madame Martin,\n\nVos analyses sont rassurantes dans l’ensemble. La glycémie est un peu "
        "au-dessus de l’intervalle : je vous propose de refaire le dosage dans trois mois, "
        "et je joins un plan alimentaire.\n\n"
        "Les explications sont ici : https://sante.example/glycemie.\n\nBien à vous,\nHélène Vasseur",
        attachments=(
            MessageFile("2", "Plan alimentaire - mars 2026.pdf", "application/pdf", 184_320),
            MessageFile("3", "courbe.png", "image/png", len(PNG)),
        ),
    )
    mine = Message(
        id=MessageRef("m-2"), at=_ago(days=1, hours=3), author="Camille Martin",
        text="Merci docteur.\nDois-je arrêter le sucre dans le café ? :)", delivery=DeliveryProgress.DELIVERED,
    )
    last = Message(
        id=MessageRef("m-3"), at=_ago(minutes=25), author="Dr Hélène Vasseur",
        text="Une seule cuillère, c’est très bien.\n\nÀ bientôt.\n\nLe 11 mars 2026, Camille Martin a écrit :\n"
        "> Merci docteur.\n> Dois-je arrêter le sucre dans le café ?", unread=True,
    )  # fmt: skip
    html = Message(
        id=MessageRef("m-html"), at=_ago(days=6), author="Service de cardiologie",
        text="Votre rendez-vous\nVoici la courbe de votre tension.", has_html=True,
    )  # fmt: skip
    result = Message(
        id=MessageRef("m-labo"), at=_ago(hours=3), author="Laboratoire des Halles",
        text="Bonjour,\n\nVeuillez trouver ci-joint le compte rendu de vos examens.", unread=True, documents=(bilan,),
        attachments=(
            MessageFile("2", "IHE_XDM.zip", "application/zip", 61_440),
            MessageFile("3", "20260312_CR-BIO_MARTIN_Camille.pdf", "application/pdf", 98_120),
        ),
    )  # fmt: skip
    ended = Message(
        id=MessageRef("m-fin"), at=_ago(days=13), author="Dr Samir Kaddour",
        text="L’échographie est normale. Nous nous revoyons dans un an.", documents=(echo,),
    )  # fmt: skip
    failed = Message(
        id=MessageRef("m-ko"),
        at=_ago(days=40),
        author="Camille Martin",
        text="Voici l’adresse de mon dentiste.",
        delivery=DeliveryProgress.FAILED,
    )
    copied = (Contact(ContactId("k-kessel"), HOSPITAL),)
    opened, ended_state = ReplyState.OPEN, ReplyState.ENDED
    xdm = "XDM/1.0/DDM+Bilan sanguin complet MARTIN Camille"
    return [
        Conversation(
            id=ConversationId("c-vasseur"),
            correspondent=VASSEUR,
            subject="Vos analyses de mars",
            state=opened,
            messages=(first, mine, last),
            others=copied,
            to="k-vasseur",
        ),
        Conversation(
            id=ConversationId("c-labo"),
            correspondent=LABORATORY,
            subject=xdm,
            state=ReplyState.AUTOMATIC,
            messages=(result,),
        ),
        Conversation(
            id=ConversationId("c-hopital"),
            correspondent=HOSPITAL,
            subject="Confirmation de rendez-vous",
            state=opened,
            messages=(html,),
        ),
        Conversation(
            id=ConversationId("c-kaddour"),
            correspondent=KADDOUR,
            subject="RE: Échographie du 27 février",
            state=ended_state,
            messages=(ended,),
        ),
        Conversation(
            id=ConversationId("c-dent"),
            correspondent=VASSEUR,
            subject="Coordonnées de votre dentiste",
            state=opened,
            messages=(failed,),
        ),
    ]
