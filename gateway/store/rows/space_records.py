"""What is sealed of a patient's space, and the space that it is read back to."""

from datetime import date, datetime

from gateway.domain.account import PostalAddress, Space
from gateway.domain.address import PatientAddress
from gateway.domain.identity import BirthDate, Ins, PatientIdentity, Sex, Traits
from gateway.domain.mailbox import VaultId
from gateway.domain.space import SpaceState
from gateway.store.rows.awaited_choices import awaited_choice, awaited_record
from gateway.store.seal.records import SpaceRecord


def space_record(space: Space) -> SpaceRecord:
    """Give what is sealed of a space; its state is a column beside it."""
    identity, traits = space.identity, space.identity.traits
    return SpaceRecord(
        domain=space.address.domain,
        number="" if space.address.ins == identity.ins else space.address.ins.value,
        ins=identity.ins.value,
        ins_oid=identity.ins_oid,
        earlier=identity.earlier,
        birth_name=traits.birth_name,
        given_names=traits.given_names,
        used_name=traits.used_name,
        sex=traits.sex.value,
        birth_date=str(traits.birth_date) if traits.birth_date else "",
        email=space.email, phone=space.phone,
        scheme=space.scheme,
        birth_place=space.birth_place,
        birth_country=space.birth_country,
        postal_lines=space.postal.lines,
        postal_code=space.postal.postal_code,
        city=space.postal.city,
        country=space.postal.country,
        card_serials=space.card_serials,
        guardians=space.guardians,
        identifier=space.identifier,
        notified_on=_written(space.notified_on),
        letter_on=_written(space.letter_on),
        changed_on=_written(space.changed_on),
        before=tuple((state.value, _written(day)) for state, day in space.before),
        erase_on=_written(space.erase_on),
        of_age=space.of_age,
        opening_stopped=space.opening_stopped,
        terms=space.terms,
        terms_at=_written(space.terms_at),
        muted=space.muted,
        hides_documents=space.hides_documents, hides_care=space.hides_care, added_bytes=space.added_bytes,
        delays=space.delays, carers_until=_written(space.carers_until),
        awaited=tuple(map(awaited_record, space.awaited)),
    )


def space_of(vault: VaultId, state: SpaceState, record: SpaceRecord) -> Space:
    """Give the space of a vault from its state and what was sealed of it."""
    ins = Ins.parse(record.ins)
    traits = Traits(
        birth_name=record.birth_name,
        given_names=record.given_names,
        sex=Sex(record.sex),
        birth_date=BirthDate.parse(record.birth_date) if record.birth_date else None,
        used_name=record.used_name,
    )
    return Space(
        vault=vault,
        address=PatientAddress(Ins.parse(record.number) if record.number else ins, record.domain),
        identity=PatientIdentity(ins, record.ins_oid, traits, record.earlier),
        state=state,
        email=record.email, phone=record.phone,
        postal=PostalAddress(record.postal_lines, record.postal_code, record.city, record.country),
        birth_place=record.birth_place,
        birth_country=record.birth_country,
        card_serials=record.card_serials,
        guardians=record.guardians,
        scheme=record.scheme,
        identifier=record.identifier,
        notified_on=_day(record.notified_on),
        letter_on=_day(record.letter_on),
        changed_on=_day(record.changed_on),
        before=tuple((SpaceState(state), _day(day)) for state, day in record.before),
        erase_on=_day(record.erase_on),
        of_age=record.of_age,
        opening_stopped=record.opening_stopped,
        terms=record.terms,
        terms_at=datetime.fromisoformat(record.terms_at) if record.terms_at else None,
        muted=record.muted,
        hides_documents=record.hides_documents, hides_care=record.hides_care, added_bytes=record.added_bytes,
        delays=record.delays, carers_until=_day(record.carers_until),
        awaited=tuple(map(awaited_choice, record.awaited)),
    )


def _written(day: date | datetime | None) -> str:
    return day.isoformat() if day else ""


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
