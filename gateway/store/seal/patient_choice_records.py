"""What is sealed of a patient's choices about who may see their space; instants are ISO 8601."""

from gateway.store.seal.record_forms import Record, RecordForm
from gateway.store.seal.sealer import RecordKind


class PartyChoiceRecord(Record, frozen=True):
    """What was chosen for one professional or organisation; `shown` and `hidden` are documents by number."""

    number: int
    names: tuple[str, ...]
    label: str
    detail: str = ""
    standing: str = "neutral"
    since: str = ""
    shown: tuple[int, ...] = ()
    hidden: tuple[int, ...] = ()
    administers: str = ""


class PatientChoicesRecord(Record, frozen=True):
    """All that one patient chose."""

    parties: tuple[PartyChoiceRecord, ...] = ()
    emergency: tuple[str, ...] = ()


class CareContactRecord(Record, frozen=True):
    """Who came into contact, since when, and how."""

    names: tuple[str, ...]
    label: str
    since: str
    detail: str = ""
    way: str = ""


PATIENT_CHOICES: RecordForm[PatientChoicesRecord] = RecordForm(RecordKind.PATIENT_CHOICES, 2, PatientChoicesRecord)
CARE_CONTACT: RecordForm[CareContactRecord] = RecordForm(RecordKind.CARE_CONTACT, 1, CareContactRecord)
