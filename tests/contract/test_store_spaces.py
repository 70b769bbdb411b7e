"""Vaults and addresses, patients' spaces, sign-ins, codes, sessions, exchanges."""

from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest

from gateway.domain.account import Account, Code, SecretKind, Session
from gateway.domain.address import MailAddress
from gateway.domain.errors import Conflict, KeyUnavailable, NotFound
from gateway.domain.exchange import Exchange, ExchangeState
from gateway.domain.mailbox import VaultId, VaultKind
from gateway.domain.pivot_identity import pivot_of_space
from gateway.domain.space import SpaceState
from gateway.ports.store import Tx
from tests.builders.store import NOON, StoreAt, a_mailbox, a_space

DOCTOR = MailAddress.parse("camille.exemple@medecin.mssante.fr")


async def test_mailbox_is_found_by_its_address_in_any_case(at: StoreAt) -> None:
    vault = await a_mailbox(at.store, "camille.exemple@medecin.mssante.fr", VaultKind.CAB)
    written = MailAddress.parse("Camille.Exemple@Medecin.MSSante.fr")
    assert await at.store.read(lambda tx: tx.spaces.resolve(written)) == (vault, VaultKind.CAB)


async def test_unknown_address_has_no_vault(at: StoreAt) -> None:
    assert await at.store.read(lambda tx: tx.spaces.resolve(DOCTOR)) is None


async def test_vault_gives_its_address_kind_and_name(at: StoreAt) -> None:
    vault = await a_mailbox(at.store, str(DOCTOR), name="Dr Camille Exemple")
    found = await at.store.read(lambda tx: tx.spaces.address_of(vault))
    assert found == (DOCTOR, VaultKind.PER, "Dr Camille Exemple")


async def test_unknown_vault_is_not_found(at: StoreAt) -> None:
    with pytest.raises(NotFound):
        await at.store.read(lambda tx: tx.spaces.address_of(VaultId(99)))


async def test_taken_address_is_a_conflict_and_makes_no_vault(at: StoreAt) -> None:
    first = await a_mailbox(at.store, str(DOCTOR))
    second = await at.store.new_vault()

    def take(tx: Tx) -> None:
        with pytest.raises(Conflict):
            tx.spaces.create_vault(second, VaultKind.PER, DOCTOR, "Autre")

    await at.store.write(take)
    assert await at.store.read(lambda tx: tx.spaces.resolve(DOCTOR)) == (first, VaultKind.PER)
    with pytest.raises(NotFound):
        await at.store.read(lambda tx: tx.spaces.address_of(second))


async def test_vault_without_a_durable_key_cannot_be_made(at: StoreAt) -> None:
    with pytest.raises(KeyUnavailable):
        await at.store.write(lambda tx: tx.spaces.create_vault(VaultId(99), VaultKind.PER, DOCTOR, ""))


async def test_several_vaults_are_made_at_once(at: StoreAt) -> None:
    vaults = await at.store.new_vaults(3)
    assert len(set(vaults)) == 3


# ---------------------------------------------------------------- spaces


async def test_space_read_back_is_the_one_that_was_saved(at: StoreAt) -> None:
    space = await a_space(at.store)
    assert await at.store.read(lambda tx: tx.spaces.space(space.vault)) == space


async def test_space_saved_again_is_replaced(at: StoreAt) -> None:
    space = replace(await a_space(at.store), phone="+33 6 00 00 00 00", notified_on=NOON.date())
    await at.store.write(lambda tx: tx.spaces.save(space))
    assert await at.store.read(lambda tx: tx.spaces.space(space.vault)) == space


async def test_space_is_found_by_its_number_and_by_its_representatives(at: StoreAt) -> None:
    parent = await a_space(at.store)
    child = replace(await a_space(at.store), guardians=(parent.identity.ins.value,))
    await at.store.write(lambda tx: tx.spaces.save(child))
    found = await at.store.read(lambda tx: tx.spaces.with_number(parent.identity.ins.value))
    assert {space.vault for space in found} == {parent.vault, child.vault}
    assert list(await at.store.read(lambda tx: tx.spaces.with_number(child.identity.ins.value))) == [child]
    assert not await at.store.read(lambda tx: tx.spaces.with_number("284037511604299"))


async def test_representative_that_is_taken_away_no_longer_finds_the_space(at: StoreAt) -> None:
    parent, child = await a_space(at.store), await a_space(at.store)
    number = parent.identity.ins.value
    await at.store.write(lambda tx: tx.spaces.save(replace(child, guardians=(number,))))
    await at.store.write(lambda tx: tx.spaces.save(child))
    assert [space.vault for space in await at.store.read(lambda tx: tx.spaces.with_number(number))] == [parent.vault]


async def test_space_is_found_by_five_traits_of_its_person_until_one_is_corrected(at: StoreAt) -> None:
    plain, other = await a_space(at.store), await a_space(at.store, given_names=("Léa",))
    space = replace(plain, birth_place="35238")
    said = pivot_of_space(space)
    assert said is not None
    for known in (space, replace(other, birth_place="35238")):
        await at.store.write(lambda tx, known=known: tx.spaces.save(known))  # type: ignore[misc]
    assert list(await at.store.read(lambda tx: tx.spaces.agreeing_with(said))) == [space]
    at.behind_its_back("DELETE FROM person WHERE vault = ?", other.vault)
    at.behind_its_back("UPDATE person SET vault = ? WHERE vault = ?", other.vault, space.vault)
    assert not await at.store.read(lambda tx: tx.spaces.agreeing_with(said))
    await at.store.write(lambda tx: tx.spaces.save(space))
    assert list(await at.store.read(lambda tx: tx.spaces.agreeing_with(said))) == [space]
    await at.store.write(lambda tx: tx.spaces.save(replace(space, birth_place="35239")))
    assert not await at.store.read(lambda tx: tx.spaces.agreeing_with(said))


async def test_spaces_are_listed_by_state_page_by_page(at: StoreAt) -> None:
    made = [await a_space(at.store, state) for state in (SpaceState.OPEN, SpaceState.ACTIVE, SpaceState.OPEN)]
    every = sorted(space.vault for space in made)
    first = await at.store.read(lambda tx: tx.spaces.listed(VaultId(0), 2))
    assert [*first, *await at.store.read(lambda tx: tx.spaces.listed(first[-1], 2))] == every
    opened = await at.store.read(lambda tx: tx.spaces.listed(VaultId(0), 9, SpaceState.OPEN))
    assert list(opened) == sorted(space.vault for space in made if space.state is SpaceState.OPEN)


async def test_space_is_due_from_the_day_on_which_something_happens_to_it(at: StoreAt) -> None:
    told = replace(await a_space(at.store, SpaceState.NOTIFIED), notified_on=date(2026, 3, 2))
    await at.store.write(lambda tx: tx.spaces.save(told))
    assert not await at.store.read(lambda tx: tx.spaces.due(date(2026, 4, 13), 9))
    assert list(await at.store.read(lambda tx: tx.spaces.due(date(2026, 4, 14), 9))) == [told.vault]
    await at.store.write(lambda tx: tx.spaces.save(replace(told, state=SpaceState.OPEN)))
    assert not await at.store.read(lambda tx: tx.spaces.due(date(2026, 4, 14), 9))


@pytest.mark.parametrize(
    ("bent", "fault"),
    [
        ("DELETE FROM deadline", "next day"),
        ("UPDATE deadline SET day = day + 1", "next day"),
        ("DELETE FROM person", "one of its numbers"),
    ],
)
async def test_space_that_could_no_longer_be_found_is_named(at: StoreAt, bent: str, fault: str) -> None:
    told = replace(await a_space(at.store, SpaceState.NOTIFIED), notified_on=date(2026, 3, 2))
    await at.store.write(lambda tx: tx.spaces.save(told))
    assert not (await at.store.read(lambda tx: tx.inspection.look("where spaces are found", None, 9))).damages
    at.behind_its_back(bent)
    found = await at.store.read(lambda tx: tx.inspection.look("where spaces are found", None, 9))
    assert [(damage.vault, fault in damage.fault) for damage in found.damages] == [(told.vault, True)]


async def test_number_that_was_lent_to_another_space_finds_nobody(at: StoreAt) -> None:
    victim, thief = await a_space(at.store), await a_space(at.store)
    at.behind_its_back("DELETE FROM person WHERE vault = ?", victim.vault)
    at.behind_its_back("UPDATE person SET vault = ? WHERE vault = ?", victim.vault, thief.vault)
    assert not await at.store.read(lambda tx: tx.spaces.with_number(thief.identity.ins.value))


async def test_mailbox_that_is_no_space_has_no_state(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    assert await at.store.read(lambda tx: tx.spaces.state(vault)) is None
    with pytest.raises(NotFound):
        await at.store.read(lambda tx: tx.spaces.space(vault))


# ---------------------------------------------------------------- sign-in


async def _account(at: StoreAt, vault: VaultId, secret: bytes = b"secret") -> Account:
    account = Account("jeanne", vault, SecretKind.CHOSEN, secret)
    await at.store.write(lambda tx: tx.spaces.save_account(account))
    return account


async def test_account_is_found_by_its_login_in_any_case(at: StoreAt) -> None:
    account = await _account(at, await a_mailbox(at.store))
    assert await at.store.read(lambda tx: tx.spaces.account("JEANNE")) == account


async def test_account_saved_again_has_the_new_secret(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    await _account(at, vault, b"ancien")
    changed = await _account(at, vault, b"nouveau")
    assert await at.store.read(lambda tx: tx.spaces.account("jeanne")) == changed


async def test_account_that_was_taken_away_is_found_no_more(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    await _account(at, vault)
    await at.store.write(lambda tx: tx.spaces.drop_account("JEANNE"))
    await at.store.write(lambda tx: tx.spaces.drop_account("jeanne"))
    assert await at.store.read(lambda tx: tx.spaces.account("jeanne")) is None
    await _account(at, await a_mailbox(at.store))


async def test_login_of_another_vault_is_a_conflict(at: StoreAt) -> None:
    account = await _account(at, await a_mailbox(at.store))
    other = await a_mailbox(at.store)
    with pytest.raises(Conflict):
        await _account(at, other, b"usurpation")
    assert await at.store.read(lambda tx: tx.spaces.account("jeanne")) == account


def _code(vault: VaultId, minutes: int = 0, tries: int = 5) -> Code:
    issued = NOON + timedelta(minutes=minutes)
    return Code(
        vault=vault,
        purpose="sign-in",
        digest=bytes(32),
        issued=issued,
        expires=issued + timedelta(minutes=10),
        tries_left=tries,
    )


def _session(vault: VaultId, hours: int = 1) -> Session:
    return Session(
        digest=bytes(32), vault=vault, kind="web", created=NOON, used=NOON, expires=NOON + timedelta(hours=hours)
    )


async def _saved(at: StoreAt, *values: Code | Session) -> None:
    def save(tx: Tx) -> None:
        for value in values:
            if isinstance(value, Code):
                tx.spaces.save_code(value)
            else:
                tx.spaces.save_session(value)

    await at.store.write(save)


async def test_code_is_one_for_each_purpose(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    await _saved(at, _code(vault), _code(vault, 1))
    assert await at.store.read(lambda tx: tx.spaces.code(vault, "sign-in")) == _code(vault, 1)
    assert await at.store.read(lambda tx: tx.spaces.code(vault, "other")) is None


async def test_spent_try_is_taken_off_the_code(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    await _saved(at, _code(vault))
    await at.store.write(lambda tx: tx.spaces.spend_try(vault, "sign-in"))
    assert await at.store.read(lambda tx: tx.spaces.code(vault, "sign-in")) == _code(vault, tries=4)


async def test_used_code_is_gone_but_still_counted(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    await _saved(at, _code(vault))
    await at.store.write(lambda tx: tx.spaces.drop_code(vault, "sign-in"))
    assert await at.store.read(lambda tx: tx.spaces.code(vault, "sign-in")) is None
    assert await at.store.read(lambda tx: tx.spaces.codes_since(vault, NOON - timedelta(days=1), "sign-in")) == 1


async def test_codes_that_strangers_may_cause_are_counted_each_alone(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    for purpose, minutes in (("activation", 1), ("activation", 2), ("sign-in", 3), ("contact", 4), ("erasure", 5)):
        await _saved(at, replace(_code(vault, minutes), purpose=purpose))
    purposes = ("activation", "sign-in", "contact", "erasure")

    def count(tx: Tx) -> list[int]:
        return [tx.spaces.codes_since(vault, NOON, purpose) for purpose in purposes]

    assert await at.store.read(count) == [2, 1, 2, 2]


async def test_codes_issued_before_the_instant_are_not_counted(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    await _saved(at, *(_code(vault, minutes) for minutes in (0, 5, 9)))
    assert await at.store.read(lambda tx: tx.spaces.codes_since(vault, NOON + timedelta(minutes=1), "sign-in")) == 2


async def test_session_is_found_until_it_is_dropped(at: StoreAt) -> None:
    session = _session(await a_mailbox(at.store))
    await _saved(at, session)
    assert await at.store.read(lambda tx: tx.spaces.session(session.digest)) == session
    await at.store.write(lambda tx: tx.spaces.drop_session(session.digest))
    assert await at.store.read(lambda tx: tx.spaces.session(session.digest)) is None


async def test_sessions_of_a_vault_are_listed_newest_first_and_ended_at_once_but_one(at: StoreAt) -> None:
    vault, other = await a_mailbox(at.store), await a_mailbox(at.store)
    made = [
        replace(_session(vault), digest=bytes([number]) * 32, created=NOON + timedelta(minutes=number))
        for number in (1, 2, 3)
    ]
    stranger = _session(other)
    await _saved(at, *made, stranger)
    assert list(await at.store.read(lambda tx: tx.spaces.sessions_of(vault))) == made[::-1]
    assert await at.store.write(lambda tx: tx.spaces.drop_sessions(vault, made[1].digest)) == 2
    assert list(await at.store.read(lambda tx: tx.spaces.sessions_of(vault))) == [made[1]]
    assert await at.store.read(lambda tx: tx.spaces.session(stranger.digest)) == stranger


async def test_session_saved_again_moves_its_end_but_never_its_owner(at: StoreAt) -> None:
    one, other = await a_mailbox(at.store), await a_mailbox(at.store)
    await _saved(at, _session(one), _session(other, 2))
    assert await at.store.read(lambda tx: tx.spaces.session(bytes(32))) == _session(one, 2)


def _save_code(tx: Tx, code: Code) -> None:
    tx.spaces.save_code(code)


async def test_what_has_expired_is_removed(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    await _saved(at, _session(vault), _code(vault))
    await at.store.write(lambda tx: tx.spaces.drop_expired(NOON + timedelta(days=3)))
    left = await at.store.read(lambda tx: (tx.spaces.session(bytes(32)), tx.spaces.code(vault, "sign-in")))
    assert left == (None, None)


async def test_codes_of_days_before_are_forgotten_with_the_next(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    for days in (0, 1, 3):
        code = replace(_code(vault), issued=NOON + timedelta(days=days))
        await at.store.write(partial(_save_code, code=code))
    assert await at.store.read(lambda tx: tx.spaces.codes_since(vault, NOON - timedelta(days=1), "sign-in")) == 1


async def test_what_has_not_expired_stays(at: StoreAt) -> None:
    vault = await a_mailbox(at.store)
    await _saved(at, _session(vault), _code(vault))
    await at.store.write(lambda tx: tx.spaces.drop_expired(NOON + timedelta(minutes=9)))
    left = await at.store.read(lambda tx: (tx.spaces.session(bytes(32)), tx.spaces.code(vault, "sign-in")))
    assert left == (_session(vault), _code(vault))


# ---------------------------------------------------------------- exchanges


async def test_exchange_saved_again_is_replaced(at: StoreAt) -> None:
    vault = (await a_space(at.store)).vault
    opened = Exchange(DOCTOR, ExchangeState.OPEN, "Dr Camille Exemple", NOON)
    ended = replace(opened, state=ExchangeState.ENDED)
    await at.store.write(lambda tx: tx.exchanges.put(vault, opened))
    await at.store.write(lambda tx: tx.exchanges.put(vault, ended))
    assert await at.store.read(lambda tx: tx.exchanges.get(vault, DOCTOR)) == ended
    assert await at.store.read(lambda tx: tx.exchanges.all_of(vault)) == [ended]


async def test_exchange_of_another_space_is_absent(at: StoreAt) -> None:
    one, other = await a_space(at.store), await a_space(at.store)
    await at.store.write(lambda tx: tx.exchanges.put(one.vault, Exchange(DOCTOR, ExchangeState.OPEN)))
    assert await at.store.read(lambda tx: tx.exchanges.get(other.vault, DOCTOR)) is None


# ---------------------------------------------------------------- digests


async def test_digests_are_equal_for_equal_parts_only(at: StoreAt) -> None:
    digest = at.store.digest
    assert digest("dedupe", b"ab", b"c") == digest("dedupe", b"ab", b"c")
    assert len({digest("dedupe", b"ab", b"c"), digest("dedupe", b"a", b"bc"), digest("other", b"ab", b"c")}) == 3
    assert len(digest("dedupe", b"ab")) == 32
