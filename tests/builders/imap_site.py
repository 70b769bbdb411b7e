"""A live IMAP server over the real store on a RAM disk, with one professional's mailbox."""

import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from certs import contexts
from certs.contexts import KeyPair
from gateway.domain.address import MailAddress
from gateway.domain.mailbox import SpecialUse, VaultId, VaultKind
from gateway.imap.server import ImapServer
from gateway.imap.settings import ImapSettings
from gateway.listening import ListeningPort, bound
from gateway.ports.store import Tx
from gateway.services.access.actors import owner_of
from gateway.services.mailbox.mailbox import Mailboxes, OpenMailbox
from gateway.services.sign_in.app_passwords import AppPasswords, app_account
from gateway.services.sign_in.sign_in_trace import SignInTrace
from tests.builders.imap_client import ImapClient
from tests.builders.smtp_tls import TestAuthority
from tests.builders.store import StoreAt, a_mailbox, ram_folder, store_at
from tests.builders.throttles import a_throttle

LOGIN, PASSWORD = "camille.exemple@medecin.mssante.fr", "k3vq8z-aaaaaa-bbbbbb"
FOLDERS = (
    ("INBOX", SpecialUse.INBOX),
    ("Envoyés", SpecialUse.SENT),
    ("Brouillons", SpecialUse.DRAFTS),
    ("Corbeille", SpecialUse.TRASH),
    ("Terminés", SpecialUse.ENDED),
)
SETTINGS = ImapSettings(
    linger=timedelta(milliseconds=100),
    drain_timeout=timedelta(seconds=5),
    auth_failure_delay=timedelta(milliseconds=1),
)


@dataclass(frozen=True)
class Site:
    """A server that runs, what is below it, and the certificates of its clients."""

    server: ImapServer
    at: StoreAt
    vault: VaultId
    mailboxes: Mailboxes
    sign_ins: SignInTrace
    authority: TestAuthority

    @property
    def port(self) -> int:
        return self.server.port

    @property
    def context(self) -> ssl.SSLContext:
        return self.authority.client()

    @property
    def mailbox(self) -> OpenMailbox:
        """The mailbox as the server's own code sees it, for changes that no client makes."""
        return self.mailboxes.of(owner_of(self.vault, MailAddress.parse(LOGIN), VaultKind.PER, "", "imap"))

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[ImapClient]:
        async with ImapClient(self.port, self.context) as client:
            assert client.greeting.startswith(b"* OK")
            yield client

    @asynccontextmanager
    async def signed_in(self, mailbox: str = "") -> AsyncIterator[ImapClient]:
        """Open a connection that has signed in, and selected a mailbox if one is named."""
        async with self.connected() as client:
            await client.good(f"LOGIN {LOGIN} {PASSWORD}")
            if mailbox:
                await client.good(f"SELECT {mailbox}")
            yield client

    async def fill(
        self, *messages: bytes, mailbox: str = "INBOX", flags: Sequence[str] = (), recent: bool = False
    ) -> None:
        """Append messages without a client; unless they shall be recent, as if one had seen them before."""
        for message in messages:
            await self.mailbox.messages.append(mailbox, message, frozenset(flags), None)

        def told(tx: Tx) -> None:
            folder = tx.mail.folder(self.vault, mailbox)
            if folder is not None:
                tx.mail.note_recent(self.vault, folder.id, folder.uid_next)

        if not recent:
            await self.at.store.write(told)


@asynccontextmanager
async def running(
    settings: ImapSettings = SETTINGS, *, folder: Path | None = None, host: str = "127.0.0.1", **changes: object
) -> AsyncIterator[Site]:
    """Serve until the block ends, from a RAM disk unless a folder is named; `changes` are settings."""
    # mypy cannot check a dictionary against the fields of a dataclass.
    settings = replace(settings, **changes)  # type: ignore[arg-type]
    async with AsyncExitStack() as stack:
        folder = folder or stack.enter_context(ram_folder())
        authority = TestAuthority(folder)
        at = await stack.enter_async_context(store_at(folder))
        sign_ins = SignInTrace(at.store, at.clock)
        passwords = AppPasswords(at.store, sign_ins)
        vault = await a_mailbox(at.store, LOGIN, folders=FOLDERS)
        await at.store.write(lambda tx: tx.spaces.save_account(app_account(at.store, vault, LOGIN, PASSWORD)))
        mailboxes = Mailboxes(at.store, at.blobs, lambda _: None, at.clock, passwords)
        context = contexts.imap(KeyPair(authority.server.path, authority.server.path))
        port = ListeningPort(bound(host, 0))
        server = await stack.enter_async_context(ImapServer(mailboxes, settings, context, a_throttle(settings), port))
        yield Site(server, at, vault, mailboxes, sign_ins, authority)


def a_message(subject: str = "Bonjour", body: str = "Texte.", *, more: str = "") -> bytes:
    """Make a plain message."""
    head = f"From: Labo <labo@biologie.example>\r\nTo: {LOGIN}\r\nSubject: {subject}\r\n"
    date = "Date: Mon, 02 Mar 2026 12:00:00 +0100\r\n"
    return f"{head}{date}{more}\r\n{body}\r\n".encode()
