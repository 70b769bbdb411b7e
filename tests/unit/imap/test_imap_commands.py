"""Each command's arguments, as a client writes them and as the session reads them."""

from datetime import UTC, datetime

import pytest

from gateway.imap.wire.codes import Condition, ResponseCode
from gateway.imap.wire.commands.append import Append
from gateway.imap.wire.commands.capability import Capability, Enable, Id, Logout, Namespace, StartTls
from gateway.imap.wire.commands.copy import Copy, Move
from gateway.imap.wire.commands.fetch import Fetch
from gateway.imap.wire.commands.folders import Create, Delete, Rename, Subscribe, Unsubscribe
from gateway.imap.wire.commands.idle import Idle, Noop
from gateway.imap.wire.commands.list_mailboxes import List, ListReturn, Lsub, Selection, Status, StatusItem, Xlist
from gateway.imap.wire.commands.select import Check, Close, Select, Unselect
from gateway.imap.wire.commands.sign_in import Authenticate, Login
from gateway.imap.wire.commands.store import Expunge, StoreFlags, StoreMode
from gateway.imap.wire.fetch import Attribute
from gateway.imap.wire.mailbox_name import MailboxName
from gateway.imap.wire.parser import parse_command
from gateway.imap.wire.refusal import CommandRefused
from gateway.imap.wire.sequence import SequenceSet
from gateway.imap.wire.syntax import Command

M = MailboxName
ONE_TO_THREE = SequenceSet(((1, 3),))


def command(line: bytes, *literals: bytes, utf8: bool = False) -> Command:
    """Parse a line, where each ``{}`` stands for one of the literals."""
    lines = [part + b"{%d}" % len(data) for part, data in zip(line.split(b"{}"), literals, strict=False)]
    return parse_command([b"t " + lines[0], *lines[1:], line.split(b"{}")[-1]] if literals else [b"t " + line],
                         literals, utf8=utf8).command


@pytest.mark.parametrize(("line", "expected"), [
    (b"CAPABILITY", Capability()),
    (b"noop", Noop()),
    (b"Logout", Logout()),
    (b"STARTTLS", StartTls()),
    (b"NAMESPACE", Namespace()),
    (b"CHECK", Check()),
    (b"CLOSE", Close()),
    (b"UNSELECT", Unselect()),
    (b"EXPUNGE", Expunge()),
    (b"EXPUNGE ", Expunge()),
    (b"UID EXPUNGE 1:3", Expunge(ONE_TO_THREE)),
    (b"IDLE", Idle()),
    (b"ID NIL", Id()),
    (b"ID ()", Id()),
    (b'ID ("name" "iPhone Mail" "version" NIL)', Id((("name", "iPhone Mail"), ("version", None)))),
    (b"ENABLE condstore UTF8=ACCEPT", Enable((b"CONDSTORE", b"UTF8=ACCEPT"))),
    (b"AUTHENTICATE plain", Authenticate("PLAIN")),
    (b"AUTHENTICATE PLAIN AGEAYg==", Authenticate("PLAIN", b"\0a\0b")),
    (b"AUTHENTICATE EXTERNAL =", Authenticate("EXTERNAL", b"")),
    (b'LOGIN anne.roux@medecin.mssante.fr "a \\"b\\" \\\\c"', Login("anne.roux@medecin.mssante.fr", 'a "b" \\c')),
    (b"SELECT inbox", Select(M("INBOX"))),
    (b'EXAMINE "Sent Items"', Select(M("Sent Items"), read_only=True)),
    (b"SELECT INBOX (CONDSTORE)", Select(M("INBOX"), condstore=True)),
    (b"SELECT Termin&AOk-s", Select(M("Terminés"))),
    (b"CREATE Projets/", Create(M("Projets"))),
    (b"DELETE Projets", Delete(M("Projets"))),
    (b"RENAME a b/", Rename(M("a"), M("b"))),
    (b"SUBSCRIBE a]b", Subscribe(M("a]b"))),
    (b"UNSUBSCRIBE a", Unsubscribe(M("a"))),
    (b'LSUB "" *', Lsub("", "*")),
    (b'XLIST "" "%"', Xlist("", "%")),
    (b"STATUS INBOX (MESSAGES unseen UNSEEN)",
     Status(M("INBOX"), (StatusItem.MESSAGES, StatusItem.UNSEEN))),
    (b"COPY 1:3 Trash", Copy(ONE_TO_THREE, M("Trash"))),
    (b"UID COPY 1:3 Trash", Copy(ONE_TO_THREE, M("Trash"), uid=True)),
    (b"MOVE 1:3 Trash", Move(ONE_TO_THREE, M("Trash"))),
    (b"UID MOVE 1:3 Trash", Move(ONE_TO_THREE, M("Trash"), uid=True)),
    (b"FETCH 1:3 FLAGS", Fetch(numbers=ONE_TO_THREE, items=(Attribute.FLAGS,))),
])
def test_a_command_is_read(line: bytes, expected: Command) -> None:
    assert command(line) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            b"STORE 1:3 FLAGS (\\seen work)",
            StoreFlags(numbers=ONE_TO_THREE, mode=StoreMode.REPLACE, flags=("\\Seen", "work")),
        ),
        (b"STORE 1:3 FLAGS ()", StoreFlags(numbers=ONE_TO_THREE, mode=StoreMode.REPLACE, flags=())),
        (b"STORE 1:3 +FLAGS \\Deleted", StoreFlags(numbers=ONE_TO_THREE, mode=StoreMode.ADD, flags=("\\Deleted",))),
        (
            b"STORE 1:3 -flags.silent \\Seen \\Flagged $Forwarded",
            StoreFlags(
                numbers=ONE_TO_THREE, mode=StoreMode.REMOVE, flags=("\\Seen", "\\Flagged", "$Forwarded"), silent=True
            ),
        ),
        (
            b"UID STORE 1:3 +FLAGS.SILENT (\\Seen \\Seen)",
            StoreFlags(numbers=ONE_TO_THREE, mode=StoreMode.ADD, flags=("\\Seen",), silent=True, uid=True),
        ),
        (
            b"STORE 1:3 (UNCHANGEDSINCE 0) +FLAGS (\\Seen)",
            StoreFlags(numbers=ONE_TO_THREE, mode=StoreMode.ADD, flags=("\\Seen",), unchanged_since=0),
        ),
    ],
)
def test_store_is_read(line: bytes, expected: Command) -> None:
    assert command(line) == expected


@pytest.mark.parametrize(("line", "expected"), [
    (b'LIST "" ""', List(reference="", patterns=("",))),
    (b'LIST Projets/ %', List(reference="Projets/", patterns=("%",))),
    (b'LIST "" "*" RETURN (SPECIAL-USE STATUS (UNSEEN MESSAGES))',
     List(reference="", patterns=("*",), returns=frozenset((ListReturn.SPECIAL_USE, ListReturn.STATUS)),
            status=(StatusItem.UNSEEN, StatusItem.MESSAGES), extended=True)),
    (b'LIST (SUBSCRIBED RECURSIVEMATCH) "" (INBOX "Sent/%")',
     List(reference="", patterns=("INBOX", "Sent/%"),
            selection=frozenset((Selection.SUBSCRIBED, Selection.RECURSIVEMATCH)), extended=True)),
    (b'LIST () "" % RETURN ()', List(reference="", patterns=("%",), extended=True)),
    (b'LIST (SPECIAL-USE) "" "*" RETURN (CHILDREN SUBSCRIBED)',
     List(reference="", patterns=("*",), selection=frozenset((Selection.SPECIAL_USE,)),
            returns=frozenset((ListReturn.CHILDREN, ListReturn.SUBSCRIBED)), extended=True)),
    (b'LIST "" "A & B"', List(reference="", patterns=("A & B",))),
])
def test_list_is_read(line: bytes, expected: Command) -> None:
    assert command(line) == expected


def test_append_carries_flags_date_and_message() -> None:
    read = command(b'APPEND Sent (\\Seen $Work) " 7-Jul-1996 02:44:25 -0700" {}', b"From: a\r\n\r\nb")
    assert read == Append(
        M("Sent"), b"From: a\r\n\r\nb", ("\\Seen", "$Work"), datetime(1996, 7, 7, 9, 44, 25, tzinfo=UTC))


def test_literals_stand_wherever_strings_do() -> None:
    assert command(b"LOGIN {} {}", b"bob", "pâte".encode()) == Login("bob", "pâte")


@pytest.mark.parametrize("line", [
    b"LOGIN", b"LOGIN x", b"LOGIN (x) y", b"AUTHENTICATE", b"AUTHENTICATE PLAIN A",
    b"AUTHENTICATE PLAIN A=B=",
    b"ENABLE", b"ENABLE ", b"SELECT", b"SELECT a b", b"SELECT INBOX (QRESYNC)", b"SELECT INBOX ()",
    b"SELECT *",
    b"CREATE", b"RENAME a", b"STATUS INBOX", b"STATUS INBOX ()", b"STATUS INBOX (SHOESIZE)",
    b"STATUS INBOX MESSAGES", b"STATUS INBOX (MESSAGES", b"STATUS INBOX (MESSAGES )",
    b"STATUS INBOX ( MESSAGES)",
    b"COPY 1", b"COPY 0 x", b"COPY a x", b"COPY 1:3:5 x", b"COPY 1, x", b"COPY 4294967296 x", b"MOVE 1 ",
    b"STORE 1 FLAGS", b"STORE 1 FLAGS \\Recent", b"STORE 1 FLAGS (\\Seen", b"STORE 1 *FLAGS ()",
    b"STORE 1 FLAGS.LOUD ()", b"STORE 1 (CHANGEDSINCE 1) FLAGS ()", b"STORE 1 (UNCHANGEDSINCE 1)FLAGS ()",
    b"LIST", b'LIST ""', b'LIST "" "" x', b'LIST (RECURSIVEMATCH) "" *', b'LIST (NEW) "" *',
    b'LIST "" * RETURN', b'LIST "" * RETURN (NEW)', b'LIST "" * RETURN (STATUS)',
    b'LIST "" * RETURN (STATUS ())',
    b'LIST "" ()', b"ID", b"ID ALL", b'ID ("a")', b'ID (a "b")', b"UID EXPUNGE", b"APPEND INBOX",
    b"APPEND INBOX x",
    b'APPEND INBOX "hier" x', b'APPEND INBOX "17-Jul-1996',
    b'LIST "" (' + b" ".join([b"a"] * 51) + b")", b"STORE 1 FLAGS (" + b" ".join([b"k"] * 1001) + b")",
])
def test_malformed_arguments_are_bad(line: bytes) -> None:
    with pytest.raises(CommandRefused) as refused:
        command(line)
    assert refused.value.condition is Condition.BAD


@pytest.mark.parametrize("name", [b'"R&D"', b'""', b"&AOk", b"&AGE-", b"&AOk-&AOk-", b"&4AA", b"&2D0-"])
def test_an_impossible_mailbox_name_is_no(name: bytes) -> None:
    with pytest.raises(CommandRefused) as refused:
        command(b"SELECT " + name)
    assert (refused.value.condition, refused.value.response_code) == (Condition.NO, ResponseCode.CANNOT)


def test_a_raw_ampersand_is_itself_under_utf8_accept() -> None:
    assert command('SELECT "R&D été"'.encode(), utf8=True) == Select(M("R&D été"))


def test_an_endless_list_pattern_is_refused() -> None:
    with pytest.raises(CommandRefused) as refused:
        command(b'LIST "" ' + b"%" * 1_001)
    assert refused.value.response_code is ResponseCode.LIMIT


def test_credentials_names_and_messages_stay_out_of_representations() -> None:
    shown = repr([command(b"LOGIN secretA secretB"), command(b"SELECT secretC"), command(b'LIST "" secretD'),
                  command(b"SEARCH BODY secretE"), command(b"APPEND secretF {}", b"secretG"),
                  command(b"AUTHENTICATE PLAIN c2VjcmV0"), command(b'ID ("a" "secretH")')])
    assert "secret" not in shown
