"""Requests for help: from a person to whoever the operator names, without anything medical (F24).

A request is a notice to `[support] address`, by the same drivers as every notice. It bears a number that the person is
told. Who asks too often waits; what looks like a file is refused.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from gateway.domain.access import Actor
from gateway.domain.address import MailAddress
from gateway.domain.audit import AuditEvent
from gateway.domain.errors import InvalidValue
from gateway.domain.mailbox import OPERATOR
from gateway.domain.network import source_network
from gateway.domain.notices import Channel, NoticeKind
from gateway.domain.outbox import Step
from gateway.domain.step_payloads import TellHolder
from gateway.ports.clock import Clock
from gateway.ports.counters import Counters
from gateway.ports.store import Store, Tx
from gateway.services.random_numbers import random_number

MAX_WORDS = 2000
"""Characters of a request."""
_WINDOW = timedelta(hours=1)
_OF_ONE = 5
"""Requests of one person or source, until an hour has passed without any."""
_OF_STRANGERS, _AT_MOST = 200, 2000
"""Requests of all who are not signed in: beyond the first, one a source; beyond the second, none."""
_SIGNS = "ABCDEFGHJKMNPQRTUVWXY346789"
_ENCODED = re.compile(r"[A-Za-z0-9+/=_-]{60,}")
_BEGINNINGS = ("%PDF-", "base64,", "<?xml", "<ClinicalDocument", "-----BEGIN", "BEGIN:VC", "{\\rtf")


class HelpRefusal(Enum):
    """Why a request was not taken."""

    NO_WORDS = "no_words"
    TOO_LONG = "too_long"
    NO_CONTACT = "no_contact"
    LOOKS_LIKE_A_FILE = "looks_like_a_file"
    TOO_MANY = "too_many"
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class HelpRequest:
    """What somebody asks; `answer_to` is a mail address."""

    topic: str
    words: str
    answer_to: str


def looks_like_a_file(words: str) -> bool:
    """Say whether somebody has pasted a file, in clear or encoded."""
    if any(beginning in words for beginning in _BEGINNINGS):
        return True
    return sum(len(piece) for piece in words.split() if _ENCODED.fullmatch(piece)) >= 120


class HelpRequests:
    """Takes requests for help."""

    def __init__(self, store: Store, clock: Clock, address: str, counters: Counters) -> None:
        self._store = store
        self._clock = clock
        self._address = address
        self._asked = counters.failures("help", _WINDOW)

    @property
    def is_possible(self) -> bool:
        """Say whether there is anybody to ask."""
        return bool(self._address)

    async def ask(self, actor: Actor | None, source: str, request: HelpRequest) -> str | HelpRefusal:
        """Send a request and give its number; `actor` is None for somebody who is not signed in."""
        refusal, now = self._refusal(request), self._clock.now()
        if refusal is not None:
            return refusal
        if self._too_many(actor, source, now):
            return HelpRefusal.TOO_MANY
        number, vault = random_number(), actor.vault if actor else OPERATOR
        reference = _reference(number)
        values = {
            "reference": reference, "topic": request.topic, "answer_to": request.answer_to, "words": request.words,
        }  # fmt: skip
        told = TellHolder(kind=NoticeKind.HELP, values=values, channel=Channel.EMAIL, to=self._address)
        step = Step(vault=vault, id=number, payload=told, due=now)
        objects = (f"help:{reference}",)
        event = (
            actor.event(now, "help.asked", objects=objects)
            if actor
            else AuditEvent(at=now, actor="unknown", action="help.asked", objects=objects)
        )

        def send(tx: Tx) -> None:
            tx.outbox.add(step)
            tx.audit.append(vault, event)
            tx.changed(OPERATOR)

        await self._store.write(send)
        return reference

    def _refusal(self, request: HelpRequest) -> HelpRefusal | None:
        if not self._address:
            return HelpRefusal.NOWHERE
        if not request.words.strip():
            return HelpRefusal.NO_WORDS
        if len(request.words) > MAX_WORDS:
            return HelpRefusal.TOO_LONG
        if looks_like_a_file(request.words):
            return HelpRefusal.LOOKS_LIKE_A_FILE
        try:
            MailAddress.parse(request.answer_to)
        except InvalidValue:
            return HelpRefusal.NO_CONTACT
        return None

    def _too_many(self, actor: Actor | None, source: str, now: datetime) -> bool:
        who, strangers = (actor.account if actor else source_network(source), "help"), ("", "")
        asked, of_all = self._asked.recent(who, now), 0 if actor else self._asked.recent(strangers, now)
        if asked >= (_OF_ONE if of_all < _OF_STRANGERS else 1) or of_all >= _AT_MOST:
            return True
        self._asked.add(who, now)
        if actor is None:
            self._asked.add(strangers, now)
        return False


def _reference(number: int) -> str:
    """Give the number that the person is told: eight signs that are not taken for one another."""
    signs = ""
    for _ in range(8):
        number, place = divmod(number, len(_SIGNS))
        signs += _SIGNS[place]
    return f"{signs[:4]}-{signs[4:]}"
