"""Settings: frozen values read from one TOML file; relative paths are relative to that file.

Every key is explained in `docs/configuration.md`; an unknown key or a value of the wrong type is refused, with
the key's name and what was expected.
"""

import tomllib
from dataclasses import dataclass, field, fields
from datetime import timedelta
from pathlib import Path
from typing import Any

from gateway.domain.errors import ConfigurationError
from gateway.domain.place_names import is_bucket, is_database_server, is_host_and_port, is_host_name
from gateway.policy.settings import PatientReplies, UnlistedSenders

Table = dict[str, Any]  # Any: decoded TOML; every value is checked where it is taken out


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewaySection:
    """Who this gateway is.

    Attributes:
        hostname: name in greetings and identifiers.
        patient_domain: domain of patients' addresses.
        local_domains: domains of professionals and laboratories whose mailboxes are here.
        demonstration: accept test and demonstration identities (OID .10 and .11); never with real patients.
        unlisted_senders: ``refuse`` or ``accept`` mailboxes of trusted domains that the directory does not list.
        patient_replies: ``thread`` (answers only) or ``contact`` (new subjects in an open exchange).
    """

    hostname: str = "localhost"
    patient_domain: str = "patient.mssante.fr"
    local_domains: tuple[str, ...] = ("medecin.mssante.fr",)
    demonstration: bool = False
    unlisted_senders: str = "refuse"
    patient_replies: str = "thread"


@dataclass(frozen=True, slots=True, kw_only=True)
class PathsSection:
    """Where things are kept; keys are best on another volume than data.

    Attributes:
        database: empty for SQLite in `data`, or ``postgresql://user@host/name``.
        blobs: a folder, or ``s3://bucket/prefix``.
    """

    data: str = "data"
    database: str = ""
    blobs: str = "blobs"
    keys: str = "keys"
    directory: str = "directory"
    notices: str = "notices"


@dataclass(frozen=True, slots=True)
class S3Section:
    """How to reach the S3 store that `paths.blobs` names; without credentials, as the machine's own are found."""

    endpoint: str = ""
    region: str = "us-east-1"
    credentials: str = ""
    patience_seconds: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsSection:
    """Certificates: ours, and the authorities whose client certificates count."""

    certificate: str = "tls/server.pem"
    key: str = "tls/server.key"
    authorities: str = "tls/ca.pem"
    crl: str = ""
    client_certificate: str = "tls/operator.pem"
    client_key: str = "tls/operator.key"


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSection:
    """SMTP listeners; port 0 takes a free one."""

    host: str = "127.0.0.1"
    relay_port: int = 2525
    submission_port: int = 4650
    starttls_port: int = 5870
    max_message_bytes: int = 25_000_000
    max_recipients: int = 100
    max_in_flight_bytes: int = 256 * 1024 * 1024
    max_connections: int = 1_000
    max_connections_per_address: int = 200


@dataclass(frozen=True, slots=True)
class ImapSection:
    """IMAP listener, implicit TLS."""

    host: str = "127.0.0.1"
    port: int = 9930
    max_connections: int = 2_000
    max_connections_per_address: int = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSection:
    """Web listener; `origin` is what browsers see, empty for https://<hostname>:<port>."""

    host: str = "127.0.0.1"
    port: int = 8443
    origin: str = ""
    max_connections: int = 2_000
    max_connections_per_address: int = 200
    header_seconds: int = 10
    keep_alive_seconds: int = 60
    min_rate: int = 500


@dataclass(frozen=True, slots=True)
class TrustSection:
    """How old the white list and the directory may be, in hours, before mail is put off."""

    white_list_hours: int = 168
    directory_hours: int = 168


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInSection:
    """Limits of patients' sign-in (features A1, F19)."""

    code_minutes: int = 10
    code_tries: int = 5
    codes_a_day: int = 10
    failures: int = 10
    failure_minutes: int = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkSection:
    """How much is done at once."""

    threads: int = 2
    readers: int = 2
    outbox_at_once: int = 32
    notice_pause_ms: int = 2000
    store_readers: int = 2
    store_writers: int = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings of one gateway; `root` is the folder of the file."""

    root: Path
    gateway: GatewaySection = field(default_factory=GatewaySection)
    paths: PathsSection = field(default_factory=PathsSection)
    s3: S3Section = field(default_factory=S3Section)
    tls: TlsSection = field(default_factory=TlsSection)
    smtp: SmtpSection = field(default_factory=SmtpSection)
    imap: ImapSection = field(default_factory=ImapSection)
    web: WebSection = field(default_factory=WebSection)
    trust: TrustSection = field(default_factory=TrustSection)
    sign_in: SignInSection = field(default_factory=SignInSection)
    work: WorkSection = field(default_factory=WorkSection)
    routes: dict[str, str] = field(default_factory=dict)

    def path(self, relative: str) -> Path:
        """Resolve a path of the file."""
        return self.root / relative

    @property
    def directory_file(self) -> Path:
        """Give the snapshot of the directory."""
        return self.path(self.paths.directory) / "directory.snapshot"

    @property
    def whitelist_file(self) -> Path:
        """Give the snapshot of the white list."""
        return self.path(self.paths.directory) / "whitelist.snapshot"

    @property
    def local_file(self) -> Path:
        """Give the file of local additions to the directory."""
        return self.path(self.paths.directory) / "local.json"

    @property
    def trust_ages(self) -> tuple[timedelta, timedelta]:
        """Give the greatest age of white list and directory."""
        return timedelta(hours=self.trust.white_list_hours), timedelta(hours=self.trust.directory_hours)


_SECTIONS: dict[str, type] = {
    "gateway": GatewaySection,
    "paths": PathsSection,
    "s3": S3Section,
    "tls": TlsSection,
    "smtp": SmtpSection,
    "imap": ImapSection,
    "web": WebSection,
    "trust": TrustSection,
    "sign_in": SignInSection,
    "work": WorkSection,
}
_CHOICES = {
    "gateway.unlisted_senders": [choice.value for choice in UnlistedSenders],
    "gateway.patient_replies": [choice.value for choice in PatientReplies],
}
_HOST_NAMES = frozenset({"gateway.hostname", "gateway.patient_domain", "gateway.local_domains"})


def load_settings(path: Path) -> Settings:
    """Read the settings. Raises `ConfigurationError` naming the key at fault."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigurationError(
            f"there is no settings file {path}: make a gateway with « pli init DIR », or name its file with --config"
        ) from error
    except IsADirectoryError as error:
        raise ConfigurationError(f"{path} is a folder; name its settings file: {path / 'pli.toml'}") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read as TOML: {error}") from error
    return settings_of(table, path.parent.resolve())


def settings_of(table: Table, root: Path) -> Settings:
    """Check a decoded TOML table against the known keys and types."""
    values: Table = {}
    for name, content in table.items():
        if name == "routes":
            values[name] = _routes(content)
        elif name in _SECTIONS and isinstance(content, dict):
            values[name] = _section(name, _SECTIONS[name], content)
        else:
            known = ", ".join([*_SECTIONS, "routes"])
            raise ConfigurationError(f"[{name}] is no section of the settings; known: {known}")
    settings = Settings(root=root, **values)
    if settings.gateway.patient_domain in settings.gateway.local_domains:
        raise ConfigurationError(
            "gateway.local_domains must not hold gateway.patient_domain: patients have a domain of their own"
        )
    _check_places(settings.paths)
    return settings


def _check_places(paths: PathsSection) -> None:
    if paths.database and not is_database_server(paths.database):
        raise ConfigurationError('paths.database must be empty or "postgresql://user@host/name"')
    if "://" in paths.blobs and not is_bucket(paths.blobs):
        raise ConfigurationError('paths.blobs must be a folder or "s3://bucket/prefix"')


def _section(name: str, section: type, content: Table) -> object:
    known = {item.name: item for item in fields(section)}
    values: Table = {}
    for key, value in content.items():
        if key not in known:
            raise ConfigurationError(f"{name}.{key} is no setting; known in [{name}]: {', '.join(known)}")
        values[key] = _named(f"{name}.{key}", _checked(f"{name}.{key}", known[key].default, value))
    return section(**values)


def _checked(key: str, default: object, value: object) -> object:
    if isinstance(default, tuple):
        if not (isinstance(value, list) and all(isinstance(item, str) for item in value)):
            raise ConfigurationError(f"{key} must be a list of texts")
        return tuple(value)
    if type(value) is not type(default):
        wanted = {str: "a text", int: "a whole number", bool: "true or false"}[type(default)]
        raise ConfigurationError(f"{key} must be {wanted}")
    if key in _CHOICES and value not in _CHOICES[key]:
        raise ConfigurationError(f"{key} must be one of {', '.join(_CHOICES[key])}")
    if type(value) is int:
        low, high = (0, 65_535) if key.endswith("port") else (1, None)
        if value < low or (high is not None and value > high):
            raise ConfigurationError(f"{key} must be {low} or more" + (f", and at most {high}" if high else ""))
    return value


def _named(key: str, value: object) -> object:
    """Lower and check what must be names of hosts or domains; anything else stays as it is."""
    if key not in _HOST_NAMES:
        return value
    if isinstance(value, tuple):
        return tuple(_host_name(key, item) for item in value)
    return _host_name(key, str(value))


def _host_name(key: str, text: str) -> str:
    name = text.lower()
    if not is_host_name(name):
        raise ConfigurationError(f'{key}: "{text}" is no host or domain name; write pli.hospital.example, in ASCII')
    return name


def _routes(content: object) -> dict[str, str]:
    if not isinstance(content, dict) or not all(map(is_host_and_port, content.values())):
        raise ConfigurationError('[routes] must give "host:port" for each domain, such as "labo.example" = "mx:25"')
    return {domain.lower(): route for domain, route in content.items()}
