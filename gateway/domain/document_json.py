"""The header of a document to JSON and back: one written form, for the worker's pipe and for sealing."""

from collections.abc import Iterable
from operator import attrgetter

# Any: see `gateway.domain.sparse_json`.
from typing import Any

import orjson

from gateway.domain.document import DocumentCategory, DocumentEntry, DocumentNote, Participant
from gateway.domain.identity import BirthDate, ClaimedIdentity, Sex
from gateway.domain.sparse_json import Read, SparseForm, each, loaded, one_of
from gateway.domain.timestamp import Timestamp


def entry_to_json(entry: DocumentEntry) -> bytes:
    """Write a document's header as UTF-8 JSON."""
    return orjson.dumps(sparse_entry(entry))


def entry_from_json(data: bytes) -> DocumentEntry:
    """Read what `entry_to_json` wrote; raise `MalformedContent` on anything else."""
    return entry_of(loaded(data, dict))


def sparse_entry(entry: DocumentEntry) -> dict[str, Any]:
    """Give a header as JSON types."""
    return _FORM.sparse(entry)


def entry_of(plain: dict[str, Any]) -> DocumentEntry:
    """Build a header from its decoded JSON; raise `MalformedContent` when it is not one."""
    return _FORM.checked(DocumentEntry, plain)


def _participant(plain: dict[str, Any]) -> Participant:
    return _FORM.build(Participant, plain)


def _patient(plain: dict[str, Any]) -> ClaimedIdentity:
    return _FORM.build(ClaimedIdentity, plain)


def _notes(values: Iterable[str]) -> tuple[DocumentNote, ...]:
    return tuple(_NOTES[value] for value in values if value in _NOTES)


_NOTES = {note.value: note for note in DocumentNote}
_pairs: Read = each(tuple)
_FORM = SparseForm(
    {
        Participant: {"identifiers": _pairs, "organisation_identifiers": _pairs},
        ClaimedIdentity: {
            "identifiers": _pairs,
            "given_names": tuple,
            "sex": one_of(Sex.UNKNOWN),
            "birth_date": BirthDate.parse,
        },
        DocumentEntry: {
            "effective_time": Timestamp,
            "act_start": Timestamp,
            "act_end": Timestamp,
            "replaces": tuple,
            "confidentiality": tuple,
            "authors": each(_participant),
            "legal_authenticator": _participant,
            "custodian": _participant,
            "prescriber": _participant,
            "patient": _patient,
            "category": DocumentCategory.stored,
            "notes": _notes,
        },
    },
    {
        Timestamp: attrgetter("text"),
        BirthDate: str,
        **dict.fromkeys((DocumentCategory, DocumentNote, Sex), attrgetter("_value_")),
    },
)
