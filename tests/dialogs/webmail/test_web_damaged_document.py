"""The page of a document that does not open says so, and everything around it works."""

from gateway.domain.access import Actor
from gateway.domain.errors import SealBroken
from gateway.domain.stand_ins import DAMAGED_DOCUMENT
from tests.builders.web_client import browsing
from tests.builders.web_contents import demo_world
from tests.builders.web_world import WebWorld
from webmail.identifiers import DocumentId
from webmail.shown_documents import Document


class Damaged(WebWorld):
    """A space in which no document opens."""

    async def document(self, actor: Actor, document: DocumentId) -> Document:
        """Fail as the store does."""
        raise SealBroken(f"document {document} of {actor.vault:x}")


async def test_page_says_that_the_document_is_damaged_and_leads_on() -> None:
    whole = demo_world()
    world = Damaged(**{name: getattr(whole, name) for name in whole.__dataclass_fields__})
    async with browsing(world) as browser:
        answer = await browser.get("/documents/d-bilan")
        assert (await browser.get("/documents")).status == 200
    assert answer.status == 410
    assert DAMAGED_DOCUMENT in answer.text.replace("&nbsp;", "\N{NO-BREAK SPACE}")
    assert all(f'href="{path}"' in answer.text for path in ("/documents", "/messages", "/profil"))
