"""What a person asked for about their health data, put back from an archive that an operator vouches for."""

from dataclasses import replace
from functools import partial

from gateway.domain.errors import MalformedContent
from gateway.domain.rights_requests import MOST_KEPT, RequestKind, RequestState, RightsRequest
from gateway.ports.store import Tx
from gateway.services.restoring.restored_content import LARGEST, Restoring, pieces_of, put_back, sheet_of

_NAME, _WHAT = "profil/demandes.json", "what was asked for"
_AT_ONCE = 50
_BETWEEN_TWO = frozenset({RequestKind.ACCESS, RequestKind.ACCESS_OF})
NOT_MOVED = "Cette demande n’a pas suivi le déménagement de l’espace. Elle est à refaire."
"""Answers a request between two persons that waited: the other one's space stands elsewhere."""


async def check_requests(into: Restoring) -> None:
    """Read the file and take nothing. Raises `MalformedContent`, `LimitExceeded`."""
    if into.is_trusted:
        await _read(into)


async def restore_requests(into: Restoring) -> None:
    """Put back every request that is not there; those that wait go on here, with their clocks."""
    for some in pieces_of(await _read(into), _AT_ONCE):
        await put_back(into, "requests", partial(_put_requests, into=into, some=some))


async def _read(into: Restoring) -> list[RightsRequest]:
    read = await sheet_of(into, _NAME, list[RightsRequest], _WHAT) or []
    for one in read:
        clocks = (one.clocks.earliest, one.clocks.latest) if one.clocks else ()
        instants = (one.asked_at, one.next, one.ended_at, one.shown_from, *clocks)
        if not 0 < one.number <= LARGEST or any(at is not None and at.tzinfo is None for at in instants):
            raise MalformedContent(f"{_WHAT} of the archive has a wrong number or time: it is none that Pli made")
    return read


def _put_requests(tx: Tx, *, into: Restoring, some: list[RightsRequest]) -> list[bool]:
    room, done = MOST_KEPT - tx.rights_requests.count(into.vault), list[bool]()
    for one in some:
        is_new = room > 0 and tx.rights_requests.get(into.vault, one.number) is None
        if is_new:
            tx.rights_requests.save(into.vault, _moved(one, into))
            room -= 1
        done.append(is_new)
    return done


def _moved(one: RightsRequest, into: Restoring) -> RightsRequest:
    if not (one.waits and one.kind in _BETWEEN_TWO):
        return one
    ended = replace(one, state=RequestState.WITHDRAWN, ended_at=into.at)
    return replace(ended, answer=NOT_MOVED, next=None)
