"""Loaded into a server before it starts: it kills itself while an archive is made, at the moment of `POINT`.

Each moment is one function of the product, replaced here and nowhere else; what came before it has happened whole.
"""

import os
import signal
from collections.abc import Callable
from functools import partial
from typing import Any, NoReturn

from gateway.domain.notices import NoticeKind
from gateway.services.export import export_making
from gateway.services.export.archive_making import PackedArchive, _Packing, pack_archive
from gateway.services.outbox.steps import Finish, payload_of
from gateway.services.space.notices import Notifier
from tests.crash.sabotaged import replaced

POINT = "PLI_TESTS_KILLED"
"""In the environment of the server: the name of one of `POINTS`."""

_GATEWAY = os.getpid()
"""The parent of those that serve, in which this is loaded; whoever has just been born has another one."""


def _end(*_: object) -> NoReturn:
    os.kill(_GATEWAY, signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)  # by itself it would end with its parent, but not where it stands still
    raise AssertionError("it lives on")


# Any in what follows: what is replaced is called on with whatever arguments it got.


def files_written() -> None:
    """Three files are packed, and a piece of them is on the disk."""
    add, files = _Packing.add, []

    async def counted(self: _Packing, file: Any) -> Any:
        packed = await add(self, file)
        files.append(file.name)
        if len(files) == 3:
            self._seal(1)
            _end()
        return packed

    replaced(_Packing, "add", counted)


def all_packed() -> None:
    """Every octet of the archive is on the disk, and the transaction that says so has not begun."""
    async def packed(*arguments: Any) -> PackedArchive:
        await pack_archive(*arguments)
        _end()

    replaced(export_making, "pack_archive", packed)


def before_commit() -> None:
    """The transaction that says « ready » has written its rows, and is not committed."""
    keep = export_making._keep

    def kept(tx: Any, **arguments: Any) -> None:
        keep(tx, **arguments)
        _end()

    replaced(export_making, "_keep", kept)


def after_commit() -> None:
    """The archive is ready, and nobody has been told."""
    _when_told(lambda _tell, _self, _step: _end())


def told() -> None:
    """The person has been told, and the step that told them is not done."""
    _when_told(_told_and_ended)


async def _told_and_ended(tell: Callable[..., Any], self: Notifier, step: Any) -> Finish:
    await tell(self, step)
    _end()


def _when_told(act: Callable[..., Any]) -> None:
    tell = Notifier.tell

    async def telling(self: Notifier, step: Any) -> Finish:
        is_ready = getattr(payload_of(step, type(step.payload)), "kind", None) is NoticeKind.EXPORT_READY
        finish: Finish = await (partial(act, tell)(self, step) if is_ready else tell(self, step))
        return finish

    replaced(Notifier, "tell", telling)


POINTS = {point.__name__: point for point in (files_written, all_packed, before_commit, after_commit, told)}

if wanted := os.environ.get(POINT):
    POINTS[wanted]()
