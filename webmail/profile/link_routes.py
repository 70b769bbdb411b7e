"""What an entry of the profile, or a document, is linked to (E77): shown, linked and parted by its holder."""

from dataclasses import dataclass

from aiohttp import web

from gateway.domain.access import SpacePart
from gateway.domain.errors import Conflict, NotFound
from gateway.domain.measure_kinds import KINDS
from gateway.domain.profile import EntryState, ProfileEntry
from gateway.domain.profile_links import DocumentName, EntryName, MeasureName, linked_name
from gateway.domain.profile_sections import SECTIONS
from webmail.context import context_of, page, person_of, pulse_of, see_other
from webmail.forms import Form, read_form
from webmail.pages import Speech
from webmail.paths import ID
from webmail.profile.port import PROFILE, ShownLinks
from webmail.profile.wording import entry_title
from webmail.references import number_of

routes = web.RouteTableDef()
ENTRY_LINKS = "/profil/{rubrique:[a-z-]{1,40}}/{fiche:" + ID + "}/liens"
DOCUMENT_LINKS = "/documents/{document:" + ID + "}/liens"
_MAX_NAME = 90
_REFUSED = "Cette fiche ne peut plus être reliée. Un soignant l’a confirmée, ou elle a déjà cinquante liens."


@dataclass(frozen=True, slots=True)
class Link:
    """One thing that is linked, or that may be: its name, its words, where it is, and what kind of thing it is."""

    name: str
    words: str
    path: str
    kind: str


async def links_of_entry(request: web.Request, entry: ProfileEntry | None) -> list[Link]:
    """Give what an entry that stands is linked to."""
    if entry is None or entry.state is not EntryState.KEPT:
        return []
    name, context = EntryName(entry.section, entry.id), context_of(request)
    shown = await request.app[PROFILE].profile_links(person_of(request).actor, name, offering=False)
    return _links(shown, context.pages.speech(context.clock.now()))


def _links(shown: ShownLinks, say: Speech) -> list[Link]:
    found = [_of_entry(entry, say) for entry in shown.things.entries]
    found += [Link(f"document:{one.id}", one.title, f"/documents/{one.id}", "Document") for one in shown.documents]
    return [*found, *(_of_measure(name) for name in shown.things.measures)]


def _of_entry(entry: ProfileEntry, say: Speech) -> Link:
    name = str(EntryName(entry.section, entry.id))
    path = f"/profil/{entry.section.value}/{entry.id:x}"
    return Link(name, entry_title(entry, say), path, SECTIONS[entry.section].label)


def _of_measure(name: MeasureName) -> Link:
    return Link(str(name), KINDS[name.kind].label, f"/profil/mesures/{name.kind.value}", "Mesures")


@routes.get(ENTRY_LINKS, name="entry_links")
async def show_entry_links(request: web.Request) -> web.Response:
    """Show what an entry is linked to, and what it may be linked to."""
    return await _links_page(request, _asked(request))


@routes.post(ENTRY_LINKS, name="entry_links")
async def change_entry_links(request: web.Request) -> web.Response:
    """Link an entry to something, or part them."""
    form = await read_form(request)
    return await _change(request, form, _asked(request))


@routes.get(DOCUMENT_LINKS, name="document_links")
async def show_document_links(request: web.Request) -> web.Response:
    """Show which entries a document is linked to, and which it may be linked to."""
    return await _links_page(request, DocumentName(number_of(request.match_info["document"])))


@routes.post(DOCUMENT_LINKS, name="document_links")
async def change_document_links(request: web.Request) -> web.Response:
    """Link a document to an entry, or part them."""
    form = await read_form(request)
    return await _change(request, form, DocumentName(number_of(request.match_info["document"])))


async def _change(request: web.Request, form: Form, one: EntryName | DocumentName) -> web.Response:
    other, parts = linked_name(form.text("cible")[:_MAX_NAME]), form.text("geste") == "retirer"
    service, actor = request.app[PROFILE], person_of(request).actor
    try:
        await (service.part_profile_links if parts else service.link_in_profile)(actor, one, other)
    except Conflict:
        return await _links_page(request, one, _REFUSED)
    return see_other(f"{links_path(one)}?fait={'retire' if parts else 'relie'}")


def links_path(name: EntryName | DocumentName) -> str:
    """Give the address of the page of links of an entry or a document."""
    if isinstance(name, EntryName):
        return f"/profil/{name.section.value}/{name.id:x}/liens"
    return f"/documents/{name.id:x}/liens"


def _asked(request: web.Request) -> EntryName:
    section = next((one for one in SECTIONS if one.value == request.match_info["rubrique"]), None)
    if section is None:
        raise NotFound("there is no such section")
    return EntryName(section, number_of(request.match_info["fiche"]))


async def _links_page(request: web.Request, name: EntryName | DocumentName, refusal: str = "") -> web.Response:
    pulse, context = await pulse_of(request), context_of(request)
    say = context.pages.speech(context.clock.now())
    shown = await request.app[PROFILE].profile_links(
        person_of(request).actor, name, offering=person_of(request).sees(SpacePart.DOCUMENTS)
    )
    offers: dict[str, list[Link]] = {}
    for link in _offered(shown, name, say):
        offers.setdefault(link.kind, []).append(link)
    done = {"relie": "C’est relié.", "retire": "Le lien est retiré."}
    return page(
        request,
        "profile_links.html",
        tab="profil",
        pulse=pulse,
        status=409 if refusal else 200,
        own_path=links_path(name),
        rules=SECTIONS,
        section=name.section if isinstance(name, EntryName) else None,
        of=_told(shown, name, say),
        path=links_path(name),
        links=_links(shown, say),
        offers=offers,
        refusal=refusal,
        done=done.get(request.query.get("fait", ""), ""),
    )


def _told(shown: ShownLinks, name: EntryName | DocumentName, say: Speech) -> Link:
    if shown.entry is not None:
        return _of_entry(shown.entry, say)
    return Link(str(name), shown.title, f"/documents/{name.id:x}", "Document")


def _offered(shown: ShownLinks, name: EntryName | DocumentName, say: Speech) -> list[Link]:
    """Offer entries; to an entry also measures and the latest documents."""
    offered = [_of_entry(entry, say) for entry in shown.things.offered]
    if isinstance(name, EntryName):
        linked = {str(one) for one in shown.things.measures} | {f"document:{one.id}" for one in shown.documents}
        offered += [_of_measure(one) for one in map(MeasureName, KINDS) if str(one) not in linked]
        offered += [
            Link(str(DocumentName(int(one.id, 16))), one.title, f"/documents/{one.id}", "Derniers documents")
            for one in shown.latest
            if f"document:{one.id}" not in linked
        ]
    return offered
