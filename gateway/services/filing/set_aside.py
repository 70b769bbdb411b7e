"""Files that no reader takes: kept back under the operator's key while the rest of the message goes its way (A18)."""

from collections.abc import Callable, Sequence
from datetime import datetime

from dossier_bridge.request import AttachedFile, ReadOutcome
from gateway.domain.audit import AuditEvent
from gateway.domain.filing_outcome import FilingOutcome, SetAside
from gateway.domain.mailbox import OPERATOR, BlobKey, MessageId
from gateway.ports.store import Tx

_CODE = "906"


def set_aside(outcome: ReadOutcome, attached: Sequence[AttachedFile]) -> tuple[SetAside, ...]:
    """Give the files that are kept back; none when nothing else of the message was taken, or something is broken."""
    if not outcome.documents or not all(failure.is_set_aside for failure in outcome.failures):
        return ()
    names = {file.section: file.filename for file in attached}
    return tuple(
        SetAside(
            section=failure.section,
            name="/".join(filter(None, (names.get(failure.section, ""), failure.uri))),
            cause=failure.reason.sentence,
        )
        for failure in outcome.failures
    )


def kept_for_operator(mid: MessageId, blob: BlobKey, outcome: FilingOutcome, at: datetime) -> Callable[[Tx], None]:
    """Give the transaction that keeps a message with such files under the operator's key."""

    def keep(tx: Tx) -> None:
        tx.quarantine.add(mid, _CODE, blob, outcome, at)
        event = AuditEvent(at=at, actor="pli", action="file.set_aside", outcome=_CODE, objects=(f"message:{mid:x}",))
        tx.audit.append(OPERATOR, event)

    return keep
