"""Goals that doctors set for examinations, put back from an archive that an operator vouches for (E45)."""

from functools import partial

import msgspec

from gateway.domain.errors import MalformedContent
from gateway.domain.examinations import examination_number
from gateway.domain.goals import Goal
from gateway.ports.store import Tx
from gateway.services.restoring.restored_content import Restoring, pieces_of, put_back, sheet_of

_NAME, _WHAT = "profil/objectifs-examens.json", "the goals of examinations"
_AT_ONCE = 50
_KEYS = range(1 << 64)


class _Aimed(msgspec.Struct, frozen=True):
    key: int
    goal: Goal


async def check_goals(into: Restoring) -> None:
    """Read the file and take nothing. Raises `MalformedContent`, `LimitExceeded`."""
    if into.is_trusted:
        await _read(into)


async def restore_goals(into: Restoring) -> None:
    """Put back the goal of every examination that has none; examinations have other numbers here, and the same keys."""
    for some in pieces_of(await _read(into), _AT_ONCE):
        await put_back(into, "goals of examinations", partial(_put_goals, into=into, some=some))


async def _read(into: Restoring) -> list[_Aimed]:
    read = await sheet_of(into, _NAME, list[_Aimed], _WHAT) or []
    if any(one.key not in _KEYS for one in read):
        raise MalformedContent("an archive names an examination by what is no key: it is none that Pli made")
    return read


def _put_goals(tx: Tx, *, into: Restoring, some: list[_Aimed]) -> list[bool]:
    there, done = tx.goals.all_of(into.vault), list[bool]()
    for one in some:
        number = examination_number(into.vault, one.key)
        done.append(number not in there)
        if number not in there:
            tx.goals.save(into.vault, number, one.goal)
    return done
