"""Frozen samples of every form of every sealed record.

``python -m tests.builders.frozen_records`` adds what is missing. `tests/contract/frozen/` has, for each kind and
form, sealed records under a fixed key (``.bin``) and what is in them (``.json``); ``forms.json`` has what each form
says. A file that is there is never written again: it stands for the records that gateways have. Samples of a form
that was never released may be deleted by hand and made anew.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import msgspec

from gateway.domain.access import Audience
from gateway.domain.card import Card
from gateway.domain.document import (
    DocumentCategory,
    DocumentEntry,
    DocumentNote,
    EarlierValue,
    LabResult,
    Participant,
    ReferenceRange,
    Remark,
    ResultValue,
    ValueKind,
)
from gateway.domain.document_json import entry_to_json
from gateway.domain.filing_outcome import FilingOutcome, LookedThrough, SendingOutcome, SetAside
from gateway.domain.mailbox import MessageId, VaultId
from gateway.domain.mime.layout import Layout
from gateway.domain.notices import Channel, NoticeKind
from gateway.domain.observed import written_lines
from gateway.domain.result_json import results_to_json
from gateway.domain.step_payloads import (
    DeliverMessage,
    FileDocuments,
    FindAgain,
    SendCode,
    SendOpening,
    TellHolder,
)
from gateway.domain.timestamp import Timestamp
from gateway.store.seal import audit_records, records
from gateway.store.seal.agenda_records import AgendaEventRecord, InvitationRecord, PreventionRecord
from gateway.store.seal.agent_record import AgentRecord
from gateway.store.seal.browser_record import BrowserRecord
from gateway.store.seal.care_records import CareActRecord
from gateway.store.seal.document_choices import DocumentChoiceRecord, DocumentFolderRecord
from gateway.store.seal.health_link_record import HealthLinkRecord
from gateway.store.seal.mandate_record import MandateRecord
from gateway.store.seal.measure_records import (
    FollowedRecord,
    MeasureGoalRecord,
    MeasurePlanRecord,
    MeasureRecord,
    MeasureVersionRecord,
)
from gateway.store.seal.own_export_record import OwnExportRecord
from gateway.store.seal.packed_records import PACKED, packed, unpacked, whole, whole_of
from gateway.store.seal.passkey_record import PasskeyRecord
from gateway.store.seal.patient_choice_records import CareContactRecord, PartyChoiceRecord, PatientChoicesRecord
from gateway.store.seal.profile_record import ProfileRecord
from gateway.store.seal.record_opening_records import (
    AccessCodeRecord,
    ReaderStateRecord,
    RecordOpeningRecord,
    RecordReadingRecord,
)
from gateway.store.seal.records import FORMS
from gateway.store.seal.rights_request_record import RightsRequestRecord
from gateway.store.seal.row_records import HeadRecord, SecretRecord
from gateway.store.seal.sealer import RecordKind, Sealer
from gateway.store.seal.withholding_records import DocumentDelayRecord, DocumentDoubtRecord, DocumentHoldRecord
from tests.builders.outbox import PAYLOADS

FROZEN = Path(__file__).parents[1] / "contract" / "frozen"
VAULT, OBJECT = VaultId(0x1F), 0x2A
_KEY = bytes(range(32))


class FixedKey:
    """Gives every vault the one key that the samples were sealed with."""

    def key(self, vault: VaultId) -> bytes:  # noqa: ARG002 - as `KeyStore` has it
        """Give it."""
        return _KEY

    def tried(self, after: VaultId, limit: int) -> list[tuple[VaultId, bool]]:  # noqa: ARG002 - as above
        return []


def sealer() -> Sealer:
    """Give what opens the samples."""
    return Sealer(FixedKey())


_OUTCOME = FilingOutcome(
    code="904",
    cause="Une pièce jointe n'a pas pu être lue.",
    sender="labo@biologie.example",
    recipient="camille@patient.example",
    message_id="<1@biologie.example>",
    subject="Résultats",
    asked=True,
    blob=bytes(16),
    delivered=True,
    withheld_from=Audience.PATIENT,
    held_until=datetime(2026, 12, 6, 12, tzinfo=UTC),
    set_aside=(SetAside(section="3", name="résultats.hl7", cause="Le format n'est pas pris en charge."),),
)
FULL_FILING = FileDocuments(
    mid=MessageId(1), octets=1024, correspondent="claire@medecin.example", event="professional_wrote"
)
FULL_DELIVERY = DeliverMessage(
    blob=bytes(16), sender="a@b.example", recipient="c@d.example", mid=MessageId(1), recipients=2
)
FULL_FINDING = FindAgain(
    site="https://pli.example", identifier="camille", number="180016300000158", born="1980-01-15"
)
_UNTIL = datetime(2026, 11, 29, 12, 30, tzinfo=UTC)
FULL_TELLING = TellHolder(
    kind=NoticeKind.MESSAGE, values={"day": "1er mai"}, channel=Channel.SMS, to="0612345678", until=_UNTIL
)
FULL_CODE = SendCode(code="123456", until=_UNTIL)
FULL_OPENING = SendOpening(code="Ad3eF4hM", issuer="Assurance", batch="2026-03-02", channel=Channel.LETTER)
_CHANGES = audit_records.ChangesRecord(
    came=(1,),
    went=(2,),
    shown=((1, 2, 3, "\\Seen", 8),),
    gone=((1, 1),),
    flagged=((1, "", (2,)),),
    claimed=((bytes(16), 1),),
    begun=(4,),
    ended=(5,),
    decided=(1,),
    set_aside=(6,),
    holds=((bytes(16), True),),
    referred=(bytes(8),),
    outcomes=((1, bytes(8)),),
)
_AWAITED = records.AwaitedRecord(
    attempt=bytes(32),
    until="2026-11-29T12:30:00+00:00",
    email="neuf@courriel.example",
    phone="+33611223344",
    terms="2026-03-01",
    terms_at="2026-11-29T12:01:00+00:00",
    login="galet.brume27",
    kind="chosen",
    secret=bytes(16),
)
_FILE = records.FileRecord(which="original", media_type="text/xml", blob=bytes(16), size=1024)


_ENTRY = DocumentEntry(
    unique_id="1.2.3^4",
    type_code="11502-2",
    title="Bilan",
    effective_time=Timestamp("20260302"),
    act_start=Timestamp("202601"),
    act_end=Timestamp("20260103"),
    version=2,
    replaces=("1.2.3^3",),
    authors=(Participant(name="Iris MODÈLE", identifiers=(("1.2", "3"),), profession="Biologiste"),),
    category=DocumentCategory.BIOLOGY,
    notes=(DocumentNote.PDF_SCRIPT,),
)
_RESULT = LabResult(
    label="Glucose",
    value=ResultValue(
        kind=ValueKind.QUANTITY, text="5.10", number=Decimal("5.10"), unit="mmol/L", null_flavor="UNC"
    ),
    ranges=(
        ReferenceRange(
            low=Decimal("3.9"),
            high=Decimal("6.1"),
            unit="mmol/L",
            low_excluded=True,
            high_excluded=True,
            condition="femme",
            applies=True,
        ),
    ),
    earlier=(EarlierValue(ResultValue(kind=ValueKind.QUANTITY, text="4.9", number=Decimal("4.9")), Timestamp("2025")),),
    negated=True,
    mood="INT",
    body_site="Œil, gauche",
    family=1,
    is_head=True,
    remarks=(Remark("À contrôler", "Conseil", of_report=True),),
    category="vital-signs",
)
_OBSERVED = LabResult(
    label="Glucose",
    code="2345-7",
    code_system="2.16.840.1.113883.6.1",
    value=ResultValue(kind=ValueKind.QUANTITY, text="1,05", number=Decimal("1.05"), unit="g/L"),
    collected=Timestamp("20260301"),
    ranges=(ReferenceRange(low=Decimal("0.7"), high=Decimal("1.1"), unit="g/L"),),
)
_PIECES = {
    RecordKind.WIRE: (b'("Mon" NIL)', b'("TEXT" "PLAIN")'),
    RecordKind.SUMMARY: (b'("TEXT")', b"[1,0,0,[]]", b"{}"),
    RecordKind.GOAL: (b"1", b"1.2", b"g/L", b"Dr Claire", b"2026-03-02"),
    RecordKind.OBSERVED: (b"Laboratoire des Lilas", b"20260302", written_lines([_OBSERVED])),
    RecordKind.HEADERS: (b"Subject: x\r\n\r\n",),
    RecordKind.DOCUMENT_WORDS: (b"dr iris modele\nbilan", b"texte replie"),
    RecordKind.EXTRACT: ("texte replié".encode(),),
    RecordKind.HEADER_PAGE: (b"\0\0\0\1", b"\0\x0b\x49\x2c", *(b"0\tx %d" % place for place in range(11))),
    RecordKind.LINE_PAGE: (b"\0\0\0\1\0\0\0\2", b"(NIL)\0(\"TEXT\")\0(\"x\")\0(\"TEXT\")"),
}


def records_of(kind: RecordKind) -> list[object]:
    """Give records of one kind, every field with a value that is not its default."""
    found: dict[RecordKind, list[object]] = {
        RecordKind.VAULT: [records.VaultRecord(kind="space", address="camille@patient.example", name="Camille")],
        RecordKind.SPACE: [
            records.SpaceRecord(
                domain="patient.example",
                ins="180016300000158",
                ins_oid="1.2.250.1.213.1.4.10",
                birth_name="DUPONT",
                sex="F",
                given_names=("Jeanne", "Marie"),
                used_name="ESSAI",
                birth_date="1980-01-15",
                earlier=(("1.2.250.1.213.1.4.11", "180016300000159"),),
                email="jeanne@courriel.example",
                phone="+33600000000",
                scheme="01",
                birth_place="75056",
                birth_country="99100",
                postal_lines=("1 rue de l'Essai",),
                postal_code="75001",
                city="Paris",
                country="France",
                card_serials=("123", "456"),
                guardians=("180016300000158",),
                of_age=True,
                identifier="jeanne",
                notified_on="2026-03-02",
                letter_on="2026-03-01",
                changed_on="2026-03-03",
                before=(("active", ""), ("suspended", "2026-11-03")),
                erase_on="2026-03-04",
                opening_stopped=True,
                terms="2026-11",
                terms_at="2026-03-02T12:00:00+00:00",
                muted=("message",),
                hides_documents=True,
                delays=(("biologie", 7),),
                carers_until="2026-03-05",
                hides_care=True,
                added_bytes=1_048_576,
                awaited=(_AWAITED,),
                number="9000000000012",
            )
        ],
        RecordKind.EXCHANGE: [
            records.ExchangeRecord(
                correspondent="claire@medecin.example", name="Dr Claire", changed_at="2026-03-02T12:00:00+00:00"
            )
        ],
        RecordKind.FOLDER: [
            records.FolderRecord(
                name="Terminés", special_use="ended", uid_validity=9,
                keywords=("$Suivi",), recent_from=4, absent=("Labo",),
            )
        ],
        RecordKind.PATH: [
            records.PathRecord(
                reverse_path="a@b.example",
                recipient="c@d.example",
                blob=bytes(16),
                thread=7,
                was_held=True,
                size=1000,
                at=8,
            )
        ],
        RecordKind.DOCUMENT: [
            records.DocumentRecord(
                sha256=bytes(32),
                sender="labo@biologie.example",
                entry=entry_to_json(_ENTRY),
                identity_verified=True,
                result_count=1,
                has_alert=True,
                files=(_FILE,),
                issuer="finess:1350000029",
                examinations=("Glucose", "Potassium"),
                outside=("Potassium",),
                outside_count=1,
                flagged=("Recherche de sang",),
                flagged_count=1,
                is_own=True,
                sender_name="Biologie des Lilas",
            )
        ],
        RecordKind.DOCUMENT_CHOICE: [DocumentChoiceRecord(title="Mon bilan", day="2026-03-01")],
        RecordKind.DOCUMENT_FOLDER: [DocumentFolderRecord(name="Genou")],
        RecordKind.DOCUMENT_HOLD: [
            DocumentHoldRecord(
                until="2026-12-06T12:00:00+00:00", warned=True, sender="labo@biologie.example",
                recipient="camille@patient.example", subject="Résultats", message_id="<1@biologie.example>",
                messages=(1,),
            )
        ],
        RecordKind.DOCUMENT_DELAY: [
            DocumentDelayRecord(
                until="2026-12-06T12:00:00+00:00", kind="biologie", messages=(42,), floor="2026-12-01T12:00:00+00:00"
            )
        ],
        RecordKind.DOCUMENT_DOUBT: [
            DocumentDoubtRecord(
                said_at="2026-11-29T12:00:00+00:00", received_at="2026-11-28T12:00:00+00:00", state="confirmed",
                ended_at="2026-11-30T12:00:00+00:00", reason="Le laboratoire confirme.", times=2,
                place="Laboratoire des Lilas", category="biologie", messages=(42, 43),
            )
        ],
        RecordKind.RIGHTS_REQUEST: [
            RightsRequestRecord(
                kind="doctor", state="answered", asked_at="2026-11-29T12:00:00+00:00", asked_by="Camille Lefèvre",
                to="Dr Claire Martin", to_detail="Médecin · Rennes", to_address="claire@medecin.example", asker=42,
                words="Le compte rendu du genou.", older=True, earliest="2026-12-01T12:00:00+00:00",
                latest="2027-01-29T12:00:00+00:00", reminded=True, overdue=True,
                ended_at="2026-11-30T12:00:00+00:00", answer="Voici.", answered_by="Dr Claire Martin",
                shown_from="2026-12-01T12:00:00+00:00", undelivered=True, document=42, title="Bilan",
                unique_id="1.2.3", thread=43, relation="heir",
                about=("MARTIN", "LOUIS", "1950-01-15", "279035121518989"), other=44,
                entry="vaccinations:2a",
                taken_back=True,
            )
        ],
        RecordKind.RESULTS: [records.ResultsRecord(results=results_to_json([_RESULT]))],
        RecordKind.AUDIT: [
            audit_records.AuditRecord(
                actor="claire@medecin.example",
                action="document.read",
                outcome="ACC-01",
                objects=("document:2a",),
                detail="fixed",
                role="professional",
                person="Dr Claire",
                organisation="Cabinet",
                purpose="TREAT",
                epoch=3,
                changes=_CHANGES,
                reason="Urgence vitale",
                data=("profile:allergies", "examination:2823-3"),
                face="console",
                profession="40",
                responsible="Dr Anne Martin",
            )
        ],
        RecordKind.BLOB_KEY: [records.BlobKeyRecord(data_key=bytes(32))],
        RecordKind.SECRET: [SecretRecord(secret=b"digest")],
        RecordKind.STEP: [
            *PAYLOADS.values(), FULL_FILING, FULL_DELIVERY, FULL_TELLING, FULL_CODE, FULL_FINDING,
            FULL_OPENING,
        ],
        RecordKind.OUTCOME: [_OUTCOME, SendingOutcome(delivered=1, recipients=2, failed=True), LookedThrough()],
        RecordKind.QUARANTINE: [_OUTCOME],
        RecordKind.PASSKEY: [
            PasskeyRecord(
                credential=bytes(16),
                public_key=bytes(77),
                counter=7,
                name="Téléphone",
                added="2026-03-02T12:00:00+00:00",
                used="2026-03-03T12:00:00+00:00",
                waits=bytes(32),
            )
        ],
        RecordKind.BROWSER: [BrowserRecord(device="Firefox sur Windows", about={"way": "certificate"}, acts_for=7)],
        RecordKind.MANDATE: [
            MandateRecord(
                kind="carer",
                state="accepted",
                home=7,
                name="Anne Martin",
                begun="2026-11-29T20:00:00+00:00",
                changed="2026-11-29T21:00:00+00:00",
                until="2027-11-29T20:00:00+00:00",
                rights=(("documents", "read"),),
                offered_by="Jean Martin",
                asked=("MARTIN", "ANNE", "1980-01-15"),
            )
        ],
        RecordKind.PROFILE: [
            ProfileRecord(
                section="allergies",
                revision=2,
                state="kept",
                fields={"nom": "Pénicilline"},
                written_by="patient",
                written_at="2026-03-02T12:00:00+00:00",
                is_locked=True,
                place=3,
                links=("document:2a",),
                source=42,
                author=("Léa Roux", "Cabinet des Lilas", "claire@medecin.example"),
                responsible="Dr Claire Martin",
            )
        ],
        RecordKind.AGENDA_EVENT: [
            AgendaEventRecord(
                title="Contrôle",
                start="2026-03-09T08:30:00+00:00",
                end="2026-03-09T09:00:00+00:00",
                also=("2026-03-16T08:30:00+00:00",),
                place="Rennes",
                people="Dr Iris Modèle",
                note="Premier étage.",
                bring="Carte Vitale",
                documents=(9,),
                reminder=60,
                sort="task",
                state="cancelled",
                version=2,
                uid="essai-1@cabinet.example",
                sequence=3,
                organiser="iris@cabinet.example",
                organiser_name="Dr Iris Modèle",
                claims="secretariat@cabinet.example",
                answer="accepted",
                told=True,
                message=4,
                about="À jeun.",
                remind_from="2026-03-02T12:00:00+00:00",
            )
        ],
        RecordKind.INVITATION: [InvitationRecord(outcome="added", events=(5,), more=1)],
        RecordKind.PREVENTION: [PreventionRecord(choices={"colorectal": "done 2026-03-02"})],
        RecordKind.PATIENT_CHOICES: [
            PatientChoicesRecord(
                parties=(
                    PartyChoiceRecord(
                        number=7,
                        names=("mail:claire.martin@medecin.example", "rpps:10001234567"),
                        label="Dr Claire Martin",
                        detail="Médecin · Lyon",
                        standing="blocked",
                        since="2026-11-29T21:00:00+00:00",
                        shown=(3,),
                        hidden=(4, 5),
                        administers="2026-11-30T04:00:00+00:00",
                    ),
                ),
                emergency=("break-glass", "services"),
            ),
            PatientChoicesRecord(),
        ],
        RecordKind.CARE_CONTACT: [
            CareContactRecord(
                names=("finess:690000000", "mail:labo@labo.example"),
                label="Laboratoire des Lilas",
                since="2026-11-29T21:00:00+00:00",
                detail="Lyon",
                way="document",
            ),
        ],
        RecordKind.CARE_ACT: [
            CareActRecord(
                kind="pharmacie",
                day="2026-03-02",
                lines=(("Paracétamol 500 mg", "2 boîtes"),),
                told_at="2026-03-10T06:00:00+00:00",
                until="2026-03-03",
                performer="Dr Lenoir",
                place="Pharmacie des Tilleuls",
                told_by="Assurance santé",
                source=5,
            )
        ],
        RecordKind.MEASURE: [
            MeasureRecord(
                kind="tension",
                versions=(
                    MeasureVersionRecord(
                        at="2026-03-02T12:00:00+00:00",
                        numbers=("128", "79"),
                        unit="mm[Hg]",
                        is_timed=False,
                        note="Au repos",
                        written_by="patient",
                        written_at="2026-03-02T12:05:00+00:00",
                        is_deleted=True,
                    ),
                ),
            )
        ],
        RecordKind.MEASURE_PLAN: [
            MeasurePlanRecord(
                goals={"poids": MeasureGoalRecord(bounds=(("", "75"),), version=2)},
                followed={"grossesse": FollowedRecord(since="2026-11-29", event=42)},
            )
        ],
        RecordKind.HEALTH_LINK: [
            HealthLinkRecord(
                made="2026-03-02T12:00:00+00:00",
                until="2026-03-02T12:15:00+00:00",
                parts=("allergies",),
                passcode=bytes([1] * 32),
                file="eyJ.",
                tries_left=4,
                readings=(("2026-03-02T12:01:00+00:00", "Dr Exemple"),),
                tickets=((bytes([2] * 32), "2026-03-02T12:06:00+00:00"),),
            )
        ],
        RecordKind.ACCESS_CODE: [
            AccessCodeRecord(
                made="2026-03-02T12:00:00+00:00",
                until="2026-03-02T13:00:00+00:00",
                opens="jour",
                salt=bytes([1] * 16),
                digest=bytes([2] * 32),
                tries_left=4,
            )
        ],
        RecordKind.RECORD_OPENING: [
            RecordOpeningRecord(
                how="break-glass",
                by=("mail:claire@medecin.example", "rpps:10000000001"),
                who="Dr Claire EXEMPLE",
                organisation="Cabinet",
                made="2026-03-02T12:00:00+00:00",
                ends="2026-03-02T13:00:00+00:00",
                reason="Perte de connaissance",
            )
        ],
        RecordKind.RECORD_READING: [
            RecordReadingRecord(
                person=31, at="2026-03-02T12:00:00+00:00", place=3, own=False, how="code", factor=True, reason="Garde"
            )
        ],
        RecordKind.READER_STATE: [
            ReaderStateRecord(
                day="2026-03-02",
                opened=3,
                stopped="2026-03-02T12:00:00+00:00",
                factor_at="2026-03-02T11:00:00+00:00",
                lifted_until="2026-03-03T12:00:00+00:00",
                lifted_why="Garde",
            )
        ],
        RecordKind.AGENT: [
            AgentRecord(
                name="Agent Exemple",
                added="2026-03-02T12:00:00+00:00",
                keys=((bytes([1] * 32), "2027-03-02T12:00:00+00:00"), (bytes([2] * 32), "")),
                removed="2026-04-02T12:00:00+00:00",
            )
        ],
        RecordKind.OWN_EXPORT: [
            OwnExportRecord(
                number=42,
                state="ready",
                asked_at="2026-03-02T12:00:00+00:00",
                until="2026-03-09T12:00:00+00:00",
                made_at="2026-03-02T12:01:00+00:00",
                size=1000,
                damaged=2,
                key=b"key",
                fingerprint="AB" * 20,
                pieces=(bytes(16),),
                asked_by=5,
            )
        ],
        RecordKind.HEAD: [
            HeadRecord(
                epoch=3,
                rows={b"s": 7},
                documents=1,
                total=bytes([1] * 16),
                trace=4,
                issued=(1_000_000,),
                folders=5,
                validity=6,
                sums={b"p": (1, bytes([1] * 16))},
                tallies={b"d": {"biologie 0": 1}},
            )
        ],
    }
    return found[kind]


def opened(kind: RecordKind, sealed: bytes) -> object:
    """Open a sample with the present code and give what is in it as plain values."""
    if kind in FORMS:
        return plain(FORMS[kind].open(sealer(), VAULT, OBJECT, sealed))
    clear = sealer().open(VAULT, kind, OBJECT, sealed)
    count = len(PACKED[kind][1])
    return plain(unpacked(clear, count) if count > 1 else [whole_of(clear)])


def plain(value: object) -> object:
    """Give a value as what JSON has."""
    return json.loads(msgspec.json.encode(value))


_WITHIN: Mapping[RecordKind, tuple[type, ...]] = {
    RecordKind.DOCUMENT: (DocumentEntry,),
    RecordKind.RESULTS: (LabResult,),
    RecordKind.SUMMARY: (Card, Layout),
}
"""Values of the domain that stand in a field of a record as their own JSON: they may not change unnoticed either."""


def signature_of(kind: RecordKind) -> Sequence[str]:
    """Give all that a kind's present form says, one line a field: what may not change without a new form.

    A value of a closed set, or one more class of a union, may be added: whatever was written before is still read.
    """
    lines = list(PACKED[kind][1]) if kind in PACKED else []
    if kind in FORMS:
        _describe(msgspec.inspect.type_info(FORMS[kind].record), "", lines)
    for within in _WITHIN.get(kind, ()):
        _describe(msgspec.inspect.type_info(within), within.__name__, lines)
    return lines


def _describe(info: msgspec.inspect.Type, place: str, lines: list[str]) -> None:
    match info:
        case msgspec.inspect.StructType() | msgspec.inspect.DataclassType():
            if isinstance(info, msgspec.inspect.StructType) and info.tag is not None:
                place = f"{place}<{info.tag}>"
                lines.append(place)
            for field in info.fields:
                default = "required" if field.required else f"default {_default(field)}"
                lines.append(f"{place}.{field.encode_name}: {default}")
                _describe(field.type, f"{place}.{field.encode_name}", lines)
        case msgspec.inspect.UnionType():
            for one in sorted(info.types, key=repr):
                _describe(one, place, lines)
        case msgspec.inspect.VarTupleType() | msgspec.inspect.ListType():
            _describe(info.item_type, f"{place}[]", lines)
        case msgspec.inspect.TupleType():
            for number, one in enumerate(info.item_types):
                _describe(one, f"{place}[{number}]", lines)
        case msgspec.inspect.EnumType():
            lines.extend(f"{place}: may be {value}" for value in sorted(str(item.value) for item in info.cls))
        case _:
            lines.append(f"{place}: {type(info).__name__.removesuffix('Type').lower()}")


def _default(field: msgspec.inspect.Field) -> str:
    if field.default_factory is not msgspec.NODEFAULT:
        return "made anew"
    return repr(field.default)


def main() -> None:
    """Write the samples, and the listing, of forms that have none."""
    FROZEN.mkdir(exist_ok=True)
    listing_file = FROZEN / "forms.json"
    listing = json.loads(listing_file.read_text()) if listing_file.exists() else {}
    for kind in RecordKind:
        form = FORMS[kind].number if kind in FORMS else PACKED[kind][0]
        listing.setdefault(kind.name.lower(), {}).setdefault(str(form), signature_of(kind))
        if kind in FORMS:
            written = [FORMS[kind].written(record) for record in records_of(kind)]
        else:
            pieces = _PIECES[kind]
            written = [packed(kind, *pieces) if len(pieces) > 1 else whole(pieces[0])]
        for number, clear in enumerate(written, 1):
            place = FROZEN / f"{kind.name.lower()}-{form}-{number}.bin"
            if not place.exists():
                sealed = sealer().seal(VAULT, kind, OBJECT, clear)
                place.write_bytes(sealed)
                within = json.dumps(opened(kind, sealed), ensure_ascii=False, indent=1, sort_keys=True)
                place.with_suffix(".json").write_text(within + "\n", encoding="utf-8")
    listing_file.write_text(json.dumps(listing, ensure_ascii=False, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
