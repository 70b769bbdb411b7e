"""What is sealed of an agent."""

from gateway.store.seal.record_forms import Record, RecordForm
from gateway.store.seal.sealer import RecordKind


class AgentRecord(Record, frozen=True):
    """An agent: instants in ISO 8601, empty where there is none; each key with the end of its certificate."""

    name: str
    added: str
    keys: tuple[tuple[bytes, str], ...] = ()
    removed: str = ""


AGENT: RecordForm[AgentRecord] = RecordForm(RecordKind.AGENT, 1, AgentRecord)
