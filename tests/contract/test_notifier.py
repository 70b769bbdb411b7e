"""Telling people outside the gateway: whom, by which way, once each."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from gateway.domain.account import Space
from gateway.domain.errors import NoticeDeferred
from gateway.domain.identity import BirthDate
from gateway.domain.local_days import PLACE
from gateway.domain.mandates import MandateKind, MandateState
from gateway.domain.notices import Channel, NoticeKind
from gateway.domain.outbox import Step
from gateway.domain.space import SpaceState
from gateway.domain.step_payloads import NotifyApart, NotifyOfDocument, NotifyPatient, Payload, SendCode, TellHolder
from gateway.notices.files import FileNotices
from gateway.services.outbox.steps import Handler
from gateway.services.space.notices import Notifier
from tests.builders.family import a_mandate
from tests.builders.store import NOON, StoreAt, a_number, a_space, move_space

MESSAGE = TellHolder(kind=NoticeKind.MESSAGE)
TEN_MINUTES = timedelta(minutes=10)
GIVEN = {"code": "592009", "life": "10 minutes"}


def by(channel: Channel) -> TellHolder:
    """Give the notice of a message by one channel only."""
    return TellHolder(kind=NoticeKind.MESSAGE, channel=channel)


class Telling:
    """A notifier whose notices are files of a folder."""

    def __init__(self, at: StoreAt, folder: Path) -> None:
        self._folder = folder
        self._at = at
        self._notifier = Notifier(at.store, at.clock, FileNotices(folder, at.clock), timedelta(minutes=10))

    async def told(self, space: Space, payload: Payload, times: int = 1) -> list[Mapping[str, str]]:
        """Do the step of a space as often as said; give every notice that is there then."""
        await self._at.store.write(lambda tx: tx.spaces.save(space))
        step = Step(vault=space.vault, id=a_number(), payload=payload, due=NOON)
        for _ in range(times):
            await self._handler(payload)(step)
        return [orjson.loads(file.read_bytes()) for file in self._folder.iterdir()]

    def _handler(self, payload: Payload) -> Handler:
        if isinstance(payload, NotifyApart):
            return self._notifier.notify_apart
        return self._notifier.tell if isinstance(payload, TellHolder) else self._notifier.notify


@pytest.fixture
def telling(at: StoreAt, tmp_path: Path) -> Telling:
    """Give a notifier over an empty folder."""
    return Telling(at, tmp_path / "notices")


async def test_holder_is_told_by_e_mail(at: StoreAt, telling: Telling) -> None:
    (notice,) = await telling.told(await a_space(at.store), MESSAGE)
    assert (notice["channel"], notice["to"], notice["kind"]) == ("email", "jeanne@courriel.example", "message")
    assert notice["at"] == NOON.isoformat()
    assert "code" not in notice


async def test_notice_that_the_disk_does_not_take_is_put_off(at: StoreAt, telling: Telling, tmp_path: Path) -> None:
    space = await a_space(at.store)
    (tmp_path / "notices").rmdir()
    with pytest.raises(NoticeDeferred):
        await telling.told(space, MESSAGE)
    (tmp_path / "notices").mkdir()
    assert len(await telling.told(space, MESSAGE)) == 1


@pytest.mark.parametrize(
    "code",
    [
        SendCode(code="592009", until=NOON + TEN_MINUTES),
        TellHolder(kind=NoticeKind.ERASURE_CODE, values=GIVEN, until=NOON + TEN_MINUTES),
        TellHolder(kind=NoticeKind.CONTACT_CODE, values=GIVEN, until=NOON + TEN_MINUTES, to="jeanne@courriel.example"),
    ],
)
@pytest.mark.parametrize(("late", "count"), [(timedelta(0), 1), (TEN_MINUTES, 0)])
async def test_code_that_is_over_is_not_sent_any_more(
    at: StoreAt, telling: Telling, code: Payload, late: timedelta, count: int
) -> None:
    space = await a_space(at.store)
    at.clock.advance(NOON - at.clock.now() + late)
    assert len(await telling.told(space, code)) == count


async def test_holder_without_an_e_mail_address_is_told_by_sms(at: StoreAt, telling: Telling) -> None:
    space = replace(await a_space(at.store), email="", phone="+33600000001")
    (notice,) = await telling.told(space, MESSAGE)
    assert (notice["channel"], notice["to"]) == ("sms", "+33600000001")


async def test_step_that_is_done_twice_tells_once(at: StoreAt, telling: Telling) -> None:
    assert len(await telling.told(await a_space(at.store), MESSAGE, times=2)) == 1


async def test_holder_without_any_contact_is_not_told(at: StoreAt, telling: Telling) -> None:
    assert await telling.told(replace(await a_space(at.store), email=""), MESSAGE) == []


async def test_asked_channel_that_the_holder_does_not_have_is_not_replaced_by_another(
    at: StoreAt, telling: Telling
) -> None:
    assert await telling.told(await a_space(at.store), by(Channel.SMS)) == []


async def test_contact_of_the_step_is_told_when_the_space_has_none(at: StoreAt, telling: Telling) -> None:
    gone = replace(await a_space(at.store, SpaceState.ERASED), email="")
    payload = TellHolder(kind=NoticeKind.MESSAGE, to="+33600000002", channel=Channel.SMS)
    (notice,) = await telling.told(gone, payload)
    assert (notice["channel"], notice["to"]) == ("sms", "+33600000002")


@pytest.mark.parametrize("payload", [MESSAGE, NotifyPatient()])
async def test_kind_that_was_switched_off_is_not_told(at: StoreAt, telling: Telling, payload: Payload) -> None:
    assert await telling.told(replace(await a_space(at.store), muted=("message",)), payload) == []


async def test_kinds_are_switched_off_one_by_one(at: StoreAt, telling: Telling) -> None:
    space = replace(await a_space(at.store), muted=("message",))
    (notice,) = await telling.told(space, NotifyOfDocument())
    assert notice["kind"] == "document"


async def test_code_is_sent_whatever_was_switched_off(at: StoreAt, telling: Telling) -> None:
    space = replace(await a_space(at.store), muted=("message", "code"))
    (notice,) = await telling.told(space, SendCode(code="592009"))
    assert notice["code"] == "592009"
    assert "592009" in notice["text"]


@pytest.mark.parametrize(("payload", "count"), [(MESSAGE, 1), (NotifyPatient(), 0)])
async def test_what_happened_to_a_closed_space_is_told_and_its_messages_are_not(
    at: StoreAt, telling: Telling, payload: Payload, count: int
) -> None:
    assert len(await telling.told(await a_space(at.store, SpaceState.CLOSED), payload)) == count


# ---------------------------------------------------------------- children


async def _child(at: StoreAt, born: date = date(2015, 3, 2), **mothers: str) -> Space:
    """Give a child whose mother has a space; `mothers` are fields of hers."""
    mother = replace(await a_space(at.store), **({"email": "mere@courriel.example"} | mothers))  # type: ignore[arg-type]  # fields of the caller
    await at.store.write(lambda tx: tx.spaces.save(mother))
    space = await a_space(at.store, given_names=("LÉO",), email="leo@courriel.example")
    traits = replace(space.identity.traits, birth_date=BirthDate(born.year, born.month, born.day))
    return replace(
        space, identity=replace(space.identity, traits=traits), guardians=(mother.identity.ins.value,)
    )


@pytest.mark.parametrize(
    "payload",
    [NotifyPatient(), NotifyOfDocument(), TellHolder(kind=NoticeKind.PASSWORD_CHANGED), by(Channel.EMAIL)],
)
async def test_notice_of_a_child_goes_to_the_representative_and_names_the_child(
    at: StoreAt, telling: Telling, payload: Payload
) -> None:
    (notice,) = await telling.told(await _child(at), payload)
    assert notice["to"] == "mere@courriel.example"
    assert notice["text"].startswith("Cet avis est pour Léo. Vous le recevez en tant que représentant légal.")


async def test_sms_about_a_child_says_whose_space_it_is(at: StoreAt, telling: Telling) -> None:
    (notice,) = await telling.told(await _child(at, email="", phone="+33600000003"), NotifyPatient())
    assert (notice["to"], notice["text"][:21]) == ("+33600000003", "Espace santé de Léo. ")


@pytest.mark.parametrize(
    "payload",
    [SendCode(code="592009"), TellHolder(kind=NoticeKind.ERASURE_CODE, values={"code": "1", "life": "10 minutes"})],
)
async def test_code_of_a_childs_space_goes_to_the_contact_that_was_confirmed_for_it(
    at: StoreAt, telling: Telling, payload: Payload
) -> None:
    (notice,) = await telling.told(await _child(at), payload)
    assert notice["to"] == "leo@courriel.example"
    assert "Léo" not in notice["text"]


@pytest.mark.parametrize(
    ("born", "to"), [("2008-11-23", "leo@courriel.example"), ("2008-11-24", "mere@courriel.example")]
)
async def test_from_the_eighteenth_birthday_the_person_is_told(
    at: StoreAt, telling: Telling, born: str, to: str
) -> None:
    at.clock.advance(datetime(2026, 11, 23, tzinfo=PLACE) - at.clock.now())
    (notice,) = await telling.told(await _child(at, date.fromisoformat(born)), MESSAGE)
    assert notice["to"] == to


async def test_child_whose_representative_died_is_told_at_its_own_contact(at: StoreAt, telling: Telling) -> None:
    child = await _child(at)
    (mother,) = await at.store.read(lambda tx: tx.spaces.with_number(child.guardians[0]))
    await at.store.write(lambda tx: move_space(tx, mother.vault, SpaceState.DECEASED))
    (notice,) = await telling.told(child, MESSAGE)
    assert notice["to"] == "leo@courriel.example"


# ---------------------------------------------------------------- what is not for representatives


APART = NotifyApart(kind=NoticeKind.DOCUMENT)


async def test_what_is_not_for_representatives_is_told_to_the_holder_alone(at: StoreAt, telling: Telling) -> None:
    child = replace(await _child(at), identifier="leo.dupont")
    (notice,) = await telling.told(child, APART)
    assert (notice["to"], notice["kind"], "Léo" in notice["text"]) == ("leo@courriel.example", "document", False)
    assert len(await telling.told(await a_space(at.store), APART)) == 2


@pytest.mark.parametrize("changes", [{}, {"identifier": "leo.dupont", "email": "mere@courriel.example"}])
async def test_child_without_a_contact_of_their_own_is_not_told_of_it(
    at: StoreAt, telling: Telling, changes: dict[str, str]
) -> None:
    assert await telling.told(replace(await _child(at), **changes), APART) == []  # type: ignore[arg-type]  # fields of a space


@pytest.mark.parametrize("state", [MandateState.ACCEPTED, MandateState.ENDED])
async def test_contact_of_whoever_represents_or_did_is_not_the_holders_own(
    at: StoreAt, telling: Telling, state: MandateState
) -> None:
    tutor, person = await a_space(at.store, email="tuteur@courriel.example"), await a_space(at.store)
    await a_mandate(at.store, person, tutor, MandateKind.TUTELLE, state)
    assert await telling.told(replace(person, email=tutor.email), APART) == []
    (notice,) = await telling.told(replace(person, email=tutor.email, phone="+33600000009"), APART)
    assert notice["to"] == "+33600000009"


@pytest.mark.parametrize("muted", [("document",), ()])
async def test_kind_that_is_switched_off_is_not_told_apart_either(
    at: StoreAt, telling: Telling, muted: tuple[str, ...]
) -> None:
    assert len(await telling.told(replace(await a_space(at.store), muted=muted), APART)) == (0 if muted else 1)
