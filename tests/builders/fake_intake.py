"""An `Intake` that accepts what it is not told to refuse, remembers everything, and can be held or broken."""

import asyncio
from dataclasses import dataclass

from gateway.domain.address import MailAddress
from gateway.domain.mailbox import VaultId, VaultKind
from gateway.domain.smtp_connection import SignedInMailbox, SmtpConnection
from gateway.domain.verdict import Accept, Reason, Reject, Verdict
from gateway.services.access.actors import owner_of
from gateway.services.intake.port import Envelope, MailParameters, Receipt

ACCEPT = Accept("POL-00")
UNREACHABLE = Reject(
    Reason(
        rule="POL-31",
        smtp_code=550,
        enhanced="5.1.1",
        french="Patient non joignable par cette messagerie.",
        english="Patient cannot be reached here.",
    )
)


@dataclass(frozen=True)
class Stored:
    connection: SmtpConnection
    envelope: Envelope
    raw: bytes


class FakeIntake:
    """Attributes named `..._verdict` and `failure` steer it; `messages` is what it committed."""

    def __init__(self) -> None:
        self.messages: list[Stored] = []
        self.asked: list[tuple[str, MailAddress | None]] = []
        self.connections: list[SmtpConnection] = []
        self.envelopes: list[Envelope] = []
        self.sources: list[str] = []
        self.parameters: list[MailParameters] = []
        self.accounts = {"claire.martin@medecin.mssante.fr": "mot de passe"}
        self.mail_verdict: Verdict = ACCEPT
        self.rcpt_verdicts: dict[str, Verdict] = {}
        self.data_verdict: Verdict = ACCEPT
        self.failure: Exception | None = None
        self.data_began = asyncio.Event()
        self.data_may_end = asyncio.Event()
        self.data_may_end.set()
        self.data_ended = asyncio.Event()

    async def authenticate(self, login: str, password: str, source: str) -> SignedInMailbox | None:
        self.sources.append(source)
        if self.failure:
            raise self.failure
        if self.accounts.get(login) != password:
            return None
        vault, address = VaultId(7), MailAddress.parse(login)
        return SignedInMailbox(vault, address, owner_of(vault, address, VaultKind.PER, "", "smtp"))

    async def mail(
        self, connection: SmtpConnection, reverse_path: MailAddress | None, parameters: MailParameters
    ) -> Verdict:
        self.connections.append(connection)
        self.asked.append(("mail", reverse_path))
        self.parameters.append(parameters)
        if self.failure:
            raise self.failure
        return self.mail_verdict

    async def rcpt(self, connection: SmtpConnection, envelope: Envelope, recipient: MailAddress) -> Verdict:
        self.connections.append(connection)
        self.envelopes.append(envelope)
        self.asked.append(("rcpt", recipient))
        return self.rcpt_verdicts.get(str(recipient), ACCEPT)

    async def data(self, connection: SmtpConnection, envelope: Envelope, raw: bytes) -> Receipt:
        self.data_began.set()
        await self.data_may_end.wait()
        if self.failure:
            raise self.failure
        if not isinstance(self.data_verdict, Accept):
            return Receipt(self.data_verdict)
        self.messages.append(Stored(connection, envelope, raw))
        self.data_ended.set()
        return Receipt(self.data_verdict, f"q{len(self.messages)}")
