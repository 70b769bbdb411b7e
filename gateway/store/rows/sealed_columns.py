"""Every sealed column of the schema, and the kind of record in it: one line a table; a test compares the two."""

from dataclasses import dataclass

from sqlalchemy import Table

from gateway.store import schema
from gateway.store.seal.sealer import RecordKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """The sealed columns of one table.

    Attributes:
        table: which.
        what: what a row of it is, in a word.
        columns: the sealed columns and the kind of record in each.
        number: the column that names the object a record is bound to; None where a vault has one.
        digest: the column is a digest, whose first octets are the number.
        through: another table that holds that column, by vault, folder and UID.
    """

    table: Table
    what: str
    columns: tuple[tuple[str, RecordKind], ...]
    number: str | None = None
    digest: bool = False
    through: Table | None = None


def _record(kind: RecordKind) -> tuple[tuple[str, RecordKind]]:
    """Give the one sealed column of most tables."""
    return (("record", kind),)


SEALED = (
    Sealed(table=schema.vault, what="name", columns=_record(RecordKind.VAULT)),
    Sealed(table=schema.space, what="space", columns=_record(RecordKind.SPACE)),
    Sealed(
        table=schema.account, what="sign-in", columns=(("secret", RecordKind.SECRET),), number="digest", digest=True
    ),
    Sealed(
        table=schema.passkey, what="passkey", columns=_record(RecordKind.PASSKEY), number="digest", digest=True
    ),
    Sealed(
        table=schema.browser, what="browser", columns=_record(RecordKind.BROWSER), number="digest", digest=True
    ),
    Sealed(table=schema.folder, what="folder", columns=(("name", RecordKind.FOLDER),), number="folder"),
    Sealed(
        table=schema.content,
        what="message",
        columns=(
            ("wire", RecordKind.WIRE),
            ("summary", RecordKind.SUMMARY),
            ("headers", RecordKind.HEADERS),
            ("extract", RecordKind.EXTRACT),
            ("path", RecordKind.PATH),
        ),
        number="mid",
    ),
    Sealed(
        table=schema.entry_wire, what="line of a message", columns=(("wire", RecordKind.WIRE),), number="mid",
        through=schema.entry,
    ),
    Sealed(
        table=schema.header_page, what="page of headers", columns=_record(RecordKind.HEADER_PAGE), number="page"
    ),
    Sealed(table=schema.line_page, what="page of lines", columns=_record(RecordKind.LINE_PAGE), number="page"),
    Sealed(table=schema.outcome, what="outcome", columns=_record(RecordKind.OUTCOME), number="mid"),
    Sealed(
        table=schema.exchange, what="exchange", columns=_record(RecordKind.EXCHANGE), number="correspondent",
        digest=True,
    ),
    Sealed(
        table=schema.document, what="document", number="document",
        columns=(("record", RecordKind.DOCUMENT), ("results", RecordKind.RESULTS)),
    ),
    Sealed(table=schema.mandate, what="mandate", columns=_record(RecordKind.MANDATE), number="mandate"),
    Sealed(table=schema.goal, what="goal", columns=_record(RecordKind.GOAL), number="examination"),
    Sealed(table=schema.observed, what="short results", columns=_record(RecordKind.OBSERVED), number="document"),
    Sealed(table=schema.document_choice, what="choice", columns=_record(RecordKind.DOCUMENT_CHOICE), number="document"),
    Sealed(table=schema.document_folder, what="folder", columns=_record(RecordKind.DOCUMENT_FOLDER), number="folder"),
    Sealed(table=schema.document_words, what="words", columns=_record(RecordKind.DOCUMENT_WORDS), number="document"),
    Sealed(table=schema.document_hold, what="hold", columns=_record(RecordKind.DOCUMENT_HOLD), number="document"),
    Sealed(table=schema.document_delay, what="delay", columns=_record(RecordKind.DOCUMENT_DELAY), number="document"),
    Sealed(table=schema.document_doubt, what="doubt", columns=_record(RecordKind.DOCUMENT_DOUBT), number="document"),
    Sealed(table=schema.quarantine, what="quarantined message", columns=_record(RecordKind.QUARANTINE), number="mid"),
    Sealed(table=schema.profile_entry, what="profile entry", columns=_record(RecordKind.PROFILE), number="entry"),
    Sealed(table=schema.measure, what="measure", columns=_record(RecordKind.MEASURE), number="measure"),
    Sealed(table=schema.care_act, what="act of care", columns=_record(RecordKind.CARE_ACT), number="act"),
    Sealed(table=schema.measure_plan, what="goals of measures", columns=_record(RecordKind.MEASURE_PLAN)),
    Sealed(table=schema.outbox, what="step", columns=(("payload", RecordKind.STEP),), number="step"),
    Sealed(
        table=schema.agenda_event, what="entry of an agenda", columns=_record(RecordKind.AGENDA_EVENT), number="event"
    ),
    Sealed(table=schema.invitation, what="invitation", columns=_record(RecordKind.INVITATION), number="mid"),
    Sealed(table=schema.prevention, what="choices of prevention", columns=_record(RecordKind.PREVENTION)),
    Sealed(table=schema.health_link, what="health link", columns=_record(RecordKind.HEALTH_LINK), number="link"),
    Sealed(table=schema.patient_choice, what="choices", columns=_record(RecordKind.PATIENT_CHOICES)),
    Sealed(
        table=schema.care_contact, what="contact", columns=_record(RecordKind.CARE_CONTACT), number="party", digest=True
    ),
    Sealed(table=schema.access_code, what="access code", columns=_record(RecordKind.ACCESS_CODE), number="number"),
    Sealed(table=schema.record_opening, what="opening", columns=_record(RecordKind.RECORD_OPENING), number="opening"),
    Sealed(
        table=schema.record_reading, what="reading", columns=_record(RecordKind.RECORD_READING), number="person",
        digest=True,
    ),
    Sealed(
        table=schema.reader_state, what="reading budget", columns=_record(RecordKind.READER_STATE), number="vault"
    ),
    Sealed(table=schema.rights_request, what="request", columns=_record(RecordKind.RIGHTS_REQUEST), number="request"),
    Sealed(table=schema.agent, what="agent", columns=_record(RecordKind.AGENT), number="agent"),
    Sealed(table=schema.own_export, what="archive of a space", columns=_record(RecordKind.OWN_EXPORT)),
    Sealed(table=schema.audit, what="event", columns=_record(RecordKind.AUDIT), number="seq"),
)
"""Keys of blobs are opened with their octets (`gateway.services.upkeep.blob_verification`)."""
