"""What ``pli doctor`` says of checkpoints: one that no place took, and traces that moved and that none covers yet."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from gateway.cli.findings import Finding
from gateway.domain.mailbox import VaultId
from gateway.ports.store import Tx

_LATE = timedelta(minutes=10)
_PUBLISH = "« pli log publish » tries at once and says why not: look at the folder log.checkpoints and at log.url"


def checkpoint_findings(tx: Tx, now: datetime) -> Iterator[Finding]:
    """Say when the last checkpoint was published, and whether that is as it should be."""
    last = tx.head_log.checkpoint()
    waits = any(tx.head_log.moved(VaultId(0), 1))
    if last is not None and not last.is_published:
        is_late = now - last.at > _LATE
        yield Finding(f"the checkpoint of {last.at:%Y-%m-%d %H:%M} UTC is not published", is_late, _PUBLISH)
    elif last is None or not last.size:
        yield Finding("no checkpoint of traces was published yet", False, _PUBLISH if waits else "")
    else:
        late = waits and now - last.at > _LATE
        advice = "traces moved since: « pli serve » publishes each minute, « pli log publish » at once" if late else ""
        yield Finding(f"checkpoint of {last.at:%Y-%m-%d %H:%M} UTC published", False, advice)
