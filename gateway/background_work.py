"""What runs beside the listeners, for ever: in each process, and what one process of a gateway does for all.

Part of the composition root.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeAlias

import structlog

from gateway.checkpoint_places import places_of
from gateway.core import Core
from gateway.domain.errors import PliError
from gateway.domain.mailbox import VaultId
from gateway.domain.space import SpaceEvent
from gateway.ports.store import Tx
from gateway.processes.serving_place import ServingPlace
from gateway.services.access.actors import system_in
from gateway.services.agenda.reminder_keeper import ReminderKeeper
from gateway.services.counting.count_sharing import share_for_ever
from gateway.services.export.own_exports import remove_old_exports
from gateway.services.profile.care_reading import remove_outdated_care
from gateway.services.requests.request_keeper import RequestKeeper
from gateway.services.sharing.health_links import links_over
from gateway.services.space.agent_queue import forget_unserved
from gateway.services.space.awaited_choices import attempt_over
from gateway.services.space.certificate_ends import announce_for_ever
from gateway.services.space.space_keeper import SpaceKeeper
from gateway.services.trace.head_checkpoints import HeadCheckpoints
from gateway.services.upkeep.tidying import tidy
from gateway.services.withholding.display_delays import DelayKeeper
from gateway.services.withholding.hold_keeper import HoldKeeper
from gateway.store.blobs.sweeper import sweep

Work: TypeAlias = Coroutine[Any, Any, None]
"""Any: what a coroutine is sent and yields is the loop's affair."""
_log = structlog.get_logger("pli.app")
_SWEEP_EVERY = timedelta(hours=1)


@asynccontextmanager
async def background(*work: Work) -> AsyncIterator[None]:
    """Run coroutines beside the body; cancel and join them at its end; fail when one of them fails."""
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(item) for item in work]
        try:
            yield
        finally:
            for task in running:
                task.cancel()


def work_beside(it: Core, place: ServingPlace) -> Iterator[Work]:
    """Give what this process does beside serving; what one does for all is done by the first."""
    yield it.sign_ins.run()
    yield it.ended_sign_ins.run()
    yield share_for_ever(it.counters, it.store)
    if not place.is_first:
        return
    store, clock = it.store, it.clock
    yield _sweep_for_ever(it)
    yield announce_for_ever(it.local_mailboxes.all, clock)
    yield SpaceKeeper(store, clock, partial(_erase, it)).run()
    for keeper in (ReminderKeeper, HoldKeeper, DelayKeeper, RequestKeeper):
        yield keeper(store, clock).run()
    yield HeadCheckpoints(store, clock, places_of(it.settings), it.settings.gateway.hostname).run()


async def _erase(it: Core, vault: VaultId, event: SpaceEvent) -> None:
    await it.erasure.erase(vault, "its day has come", system_in(vault), event=event, only_when_due=True)


def _session_over(tx: Tx, vault: VaultId, kind: str, now: datetime) -> None:
    attempt_over(tx, vault, kind, now)
    links_over(tx, vault, kind, now)


async def _sweep_for_ever(it: Core) -> None:
    while True:
        try:
            await tidy(it.store, it.clock, _session_over)
            await remove_old_exports(it.store, it.clock)
            await remove_outdated_care(it.store, it.clock)
            await forget_unserved(it.store, it.clock)
            removed = await sweep(it.store, it.blobs, it.clock)
            if removed:
                _log.info("blobs.swept", removed=removed)
        except PliError as error:
            _log.warning("sweep.failed", reason=error.code)
        await asyncio.sleep(_SWEEP_EVERY.total_seconds())
