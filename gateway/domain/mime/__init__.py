"""The bounded MIME scanner: a message is read once, at intake, and never parsed again.

Pure, over bytes, without the standard library's ``email``. See ``docs/mime.md``. Values that hold what a
sender wrote have no telling representation: representations end up in logs.
"""

from gateway.domain.mime.addressees import Addressees, addressees_of, authorship_of
from gateway.domain.mime.addresses import parse_addresses, plain_addresses
from gateway.domain.mime.attachments import Attachment, attachments, is_filed, must_be_held
from gateway.domain.mime.bodystructure import structure_wires
from gateway.domain.mime.charset import codec_of
from gateway.domain.mime.compose import ComposedMessage, OutgoingAttachment, compose
from gateway.domain.mime.dates import format_date, parse_date
from gateway.domain.mime.entities import CALENDAR_REPLY
from gateway.domain.mime.envelope import envelope_wire
from gateway.domain.mime.fields import is_message_id
from gateway.domain.mime.filenames import safe_filename
from gateway.domain.mime.flowed import unflowed
from gateway.domain.mime.headers import (
    Headers,
    has_folded_name,
    header_block,
    header_text,
    search_header,
    select_header_fields,
)
from gateway.domain.mime.html import html_to_text
from gateway.domain.mime.inline_pictures import SHOWN_PICTURES, own_parts
from gateway.domain.mime.kinds import Kind
from gateway.domain.mime.layout import Layout, LayoutPart, layout_of, section_range
from gateway.domain.mime.limits import MalformedMessage, MessageLimitExceeded, MimeFault, MimeLimits
from gateway.domain.mime.mailboxes import Entry, GroupEnd, GroupStart, Mailbox, addresses_of, mailboxes_of
from gateway.domain.mime.mdn_forms import FormedMdn, MdnForm, shared_by
from gateway.domain.mime.message import ScannedMessage, scan_message
from gateway.domain.mime.message_tree import Defect, NestedMessage, Part
from gateway.domain.mime.parameters import ParameterField
from gateway.domain.mime.reading_reports import ReadingReport, parse_report
from gateway.domain.mime.reports import DeliveryStatus, Dsn, Mdn, ReportKind, compose_dsn, compose_mdn
from gateway.domain.mime.subjects import announces_document, base_subject, normalised_subject, shown_subject
from gateway.domain.mime.text import decoded_body, preview, search_fold, text_extract, text_of, words_of
from gateway.domain.mime.transparency import check_transparency
from gateway.domain.mime.words import decode_words, encode_words

__all__ = [
    "CALENDAR_REPLY",
    "SHOWN_PICTURES",
    "Addressees",
    "Attachment",
    "ComposedMessage",
    "Defect",
    "DeliveryStatus",
    "Dsn",
    "Entry",
    "FormedMdn",
    "GroupEnd",
    "GroupStart",
    "Headers",
    "Kind",
    "Layout",
    "LayoutPart",
    "Mailbox",
    "MalformedMessage",
    "Mdn",
    "MdnForm",
    "MessageLimitExceeded",
    "MimeFault",
    "MimeLimits",
    "NestedMessage",
    "OutgoingAttachment",
    "ParameterField",
    "Part",
    "ReadingReport",
    "ReportKind",
    "ScannedMessage",
    "addressees_of",
    "addresses_of",
    "announces_document",
    "attachments",
    "authorship_of",
    "base_subject",
    "check_transparency",
    "codec_of",
    "compose",
    "compose_dsn",
    "compose_mdn",
    "decode_words",
    "decoded_body",
    "encode_words",
    "envelope_wire",
    "format_date",
    "has_folded_name",
    "header_block",
    "header_text",
    "html_to_text",
    "is_filed",
    "is_message_id",
    "layout_of",
    "mailboxes_of",
    "must_be_held",
    "normalised_subject",
    "own_parts",
    "parse_addresses",
    "parse_date",
    "parse_report",
    "plain_addresses",
    "preview",
    "safe_filename",
    "scan_message",
    "search_fold",
    "search_header",
    "section_range",
    "select_header_fields",
    "shared_by",
    "shown_subject",
    "structure_wires",
    "text_extract",
    "text_of",
    "unflowed",
    "words_of",
]  # fmt: skip
