"""How entries of the profile are said on pages."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from gateway.domain.profile import EntryState, ProfileEntry, ProfileSection, Writer
from gateway.domain.profile_checks import shown_value
from gateway.domain.profile_fields import Field, FieldKind
from gateway.domain.profile_sections import SECTIONS
from gateway.domain.timestamp import Timestamp
from webmail.pages import Speech
from webmail.wording import moment_of

_DATES = {"debut": "depuis {}", "fin": "jusqu’à {}"}
_WRITERS = {Writer.PATIENT: "par vous", Writer.DOCUMENT: "d’après un document", Writer.PROFESSIONAL: "par un soignant"}


def said_value(field: Field, fields: Mapping[str, str], say: Speech) -> str:
    """Say what stands in a field; empty when nothing does."""
    value = fields.get(field.name, "")
    if not value:
        return ""
    if field.kind is FieldKind.DATE:
        return say.date(moment_of(Timestamp(value)))
    return shown_value(field, value)


def entry_title(entry: ProfileEntry, say: Speech) -> str:
    """Name an entry by the first of its fields."""
    rules = SECTIONS[entry.section]
    said = (said_value(field, entry.fields, say) for field in rules.fields)
    return next(filter(None, said), rules.label)


def entry_line(entry: ProfileEntry, say: Speech) -> str:
    """Say in one line what stands in an entry besides its name."""
    filled = [field for field in SECTIONS[entry.section].fields if entry.fields.get(field.name)]
    said = []
    for field in filled[1:]:
        value = said_value(field, entry.fields, say)
        if field.kind is FieldKind.NOTE and entry.section not in {ProfileSection.HABITS, ProfileSection.WISHES}:
            continue
        said.append(_DATES.get(field.name, "{}").format(value) if field.kind is FieldKind.DATE else value)
    return " · ".join(said)


def entry_facts(entry: ProfileEntry, say: Speech) -> Sequence[tuple[str, str]]:
    """Give what stands in an entry, each with its label."""
    rules = SECTIONS[entry.section]
    pairs = [(field.label, said_value(field, entry.fields, say)) for field in rules.fields]
    return [pair for pair in pairs if pair[1]]


def _says(one: ProfileEntry) -> tuple[EntryState, dict[str, str], bool]:
    return one.state, dict(one.fields), one.is_locked


ToldVersion: TypeAlias = tuple[str, str, Sequence[tuple[str, str]]]
"""What was done by whom, when, and what the entry said then."""


def told_versions(versions: Sequence[ProfileEntry], say: Speech) -> Sequence[ToldVersion]:
    """Tell each version of an entry; those that only changed the order are left out."""
    told: list[ToldVersion] = []
    for number, one in enumerate(versions):
        before = versions[number + 1] if number + 1 < len(versions) else None
        if before is not None and _says(before) == _says(one):
            continue
        what = "Ajouté" if before is None else "Modifié"
        if one.state is EntryState.DELETED:
            what = "Supprimé"
        elif before is not None and before.state is EntryState.DELETED:
            what = "Rétabli"
        elif one.state is EntryState.PROPOSED:
            what = "Proposé"
        if one.is_locked and not (before is not None and before.is_locked):
            what = "Confirmé"
        elif before is not None and before.is_locked and not one.is_locked:
            what = "Confirmation retirée"
        by = f"par {one.author.named}" if one.author else _WRITERS[one.written_by]
        told.append((f"{what} {by}", say.full(one.written_at), entry_facts(one, say)))
    return told
