"""What a person wrote themself, in an archive: who they are, profile, agenda; JSON that is read with the naked eye."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import fields
from datetime import UTC, date, datetime
from functools import partial

import orjson

from gateway.domain.access import Action, SpacePart
from gateway.domain.agenda.calendar_writing import FeedTime, feed_calendar
from gateway.domain.agenda.events import MAX_ENTRIES, AgendaEvent
from gateway.domain.agenda.occurrences import occurrences_of
from gateway.domain.care_history import CareAct, first_day
from gateway.domain.document_lists import DocumentChoice
from gateway.domain.errors import SealBroken
from gateway.domain.local_days import PLACE, local_day
from gateway.domain.mandates import KeptMandate
from gateway.domain.measure_kinds import KINDS
from gateway.domain.measures import Measure, MeasureKind, MeasurePlan
from gateway.domain.profile import ProfileEntry, ProfileSection
from gateway.domain.profile_sections import SECTIONS
from gateway.ports.store import Tx
from gateway.services.access.permission import allow
from gateway.services.export.archive_files import ArchiveFile, ExportSource, whole
from gateway.services.export.own_pages import measures_page, plan_page, section_page, section_title
from gateway.services.profile.care_reading import standing_acts
from gateway.services.profile.follow_up import follow_up_sets
from gateway.services.profile.source_documents import stands

_READABLE = orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS
_MEASURES = 200
_FIRST, _LAST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)


async def space_files(source: ExportSource) -> AsyncIterator[ArchiveFile]:
    """Give who the person is, their contacts and choices; no password and no key."""

    def look(tx: Tx) -> object:
        allow(tx, source.actor, Action.EXPORT, SpacePart.SPACE, source.at)
        space = tx.spaces.space(source.actor.vault)
        traits = space.identity.traits
        return {
            "address": str(space.address.mail),
            "ins": space.identity.ins.value,
            "ins_oid": space.identity.ins_oid,
            "birth_name": traits.birth_name,
            "given_names": traits.given_names,
            "used_name": traits.used_name,
            "sex": traits.sex.value,
            "birth_date": str(traits.birth_date),
            "birth_place": space.birth_place,
            "birth_country": space.birth_country,
            "email": space.email,
            "phone": space.phone,
            "postal": space.postal,
            "identifier": space.identifier,
            "state": space.state.value,
            "terms": space.terms,
            "terms_at": space.terms_at,
            "muted": space.muted,
            "hides_documents": space.hides_documents,
            "delays": dict(space.delays),
            "hides_care": space.hides_care,
            "guardians": space.guardians,
            "scheme": space.scheme,
            "representatives": [_mandate(one) for one in tx.mandates.all_of(space.vault)],
        }

    said = orjson.dumps(await source.store.read(look), option=_READABLE)
    yield ArchiveFile(name="profil/espace.json", pieces=whole(said), title="Identité, coordonnées et choix")


def _mandate(one: KeptMandate) -> dict[str, object]:
    rights = None if one.rights is None else sorted(f"{part.value} {action.value}" for part, action in one.rights)
    return {
        "name": one.name,
        "kind": one.kind.value,
        "state": one.state.value,
        "begun": one.begun,
        "until": one.until,
        "rights": rights,
    }


async def order_files(source: ExportSource) -> AsyncIterator[ArchiveFile]:
    """Give how the person keeps their documents: folders, own titles and dates, what is pinned."""
    vault = source.actor.vault

    def look(tx: Tx) -> object:
        allow(tx, source.actor, Action.EXPORT, SpacePart.DOCUMENTS, source.at)
        choices = {f"{number:x}": _choice(one) for number, one in tx.document_lists.choices(vault).items()}
        return {"folders": list(tx.document_lists.folders(vault)), "choices": choices}

    said = orjson.dumps(await source.store.read(look), option=_READABLE)
    yield ArchiveFile(name="documents/classement.json", pieces=whole(said), title="Dossiers, titres et dates choisis")


def _choice(choice: DocumentChoice) -> dict[str, object]:
    return {"title": choice.title, "day": choice.day, "pinned": choice.pinned, "folder": choice.folder}


async def profile_files(source: ExportSource) -> AsyncIterator[ArchiveFile]:
    """Give the medical profile, every version of each entry, a file a section that has any."""
    vault = source.actor.vault
    for section in ProfileSection:

        def look(tx: Tx, section: ProfileSection = section) -> list[list[ProfileEntry]]:
            allow(tx, source.actor, Action.EXPORT, SpacePart.PROFILE, source.at)
            found = sorted(tx.profile.newest(vault, section), key=lambda entry: (entry.place, entry.id))
            shown = [entry for entry in found if stands(tx, source.actor, entry, source.at)]
            return [versions for entry in shown if (versions := _versions(source, tx, entry))]

        if entries := await source.store.read(look):
            said = orjson.dumps({"section": section.value, "entries": entries}, option=_READABLE)
            name, title, page = f"profil/{section.value}", section_title(section), ""
            if rules := SECTIONS.get(section):
                shown = await source.store.aside(partial(section_page, rules, entries))
                page = f"{name}.html"
                yield ArchiveFile(name=page, pieces=whole(shown), title=title)
            title = title if page else f"{title} (pour un autre logiciel)"
            yield ArchiveFile(name=f"{name}.json", pieces=whole(said), title=title, page=page)


def _versions(source: ExportSource, tx: Tx, entry: ProfileEntry) -> list[ProfileEntry]:
    try:
        return list(tx.profile.versions(source.actor.vault, entry.section, entry.id))
    except SealBroken:
        source.damaged.append(f"Profil, {entry.section.value} : une entrée ne s’ouvre pas")
        return []


async def measure_files(source: ExportSource) -> AsyncIterator[ArchiveFile]:
    """Give the measures that stand, each with what it said before, a file a kind that has any; and what is aimed at."""
    vault = source.actor.vault
    for kind in MeasureKind:
        before: tuple[datetime, int] | None = None
        found: list[Measure] = []

        def look(tx: Tx, kind: MeasureKind = kind, before: tuple[datetime, int] | None = None) -> Sequence[Measure]:
            allow(tx, source.actor, Action.EXPORT, SpacePart.PROFILE, source.at)
            return tx.measures.newest(vault, kind, _MEASURES, before=before)

        while some := await source.store.read(partial(look, before=before)):
            found += some
            before = some[-1].now.value.at, some[-1].id
        if found:
            said = orjson.dumps({"kind": kind.value, "measures": found}, default=_plain, option=_READABLE)
            name, title = f"mesures/{kind.value}", KINDS[kind].label
            shown = await source.store.aside(partial(measures_page, kind, found))
            yield ArchiveFile(name=f"{name}.html", pieces=whole(shown), title=title)
            yield ArchiveFile(name=f"{name}.json", pieces=whole(said), title=title, page=f"{name}.html")

    def aimed_at(tx: Tx) -> MeasurePlan:
        allow(tx, source.actor, Action.EXPORT, SpacePart.PROFILE, source.at)
        try:
            return tx.measures.plan(vault)
        except SealBroken:
            source.damaged.append("Objectifs des mesures : ils ne s’ouvrent pas")
            return MeasurePlan()

    plan = await source.store.read(aimed_at)
    said = orjson.dumps(plan, default=_plain, option=_READABLE)
    shown = plan_page(plan, {one.code: one.label for one in follow_up_sets()})
    name, title = "mesures/objectifs", "Objectifs et suivis choisis"
    yield ArchiveFile(name=f"{name}.html", pieces=whole(shown), title=title)
    yield ArchiveFile(name=f"{name}.json", pieces=whole(said), title=title, page=f"{name}.html")


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset) else str(value)


async def care_files(source: ExportSource) -> AsyncIterator[ArchiveFile]:
    """Give the history of care of the last 24 months, in one file when there is any."""
    since, found = first_day(local_day(source.at)), list[CareAct]()
    before: tuple[date, int] | None = None

    def look(tx: Tx, before: tuple[date, int] | None = None) -> tuple[Sequence[CareAct], tuple[date, int] | None]:
        allow(tx, source.actor, Action.EXPORT, SpacePart.CARE_HISTORY, source.at)
        some = tx.care_acts.listed(source.actor.vault, since, _MEASURES, before=before)
        acts = standing_acts(tx, source.actor, some, source.at)
        return acts, (some[-1].last_day, some[-1].id) if some else None

    while True:
        some, before = await source.store.read(partial(look, before=before))
        found += some
        if before is None:
            break
    if found:
        said = orjson.dumps({"since": since, "acts": found}, default=_plain, option=_READABLE)
        yield ArchiveFile(name="profil/historique-de-soins.json", pieces=whole(said), title="Historique de soins")


async def agenda_files(source: ExportSource) -> AsyncIterator[ArchiveFile]:
    """Give the entries of the agenda, and what was said of recommendations; the entries as a calendar too."""
    vault = source.actor.vault

    def look(tx: Tx) -> tuple[list[AgendaEvent], dict[str, str]]:
        allow(tx, source.actor, Action.EXPORT, SpacePart.AGENDA, source.at)
        withheld = tx.mail.withheld(vault, source.actor.audience)
        entries = tx.agendas.between(vault, _FIRST, _LAST, MAX_ENTRIES)
        return [one for one in entries if one.message not in withheld], dict(tx.agendas.choices(vault))

    events, choices = await source.store.read(look)
    said = orjson.dumps({"entries": [_entry(event) for event in events], "choices": choices}, option=_READABLE)
    yield ArchiveFile(name="agenda/agenda.json", pieces=whole(said), title="Agenda")
    if events:
        calendar = await source.store.aside(partial(_calendar, events, source.at))
        yield ArchiveFile(name="agenda/agenda.ics", pieces=whole(calendar), title="Agenda, pour un calendrier (ICS)")


def _calendar(events: list[AgendaEvent], at: datetime) -> bytes:
    found = ((one, number) for event in events for number, one in enumerate(occurrences_of(event, PLACE)))
    times = (FeedTime(time=one, number=number) for one, number in found)
    return feed_calendar(times, PLACE, at, says_all=True)


def _entry(event: AgendaEvent) -> dict[str, object]:
    return {part.name: getattr(event, part.name) for part in fields(event) if part.name != "vault"}
