"""Receipts written by a form: what receipts of one outcome share is composed and scanned once, the rest put in.

Every document that is filed brings a receipt, and one differs from the next by whom it goes to and what it answers.
A form gives the octets of `compose_mdn` and what `scan_message` would find in them, for a sixth of the work;
`tests/unit/services/test_receipt_forms.py` holds both equal.
"""

from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache

from gateway.domain.errors import InvalidValue
from gateway.domain.mime.addresses import AddressBudget, address_fields
from gateway.domain.mime.attachments import attachments
from gateway.domain.mime.bodystructure import structure_wires
from gateway.domain.mime.dates import format_date
from gateway.domain.mime.entities import boundary_of
from gateway.domain.mime.envelope import render_envelope
from gateway.domain.mime.fields import address_field, id_field, text_field, token_field
from gateway.domain.mime.headers import Headers
from gateway.domain.mime.kinds import Kind
from gateway.domain.mime.layout import layout_of
from gateway.domain.mime.limits import DEFAULT_LIMITS
from gateway.domain.mime.mailboxes import Entry, Mailbox
from gateway.domain.mime.message import ScannedMessage, scan_message
from gateway.domain.mime.recognition import kind_of
from gateway.domain.mime.reports import Mdn, compose_mdn, fields_about, subject_of
from gateway.domain.mime.transfer import EncodedBody

_MAX_SUBJECT = 1000
"""Characters of the subject answered; a longer one might pass the limits of a message, which a scan finds."""
_MARK = 7_000_000_000_000
"""The first of the numbers that stand where a form puts a size or an offset."""
_BOUNDARY_MARK = b"=_boundary-of-the-form"
_TYPE = "message/disposition-notification"
_ANYBODY = "anybody@form.example"
_ANY_ID = f"<{_ANYBODY}>"


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class FormedMdn:
    """A receipt that a form wrote, and what a scan of it would give.

    Attributes:
        headers: its own fields.
        envelope, bodystructure, body: as IMAP writes them.
        layout: as `layout_of` writes it.
        report_size: octets of its machine-readable part.
    """

    raw: bytes
    header_length: int
    headers: Headers
    to: tuple[Entry, ...]
    envelope: bytes
    bodystructure: bytes
    body: bytes
    layout: bytes
    report_size: int


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class MdnForm:
    """What receipts of one outcome share: octets around what differs, and answers of IMAP with gaps.

    `raw` and `scanned` are a receipt of this form, to nobody about nothing.
    """

    scanned: ScannedMessage
    raw: bytes
    head: bytes
    fields: tuple[bytes, bytes]
    text: bytes
    report: tuple[bytes, bytes]
    offsets: tuple[int, int, int, int]
    bodystructure: bytes
    body: bytes
    layout: bytes

    @classmethod
    def of(cls, mdn: Mdn) -> "MdnForm":
        """Make the form of all receipts that have what `shared_by` gives for `mdn`.

        Raises:
            InvalidValue: when an address does not fit its grammar.
        """
        mdn = replace(
            mdn,
            to=mdn.from_,
            message_id=_ANY_ID,
            date=datetime(2000, 1, 1, tzinfo=UTC),
            original_subject="",
            original_message_id=mdn.original_message_id and _ANY_ID,
            final_recipient=_ANYBODY,
        )
        raw = compose_mdn(mdn)
        scanned = scan_message(raw)
        boundary = dict(scanned.root.content_type.wire)[b"boundary"]
        head, _, rest = raw[: scanned.header_length].partition(_varying(mdn))
        before, _, after = rest.partition(boundary)
        first, second = scanned.root.parts
        report, about, outcome = raw[second.header_start : second.body_end].partition(fields_about(mdn))
        if not (after and about):
            raise InvalidValue("not a receipt that a form can be made of")
        start = scanned.header_length
        return cls(
            scanned=scanned,
            raw=raw,
            head=head,
            fields=(before, after),
            text=raw[first.header_start : first.body_end],
            report=(report, outcome),
            offsets=(
                first.header_start - start,
                first.body_start - first.header_start,
                second.header_start - first.body_end,
                second.body_start - second.header_start,
            ),
            **_answers(scanned),
        )

    def write(self, mdn: Mdn) -> FormedMdn | None:
        """Write a receipt by this form; None for one that must be composed and scanned.

        Raises:
            InvalidValue: when an address or an identifier does not fit its grammar.
        """
        if len(mdn.original_subject) > _MAX_SUBJECT:
            return None
        report = fields_about(mdn).join(self.report)
        if kind_of(EncodedBody(report, self.offsets[3], len(report), "7bit"), _TYPE, None) is not Kind.REPORT:
            return None
        boundary = boundary_of(mdn.message_id, (self.text, report + b"\r\n")).encode("ascii")
        block = b"".join((self.head, _varying(mdn), self.fields[0], boundary, self.fields[1]))
        mark = b"--" + boundary
        raw = b"".join((block, mark, b"\r\n", self.text, b"\r\n", mark, b"\r\n", report, b"\r\n", mark, b"--\r\n"))
        return self._formed(mdn, raw, block, boundary, len(report))

    def _formed(self, mdn: Mdn, raw: bytes, block: bytes, boundary: bytes, report_length: int) -> FormedMdn:
        headers, to = Headers.parse(block), _to(mdn.to)[1]
        to_text, to_body, to_report, to_fields = self.offsets
        text = len(block) + to_text
        end = text + len(self.text)
        report = end + to_report
        size = report_length - to_fields
        return FormedMdn(
            raw=raw,
            header_length=len(block),
            headers=headers,
            to=to,
            envelope=render_envelope(headers, {"from": self.scanned.addresses["from"], "to": to}),
            bodystructure=self.bodystructure % (size, boundary),
            body=self.body % size,
            layout=self.layout
            % (len(raw), len(block), text, text + to_body, end, report, report + to_fields, report + report_length),
            report_size=size,
        )


def shared_by(mdn: Mdn) -> Hashable:
    """Give what all receipts of one form have in common: all but whom they go to, what they answer, and when."""
    return (
        mdn.from_, mdn.text, mdn.reporting_ua, mdn.disposition, mdn.automatic, mdn.unasked, mdn.error_code,
        mdn.error_text, mdn.original_recipient, mdn.warnings, mdn.title, mdn.original_message_id is None,
    )  # fmt: skip


def _varying(mdn: Mdn) -> bytes:
    """Write the fields of a receipt that differ from one to the next, as `compose` has them."""
    answered = mdn.original_message_id
    return b"".join((
        _to(mdn.to)[0],
        text_field("Subject", subject_of(mdn)),
        token_field("Date", format_date(mdn.date)),
        id_field("Message-ID", [mdn.message_id]),
        id_field("In-Reply-To", [answered]) if answered else b"",
        id_field("References", [answered]) if answered else b"",
    ))


@lru_cache(maxsize=256)
def _to(mailbox: Mailbox) -> tuple[bytes, tuple[Entry, ...]]:
    """Write the field of a recipient, and read it as a scan does; laboratories send many messages."""
    field = address_field("To", [mailbox])
    return field, address_fields(Headers.parse(field), AddressBudget(DEFAULT_LIMITS))["to"]


def _answers(scanned: ScannedMessage) -> dict[str, bytes]:
    """Have IMAP's answers and the layout written for a message whose numbers are marks, and make gaps of these."""
    first, second = scanned.root.parts
    size, length, one, two, three = range(_MARK, _MARK + 5)
    report = three + (second.body_start - second.header_start)
    places = (one, one + _MARK // 7, one + _MARK // 7 + first.body_end - first.body_start, three, report, two + report)
    declared = scanned.root.content_type
    wire = tuple((name, _BOUNDARY_MARK if name == b"boundary" else value) for name, value in declared.wire)
    marked = replace(
        scanned,
        size=size,
        header_length=length,
        root=replace(
            scanned.root,
            content_type=replace(declared, wire=wire),
            parts=(
                replace(first, header_start=places[0], body_start=places[1], body_end=places[2]),
                replace(second, header_start=places[3], body_start=places[4], body_end=places[5]),
            ),
        ),
    )
    octets = b"%d" % two
    whole, plain = structure_wires(marked)
    layout = layout_of(marked, attachments(marked))
    return {
        "bodystructure": _with_gaps(whole, {octets: b"%d", _BOUNDARY_MARK: b"%b"}),
        "body": _with_gaps(plain, {octets: b"%d"}),
        "layout": _with_gaps(layout, {b"%d" % mark: b"%d" for mark in (size, length, *places)}),
    }


def _with_gaps(written: bytes, gaps: dict[bytes, bytes]) -> bytes:
    written = written.replace(b"%", b"%%")
    for mark, gap in gaps.items():
        written = written.replace(mark, gap)
    return written
