"""DKIM signatures of our own notices (RFC 6376): RSA-SHA256, relaxed header and body, made with `cryptography`."""

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from gateway.domain.errors import ConfigurationError

SIGNED = ("from", "to", "subject", "date", "message-id", "mime-version", "content-type", "content-transfer-encoding")
"""Headers of a notice, each there once; they are named twice, so that nobody adds another (§5.4.2)."""
_LEAST_BITS = 2048


@dataclass(frozen=True, slots=True, repr=False)
class DkimSigner:
    """Signs for a domain by the key that ``selector._domainkey.domain`` publishes."""

    domain: str
    selector: str
    key: rsa.RSAPrivateKey

    def signed(self, message: bytes) -> bytes:
        """Give the message with its signature on top; it must be made of CRLF lines."""
        head, _, body = message.partition(b"\r\n\r\n")
        fields = _fields(head)
        names = [name for name in SIGNED if name in fields]
        digest = base64.b64encode(hashlib.sha256(_relaxed_body(body)).digest()).decode()
        unsigned = (
            f"v=1; a=rsa-sha256; c=relaxed/relaxed; d={self.domain}; s={self.selector};"
            f" h={':'.join(names + names)}; bh={digest}; b="
        )
        chosen = [f"{name}:{fields[name]}\r\n" for name in names]
        text = "".join([*chosen, f"dkim-signature:{unsigned}"])
        made = base64.b64encode(self.key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()
        return f"DKIM-Signature: {_folded(unsigned + made)}\r\n".encode() + message


def _fields(head: bytes) -> dict[str, str]:
    unfolded = re.sub(rb"\r\n(?=[ \t])", b"", head).decode("ascii")
    lines = (line.partition(":") for line in unfolded.split("\r\n"))
    return {name.strip().lower(): re.sub(r"[ \t]+", " ", value).strip() for name, _, value in lines}


def _relaxed_body(body: bytes) -> bytes:
    lines = [re.sub(rb"[ \t]+", b" ", line).rstrip(b" ") for line in body.split(b"\r\n")]
    while lines and not lines[-1]:
        lines.pop()
    return b"".join(line + b"\r\n" for line in lines)


def _folded(value: str) -> str:
    """Fold where white space stands already, and within the signature, whose white space counts for nothing."""
    front, _, signature = value.rpartition("b=")
    pieces: Sequence[str] = [signature[start : start + 64] for start in range(0, len(signature), 64)]
    return front.rstrip().replace("; ", ";\r\n\t") + "\r\n\tb=" + "\r\n\t ".join(pieces)


def signer_of(domain: str, selector: str, file: Path) -> DkimSigner:
    """Read a key. Raises `ConfigurationError` for what is no RSA key of 2048 bits in PEM, without a password."""
    try:
        key = load_pem_private_key(file.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise ConfigurationError(f"notices.dkim_key: {file} cannot be read as a PEM key without a password") from error
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < _LEAST_BITS:
        raise ConfigurationError(f"notices.dkim_key: {file} must hold an RSA key of {_LEAST_BITS} bits or more")
    return DkimSigner(domain, selector, key)
