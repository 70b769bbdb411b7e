"""What is sealed of a patient's choices for documents; the forms are in `records`."""

from gateway.store.seal.record_forms import Record


class DocumentChoiceRecord(Record, frozen=True):
    """What a patient calls a document, and which date they give it (ISO 8601)."""

    title: str = ""
    day: str = ""


class DocumentFolderRecord(Record, frozen=True):
    """What a patient calls a folder of documents."""

    name: str
