"""The same script against Dovecot: what both say of the same messages is the same.

What differs on purpose is in `docs/imap.md`, « Differences from Dovecot », and named here.
"""

import re
from collections.abc import Iterable

import pytest

from tests.builders.dovecot import dovecot
from tests.builders.imap_client import ImapClient, Reply
from tests.builders.imap_model import MailboxModel
from tests.builders.imap_site import running
from tests.builders.imap_values import Value, fetched, folded
from tests.interop.corpus import MESSAGES

SECTIONS = (
    "", "HEADER", "TEXT", "HEADER.FIELDS (From SUBJECT X-Absent)", "HEADER.FIELDS.NOT (Received From)", "1", "1.MIME",
    "2", "2.MIME", "2.HEADER", "2.TEXT", "2.HEADER.FIELDS (Subject)", "2.1", "2.1.MIME", "2.2", "3", "1.1", "1.2",
)  # fmt: skip
KEYS = (
    "ALL", "ANSWERED", "DELETED", "DRAFT", "FLAGGED", "SEEN", "UNANSWERED", "UNDELETED", "UNDRAFT", "UNFLAGGED",
    "UNSEEN", "KEYWORD $Label1", "UNKEYWORD $Label1", "1:3", "2:*", "UID 3:*", "NOT 1:3", "BEFORE 3-Mar-2026",
    "ON 3-Mar-2026", "SINCE 3-Mar-2026", 'SENTBEFORE 3-Mar-2026 HEADER Date ""',
    "SENTON 2-Mar-2026", "SENTSINCE 3-Mar-2026",
    "LARGER 400", "SMALLER 400", "FROM labo", "TO camille", "CC copie", "BCC cache", "SUBJECT analyse",
    'SUBJECT ""', 'HEADER Message-ID ""', "HEADER X-Folded beta", "BODY creatinine", "BODY introuvable",
    "TEXT biologie", "TEXT creatinine", "NOT TEXT biologie", "OR SEEN FLAGGED", "OR FROM labo SUBJECT analyse",
    "FROM relais.example", "TO accueil@clinique.example", "TO alba@clinique.example", "CC un@x.example", 'CC "m(art"',
    'TO "urgences <accueil@clinique.example>"',
    "(SEEN NOT DELETED)", "UNSEEN SUBJECT analyse", "OR (SEEN FROM labo) (UNSEEN LARGER 400)", "NOT (OR SEEN DELETED)",
)  # fmt: skip
FLAGS = ("", "\\Seen", "\\Flagged \\Answered", "\\Deleted", "\\Draft $Label1", "\\Seen \\Deleted")


async def _filled(client: ImapClient) -> None:
    for number, message in enumerate(MESSAGES):
        date = f'"{number % 5 + 1:02}-Mar-2026 12:00:00 +0100"'
        assert (await client.append("INBOX", message, f"({FLAGS[number % len(FLAGS)]}) {date}")).ok
    await client.good("SELECT INBOX")


async def _of_both(*commands: str) -> list[tuple[Reply, Reply]]:
    async with running() as site, site.signed_in() as ours, dovecot() as theirs:
        await _filled(ours)
        await _filled(theirs)
        return [(await ours.ask(command), await theirs.ask(command)) for command in commands]


async def test_envelopes_are_the_same() -> None:
    [(ours, theirs)] = await _of_both("FETCH 1:* (UID ENVELOPE)")
    assert fetched(ours.untagged) == fetched(theirs.untagged)


@pytest.mark.parametrize("item", ["BODY", "BODYSTRUCTURE"])
async def test_structures_are_the_same(item: str) -> None:
    [(ours, theirs)] = await _of_both(f"FETCH 1:* ({item})")
    mine, other = fetched(ours.untagged), fetched(theirs.untagged)
    assert mine.keys() == other.keys()
    for number in mine:
        assert folded(mine[number][item.encode()]) == folded(other[number][item.encode()]), number


async def test_index_values_are_the_same() -> None:
    [(ours, theirs)] = await _of_both("FETCH 1:* (UID INTERNALDATE RFC822.SIZE)")
    mine, other = fetched(ours.untagged), fetched(theirs.untagged)
    for pairs in other.values():
        # RFC 3501 §9, date-day-fixed: both `01` and ` 1` are right.
        pairs[b"INTERNALDATE"] = re.sub(rb"^0", b" ", _octets(pairs[b"INTERNALDATE"]))
    assert mine == other


async def test_sections_are_the_same() -> None:
    items = [f"BODY.PEEK[{section}]{partial}" for section in SECTIONS for partial in ("", "<3.20>", "<100000.5>")]
    answers = await _of_both(*(f"FETCH 1:* ({item})" for item in items))
    for item, (ours, theirs) in zip(items, answers, strict=True):
        mine, other = fetched(ours.untagged), fetched(theirs.untagged)
        for number in other:
            [own], [expected] = mine[number].values(), other[number].values()
            if own == b"":
                # Part 1 of a leaf is the leaf for Dovecot, and for us there is none.
                assert expected == b"" or item.startswith(("BODY.PEEK[2.1", "BODY.PEEK[1.1")), (item, number)
            else:
                # To a part that holds parts it adds the line end of the next boundary (RFC 2046 §5.1.1).
                assert expected in {own, _octets(own) + b"\r\n"}, (item, number)


async def test_searches_find_the_same() -> None:
    answers = await _of_both(*(f"SEARCH {key}" for key in KEYS), *(f"UID SEARCH {key}" for key in KEYS))
    # A message without a Date was sent before every day for Dovecot, and on no day for us.
    found = {key: (ours.numbers, theirs.numbers) for key, (ours, theirs) in zip(KEYS, answers, strict=False)}
    assert {key: ours for key, (ours, _) in found.items()} == {key: theirs for key, (_, theirs) in found.items()}


async def test_a_script_of_changes_ends_in_the_same_mailbox() -> None:
    script = (
        "CREATE Autre", "STORE 1:3 +FLAGS (\\Seen $Label2)", "STORE 2 -FLAGS (\\Seen)", "UID STORE 4 FLAGS (\\Draft)",
        "COPY 1,3:4 Autre", "STORE 5 +FLAGS.SILENT (\\Deleted)", "UID EXPUNGE 5", "UID MOVE 2 Autre", "EXPUNGE",
        "FETCH 1 BODY[TEXT]", "NOOP", "UID FETCH 1:* FLAGS", "CLOSE", "EXAMINE Autre",
        "FETCH 1 BODY[]", "CLOSE", "SELECT Autre", "FETCH 1:* (UID FLAGS RFC822.SIZE)", "RENAME Autre Nouveau",
        "UNSELECT", 'LIST "" "Nou*"', "DELETE Nouveau", "SELECT Nouveau",
    )  # fmt: skip
    answers = await _of_both(*script)
    for command, (ours, theirs) in zip(script, answers, strict=True):
        assert ours.completion.split()[0] == theirs.completion.split()[0], (command, ours, theirs)
        for code in ("[COPYUID", "[READ-"):
            assert (code in ours.completion) is (code in theirs.completion), (command, ours, theirs)
    assert _heard(ours for ours, _ in answers[:12]) == _heard(theirs for _, theirs in answers[:12])
    mine, other = fetched(answers[17][0].untagged), fetched(answers[17][1].untagged)
    assert _without_recent(mine) == _without_recent(other)


async def test_odd_commands_end_alike() -> None:
    script = (
        *(line.encode() for line in (
            'SEARCH SUBJECT "é"', 'SEARCH CHARSET utf8 BODY "é"', 'SEARCH CHARSET ASCII ALL',
            "SEARCH CHARSET x-mine ALL", "SEARCH CHARSET latin1 SUBJECT x", 'CREATE "Été"', "SEARCH SUBJECT é",
            'ID ("nom" "é")',
            'FETCH 1 BODY.PEEK[HEADER.FIELDS ("a b" From from)]', f'ID ("long" "{"v" * 30_000}")',
            "ID (" + " ".join(f'"k{number}" NIL' for number in range(40)) + ")",
            "FETCH 1 BODY[1.MIME]", "FETCH 999 UID", "FETCH 1:999 UID", "UID FETCH 999 UID", "STORE 999 FLAGS ()",
            "UID STORE 999 FLAGS ()", "SEARCH 999", "COPY 999 INBOX", "UID COPY 999 INBOX",
        )),
        b'SEARCH SUBJECT "\xff"', b'SEARCH CHARSET utf-8 SUBJECT "\xff"', b'CREATE "\xff"',
    )  # fmt: skip
    async with running() as site, site.signed_in() as ours, dovecot() as theirs:
        await _filled(ours)
        await _filled(theirs)
        for line in script:
            mine, other = await ours.ask(line), await theirs.ask(line)
            assert mine.completion.split()[0] == other.completion.split()[0], (line[:80], mine, other)
            assert _code(other) in {"", _code(mine)}, (line[:80], mine, other)


def _code(reply: Reply) -> str:
    """Give the name of the code of a completion that is not BAD."""
    found = re.match(r"(?:OK|NO) \[([A-Z]+)", reply.completion)
    return found[1] if found else ""


def _heard(replies: Iterable[Reply]) -> list[tuple[int | None, frozenset[bytes] | None]]:
    model = MailboxModel()
    model.hear([b"%d EXISTS" % len(MESSAGES)])
    for reply in replies:
        model.hear(reply.untagged)
    return model.state


def _without_recent(messages: dict[int, dict[bytes, Value]]) -> list[tuple[Value, Value, frozenset[bytes]]]:
    """Give UID, size and flags of messages; which session sees a message as recent is left open by RFC 3501."""
    found = []
    for pairs in messages.values():
        flags = pairs[b"FLAGS"]
        assert isinstance(flags, list)
        kept = frozenset(flag for flag in flags if isinstance(flag, bytes) and flag != b"\\Recent")
        found.append((pairs[b"UID"], pairs[b"RFC822.SIZE"], kept))
    return found


def _octets(value: Value) -> bytes:
    assert isinstance(value, bytes)
    return value

