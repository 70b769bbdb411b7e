"""Signing in by a passkey, which is enough: without password or code (A1, E27).

A device checks who holds it before it answers (fingerprint, face or its own code): it is two proofs in one.
"""

from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.actors import holder_of
from gateway.services.outbox.steps import add_step
from gateway.services.random_numbers import random_number
from gateway.services.sign_in.known_devices import KnownDevices
from gateway.services.sign_in.passkey_check import PasskeyCheck, PasskeyQuestion
from gateway.services.sign_in.patient_sign_in import PatientSignedIn, SignInFault, comes_in, new_device

_PURPOSE, _FACE = "get", "web"


class PasskeySignIn:
    """Signs in by passkeys."""

    def __init__(self, store: Store, clock: Clock, check: PasskeyCheck) -> None:
        self._store = store
        self._clock = clock
        self._check = check
        self._devices = KnownDevices(store.digest, clock)

    def ask(self, visit: str, origin: str) -> str:
        """Give what a browser, known by the secret of its visit, is asked with (JSON, WebAuthn §5.5)."""
        return self._check.ask(PasskeyQuestion(visit, _PURPOSE, origin))

    async def sign_in(
        self, answer: str, visit: str, origin: str, source: str, device: str, browser: str
    ) -> PatientSignedIn | SignInFault:
        """Sign in by an answer; `device` and `browser` as for `PatientSignIn.verify`."""
        now, number = self._clock.now(), random_number()
        checked = await self._check.check(answer, PasskeyQuestion(visit, _PURPOSE, origin), source)
        if isinstance(checked, SignInFault):
            return checked

        def enter(tx: Tx) -> PatientSignedIn | SignInFault:
            space = tx.spaces.space(checked.passkey.vault)
            fault = self._check.use(tx, checked, now)
            if fault is not None or not comes_in(space):
                return fault or SignInFault.WRONG_CREDENTIALS
            holder = holder_of(space, _FACE)
            tx.audit.append(space.vault, holder.event(now, "sign-in", detail=f"{_FACE} passkey {source}"))
            if browser and not self._devices.device_of(device, space.vault):
                tx.audit.append(space.vault, holder.event(now, "sign-in.new-device", detail=browser))
                add_step(tx, new_device(space.vault, browser, number, now))
            return PatientSignedIn(space)

        return await self._store.write(enter)
