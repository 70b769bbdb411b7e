"""A patient signs in with identifier and password, then a single-use code (A1, F19).

Unknown identifier, wrong password and no password at all are one answer after the same work. A code is six digits,
good once, for ten minutes, five tries; ten codes a day that nobody uses, ten more from a browser that was there before.
Passwords are checked in turns that `sign_in_guard` gives.
"""

import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from gateway.domain.account import Account, Code, SecretKind, Session, Space, digest_of
from gateway.domain.audit import AuditEvent
from gateway.domain.mailbox import VaultId
from gateway.domain.notices import NoticeKind
from gateway.domain.outbox import Step
from gateway.domain.space import may_come_back, may_sign_in
from gateway.domain.step_payloads import SendCode, TellHolder
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.actors import holder_of
from gateway.services.outbox.steps import add_step
from gateway.services.random_numbers import random_number
from gateway.services.sign_in.known_devices import KnownDevices
from gateway.services.sign_in.password_hashes import NOBODY, hashed, is_right
from gateway.services.sign_in.sign_in_guard import GuardedAttempt, SignInGuard
from gateway.services.sign_in.sign_in_trace import SignInTrace

_PENDING, _PURPOSE, _FACE = "pending", "sign-in", "web"
_UNPROVED = "unknown"
"""Who acts before the code is right, as the trace says it."""


class SignInFault(Enum):
    """Why a step of signing in is refused."""

    WRONG_CREDENTIALS = "wrong_credentials"
    WRONG_CODE = "wrong_code"
    CODE_EXPIRED = "code_expired"
    TOO_MANY_ATTEMPTS = "too_many_attempts"
    TOO_MANY_CODES = "too_many_codes"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInSettings:
    """Limits of signing in; the demonstration widens them."""

    code_lifetime: timedelta = timedelta(minutes=10)
    code_tries: int = 5
    codes_a_day: int = 10


@dataclass(frozen=True, slots=True, repr=False)
class CodeIssued:
    """A code is on its way; `pending` names this attempt."""

    pending: str
    masked_contact: str


@dataclass(frozen=True, slots=True, repr=False)
class PatientSignedIn:
    """Whose space was opened."""

    space: Space


class PatientSignIn:
    """Checks passwords and codes of patients."""

    def __init__(
        self, store: Store, clock: Clock, settings: SignInSettings, trace: SignInTrace, guard: SignInGuard
    ) -> None:
        self._store = store
        self._clock = clock
        self._settings = settings
        self._trace = trace
        self._guard = guard
        self._devices = KnownDevices(store.digest, clock)

    @property
    def code_lifetime(self) -> timedelta:
        """Give how long a code may be used."""
        return self._settings.code_lifetime

    async def set_password(self, vault: VaultId, identifier: str, password: str) -> None:
        """Give a space its identifier and password."""
        account = await self.account_with(vault, identifier, password)

        def keep(tx: Tx) -> None:
            tx.spaces.save_account(account)
            tx.spaces.save(replace(tx.spaces.space(vault), identifier=account.login))

        await self._store.write(keep)

    async def account_with(self, vault: VaultId, identifier: str, password: str) -> Account:
        """Make what a space is signed in to with; whoever saves it has it written."""
        secret = await self._store.aside(lambda: hashed(password))
        return Account(identifier.lower(), vault, SecretKind.CHOSEN, secret)

    async def sign_in(
        self, identifier: str, password: str, source: str, device: str = ""
    ) -> CodeIssued | SignInFault:
        """Check the password and send a code; when too many wait for their check, refuse.

        `device` is what `known_device` once gave to this browser.
        """
        known = await self._device(identifier, device) if device else ""
        attempt = GuardedAttempt(face=_FACE, source=source, account=identifier, secret=password, device=known)
        async with self._guard.turn(attempt) as turn:
            if turn.is_busy:
                return SignInFault.TOO_MANY_ATTEMPTS
            vault, space = await self._space_of(identifier, password)
            if space is None:
                turn.failed()
            else:
                turn.succeeded()
        if space is None:
            self._trace.failed(vault, _FACE, source)
            return SignInFault.WRONG_CREDENTIALS
        return await self._issue(space, self._clock.now(), source, is_known=bool(known))

    def known_device(self, device: str, vault: VaultId) -> str:
        """Give what a browser keeps after a full sign-in, for a place of its own at the next one."""
        return self._devices.with_account(device, vault)

    async def _device(self, identifier: str, device: str) -> str:
        account = await self._store.read(lambda tx: tx.spaces.account(identifier))
        return self._devices.device_of(device, account.vault) if account else ""

    async def _space_of(self, identifier: str, password: str) -> tuple[VaultId | None, Space | None]:
        """Find the account, and the active space that the password opens; a wrong one costs the same work."""

        def look(tx: Tx) -> tuple[VaultId | None, Account | None, Space | None]:
            account = tx.spaces.account(identifier)
            if account is None or account.kind is not SecretKind.CHOSEN:
                return account.vault if account else None, None, None
            return account.vault, account, tx.spaces.space(account.vault)

        vault, account, space = await self._store.read(look)
        secret = account.secret if account else NOBODY
        right = await self._store.aside(lambda: is_right(password, secret))
        return vault, space if space and right and comes_in(space) else None

    async def _issue(self, space: Space, now: datetime, source: str, *, is_known: bool) -> CodeIssued | SignInFault:
        settings, vault = self._settings, space.vault
        # Whoever has only the password cannot use up what is left to the browsers of its holder.
        limit = settings.codes_a_day * (2 if is_known else 1)
        pending, digits = secrets.token_urlsafe(24), f"{secrets.randbelow(1_000_000):06}"
        expires = now + settings.code_lifetime
        attempt = Session(digest=digest_of(pending), vault=vault, kind=_PENDING, created=now, used=now, expires=expires)
        code = Code(
            vault=vault,
            purpose=_PURPOSE,
            digest=self._code_digest(attempt, digits),
            issued=now,
            expires=expires,
            tries_left=settings.code_tries,
        )
        # Due before everything that waits: a person looks at the page until it comes (F8).
        first = now - timedelta(days=1)
        notice = Step(vault=vault, id=random_number(), payload=SendCode(code=digits, until=expires), due=first)
        sent = AuditEvent(at=now, actor=_UNPROVED, action="sign-in.code", outcome="sent", detail=f"{_FACE} {source}")

        def issue(tx: Tx) -> bool:
            if tx.spaces.codes_since(vault, now - timedelta(days=1), _PURPOSE) >= limit:
                return False
            tx.spaces.save_code(code)
            tx.spaces.save_session(attempt)
            add_step(tx, notice)
            tx.audit.append(vault, sent)
            return True

        if not await self._store.write(issue):
            self._trace.failed(vault, f"{_FACE}, too many codes", source)
            return SignInFault.TOO_MANY_CODES
        return CodeIssued(pending, masked(space))

    async def verify(
        self, pending: str, digits: str, source: str, device: str = "", browser: str = ""
    ) -> PatientSignedIn | SignInFault:
        """Spend the code of an attempt; right once only.

        Whoever comes with a `device` that this account has not signed in on is told to its holder as `browser`, words
        of a fixed list.
        """
        now, digest, number = self._clock.now(), digest_of(pending), random_number()

        def check(tx: Tx) -> tuple[PatientSignedIn | SignInFault, VaultId | None]:
            attempt = tx.spaces.session(digest)
            if attempt is None or attempt.kind != _PENDING:
                return SignInFault.CODE_EXPIRED, None
            if attempt.expires <= now:
                return SignInFault.CODE_EXPIRED, attempt.vault
            code = tx.spaces.code(attempt.vault, _PURPOSE)
            # A code belongs to the attempt it was issued in: a later attempt replaces it.
            if code is None or code.expires <= now or code.tries_left <= 0 or code.issued != attempt.created:
                return SignInFault.CODE_EXPIRED, attempt.vault
            if not hmac.compare_digest(code.digest, self._code_digest(attempt, digits)):
                left = code.tries_left - 1
                tx.spaces.spend_try(code.vault, code.purpose)
                detail = f"{_FACE} {source}, tries left {left}"
                event = AuditEvent(at=now, actor=_UNPROVED, action="sign-in.code", outcome="wrong", detail=detail)
                tx.audit.append(attempt.vault, event)
                return SignInFault.WRONG_CODE if left else SignInFault.CODE_EXPIRED, None
            tx.spaces.forgive_code(attempt.vault, _PURPOSE)
            tx.spaces.drop_session(digest)
            space = tx.spaces.space(attempt.vault)
            if not comes_in(space):
                return SignInFault.CODE_EXPIRED, attempt.vault
            holder = holder_of(space, _FACE)
            tx.audit.append(attempt.vault, holder.event(now, "sign-in", detail=f"{_FACE} {source}"))
            if browser and not self._devices.device_of(device, attempt.vault):
                tx.audit.append(attempt.vault, holder.event(now, "sign-in.new-device", detail=browser))
                add_step(tx, new_device(attempt.vault, browser, number, now))
            return PatientSignedIn(space), None

        answer, refused = await self._store.write(check)
        if refused is not None:
            self._trace.failed(refused, f"{_FACE}, code over", source)
        return answer

    def _code_digest(self, attempt: Session, digits: str) -> bytes:
        return self._store.digest("code", attempt.vault.to_bytes(8, "big"), attempt.digest, _typed(digits).encode())


def new_device(vault: VaultId, browser: str, number: int, now: datetime) -> Step:
    """Make the step that tells of a device from which nobody had signed in before."""
    told = TellHolder(kind=NoticeKind.NEW_DEVICE, values={"device": browser})
    return Step(vault=vault, id=number, payload=told, due=now)


def comes_in(space: Space) -> bool:
    """Say whether the right password leads anywhere: to the content, or to the one page of a closed space."""
    return may_sign_in(space.state) or may_come_back(space.state)


def masked(space: Space) -> str:
    """Show where a code went without showing the contact: « m•••@exemple.fr », « •• •• •• •• 12 »."""
    if space.phone and not space.email:
        return f"•• •• •• •• {space.phone[-2:]}"
    local, _, domain = space.email.partition("@")
    return f"{local[:1]}•••@{domain}" if domain else "•••"


def _typed(digits: str) -> str:
    """Read a code as people type it: « 123 456 »."""
    return "".join(digits.split())
