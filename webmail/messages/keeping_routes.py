"""« Garder dans mes documents »: an attachment of a message becomes a document of the patient's own (F68)."""

from contextlib import aclosing

from aiohttp import web

from gateway.domain.document import DocumentCategory
from gateway.services.filing.added_files import AddFault, NamedFile
from gateway.services.filing.added_reading import NewDocument
from webmail.added_document_form import too_large
from webmail.context import context_of, person_of, see_other
from webmail.documents.adding import refused_page
from webmail.documents.port import DOCUMENTS
from webmail.forms import read_form
from webmail.identifiers import MessageRef
from webmail.messages.port import MESSAGES
from webmail.paths import ID

routes = web.RouteTableDef()


@routes.post(f"/documents/garder/{{message:{ID}}}/{{section:{ID}}}", name="keep_attachment")
async def keep_attachment(request: web.Request) -> web.Response:
    """File a copy of an attachment, or say why it is not kept."""
    await read_form(request)
    actor, limit = person_of(request).actor, context_of(request).settings.max_document_bytes
    message, section = MessageRef(request.match_info["message"]), request.match_info["section"]
    # As with a file that is sent: it is held in memory, one of each account at a time.
    async with context_of(request).upload_turns.turn(actor.account):
        file = await request.app[MESSAGES].attachment(actor, message, section)
        async with aclosing(file.chunks) as chunks:
            if file.size > limit:
                return await refused_page(request, too_large(request))
            data = b"".join([chunk async for chunk in chunks])
        new = NewDocument(file=NamedFile(file.name, data), title="", category=DocumentCategory.OTHER)
        added = await request.app[DOCUMENTS].add_own_document(actor, new)
    if isinstance(added, AddFault):
        return await refused_page(request, added)
    return see_other(f"/documents/{added.id}?ajout={2 if added.was_there else 1}")


@routes.get(f"/documents/garder/{{message:{ID}}}/{{section:{ID}}}", name="kept_attachment")
async def kept_attachment(_request: web.Request) -> web.Response:
    """Lead to the documents: a refused form leaves this address in the browser, which may ask for it."""
    return see_other("/documents")
