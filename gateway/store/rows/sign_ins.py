"""Sign-ins, single-use codes, sessions and tokens: coded rows, of which a bent one says nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from msgspec.structs import replace as msgspec_replace
from sqlalchemy import LargeBinary, cast, delete, select

from gateway.domain.account import CHALLENGE, Account, Code, SecretKind, Session
from gateway.domain.errors import Conflict, SealBroken
from gateway.domain.instants import instant_of, micros_of
from gateway.domain.mailbox import VaultId
from gateway.store import schema
from gateway.store.backend.sql import Row, Runner, insert, parameter
from gateway.store.rows.coded_rows import CodedRows
from gateway.store.rows.coded_tables import ACCOUNT, CODE, SESSION
from gateway.store.seal.browser_record import BrowserRecord
from gateway.store.seal.records import BROWSER, SECRET
from gateway.store.seal.row_records import SecretRecord
from gateway.store.seal.sealer import Sealer, object_of

_L, _C, _N = schema.account, schema.code, schema.session
_vault, _digest, _purpose = parameter("vault"), parameter("digest"), parameter("purpose")
_account = insert(_L)
_SAVE_ACCOUNT = _account.on_conflict_do_update(
    index_elements=[_L.c.digest],
    set_={name: _account.excluded[name] for name in ("kind", "secret", "version", "code")},
)
_GET_ACCOUNT = select(*ACCOUNT.selected_with_head()).where(_L.c.digest == _digest)
_code = insert(_C)
_SAVE_CODE = _code.on_conflict_do_update(
    index_elements=[_C.c.vault, _C.c.purpose],
    set_={name: _code.excluded[name] for name in (*CODE.columns[2:], "code")},
)
_GET_CODE = select(*CODE.selected_with_head()).where(_C.c.vault == _vault, _C.c.purpose == _purpose)
_DROP_CODE = delete(_C).where(_C.c.vault == _vault, _C.c.purpose == _purpose)
_session = insert(_N)
_SAVE_SESSION = _session.on_conflict_do_update(
    index_elements=[_N.c.digest],
    set_={name: _session.excluded[name] for name in (*SESSION.columns[1:], "code")},
)
_GET_SESSION = select(*SESSION.selected_with_head()).where(_N.c.digest == _digest)
_B = schema.browser
_device = cast(_B.c.record, LargeBinary).label("device")
_SESSIONS_OF = (
    select(*SESSION.selected(), _device, SESSION.head())
    .select_from(_N.outerjoin(_B, _N.c.digest == _B.c.digest))
    .where(_N.c.vault == _vault)
    .order_by(_N.c.created.desc())
)
_browser = insert(_B)
_SAVE_BROWSER = _browser.on_conflict_do_update(
    index_elements=[_B.c.digest], set_={"record": _browser.excluded.record}
)
_DROP_BROWSER = delete(_B).where(_B.c.digest == _digest)
_GET_BROWSER = select(cast(_B.c.record, LargeBinary)).where(_B.c.digest == _digest)
_DROP_ACCOUNT = delete(_L).where(_L.c.digest == _digest)
_DROP_SESSION = delete(_N).where(_N.c.digest == _digest)
_EXPIRED_SESSIONS = (
    select(_N.c.vault, _N.c.digest, _N.c.kind).where(_N.c.expires <= parameter("now")).order_by(_N.c.vault)
)
_EXPIRED_CODES = select(_C.c.vault, _C.c.purpose).where(_C.c.expires <= parameter("now")).order_by(_C.c.vault)
ISSUES_KEPT = timedelta(days=2)
"""Limits on codes are counted over a day at most."""
_KINDS = 8
_KIND_OF = {"activation": 1, "sign-in": 2}
"""What is counted alone: the instant of an issue is rounded to eight microseconds, the rest says which it is."""


class SignInRows:
    """How people and programs show who they are."""

    def __init__(self, runner: Runner, sealer: Sealer, coded: CodedRows) -> None:
        self._runner = runner
        self._sealer = sealer
        self._coded = coded

    def save_account(self, account: Account) -> None:
        """Insert or replace a sign-in. Raises `Conflict` when another vault has this login."""
        digest = self._login_digest(account.login)
        before = self._runner.row(_GET_ACCOUNT, digest=digest)
        if before is not None and (before[1] != account.vault or not self._coded.holds_with_head(ACCOUNT, before)):
            raise Conflict("this login belongs to another mailbox")
        secret = SECRET.seal(self._sealer, account.vault, object_of(digest), SecretRecord(secret=account.secret))
        row = {"digest": digest, "vault": account.vault, "kind": account.kind.value, "secret": secret}
        self._runner.run(_SAVE_ACCOUNT, **self._coded.stamped(ACCOUNT, row))

    def account(self, login: str) -> Account | None:
        """Find a sign-in by its login, compared in lower case."""
        digest = self._login_digest(login)
        row = self._runner.row(_GET_ACCOUNT, digest=digest)
        if row is None or not self._coded.holds_with_head(ACCOUNT, row):
            return None
        _, number, kind, sealed, *_ = row
        secret = SECRET.open(self._sealer, VaultId(number), object_of(digest), sealed).secret
        return Account(login.lower(), VaultId(number), SecretKind(kind), secret)

    def drop_account(self, login: str) -> None:
        """Take a sign-in away; nothing happens when there is none."""
        digest = self._login_digest(login)
        row = self._runner.row(_GET_ACCOUNT, digest=digest)
        if row is not None:
            self._runner.run(_DROP_ACCOUNT, digest=digest)
            self._coded.dropped(ACCOUNT, VaultId(row[1]), digest)

    def _login_digest(self, login: str) -> bytes:
        return self._sealer.digest("login", login.lower().encode())[:16]

    def save_code(self, code: Code) -> None:
        """Insert or replace a single-use code; one a vault and purpose."""
        self._write_code(code)
        forgotten = micros_of(code.issued - ISSUES_KEPT)
        self._coded.note_issue(code.vault, _issue_of(code), forgotten - forgotten % _KINDS + _KINDS - 1)

    def _write_code(self, code: Code) -> None:
        row = {
            "vault": code.vault,
            "purpose": code.purpose,
            "digest": code.digest,
            "issued": micros_of(code.issued),
            "expires": micros_of(code.expires),
            "tries_left": code.tries_left,
        }
        self._runner.run(_SAVE_CODE, **self._coded.stamped(CODE, row))

    def code(self, vault: VaultId, purpose: str) -> Code | None:
        """Read a code."""
        row = self._runner.row(_GET_CODE, vault=vault, purpose=purpose)
        if row is None or not self._coded.holds_with_head(CODE, row):
            return None
        _, _, digest, issued, expires, tries, *_ = row
        return Code(
            vault=vault,
            purpose=purpose,
            digest=digest,
            issued=instant_of(issued),
            expires=instant_of(expires),
            tries_left=tries,
        )

    def spend_try(self, vault: VaultId, purpose: str) -> None:
        """Take one try off a code."""
        code = self.code(vault, purpose)
        if code is not None:
            self._write_code(replace(code, tries_left=code.tries_left - 1))

    def drop_code(self, vault: VaultId, purpose: str) -> None:
        """Use a code up."""
        self._runner.run(_DROP_CODE, vault=vault, purpose=purpose)
        self._coded.dropped(CODE, vault, purpose)

    def forgive_code(self, vault: VaultId, purpose: str) -> None:
        """Use a code up, and count it no more."""
        code = self.code(vault, purpose)
        if code is not None:
            self.drop_code(vault, purpose)
            self._coded.forgive_issue(vault, _issue_of(code))

    def codes_since(self, vault: VaultId, since: datetime, purpose: str) -> int:
        """Count codes of a purpose issued since an instant; see `gateway.ports.spaces`."""
        after, kind = micros_of(since), _KIND_OF.get(purpose, 0)
        found = self._coded.head(vault).issued
        return sum(issued - issued % _KINDS > after and issued % _KINDS == kind for issued in found)

    def save_session(self, session: Session) -> None:
        """Insert a session or token, or move its last use and end; whose it is and where it was opened stays."""
        known = self.session(session.digest)
        owned = known or session
        row = {
            "digest": session.digest,
            "vault": owned.vault,
            "kind": owned.kind,
            "created": micros_of(owned.created),
            "used": micros_of(session.used),
            "expires": micros_of(session.expires),
        }
        self._runner.run(_SAVE_SESSION, **self._coded.stamped(SESSION, row))
        if known is None and (session.device or session.about):
            record = BrowserRecord(device=session.device, about=dict(session.about))
            self._write_browser(session.vault, session.digest, record)

    def _write_browser(self, vault: VaultId, digest: bytes, record: BrowserRecord) -> None:
        sealed = BROWSER.seal(self._sealer, vault, object_of(digest), record)
        self._runner.run(_SAVE_BROWSER, digest=digest, vault=vault, record=sealed)

    def acts_for(self, session: Session) -> VaultId | None:
        """Say in whose space a session acts; None for its holder's own."""
        number = self._browser(session.vault, session.digest).acts_for
        return VaultId(number) if number else None

    def act_for(self, digest: bytes, vault: VaultId | None) -> None:
        """Say in whose space a session acts from now on."""
        session = self.session(digest)
        if session is not None:
            record = self._browser(session.vault, digest)
            self._write_browser(session.vault, digest, msgspec_replace(record, acts_for=vault or 0))

    def _browser(self, vault: VaultId, digest: bytes) -> BrowserRecord:
        row = self._runner.row(_GET_BROWSER, digest=digest)
        try:
            return BROWSER.open(self._sealer, vault, object_of(digest), row[0]) if row else BrowserRecord(device="")
        except SealBroken:
            return BrowserRecord(device="")

    def session(self, digest: bytes) -> Session | None:
        """Find a session or token by the SHA-256 of its secret."""
        row = self._runner.row(_GET_SESSION, digest=digest)
        return _session_of(row) if row is not None and self._coded.holds_with_head(SESSION, row) else None

    def sessions_of(self, vault: VaultId) -> Sequence[Session]:
        """List a vault's sessions and tokens, the newest first."""
        rows = self._runner.rows(_SESSIONS_OF, vault=vault)
        return [
            _session_of(row, self._device(vault, row)) for row in rows if self._coded.holds_with_head(SESSION, row)
        ]

    def _device(self, vault: VaultId, row: Row) -> str:
        sealed = row[SESSION.width + 1]
        try:
            return BROWSER.open(self._sealer, vault, object_of(row[0]), sealed).device if sealed else ""
        except SealBroken:
            return ""

    def session_about(self, digest: bytes) -> Mapping[str, str]:
        """Give what else the sign-in of a session showed; nothing when there is no such session, or it is damaged."""
        session = self.session(digest)
        return self._browser(session.vault, digest).about if session else {}

    def drop_sessions(self, vault: VaultId, kept: bytes = b"") -> int:
        """End every session and token of a vault but the one whose digest is `kept`; say how many.

        Challenges that were used stay: forgotten, they could be answered again.
        """
        rows = [row for row in self._runner.rows(_SESSIONS_OF, vault=vault) if row[0] != kept and row[2] != CHALLENGE]
        for row in rows:
            self.drop_session(row[0])
        return len(rows)

    def drop_session(self, digest: bytes) -> None:
        """End one session."""
        row = self._runner.row(_GET_SESSION, digest=digest)
        if row is not None:
            self._runner.run(_DROP_SESSION, digest=digest)
            self._runner.run(_DROP_BROWSER, digest=digest)
            self._coded.dropped(SESSION, VaultId(row[1]), digest)

    def drop_expired(self, now: datetime) -> Sequence[tuple[VaultId, str]]:
        """Remove what has expired; give whose sessions those were, and of which kind."""
        ended = self._runner.rows(_EXPIRED_SESSIONS, now=micros_of(now))
        for _, digest, _ in ended:
            self.drop_session(digest)
        for vault, purpose in self._runner.rows(_EXPIRED_CODES, now=micros_of(now)):
            self.drop_code(VaultId(vault), purpose)
        return [(VaultId(vault), kind) for vault, _, kind in ended]


def _issue_of(code: Code) -> int:
    at = micros_of(code.issued)
    return at - at % _KINDS + _KIND_OF.get(code.purpose, 0)


def _session_of(row: Row, device: str = "") -> Session:
    digest, vault, kind, created, used, expires, *_ = row
    return Session(
        digest=digest,
        vault=VaultId(vault),
        kind=kind,
        created=instant_of(created),
        used=instant_of(used),
        expires=instant_of(expires),
        device=device,
    )
