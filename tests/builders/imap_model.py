"""A client's own copy of a mailbox, kept from nothing but the untagged responses it hears."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_NUMBERED = re.compile(rb"(\d+) (EXISTS|EXPUNGE|FETCH)(.*)", re.DOTALL)


@dataclass
class Known:
    """What the client knows of one message: nothing at first."""

    uid: int | None = None
    flags: frozenset[bytes] | None = None


class MailboxModel:
    """Message number n is the n-th of `messages`."""

    def __init__(self) -> None:
        self.messages: list[Known] = []
        self.expunges_heard = 0

    def hear(self, responses: Iterable[bytes]) -> None:
        for line in responses:
            found = _NUMBERED.fullmatch(line)
            if not found:
                continue
            number, what, rest = int(found[1]), found[2], found[3]
            if what == b"EXISTS":
                # RFC 3501 §7.3.1: it never takes messages away, only EXPUNGE does.
                assert number >= len(self.messages)
                self.messages += [Known() for _ in range(number - len(self.messages))]
            elif what == b"EXPUNGE":
                assert 1 <= number <= len(self.messages)
                del self.messages[number - 1]
                self.expunges_heard += 1
            else:
                self._fetched(number, rest)

    def _fetched(self, number: int, rest: bytes) -> None:
        assert 1 <= number <= len(self.messages), "a FETCH of a message that the client was never told of"
        known = self.messages[number - 1]
        if uid := re.search(rb"UID (\d+)", rest):
            assert known.uid in {None, int(uid[1])}, "the message behind a number has changed"
            known.uid = int(uid[1])
        if flags := re.search(rb"FLAGS \(([^)]*)\)", rest):
            known.flags = frozenset(flags[1].split()) - {b"\\Recent"}

    @property
    def state(self) -> list[tuple[int | None, frozenset[bytes] | None]]:
        return [(known.uid, known.flags) for known in self.messages]
