"""What a document brings is kept beside it, in the transaction that files it: proposals, and acts of care (F48).

Everything is checked as if somebody had typed it. Whether a proposal is shown is asked when it is read: its document
may be withheld, replaced or taken away (`gateway.services.profile.source_documents`).
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from gateway.domain.brought import Brought, BroughtAct, ProposedEntry, sameness
from gateway.domain.care_history import MOST_ACTS, CareAct, CareLine, first_day, one_line
from gateway.domain.local_days import local_day
from gateway.domain.mailbox import VaultId
from gateway.domain.measure_checks import proposed_measure
from gateway.domain.profile import EntryState, ProfileEntry, ProfileSection, Writer
from gateway.domain.profile_checks import checked_fields
from gateway.domain.profile_sections import SECTIONS
from gateway.ports.store import Tx
from gateway.services.random_numbers import random_number

MOST_ENTRIES = 500
"""Entries of a section, in any state."""


def keep_brought(tx: Tx, vault: VaultId, document: int, brought: Brought, at: datetime) -> None:
    """Keep what a document brings that was filed for the first time."""
    birth_date = tx.spaces.space(vault).identity.traits.birth_date
    born = birth_date.earliest if birth_date else None
    known = {*SECTIONS, ProfileSection.PROPOSED_MEASURES}
    for section in dict.fromkeys(one.section for one in brought.entries if one.section in known):
        found = list(tx.profile.newest(vault, section))
        said = {sameness(section, one.fields) for one in found if one.state is not EntryState.PROPOSED}
        mine = [one for one in brought.entries if one.section is section]
        for entry in _proposed(section, mine, document, (born, at)):
            name = sameness(section, entry.fields)
            if name not in said and len(found) < MOST_ENTRIES:
                said.add(name)
                found.append(entry)
                tx.profile.add(vault, entry)
    _keep_acts(tx, vault, document, brought, (born, at))


def _proposed(
    section: ProfileSection, brought: list[ProposedEntry], document: int, when: tuple[date | None, datetime]
) -> Iterator[ProfileEntry]:
    born, at = when
    for one in brought:
        fields = _checked(section, one.fields, born, at)
        if fields is not None:
            yield ProfileEntry(
                section=section,
                id=random_number(),
                revision=1,
                state=EntryState.PROPOSED,
                fields=fields,
                written_by=Writer.DOCUMENT,
                written_at=at,
                source=document,
            )


def _checked(
    section: ProfileSection, fields: Mapping[str, str], born: date | None, at: datetime
) -> Mapping[str, str] | None:
    if section is ProfileSection.PROPOSED_MEASURES:
        return fields if proposed_measure(fields, born, at) is not None else None
    checked = checked_fields(SECTIONS[section], fields, born, local_day(at))
    return None if checked.faults else checked.fields


def _keep_acts(
    tx: Tx, vault: VaultId, document: int, brought: Brought, when: tuple[date | None, datetime]
) -> None:
    born, at = when
    since, today = first_day(local_day(at)), local_day(at)
    acts = [_act(one, document, at) for one in brought.acts]
    told = [act for act in acts if act and since <= act.last_day and act.day <= today]
    kept = [act for act in told if born is None or act.day >= born]
    if not kept or sum(tx.care_acts.counts(vault, since).values()) + len(kept) > MOST_ACTS:
        return
    for act in kept:
        tx.care_acts.put(vault, act)


def _act(brought: BroughtAct, document: int, at: datetime) -> CareAct | None:
    try:
        day = date.fromisoformat(brought.day)
        until = date.fromisoformat(brought.until) if len(brought.until) == len(brought.day) else None
    except ValueError:
        return None
    lines = tuple(CareLine(one_line(label), one_line(quantity)) for label, quantity in brought.lines)
    return CareAct(
        id=random_number(),
        kind=brought.kind,
        day=day,
        until=until if until is not None and until > day else None,
        lines=tuple(line for line in lines if line.label),
        performer=one_line(brought.performer),
        place=one_line(brought.place),
        told_at=at,
        source=document,
    )
