"""What stands beside a document or an entry: corrections that its patient asked for, and what was answered (E52)."""

from collections.abc import Callable, Mapping

from gateway.domain.access import Actor
from gateway.domain.rights_requests import RequestState, RightsRequest
from gateway.ports.store import Tx


def annotations_of(tx: Tx, actor: Actor, number: int) -> tuple[RightsRequest, ...]:
    """Give those of a document that somebody may read: all to a visitor, their own to whoever acts for the patient.

    One that was taken back stands no more.
    """
    return _standing(tx, actor, lambda one: one.document == number)


def entry_annotations_of(tx: Tx, actor: Actor) -> Mapping[str, tuple[RightsRequest, ...]]:
    """Give those of entries of the profile in the same way, by the name of the entry, the newest first."""
    found: dict[str, tuple[RightsRequest, ...]] = {}
    for one in _standing(tx, actor, lambda one: bool(one.entry)):
        found[one.entry] = (*found.get(one.entry, ()), one)
    return found


def _standing(tx: Tx, actor: Actor, is_about: Callable[[RightsRequest], bool]) -> tuple[RightsRequest, ...]:
    return tuple(
        one
        for one in tx.rights_requests.all_of(actor.vault)
        if is_about(one)
        and one.state is not RequestState.WITHDRAWN
        and (actor.is_visitor or one.is_known_to(actor))
    )
