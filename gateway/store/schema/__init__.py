"""The tables, by subject. What grows has its vault first in its primary key: a cluster distributes by vault.

In clear: identifiers, dates (integer microseconds since 1970, UTC), sizes, flags, states. Everything else is
sealed (`gateway.store.seal.sealer`) or a keyed digest.
"""

from gateway.store.schema.agenda import agenda_event, invitation, prevention
from gateway.store.schema.agents import agent, unserved
from gateway.store.schema.attempts import attempt
from gateway.store.schema.audit import audit, audit_head
from gateway.store.schema.blobs import blob, condemned
from gateway.store.schema.care import care_act
from gateway.store.schema.columns import metadata
from gateway.store.schema.exchanges import exchange
from gateway.store.schema.happenings import happening, read_mark
from gateway.store.schema.head_log import head_checkpoint, head_hash, head_leaf, head_moved
from gateway.store.schema.header_pages import header_page, line_page
from gateway.store.schema.health_links import health_link
from gateway.store.schema.mail import (
    content,
    entry,
    entry_wire,
    folder,
    intake,
    outcome,
    reference,
    tombstone,
    withheld_message,
)
from gateway.store.schema.mandates import mandate, representing
from gateway.store.schema.measures import measure, measure_plan
from gateway.store.schema.observed import goal, observed
from gateway.store.schema.outbox import outbox, worker
from gateway.store.schema.own_exports import own_export
from gateway.store.schema.patient_choices import care_contact, patient_choice
from gateway.store.schema.profile import profile_entry
from gateway.store.schema.quarantine import quarantine
from gateway.store.schema.record import (
    document,
    document_choice,
    document_delay,
    document_doubt,
    document_folder,
    document_hold,
    document_words,
    replacement,
)
from gateway.store.schema.record_openings import access_code, reader_state, record_opening, record_reading
from gateway.store.schema.rights_requests import rights_request
from gateway.store.schema.spaces import (
    account,
    address,
    browser,
    code,
    deadline,
    erased,
    passkey,
    person,
    session,
    space,
    vault,
    vault_head,
)

__all__ = [
    "access_code",
    "account",
    "address",
    "agenda_event",
    "agent",
    "attempt",
    "audit",
    "audit_head",
    "blob",
    "browser",
    "care_act",
    "care_contact",
    "code",
    "condemned",
    "content",
    "deadline",
    "document",
    "document_choice",
    "document_delay",
    "document_doubt",
    "document_folder",
    "document_hold",
    "document_words",
    "entry",
    "entry_wire",
    "erased",
    "exchange",
    "folder",
    "goal",
    "happening",
    "head_checkpoint",
    "head_hash",
    "head_leaf",
    "head_moved",
    "header_page",
    "health_link",
    "intake",
    "invitation",
    "line_page",
    "mandate",
    "measure",
    "measure_plan",
    "metadata",
    "observed",
    "outbox",
    "outcome",
    "own_export",
    "passkey",
    "patient_choice",
    "person",
    "prevention",
    "profile_entry",
    "quarantine",
    "read_mark",
    "reader_state",
    "record_opening",
    "record_reading",
    "reference",
    "replacement",
    "representing",
    "rights_request",
    "session",
    "space",
    "tombstone",
    "unserved",
    "vault",
    "vault_head",
    "withheld_message",
    "worker",
]
