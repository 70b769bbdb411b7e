"""The tree of commands, and the one place where an error becomes a sentence and an exit code."""

import sys

import typer

from gateway.cli.audit import audit_app
from gateway.cli.bench import bench
from gateway.cli.demo import demo
from gateway.cli.directory import directory_app, whitelist_app
from gateway.cli.doctor import doctor
from gateway.cli.initialise import init
from gateway.cli.patients import patients_app
from gateway.cli.people import laboratory_app, professional_app
from gateway.cli.policy import policy_app
from gateway.cli.serving import serve_command
from gateway.domain.errors import ConfigurationError, PliError, StoreUnavailable

app = typer.Typer(
    name="pli",
    help="Pli, a secure health messaging gateway: SMTP, IMAP, policy, dossier and patient web space in one program.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("init")(init)
app.command("serve")(serve_command)
app.command("doctor")(doctor)
app.command("demo")(demo)
app.command("bench")(bench)
app.add_typer(directory_app, name="directory")
app.add_typer(whitelist_app, name="whitelist")
app.add_typer(patients_app, name="patients")
app.add_typer(professional_app, name="professional")
app.add_typer(laboratory_app, name="laboratory")
app.add_typer(policy_app, name="policy")
app.add_typer(audit_app, name="audit")

EXIT_REFUSED, EXIT_CONFIGURATION, EXIT_UNAVAILABLE = 1, 3, 4


def main() -> None:
    """Run one command; 0 done, 1 refused, 2 wrong use, 3 configuration, 4 not possible now."""
    try:
        app()
    except PliError as error:
        sys.stderr.write(f"pli: [{error.code}] {error}\n")
        sys.exit(_exit_code(error))
    except KeyboardInterrupt:
        sys.exit(130)


def _exit_code(error: PliError) -> int:
    if isinstance(error, ConfigurationError):
        return EXIT_CONFIGURATION
    return EXIT_UNAVAILABLE if isinstance(error, StoreUnavailable) else EXIT_REFUSED
