"""« Profil médical »: sections, entries, their versions; two tabs on one entry, and what was typed given back."""

from collections.abc import Mapping, Sequence

from aiohttp import web

from gateway.domain.access import Action, SpacePart
from gateway.domain.document import DocumentCategory
from gateway.domain.errors import ChangedMeanwhile, Conflict, NotFound
from gateway.domain.profile import EntryState, ProfileEntry, ProfileSection
from gateway.domain.profile_checks import CheckedFields, FieldFault
from gateway.domain.profile_sections import SECTIONS
from gateway.domain.rights_requests import RightsRequest
from gateway.domain.vocabulary import Term, VocabularyKind
from gateway.services.random_numbers import random_number
from webmail.context import context_of, page, person_of, pulse_of, require, see_other
from webmail.entry_forms import FAULTS, typed_fields
from webmail.forms import Form, read_form
from webmail.measure_views import told_measures
from webmail.paths import ID
from webmail.profile.acts import ProfileAct
from webmail.profile.link_routes import links_of_entry
from webmail.profile.port import PROFILE
from webmail.profile.wording import entry_facts, entry_title, told_versions
from webmail.references import number_of, reference_of

routes = web.RouteTableDef()
_SECTION = "/profil/{rubrique:[a-z-]{1,40}}"
_ENTRY = _SECTION + "/{fiche:" + ID + "}"
_DONE = {
    "enregistre": "C’est enregistré.",
    "supprimer": "C’est supprimé.",
    "retablir": "C’est rétabli.",
    "monter": "L’ordre est changé.",
    "accepter": "C’est ajouté à votre profil.",
    "refuser": "La proposition est écartée.",
    "rien": "C’est noté.",
    "visite": "Merci. Vous pouvez compléter votre profil quand vous voulez.",
}
_DEPOSITED = {ProfileSection.WISHES: DocumentCategory.DIRECTIVES}
"""Sections that list the documents of a kind too: directives are written there, or deposited as a file."""
_NOTHING: Mapping[str, FieldFault] = {}


@routes.get("/profil", name="profile")
async def profile(request: web.Request) -> web.Response:
    """List the sections, with what stands in each."""
    pulse, actor = await pulse_of(request), person_of(request).actor
    service = request.app[PROFILE]
    return page(
        request,
        "profile.html",
        tab="profil",
        pulse=pulse,
        rules=SECTIONS,
        section=None,
        found=await service.profile(actor),
        measured=told_measures(await service.last_measures(actor)),
        is_first=await service.is_first_visit_due(actor),
        done=_DONE.get(request.query.get("fait", ""), ""),
    )


@routes.get("/profil/pieces-administratives", name="administrative_pieces")
async def pieces(request: web.Request) -> web.Response:
    """List the documents that are administrative pieces."""
    pulse = await pulse_of(request)
    found = await request.app[PROFILE].documents_of_kind(person_of(request).actor, DocumentCategory.ADMINISTRATIVE)
    return page(
        request, "profile_pieces.html", tab="profil", pulse=pulse, rules=SECTIONS, section="pieces", documents=found
    )


@routes.get(_SECTION, name="profile_section")
async def section(request: web.Request) -> web.Response:
    """Show one section."""
    return await _section_page(request, _section(request))


@routes.post(_SECTION, name="declare_nothing")
async def nothing(request: web.Request) -> web.Response:
    """Keep that there is nothing to declare, or no more so."""
    form, where = await read_form(request), _section(request)
    await request.app[PROFILE].declare_nothing(person_of(request).actor, where, said=form.text("rien") != "non")
    return see_other(f"/profil/{where.value}?fait=rien")


@routes.get(_SECTION + "/ajouter", name="new_profile_entry")
async def new(request: web.Request) -> web.Response:
    """Show the form of a new entry."""
    require(request, SpacePart.PROFILE, Action.ADD)
    return await _form_page(request, _section(request), random_number(), {})


@routes.post(_SECTION + "/ajouter", name="new_profile_entry")
async def add(request: web.Request) -> web.Response:
    """Keep a new entry; the same form sent twice makes one."""
    form, where = await read_form(request), _section(request)
    number = number_of(form.text("fiche"))
    if form.text("geste") == "chercher":
        return await _searched(request, where, number, form)
    return await _save(request, where, number, 0, form)


@routes.get(_ENTRY, name="profile_entry")
async def entry(request: web.Request) -> web.Response:
    """Show an entry in its form, with its versions."""
    where, number = _section(request), number_of(request.match_info["fiche"])
    versions = await request.app[PROFILE].profile_versions(person_of(request).actor, where, number)
    return await _form_page(request, where, number, typed_fields(SECTIONS[where], versions[0]), versions=versions)


@routes.post(_ENTRY, name="profile_entry")
async def change(request: web.Request) -> web.Response:
    """Save an entry, or do with it what a button says."""
    form = await read_form(request)
    where, number, filled_from = _section(request), number_of(request.match_info["fiche"]), _version(form)
    act = next((one for one in ProfileAct if one.value == form.text("geste")), None)
    if form.text("geste") == "chercher":
        versions = await request.app[PROFILE].profile_versions(person_of(request).actor, where, number)
        return await _searched(request, where, number, form, versions, filled_from)
    if act is None:
        return await _save(request, where, number, filled_from, form)
    try:
        await request.app[PROFILE].act_on_profile_entry(
            person_of(request).actor, where, number, filled_from, act
        )
    except ChangedMeanwhile:
        return await _changed(request, where, number, None)
    except Conflict:
        return await _section_page(request, where, refusal=FAULTS[FieldFault.TAKEN])
    return see_other(f"/profil/{where.value}?fait={act.value}&de={reference_of(number)}")


async def _save(
    request: web.Request, where: ProfileSection, number: int, filled_from: int, form: Form
) -> web.Response:
    typed = await _with_terms(request, where, form)
    service, actor = request.app[PROFILE], person_of(request).actor
    try:
        saved = await service.save_profile_entry(actor, where, number, filled_from, typed)
    except ChangedMeanwhile:
        return await _changed(request, where, number, typed)
    if isinstance(saved, CheckedFields):
        versions = await service.profile_versions(actor, where, number) if filled_from else ()
        return await _form_page(request, where, number, typed, versions=versions, faults=saved.faults)
    return see_other(f"/profil/{where.value}?fait=enregistre")


def _typed(where: ProfileSection, form: Form) -> dict[str, str]:
    return {field.name: form.text(field.name) for field in SECTIONS[where].fields}


async def _with_terms(request: web.Request, where: ProfileSection, form: Form) -> dict[str, str]:
    """Give what was typed; a term that was chosen stands in the place of the words that it was searched by."""
    typed = _typed(where, form)
    for field in SECTIONS[where].fields:
        code = form.text(f"{field.name}_code")
        if field.terms and code and (term := await request.app[PROFILE].term(VocabularyKind(field.terms), code)):
            typed |= {field.name: term.label, f"{field.name}_code": term.code}
    return typed


async def _searched(
    request: web.Request,
    where: ProfileSection,
    number: int,
    form: Form,
    versions: Sequence[ProfileEntry] = (),
    filled_from: int = 0,
) -> web.Response:
    """Show the form again, with the terms that have what was typed; it is still filled from the same version."""
    typed = _typed(where, form)
    field = next((one for one in SECTIONS[where].fields if one.terms), None)
    if field is None:
        raise NotFound("nothing is searched in this section")
    terms = await request.app[PROFILE].search_terms(VocabularyKind(field.terms), typed[field.name])
    return await _form_page(request, where, number, typed, versions=versions, terms=terms, filled_from=filled_from)


async def _changed(
    request: web.Request, where: ProfileSection, number: int, typed: Mapping[str, str] | None
) -> web.Response:
    """Answer what was filled from an earlier version: what stands now, and everything typed."""
    versions = await request.app[PROFILE].profile_versions(person_of(request).actor, where, number)
    stood, say = versions[0], context_of(request).pages.speech(context_of(request).clock.now())
    stands = list(entry_facts(stood, say)) if stood.state is EntryState.KEPT else []
    typed = typed_fields(SECTIONS[where], stood) if typed is None else typed
    if not stands:  # it was deleted: what was typed may be kept as a new entry
        return await _form_page(request, where, random_number(), typed, stands=stands)
    return await _form_page(request, where, number, typed, versions=versions, stands=stands)


async def _section_page(request: web.Request, where: ProfileSection, refusal: str = "") -> web.Response:
    pulse = await pulse_of(request)
    service, actor = request.app[PROFILE], person_of(request).actor
    found = await service.profile_section(actor, where)
    deposited = _DEPOSITED.get(where) if person_of(request).sees(SpacePart.DOCUMENTS) else None
    of = request.query.get("de", "")
    return page(
        request,
        "profile_section.html",
        tab="profil",
        pulse=pulse,
        status=409 if refusal else 200,
        own_path=f"/profil/{where.value}",
        rules=SECTIONS,
        section=where,
        found=found,
        deposited=deposited,
        documents=await service.documents_of_kind(actor, deposited) if deposited else (),
        refusal=refusal,
        done=_DONE.get(request.query.get("fait", ""), ""),
        undone=next((one for one in found.deleted if reference_of(one.id) == of), None),
    )


async def _corrections(
    request: web.Request, where: ProfileSection, number: int, versions: Sequence[ProfileEntry]
) -> Sequence[RightsRequest]:
    """Give the corrections beside an entry; nobody asks for one of what no professional ever confirmed."""
    if not any(one.is_locked for one in versions):
        return ()
    return await request.app[PROFILE].entry_annotations(person_of(request).actor, where, number)


async def _searchable(request: web.Request, where: ProfileSection) -> list[str]:
    """Name the fields whose words are found in a list of terms."""
    return [
        field.name
        for field in SECTIONS[where].fields
        if field.terms and await request.app[PROFILE].has_terms(VocabularyKind(field.terms))
    ]


async def _form_page(
    request: web.Request,
    where: ProfileSection,
    number: int,
    typed: Mapping[str, str],
    *,
    versions: Sequence[ProfileEntry] = (),
    faults: Mapping[str, FieldFault] = _NOTHING,
    stands: Sequence[tuple[str, str]] | None = None,
    terms: Sequence[Term] | None = None,
    filled_from: int = 0,
) -> web.Response:
    pulse, context = await pulse_of(request), context_of(request)
    say = context.pages.speech(context.clock.now())
    stood = versions[0] if versions else None
    return page(
        request,
        "profile_entry.html",
        tab="profil",
        pulse=pulse,
        status=409 if stands is not None else 422 if faults else 200,
        own_path=f"/profil/{where.value}/{reference_of(number) if stood else 'ajouter'}",
        rules=SECTIONS,
        section=where,
        entry=stood,
        version=filled_from or (stood.revision if stood else 0),
        number=reference_of(number),
        title=entry_title(stood, say) if stood else "",
        facts=entry_facts(stood, say) if stood else (),
        typed=typed,
        terms=terms,
        searched=await _searchable(request, where),
        faults={name: FAULTS[fault] for name, fault in faults.items()},
        refusal="Vérifiez ce qui est indiqué ci-dessous." if faults else "",
        stands=stands,
        told=told_versions(versions, say),
        links=await links_of_entry(request, stood),
        corrections=await _corrections(request, where, number, versions),
        came_back=False,
    )


def _section(request: web.Request) -> ProfileSection:
    named = request.match_info["rubrique"]
    found = next((one for one in SECTIONS if one.value == named), None)
    if found is None:
        raise NotFound("there is no such section")
    return found


def _version(form: Form) -> int:
    text = form.text("version")
    if not (text.isascii() and text.isdigit() and 0 < len(text) <= 9 and int(text)):
        raise web.HTTPBadRequest
    return int(text)
