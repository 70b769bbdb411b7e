"""What the server writes, octet for octet."""

from datetime import UTC, datetime

import pytest

from gateway.imap.wire import codes, responses, strings
from gateway.imap.wire.codes import Condition, ResponseCode
from gateway.imap.wire.commands.list_mailboxes import StatusItem
from gateway.imap.wire.dates import internal_date
from gateway.imap.wire.events import Rejected
from gateway.imap.wire.fetch import Attribute, BodySection, Partial, Section, SectionText


@pytest.mark.parametrize(("written", "octets"), [
    (responses.tagged(b"a1", Condition.OK, "NOOP completed"), b"a1 OK NOOP completed\r\n"),
    (responses.tagged(b"a1", Condition.NO, "no such mailbox", ResponseCode.TRYCREATE),
    b"a1 NO [TRYCREATE] no such mailbox\r\n"),
    (responses.untagged(Condition.BYE, "closing"), b"* BYE closing\r\n"),
    (responses.untagged(Condition.OK, "x\r\na1 OK é"), b"* OK x a1 OK ?\r\n"),
    (responses.untagged(Condition.OK, ""), b"* OK -\r\n"),
    (responses.continuation(), b"+ go ahead\r\n"),
    (responses.challenge(), b"+ \r\n"),
    (responses.challenge(b"QUJD"), b"+ QUJD\r\n"),
    (responses.capability([b"IMAP4rev1", b"IDLE"]), b"* CAPABILITY IMAP4rev1 IDLE\r\n"),
    (responses.enabled([]), b"* ENABLED\r\n"),
    (responses.enabled([b"CONDSTORE"]), b"* ENABLED CONDSTORE\r\n"),
    (responses.identification({}), b"* ID NIL\r\n"),
    (responses.identification({"name": "Pli", "version": '"1"'}),
    b'* ID ("name" "Pli" "version" "\\"1\\"")\r\n'),
    (responses.namespace(), b'* NAMESPACE (("" "/")) NIL NIL\r\n'),
    (responses.exists(3), b"* 3 EXISTS\r\n"),
    (responses.recent(0), b"* 0 RECENT\r\n"),
    (responses.expunges([5, 3]), b"* 5 EXPUNGE\r\n* 3 EXPUNGE\r\n"),
    (responses.vanished([1, 2, 3, 9]), b"* VANISHED 1:3,9\r\n"),
    (responses.vanished([1], earlier=True), b"* VANISHED (EARLIER) 1\r\n"),
    (responses.flags(b"(\\Seen)"), b"* FLAGS (\\Seen)\r\n"),
    (responses.listing(b"LIST", [b"\\HasNoChildren", b"\\Sent"], "Envoyés"),
     b'* LIST (\\HasNoChildren \\Sent) "/" Envoy&AOk-s\r\n'),
    (responses.listing(b"LIST", [], "Mes dossiers", extended=b'CHILDINFO ("SUBSCRIBED")'),
     b'* LIST () "/" "Mes dossiers" (CHILDINFO ("SUBSCRIBED"))\r\n'),
    (responses.listing(b"LSUB", [], "R&D é", utf8=True), '* LSUB () "/" "R&D é"\r\n'.encode()),
    (responses.delimiter(b"LIST"), b'* LIST (\\Noselect) "/" ""\r\n'),
    (responses.status("INBOX", {StatusItem.MESSAGES: 2, StatusItem.MAILBOXID: b"(m1)"}),
     b"* STATUS INBOX (MESSAGES 2 MAILBOXID (m1))\r\n"),
    (responses.search([]), b"* SEARCH\r\n"),
    (responses.search([2, 84]), b"* SEARCH 2 84\r\n"),
    (responses.search([2], modseq=9), b"* SEARCH 2 (MODSEQ 9)\r\n"),
    (responses.extended_search(b"a1", uid=True, minimum=2, maximum=9, count=3, every=[2, 3, 9], modseq=7),
     b'* ESEARCH (TAG "a1") UID MIN 2 MAX 9 COUNT 3 MODSEQ 7 ALL 2:3,9\r\n'),
    (responses.extended_search(b"a1", uid=False), b'* ESEARCH (TAG "a1")\r\n'),
    (responses.fetch_flags(4, b"(\\Seen)"), b"* 4 FETCH (FLAGS (\\Seen))\r\n"),
    (responses.fetch_flags(4, b"()", uid=9, modseq=12), b"* 4 FETCH (UID 9 MODSEQ (12) FLAGS ())\r\n"),
])
def test_a_response_is_written(written: bytes, octets: bytes) -> None:
    assert written == octets


@pytest.mark.parametrize(("code", "octets"), [
    (codes.capability([b"IMAP4rev1", b"IDLE"]), b"CAPABILITY IMAP4rev1 IDLE"),
    (codes.permanent_flags(b"(\\Seen \\*)"), b"PERMANENTFLAGS (\\Seen \\*)"),
    (codes.uid_validity(7), b"UIDVALIDITY 7"),
    (codes.uid_next(8), b"UIDNEXT 8"),
    (codes.unseen(2), b"UNSEEN 2"),
    (codes.highest_modseq(9), b"HIGHESTMODSEQ 9"),
    (codes.modified([1, 2]), b"MODIFIED 1:2"),
    (codes.append_uid(7, 8), b"APPENDUID 7 8"),
    (codes.copy_uid(7, [1, 2, 5], [8, 9, 10]), b"COPYUID 7 1:2,5 8:10"),
])
def test_a_code_with_arguments_is_written(code: bytes, octets: bytes) -> None:
    assert responses.untagged(Condition.OK, "x", code) == b"* OK [" + octets + b"] x\r\n"


def test_a_rejection_is_one_line_and_a_fatal_one_says_bye() -> None:
    mild = Rejected(tag=None, condition=Condition.BAD, code=None, text="expected a tag")
    fatal = Rejected(tag=b"a", condition=Condition.BAD, code=ResponseCode.TOOBIG, text="endless line", fatal=True)
    advice = (
        b": have the mail client checked"
        b" / commande IMAP mal formee : faites verifier le logiciel de messagerie\r\n"
    )
    assert responses.rejection(mild) == b"* BAD expected a tag" + advice
    assert responses.rejection(fatal) == (
        b"a BAD [TOOBIG] endless line" + advice + b"* BYE [TOOBIG] closing: endless line" + advice
    )


@pytest.mark.parametrize(("data", "octets"), [
    (b"abc", b"abc"), (b"", b'""'), (b"nil", b'"nil"'), (b"a b", b'"a b"'), (b'a"\\', b'"a\\"\\\\"'),
    (b"a\r\nb", b"{4}\r\na\r\nb"), (b"\xc3\xa9", b"{2}\r\n\xc3\xa9"), (b"x y" * 400,
    b"{1200}\r\n" + b"x y" * 400),
])
def test_an_astring_takes_the_plainest_form_it_can(data: bytes, octets: bytes) -> None:
    assert strings.astring(data) == octets


def test_nothing_is_nil() -> None:
    assert strings.nstring(None) == b"NIL"
    assert strings.nstring(b"NIL") == b'"NIL"'
    assert strings.literal_head(3) + b"abc" == strings.literal(b"abc")


def test_a_fetch_template_takes_one_value_an_item() -> None:
    percent = BodySection(Section((), SectionText.FIELDS, ("X-100%",)), peek=True, partial=Partial(5, 9))
    template = responses.fetch_template([Attribute.UID, Attribute.FLAGS, Attribute.INTERNALDATE, percent])
    when = internal_date(datetime(2026, 1, 2, tzinfo=UTC))
    assert template % (7, 42, b"()", when, strings.literal(b"ab")) == (
        b'* 7 FETCH (UID 42 FLAGS () INTERNALDATE " 2-Jan-2026 00:00:00 +0000"'
        b' BODY[HEADER.FIELDS ("X-100%")]<5> {2}\r\nab)\r\n')


def test_numbers_and_modseq_have_their_own_form() -> None:
    template = responses.fetch_template([Attribute.RFC822_SIZE, Attribute.MODSEQ, Attribute.BODY])
    written = template % (1, 10, 20, b"(x)")
    assert written == b"* 1 FETCH (RFC822.SIZE 10 MODSEQ (20) BODY (x))\r\n"
