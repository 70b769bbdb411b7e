"""Who was sent no code lands in the agents' queue, and an agent hands one out (A26)."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.domain.account import Space
from gateway.domain.activation import Identified
from gateway.domain.errors import Conflict, NotFound
from gateway.domain.health_card import ShownCard
from gateway.domain.mailbox import OPERATOR
from gateway.domain.mandates import KeptMandate, MandateKind, MandateState
from gateway.domain.notices import Channel, NoticeKind
from gateway.domain.space import SpaceState
from gateway.services.representation.denials import Denials
from gateway.services.space.agent_queue import KEPT, AgentQueue, Unserved, forget_unserved, note_unserved
from tests.builders.activation_site import SOURCE, ActivationSite, activation_site, card_of
from tests.builders.store import an_ins

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def site(ram: Path) -> AsyncIterator[ActivationSite]:
    """Nobody is there yet."""
    async with activation_site(ram) as opened:
        yield opened


def queue_of(site: ActivationSite) -> AgentQueue:
    return AgentQueue(site.at.store, site.at.clock)


async def _asked(site: ActivationSite, card: ShownCard) -> None:
    site.at.clock.advance(MINUTE)
    await site.activation.send_code(await site.shown(card), Channel.EMAIL, SOURCE)


async def _waiting(site: ActivationSite) -> list[tuple[Space | None, Unserved, int]]:
    return [(one.space, one.why, one.times) for one in await queue_of(site).waiting()]


@pytest.mark.parametrize("changes", [{"born": "1980-01-16"}, {"serial": "80259999999"}])
async def test_whoever_shows_another_card_or_date_waits_for_an_agent(
    site: ActivationSite, changes: dict[str, str]
) -> None:
    space = await site.person()
    for _ in range(2):
        await _asked(site, card_of(space, **changes))
    assert await _waiting(site) == [(space, Unserved.OTHER_CARD, 2)]


async def test_whoever_has_no_contact_waits_for_an_agent(site: ActivationSite) -> None:
    space = await site.person(email="", phone="")
    await _asked(site, card_of(space))
    assert await _waiting(site) == [(space, Unserved.NO_CONTACT, 1)]


async def test_numbers_that_nobody_has_are_counted_and_not_kept(site: ActivationSite) -> None:
    space, number = await site.person(), an_ins(999_999).value
    await _asked(site, card_of(space, number=number))
    assert await _waiting(site) == [(None, Unserved.NOBODY, 1)]
    (line,) = await site.at.store.read(lambda tx: tx.audit.events(OPERATOR))
    assert number not in repr(line) + line.detail
    assert line.objects == ()


async def test_whoever_is_sent_a_code_does_not_wait(site: ActivationSite) -> None:
    space = await site.person()
    await _asked(site, card_of(space, serial="80259999999"))
    await _asked(site, card_of(space))
    assert await _waiting(site) == []


async def test_request_leaves_the_queue_with_the_activation_and_with_time(site: ActivationSite) -> None:
    space, other = await site.person(), await site.person()
    for one in (space, other):
        await _asked(site, card_of(one, serial="80259999999"))
    await site.activated(space)
    assert [one.space for one in await queue_of(site).waiting()] == [other]
    site.at.clock.advance(KEPT)
    assert await _waiting(site) == []
    # What is over is forgotten; whoever asks again is counted anew.
    kept = await site.at.store.read(lambda tx: len(tx.agents.waits()))
    await forget_unserved(site.at.store, site.at.clock)
    assert (kept, await site.at.store.read(lambda tx: tx.agents.waits())) == (2, [])
    await _asked(site, card_of(other, serial="80259999999"))
    assert await _waiting(site) == [(other, Unserved.OTHER_CARD, 1)]


async def test_answer_about_a_child_waits_until_it_is_settled_however_long(site: ActivationSite) -> None:
    store, now = site.at.store, site.at.clock.now()
    parent, child = await site.person(), await site.person()
    denied = KeptMandate(
        vault=child.vault, number=7, kind=MandateKind.MINOR, state=MandateState.REFUSED, home=parent.vault,
        name="Camille", begun=now, changed=now,
    )  # fmt: skip
    await store.write(lambda tx: tx.mandates.save(denied))
    await store.write(lambda tx: note_unserved(tx, [child.vault], Unserved.NOT_REPRESENTATIVE, now, SOURCE))
    site.at.clock.advance(2 * KEPT)
    await forget_unserved(store, site.at.clock)
    assert await _waiting(site) == [(child, Unserved.NOT_REPRESENTATIVE, 1)]
    await Denials(store, site.at.clock).settle(child.vault, 7, is_representative=True, reason="livret vu")
    assert await _waiting(site) == []
    assert await store.read(lambda tx: tx.agents.waits()) == []


async def test_who_is_struck_out_is_told_nothing_of_the_child_any_more(site: ActivationSite) -> None:
    store, now = site.at.store, site.at.clock.now()
    parent, child = await site.person(email="camille@example.org", phone="+33600000001"), await site.person()
    named = replace(
        child, email=parent.email, phone="+33600000002", guardians=(parent.identity.ins.value, an_ins(999_999).value)
    )
    denied = KeptMandate(
        vault=child.vault, number=7, kind=MandateKind.MINOR, state=MandateState.REFUSED, home=parent.vault,
        name="Camille", begun=now, changed=now,
    )  # fmt: skip
    await store.write(lambda tx: tx.spaces.save(named))
    await store.write(lambda tx: tx.mandates.save(denied))
    _, code = await queue_of(site).hand_out(child.identity.ins.value, "avant")
    left = await Denials(store, site.at.clock).settle(child.vault, 7, is_representative=False, reason="livret vu")
    assert (left.email, left.phone, len(left.guardians)) == ("", "+33600000002", 1)
    assert not isinstance(
        await site.activation.identify(await site.shown(card_of(child)), code, SOURCE), Identified
    )
    with pytest.raises(NotFound):
        await Denials(store, site.at.clock).settle(child.vault, 7, is_representative=False, reason="deux fois")


async def test_code_that_an_agent_hands_out_identifies_with_the_card_and_is_traced_and_told(
    site: ActivationSite,
) -> None:
    space = await site.person(SpaceState.CREATED)
    await _asked(site, card_of(space, serial="80259999999"))
    site.at.clock.advance(MINUTE)
    given, code = await queue_of(site).hand_out(space.identity.ins.value, "carte d'identité vue à la mairie")
    assert given == space
    line = (await site.at.store.read(lambda tx: tx.audit.events(space.vault)))[0]
    assert [told.kind for told in await site.told()] == [NoticeKind.CODE_HANDED_OUT]
    assert (line.action, line.outcome, line.role) == ("activation.code", "handed out", "operator")
    assert line.detail == "carte d'identité vue à la mairie"
    assert await _waiting(site) == []
    site.at.clock.advance(timedelta(days=42))
    assert isinstance(await site.activation.identify(await site.shown(card_of(space)), code, SOURCE), Identified)
    site.at.clock.advance(timedelta(days=1))
    found = await site.activation.identify(await site.shown(card_of(space)), code, SOURCE)
    assert not isinstance(found, Identified)


@pytest.mark.parametrize(
    ("state", "before"),
    [(SpaceState.ACTIVE, ()), (SpaceState.SUSPENDED, ()), (SpaceState.CLOSED, ((SpaceState.ACTIVE, None),))],
)
async def test_no_code_is_handed_out_for_a_space_that_it_would_not_open(
    site: ActivationSite, state: SpaceState, before: tuple[tuple[SpaceState, None], ...]
) -> None:
    space = await site.person(state)
    await site.at.store.write(lambda tx: tx.spaces.save(replace(space, before=before)))
    with pytest.raises(Conflict, match=f"this space is {state.value}: a code would open nothing"):
        await queue_of(site).hand_out(str(space.address), "vue")


async def test_space_that_does_not_open_costs_only_its_own_line(site: ActivationSite) -> None:
    broken, whole = await site.person(), await site.person()
    for one in (broken, whole):
        await _asked(site, card_of(one, serial="80259999999"))
    site.at.behind_its_back("UPDATE space SET record = ? WHERE vault = ?", b"broken", broken.vault)
    assert [one.space for one in await queue_of(site).waiting()] == [whole]
