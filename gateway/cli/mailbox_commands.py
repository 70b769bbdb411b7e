"""Commands that professionals, organisations and laboratories have in common: list, show, password, suspend, remove."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, TypeVar

import typer

from gateway.cli.arguments import mail_address, plain_text, shown_name
from gateway.cli.output import DEFAULT_CONFIG, AsJson, Config, print_json, put, say
from gateway.config import Settings, load_settings
from gateway.core import Core, core
from gateway.domain.address import MailAddress
from gateway.domain.directory import CertificateBinding, DirectoryEntry, LocalMailbox, MailboxKind, MailboxState
from gateway.domain.errors import DirectoryUnavailable
from gateway.services.space.local_mailboxes import NewMailbox, restoring_command

T = TypeVar("T")
Address = Annotated[
    MailAddress, typer.Argument(parser=mail_address, metavar="ADDRESS", help="Address of the mailbox.")
]
NewAddress = Annotated[
    MailAddress, typer.Argument(parser=mail_address, metavar="ADDRESS", help="Address at a domain of local_domains.")
]
Name = Annotated[
    str,
    typer.Option(parser=shown_name, metavar="NAME", help="Name that patients are shown, such as « Dr Claire Martin »."),
]
City = Annotated[str, typer.Option(help="Place of practice.")]
NewName = Annotated[str | None, typer.Option("--name", parser=shown_name, metavar="NAME", help="The right name.")]
NewCity = Annotated[str | None, typer.Option("--city", help="The right place of practice; empty for none.")]
End = Annotated[bool, typer.Option("--end", help="Take it into use again; prints a new app password.")]
Reason = Annotated[str | None, typer.Option("--reason", parser=plain_text, metavar="TEXT", help="Why, for the trace.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do it without asking.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Holders:
    """Who has the mailboxes of a group of commands, in words, and of which kinds they are.

    Attributes:
        removing: the command that removes one for good.
        allowing: the command that ends a suspension, of `gateway.cli.professional_allow`; empty for ``suspend --end``.
    """

    one: str
    several: str
    kinds: frozenset[MailboxKind]
    removing: str = "remove"
    allowing: str = ""


def add_common_commands(app: typer.Typer, who: Holders) -> None:
    """Give a group of commands those that all have."""

    @app.command("list", help=f"List the {who.several}: address, name, profession and place, state.")
    def list_(config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
        found = asyncio.run(_those_of(load_settings(config), who.kinds))
        if as_json:
            print_json({who.several: [described(mailbox) for mailbox in found]})
        else:
            sys.stdout.writelines(_line(mailbox) + "\n" for mailbox in found)

    @app.command("show", help=f"Show one {who.one}: what is said of it, its state, its certificates and their ends.")
    def show(address: Address, config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
        found = asyncio.run(on_mailbox(load_settings(config), who.kinds, address, _found))
        put_mailbox(found, as_json=as_json)

    if who.allowing:
        _add_suspend(app, who)
    else:
        _add_suspend_with_end(app, who)

    @app.command(
        who.removing, help=f"Remove the mailbox of one suspended {who.one} for good, its contents and keys included."
    )
    def remove(
        address: Address, yes: Yes = False, config: Config = DEFAULT_CONFIG, as_json: AsJson = False
    ) -> None:
        async def removed(it: Core, known: LocalMailbox) -> dict[str, object]:
            it.mailbox_endings.require_removable(known)
            require_yes(f"Remove {address}, {known.entry.name}, with all that it holds, for good?", yes=yes)
            await it.mailbox_endings.remove(known)
            return {"address": str(address), "state": MailboxState.REMOVED.value}

        work = on_mailbox(load_settings(config), who.kinds, address, removed, removed=True)
        put(asyncio.run(work), as_json=as_json)


def _add_suspend(app: typer.Typer, who: Holders) -> None:
    @app.command("suspend", help=f"Shut the mailbox of one {who.one}, sessions included; its contents stay.")
    def suspend(
        address: Address, reason: Reason = None, config: Config = DEFAULT_CONFIG, as_json: AsJson = False
    ) -> None:
        put(change_state(load_settings(config), who, address, reason), as_json=as_json)


def _add_suspend_with_end(app: typer.Typer, who: Holders) -> None:
    @app.command("suspend", help=f"Shut the mailbox of one {who.one}, sessions included, or end that; contents stay.")
    def suspend(
        address: Address,
        end: End = False,
        reason: Reason = None,
        config: Config = DEFAULT_CONFIG,
        as_json: AsJson = False,
    ) -> None:
        put(change_state(load_settings(config), who, address, reason, end=end), as_json=as_json)


def add_password_command(app: typer.Typer, who: Holders) -> None:
    """Give a group of commands the one that renews a password."""

    @app.command("password", help=f"Give one {who.one} a new app password, shown only now; the former one is void.")
    def password(address: Address, config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
        put(asyncio.run(on_mailbox(load_settings(config), who.kinds, address, _renewed)), as_json=as_json)


async def on_mailbox(
    settings: Settings,
    kinds: frozenset[MailboxKind],
    address: MailAddress,
    change: Callable[[Core, LocalMailbox], Awaitable[T]],
    *,
    removed: bool = False,
) -> T:
    """Find a mailbox of these kinds and do something with it."""
    async with core(settings) as it:
        return await change(it, it.local_mailboxes.find(address, kinds, removed=removed))


async def add_mailbox(
    settings: Settings, entry: DirectoryEntry, certificate: CertificateBinding | None = None
) -> NewMailbox:
    """Add a mailbox."""
    async with core(settings) as it:
        return await it.local_mailboxes.add(entry, certificate)


def require_yes(question: str, *, yes: bool) -> None:
    """Have somebody at a terminal confirm; whoever is none says ``--yes``."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise typer.BadParameter(f"{question} Say --yes when that is what you want", param_hint="--yes")
    typer.confirm(question, abort=True, err=True)


def require_any(*given: str | None) -> None:
    """Refuse a correction that corrects nothing."""
    if all(value is None for value in given):
        raise typer.BadParameter("nothing to correct was given; --help names what can be")


async def correct_mailbox(
    settings: Settings,
    kinds: frozenset[MailboxKind],
    address: MailAddress,
    corrected: Callable[[DirectoryEntry], DirectoryEntry],
) -> LocalMailbox:
    """Replace what is said of a mailbox; give it as it is now."""

    async def correct(it: Core, known: LocalMailbox) -> LocalMailbox:
        await it.local_mailboxes.correct(known, corrected(known.entry))
        return it.local_mailboxes.find(address, kinds)

    return await on_mailbox(settings, kinds, address, correct)


def credentials(address: MailAddress, password: str) -> dict[str, object]:
    """Give what whoever uses the mailbox needs."""
    return {"address": str(address), "imap_user": str(address), "password": password}


def described(mailbox: LocalMailbox) -> dict[str, object]:
    """Give what is known of a mailbox, for programs."""
    entry = mailbox.entry
    return {
        "address": str(entry.address),
        "kind": entry.kind.value,
        "name": entry.name,
        "identifier": entry.identifier,
        "structure": entry.organisation_id,
        "profession": entry.profession,
        "city": entry.city,
        "state": mailbox.state.value,
        "since": mailbox.since.isoformat() if mailbox.since else None,
        "certificates": [
            {
                "fingerprint": bound.spki_sha256.hex(),
                "ends": bound.not_after.isoformat() if bound.not_after else None,
                "delegate": bound.delegate,
            }
            for bound in mailbox.bindings
        ],
    }


def put_mailbox(mailbox: LocalMailbox, *, as_json: bool) -> None:
    """Print a mailbox; for people one line a certificate."""
    data = described(mailbox)
    if as_json:
        print_json(data)
        return
    del data["certificates"]
    put({name: value for name, value in data.items() if value}, as_json=False)
    for bound in mailbox.bindings:
        ends = f"{bound.not_after:%Y-%m-%d}" if bound.not_after else "not known"
        whose = f", of the delegate {bound.delegate}" if bound.delegate else ""
        sys.stdout.write(f"certificate: {bound.spki_sha256.hex()}, ends {ends}{whose}\n")
    sys.stdout.flush()


def _line(mailbox: LocalMailbox) -> str:
    entry = mailbox.entry
    state = "" if mailbox.state is MailboxState.IN_USE else f" [{mailbox.state.value}]"
    return f"{entry.address}  {' · '.join(part for part in (entry.name, entry.detail) if part)}{state}"


async def _those_of(settings: Settings, kinds: frozenset[MailboxKind]) -> list[LocalMailbox]:
    async with core(settings) as it:
        return list(it.local_mailboxes.those_of(kinds))


async def _found(_it: Core, known: LocalMailbox) -> LocalMailbox:
    return known


async def _renewed(it: Core, known: LocalMailbox) -> dict[str, object]:
    return credentials(known.entry.address, await it.mailbox_endings.renew_password(known))


def change_state(
    settings: Settings, who: Holders, address: MailAddress, why: str | None, *, end: bool = False
) -> dict[str, object]:
    """Suspend a mailbox, or `end` that; give what is printed."""

    async def change(it: Core, known: LocalMailbox) -> dict[str, object]:
        if end:
            password = await it.mailbox_endings.end_suspension(known, why or "")
            return {**credentials(address, password), "state": MailboxState.IN_USE.value}
        await it.mailbox_endings.suspend(known, why or "")
        say(f"Its sessions end now. « {restoring_command(known.entry)} » takes it into use again, with a new password.")
        return {"address": str(address), "state": MailboxState.SUSPENDED.value}

    return asyncio.run(on_mailbox(settings, who.kinds, address, change))


def holders_mailboxes(it: Core, address: MailAddress) -> Sequence[MailAddress]:
    """List every mailbox here of the person who holds one, in the order in which they were added."""
    try:
        known = it.directory.entry(address)
    except DirectoryUnavailable:  # it is no mailbox of ours
        return ()
    return it.directory.mailboxes_of(known.identifier) if known and known.identifier else ()
