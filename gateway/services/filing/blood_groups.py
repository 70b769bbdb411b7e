"""The blood group of a laboratory's document, into the profile of its patient (F57).

It fills an empty section by itself, as written by a document. Beside anything that stands there or was taken away it
is a proposal: what a person keeps is changed by nobody else.
"""

from datetime import datetime

from gateway.domain.access import NOT_YET, Audience
from gateway.domain.audit import AuditEvent
from gateway.domain.blood_group import ABO, BOTH, blood_group_of, is_blood_group_card
from gateway.domain.dossier import FiledDocument
from gateway.domain.errors import MalformedContent, NotFound, SealBroken
from gateway.domain.mailbox import VaultId
from gateway.domain.profile import STATEMENT, EntryState, ProfileEntry, ProfileSection, Writer
from gateway.domain.profile_fields import LINE
from gateway.domain.written_results import WrittenResults
from gateway.ports.store import Tx
from gateway.services.random_numbers import random_number

_MARKS = tuple(f'"{code}"'.encode() for code in (ABO, BOTH))
_DAY = 8


def stated_blood_group(results: WrittenResults) -> tuple[str, bool]:
    """Give the group that results state, empty for none, and whether they are a card of the blood group alone.

    Results are read only when a code of such an examination stands in them.
    """
    if not any(mark in results.json for mark in _MARKS):
        return "", False
    try:
        found = results.read()
    except MalformedContent:
        return "", False
    return blood_group_of(found), is_blood_group_card(found)


def note_group_of(tx: Tx, actor: str, vault: VaultId, document: FiledDocument, now: datetime) -> None:
    """Take the blood group of a document that shows only now, as if it had shown from the first (F57)."""
    if not (document.identity_verified and document.result_count):
        return
    try:
        group = blood_group_of(tx.documents.results(vault, Audience.NOBODY, document.id))
    except (NotFound, SealBroken):
        return  # told of; the document is shown all the same
    if group:
        note_blood_group(tx, actor, vault, document, group, now)


def note_blood_group(
    tx: Tx, actor: str, vault: VaultId, document: FiledDocument, group: str, now: datetime
) -> None:
    """Write the group into the profile, or propose it; nothing happens when it is there or was refused."""
    section = ProfileSection.BLOOD_GROUP
    known = [one for one in tx.profile.newest(vault, section) if one.id != STATEMENT and _stands(tx, vault, one)]
    if any(one.fields.get("groupe") == group for one in known if one.state is not EntryState.DELETED):
        return
    entry = ProfileEntry(
        section=section,
        id=random_number(),
        revision=1,
        state=EntryState.PROPOSED if known else EntryState.KEPT,
        fields={"groupe": group, **_about(document)},
        written_by=Writer.DOCUMENT,
        written_at=document.filed_at,
        source=document.id,
    )
    tx.profile.add(vault, entry)
    action = "profile.proposed" if known else "profile.added"
    objects = (f"profile:{section.value}/{entry.id:x}", f"document:{document.id:x}")
    tx.audit.append(vault, AuditEvent(at=now, actor=actor, action=action, outcome="ok", objects=objects))


def _stands(tx: Tx, vault: VaultId, entry: ProfileEntry) -> bool:
    """Say whether an entry counts: not where a document alone told of it that was doubted, replaced or taken away."""
    if entry.written_by is not Writer.DOCUMENT or entry.source is None:
        return True
    found = tx.documents.numbered(vault, NOT_YET | Audience.EVERYBODY, [entry.source])
    return any(document.replaced_by is None for document in found)


def _about(document: FiledDocument) -> dict[str, str]:
    """Say when and by whom the group was determined, as the fields of the section have it."""
    entry, about = document.entry, dict[str, str]()
    day = entry.effective_time.text[:_DAY] if entry.effective_time else ""
    if len(day) == _DAY and day.isdigit():
        about["date"] = f"{day[:4]}-{day[4:6]}-{day[6:]}"
    names = [one.organisation or one.name for one in (entry.custodian, *entry.authors) if one is not None]
    if name := next(filter(None, names), ""):
        about["source"] = name[:LINE]
    return about
