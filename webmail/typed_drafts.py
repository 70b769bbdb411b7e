"""What every page asks about what was typed and not sent: it comes back to its holder after they signed in again."""

from typing import Protocol

from aiohttp import web

from gateway.domain.access import Actor
from gateway.services.sign_in.typed_drafts import TypedForm


class DraftService(Protocol):
    """Seal what is typed for one holder, and give it back to them alone."""

    def draft_key(self, actor: Actor) -> str:
        """Give the key by which the browser of a holder seals what they type."""
        ...

    def draft_mark(self, actor: Actor) -> str:
        """Give what names the holder on a form that may come after the session's end."""
        ...

    def carry_draft(self, mark: str, typed: TypedForm) -> str:
        """Seal what came too late, for pages to carry through sign-in; empty when that cannot be."""
        ...

    def draft_back(self, actor: Actor, carried: str) -> TypedForm | None:
        """Open what was carried, for its holder alone."""
        ...


CARRIED = "brouillon"
"""The field in which pages carry what was typed through sign-in."""
DRAFTS: web.AppKey[DraftService] = web.AppKey("drafts")
"""Where handlers find it on the application."""
