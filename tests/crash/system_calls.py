"""Reads what strace wrote, and says what a reply to DATA was not preceded by.

A kill leaves the page cache alone and proves nothing about fsync; the order of system calls does. What a call
did counts from the line on which it ended, what it caused from the line on which it began.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

_CALLS = "openat,write,writev,pwrite64,pwritev,pwritev2,fsync,fdatasync,sendto,sendmsg"
_LINE = re.compile(r"(?P<pid>\d+) +(?P<at>\d+\.\d+) (?P<rest>.*)")
_CALL = re.compile(r"(?P<name>\w+)\((?P<arguments>.*?)(?:\) += (?P<result>-?\d+).*| <unfinished \.\.\.>)")
_RESUMED = re.compile(r"<\.\.\. \w+ resumed>.*\) += (?P<result>-?\d+)")
_TARGET = re.compile(r'\d+<(?P<open>.*?)>(?:,|$)|AT_FDCWD(?:<.*?>)?, "(?P<named>.*?)"')
_WRITES = frozenset({"write", "writev", "pwrite64", "pwritev", "pwritev2"})
_SENDS = frozenset({"write", "writev", "sendto", "sendmsg"})
_SYNCS = frozenset({"fsync", "fdatasync"})
_PAGE = 4096
"""SQLite writes a frame of its log as a head and a page; what is shorter commits nothing."""

ONE_REPLY = "one reply between content and the sender's next word"
BLOB = "a blob written"
BLOB_SYNC = "fsync of the blob's segment after its last write"
FOLDER_SYNC = "fsync of the segment's folder after it was made"
COMMIT = "a commit after the blob, of all recipients, with fsync of the log"


def strace(output: Path) -> tuple[str, ...]:
    """Give the command that runs another under strace; follows threads, names what descriptors stand for."""
    return ("strace", "-f", "-yy", "-ttt", "-s", "0", "--seccomp-bpf", "-e", f"trace={_CALLS}", "-o", str(output))


@dataclass(frozen=True, slots=True)
class Call:
    """One system call that ended.

    Attributes:
        at: when it began, seconds since 1970.
        target: the file's path, or both ends of the connection.
        began, ended: numbers of lines of the trace.
    """

    at: float
    name: str
    target: str
    arguments: str
    result: int
    began: int
    ended: int


@dataclass(frozen=True, slots=True)
class Transmission:
    """One message as its sender saw it.

    Attributes:
        port: the sender's.
        handed: just before its content was written.
        answered: just after 250 was read.
    """

    port: int
    handed: float
    answered: float


def read_trace(output: Path) -> list[Call]:
    """Read a trace; calls stand in the order in which they ended."""
    begun: dict[str, Call] = {}
    calls = []
    for number, line in enumerate(output.read_text(errors="replace").splitlines()):
        outer = _LINE.fullmatch(line)
        if outer is None:
            continue
        pid = outer["pid"]
        if resumed := _RESUMED.match(outer["rest"]):
            if pid in begun:
                calls.append(replace(begun.pop(pid), result=int(resumed["result"]), ended=number))
        elif call := _CALL.match(outer["rest"]):
            target = _TARGET.match(call["arguments"])
            named = (target["open"] or target["named"] or "") if target else ""
            made = Call(float(outer["at"]), call["name"], named, call["arguments"], 0, number, number)
            if call["result"] is None:
                begun[pid] = made
            else:
                calls.append(replace(made, result=int(call["result"])))
    return calls


def lacking(calls: Sequence[Call], sent: Transmission) -> list[str]:
    """Say what was not done before the 250 of one message left; nothing else was under way meanwhile."""
    window = [call for call in calls if sent.handed <= call.at <= sent.answered]
    replies = [call for call in window if call.name in _SENDS and call.target.endswith(f":{sent.port}]")]
    if len(replies) != 1:
        return [ONE_REPLY]
    before = [call for call in window if call.ended < replies[0].began and call.result >= 0]
    octets = [call for call in before if call.name in _WRITES and "/blobs/" in call.target]
    if not octets:
        return [BLOB]
    lacking = _unsynchronised(octets, [call for call in calls if call.ended < replies[0].began and call.result >= 0])
    return lacking if _committed(before, octets[-1]) else [*lacking, COMMIT]


def _unsynchronised(octets: list[Call], before: list[Call]) -> list[str]:
    lacking, segment = [], octets[-1].target
    if not _synced(before, segment, octets[-1].ended):
        lacking.append(BLOB_SYNC)
    # Made for this message, or for one before it.
    made = next((call.ended for call in before if call.target == segment and "O_CREAT" in call.arguments), None)
    if made is None or not _synced(before, segment.rpartition("/")[0], made):
        lacking.append(FOLDER_SYNC)
    return lacking


def _committed(before: list[Call], blob: Call) -> bool:
    """Say whether there is a commit after the blob: frames in the log, then its fsync."""
    frames = False
    for call in before:
        if call.began < blob.ended or not is_log(call.target):
            continue
        if is_frame(call):
            frames = True
        elif call.name in _SYNCS and frames:
            return True
    return False


def _synced(calls: Iterable[Call], target: str, after: int) -> bool:
    return any(call.name in _SYNCS and call.target == target and call.began > after for call in calls)


def is_log(target: str) -> bool:
    """Say whether this is the write-ahead log of the mail database."""
    return target.endswith("/pli.sqlite-wal")


def is_frame(call: Call) -> bool:
    """Say whether this wrote a page into a log."""
    return call.name == "pwrite64" and call.result == _PAGE


def created_unsynchronised(calls: list[Call], before: int, named: Callable[[str], bool]) -> list[str]:
    """List files made ready for writing whose folder was not synchronised before a line of the trace."""
    first_writes: dict[str, Call] = {}
    for call in calls:
        if call.name in _WRITES and named(call.target) and call.began < before:
            first_writes.setdefault(call.target, call)
    return [
        target
        for target, call in first_writes.items()
        if not _synced([c for c in calls if c.ended < before], target.rpartition("/")[0], call.ended)
    ]
