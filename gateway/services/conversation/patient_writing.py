"""The one authority for « may this patient write to this correspondent »: the whole policy chain, from the web.

The web space is a listener like the others (`Entrance.INTERNAL`): the stages that judge mail by SMTP judge what a
patient writes, with facts read in the transaction of the caller. Pages ask it before they offer a form; the
transaction that commits a message asks it again (A7).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from gateway.domain.address import MailAddress
from gateway.domain.exchange import Exchange
from gateway.domain.mailbox import VaultId
from gateway.domain.mime import ScannedMessage
from gateway.domain.verdict import Accept, Verdict
from gateway.policy import reasons
from gateway.policy.facts import (
    Attempts,
    Certificate,
    ConnectionFacts,
    ContentFacts,
    DataFacts,
    Entrance,
    MailFacts,
    RcptFacts,
    Tls,
)
from gateway.policy.settings import PatientReplies, PolicySettings
from gateway.policy.stages import CONTENT, INITIATION, TRANSPORT, TRUST, decide
from gateway.ports.store import Tx
from gateway.services.patient_blocks import blocks
from gateway.services.trust.content_facts import content_facts
from gateway.services.trust.exchange_state import state_of
from gateway.services.trust.facts import TrustFacts
from gateway.services.trust.recipient_facts import find_recipient

# Pages are served over TLS only, and the session has proved who writes.
_WEB = ConnectionFacts(listener=Entrance.INTERNAL, tls=Tls.ADEQUATE, certificate=Certificate.ABSENT, signed_in=None)


class PatientWriting:
    """Judges what patients write; reads the store through the transaction that it is given."""

    def __init__(self, trust: TrustFacts, settings: PolicySettings) -> None:
        self._trust = trust
        self._settings = settings

    @property
    def max_bytes(self) -> int:
        """Give the size of the largest message."""
        return self._settings.max_bytes

    @property
    def allows_new_subjects(self) -> bool:
        """Say whether the operator lets patients begin new subjects (`patient_replies`)."""
        return self._settings.patient_replies is PatientReplies.CONTACT

    def content(
        self, scanned: ScannedMessage, raw: bytes, recipients: Sequence[MailAddress], *, answers: bool
    ) -> ContentFacts:
        """Gather the facts of a message that is ready; `answers` says whether it answers one of the exchange."""
        return content_facts(scanned, raw, recipients, answers, self._trust, self._settings)

    def may_write(self, tx: Tx, vault: VaultId, recipients: Sequence[MailAddress], *, answers: bool) -> Verdict:
        """Judge before anything is written: what the smallest message to these recipients would meet."""
        sender = tx.spaces.space(vault).address.mail
        smallest = ContentFacts(
            size=0,
            header_bytes=0,
            header_lines=0,
            received=0,
            from_fields=1,
            from_mailboxes=(sender,),
            addressed=frozenset(recipients),
            white_listed=frozenset(one.domain for one in recipients if self._trust.white_listed(one.domain)),
            answers=answers,
            unclear=False,
            also_authors=(),
            bears_program=False,
            stray_file=False,
            lacks_document=False,
        )
        return self.judge(tx, vault, recipients, smallest)

    def judge(self, tx: Tx, vault: VaultId, recipients: Sequence[MailAddress], content: ContentFacts) -> Verdict:
        """Judge a message of a space to all its recipients; the first refusal stands for the whole."""
        sender = tx.spaces.space(vault).address.mail
        of = replace(self._trust.sender(sender), space=tx.spaces.state(vault))
        mail = MailFacts(_WEB, self._trust.sources(), of)
        for verdict in self._verdicts(tx, vault, recipients, mail, content):
            if not isinstance(verdict, Accept):
                return verdict
        return CONTENT.accepted

    def _verdicts(
        self, tx: Tx, vault: VaultId, recipients: Sequence[MailAddress], mail: MailFacts, content: ContentFacts
    ) -> Iterator[Verdict]:
        yield decide(TRANSPORT, mail, self._settings)
        yield decide(TRUST, mail, self._settings)
        for position, recipient in enumerate(recipients, 1):
            exchange = state_of(tx, vault, recipient)
            blocked = blocks(tx, vault, self._trust.names(recipient))
            found = find_recipient(
                tx, recipient, self._trust, self._settings, position=position, exchange=exchange, blocked=blocked
            )
            known = replace(found.facts, attempts=Attempts())
            yield decide(INITIATION, RcptFacts(_WEB, mail.sources, mail.sender, known), self._settings)
        yield decide(CONTENT, DataFacts(_WEB, mail.sources, mail.sender, content), self._settings)


def sentence(verdict: Verdict, exchanges: Sequence[Exchange] = ()) -> str:
    """Say in one French sentence why the patient may not write, or nothing when they may.

    Args:
        verdict: of `PatientWriting`.
        exchanges: those of the recipients; who ended theirs is named (A8), and who left (A24).
    """
    if isinstance(verdict, Accept):
        return ""
    if verdict.reason is reasons.MAILBOX_UNKNOWN:
        return reasons.gone([one.name for one in exchanges])
    ended = verdict.reason is reasons.EXCHANGE_ENDED
    name = next((one.name for one in exchanges if ended and one.name and not one.is_open), "")
    return reasons.ended_by(name) if name else verdict.reason.french
