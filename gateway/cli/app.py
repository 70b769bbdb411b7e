"""The tree of commands, and the one place where an error becomes a sentence and an exit code.

A command is loaded when it is called, alone: most need a small part of the program, and the parent of `pli serve` keeps
what it has loaded as long as the gateway serves.
"""

import sys
from collections.abc import Iterable
from functools import cache
from importlib import import_module
from importlib.metadata import version
from types import MappingProxyType
from typing import Annotated, Any, Final

import typer

from gateway.cli.failures import report
from gateway.logs import set_up_logs

_COMMANDS: Final = MappingProxyType(
    {
        "init": "gateway.cli.initialise:init",
        "serve": "gateway.cli.serving:serve_command",
        "doctor": "gateway.cli.doctor:doctor",
        "verify": "gateway.cli.verify:verify",
        "backup": "gateway.cli.backup:backup",
        "restore": "gateway.cli.backup:restore",
        "demo": "gateway.cli.demo:demo",
        "bench": "gateway.cli.bench:bench",
        "erase": "gateway.cli.erase:erase",
        "incident": "gateway.cli.incident:incident",
    }
)
_GROUPS: Final = MappingProxyType(
    {
        "keys": "gateway.cli.keys:keys_app",
        "directory": "gateway.cli.directory:directory_app",
        "whitelist": "gateway.cli.directory:whitelist_app",
        "vocabulary": "gateway.cli.vocabularies:vocabulary_app",
        "growth": "gateway.cli.growth:growth_app",
        "patients": "gateway.cli.patient_mandates:patients_app",
        "documents": "gateway.cli.document_commands:documents_app",
        "requests": "gateway.cli.request_commands:requests_app",
        "legacy": "gateway.cli.legacy:legacy_app",
        "notices": "gateway.cli.notices:notices_app",
        "professional": "gateway.cli.professionals:professional_app",
        "organisation": "gateway.cli.organisations:organisation_app",
        "laboratory": "gateway.cli.laboratories:laboratory_app",
        "agent": "gateway.cli.agents:agent_app",
        "policy": "gateway.cli.policy:policy_app",
        "access": "gateway.cli.access:access_app",
        "audit": "gateway.cli.verify:audit_app",
        "log": "gateway.cli.log:log_app",
    }
)
"""Where each stands, in the order of the help: `module:name`."""


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"pli {version('pli')}")
        raise typer.Exit


def _pli(
    _version: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_print_version)
    ] = False,
) -> None:
    """Pli, a secure health messaging gateway: SMTP, IMAP, policy, dossier and patient web space in one program."""


@cache
def tree() -> typer.Typer:
    """Give all commands."""
    return _tree((*_COMMANDS, *_GROUPS))


def _tree(names: Iterable[str]) -> typer.Typer:
    app = typer.Typer(name="pli", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    app.callback()(_pli)
    for name in names:
        if name in _COMMANDS:
            app.command(name)(_found(_COMMANDS[name]))
        else:
            app.add_typer(_found(_GROUPS[name]), name=name)
    return app


def _found(place: str) -> Any:  # Any: a function, or a group
    module, _, name = place.partition(":")
    return getattr(import_module(module), name)


def main() -> None:
    """Run one command; `gateway.cli.failures.Exit` says how it can end."""
    # A command tells its findings itself; a warning of a library layer would only say them twice.
    set_up_logs(quiet=True)
    try:
        called = [name for name in sys.argv[1:2] if name in _COMMANDS or name in _GROUPS]
        # What no command is called needs all of them: help, and an error that names what was meant.
        (_tree(called) if called else tree())()
    except BaseException as error:
        if isinstance(error, SystemExit):
            raise
        sys.exit(report(error))
