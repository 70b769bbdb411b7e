r"""One transcript for each group of commands, in the manner of a conformance suite: who says what, and what is heard.

A line begins with the number of the session. Below it, ``* `` is an untagged response that must be heard (``%`` stands
for a run of anything, flags in any order), in the order of the transcript; ``! `` one that must not, and a word alone
how the command ends; OK without. Nothing may be said twice, and counts of EXISTS and RECENT are told once in an answer.
"""

import re
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import pytest

from tests.builders.imap_client import Reply
from tests.builders.imap_site import a_message, running


@dataclass
class _Turn:
    session: int
    command: str
    heard: list[str] = field(default_factory=list)
    unheard: list[str] = field(default_factory=list)
    end: str = "OK"


def _turns(transcript: str) -> list[_Turn]:
    turns: list[_Turn] = []
    for written in filter(None, map(str.strip, transcript.replace("\r\n", "\0").split("\n"))):
        line = written.replace("\0", "\r\n")
        if line[0].isdigit():
            session, _, command = line.partition(" ")
            turns.append(_Turn(int(session), command))
        elif line.startswith("* "):
            turns[-1].heard.append(line[2:])
        elif line.startswith("! "):
            turns[-1].unheard.append(line[2:])
        else:
            turns[-1].end = line
    return turns


def _pattern(line: str) -> re.Pattern[bytes]:
    return re.compile(re.escape(line.encode()).replace(b"%", b".*?"), re.IGNORECASE | re.DOTALL)


def _in_order(line: bytes) -> bytes:
    """Bring the flags of a line into one order."""
    return re.sub(rb"(?<![A-Z])(FLAGS|LIST|LSUB) \(([^()]*)\)", lambda it: b"%b (%b)" % (it[1], _sorted(it[2])), line)


def _sorted(flags: bytes) -> bytes:
    ordered = sorted(flags.split(), key=bytes.lower)
    return b" ".join(ordered)


def _check(turn: _Turn, reply: Reply) -> None:
    assert reply.completion.startswith(turn.end), (turn, reply)
    lines = [_in_order(line) for line in reply.untagged]
    rest = iter(lines)
    for wanted in turn.heard:
        pattern = _pattern(_in_order(wanted.encode()).decode())
        assert any(map(pattern.fullmatch, rest)), (wanted, "is missing, or comes before the line above it", turn, reply)
    said = [line.split()[-1] if line.endswith((b" EXISTS", b" RECENT")) else line for line in lines]
    assert len(said) == len(set(said)) or any(line.endswith(b" EXPUNGE") for line in said), (turn, reply)
    for unwanted in turn.unheard:
        assert not any(_pattern(unwanted).fullmatch(line) for line in lines), (unwanted, turn, reply)


def _sent(day: str, zone: str, subject: str = "x", more: str = "") -> bytes:
    return f"Subject: {subject}\r\nDate: {day} {zone}\r\n{more}\r\ncorps {subject}\r\n".encode()


FIVE = [a_message(f"m{number}") for number in range(1, 6)]
NESTED = (
    b"From: a@x.example\r\nMIME-Version: 1.0\r\nContent-Type: message/rfc822\r\n\r\n"
    b"From: b@x.example\r\nMIME-Version: 1.0\r\nContent-Type: message/rfc822\r\n\r\n"
    b"From: c@x.example\r\nSubject: dedans\r\n\r\nau fond\r\n"
)
DIGEST = (
    b"From: a@x.example\r\nContent-Type: multipart/digest; boundary=d\r\n\r\navant\r\n"
    b"--d \r\n\r\nSubject: un\r\n\r\npremier\r\n--d\r\nX-Part: deux\r\n\r\nSubject: deux\r\n\r\nsecond\r\n--d--\r\n"
)
DAYS = [
    _sent("24 Mar 2026 23:30:00", "-0900", "a"), _sent("25 Mar 2026 00:10:00", "+1300", "b"),
    _sent("25 Mar 2026 12:00:00", "+0000", "c"), _sent("26 Mar 2026 01:00:00", "+0200", "d"),
]  # fmt: skip
GROUPS: dict[str, tuple[list[bytes], str]] = {
    "select": (FIVE[:2], """
        1 SELECT INBOX
        * 2 EXISTS
        * 2 RECENT
        * OK [UNSEEN 1]%
        * OK [UIDVALIDITY %
        * OK [UIDNEXT 3]%
        1 SELECT INBOX
        * 0 RECENT
    """),
    "append": ([], """
        1 SELECT Brouillons
        2 SELECT Brouillons
        1 APPEND Brouillons (\\Seen \\Flagged) {9+}\r\nA: b\r\n\r\nc
        * 1 EXISTS
        2 NOOP
        * 1 EXISTS
        3 STATUS Brouillons (MESSAGES UNSEEN RECENT)
        * STATUS Brouillons (MESSAGES 1 UNSEEN 0 RECENT 0)
        1 FETCH 1 (UID FLAGS)
        * 1 FETCH (UID 1 FLAGS (\\Flagged \\Recent \\Seen))
        2 FETCH 1 FLAGS
        * 1 FETCH (FLAGS (\\Flagged \\Seen))
        3 APPEND Brouillons {9+}\r\nA: b\r\n\r\nc
        3 STATUS Brouillons (MESSAGES UNSEEN)
        * STATUS Brouillons (MESSAGES 2 UNSEEN 1)
    """),
    "copy": (FIVE, """
        1 SELECT INBOX
        2 SELECT Corbeille
        1 STORE 1 FLAGS (\\Seen)
        1 STORE 5 FLAGS (\\Flagged suivi $Lu)
        1 COPY 1:2,5 Corbeille
        2 NOOP
        * FLAGS (% suivi)
        * 3 EXISTS
        * 3 RECENT
        2 FETCH 1:3 FLAGS
        * 1 FETCH (FLAGS (\\Recent \\Seen))
        * 2 FETCH (FLAGS (\\Recent))
        * 3 FETCH (FLAGS ($Lu \\Flagged \\Recent suivi))
    """),
    "expunge": (FIVE, """
        1 SELECT INBOX
        2 SELECT INBOX
        1 STORE 1,3 +FLAGS.SILENT \\Deleted
        1 EXPUNGE
        * 3 EXPUNGE
        * 1 EXPUNGE
        2 FETCH 4 UID
        * 4 FETCH (UID 4)
        ! % EXPUNGE
        2 UID FETCH 2,4 UID
        * 2 FETCH (UID 2)
        1 STORE 1 +FLAGS.SILENT \\Deleted
        1 EXPUNGE
        2 UID STORE 4 FLAGS (\\Seen)
        * % FETCH (UID 4 FLAGS (\\Seen))
        2 CHECK
        2 SEARCH ALL
        * SEARCH 1 2
    """),
    "fetch": (FIVE[:3], """
        1 SELECT INBOX
        1 FETCH 3:1 UID
        * 1 FETCH (UID 1)
        * 3 FETCH (UID 3)
        1 FETCH *:2 UID
        ! 1 FETCH %
        1 UID FETCH 9:* UID
        * 3 FETCH (UID 3)
        1 STORE 2 FLAGS \\Deleted
        1 EXPUNGE
        1 UID FETCH 2 UID
        ! % FETCH %
        1 UID FETCH 1,* UID
        * 2 FETCH (UID 3)
        1 FETCH 1 FULL
        * 1 FETCH (FLAGS (\\Recent) INTERNALDATE "%" RFC822.SIZE % ENVELOPE (%) BODY (%))
    """),
    "nested": ([NESTED, DIGEST], """
        1 SELECT INBOX
        1 FETCH 1 BODY.PEEK[1.1.1]
        * 1 FETCH (BODY[1.1.1] {9}\r\nau fond\r\n)
        1 FETCH 1 BODY.PEEK[1.1.HEADER]
        * 1 FETCH (BODY[1.1.HEADER] {%}\r\nFrom: c@x.example\r\nSubject: dedans\r\n\r\n)
        1 FETCH 1 BODY.PEEK[1.HEADER.FIELDS (from)]
        * 1 FETCH (BODY[1.HEADER.FIELDS (from)] {%}\r\nFrom: b@x.example\r\n\r\n)
        1 FETCH 2 (BODY.PEEK[1.TEXT] BODY.PEEK[2.MIME] BODY.PEEK[2.HEADER])
        * 2 FETCH (BODY[1.TEXT] {7}\r\npremier BODY[2.MIME] {%}\r\nX-Part: deux\r\n\r\n BODY[2.HEADER] %Subject: deux%)
    """),
    "subscribe": ([], """
        1 CREATE Un/Deux/Trois
        1 CREATE Quatre
        1 UNSUBSCRIBE Un
        1 UNSUBSCRIBE Un/Deux
        2 LSUB "" Un%
        2 LSUB "" *Trois
        * LSUB (%) "/" Un/Deux/Trois
        1 DELETE Quatre
        2 LIST (SUBSCRIBED) "" *
        * LIST (\\NonExistent \\Subscribed) "/" Quatre
        1 UNSUBSCRIBE Quatre
        1 UNSUBSCRIBE Quatre
        1 UNSUBSCRIBE jamais
        2 LSUB "" *
        ! LSUB (%) "/" Quatre
        2 LIST (SUBSCRIBED RECURSIVEMATCH) "" Un RETURN (CHILDREN)
        * LIST (\\HasChildren) "/" Un ("CHILDINFO" ("SUBSCRIBED"))
        2 LIST (RECURSIVEMATCH) "" Un
        BAD
        2 LIST (inconnu) "" *
        BAD
        2 LIST "" (Un/*s *atre Un)
        * LIST (%) "/" Un
        * LIST (%) "/" Un/Deux/Trois
        2 LIST "" NIL
    """),
    "store": (FIVE, """
        1 SELECT INBOX
        2 SELECT INBOX
        1 STORE 1:2 FLAGS (\\Seen)
        * 2 FETCH (FLAGS (\\Recent \\Seen))
        2 CHECK
        * 1 FETCH (UID 1 FLAGS (\\Seen))
        1 STORE 2,4 +FLAGS (bonjour $Tri)
        * FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft $Tri bonjour)
        * OK [PERMANENTFLAGS (%bonjour \\*)]%
        * 4 FETCH (FLAGS ($Tri bonjour \\Recent))
        1 STORE 1 +FLAGS (\\Draft)
        2 STORE 1 -FLAGS (\\Seen)
        1 CHECK
        1 FETCH 1 FLAGS
        * 1 FETCH (FLAGS (\\Draft \\Recent))
        2 FETCH 1 FLAGS
        * 1 FETCH (FLAGS (\\Draft))
    """),
    "search flags": (FIVE, """
        1 SELECT INBOX
        1 STORE 1 FLAGS (note)
        1 STORE 2 FLAGS (\\Seen \\Flagged)
        1 STORE 3 FLAGS (\\Answered note)
        1 SEARCH UNANSWERED
        * SEARCH 1 2 4 5
        1 SEARCH UNKEYWORD NOTE
        * SEARCH 2 4 5
        1 SEARCH NEW
        * SEARCH 1 3 4 5
        1 SEARCH OLD
        * SEARCH
        1 SEARCH RECENT
        * SEARCH 1 2 3 4 5
        2 SELECT INBOX
        2 SEARCH OLD UNSEEN
        * SEARCH 1 3 4 5
    """),
    "search dates": (DAYS, """
        1 SELECT INBOX
        1 SEARCH SENTBEFORE 25-Mar-2026
        * SEARCH 1
        1 SEARCH SENTON 25-Mar-2026
        * SEARCH 2 3
        1 SEARCH 2:* SENTSINCE 26-Mar-2026
        * SEARCH 4
        1 SEARCH SUBJECT NIL
        * SEARCH
        1 SEARCH NOT SUBJECT a NOT BODY b
        * SEARCH 3 4
    """),
    "search sets": (FIVE, """
        1 SELECT INBOX
        1 STORE 2 +FLAGS.SILENT \\Deleted
        1 EXPUNGE
        1 SEARCH 3:2
        * SEARCH 2 3
        1 SEARCH UID 1:3,5
        * SEARCH 1 2 4
        1 SEARCH OR 1 UID 5
        * SEARCH 1 4
        1 SEARCH NOT 2,4
        * SEARCH 1 3
        1 SEARCH *:9
        * SEARCH 4
        1 SEARCH UID 9:*
        * SEARCH 4
        1 UID SEARCH RETURN (MIN MAX COUNT) ALL
        * ESEARCH (TAG "%") UID MIN 1 MAX 5 COUNT 4
        1 SEARCH RETURN (COUNT) 1000
        * ESEARCH (TAG "%") COUNT 0
        1 SEARCH RETURN () UID 1:3
        * ESEARCH (TAG "%") ALL 1:2
    """),
    "move": (FIVE[:3], """
        1 SELECT INBOX
        1 MOVE 1 Corbeille
        * OK [COPYUID % 1 1]%
        * 1 EXPUNGE
        1 UID MOVE 2 Corbeille
        * OK [COPYUID % 2 2]%
        1 MOVE 1 INBOX
        * OK [COPYUID % 3 4]%
        * 1 EXPUNGE
        * 1 EXISTS
    """),
}


@pytest.mark.parametrize("group", GROUPS)
async def test_a_group_of_commands_is_answered_as_its_transcript_says(group: str) -> None:
    messages, transcript = GROUPS[group]
    turns = _turns(transcript)
    async with running() as site, AsyncExitStack() as stack:
        await site.fill(*messages, recent=True)
        sessions = [await stack.enter_async_context(site.signed_in()) for _ in range(3)]
        for turn in turns:
            _check(turn, await sessions[turn.session - 1].ask(turn.command))


async def test_commands_sent_together_are_answered_in_their_order() -> None:
    async with running() as site, site.signed_in() as first, site.signed_in() as second:
        await first.send(b"a CREATE Un\r\nb CREATE Deux\r\nc DELETE Un\r\nd NOOP\r\n")
        assert [(await first.response()).split(b" done")[0] for _ in range(4)] == [b"a OK", b"b OK", b"c OK", b"d OK"]
        await second.send(b"e STATUS Deux (MESSAGES)\r\nf STATUS Un (MESSAGES)\r\n")
        assert await second.response() == b"* STATUS Deux (MESSAGES 0)"
        assert [(await second.response())[:4] for _ in range(2)] == [b"e OK", b"f NO"]
