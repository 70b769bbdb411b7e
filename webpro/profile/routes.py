"""« Profil » of a record: sections and entries, for the professional whom the patient entrusted with them (E15)."""

from collections.abc import Mapping

from aiohttp import web

from gateway.domain.errors import ChangedMeanwhile, NotFound
from gateway.domain.profile import ProfileSection
from gateway.domain.profile_checks import FieldFault
from gateway.domain.profile_sections import SECTIONS
from webmail.context import page, see_other
from webmail.entry_forms import FAULTS
from webmail.forms import Form, read_form
from webmail.paths import ID
from webpro.profile.model import FilledEntry
from webpro.profile.port import RECORD_PROFILE
from webpro.record.entering import RECORD_PATH, in_record
from webpro.record.model import EnteredRecord

routes = web.RouteTableDef()
_PROFILE = f"{RECORD_PATH}/profil"
_SECTION = f"{_PROFILE}/{{rubrique:[a-z-]{{1,40}}}}"
_ENTRY = f"{_SECTION}/{{fiche:{ID}}}"
_DONE = {
    "enregistre": "C’est enregistré. Votre patient lit que c’est écrit par vous.",
    "supprime": "C’est supprimé. Votre patient peut rétablir cette fiche.",
}
_NOTHING: Mapping[str, FieldFault] = {}


@routes.get(_PROFILE, name="console_profile")
@in_record
async def profile(request: web.Request, record: EnteredRecord) -> web.Response:
    """List the sections."""
    return page(
        request,
        "record_profile.html",
        tab="patients",
        record=record,
        sections=await request.app[RECORD_PROFILE].kept_sections(record.actor),
        said=_DONE.get(request.query.get("fait", ""), ""),
    )


@routes.post(_PROFILE, name="console_give_up_profile")
@in_record
async def give_up(request: web.Request, record: EnteredRecord) -> web.Response:
    """Keep this profile no longer."""
    await read_form(request)
    await request.app[RECORD_PROFILE].give_up_profile(record.actor)
    return see_other(record.path)


@routes.get(f"{_SECTION}/ajouter", name="console_new_entry")
@in_record
async def new_entry(request: web.Request, record: EnteredRecord) -> web.Response:
    """Show the form of a new entry."""
    where = _section(request)
    return _form_page(request, record, where, await request.app[RECORD_PROFILE].blank_entry(record.actor, where))


@routes.post(f"{_SECTION}/ajouter", name="console_new_entry")
@in_record
async def add_entry(request: web.Request, record: EnteredRecord) -> web.Response:
    """Keep a new entry; the same form sent twice makes one."""
    form = await read_form(request)
    return await _kept(request, record, form.text("fiche")[:40], 0, form)


@routes.get(_ENTRY, name="console_entry")
@in_record
async def show_entry(request: web.Request, record: EnteredRecord) -> web.Response:
    """Show an entry in its form."""
    where, reference = _section(request), request.match_info["fiche"]
    filled = await request.app[RECORD_PROFILE].kept_entry(record.actor, where, reference)
    return _form_page(request, record, where, filled)


@routes.post(_ENTRY, name="console_entry")
@in_record
async def change_entry(request: web.Request, record: EnteredRecord) -> web.Response:
    """Keep an entry as it was typed, or delete it."""
    form, reference = await read_form(request), request.match_info["fiche"]
    version = form.text("version")
    filled_from = int(version) if version.isascii() and version.isdigit() and len(version) <= 9 else 0
    if not filled_from:
        raise web.HTTPBadRequest
    if form.text("geste") != "supprimer":
        return await _kept(request, record, reference, filled_from, form)
    where = _section(request)
    try:
        await request.app[RECORD_PROFILE].delete_entry(record.actor, where, reference, filled_from)
    except ChangedMeanwhile:
        filled = await request.app[RECORD_PROFILE].kept_entry(record.actor, where, reference)
        return _form_page(request, record, where, filled, is_late=True)
    return see_other(f"{record.path}/profil?fait=supprime#{where.value}")


async def _kept(
    request: web.Request, record: EnteredRecord, reference: str, filled_from: int, form: Form
) -> web.Response:
    where, service = _section(request), request.app[RECORD_PROFILE]
    typed = {field.name: form.text(field.name) for field in SECTIONS[where].fields}
    try:
        faulty = await service.keep_entry(record.actor, where, reference, filled_from, typed)
    except ChangedMeanwhile:
        stood = await service.kept_entry(record.actor, where, reference)
        late = FilledEntry(reference=reference, version=stood.version, typed=typed, name=stood.name)
        return _form_page(request, record, where, late, is_late=True)
    if faulty is not None:
        return _form_page(request, record, where, faulty)
    return see_other(f"{record.path}/profil?fait=enregistre#{where.value}")


def _section(request: web.Request) -> ProfileSection:
    found = next((one for one in SECTIONS if one.value == request.match_info["rubrique"]), None)
    if found is None:
        raise NotFound("there is no such section")
    return found


def _form_page(
    request: web.Request, record: EnteredRecord, where: ProfileSection, filled: FilledEntry, *, is_late: bool = False
) -> web.Response:
    faults = {name: FAULTS[fault] for name, fault in (filled.faults or _NOTHING).items()}
    return page(
        request,
        "record_profile_entry.html",
        tab="patients",
        status=409 if is_late else 422 if faults else 200,
        own_path=f"{record.path}/profil/{where.value}/{filled.reference if filled.version else 'ajouter'}",
        record=record,
        of=SECTIONS[where],
        filled=filled,
        faults=faults,
        refusal=_refusal(is_late=is_late, is_faulty=bool(faults)),
    )


def _refusal(*, is_late: bool, is_faulty: bool) -> str:
    if is_late:
        return "Cette fiche a changé depuis que vous l’avez ouverte. Votre texte est ci-dessous. Relisez-la d’abord."
    return "Vérifiez ce qui est indiqué ci-dessous." if is_faulty else ""
