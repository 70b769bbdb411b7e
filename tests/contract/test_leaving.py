"""The holder leaves and comes back: closed and whole again, to be erased and kept, erased at once (A17, E81)."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from gateway.domain.account import Session, Space, digest_of
from gateway.domain.errors import AccessRefused, Conflict
from gateway.domain.mailbox import OPERATOR
from gateway.domain.notices import NoticeKind
from gateway.domain.outbox import Step
from gateway.domain.space import SpaceEvent, SpaceState
from gateway.domain.step_payloads import TellHolder
from gateway.ports.store import Priority, Tx
from gateway.services.access.actors import holder_of, operator_of
from gateway.services.space.leaving import LeavingFault
from gateway.services.space.moves import move
from tests.builders.leaving import LIFE, PAUSE, leaving_at
from tests.builders.outbox import A_WORKER
from tests.builders.store import NOON, StoreAt, a_content, a_space, shown

LATER = (NOON + PAUSE).date()


async def _state(at: StoreAt, space: Space) -> Space:
    return await at.store.read(lambda tx: tx.spaces.space(space.vault))


async def _told(at: StoreAt) -> list[Step]:
    now = at.clock.now()
    steps = await at.store.write(lambda tx: tx.outbox.lease(now, now, 50, holder=A_WORKER))
    return [step for step in steps if isinstance(step.payload, TellHolder)]


async def _kinds(at: StoreAt) -> list[NoticeKind]:
    return [step.payload.kind for step in await _told(at) if isinstance(step.payload, TellHolder)]


async def _code(at: StoreAt, space: Space) -> str:
    found = [step.payload for step in await _told(at) if step.vault == space.vault]
    (code,) = [told.values["code"] for told in found if isinstance(told, TellHolder)]
    return code


async def test_closed_space_is_dated_told_and_signed_out(at: StoreAt) -> None:
    space = await a_space(at.store)
    session = Session(
        digest=digest_of("x"), vault=space.vault, kind="web", created=NOON, used=NOON, expires=NOON + PAUSE
    )
    await at.store.write(lambda tx: tx.spaces.save_session(session))
    await leaving_at(at).close(holder_of(space, "web"))
    closed = await _state(at, space)
    assert (closed.state, closed.changed_on, closed.erase_on) == (SpaceState.CLOSED, NOON.date(), None)
    assert not await at.store.read(lambda tx: tx.spaces.sessions_of(space.vault))
    assert await _kinds(at) == [NoticeKind.SPACE_CLOSED]


class Killed(BaseException):
    """The process is no more."""


@pytest.mark.parametrize("after", [False, True], ids=["before the commit", "after it"])
async def test_closing_that_is_killed_is_whole_or_absent_and_told_once(at: StoreAt, after: bool) -> None:
    space, write = await a_space(at.store), at.store.write

    async def dying(fn: Callable[[Tx], object], *, priority: Priority = Priority.MAIL) -> object:
        if after:
            await write(fn, priority=priority)
        raise Killed

    at.store.write = dying  # type: ignore[assignment, method-assign] # of this store alone
    with pytest.raises(Killed):
        await leaving_at(at).close(holder_of(space, "web"))
    at.store.write = write  # type: ignore[method-assign]
    assert (await _state(at, space)).state is (SpaceState.CLOSED if after else SpaceState.ACTIVE)
    await leaving_at(at).close(holder_of(space, "web"))
    assert (await _state(at, space)).state is SpaceState.CLOSED
    assert await _kinds(at) == [NoticeKind.SPACE_CLOSED]


async def test_closed_twice_it_is_told_once(at: StoreAt) -> None:
    space = await a_space(at.store)
    for _ in range(2):
        await leaving_at(at).close(holder_of(space, "web"))
    assert await _kinds(at) == [NoticeKind.SPACE_CLOSED]


async def test_reopened_space_has_all_it_had(at: StoreAt) -> None:
    space = replace(await a_space(at.store), identifier="jeanne.d", terms="1", guardians=("1" * 15,))
    await at.store.write(lambda tx: tx.spaces.save(space))
    await at.store.write(lambda tx: shown(tx, space.vault, a_content(mid=7)))
    leaving, actor = leaving_at(at), holder_of(space, "web")
    await leaving.close(actor)
    assert not await leaving.reopen(actor)
    assert await _state(at, space) == space
    assert (await at.store.read(lambda tx: tx.mail.content(space.vault, a_content(mid=7).mid))).mid == 7
    assert NoticeKind.SPACE_REOPENED in await _kinds(at)


async def test_space_to_be_erased_is_closed_with_its_day_and_a_proof(at: StoreAt) -> None:
    space = await a_space(at.store)
    proof = await leaving_at(at).ask_erasure(holder_of(space, "web"))
    asked = await _state(at, space)
    assert (asked.state, asked.erase_on) == (SpaceState.CLOSED, LATER)
    assert b"1er avril 2026" in proof
    assert b"Jeanne" in proof
    assert await at.store.read(lambda tx: tx.spaces.due(LATER, 10)) == [space.vault]
    assert await _kinds(at) == [NoticeKind.ERASURE_ASKED]


async def test_asked_again_the_first_day_stays(at: StoreAt) -> None:
    space = await a_space(at.store)
    leaving, actor = leaving_at(at), holder_of(space, "web")
    await leaving.ask_erasure(actor)
    at.clock.advance(timedelta(days=5))
    assert b"1er avril 2026" in await leaving.ask_erasure(actor)
    assert (await _state(at, space)).erase_on == LATER


async def test_reopening_cancels_a_pending_erasure_and_says_so(at: StoreAt) -> None:
    space = await a_space(at.store)
    leaving, actor = leaving_at(at), holder_of(space, "web")
    await leaving.ask_erasure(actor)
    assert await leaving.reopen(actor)
    kept = await _state(at, space)
    assert (kept.state, kept.erase_on, kept.changed_on) == (SpaceState.ACTIVE, None, None)
    assert await at.store.read(lambda tx: tx.spaces.due(date.max, 10)) == []
    assert NoticeKind.ERASURE_CANCELLED in await _kinds(at)
    line = (await at.store.read(lambda tx: tx.audit.events(space.vault)))[0]
    assert (line.action, line.detail) == ("space.reopened", f"erasure of {LATER} cancelled")


async def test_reopened_in_another_tab_it_stays_open(at: StoreAt) -> None:
    space = await a_space(at.store)
    leaving, actor = leaving_at(at), holder_of(space, "web")
    await leaving.ask_erasure(actor)
    assert await leaving.reopen(actor)
    assert not await leaving.reopen(actor)


async def test_space_closed_after_a_suspension_is_not_reopened_by_its_holder(at: StoreAt) -> None:
    space = await a_space(at.store)
    await at.store.write(lambda tx: move(tx, space.vault, SpaceEvent.SUSPENDED, NOON, operator_of(space.vault)))
    await at.store.write(lambda tx: move(tx, space.vault, SpaceEvent.NOBODY_OBJECTED, NOON, operator_of(space.vault)))
    leaving, actor = leaving_at(at), holder_of(space, "web")
    found = await leaving.closed(actor)
    assert found is not None
    assert not found.may_reopen
    with pytest.raises(Conflict):
        await leaving.reopen(actor)


async def test_who_comes_back_is_told_the_days(at: StoreAt) -> None:
    space = await a_space(at.store)
    leaving, actor = leaving_at(at), holder_of(space, "web")
    assert await leaving.closed(actor) is None
    await leaving.ask_erasure(actor)
    found = await leaving.closed(actor)
    assert found is not None
    assert (found.erase_on, found.kept_until) == (LATER, date(2036, 3, 2))


async def test_erased_at_once_after_code_and_confirmation(at: StoreAt) -> None:
    space = await a_space(at.store)
    leaving, actor = leaving_at(at), holder_of(space, "web")
    assert await leaving.send_code(actor) is None
    confirmed = await leaving.confirm(actor, await _code(at, space))
    assert isinstance(confirmed, str)
    proof = await leaving.erase_now(actor, confirmed)
    assert isinstance(proof, bytes)
    assert b"Preuve d'effacement" in proof
    assert await at.store.read(lambda tx: tx.spaces.state(space.vault)) is None
    assert await at.store.read(lambda tx: tx.erasures.of(space.vault)) == NOON


async def test_wrong_and_old_codes_erase_nothing(at: StoreAt) -> None:
    space = await a_space(at.store)
    leaving, actor = leaving_at(at), holder_of(space, "web")
    assert await leaving.confirm(actor, "123456") is LeavingFault.CODE_OVER
    await leaving.send_code(actor)
    code = await _code(at, space)
    wrong = "1" * 6 if code != "1" * 6 else "2" * 6
    assert await leaving.confirm(actor, wrong) is LeavingFault.WRONG_CODE
    at.clock.advance(LIFE)
    assert await leaving.confirm(actor, code) is LeavingFault.CODE_OVER
    assert await leaving.erase_now(actor, "guessed") is LeavingFault.CODE_OVER
    assert (await _state(at, space)).state is SpaceState.ACTIVE


async def test_code_and_confirmation_that_come_many_times_at_once_count_once(at: StoreAt) -> None:
    space, leaving = await a_space(at.store), leaving_at(at)
    actor = holder_of(space, "web")
    assert await leaving.send_code(actor) is None
    code = await _code(at, space)
    confirmed = await asyncio.gather(*(leaving.confirm(actor, code) for _ in range(20)))
    (good,) = [one for one in confirmed if isinstance(one, str)]
    ends = await asyncio.gather(*(leaving.erase_now(actor, good) for _ in range(20)), return_exceptions=True)
    assert len([end for end in ends if isinstance(end, bytes)]) == 1


async def test_code_and_confirmation_are_good_once_and_for_one_space(at: StoreAt) -> None:
    space, other = await a_space(at.store), await a_space(at.store)
    leaving, actor = leaving_at(at), holder_of(space, "web")
    await leaving.send_code(actor)
    code = await _code(at, space)
    confirmed = await leaving.confirm(actor, code)
    assert isinstance(confirmed, str)
    assert await leaving.confirm(actor, code) is LeavingFault.CODE_OVER
    assert await leaving.erase_now(holder_of(other, "web"), confirmed) is LeavingFault.CODE_OVER
    # The code itself is not the confirmation.
    await leaving.send_code(holder_of(other, "web"))
    assert await leaving.erase_now(holder_of(other, "web"), await _code(at, other)) is LeavingFault.CODE_OVER
    assert (await _state(at, other)).state is SpaceState.ACTIVE


async def test_five_wrong_codes_end_it(at: StoreAt) -> None:
    space = await a_space(at.store)
    leaving, actor = leaving_at(at), holder_of(space, "web")
    await leaving.send_code(actor)
    code = await _code(at, space)
    for _ in range(5):
        await leaving.confirm(actor, "wrong!")
    assert await leaving.confirm(actor, code) is LeavingFault.CODE_OVER


async def test_ten_codes_a_day(at: StoreAt) -> None:
    space = await a_space(at.store)
    leaving, actor = leaving_at(at), holder_of(space, "web")
    answers = [await leaving.send_code(actor) for _ in range(11)]
    assert answers == [None] * 10 + [LeavingFault.TOO_MANY_CODES]


async def test_without_contact_no_code_is_sent(at: StoreAt) -> None:
    space = await a_space(at.store, email="")
    assert await leaving_at(at).send_code(holder_of(space, "web")) is LeavingFault.NO_CONTACT


async def test_nobody_closes_or_erases_another_s_space(at: StoreAt) -> None:
    space, other = await a_space(at.store), await a_space(at.store)
    thief = replace(holder_of(other, "web"), vault=space.vault)
    leaving = leaving_at(at)
    for attempt in (leaving.close(thief), leaving.ask_erasure(thief), leaving.send_code(thief), leaving.reopen(thief)):
        with pytest.raises(AccessRefused):
            await attempt
    await leaving.send_code(holder_of(space, "web"))
    code = await _code(at, space)
    with pytest.raises(AccessRefused):
        await leaving.confirm(thief, code)
    confirmed = await leaving.confirm(holder_of(space, "web"), code)
    with pytest.raises(AccessRefused):
        await leaving.erase_now(thief, str(confirmed))
    assert (await _state(at, space)).state is SpaceState.ACTIVE


async def test_operator_s_trace_does_not_name_who_was_erased(at: StoreAt) -> None:
    space = await a_space(at.store)
    leaving, actor = leaving_at(at), holder_of(space, "web")
    await leaving.send_code(actor)
    confirmed = await leaving.confirm(actor, await _code(at, space))
    await leaving.erase_now(actor, str(confirmed))
    line = (await at.store.read(lambda tx: tx.audit.events(OPERATOR)))[0]
    assert (line.action, line.actor, line.objects) == ("space.erased", "patient", (f"vault:{space.vault:x}",))
    assert (line.person, line.detail) == ("", "")
