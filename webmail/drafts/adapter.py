"""What was typed and not sent, over `gateway.services.sign_in.typed_drafts`."""

from gateway.domain.access import Actor
from gateway.services.sign_in.typed_drafts import TypedDrafts, TypedForm
from webmail.services import SpaceServices


class DraftPages:
    """Implements `webmail.typed_drafts.DraftService`."""

    def __init__(self, services: SpaceServices) -> None:
        self._drafts = TypedDrafts(services.store.digest)

    def draft_key(self, actor: Actor) -> str:
        """Give the key of a holder's browsers."""
        return self._drafts.browser_key(actor.vault)

    def draft_mark(self, actor: Actor) -> str:
        """Name the holder on a form."""
        return self._drafts.mark(actor.vault)

    def carry_draft(self, mark: str, typed: TypedForm) -> str:
        """Seal what came too late."""
        return self._drafts.carried(mark, typed)

    def draft_back(self, actor: Actor, carried: str) -> TypedForm | None:
        """Open what was carried."""
        return self._drafts.come_back(actor.vault, carried)
