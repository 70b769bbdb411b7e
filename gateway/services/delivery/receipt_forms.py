"""Receipts with their records, by forms: nothing is scanned that the gateway has just written itself."""

from dataclasses import dataclass, replace

from gateway.domain.mailbox import Summary
from gateway.domain.mime import (
    FormedMdn,
    Mdn,
    MdnForm,
    addresses_of,
    compose_mdn,
    mailboxes_of,
    scan_message,
    shared_by,
    shown_subject,
)
from gateway.ports.directory import EntryOf
from gateway.services.delivery.message_records import Records, records_of

_MOST_FORMS = 64
"""Forms that are remembered: outcomes have few texts, but that the last day of a hold is in some of them."""


@dataclass(frozen=True, slots=True)
class _Form:
    """A form, and the records of the receipt it was made of."""

    mdn: MdnForm
    records: Records


class ReceiptForms:
    """Writes receipts to mailboxes here; may be called from several threads."""

    def __init__(self) -> None:
        self._forms: dict[object, _Form] = {}

    def written(self, mdn: Mdn, entry_of: EntryOf) -> tuple[bytes, Records]:
        """Give the octets of a receipt and its records, as if it were composed and scanned.

        Raises:
            InvalidValue: when an address or an identifier does not fit its grammar.
        """
        # Warnings name files, and nothing of a message stays in memory.
        if not mdn.warnings:
            form = self._form(mdn, entry_of)
            if (made := form.mdn.write(mdn)) is not None:
                return made.raw, _records(form.records, made, mdn)
        raw = compose_mdn(mdn)
        return raw, records_of(raw, scan_message(raw), entry_of, None)

    def _form(self, mdn: Mdn, entry_of: EntryOf) -> _Form:
        author = mdn.from_.mail
        entry = entry_of(author) if author else None
        key = shared_by(mdn), entry
        form = self._forms.get(key)
        if form is None:
            made = MdnForm.of(mdn)
            form = _Form(made, records_of(made.raw, made.scanned, lambda _: entry, None))
            if len(self._forms) >= _MOST_FORMS:
                self._forms.clear()
            self._forms[key] = form
        return form


def _records(like: Records, made: FormedMdn, mdn: Mdn) -> Records:
    """Give the records of a receipt from those of another of its form."""
    answered = mdn.original_message_id
    card = replace(
        like.card,
        to=tuple(map(str, addresses_of(mailboxes_of(made.to)))),
        subject=shown_subject(made.headers.text("subject")),
        message_id=mdn.message_id,
        references=(answered, answered) if answered else (),
        attachments=tuple(replace(report, size=made.report_size) for report in like.card.attachments),
    )
    summary = Summary(
        envelope=made.envelope,
        bodystructure=made.bodystructure,
        body=made.body,
        layout=made.layout,
        card=card.to_json(),
    )
    return replace(like, size=len(made.raw), summary=summary, header_block=made.raw[: made.header_length], card=card)
