"""What stands beside a document: corrections that its patient asked for, and what was answered (E52)."""

from gateway.domain.access import Actor
from gateway.domain.rights_requests import RequestState, RightsRequest
from gateway.ports.store import Tx


def annotations_of(tx: Tx, actor: Actor, number: int) -> tuple[RightsRequest, ...]:
    """Give those of a document that somebody may read: all to a visitor, their own to whoever acts for the patient.

    One that was taken back stands no more.
    """
    return tuple(
        one
        for one in tx.rights_requests.all_of(actor.vault)
        if one.document == number
        and one.state is not RequestState.WITHDRAWN
        and (actor.is_visitor or one.is_known_to(actor))
    )
