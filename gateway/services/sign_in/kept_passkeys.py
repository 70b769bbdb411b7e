"""The passkeys that open a space, inside the caller's transaction; and what their devices know a person by."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime

from gateway.domain.access import Actor
from gateway.domain.account import digest_of
from gateway.domain.mailbox import VaultId
from gateway.domain.passkey import Passkey
from gateway.ports.store import Tx


def user_of(digest: Callable[..., bytes], vault: VaultId) -> bytes:
    """Give the user handle of a space, by which nobody looks anybody up (WebAuthn §14.6.1); `digest` is keyed."""
    return digest("passkey-user", vault.to_bytes(8, "big"))[:32]


def passkeys_of(tx: Tx, vault: VaultId) -> Sequence[Passkey]:
    """Give those that open a space, the oldest first; not those of an activation that has not ended."""
    return [passkey for passkey in tx.passkeys.of(vault) if not passkey.waits]


def drop_passkeys(tx: Tx, actor: Actor, passkeys: Sequence[Passkey], now: datetime) -> None:
    """Take some away, each with its line of the trace."""
    for passkey in passkeys:
        tx.passkeys.drop(passkey.credential)
        tx.audit.append(actor.vault, actor.event(now, "passkey.removed"))


def drop_waiting(tx: Tx, vault: VaultId, going_on: Collection[bytes] = ()) -> None:
    """Take those away that wait for the end of an activation, but not of those with one of these digests."""
    for passkey in tx.passkeys.of(vault):
        if passkey.waits and passkey.waits not in going_on:
            tx.passkeys.drop(passkey.credential)


def drop_waiting_of(tx: Tx, vault: VaultId, token: str) -> None:
    """Take away what waits for the end of the activation of that token: somebody chooses anew there."""
    for passkey in tx.passkeys.of(vault):
        if passkey.waits == digest_of(token):
            tx.passkeys.drop(passkey.credential)


def is_waiting(tx: Tx, vault: VaultId, token: str) -> bool:
    """Say whether one was made in the activation of that token."""
    return any(passkey.waits == digest_of(token) for passkey in tx.passkeys.of(vault))


def keep_waiting(tx: Tx, vault: VaultId, token: str, now: datetime) -> bool:
    """Let the one that was made in the activation of that token open the space, and no other; False when none was.

    Whoever activates again, after closing, chooses anew what opens the space: earlier ones go, as the password does.
    """
    kept = False
    for passkey in tx.passkeys.of(vault):
        if passkey.waits == digest_of(token):
            tx.passkeys.save(replace(passkey, waits=b"", added=now))
            kept = True
        else:
            tx.passkeys.drop(passkey.credential)
    return kept
