"""A patient's space of which every part holds a word of its own, so that whatever is said of it anywhere is found."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from gateway.core import Core
from gateway.domain.access import Audience, Role
from gateway.domain.account import Space
from gateway.domain.agenda.events import AgendaEvent
from gateway.domain.brought import Brought, ProposedEntry
from gateway.domain.care_history import CareAct, CareKind, CareLine
from gateway.domain.directory import DirectoryEntry
from gateway.domain.document_lists import DocumentFolder
from gateway.domain.dossier import ORIGINAL, PRESENTATION, FiledDocument
from gateway.domain.examinations import examination_number
from gateway.domain.local_days import local_day
from gateway.domain.mailbox import VaultId
from gateway.domain.measures import Measure, MeasuredValue, MeasureKind, MeasureVersion
from gateway.domain.observed import loinc_key
from gateway.domain.profile import EntryState, ProfileEntry, ProfileSection, Writer
from gateway.domain.written_results import written_results
from gateway.ports.store import Tx
from gateway.services.access.actors import holder_of
from gateway.services.filing.brought_entries import keep_brought
from gateway.services.random_numbers import random_number
from tests.builders.family import a_child
from tests.builders.letters import a_letter
from tests.builders.patient_site import CDA, PDF, a_document
from tests.builders.store import a_space
from tests.builders.web_images import sample_scan
from tests.builders.web_results import measured

MARK: Final = "zib"
"""Begins each word; the name of what it stands in follows."""
PARTS: Final = ("documents", "messages", "profile", "care-history", "agenda", "trace", "rights", "sign-in", "space")
APART, HIDDEN, IDENTITY = "apart", "hidden", "identity"
"""A document that is not for representatives, one that is hidden from all professionals, and the patient's name."""
MARKS: Final = (*PARTS, APART, HIDDEN, IDENTITY)


def mark(name: str) -> str:
    """Give the word that stands in a part."""
    return MARK + name.replace("-", "")


def marks_in(text: str) -> frozenset[str]:
    """Say which parts a text tells of."""
    folded = text.casefold()
    return frozenset(name for name in MARKS if mark(name) in folded)


@dataclass(frozen=True, kw_only=True)
class MarkedSpace:
    """Ada's space, and how routes call what is in it, by the names that stand in routes."""

    space: Space
    references: dict[str, str]


async def marked_space(it: Core) -> MarkedSpace:
    """Make it, but for its messages: those come by mail, so that they are read as mail is."""
    ada = await a_space(
        it.store, birth_name=mark(IDENTITY).upper(), given_names=("Ada",), email=f"{mark('space')}@courriel.example"
    )
    potassium = measured(f"{mark('documents')} potassium", "2823-3", "4.1", "mmol/L")
    document = await _file(it, ada.vault, mark("documents"), potassium)
    for name, audience in ((APART, Audience.REPRESENTATIVES), (HIDDEN, Audience.PROFESSIONALS)):
        other = await _file(it, ada.vault, mark(name))
        await it.store.write(
            lambda tx, number=other.id, audience=audience: tx.documents.withhold(  # type: ignore[misc]
                ada.vault, number, audience
            )
        )
    references = {"document": f"{document.id:x}", "id": f"{document.id:x}"}
    references["examination"] = f"{examination_number(ada.vault, loinc_key(potassium.code)):x}"
    references |= await it.store.write(lambda tx: _written(tx, ada, document.id, it.clock.now()))
    references["proche"] = f"{(await a_child(it.store, ada)).vault:x}"
    references["patient"] = references["person"] = f"{ada.vault:x}"
    return MarkedSpace(space=ada, references=references)


async def _file(it: Core, vault: VaultId, title: str, *results: object) -> FiledDocument:
    scans = [(f"media-{n}", "application/dicom", it.blobs.put(one)) for n, one in enumerate(sample_scan()[:1], 1)]
    files = [(ORIGINAL, "text/xml", it.blobs.put(CDA)), (PRESENTATION, "application/pdf", it.blobs.put(PDF)), *scans]
    made = a_document(results, files)  # type: ignore[arg-type]  # results, as the caller measured them
    number, now = random_number(), it.clock.now()
    entry = replace(made.entry, title=title, unique_id=f"1.2.250.1.999.{number}")
    document = replace(made, id=number, entry=entry, filed_at=now, dated=now, sha256=number.to_bytes(32, "big"))

    def add(tx: Tx) -> None:
        for _, _, key in files:
            tx.blobs.attach(vault, key)
        assert tx.documents.add(vault, document, written_results(results))  # type: ignore[arg-type]  # as above
        tx.changed(vault)

    await it.store.write(add)
    return document


def _written(tx: Tx, ada: Space, document: int, now: datetime) -> dict[str, str]:
    vault = ada.vault
    allergy = ProfileEntry(
        section=ProfileSection.ALLERGIES, id=random_number(), revision=1, state=EntryState.KEPT,
        fields={"nom": mark("profile")}, written_by=Writer.PATIENT, written_at=now,
        links=(f"document:{document:x}",),
    )  # fmt: skip
    tx.profile.add(vault, allergy)
    value = MeasuredValue(at=now, is_timed=True, numbers=(Decimal(72),), unit="kg")
    version = MeasureVersion(value=value, written_by=Writer.PATIENT, written_at=now)
    weight = Measure(id=random_number(), kind=MeasureKind.WEIGHT, now=version)
    tx.measures.add(vault, weight)
    proposed = {"mesure": "poids", "valeur": "73", "unite": "kg", "jour": f"{now:%Y-%m-%d}"}
    section = ProfileSection.PROPOSED_MEASURES
    entries = ProposedEntry(section, proposed), ProposedEntry(ProfileSection.ALLERGIES, {"nom": "Pollen"})
    keep_brought(tx, vault, document, Brought(entries=entries), now)
    (proposal,) = tx.profile.newest(vault, section)
    event = AgendaEvent(vault=vault, id=random_number(), title=mark("agenda"), start=now + timedelta(days=7))
    tx.agendas.save(replace(event, documents=(document,)))
    act = CareAct(
        id=random_number(), kind=next(iter(CareKind)), day=local_day(now) - timedelta(days=9),
        lines=(CareLine(mark("care-history")),), told_at=now,
    )  # fmt: skip
    tx.care_acts.put(vault, act)
    tx.care_acts.put(vault, replace(act, id=random_number(), source=document))
    folder = DocumentFolder(random_number(), mark("documents"))
    tx.document_lists.save_folder(vault, folder)
    visitor = replace(holder_of(ada, "pro"), role=Role.PROFESSIONAL, person=f"Dr {mark('trace')}")
    tx.audit.append(vault, visitor.event(now, "document.opened", objects=(f"document:{document:x}",)))
    return {
        "fiche": f"{allergy.id:x}", "releve": f"{weight.id:x}", "proposition": f"{proposal.id:x}",
        "demande": f"{random_number():x}",  # asked of whoever confirmed an entry: nothing is confirmed here
        "entry": f"{event.id:x}", "name": f"{event.id:x}-0", "dossier": f"{folder.number:x}",
    }  # fmt: skip


def a_marked_letter(sender: DirectoryEntry, to: str) -> bytes:
    """Write what the patient is sent: words, the same formatted, and a file."""
    word = mark("messages")
    raw = a_letter(
        sender, f"Bonjour, {word}.\n", subject=word, html=f"<p>Bonjour, {word}</p>", files=(("lettre.pdf", PDF),)
    )
    return raw.replace(b"patient@patient.mssante.fr", to.encode(), 1)


def a_day_ago() -> datetime:
    """Give an instant before everything here."""
    return datetime.now(UTC) - timedelta(days=1)
