"""The tree of commands, and the one place where an error becomes a sentence and an exit code."""

import sys
from importlib.metadata import version
from typing import Annotated

import typer

from gateway.cli.access import access_app
from gateway.cli.agents import agent_app
from gateway.cli.backup import backup, restore
from gateway.cli.bench import bench
from gateway.cli.demo import demo
from gateway.cli.directory import directory_app, whitelist_app
from gateway.cli.doctor import doctor
from gateway.cli.document_commands import documents_app
from gateway.cli.erase import erase
from gateway.cli.failures import report
from gateway.cli.growth import growth_app
from gateway.cli.incident import incident
from gateway.cli.initialise import init
from gateway.cli.keys import keys_app
from gateway.cli.laboratories import laboratory_app
from gateway.cli.legacy import legacy_app
from gateway.cli.log import log_app
from gateway.cli.notices import notices_app
from gateway.cli.organisations import organisation_app
from gateway.cli.patient_mandates import patients_app
from gateway.cli.policy import policy_app
from gateway.cli.professionals import professional_app
from gateway.cli.request_commands import requests_app
from gateway.cli.serving import serve_command
from gateway.cli.verify import audit_app, verify
from gateway.cli.vocabularies import vocabulary_app
from gateway.logs import set_up_logs

app = typer.Typer(
    name="pli",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("init")(init)
app.command("serve")(serve_command)
app.command("doctor")(doctor)
app.command("verify")(verify)
app.command("backup")(backup)
app.command("restore")(restore)
app.command("demo")(demo)
app.command("bench")(bench)
app.command("erase")(erase)
app.command("incident")(incident)
app.add_typer(keys_app, name="keys")
app.add_typer(directory_app, name="directory")
app.add_typer(whitelist_app, name="whitelist")
app.add_typer(vocabulary_app, name="vocabulary")
app.add_typer(growth_app, name="growth")
app.add_typer(patients_app, name="patients")
app.add_typer(documents_app, name="documents")
app.add_typer(requests_app, name="requests")
app.add_typer(legacy_app, name="legacy")
app.add_typer(notices_app, name="notices")
app.add_typer(professional_app, name="professional")
app.add_typer(organisation_app, name="organisation")
app.add_typer(laboratory_app, name="laboratory")
app.add_typer(agent_app, name="agent")
app.add_typer(policy_app, name="policy")
app.add_typer(access_app, name="access")
app.add_typer(audit_app, name="audit")
app.add_typer(log_app, name="log")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"pli {version('pli')}")
        raise typer.Exit


@app.callback()
def _pli(
    _version: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_print_version)
    ] = False,
) -> None:
    """Pli, a secure health messaging gateway: SMTP, IMAP, policy, dossier and patient web space in one program."""


def main() -> None:
    """Run one command; `gateway.cli.failures.Exit` says how it can end."""
    # A command tells its findings itself; a warning of a library layer would only say them twice.
    set_up_logs(quiet=True)
    try:
        app()
    except BaseException as error:
        if isinstance(error, SystemExit):
            raise
        sys.exit(report(error))
