"""The usual pair of servers, to measure beside: Postfix and Dovecot with mail_crypt, as Debian packages them.

It takes mail from one client certificate over STARTTLS, for a list of recipients, and delivers it by LMTP into
encrypted maildirs. Everything is below one folder, on ports of 127.0.0.1. Postfix needs root.
"""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from certs.contexts import KeyPair

PASSWORD = "mot-de-passe-du-banc"
_QUEUES = ("maildrop", "incoming", "active", "deferred")
_SERVICES = """
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A pair that serves: its ports, the numbers of its two masters, and how much it has still to deliver."""

    smtp_port: int
    imap_port: int
    processes: tuple[int, int]
    spool: Path
    mail: Path

    def queued(self) -> int:
        """Count the messages that were acknowledged and not delivered."""
        return sum(len(files) for queue in _QUEUES for _, _, files in os.walk(self.spool / queue))

    def delivered(self) -> int:
        """Count the messages in all mailboxes."""
        return sum(1 for file in self.mail.rglob("*") if file.parent.name in ("new", "cur"))


@contextmanager
def serving_peer(
    folder: Path, pair: KeyPair, authority: Path, client: Path, senders: Sequence[str], recipients: Sequence[str]
) -> Iterator[Peer]:
    """Serve from `folder` until the context ends.

    Args:
        folder: empty; the users of Postfix and Dovecot must be able to pass through those above it.
        pair: what the servers show.
        authority: who may sign what clients show.
        client: the only certificate that is let in.
        senders: domains that may write.
        recipients: addresses that may be written to; each can sign in by IMAP with `PASSWORD`.
    """
    folder.chmod(0o755)
    ports = _free_port(), _free_port()
    postfix, dovecot = folder / "postfix", folder / "dovecot"
    tls = _tls_files(folder / "tls", pair, authority)
    _write_dovecot(dovecot, folder / "mail", tls, ports[1], recipients)
    _write_postfix(postfix, dovecot, tls, ports[0], client, senders, recipients)
    _run("/usr/sbin/dovecot", "-c", str(dovecot / "dovecot.conf"))
    masters = [_number(dovecot / "run/master.pid")]
    try:
        _run("/usr/sbin/postfix", "-c", str(postfix / "etc"), "start")
        masters.insert(0, _number(postfix / "spool/pid/master.pid"))
        _wait_for(ports[0])
        yield Peer(
            smtp_port=ports[0], imap_port=ports[1], processes=(masters[0], masters[1]),
            spool=postfix / "spool", mail=folder / "mail",
        )  # fmt: skip
    finally:
        for master in masters:
            _end(master)


def _write_postfix(
    at: Path, dovecot: Path, tls: Path, port: int, client: Path, senders: Sequence[str], recipients: Sequence[str]
) -> None:
    etc = at / "etc"
    for folder in (etc, at / "spool", at / "data", at / "log"):
        folder.mkdir(parents=True)
    for folder in (at / "data", at / "log"):
        shutil.chown(folder, "postfix")
    fingerprint = x509.load_pem_x509_certificate(client.read_bytes()).fingerprint(hashes.SHA256()).hex(":").upper()
    maps = {
        "recipients": [f"{address} ok" for address in recipients],
        "senders": [f"{domain} OK" for domain in senders],
        "clients": [f"{fingerprint} OK"],
    }
    for name, lines in maps.items():
        (etc / name).write_text("\n".join(lines) + "\n")
    domains = ", ".join(sorted({address.rpartition("@")[2] for address in recipients}))
    (etc / "main.cf").write_text(f"""
compatibility_level = 3.6
queue_directory = {at}/spool
data_directory = {at}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = peer.example
mydestination =
alias_maps =
local_recipient_maps =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
biff = no
maillog_file = {at}/log/mail.log
maillog_file_prefixes = {at}
smtpd_tls_cert_file = {tls}/server.pem
smtpd_tls_key_file = {tls}/server.key
smtpd_tls_CAfile = {tls}/ca.pem
smtpd_tls_fingerprint_digest = sha256
smtpd_sender_restrictions = check_sender_access hash:{etc}/senders, reject
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions = reject_unauth_destination, reject_unlisted_recipient
virtual_mailbox_domains = {domains}
virtual_mailbox_maps = hash:{etc}/recipients
virtual_transport = lmtp:unix:{dovecot}/run/lmtp
message_size_limit = 26214400
""")
    (etc / "master.cf").write_text(
        f"127.0.0.1:{port} inet n - n - - smtpd\n"
        "  -o smtpd_tls_security_level=encrypt\n"
        "  -o smtpd_tls_req_ccert=yes\n"
        f"  -o smtpd_client_restrictions=check_ccert_access,hash:{etc}/clients,reject{_SERVICES}"
    )
    for name in maps:
        _run("/usr/sbin/postmap", "-c", str(etc), f"hash:{etc}/{name}")


def _write_dovecot(at: Path, mail: Path, tls: Path, port: int, recipients: Sequence[str]) -> None:
    (at / "run").mkdir(parents=True)
    mail.mkdir()
    shutil.chown(mail, "mail", "mail")
    # In small letters: Dovecot looks its users up so.
    (at / "users").write_text("".join(f"{address.lower()}:{{PLAIN}}{PASSWORD}\n" for address in recipients))
    (at / "dovecot.conf").write_text(f"""
protocols = imap lmtp
listen = 127.0.0.1
base_dir = {at}/run
state_dir = {at}/state
log_path = {at}/dovecot.log
ssl = required
ssl_cert = <{tls}/server.pem
ssl_key = <{tls}/server.key
auth_mechanisms = plain login
passdb {{
  driver = passwd-file
  args = username_format=%u {at}/users
}}
userdb {{
  driver = static
  args = uid=mail gid=mail home={mail}/%d/%n
}}
first_valid_uid = 1
mail_location = maildir:~/mail
mail_plugins = mail_crypt
plugin {{
  mail_crypt_global_private_key = <{tls}/crypt.key
  mail_crypt_global_public_key = <{tls}/crypt.pub
  mail_crypt_save_version = 2
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
service imap-login {{
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service lmtp {{
  unix_listener lmtp {{
    mode = 0666
  }}
}}
protocol lmtp {{
  postmaster_address = postmaster@peer.example
}}
""")


def _tls_files(folder: Path, pair: KeyPair, authority: Path) -> Path:
    folder.mkdir()
    shutil.copy(pair.certificate, folder / "server.pem")
    shutil.copy(pair.key, folder / "server.key")
    shutil.copy(authority, folder / "ca.pem")
    key = ec.generate_private_key(ec.SECP256R1())
    (folder / "crypt.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    (folder / "crypt.pub").write_bytes(
        key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    for file in folder.iterdir():
        file.chmod(0o644)  # invented keys, read by users of several servers
    return folder


def _run(*command: str) -> None:
    # The daemons that it leaves behind must not keep a caller's pipe open.
    nothing = subprocess.DEVNULL
    done = subprocess.run(command, stdin=nothing, stdout=nothing, stderr=nothing, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: look into its log")


def _number(file: Path) -> int:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with suppress(OSError, ValueError):
            return int(file.read_text())
        time.sleep(0.05)
    raise RuntimeError(f"{file} did not come: look into the log beside it")


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as there:
            if there.recv(3) == b"220":
                return
        time.sleep(0.05)
    raise RuntimeError("Postfix did not answer: look into its log")


def _end(process: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGTERM)
        for _ in range(100):
            os.kill(process, 0)
            time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
