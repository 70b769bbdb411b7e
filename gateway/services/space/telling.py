"""Have a person told of what happened to their space, in the transaction in which it happens."""

from datetime import datetime

from gateway.domain.mailbox import VaultId
from gateway.domain.notices import Channel, NoticeKind
from gateway.domain.outbox import Step
from gateway.domain.step_payloads import TellHolder
from gateway.ports.store import Tx
from gateway.services.outbox.steps import add_step
from gateway.services.random_numbers import random_number


def tell_holder(
    tx: Tx, vault: VaultId, kind: NoticeKind, now: datetime, *, ends: datetime | None = None, **values: str
) -> None:
    """Leave the step that tells the holder; `values` are what its text names; `ends` is until when that is good."""
    told = TellHolder(kind=kind, values=values, until=ends)
    add_step(tx, Step(vault=vault, id=random_number(), payload=told, due=now))


def tell_contact(
    tx: Tx, vault: VaultId, contact: tuple[Channel, str] | None, kind: NoticeKind, now: datetime, **values: str
) -> None:
    """Leave the step that tells of it at a contact, whatever the space says by then; nothing where there is none."""
    if contact is not None:
        told = TellHolder(kind=kind, values=values, channel=contact[0], to=contact[1])
        add_step(tx, Step(vault=vault, id=random_number(), payload=told, due=now))
