"""A passkey in place of a password, by the person who activates: made before anybody can sign in (F19, E27).

The identifier is chosen all the same: whoever loses the device asks for a password by it. The passkey waits for the
last code, bound to this attempt. It opens nothing before, and nothing at all when another attempt ends first.
"""

from dataclasses import replace

from gateway.domain.account import AwaitedChoice, SecretKind, Space, digest_of
from gateway.domain.activation import ActivationFault, CodeOnItsWay
from gateway.domain.patient_identifier import identifier_fault, plain_identifier
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.sign_in.kept_passkeys import drop_waiting_of
from gateway.services.sign_in.new_passkeys import NewPasskeys
from gateway.services.sign_in.passkey_check import PasskeyQuestion
from gateway.services.space.activation_end import ActivationEnd, IdentifierRefused

_PURPOSE = "activate"


class ActivationPasskeys:
    """The step of « J'active » at which a passkey is made."""

    def __init__(self, store: Store, clock: Clock, end: ActivationEnd) -> None:
        self._clock = clock
        self._end = end
        self._new = NewPasskeys(store, clock)

    async def ask(self, token: str, identifier: str, origin: str) -> str | IdentifierRefused:
        """Give what the browser of an attempt makes a passkey with, as JSON; nothing is kept."""
        name, now = plain_identifier(identifier), self._clock.now()

        def look(tx: Tx, space: Space, choice: AwaitedChoice) -> str | IdentifierRefused:
            fault = identifier_fault(space, name) or self._end.may_be_taken(tx, space, choice, name, now)
            return fault or self._new.ask(PasskeyQuestion(token, _PURPOSE, origin), space.vault, name)

        return await self._end.with_space(token, look, reads=True)

    async def choose(
        self, token: str, identifier: str, answer: str, origin: str, called: str
    ) -> CodeOnItsWay | IdentifierRefused:
        """Keep identifier and passkey aside, and send the last code; they open nothing before it is right."""
        name, now = plain_identifier(identifier), self._clock.now()
        made = await self._new.check(answer, PasskeyQuestion(token, _PURPOSE, origin))

        def take(tx: Tx, space: Space, choice: AwaitedChoice) -> CodeOnItsWay | IdentifierRefused:
            fault = identifier_fault(space, name) or self._end.may_be_taken(tx, space, choice, name, now)
            if fault is not None:
                return fault
            drop_waiting_of(tx, space.vault, token)
            if made is None or not self._new.keep(tx, space.vault, made, called, now, digest_of(token)):
                return ActivationFault.PASSKEY
            chosen = replace(choice, login=name, kind=SecretKind.NONE, secret=b"")
            return self._end.take(tx, space, chosen, token, now)

        return await self._end.taken(token, take)
