"""What the person wrote: profile, measures, agenda, how documents are kept; put back entry by entry.

Of an archive that no operator vouches for these files are kept as documents (`kept_apart`): none is believed.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from functools import partial

import msgspec

from gateway.domain.access import Audience
from gateway.domain.agenda.events import AgendaEvent, EventAnswer, EventSort, EventState, When
from gateway.domain.care_history import CareAct
from gateway.domain.document_lists import NO_CHOICE, DocumentChoice, DocumentFolder
from gateway.domain.errors import MalformedContent
from gateway.domain.mailbox import MessageId
from gateway.domain.measures import Measure, MeasureKind, MeasurePlan
from gateway.domain.patient_choices import PatientChoices
from gateway.domain.profile import ProfileEntry, ProfileSection
from gateway.ports.store import Tx
from gateway.services.restoring.restored_content import Instant, Restoring, number_of, pieces_of, put_back, sheet_of

_AT_ONCE = 50
_PROFILE, _MEASURES, _PLAN = "profil/{}.json", "mesures/{}.json", "mesures/objectifs.json"
_CARE, _AGENDA = "profil/historique-de-soins.json", "agenda/agenda.json"
_ORDER, _PRIVACY = "documents/classement.json", "profil/confidentialite.json"


class _Profile(msgspec.Struct, frozen=True):
    section: ProfileSection
    entries: list[list[ProfileEntry]]


class _Measures(msgspec.Struct, frozen=True):
    kind: MeasureKind
    measures: list[Measure]


class _Care(msgspec.Struct, frozen=True):
    acts: list[CareAct]


class _Event(msgspec.Struct, frozen=True, kw_only=True):
    """`AgendaEvent` as it is written: times are texts, since one may be a day, an instant or neither."""

    id: int
    title: str
    start: str
    end: str | None = None
    also: tuple[str, ...] = ()
    version: int = 1
    place: str = ""
    people: str = ""
    note: str = ""
    bring: str = ""
    documents: tuple[int, ...] = ()
    reminder: int | None = None
    sort: EventSort = EventSort.APPOINTMENT
    state: EventState = EventState.PLANNED
    uid: str = ""
    sequence: int = 0
    organiser: str = ""
    organiser_name: str = ""
    claims: str = ""
    answer: EventAnswer = EventAnswer.NONE
    told: bool = False
    message: int | None = None
    about: str = ""
    remind_from: Instant | None = None


class _Agenda(msgspec.Struct, frozen=True):
    entries: list[_Event]
    choices: dict[str, str]


class _Choice(msgspec.Struct, frozen=True):
    title: str
    day: date | None
    pinned: bool
    folder: int | None


class _Order(msgspec.Struct, frozen=True):
    folders: list[DocumentFolder]
    choices: dict[str, _Choice]


async def check_entries(into: Restoring) -> None:
    """Read every file and take nothing. Raises `MalformedContent`, `LimitExceeded`."""
    if not into.is_trusted:
        return  # kept as files
    for section in ProfileSection:
        await sheet_of(into, _PROFILE.format(section.value), _Profile, "the profile")
    for kind in MeasureKind:
        await sheet_of(into, _MEASURES.format(kind.value), _Measures, "the measures")
    await sheet_of(into, _PLAN, MeasurePlan, "the goals of measures")
    await sheet_of(into, _CARE, _Care, "the history of care")
    if (agenda := await sheet_of(into, _AGENDA, _Agenda, "the agenda")) is not None:
        for one in agenda.entries:
            _event(into, one)
    if (order := await sheet_of(into, _ORDER, _Order, "how documents are kept")) is not None:
        for name in order.choices:
            number_of(name)
    await sheet_of(into, _PRIVACY, PatientChoices, "who may see the space")


async def restore_profile(into: Restoring) -> None:
    """Put back every version of every entry that is not there."""
    for section in ProfileSection:
        read = await sheet_of(into, _PROFILE.format(section.value), _Profile, "the profile")
        for some in pieces_of(read.entries if read else [], _AT_ONCE):
            await put_back(into, "profile", partial(_put_entries, into=into, some=some))


def _put_entries(tx: Tx, *, into: Restoring, some: list[list[ProfileEntry]]) -> list[bool]:
    return [_put_entry(tx, into, versions) for versions in some]


def _put_entry(tx: Tx, into: Restoring, versions: list[ProfileEntry]) -> bool:
    is_new = False
    for version in reversed(versions):
        present = tx.profile.get(into.vault, version.section, version.id)
        if version.revision == (present.revision if present else 0) + 1:
            tx.profile.add(into.vault, version)
            is_new = True
    return is_new


async def restore_measures(into: Restoring) -> None:
    """Put back every measure that is not there, and what is aimed at where nothing is."""
    for kind in MeasureKind:
        read = await sheet_of(into, _MEASURES.format(kind.value), _Measures, "the measures")
        for some in pieces_of(read.measures if read else [], _AT_ONCE):
            await put_back(into, "measures", partial(_put_measures, into=into, some=some))
    plan = await sheet_of(into, _PLAN, MeasurePlan, "the goals of measures")
    if plan is not None and plan != MeasurePlan():
        await put_back(into, "goals", partial(_put_plan, into=into, plan=plan))


def _put_measures(tx: Tx, *, into: Restoring, some: list[Measure]) -> list[bool]:
    kept, vault = tx.measures, into.vault
    return [_put(kept.get(vault, one.id) is None, partial(kept.add, vault, one)) for one in some]


def _put_plan(tx: Tx, *, into: Restoring, plan: MeasurePlan) -> list[bool]:
    return [_put(tx.measures.plan(into.vault) == MeasurePlan(), partial(tx.measures.keep_plan, into.vault, plan))]


async def restore_care(into: Restoring) -> None:
    """Put back every act of care that is not there."""
    read = await sheet_of(into, _CARE, _Care, "the history of care")
    for some in pieces_of(read.acts if read else [], _AT_ONCE):
        await put_back(into, "care", partial(_put_acts, into=into, some=some))


def _put_acts(tx: Tx, *, into: Restoring, some: list[CareAct]) -> list[bool]:
    kept, vault = tx.care_acts, into.vault
    return [_put(kept.get(vault, one.id) is None, partial(kept.put, vault, one)) for one in some]


async def restore_agenda(into: Restoring) -> None:
    """Put back every entry that is not there, and what was said of recommendations where nothing was."""
    read = await sheet_of(into, _AGENDA, _Agenda, "the agenda")
    if read is None:
        return
    for some in pieces_of([_event(into, one) for one in read.entries], _AT_ONCE):
        await put_back(into, "agenda", partial(_put_events, into=into, some=some))
    if read.choices:
        await put_back(into, "recommendations", partial(_put_choices, into=into, choices=read.choices))


def _put_events(tx: Tx, *, into: Restoring, some: list[AgendaEvent]) -> list[bool]:
    return [_put(tx.agendas.get(into.vault, one.id) is None, partial(tx.agendas.save, one)) for one in some]


def _put_choices(tx: Tx, *, into: Restoring, choices: dict[str, str]) -> list[bool]:
    present = tx.agendas.choices(into.vault)
    tx.agendas.choose(into.vault, {**choices, **present})
    return [name not in present for name in choices]


def _event(into: Restoring, one: _Event) -> AgendaEvent:
    try:
        start, also = _when(one.start), tuple(map(_when, one.also))
        end = None if one.end is None else _when(one.end)
    except ValueError as error:
        raise MalformedContent("the agenda of the archive bears what is no time: it is none that Pli made") from error
    message = None if one.message is None else MessageId(one.message)
    times = {"vault": into.vault, "start": start, "end": end, "also": also, "message": message}
    return AgendaEvent(**{**msgspec.structs.asdict(one), **times})


def _when(text: str) -> When:
    return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)


async def restore_order(into: Restoring) -> None:
    """Put back folders, titles, dates and pins where the person has chosen nothing since."""
    read = await sheet_of(into, _ORDER, _Order, "how documents are kept")
    if read is None:
        return
    for some in pieces_of(read.folders, _AT_ONCE):
        await put_back(into, "folders", partial(_put_folders, into=into, some=some))
    for several in pieces_of([(number_of(name), one) for name, one in read.choices.items()], _AT_ONCE):
        await put_back(into, "titles", partial(_put_titles, into=into, some=several))


def _put_folders(tx: Tx, *, into: Restoring, some: list[DocumentFolder]) -> list[bool]:
    present = {one.number for one in tx.document_lists.folders(into.vault)}
    save = tx.document_lists.save_folder
    return [_put(one.number not in present, partial(save, into.vault, one)) for one in some]


def _put_titles(tx: Tx, *, into: Restoring, some: list[tuple[int, _Choice]]) -> list[bool]:
    there = {one.id for one in tx.documents.numbered(into.vault, Audience.NOBODY, [number for number, _ in some])}
    lists, done = tx.document_lists, []
    for number, said in some:
        is_new = number in there and lists.choice(into.vault, number) == NO_CHOICE
        choice = DocumentChoice(title=said.title, day=said.day, pinned=said.pinned, folder=said.folder)
        done.append(_put(is_new, partial(lists.choose, into.vault, number, choice)))
    return done


async def restore_privacy(into: Restoring) -> None:
    """Put back who may see the space; what was chosen here since stands above what the archive says."""
    read = await sheet_of(into, _PRIVACY, PatientChoices, "who may see the space")
    if read is not None and read != PatientChoices():
        await put_back(into, "choices of privacy", partial(_put_privacy, into=into, read=read))


def _put_privacy(tx: Tx, *, into: Restoring, read: PatientChoices) -> list[bool]:
    present = tx.patient_choices.get(into.vault)
    if present == PatientChoices():
        return [_put(True, partial(tx.patient_choices.put, into.vault, read))]
    new = tuple(one for one in read.parties if not present.of(one.names))
    merged = replace(present, parties=(*present.parties, *new))
    return [_put(bool(new), partial(tx.patient_choices.put, into.vault, merged))]


def _put(is_new: bool, put: Callable[[], object]) -> bool:
    if is_new:
        put()
    return is_new
