"""What is in an archive, subject by subject: the one table of it.

A new subject is one line of `SUBJECTS`; a table of the store stands in one of them, or says in `NOT_EXPORTED` why not.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from gateway.services.export.archive_files import Files
from gateway.services.export.document_files import bundle_files, document_files
from gateway.services.export.goal_files import goal_files
from gateway.services.export.message_files import message_files
from gateway.services.export.own_files import (
    agenda_files,
    care_files,
    measure_files,
    order_files,
    profile_files,
    space_files,
)
from gateway.services.export.privacy_files import privacy_files
from gateway.services.export.request_files import request_files
from gateway.services.export.trace_files import trace_files


@dataclass(frozen=True, slots=True)
class ExportedSubject:
    """One part of an archive: its heading in the index, the tables that it holds, and what gives its files."""

    title: str
    tables: frozenset[str]
    files: Files


SUBJECTS = (
    ExportedSubject("Documents", frozenset({"document", "replacement", "blob"}), document_files),
    ExportedSubject("Classement des documents", frozenset({"document_choice", "document_folder"}), order_files),
    ExportedSubject("Pour un logiciel", frozenset(), bundle_files),
    ExportedSubject("Messages", frozenset({"content", "entry", "folder"}), message_files),
    ExportedSubject("Identité et choix", frozenset({"space", "address", "person", "vault", "mandate"}), space_files),
    ExportedSubject("Confidentialité", frozenset({"patient_choice"}), privacy_files),
    ExportedSubject("Demandes", frozenset({"rights_request"}), request_files),
    ExportedSubject("Profil médical", frozenset({"profile_entry"}), profile_files),
    ExportedSubject("Objectifs des examens", frozenset({"goal"}), goal_files),
    ExportedSubject("Mesures", frozenset({"measure", "measure_plan"}), measure_files),
    ExportedSubject("Historique de soins", frozenset({"care_act"}), care_files),
    ExportedSubject("Agenda", frozenset({"agenda_event", "prevention"}), agenda_files),
    ExportedSubject("Journal", frozenset({"audit", "audit_head"}), trace_files),
)
"""In the order of the index."""

_INDEX = "only finds what stands elsewhere"
_ACCESS = "opens the space: an archive never does"
_WORK = "work under way, done soon"
NOT_EXPORTED: Mapping[str, str] = MappingProxyType({
    "account": _ACCESS,
    "agent": "the operator's",
    "unserved": "who waits for an agent, without what they typed",
    "attempt": _ACCESS,
    "browser": _ACCESS,
    "code": _ACCESS,
    "passkey": _ACCESS,
    "session": _ACCESS,
    "condemned": _WORK,
    "outbox": _WORK,
    "worker": _WORK,
    "own_export": "the archive itself",
    "access_code": _ACCESS,
    "record_opening": "who may read stands in the trace, and ends by itself",
    "record_reading": "a professional's, of persons whose record they opened: each person's trace says so",
    "reader_state": "a professional's reading budget",
    "health_link": "what was shared is of the profile; who read it stands in the trace",
    "representing": _INDEX,
    "withheld_message": _INDEX,
    "deadline": _INDEX,
    "entry_wire": _INDEX,
    "intake": _INDEX,
    "reference": _INDEX,
    "tombstone": _INDEX,
    "vault_head": _INDEX,
    "header_page": _INDEX,
    "line_page": _INDEX,
    "observed": _INDEX,
    "document_words": _INDEX,
    "document_delay": "of documents that their patient put off; they are in an archive that is made when they show",
    "document_hold": "of documents that their patient may not read yet",
    "document_doubt": "of documents that are not the patient's; what was said of them stands in the trace",
    "head_checkpoint": "the operator's; the proof of the trace has the last",
    "head_hash": "the operator's: the log of heads",
    "head_leaf": "the operator's; the proof of the trace has its own leaf",
    "head_moved": _WORK,
    "happening": "lines of the trace, which is there",
    "care_contact": "who wrote follows from messages and documents, who looked from the trace",
    "read_mark": "how far news were read",
    "invitation": "what a message did to the agenda: both are there",
    "outcome": "what became of messages stands in the trace",
    "exchange": "who may write to whom follows from the messages",
    "quarantine": "the operator's, of refused messages",
    "erased": "the operator's, of erased spaces",
})  # fmt: skip
"""Why a table is in no archive."""
