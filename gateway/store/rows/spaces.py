"""Vaults and their addresses, patients' spaces, sign-ins, codes, sessions."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update

from gateway.domain.account import Account, Code, SecretKind, Session, Space
from gateway.domain.address import MailAddress, PatientAddress
from gateway.domain.errors import Conflict, NotFound
from gateway.domain.identity import BirthDate, Ins, PatientIdentity, Sex, Traits
from gateway.domain.instants import instant_of, micros_of
from gateway.domain.mailbox import VaultId, VaultKind
from gateway.domain.space import SpaceState
from gateway.ports.clock import Clock
from gateway.store import schema
from gateway.store.backend.sql import Runner, insert, parameter
from gateway.store.seal.records import SECRET, SPACE, VAULT, SecretRecord, SpaceRecord, VaultRecord
from gateway.store.seal.sealer import Sealer, object_of

_V, _A, _S, _L, _C, _I, _N = (
    schema.vault,
    schema.address,
    schema.space,
    schema.account,
    schema.code,
    schema.code_issue,
    schema.session,
)
_vault, _digest, _purpose = parameter("vault"), parameter("digest"), parameter("purpose")
_ADD_VAULT = insert(_V)
_ADD_ADDRESS = insert(_A).on_conflict_do_nothing()
_RESOLVE = select(_A.c.vault, _A.c.kind).where(_A.c.digest == _digest)
_GET_VAULT = select(_V.c.record).where(_V.c.vault == _vault)
_space = insert(_S)
_SAVE_SPACE = _space.on_conflict_do_update(
    index_elements=[_S.c.vault], set_={"state": _space.excluded.state, "record": _space.excluded.record}
)
_GET_SPACE = select(_S.c.state, _S.c.record).where(_S.c.vault == _vault)
_SPACE_STATE = select(_S.c.state).where(_S.c.vault == _vault)
_SET_STATE = update(_S).where(_S.c.vault == _vault).values(state=parameter("new_state"))
_account = insert(_L)
_SAVE_ACCOUNT = _account.on_conflict_do_update(
    index_elements=[_L.c.digest],
    set_={"kind": _account.excluded.kind, "secret": _account.excluded.secret},
    where=_L.c.vault == _account.excluded.vault,
)
_GET_ACCOUNT = select(_L.c.vault, _L.c.kind, _L.c.secret).where(_L.c.digest == _digest)
_code = insert(_C)
_SAVE_CODE = _code.on_conflict_do_update(
    index_elements=[_C.c.vault, _C.c.purpose],
    set_={name: _code.excluded[name] for name in ("digest", "issued", "expires", "tries_left")},
)
_GET_CODE = select(_C.c.digest, _C.c.issued, _C.c.expires, _C.c.tries_left).where(
    _C.c.vault == _vault, _C.c.purpose == _purpose
)
_SPEND = update(_C).where(_C.c.vault == _vault, _C.c.purpose == _purpose).values(tries_left=_C.c.tries_left - 1)
_DROP_CODE = delete(_C).where(_C.c.vault == _vault, _C.c.purpose == _purpose)
_NOTE_ISSUE = insert(_I).on_conflict_do_nothing()
_ISSUES = select(func.count()).where(_I.c.vault == _vault, _I.c.issued > parameter("since"))
_session = insert(_N)
_SAVE_SESSION = _session.on_conflict_do_update(
    index_elements=[_N.c.digest],
    set_={"used": _session.excluded.used, "expires": _session.excluded.expires},
)
_GET_SESSION = select(_N.c.vault, _N.c.kind, _N.c.created, _N.c.used, _N.c.expires).where(_N.c.digest == _digest)
_DROP_SESSION = delete(_N).where(_N.c.digest == _digest)
_EXPIRED_SESSIONS = delete(_N).where(_N.c.expires <= parameter("now"))
_EXPIRED_CODES = delete(_C).where(_C.c.expires <= parameter("now"))
_EXPIRED_ISSUES = delete(_I).where(_I.c.issued <= parameter("now"))
ISSUES_KEPT = timedelta(days=2)
"""Limits on codes are counted over a day at most."""


class SpaceRows:
    """Implements `gateway.ports.spaces.Spaces`."""

    def __init__(self, runner: Runner, sealer: Sealer, clock: Clock) -> None:
        self._runner = runner
        self._sealer = sealer
        self._clock = clock

    # ------------------------------------------------------------ vaults

    def create_vault(self, vault: VaultId, kind: VaultKind, address: MailAddress | None, name: str) -> None:
        """Insert; raises `Conflict` when the address is taken."""
        if address is not None and not self._runner.run(
            _ADD_ADDRESS, digest=self._address_digest(address), vault=vault, kind=kind.value
        ):
            raise Conflict("this address belongs to another mailbox")
        owner = VaultRecord(kind=kind.value, address=str(address) if address else None, name=name)
        record = VAULT.seal(self._sealer, vault, 0, owner)
        self._runner.run(
            _ADD_VAULT, vault=vault, kind=kind.value, record=record, created=micros_of(self._clock.now())
        )

    def resolve(self, address: MailAddress) -> tuple[VaultId, VaultKind] | None:
        """Find whose mailbox an address is."""
        row = self._runner.row(_RESOLVE, digest=self._address_digest(address))
        return (VaultId(row[0]), VaultKind(row[1])) if row else None

    def address_of(self, vault: VaultId) -> tuple[MailAddress | None, VaultKind, str]:
        """Give a vault's address, kind and display name. Raises `NotFound`."""
        row = self._runner.row(_GET_VAULT, vault=vault)
        if row is None:
            raise NotFound(f"there is no vault {vault:x}")
        owner = VAULT.open(self._sealer, vault, 0, row[0])
        return (MailAddress.parse(owner.address) if owner.address else None), VaultKind(owner.kind), owner.name

    def _address_digest(self, address: MailAddress) -> bytes:
        return self._sealer.digest("address", str(address).encode())[:16]

    # ------------------------------------------------------------ spaces

    def save(self, space: Space) -> None:
        """Insert or replace a space's record."""
        record = SPACE.seal(self._sealer, space.vault, 0, _space_record(space))
        self._runner.run(_SAVE_SPACE, vault=space.vault, state=space.state.value, record=record)

    def space(self, vault: VaultId) -> Space:
        """Read a space. Raises `NotFound`."""
        row = self._runner.row(_GET_SPACE, vault=vault)
        if row is None:
            raise NotFound(f"there is no space {vault:x}")
        return _space_of(vault, SpaceState(row[0]), SPACE.open(self._sealer, vault, 0, row[1]))

    def state(self, vault: VaultId) -> SpaceState | None:
        """Read a space's state without opening its record."""
        row = self._runner.row(_SPACE_STATE, vault=vault)
        return SpaceState(row[0]) if row else None

    def set_state(self, vault: VaultId, state: SpaceState) -> None:
        """Change a space's state."""
        self._runner.run(_SET_STATE, vault=vault, new_state=state.value)

    # ------------------------------------------------------------ sign-in

    def save_account(self, account: Account) -> None:
        """Insert or replace a sign-in. Raises `Conflict` when another vault has this login."""
        digest = self._login_digest(account.login)
        secret = SECRET.seal(self._sealer, account.vault, object_of(digest), SecretRecord(secret=account.secret))
        if not self._runner.run(
            _SAVE_ACCOUNT, digest=digest, vault=account.vault, kind=account.kind.value, secret=secret
        ):
            raise Conflict("this login belongs to another mailbox")

    def account(self, login: str) -> Account | None:
        """Find a sign-in by its login, compared in lower case."""
        digest = self._login_digest(login)
        row = self._runner.row(_GET_ACCOUNT, digest=digest)
        if row is None:
            return None
        vault = VaultId(row[0])
        secret = SECRET.open(self._sealer, vault, object_of(digest), row[2]).secret
        return Account(login.lower(), vault, SecretKind(row[1]), secret)

    def _login_digest(self, login: str) -> bytes:
        return self._sealer.digest("login", login.lower().encode())[:16]

    def save_code(self, code: Code) -> None:
        """Insert or replace a single-use code; one a vault and purpose."""
        self._runner.run(
            _SAVE_CODE,
            vault=code.vault,
            purpose=code.purpose,
            digest=code.digest,
            issued=micros_of(code.issued),
            expires=micros_of(code.expires),
            tries_left=code.tries_left,
        )
        self._runner.run(_NOTE_ISSUE, vault=code.vault, issued=micros_of(code.issued))

    def code(self, vault: VaultId, purpose: str) -> Code | None:
        """Read a code."""
        row = self._runner.row(_GET_CODE, vault=vault, purpose=purpose)
        if row is None:
            return None
        digest, issued, expires, tries = row
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
        self._runner.run(_SPEND, vault=vault, purpose=purpose)

    def drop_code(self, vault: VaultId, purpose: str) -> None:
        """Use a code up."""
        self._runner.run(_DROP_CODE, vault=vault, purpose=purpose)

    def codes_since(self, vault: VaultId, since: datetime) -> int:
        """Count codes issued since an instant."""
        return int(self._runner.rows(_ISSUES, vault=vault, since=micros_of(since))[0][0])

    def save_session(self, session: Session) -> None:
        """Insert a session or token, or move its last use and end."""
        self._runner.run(
            _SAVE_SESSION,
            digest=session.digest,
            vault=session.vault,
            kind=session.kind,
            created=micros_of(session.created),
            used=micros_of(session.used),
            expires=micros_of(session.expires),
        )

    def session(self, digest: bytes) -> Session | None:
        """Find a session or token by the SHA-256 of its secret."""
        row = self._runner.row(_GET_SESSION, digest=digest)
        if row is None:
            return None
        vault, kind, created, used, expires = row
        return Session(
            digest=digest,
            vault=VaultId(vault),
            kind=kind,
            created=instant_of(created),
            used=instant_of(used),
            expires=instant_of(expires),
        )

    def drop_session(self, digest: bytes) -> None:
        """End one session."""
        self._runner.run(_DROP_SESSION, digest=digest)

    def drop_expired(self, now: datetime) -> None:
        """Remove what has expired."""
        self._runner.run(_EXPIRED_SESSIONS, now=micros_of(now))
        self._runner.run(_EXPIRED_CODES, now=micros_of(now))
        self._runner.run(_EXPIRED_ISSUES, now=micros_of(now - ISSUES_KEPT))


def _space_record(space: Space) -> SpaceRecord:
    identity, traits = space.identity, space.identity.traits
    return SpaceRecord(
        domain=space.address.domain,
        ins=identity.ins.value,
        ins_oid=identity.ins_oid,
        earlier=identity.earlier,
        birth_name=traits.birth_name,
        given_names=traits.given_names,
        used_name=traits.used_name,
        sex=traits.sex.value,
        birth_date=str(traits.birth_date) if traits.birth_date else "",
        email=space.email,
        phone=space.phone,
        card_serial=space.card_serial,
        scheme=space.scheme,
        notified_at=space.notified_at.isoformat() if space.notified_at else "",
    )


def _space_of(vault: VaultId, state: SpaceState, record: SpaceRecord) -> Space:
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
        address=PatientAddress(ins, record.domain),
        identity=PatientIdentity(ins, record.ins_oid, traits, record.earlier),
        state=state,
        email=record.email,
        phone=record.phone,
        card_serial=record.card_serial,
        scheme=record.scheme,
        notified_at=datetime.fromisoformat(record.notified_at) if record.notified_at else None,
    )
