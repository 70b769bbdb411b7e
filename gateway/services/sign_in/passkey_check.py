"""What a passkey answers, judged: for signing in, and for showing once more who one is.

Answers are judged in turns of their own (`SignInGuard` under another name): who guesses passwords keeps nobody with a
passkey waiting, and wrong answers slow down no password. A passkey that we know has places of its own there.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from gateway.domain.mailbox import VaultId
from gateway.domain.passkey import Passkey
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.sign_in.kept_passkeys import user_of
from gateway.services.sign_in.passkey_answers import Challenged, challenged, counter_of, site_of
from gateway.services.sign_in.passkey_challenges import PasskeyChallenges
from gateway.services.sign_in.passkey_options import request_options
from gateway.services.sign_in.patient_sign_in import SignInFault
from gateway.services.sign_in.sign_in_guard import GuardedAttempt, SignInGuard
from gateway.services.sign_in.sign_in_trace import SignInTrace

GUARD = "guard.passkey"
"""The name of the guard that gives these turns."""
_FACE = "web"


@dataclass(frozen=True, slots=True, repr=False)
class PasskeyQuestion:
    """Who is asked and what for: a browser, known by a secret that only it has; a purpose; the origin of the pages."""

    browser: str
    purpose: str
    origin: str


@dataclass(frozen=True, slots=True, repr=False)
class CheckedPasskey:
    """A passkey whose answer is right; used up by `PasskeyCheck.use`."""

    passkey: Passkey
    counter: int
    challenge: bytes


class PasskeyCheck:
    """Asks browsers for passkeys, and judges what they answer."""

    def __init__(self, store: Store, clock: Clock, trace: SignInTrace, guard: SignInGuard) -> None:
        self._store = store
        self._clock = clock
        self._trace = trace
        self._guard = guard
        self._challenges = PasskeyChallenges(store.digest)

    def ask(self, question: PasskeyQuestion) -> str:
        """Give what a browser is asked with (JSON, WebAuthn §5.5)."""
        challenge = self._challenges.new(question.browser, question.purpose, self._clock.now())
        return request_options(challenge, site_of(question.origin))

    async def check(self, answer: str, question: PasskeyQuestion, source: str) -> CheckedPasskey | SignInFault:
        """Judge an answer in its turn; a wrong one counts against the network that it comes from."""
        asked = challenged(answer)
        if asked is None or not self._is_good(asked.challenge, question):
            return SignInFault.CODE_EXPIRED
        passkey = await self._known(asked)
        credential = asked.credential.hex()[:200]
        attempt = GuardedAttempt(
            face=_FACE, source=source, account=credential, device=credential if passkey else ""
        )
        async with self._guard.turn(attempt) as turn:
            if turn.is_busy:
                return SignInFault.TOO_MANY_ATTEMPTS
            counter = await self._counter(answer, passkey, asked, question.origin) if passkey else None
            if passkey is not None and counter is not None:
                turn.succeeded()
                return CheckedPasskey(passkey, counter, asked.challenge)
            turn.failed()
        self._trace.failed(passkey.vault if passkey else None, _FACE, source)
        return SignInFault.WRONG_CREDENTIALS

    def use(self, tx: Tx, checked: CheckedPasskey, now: datetime) -> SignInFault | None:
        """Use a right answer up, once, and note the use; what was read may have changed meanwhile."""
        passkey = checked.passkey
        if tx.passkeys.get(passkey.credential) != passkey:
            return SignInFault.WRONG_CREDENTIALS
        if not self._challenges.spend(tx, checked.challenge, passkey.vault, now):
            return SignInFault.CODE_EXPIRED
        tx.passkeys.save(replace(passkey, counter=checked.counter, used=now))
        return None

    def _is_good(self, challenge: bytes, question: PasskeyQuestion) -> bool:
        return self._challenges.is_good(challenge, question.browser, question.purpose, self._clock.now())

    async def _known(self, asked: Challenged) -> Passkey | None:
        passkey = await self._store.read(lambda tx: tx.passkeys.get(asked.credential))
        if passkey is None or passkey.waits or asked.user not in (b"", self._user(passkey.vault)):
            return None
        return passkey

    async def _counter(self, answer: str, passkey: Passkey, asked: Challenged, origin: str) -> int | None:
        return await self._store.aside(lambda: counter_of(answer, passkey, asked.challenge, origin))

    def _user(self, vault: VaultId) -> bytes:
        return user_of(self._store.digest, vault)
