"""A space with what is seldom there beside a bit of everything: whatever a page of the site may have to show."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from gateway.domain.document import DocumentCategory, Remark
from gateway.domain.glance import Glance
from gateway.domain.local_days import PLACE
from tests.builders.web_agenda import AN_INVITATION, EVENTS
from tests.builders.web_contents import demo_world, invented_words
from tests.builders.web_images import SCAN, sample_scan, scan_document, with_which
from tests.builders.web_people import LABORATORY, NOW, PNG, invented_pdf
from tests.builders.web_world import WebWorld
from webmail.identifiers import ConversationId, DocumentId, MessageRef
from webmail.messages.invitation_boxes import invitation_box
from webmail.messages.model import Conversation, Message, MessageFile, ReplyState
from webmail.shown_documents import Document, DocumentSummary, OpenableFile, Result, ResultGroup


def full_world() -> WebWorld:
    """Make a space whose pages show everything that a page can show."""
    world = demo_world()
    world.ways = replace(world.ways, is_proved=False)  # so that a link leads to the proof
    ecbu, corrected, contested = DocumentId("d-ecbu"), DocumentId("d-bilan-0"), DocumentId("d-autre-version")
    world.add_document(_cultures(ecbu, contested))
    world.add_document(_other_version(contested, ecbu))
    newest = world.documents_by_id["d-bilan"]
    world.add_document(replace(newest, replaces=corrected))
    world.add_document(replace(world.documents_by_id[corrected], replaced_by=newest.summary.id))
    world.add_document(_other_version(DocumentId("d-abime"), None))
    world.damaged.add("d-abime")
    for name, data in (("pdf", invented_pdf("Culture")), ("media-1", PNG), ("joined-1", invented_pdf("Joint"))):
        world.files[(ecbu, name)] = data
    world.scans[SCAN] = [*with_which(sample_scan()), ("media-9", sample_scan()[0][:700])]
    world.add_document(scan_document(world.scans[SCAN]))
    world.add_conversation(_set_aside())
    return world


def _other_version(reference: DocumentId, other: DocumentId | None) -> Document:
    summary = DocumentSummary(
        id=reference, title="Examen cytobactériologique", category=DocumentCategory.REPORTS, dated=date(2026, 2, 1),
        received_at=NOW - timedelta(days=3), author="Dr Anne Leroy", identity_verified=False,
    )  # fmt: skip
    return Document(summary=summary, type_label="", contested=(other,) if other else (), lacks_results=True)


def _cultures(reference: DocumentId, contested: DocumentId) -> Document:
    """A report of germs with their antibiotics, and every state that a result may be in."""
    germ, name = "Germe identifié : Escherichia coli", "Examen cytobactériologique des urines"
    summary = DocumentSummary(
        id=reference, title=name, category=DocumentCategory.REPORTS, dated=date(2026, 2, 1),
        acted=(date(2026, 1, 30), date(2026, 1, 31)), received_at=NOW - timedelta(days=3), has_alert=True,
        author="Dr Anne Leroy, Laboratoire des Halles", results=6,
        glance=Glance(examinations=(name * 3,), flagged=("Nitrites",), flagged_count=1),
    )  # fmt: skip
    results = (
        Result(label="Leucocytes", value="120000", shown="120 000", unit="/mL", part="Microscopie", sampled="Urine"),
        Result(label=germ, value="", part=germ, is_heading=True),
        Result(label="Amoxicilline", value=">=0.512", unit="ug/mL", signal="résistant", part=germ, method="Gradient"),
        Result(label="Gentamicine", value="", shown="En attente", stands=False, part=germ, aside="écarté : 4"),
        Result(
            label="Sodium", value="152", unit="mmol/L", low=Decimal(135), high=Decimal(145), interpretation="N",
            earlier=("Valeur antérieure : 140 le 2 mars 2025",), remarks=("À contrôler.",), about=("Œil, gauche",),
            other_unit="3,5 g/L", comment="Vérifié.", state="Provisoire",
        ),
    )  # fmt: skip
    files = (
        OpenableFile(which="pdf", name="Culture.pdf", media_type="application/pdf", size=9_000),
        OpenableFile(which="media-1", name="Courbe.png", media_type="image/png", size=900, is_technical=True),
        OpenableFile(which="joined-1", name="Joint.pdf", media_type="application/pdf", size=900, is_joined=True),
        OpenableFile(which="original", name="Culture.xml", media_type="text/xml", size=900, is_technical=True),
    )
    return Document(
        summary=summary,
        type_label="Compte rendu d’examens biologiques",
        sender=LABORATORY,
        results=(ResultGroup("Bactériologie", results),),
        measures=(ResultGroup("Signes vitaux", (Result(label="Poids", value="72", unit="kg"),)),),
        remarks=(Remark("Prélèvement non conforme.", "Non conformité"),),
        files=files,
        contested=(contested,),
        text=invented_words(),
    )


def _set_aside() -> Conversation:
    """A message of which some files are shown, some set aside, and one waits for a consultation."""
    message = Message(
        invitation=invitation_box(AN_INVITATION, EVENTS[1:3], PLACE),
        id=MessageRef("m-garde"), at=NOW - timedelta(days=5), author="Laboratoire des Halles", text="Vos résultats.",
        withheld=True, kept_back=2, is_cut=True,
        attachments=(MessageFile("2", "IHE_XDM.zip", "application/zip", 61_440),),
    )  # fmt: skip
    return Conversation(
        id=ConversationId("c-garde"), correspondent=LABORATORY, subject="Résultats", state=ReplyState.AUTOMATIC,
        messages=(message,),
    )  # fmt: skip
