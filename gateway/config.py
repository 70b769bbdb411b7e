"""Settings: frozen values read from one TOML file; relative paths are relative to that file.

Every key is explained in `docs/configuration.md`; an unknown key or a value of the wrong type is refused, with
the key's name and what was expected.
"""

import re
import tomllib
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
from msgspec.inspect import BoolType, DictType, EnumType, IntType, Metadata, Type, VarTupleType, type_info

from gateway.config_access import AccessSection, require_access
from gateway.config_sections import (
    HOSTS,
    DepositSection,
    GatewaySection,
    HostingSection,
    ImapSection,
    LogSection,
    NoticesSection,
    PathsSection,
    Port,
    S3Section,
    SettingsSection,
    SmtpSection,
    SpacesSection,
    SupportSection,
    TlsSection,
    TrustSection,
    WebSection,
    WorkSection,
)
from gateway.config_sign_in import OpenidSection, ProOpenidSection, ProSection, SignInSection, require_pro
from gateway.domain.address import MailAddress
from gateway.domain.errors import ConfigurationError, InvalidValue
from gateway.domain.fingerprints import plain_fingerprint
from gateway.domain.place_names import is_host_and_port, is_host_name, require_places

Table = dict[str, Any]  # Any: decoded TOML; every value is checked where it is taken out

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
    deposit: DepositSection = field(default_factory=DepositSection)
    pro: ProSection = field(default_factory=ProSection)
    pro_openid: ProOpenidSection = field(default_factory=ProOpenidSection)
    trust: TrustSection = field(default_factory=TrustSection)
    sign_in: SignInSection = field(default_factory=SignInSection)
    openid: OpenidSection = field(default_factory=OpenidSection)
    support: SupportSection = field(default_factory=SupportSection)
    hosting: HostingSection = field(default_factory=HostingSection)
    spaces: SpacesSection = field(default_factory=SpacesSection)
    notices: NoticesSection = field(default_factory=NoticesSection)
    log: LogSection = field(default_factory=LogSection)
    work: WorkSection = field(default_factory=WorkSection)
    access: AccessSection = field(default_factory=AccessSection)
    routes: dict[str, str] = field(default_factory=dict)

    def path(self, relative: str) -> Path:
        """Resolve a path of the file."""
        return self.root / relative

    @property
    def terms_folder(self) -> Path | None:
        """Give the folder of the operator's own terms of use; None for those of the program."""
        return self.path(self.spaces.terms) if self.spaces.terms else None

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
    def proofs_folder(self) -> Path:
        """Give where proofs of refusals go that an operator notes, unless somebody says otherwise."""
        return self.path("proofs")

    @property
    def place_to_type(self) -> str:
        """Give the address of the web space as people type it: no scheme and no port where there need be none."""
        origin = self.web.origin.removeprefix("https://").rstrip("/")
        port = "" if self.web.port in _NOT_TYPED else f":{self.web.port}"
        return self.notices.place or origin or self.gateway.hostname + port

    @property
    def trust_ages(self) -> tuple[timedelta, timedelta]:
        """Give the greatest age of white list and directory."""
        return timedelta(hours=self.trust.white_list_hours), timedelta(hours=self.trust.directory_hours)


_TELEPHONE = re.compile(r"\+?[0-9](?:[ .]?[0-9]){1,19}", re.ASCII)
_LONGEST_POSTAL = 200
_NOT_TYPED = (0, 443)
"""Ports that nobody types: browsers know the one, and the other is not known yet."""
_SECTIONS: dict[str, type[SettingsSection]] = {
    "gateway": GatewaySection,
    "paths": PathsSection,
    "s3": S3Section,
    "tls": TlsSection,
    "smtp": SmtpSection,
    "imap": ImapSection,
    "web": WebSection,
    "deposit": DepositSection,
    "pro": ProSection,
    "pro_openid": ProOpenidSection,
    "trust": TrustSection,
    "sign_in": SignInSection,
    "openid": OpenidSection,
    "support": SupportSection,
    "hosting": HostingSection,
    "spaces": SpacesSection,
    "notices": NoticesSection,
    "log": LogSection,
    "work": WorkSection,
    "access": AccessSection,
}


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
    """Check a decoded TOML table against the known keys and types; ports last, so that they hide no other mistake."""
    values: Table = {}
    wrong_ports: list[ConfigurationError] = []
    for name, content in table.items():
        if name == "routes":
            values[name] = _routes(content)
        elif name in _SECTIONS and isinstance(content, dict):
            values[name] = _section(name, _SECTIONS[name], content, wrong_ports)
        else:
            known = ", ".join([*_SECTIONS, "routes"])
            raise ConfigurationError(f"[{name}] is no section of the settings; known: {known}")
    settings = Settings(root=root, **values)
    if settings.gateway.patient_domain in settings.gateway.local_domains:
        raise ConfigurationError(
            "gateway.local_domains must not hold gateway.patient_domain: patients have a domain of their own"
        )
    _require_mailbox("support.address", settings.support.address)
    _require_help_line(settings.support)
    require_access(settings.access)
    require_pro(settings.pro)
    for fingerprint in settings.spaces.trusted_archives:
        _require_fingerprint(fingerprint)
    for issuer in settings.deposit.issuers:
        _require_mailbox("deposit.issuers", issuer)
    for payer in settings.deposit.payers:
        _require_mailbox("deposit.payers", payer)
    require_places(settings.paths.database, settings.paths.blobs, settings.s3.endpoint)
    if wrong_ports:
        raise wrong_ports[0]
    return settings


def _require_mailbox(key: str, address: str) -> None:
    try:
        if address:
            MailAddress.parse(address)
    except InvalidValue as error:
        raise ConfigurationError(f'{key}: "{address}" is no mail address, such as aide@pli.example') from error


def _require_fingerprint(text: str) -> None:
    try:
        plain_fingerprint(text)
    except InvalidValue as error:
        raise ConfigurationError(f'spaces.trusted_archives: "{text[:80]}" is {error}') from error


def _require_help_line(support: SupportSection) -> None:
    if support.telephone and not _TELEPHONE.fullmatch(support.telephone):
        raise ConfigurationError(
            f'support.telephone: "{support.telephone}" is no number as people dial it, such as 01 99 00 12 34'
        )
    if not support.postal.isprintable() or len(support.postal) > _LONGEST_POSTAL:
        raise ConfigurationError(f"support.postal must be one line of at most {_LONGEST_POSTAL} characters")


def _section(
    name: str, section: type[SettingsSection], content: Table, wrong_ports: list[ConfigurationError]
) -> SettingsSection:
    known = {item.name: item.type for item in msgspec.structs.fields(section)}
    values: Table = {}
    for key, value in content.items():
        if key not in known:
            raise ConfigurationError(f"{name}.{key} is no setting; known in [{name}]: {', '.join(known)}")
        try:
            values[key] = _named(f"{name}.{key}", known[key], msgspec.convert(value, known[key]))
        except msgspec.ValidationError as error:
            wrong = ConfigurationError(f"{name}.{key} must be {_wanted(type_info(known[key]), value)}")
            if known[key] != Port:
                raise wrong from error
            wrong_ports.append(wrong)
    return section(**values)


def _wanted(wanted: Type, value: object) -> str:
    """Say what a setting of a type must be, where `value` is not."""
    match wanted:
        case BoolType():
            return "true or false"
        case EnumType():
            return f"one of {', '.join(choice.value for choice in wanted.cls)}"
        case DictType():
            return f"a table, and each of its values {_wanted(wanted.value_type, 0)}"
        case VarTupleType(item_type=EnumType()):
            return f"a list of {_wanted(wanted.item_type, value)}"
        case VarTupleType():
            return "a list of texts"
        case IntType() if type(value) is int:
            return f"{wanted.ge} or more" + (f", and at most {wanted.le}" if wanted.le else "")
        case IntType():
            return "a whole number"
        case _:
            return "a text"


def _named(key: str, wanted: object, value: object) -> object:
    """Lower and check what must be names of hosts or domains; anything else stays as it is."""
    info = type_info(wanted)
    if isinstance(value, tuple) and isinstance(info, VarTupleType):
        return tuple(_host_name(key, item) for item in value) if _is_host(info.item_type) else value
    return _host_name(key, str(value)) if _is_host(info) else value


def _is_host(info: Type) -> bool:
    return isinstance(info, Metadata) and (info.extra or {}).get("holds") == HOSTS


def _host_name(key: str, text: str) -> str:
    name = text.lower()
    if not is_host_name(name):
        raise ConfigurationError(f'{key}: "{text}" is no host or domain name; write pli.hospital.example, in ASCII')
    return name


def _routes(content: object) -> dict[str, str]:
    if not isinstance(content, dict) or not all(map(is_host_and_port, content.values())):
        raise ConfigurationError('[routes] must give "host:port" for each domain, such as "labo.example" = "mx:25"')
    return {domain.lower(): route for domain, route in content.items()}
