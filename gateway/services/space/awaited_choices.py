"""What an attempt to activate has chosen, kept aside in the space until the attempt ends; and its move into place.

A choice is found by the token of its attempt only, so that two attempts never mix. Until the end the space, its contact
and what opens it are as they were: whoever gives up has lost nothing. What an attempt has that is over is cleared away
when another one chooses, when one ends, and within the hour (`attempt_over`).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from gateway.domain.account import Account, AwaitedChoice, Space, digest_of
from gateway.domain.errors import NotFound
from gateway.domain.mailbox import VaultId
from gateway.ports.store import Tx
from gateway.services.sign_in.free_logins import release, reserve, take_login
from gateway.services.sign_in.kept_passkeys import drop_waiting
from gateway.services.space.activation_attempts import CHOSEN, attempt_row

MOST = 16
"""Attempts that a space keeps the choices of; another one puts out the earliest, which begins again."""


def choice_in(tx: Tx, space: Space, token: str) -> AwaitedChoice:
    """Give what an attempt that goes on has chosen so far, in this space."""
    digest, row = digest_of(token), tx.spaces.session(attempt_row(token))
    if row is None:
        raise NotFound("this attempt is over")
    found = next((choice for choice in space.awaited if choice.attempt == digest), None)
    return found or AwaitedChoice(attempt=digest, until=row.expires)


def as_chosen(space: Space, choice: AwaitedChoice) -> Space:
    """Give a space as it will be when the attempt ends; never to be saved before."""
    return replace(
        space,
        email=choice.email or space.email,
        phone=choice.phone or space.phone,
        terms=choice.terms or space.terms,
        terms_at=choice.terms_at if choice.terms else space.terms_at,
    )


def keep_choice(tx: Tx, space: Space, choice: AwaitedChoice, now: datetime) -> None:
    """Keep what an attempt has chosen in place of what it had chosen before; its login `is_free`."""
    others = [other for other in space.awaited if other.attempt != choice.attempt and other.until > now]
    if choice.login:
        reserve(tx, choice.login, space.vault, now)
    _keep(tx, space, [*others[-(MOST - 1) :], choice])


def put_in_place(tx: Tx, space: Space, choice: AwaitedChoice, now: datetime) -> dict[str, Any]:
    """Let a space be signed in to with what the attempt chose, and nothing else; give the fields that change.

    Whoever calls it saves them in the same transaction. All else that is awaited is forgotten.
    """
    _release(tx, space, [choice])
    if space.identifier and space.identifier != choice.login:
        tx.spaces.drop_account(space.identifier)
    take_login(tx, Account(choice.login, space.vault, choice.kind, choice.secret), now)
    chosen = as_chosen(space, choice)
    fields = {name: getattr(chosen, name) for name in ("email", "phone", "terms", "terms_at")}
    return fields | {"identifier": choice.login, "awaited": ()}


def forget_choices(tx: Tx, space: Space) -> None:
    """Forget all that is awaited; its caller ends the attempts."""
    _keep(tx, space, [])


def attempt_over(tx: Tx, vault: VaultId, kind: str, now: datetime) -> None:
    """Forget what attempts have chosen that are over, once the row of one has expired; `kind` is that of the row."""
    if kind != CHOSEN:
        return
    try:
        space = tx.spaces.space(vault)
    except NotFound:
        return
    going_on = [choice for choice in space.awaited if choice.until > now]
    if len(going_on) < len(space.awaited):
        _keep(tx, space, going_on)


def _keep(tx: Tx, space: Space, awaited: Sequence[AwaitedChoice]) -> None:
    _release(tx, space, awaited)
    drop_waiting(tx, space.vault, [choice.attempt for choice in awaited])
    if tuple(awaited) != space.awaited:
        tx.spaces.save(replace(space, awaited=tuple(awaited)))


def _release(tx: Tx, space: Space, kept: Sequence[AwaitedChoice]) -> None:
    for login in {choice.login for choice in space.awaited} - {choice.login for choice in kept}:
        if login:
            release(tx, login, space.vault)
