"""Make the folder of a new gateway: settings, keys, store, a development authority and our own certificates.

Also brings the store of an older version up to date. Neither is undone here.
"""

import json
import tomllib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from certs.authority import Authority, Subject
from gateway.config import Settings, load_settings, settings_of
from gateway.core import store_paths
from gateway.domain.errors import ConfigurationError
from gateway.domain.patient_numbers import PatientNumbers
from gateway.store.opening import create_store, require_made

_S3_SECTION = """
[s3]
# Address of the store, and a file of mode 0600 with access_key = "…" and secret_key = "…".
endpoint = ""
credentials = ""
"""

_TEMPLATE = """\
# Settings of this gateway. Every key: docs/configuration.md

[gateway]
hostname = "{hostname}"
patient_domain = "{patient_domain}"
# What patients' addresses are made of: ins (their own number) or opaque (a random one).
patient_numbers = "{patient_numbers}"
local_domains = [{local_domains}]
# Accept test and demonstration identities (INS under .10 and .11). Never beside real patients.
demonstration = {demonstration}

[smtp]
relay_port = {relay_port}
submission_port = {submission_port}
starttls_port = {starttls_port}

[imap]
port = {imap_port}

[web]
port = {web_port}
{places}{extra}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewGateway:
    """What the settings file of a new gateway says."""

    hostname: str = "localhost"
    patient_domain: str = "patient.mssante.fr"
    patient_numbers: PatientNumbers = PatientNumbers.INS
    local_domains: tuple[str, ...] = ("medecin.mssante.fr",)
    demonstration: bool = False
    relay_port: int = 2525
    submission_port: int = 4650
    starttls_port: int = 5870
    imap_port: int = 9930
    web_port: int = 8443
    database: str = ""
    blobs: str = ""
    extra: str = ""


def operator_subject(hostname: str) -> Subject:
    """Give the name our own operator certificate bears towards other operators."""
    return Subject(common_name=hostname, unit="318000000000001", organisation="Pli", state="Paris (75)")


def make_gateway(folder: Path, new: NewGateway, now: datetime) -> Settings:
    """Create everything below `folder`, which must be new or empty. Raises `ConfigurationError`."""
    text = _settings_text(new)
    # Checked before anything is made, so that a wrong name leaves nothing behind.
    settings_of(tomllib.loads(text), folder)
    try:
        require_empty(folder)
        make_certificates(folder / "tls", new.hostname, now)
        for name in ("directory", "notices"):
            (folder / name).mkdir(mode=0o700)
        # The settings come last: a folder with pli.toml is a whole gateway.
        part = folder / ".pli.toml.part"
        part.write_text(text, encoding="utf-8")
        settings = load_settings(part)
        create_store(store_paths(settings))
        part.rename(folder / "pli.toml")
    except OSError as error:
        raise ConfigurationError(
            f"{folder} cannot be made into a gateway ({error.strerror}); choose another folder"
        ) from error
    return settings


def require_empty(folder: Path) -> None:
    """Make the folder of a new gateway. Raises `ConfigurationError` when there is something in it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (folder / "pli.toml").exists():
        raise ConfigurationError(
            f"{folder / 'pli.toml'} exists: this folder holds a gateway already; choose another, or serve it"
        )
    # A volume of its own is empty but for this folder of its file system.
    if any(item.name != "lost+found" for item in folder.iterdir()):
        raise ConfigurationError(f"{folder} is not empty: choose another folder, new or empty")


def _settings_text(new: NewGateway) -> str:
    domains = ", ".join(f'"{domain}"' for domain in new.local_domains)
    return _TEMPLATE.format(
        hostname=new.hostname,
        patient_domain=new.patient_domain,
        patient_numbers=new.patient_numbers.value,
        local_domains=domains,
        demonstration=str(new.demonstration).lower(),
        relay_port=new.relay_port,
        submission_port=new.submission_port,
        starttls_port=new.starttls_port,
        imap_port=new.imap_port,
        web_port=new.web_port,
        places=_places(new),
        extra=new.extra,
    )


def _places(new: NewGateway) -> str:
    named = {"database": new.database, "blobs": new.blobs}
    lines = [f"{key} = {json.dumps(value)}\n" for key, value in named.items() if value]
    # A demonstration or test that knows its S3 store brings the section with it.
    section = _S3_SECTION if new.blobs and "[s3]" not in new.extra else ""
    return "".join(["\n[paths]\n", *lines, section]) if lines else ""


def upgrade_gateway(settings: Settings) -> None:
    """Bring the store of an existing gateway to the schema of this version; one that is there already is left alone.

    Raises:
        ConfigurationError: there is no store, or a later version made it.
        StoreUnavailable: the disk, the database or another process does not allow it now; nothing was changed.
    """
    paths = store_paths(settings)
    if not require_made(paths, for_upgrade=True):
        # Imported here: Alembic takes memory that a gateway of the present schema need not have.
        from gateway.store.backend.migrate import migrate

        migrate(paths.server or paths.database)


def make_certificates(folder: Path, hostname: str, now: datetime) -> None:
    """Make a development authority, and certificates of it for the listeners and for the operator."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority = Authority.create(folder, now)
    names = list(dict.fromkeys([hostname, "localhost", "127.0.0.1"]))
    authority.issue_server(names, now).save(folder / "server.pem", folder / "server.key")
    authority.issue_client(operator_subject(hostname), now).save(folder / "operator.pem", folder / "operator.key")
