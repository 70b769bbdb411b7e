"""What the clocks of requests bring: a reminder the day before the last one, and word to both when it has passed (F90).

What is due is read from an index and decided again on the sealed record, in the transaction that acts: several
processes, and a run after a kill, do it once.
"""

from dataclasses import replace
from datetime import datetime

from gateway.domain.mailbox import VaultId
from gateway.domain.notices import NoticeKind
from gateway.domain.rights_requests import WARNED_BEFORE, RequestNews, RightsRequest
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.actors import system_in
from gateway.services.requests.own_requests import write_to_asked
from gateway.services.space.telling import tell_holder
from gateway.services.upkeep.due_work import DueWork


class RequestKeeper(DueWork):
    """Reminds whoever is asked, and tells both when the last day has passed."""

    def __init__(self, store: Store, clock: Clock) -> None:
        super().__init__(store, clock, "request", lambda tx, now, limit: tx.rights_requests.due(now, limit), _kept)


def _kept(tx: Tx, *, vault: VaultId, number: int, now: datetime) -> None:
    request = tx.rights_requests.get(vault, number)
    if request is None:
        return
    if not request.waits or request.clocks is None:
        tx.rights_requests.save(vault, replace(request, next=None))
        return
    if now >= request.clocks.latest:
        if not request.overdue:
            _overdue(tx, vault, request, now)
        tx.rights_requests.save(vault, replace(request, overdue=True, next=None))
        return
    reminds_at = request.clocks.latest - WARNED_BEFORE
    if now < reminds_at:  # the index was bent: it says again what is due
        tx.rights_requests.save(vault, replace(request, next=reminds_at))
        return
    if not request.reminded and request.to_address:
        write_to_asked(tx, system_in(vault), request, RequestNews.REMINDED, now)
        tx.audit.append(vault, system_in(vault).event(now, "request.reminded", objects=(request.name,)))
    tx.rights_requests.save(vault, replace(request, reminded=True, next=request.clocks.latest))


def _overdue(tx: Tx, vault: VaultId, request: RightsRequest, now: datetime) -> None:
    write_to_asked(tx, system_in(vault), request, RequestNews.OVERDUE, now)
    tell_holder(tx, vault, NoticeKind.REQUEST_OVERDUE, now)
    tx.audit.append(vault, system_in(vault).event(now, "request.overdue", objects=(request.name,)))
    tx.changed(vault)
