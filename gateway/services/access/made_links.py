"""Links that somebody makes in a space and others follow: a representative's end with their mandate."""

from collections.abc import Mapping
from datetime import datetime

from gateway.domain.access import Actor, Audience
from gateway.domain.account import Session
from gateway.domain.errors import NotFound
from gateway.domain.mailbox import VaultId
from gateway.ports.store import Tx
from gateway.services.access.mandate_titles import mandate_in_effect

MAKER = "maker"


def maker_of(actor: Actor) -> Mapping[str, str]:
    """Give what a link keeps of who makes it: a representative, by their own space; nothing of the holder."""
    is_another = Audience.REPRESENTATIVES in actor.audience
    return {MAKER: f"{actor.home:x}"} if is_another and actor.home is not None else {}


def maker_may(tx: Tx, link: Session, now: datetime) -> bool:
    """Say whether whoever made a link may still act in its space."""
    by = tx.spaces.session_about(link.digest).get(MAKER, "")
    if not by:
        return True
    try:
        return mandate_in_effect(tx, VaultId(int(by, 16)), tx.spaces.space(link.vault), now) is not None
    except NotFound:
        return False
