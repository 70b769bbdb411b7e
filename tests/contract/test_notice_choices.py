"""Choosing what one is told outside the gateway, kind by kind (E30)."""

from dataclasses import replace

import pytest

from gateway.domain.account import Space
from gateway.domain.errors import NotFound
from gateway.services.access.actors import holder_of
from gateway.services.space.notice_choices import OPTIONAL, NoticeChoices
from tests.builders.store import StoreAt, a_space


@pytest.fixture
async def space(at: StoreAt) -> Space:
    """Somebody who has chosen nothing yet."""
    return await a_space(at.store)


async def _muted(at: StoreAt, space: Space) -> tuple[str, ...]:
    return await at.store.read(lambda tx: tx.spaces.space(space.vault).muted)


async def test_everything_is_told_until_somebody_chooses(at: StoreAt, space: Space) -> None:
    choices = NoticeChoices(at.store, at.clock)
    assert await choices.chosen(holder_of(space, "web")) == dict.fromkeys(OPTIONAL, True)


async def test_choice_is_kept_and_leaves_one_line(at: StoreAt, space: Space) -> None:
    choices, actor = NoticeChoices(at.store, at.clock), holder_of(space, "web")
    await choices.choose(actor, frozenset(OPTIONAL) - {"message"})
    await choices.choose(actor, frozenset(OPTIONAL) - {"message"})
    assert await choices.chosen(actor) == dict.fromkeys(OPTIONAL, True) | {"message": False}
    events = await at.store.read(lambda tx: tx.audit.events(space.vault))
    assert [event.detail for event in events if event.action == "notices.chosen"] == ["off: message"]
    await choices.choose(actor, frozenset(OPTIONAL))
    assert await _muted(at, space) == ()


async def test_what_concerns_safety_cannot_be_switched_off(at: StoreAt, space: Space) -> None:
    await NoticeChoices(at.store, at.clock).choose(holder_of(space, "web"), frozenset())
    assert await _muted(at, space) == OPTIONAL


async def test_nobody_chooses_for_somebody_else(at: StoreAt, space: Space) -> None:
    stranger = await a_space(at.store)
    actor = replace(holder_of(stranger, "web"), vault=space.vault)
    choices = NoticeChoices(at.store, at.clock)
    with pytest.raises(NotFound):
        await choices.choose(actor, frozenset())
    with pytest.raises(NotFound):
        await choices.chosen(actor)
    assert await _muted(at, space) == ()
