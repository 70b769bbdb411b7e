"""Passkeys as they are made: a browser is asked, its answer checked and kept, once.

Who may have one made, and when it opens the space, is the caller's: somebody who is signed in, or who activates.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.domain.errors import Conflict
from gateway.domain.mailbox import VaultId
from gateway.domain.passkey import Passkey
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.sign_in.kept_passkeys import user_of
from gateway.services.sign_in.passkey_answers import NewCredential, challenge_of_new, new_credential, site_of
from gateway.services.sign_in.passkey_challenges import PasskeyChallenges
from gateway.services.sign_in.passkey_check import PasskeyQuestion
from gateway.services.sign_in.passkey_options import creation_options

MOST = 20
"""Passkeys of one space."""
_MAX_NAME = 60
_UNNAMED = "Clé d’accès"


@dataclass(frozen=True, slots=True, repr=False)
class MadePasskey:
    """What a device has made and we have checked; kept by `NewPasskeys.keep`."""

    challenge: bytes
    credential: NewCredential


def passkey_name(typed: str, otherwise: str = _UNNAMED) -> str:
    """Read what somebody calls a passkey."""
    return " ".join(typed.split())[:_MAX_NAME] or otherwise


class NewPasskeys:
    """Has passkeys made."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._challenges = PasskeyChallenges(store.digest)

    def ask(self, question: PasskeyQuestion, vault: VaultId, name: str, known: Sequence[bytes] = ()) -> str:
        """Give what a browser makes one with (JSON, WebAuthn §5.4), under the name of an account."""
        challenge = self._challenges.new(question.browser, question.purpose, self._clock.now())
        return creation_options(challenge, site_of(question.origin), user_of(self._store.digest, vault), name, known)

    async def check(self, answer: str, question: PasskeyQuestion) -> MadePasskey | None:
        """Check what the device says; None when it is not right."""
        challenge, now = challenge_of_new(answer), self._clock.now()
        if challenge is None or not self._challenges.is_good(challenge, question.browser, question.purpose, now):
            return None
        made = await self._store.aside(lambda: new_credential(answer, challenge, question.origin))
        return MadePasskey(challenge, made) if made else None

    def keep(self, tx: Tx, vault: VaultId, made: MadePasskey, name: str, now: datetime, waits: bytes = b"") -> bool:
        """Keep one under a name, once; False when it, or its challenge, was used, or there are too many."""
        new = made.credential
        if not self._challenges.spend(tx, made.challenge, vault, now):
            return False
        if len(tx.passkeys.of(vault)) >= MOST or tx.passkeys.get(new.credential) is not None:
            return False
        passkey = Passkey(
            vault=vault,
            credential=new.credential,
            public_key=new.public_key,
            counter=new.counter,
            name=passkey_name(name),
            added=now,
            waits=waits,
        )
        try:
            tx.passkeys.save(passkey)
        except Conflict:  # of a row that somebody bent: it opens nothing, and is not written over
            return False
        return True
