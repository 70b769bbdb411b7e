"""What a person wrote themself, in an archive: who they are, profile, agenda; JSON that is read with the naked eye."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime
from functools import partial

import orjson

from gateway.domain.access import Action, SpacePart
from gateway.domain.agenda.events import MAX_ENTRIES
from gateway.domain.care_history import CareAct, first_day
from gateway.domain.local_days import local_day
from gateway.domain.measures import Measure, MeasureKind, MeasurePlan
from gateway.domain.profile import ProfileSection
from gateway.ports.store import Tx
from gateway.services.access.permission import allow
from gateway.services.export.archive_files import ArchiveFile, ExportSource, whole
from gateway.services.profile.care_reading import standing_acts

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
        }

    said = orjson.dumps(await source.store.read(look), option=_READABLE)
    yield ArchiveFile(name="profil/espace.json", pieces=whole(said), title="Identité, coordonnées et choix")


async def order_files(source: ExportSource) -> AsyncIterator[ArchiveFile]:
    """Give how the person keeps their documents: folders, own titles and dates, what is pinned."""
    vault = source.actor.vault

    def look(tx: Tx) -> object:
        allow(tx, source.actor, Action.EXPORT, SpacePart.DOCUMENTS, source.at)
        choices = {f"{number:x}": one for number, one in tx.document_lists.choices(vault).items()}
        return {"folders": list(tx.document_lists.folders(vault)), "choices": choices}

    said = orjson.dumps(await source.store.read(look), option=_READABLE)
    yield ArchiveFile(name="documents/classement.json", pieces=whole(said), title="Dossiers, titres et dates choisis")


async def profile_files(source: ExportSource) -> AsyncIterator[ArchiveFile]:
    """Give the medical profile, every version of each entry, a file a section that has any."""
    vault = source.actor.vault
    for section in ProfileSection:

        def look(tx: Tx, section: ProfileSection = section) -> list[object]:
            allow(tx, source.actor, Action.EXPORT, SpacePart.PROFILE, source.at)
            found = sorted(tx.profile.newest(vault, section), key=lambda entry: (entry.place, entry.id))
            return [list(tx.profile.versions(vault, section, entry.id)) for entry in found]

        if entries := await source.store.read(look):
            said = orjson.dumps({"section": section.value, "entries": entries}, option=_READABLE)
            title = section.value.replace("-", " ").capitalize()
            yield ArchiveFile(name=f"profil/{section.value}.json", pieces=whole(said), title=title)


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
            title = f"Mesures : {kind.value.replace('-', ' ')}"
            yield ArchiveFile(name=f"mesures/{kind.value}.json", pieces=whole(said), title=title)

    def aimed_at(tx: Tx) -> MeasurePlan:
        allow(tx, source.actor, Action.EXPORT, SpacePart.PROFILE, source.at)
        return tx.measures.plan(vault)

    said = orjson.dumps(await source.store.read(aimed_at), default=_plain, option=_READABLE)
    yield ArchiveFile(name="mesures/objectifs.json", pieces=whole(said), title="Objectifs et suivis choisis")


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset) else str(value)


async def care_files(source: ExportSource) -> AsyncIterator[ArchiveFile]:
    """Give the history of care of the last 24 months, in one file when there is any."""
    since, found = first_day(local_day(source.at)), list[CareAct]()
    before: tuple[date, int] | None = None

    def look(tx: Tx, before: tuple[date, int] | None = None) -> tuple[Sequence[CareAct], tuple[date, int] | None]:
        allow(tx, source.actor, Action.EXPORT, SpacePart.CARE_HISTORY, source.at)
        some = tx.care_acts.listed(source.actor.vault, since, _MEASURES, before=before)
        return standing_acts(tx, source.actor, some), (some[-1].day, some[-1].id) if some else None

    while True:
        some, before = await source.store.read(partial(look, before=before))
        found += some
        if before is None:
            break
    if found:
        said = orjson.dumps({"since": since, "acts": found}, default=_plain, option=_READABLE)
        yield ArchiveFile(name="profil/historique-de-soins.json", pieces=whole(said), title="Historique de soins")


async def agenda_files(source: ExportSource) -> AsyncIterator[ArchiveFile]:
    """Give the entries of the agenda, and what was said of recommendations."""
    vault = source.actor.vault

    def look(tx: Tx) -> object:
        allow(tx, source.actor, Action.EXPORT, SpacePart.AGENDA, source.at)
        events = tx.agendas.between(vault, _FIRST, _LAST, MAX_ENTRIES)
        return {"entries": list(events), "choices": dict(tx.agendas.choices(vault))}

    said = orjson.dumps(await source.store.read(look), option=_READABLE)
    yield ArchiveFile(name="agenda/agenda.json", pieces=whole(said), title="Agenda")
