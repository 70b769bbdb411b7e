"""What attempts to activate a space have chosen, as it stands in the sealed record of the space."""

from datetime import datetime

from gateway.domain.account import AwaitedChoice, SecretKind
from gateway.store.seal.records import AwaitedRecord


def awaited_record(choice: AwaitedChoice) -> AwaitedRecord:
    """Write one."""
    return AwaitedRecord(
        attempt=choice.attempt,
        until=choice.until.isoformat(),
        email=choice.email,
        phone=choice.phone,
        terms=choice.terms,
        terms_at=choice.terms_at.isoformat() if choice.terms_at else "",
        login=choice.login,
        kind=choice.kind.value,
        secret=choice.secret,
    )


def awaited_choice(record: AwaitedRecord) -> AwaitedChoice:
    """Read one."""
    return AwaitedChoice(
        attempt=record.attempt,
        until=datetime.fromisoformat(record.until),
        email=record.email,
        phone=record.phone,
        terms=record.terms,
        terms_at=datetime.fromisoformat(record.terms_at) if record.terms_at else None,
        login=record.login,
        kind=SecretKind(record.kind),
        secret=record.secret,
    )
