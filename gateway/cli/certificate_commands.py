"""``certificate`` of a professional or a laboratory: one more is bound, or one is dropped."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.issued_certificates import bindable, issued, issued_folder
from gateway.cli.mailbox_commands import Address, Holders, described, on_mailbox, put_mailbox
from gateway.cli.output import DEFAULT_CONFIG, AsJson, Config, print_json, put, say
from gateway.config import Settings, load_settings
from gateway.core import Core
from gateway.domain.directory import CertificateBinding, LocalMailbox

Pem = Annotated[
    Path | None,
    typer.Option(
        "--certificate", help="Bind this PEM certificate instead of issuing one.", exists=True, dir_okay=False
    ),
]
Out = Annotated[
    Path | None,
    typer.Option("--out", help="Folder for an issued certificate and its key; default: issued, beside pli.toml.",
                 file_okay=False, resolve_path=True),
]  # fmt: skip
Drop = Annotated[
    str, typer.Option(metavar="FINGERPRINT", help="Withdraw the certificate that « show » names so, or begins so.")
]
SAFE = "Give the certificate, its key and the password to whoever sends with them, by a safe way."


def add_certificate_command(app: typer.Typer, who: Holders) -> None:
    """Give a group of commands the one that binds and drops certificates."""

    @app.command(
        "certificate",
        help=f"Give one {who.one} one more certificate to send with, issued or its own; with --drop, withdraw one.",
    )
    def certificate(
        address: Address,
        certificate: Pem = None,
        drop: Drop = "",
        password: Annotated[
            bool, typer.Option("--password", help="Give a new app password, shown only now, instead of a certificate.")
        ] = False,
        out: Out = None,
        config: Config = DEFAULT_CONFIG,
        as_json: AsJson = False,
    ) -> None:
        settings = load_settings(config)
        outside = None if certificate is None else bindable(certificate, address)
        change = _Change(settings, outside, drop, out or issued_folder(settings), with_password=password)
        found = asyncio.run(on_mailbox(settings, who.kinds, address, change.made))
        if change.given:
            say(SAFE)
        if as_json:
            print_json({**described(found), **change.given})
        else:
            put_mailbox(found, as_json=False)
            put(change.given, as_json=False)


class _Change:
    """One change of a mailbox's certificates, and what it gave: a password, files."""

    def __init__(
        self, settings: Settings, outside: CertificateBinding | None, drop: str, out: Path, *, with_password: bool
    ) -> None:
        self.given: dict[str, str] = {}
        self._settings = settings
        self._outside = outside
        self._drop = drop
        self._out = out
        self._with_password = with_password

    async def made(self, it: Core, known: LocalMailbox) -> LocalMailbox:
        """Bind, then drop: there is no moment without a certificate. Give the mailbox as it is now."""
        # Looked up first: a fingerprint that was mistyped leaves all as it is.
        dropped = it.mailbox_certificates.named(known, self._drop) if self._drop else None
        if self._outside is not None:
            await it.mailbox_certificates.bind(self._outside)
        elif dropped is None and not self._with_password:
            with issued(self._settings, known.entry, self._out) as (files, binding):
                await it.mailbox_certificates.bind(binding)
            self.given.update(files)
        if dropped is not None:
            await it.mailbox_certificates.drop(dropped)
        if self._with_password:
            self.given["password"] = await it.mailbox_endings.renew_password(known)
        return it.local_mailboxes.find(known.entry.address, frozenset({known.entry.kind}))
