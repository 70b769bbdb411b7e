"""``pli doctor``: what is wrong, or will be soon, and what to do."""

import asyncio
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path

import typer
from cryptography import x509
from cryptography.x509.oid import NameOID

from certs import contexts
from certs.expiry import expiring
from gateway.blob_places import blobs_are_remote, require_blobs
from gateway.cli.agent_findings import agent_findings
from gateway.cli.checkpoint_findings import checkpoint_findings
from gateway.cli.failures import Exit, told
from gateway.cli.findings import Finding
from gateway.cli.mailbox_findings import mailbox_certificates
from gateway.cli.openid_findings import openid_findings
from gateway.cli.output import DEFAULT_CONFIG, AsJson, Config, counted, print_json, say
from gateway.cli.place_findings import place_findings
from gateway.cli.waiting_findings import waiting_findings
from gateway.clock import SystemClock
from gateway.config import Settings, load_settings
from gateway.core import Core, core, damage_file, store_paths
from gateway.directory.local import LocalRegistry
from gateway.domain.errors import DirectoryUnavailable, PliError
from gateway.domain.mailbox import VaultKind
from gateway.domain.outbox import NOTICES
from gateway.openpgp.gnupg_program import is_installed
from gateway.ports.store import Tx
from gateway.services.export.signing import fingerprint_of, signing_key
from gateway.services.withholding.document_doubts import QUEUE
from gateway.store.backend.sqlite.commit_lock import require_commits

_SOON = timedelta(days=30)
_SHORTLY = timedelta(seconds=2)
_ENOUGH_DISK = 2 << 30
_DEVELOPMENT = "Pli development authority"


def doctor(config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Check all that a gateway needs, inside and around it; exit 1 when something is wrong."""
    settings = load_settings(config)
    findings = [*_certificates(settings), *_usable(settings), *_development(settings)]
    findings += [*_folders(settings), *_disk(settings), *_private_keys(settings), *damage_findings(settings)]
    findings += [*place_findings(settings, SystemClock().now()), *waiting_findings(settings, SystemClock().now())]
    if not settings.paths.database:
        findings += _commits(settings)
    if blobs_are_remote(settings):
        findings.append(_tried("the S3 store of the blobs", lambda: require_blobs(settings)))
    findings += openid_findings(settings)
    findings += asyncio.run(_inside(settings))
    wrong = sum(finding.bad for finding in findings)
    if as_json:
        print_json({"wrong": wrong, "findings": [asdict(finding) for finding in findings]})
    else:
        typer.echo("\n".join(map(str, findings)))
    if wrong:
        say(f"{wrong} of {len(findings)} {'needs' if wrong == 1 else 'need'} your attention.")
        raise typer.Exit(Exit.REFUSED)


def _certificates(settings: Settings) -> Iterator[Finding]:
    tls, pro, now = settings.tls, settings.pro, SystemClock().now()
    names = [tls.certificate, tls.authorities, tls.client_certificate, *([tls.crl] if tls.crl else [])]
    if pro.certificates:
        names += [name for name in (pro.authorities, pro.crl) if name and name not in names]
    paths = [settings.path(name) for name in names]
    there = [path for path in paths if path.exists()]
    for path in paths:
        if path not in there:
            yield Finding(f"{path.name} is missing", True, "put it back from your backup (docs/operations.md)")
    for item in expiring(there, now, _SOON):
        over = item.expired(now)
        verb = "ended" if over else "ends"
        yield Finding(f"{item.path.name} {verb} on {item.not_after:%Y-%m-%d}", over, "renew it (docs/operations.md)")


def _usable(settings: Settings) -> Iterator[Finding]:
    tls = settings.tls
    server = contexts.KeyPair(settings.path(tls.certificate), settings.path(tls.key))
    client = contexts.KeyPair(settings.path(tls.client_certificate), settings.path(tls.client_key))
    trust = contexts.Trust(settings.path(tls.authorities), settings.path(tls.crl) if tls.crl else None)
    yield _tried("the servers' certificate and key", lambda: contexts.relay(server, trust))
    yield _tried("our certificate towards other operators", lambda: contexts.outbound(client, trust))


def _tried(what: str, make: Callable[[], object]) -> Finding:
    try:
        make()
    except PliError as error:
        return Finding(what, True, told(error).text)
    return Finding(what, False)


def _development(settings: Settings) -> Iterator[Finding]:
    try:
        certificate = x509.load_pem_x509_certificate(settings.path(settings.tls.certificate).read_bytes())
    except (OSError, ValueError):
        return  # told above, with the cause
    if any(name.value == _DEVELOPMENT for name in certificate.issuer.get_attributes_for_oid(NameOID.COMMON_NAME)):
        advice = "good for trying; mail clients and browsers do not know it (docs/operations.md, « Certificates »)"
        yield Finding("certificates of the development authority are in service", False, advice)


def _commits(settings: Settings) -> Iterator[Finding]:
    database = store_paths(settings).database
    with suppress(OSError):  # told with the folders
        yield _tried("nobody keeps others from writing", lambda: require_commits(database, _SHORTLY))


def _folders(settings: Settings) -> Iterator[Finding]:
    # Before the store is opened, which makes some of them anew, and empty.
    elsewhere = {"database", *(["blobs"] if blobs_are_remote(settings) else [])}
    for name in settings.paths.__struct_fields__:
        if name in elsewhere:
            continue
        path = settings.path(getattr(settings.paths, name))
        if not path.is_dir():
            advice = f"no such folder as {path}: mount its volume, restore it from your backup, or make an empty one"
            yield Finding(f"paths.{name}", True, advice)
        elif not os.access(path, os.R_OK | os.W_OK | os.X_OK):
            advice = f"{path} cannot be written to: give the gateway's user the right to"
            yield Finding(f"paths.{name}", True, advice)


def _disk(settings: Settings) -> Iterator[Finding]:
    local = [] if blobs_are_remote(settings) else [settings.paths.blobs]
    for name in dict.fromkeys([settings.paths.data, *local]):
        free = shutil.disk_usage(_existing(settings.path(name))).free
        advice = "" if free > _ENOUGH_DISK else "below 2 GiB: enlarge the volume; mail is put off when it is full"
        yield Finding(f"{free >> 20} MiB free for {name}", free <= _ENOUGH_DISK, advice)


def _existing(path: Path) -> Path:
    return path if path.exists() else _existing(path.parent)


def _private_keys(settings: Settings) -> Iterator[Finding]:
    tls = settings.tls
    keys = [*settings.path(settings.paths.keys).glob("*"), settings.path(tls.key), settings.path(tls.client_key)]
    keys.append(settings.path(tls.authorities).with_name("ca.key"))
    exposed = [str(file) for file in keys if file.exists() and file.stat().st_mode & 0o077]
    advice = f"others can read them: chmod 600 {' '.join(exposed)}" if exposed else ""
    yield Finding("keys are their owner's alone", bool(exposed), advice)


def damage_findings(settings: Settings) -> Iterator[Finding]:
    """Tell what did not open when somebody read it."""
    path = damage_file(settings)
    try:
        met = len(set(path.read_text(encoding="ascii").splitlines()))
    except FileNotFoundError:
        return
    except (OSError, ValueError):
        met = 0
    what = counted(met, "damaged record was met", "damaged records were met") if met else "damaged records were met"
    yield Finding(what, True, "run pli verify, and mend what it names")


async def _inside(settings: Settings) -> list[Finding]:
    try:
        async with core(settings) as it:
            checkpoints = await it.store.read(lambda tx: list(checkpoint_findings(tx, it.clock.now())))
            found = [*_trust(it), *_archives(it), *checkpoints, *await _local(it)]
            return [*found, *mailbox_certificates(it), *await agent_findings(it), *await _work(it)]
    except PliError as error:
        return [Finding("the store cannot be opened", True, told(error).text)]


def _trust(it: Core) -> Iterator[Finding]:
    now, ages = it.clock.now(), it.directory.ages()
    for name, made, limit in zip(
        ("whitelist", "directory"), (ages.whitelist, ages.directory), it.settings.trust_ages, strict=True
    ):
        yield _age(name, made, limit, now)
    for fault in it.directory.faults():
        # What was never imported is told by its age already.
        if "is missing" not in fault:
            yield Finding(fault, True, "import it again")


def _archives(it: Core) -> Iterator[Finding]:
    fingerprint = fingerprint_of(signing_key(it.store).public_key())
    trusted = len(it.settings.spaces.trusted_archives)
    also = f"; {counted(trusted, 'other operator is', 'other operators are')} trusted" if trusted else ""
    yield Finding(f"archives are signed by the key {fingerprint}{also}", False)
    if not is_installed():
        advice = "install the Debian package gnupg, so that patients may have archives encrypted to their OpenPGP keys"
        yield Finding("the program gpg is missing", False, advice)


def _age(name: str, made: datetime | None, limit: timedelta, now: datetime) -> Finding:
    remedy = f"mail is put off until you run pli {name} import FILE"
    if made is None:
        return Finding(f"no {name} in service", True, remedy)
    old = now - made > limit
    return Finding(f"{name} of {made:%Y-%m-%d %H:%M} UTC", old, remedy if old else "")


async def _local(it: Core) -> list[Finding]:
    """Compare the local additions to the directory with the mailboxes of the store."""
    try:
        local = LocalRegistry(it.settings.local_file).load()
    except DirectoryUnavailable:
        return []  # told with the trust lists
    if not it.settings.local_file.exists() and await it.store.read(_has_mailboxes):
        advice = "local mailboxes are unknown to policy: restore it from your backup, or add them again"
        return [Finding(f"{it.settings.local_file.name} is missing", True, advice)]
    advice = "" if local.bindings else "none here can send results until « pli laboratory add »"
    bound = counted(len(local.bindings), "certificate of a sender is", "certificates of senders are")
    return [Finding(f"{bound} bound", False, advice)]


def _has_mailboxes(tx: Tx) -> bool:
    # A patient's space is told by its state alone, without opening its record.
    without_state = (vault for vault in tx.audit.vaults() if tx.spaces.state(vault) is None)
    return any(tx.spaces.address_of(vault)[1] is not VaultKind.OPERATOR for vault in without_state)


_UNTAKEN = (
    "relay, SMS service or folder of [notices] does not take them: find « step.failed » in the log and mend the cause; "
    "they are tried again every hour, for five days"
)


async def _work(it: Core) -> list[Finding]:
    counts, quarantined, untaken = await it.store.read(
        lambda tx: (tx.outbox.counts(), tx.quarantine.count(), tx.outbox.failing(NOTICES))
    )
    doubted = await it.store.read(lambda tx: len(tx.withholdings.open_doubts(QUEUE)))
    parked = counts["parked"]
    advice = "given up after many attempts: find « step.failed » in the log and mend the cause" if parked else ""
    told_why = "their senders were told why and send again (docs/operations.md, « Every day »)" if quarantined else ""
    return [
        Finding(f"{counted(counts['waiting'], 'step', 'steps')} waiting in the outbox", False),
        Finding(f"{counted(parked, 'step', 'steps')} parked", parked > 0, advice),
        Finding(
            f"{counted(untaken, 'notice was', 'notices were')} tried and not taken",
            untaken > 0,
            _UNTAKEN if untaken else "",
        ),
        Finding(f"{counted(quarantined, 'message', 'messages')} in quarantine", False, told_why),
        Finding(
            counted(doubted, "document is doubted by its patient", "documents are doubted by their patients"),
            False,
            "« pli documents doubts »" if doubted else "",
        ),
    ]
