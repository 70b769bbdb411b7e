"""What an operator does with one person's space, and what it leaves (F10, F11, E33, A21)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from gateway.domain.account import PostalAddress, Session, Space, digest_of
from gateway.domain.audit import AuditEvent
from gateway.domain.errors import Conflict, NotFound
from gateway.domain.identity import BirthDate
from gateway.domain.mailbox import VaultId
from gateway.domain.notices import Channel, NoticeKind
from gateway.domain.space import SpaceState
from gateway.domain.step_payloads import Payload, TellHolder
from gateway.services.space.operator_acts import PAGE, OperatorActs, ShownSpace
from gateway.services.space.space_corrections import Correction
from tests.builders.outbox import A_WORKER
from tests.builders.store import NOON, StoreAt, a_mailbox, a_space, an_ins

TODAY = NOON.date()
OLD, NEW = "jeanne@courriel.example", "jeanne.dupont@courriel.example"


def acts_of(at: StoreAt) -> OperatorActs:
    return OperatorActs(at.store, at.clock)


async def a_space_with(at: StoreAt, state: SpaceState, **fields: Any) -> Space:  # Any: fields of several types
    space = replace(await a_space(at.store, state), **fields)
    await at.store.write(lambda tx: tx.spaces.save(space))
    return space


async def signed_in(at: StoreAt, space: Space) -> bytes:
    digest = digest_of("browser")
    until = NOON + timedelta(days=1)
    session = Session(digest=digest, vault=space.vault, kind="web", created=NOON, used=NOON, expires=until)
    await at.store.write(lambda tx: tx.spaces.save_session(session))
    return digest


async def is_signed_in(at: StoreAt, digest: bytes) -> bool:
    return await at.store.read(lambda tx: tx.spaces.session(digest)) is not None


async def last_line(at: StoreAt, space: Space) -> AuditEvent:
    return (await at.store.read(lambda tx: tx.audit.events(space.vault)))[0]


async def told_of(at: StoreAt, space: Space) -> list[Payload]:
    steps = await at.store.write(lambda tx: tx.outbox.lease(NOON, NOON, 100, holder=A_WORKER))
    return [step.payload for step in steps if step.vault == space.vault]


def number_of(space: Space) -> str:
    return space.identity.ins.value


# ---------------------------------------------------------------- finding and showing


async def test_person_is_found_by_address_and_by_number_in_groups(at: StoreAt) -> None:
    space, number = await a_space(at.store), ""
    number = number_of(space)
    for who in (str(space.address), str(space.address).lower(), number, f"{number[:1]} {number[1:3]} {number[3:]}"):
        assert (await acts_of(at).show(who)).space == space


@pytest.mark.parametrize("who", ["nobody", "x@", "paul.petit@medecin.mssante.fr", "180016399999903", ""])
async def test_whoever_has_no_space_is_not_found(at: StoreAt, who: str) -> None:
    await a_mailbox(at.store, "paul.petit@medecin.mssante.fr")
    with pytest.raises(NotFound, match="no patient here has this address or number"):
        await acts_of(at).show(who)


async def test_number_of_a_representative_does_not_find_the_child(at: StoreAt) -> None:
    parent = await a_space(at.store)
    await a_space_with(at, SpaceState.CREATED, guardians=(number_of(parent),))
    assert (await acts_of(at).show(number_of(parent))).space == parent
    nobody_here = an_ins(999_997).value
    await a_space_with(at, SpaceState.CREATED, guardians=(nobody_here,))
    with pytest.raises(NotFound):
        await acts_of(at).show(nobody_here)


@pytest.mark.parametrize(
    ("state", "fields", "following", "on"),
    [
        (SpaceState.CREATED, {}, "nothing", None),
        (SpaceState.NOTIFIED, {"notified_on": TODAY}, "opens", TODAY + timedelta(days=43)),
        (SpaceState.SUSPENDED, {"changed_on": TODAY}, "closes", TODAY + timedelta(days=43)),
        (SpaceState.CLOSED, {"changed_on": TODAY}, "is erased", date(2036, 3, 2)),
        (SpaceState.CLOSED, {"changed_on": TODAY, "erase_on": date(2026, 4, 1)}, "is erased", date(2026, 4, 1)),
    ],
)
async def test_space_says_what_happens_next_and_when(
    at: StoreAt, state: SpaceState, fields: dict[str, object], following: str, on: date | None
) -> None:
    space = await a_space_with(at, state, **fields)
    assert await acts_of(at).show(number_of(space)) == ShownSpace(space=space, next=following, on=on)


async def test_spaces_are_listed_by_pages_and_by_state(at: StoreAt) -> None:
    spaces = [await a_space(at.store, SpaceState.CLOSED if number % 3 else SpaceState.OPEN) for number in range(6)]
    page = await acts_of(at).page(VaultId(0), SpaceState.CLOSED)
    closed = sorted(space.vault for space in spaces if space.state is SpaceState.CLOSED)
    assert [vault for vault, _ in page] == closed
    assert await acts_of(at).page(closed[-1], SpaceState.CLOSED) == []
    assert len(await acts_of(at).page(VaultId(0), None)) == 6 <= PAGE


async def test_space_that_does_not_open_costs_only_its_own_line(at: StoreAt) -> None:
    broken, whole = await a_space(at.store), await a_space(at.store)
    at.behind_its_back("UPDATE space SET record = ? WHERE vault = ?", b"broken", broken.vault)
    page = dict(await acts_of(at).page(VaultId(0), None))
    assert page[broken.vault] is None
    assert page[whole.vault] == ShownSpace(space=whole, next="nothing", on=None)


# ---------------------------------------------------------------- correcting


async def test_contact_is_corrected_with_its_reason_and_told_to_both(at: StoreAt) -> None:
    space = await a_space(at.store)
    browser = await signed_in(at, space)
    shown, changed = await acts_of(at).correct(number_of(space), Correction(email=NEW), "demande écrite")
    assert (shown.space.email, changed) == (NEW, ("email",))
    line = await last_line(at, space)
    assert (line.action, line.role, line.detail) == ("space.corrected", "operator", "email: demande écrite")
    told = await told_of(at, space)
    assert {payload.to for payload in told if isinstance(payload, TellHolder)} == {OLD, NEW}
    assert not await is_signed_in(at, browser)


async def test_representative_is_told_of_a_corrected_contact_and_only_they_read_the_childs_name(at: StoreAt) -> None:
    parent = await a_space(at.store, email="mere@courriel.example")
    child = await a_space_with(at, SpaceState.ACTIVE, guardians=(number_of(parent),), email="vieux@courriel.example")
    traits = replace(child.identity.traits, birth_date=BirthDate(2015, 3, 2))
    await at.store.write(lambda tx: tx.spaces.save(replace(child, identity=replace(child.identity, traits=traits))))
    await acts_of(at).correct(str(child.address), Correction(email="neuf@courriel.example"), "call")
    told = {step.to: step.values for step in await told_of(at, child) if isinstance(step, TellHolder)}
    assert told == {
        "mere@courriel.example": {"child": "Jeanne"}, "vieux@courriel.example": {}, "neuf@courriel.example": {},
    }  # fmt: skip


async def test_first_contact_is_told_there_only(at: StoreAt) -> None:
    space = await a_space_with(at, SpaceState.CREATED, email="")
    await acts_of(at).correct(number_of(space), Correction(phone="+33612345678"), "appel")
    assert await told_of(at, space) == [
        TellHolder(kind=NoticeKind.CONTACT_CORRECTED, channel=Channel.SMS, to="+33612345678")
    ]


async def test_names_postal_address_and_cards_are_corrected_and_nobody_is_signed_out(at: StoreAt) -> None:
    space = await a_space(at.store)
    browser = await signed_in(at, space)
    postal = PostalAddress(("1 rue des Lilas",), "35000", "Rennes", "France")
    new = Correction(postal=postal, card_serials=("123",), birth_name="DUPOND", given_names=("Jeanne", "Anne"))
    shown, changed = await acts_of(at).correct(number_of(space), new, "pièce d'identité vue")
    assert changed == ("birth_name", "given_names", "postal", "card_serials")
    assert shown.space.identity.traits.birth_name == "DUPOND"
    assert await at.store.read(lambda tx: tx.spaces.space(space.vault)) == shown.space
    assert await told_of(at, space) == []
    assert await is_signed_in(at, browser)


async def test_correction_that_changes_nothing_leaves_no_line(at: StoreAt) -> None:
    space = await a_space(at.store)
    before = await at.store.read(lambda tx: tx.audit.events(space.vault))
    assert (await acts_of(at).correct(number_of(space), Correction(email=OLD), "vérifié"))[1] == ()
    assert await at.store.read(lambda tx: tx.audit.events(space.vault)) == before


async def test_erased_space_is_not_corrected(at: StoreAt) -> None:
    space = await a_space(at.store, SpaceState.ERASED)
    with pytest.raises(Conflict, match="nothing is left to correct"):
        await acts_of(at).correct(number_of(space), Correction(email=NEW), "x")


# ---------------------------------------------------------------- opening and refusing


async def test_space_is_not_opened_while_the_person_may_still_refuse(at: StoreAt) -> None:
    space = await a_space_with(at, SpaceState.NOTIFIED, notified_on=TODAY - timedelta(days=42))
    with pytest.raises(Conflict, match="opens by itself on 2026-03-03: wait, or say --at-the-request"):
        await acts_of(at).open(number_of(space), "")
    assert await at.store.read(lambda tx: tx.spaces.state(space.vault)) is SpaceState.NOTIFIED


async def test_space_of_whom_nobody_was_told_is_not_opened(at: StoreAt) -> None:
    space = await a_space(at.store, SpaceState.CREATED)
    with pytest.raises(Conflict, match="its six weeks have not begun"):
        await acts_of(at).open(number_of(space), "")


async def test_space_is_opened_after_its_six_weeks(at: StoreAt) -> None:
    space = await a_space_with(at, SpaceState.NOTIFIED, notified_on=TODAY - timedelta(days=43))
    assert (await acts_of(at).open(number_of(space), "")).space.state is SpaceState.OPEN
    assert await told_of(at, space) == [TellHolder(kind=NoticeKind.SPACE_OPENED)]


@pytest.mark.parametrize("state", [SpaceState.CREATED, SpaceState.NOTIFIED])
async def test_space_is_opened_before_when_the_person_asked_and_they_are_told(at: StoreAt, state: SpaceState) -> None:
    space = await a_space_with(at, state, notified_on=TODAY)
    assert (await acts_of(at).open(number_of(space), "courrier du 1er mars")).space.state is SpaceState.OPEN
    line = await last_line(at, space)
    assert (line.action, line.role, line.detail) == ("space.opened_on_request", "operator", "courrier du 1er mars")
    assert await told_of(at, space) == [TellHolder(kind=NoticeKind.SPACE_OPENED_ON_REQUEST)]


@pytest.mark.parametrize("state", [SpaceState.OPEN, SpaceState.CLOSED, SpaceState.OPPOSED])
async def test_space_that_was_opened_or_refused_is_not_opened_by_an_operator(at: StoreAt, state: SpaceState) -> None:
    space = await a_space(at.store, state)
    with pytest.raises(Conflict, match=f"this space is {state.value}"):
        await acts_of(at).open(number_of(space), "courrier")


async def test_refusal_by_telephone_is_noted_and_told(at: StoreAt) -> None:
    space = await a_space_with(at, SpaceState.NOTIFIED, notified_on=TODAY)
    assert (await acts_of(at).oppose(number_of(space), "appel du 2 mars")).space.state is SpaceState.OPPOSED
    assert (await last_line(at, space)).detail == "appel du 2 mars"
    assert await told_of(at, space) == [TellHolder(kind=NoticeKind.OPPOSED_BY_TELEPHONE)]


@pytest.mark.parametrize("state", [SpaceState.OPEN, SpaceState.ACTIVE, SpaceState.CLOSED])
async def test_open_space_is_not_refused(at: StoreAt, state: SpaceState) -> None:
    space = await a_space(at.store, state)
    with pytest.raises(Conflict, match="only one that was never opened can be refused"):
        await acts_of(at).oppose(number_of(space), "appel")


async def test_refusal_that_is_noted_twice_leaves_one_line_and_one_notice(at: StoreAt) -> None:
    space = await a_space_with(at, SpaceState.NOTIFIED, notified_on=TODAY)
    for reason in ("appel du 2 mars", "rappel"):
        assert (await acts_of(at).oppose(number_of(space), reason)).space.state is SpaceState.OPPOSED
    assert (await last_line(at, space)).detail == "appel du 2 mars"
    assert len(await told_of(at, space)) == 1


# ---------------------------------------------------------------- suspending, death, and back


async def test_suspended_person_is_signed_out_and_told_when_the_space_closes(at: StoreAt) -> None:
    space = await a_space(at.store)
    browser = await signed_in(at, space)
    shown = await acts_of(at).suspend(number_of(space), "usurpation signalée")
    assert (shown.space.state, shown.next, shown.on) == (SpaceState.SUSPENDED, "closes", date(2026, 4, 14))
    assert await told_of(at, space) == [TellHolder(kind=NoticeKind.SPACE_SUSPENDED, values={"day": "14 avril 2026"})]
    assert not await is_signed_in(at, browser)


async def test_objection_takes_a_suspension_back_and_is_told(at: StoreAt) -> None:
    space = await a_space(at.store)
    await acts_of(at).suspend(number_of(space), "usurpation signalée")
    await told_of(at, space)
    assert (await acts_of(at).restore(number_of(space), "opposition reçue")).space == space
    assert (await last_line(at, space)).action == "space.restored"


async def test_death_ends_sessions_and_keeps_the_space_for_ten_years(at: StoreAt) -> None:
    space = await a_space(at.store)
    browser = await signed_in(at, space)
    shown = await acts_of(at).note_death(number_of(space), date(2026, 2, 27), "acte reçu")
    assert (shown.space.state, shown.next, shown.on) == (SpaceState.DECEASED, "is erased", date(2036, 3, 2))
    assert (await last_line(at, space)).detail == "2026-02-27: acte reçu"
    assert not await is_signed_in(at, browser)
    assert await told_of(at, space) == []


async def test_death_noted_by_mistake_is_taken_back(at: StoreAt) -> None:
    space = await a_space(at.store, SpaceState.NOTIFIED)
    await acts_of(at).note_death(number_of(space), TODAY, "acte reçu")
    assert (await acts_of(at).restore(number_of(space), "homonyme")).space == space
    assert await told_of(at, space) == []


async def test_death_in_the_year_of_a_birth_whose_day_is_not_known_is_noted(at: StoreAt) -> None:
    space = await a_space(at.store)
    traits = replace(space.identity.traits, birth_date=BirthDate(1980, 0, 0))
    unknown = replace(space, identity=replace(space.identity, traits=traits))
    await at.store.write(lambda tx: tx.spaces.save(unknown))
    noted = await acts_of(at).note_death(number_of(space), date(1980, 1, 1), "acte reçu")
    assert noted.space.state is SpaceState.DECEASED


@pytest.mark.parametrize(
    ("on", "reason"),
    [(TODAY + timedelta(days=1), "still to come"), (date(1980, 1, 14), "before the birth")],
)
async def test_day_of_death_that_cannot_be_is_refused(at: StoreAt, on: date, reason: str) -> None:
    space = await a_space(at.store)
    with pytest.raises(Conflict, match=reason):
        await acts_of(at).note_death(number_of(space), on, "acte reçu")
