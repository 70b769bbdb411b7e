"""One TLS context per role, each with the suites of the ANSSI guide only (STD §1.1).

TLS 1.2 with ECDHE and AES-GCM or ChaCha20-Poly1305, or TLS 1.3 with its own suites; no compression, no
renegotiation, keys and digests of 112 bits of strength or more. Certificates of the peer are checked during
the handshake: a relay client with a bad one is gone then, one without any is refused before it names anybody.
"""

import ssl
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import structlog

from gateway.domain.errors import ConfigurationError

_log = structlog.get_logger(__name__)

# SECLEVEL=2 refuses RSA below 2048 bits, curves below 224 and SHA-1 signatures, whatever the system's default.
SUITES = (
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256:"
    "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:@SECLEVEL=2"
)


@dataclass(frozen=True, slots=True)
class KeyPair:
    """Our certificate, followed by its chain, and its key; PEM files."""

    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True)
class Trust:
    """The authorities whose certificates a peer may hold, and their revocation lists; PEM files.

    With a `crl` file every leaf is looked up in the list of its issuer, and one without a valid list is
    refused (RFC 5280 §6.3): the last valid list is to be kept there, and renewed before it expires.
    """

    authorities: Path
    crl: Path | None = None


def relay(pair: KeyPair, trust: Trust) -> ssl.SSLContext:
    """Make the context of the operators' and laboratories' listener: client certificate asked for, and checked.

    A client that shows none is let in, so that it can be told: the SMTP session refuses it at MAIL, POL-02
    behind it. TLS itself would cut it off with an alert that no mail log explains. A bad one ends the handshake.
    """
    context = _server(pair)
    context.verify_mode = ssl.CERT_OPTIONAL
    _trust(context, trust)
    # No tickets: a session taken up again is not looked up in the revocation list, and the two tickets of
    # TLS 1.3 make a handshake a third dearer. TLS 1.2 may still resume by session id (Python cannot
    # switch that off) until the context is renewed: `PeerIdentity.valid_at` covers the dates, and
    # `Renewable` makes a new context for a new list.
    context.num_tickets = 0
    context.options |= ssl.OP_NO_TICKET
    return context


def submission(pair: KeyPair) -> ssl.SSLContext:
    """Make the context of submission, implicit TLS or STARTTLS: no client certificate."""
    return _server(pair)


def imap(pair: KeyPair) -> ssl.SSLContext:
    """Make the context of IMAP: no client certificate."""
    return _server(pair, "imap")


def web(pair: KeyPair) -> ssl.SSLContext:
    """Make the context of the web space and the FHIR face."""
    return _server(pair, "http/1.1")


def outbound(pair: KeyPair, trust: Trust) -> ssl.SSLContext:
    """Make the context in which we are the client of another operator, with our certificate (STD §1.2)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # checks the host's name
    _restrict(context)
    _trust(context, trust)
    renew(context, pair)
    return context


def client(authorities: Path | None) -> ssl.SSLContext:
    """Make the context in which we are the client of a service of the operator's; without a file the system's count."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # checks the host's name
    _restrict(context)
    if authorities is None:
        context.load_default_certs()
    else:
        _load(context, authorities, "authorities")
    return context


def renew(context: ssl.SSLContext, pair: KeyPair) -> None:
    """Load our certificate, or a renewed one: connections from now on show it, open ones are not touched.

    Raises:
        ConfigurationError: the files are missing, unreadable, or do not belong together.
    """
    try:
        context.load_cert_chain(pair.certificate, pair.key, password=_no_password)
    except (OSError, ValueError) as error:  # an SSLError is an OSError
        raise ConfigurationError(
            f"the certificate {pair.certificate} with the key {pair.key} cannot be used ({_why(error)}): "
            "both must be readable PEM files that belong together, the key without a password"
        ) from error


class Renewable:
    """Give the context of a role, made anew when one of its files has changed.

    For listeners that ask at each connection, as STARTTLS does. A new revocation list counts from the next
    connection on. New files that cannot be used leave the former context in service; `fault` says why.
    """

    def __init__(
        self,
        make: Callable[[], ssl.SSLContext],
        files: Iterable[Path],
        monotonic: Callable[[], float],
        every_seconds: float = 10.0,
    ) -> None:
        """Make the first context. Raises `ConfigurationError` when its files cannot be used."""
        self._make = make
        self._files = tuple(files)
        self._monotonic = monotonic
        self._every = every_seconds
        self._next_look = monotonic() + every_seconds
        self._stamps = self._look()
        self._context = make()
        self.fault = ""

    def current(self) -> ssl.SSLContext:
        """Give the context to use for a connection that begins now."""
        now = self._monotonic()
        if now >= self._next_look:
            self._next_look = now + self._every
            stamps = self._look()
            if stamps != self._stamps:
                self._stamps = stamps
                self._renew()
        return self._context

    def _renew(self) -> None:
        try:
            self._context = self._make()
            self.fault = ""
        except ConfigurationError as error:
            self.fault = str(error)
            _log.warning("tls.unusable", reason=self.fault)

    def _look(self) -> tuple[tuple[int, int, int] | None, ...]:
        return tuple(map(_stamp, self._files))


def following(
    make: Callable[[], ssl.SSLContext], files: Iterable[Path], monotonic: Callable[[], float]
) -> ssl.SSLContext:
    """Make the context of a listener with implicit TLS: a renewed certificate is shown from the next connection on."""
    current, outer = Renewable(make, files, monotonic).current, make()

    def renewed(connection: ssl.SSLObject, _name: str | None, _outer: ssl.SSLContext) -> None:
        connection.context = current()

    outer.sni_callback = renewed
    return outer


def _server(pair: KeyPair, protocol: str = "") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _restrict(context)
    context.options |= ssl.OP_CIPHER_SERVER_PREFERENCE | ssl.OP_SINGLE_ECDH_USE
    if protocol:
        context.set_alpn_protocols([protocol])
    renew(context, pair)
    return context


def _restrict(context: ssl.SSLContext) -> None:
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(SUITES)
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION


def _trust(context: ssl.SSLContext, trust: Trust) -> None:
    # RFC 5280 to the letter: OpenSSL's default lets through, for instance, authorities without basicConstraints.
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    _load(context, trust.authorities, "authorities")
    if trust.crl:
        _load(context, trust.crl, "revocation list")
        context.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF


def _load(context: ssl.SSLContext, path: Path, what: str) -> None:
    try:
        context.load_verify_locations(cafile=path)
    except OSError as error:
        raise ConfigurationError(
            f"the {what} file {path} cannot be used ({_why(error)}): it must be a readable PEM file"
        ) from error


def _why(error: Exception) -> str:
    return getattr(error, "reason", None) or getattr(error, "strerror", None) or str(error)


def _no_password() -> str:
    # Without this, OpenSSL asks on the terminal and the server waits for ever.
    raise ValueError("the key is protected by a password")


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
