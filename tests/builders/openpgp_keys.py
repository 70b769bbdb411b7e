"""OpenPGP keys as people make them, by gpg itself: for encryption, over, called back, for signatures only."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

A_KEY = b"""\
-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEawx71BYJKwYBBAHaRw8BAQdAaaYKJkWsIo8qjbH7pEiSacb4Hxdxx5ILD//M
+kBNp1e0IUNhbWlsbGUgPGNhbWlsbGVAZmFtaWxsZS5leGFtcGxlPoiQBBMWCAA4
FiEESiWXmr3w8qj6bBZfzgD3sizi6R0FAmsMe9QCGwMFCwkIBwIGFQoJCAsCBBYC
AwECHgECF4AACgkQzgD3sizi6R30gQEA4dXellZZupL2InNYviJnm41uIGQ2vUt8
jsdRLHSRBb0A/Rn+ZgbbPF5bx2Q60+haM1xtYqgToOhW1UUukfBHG5AHuDgEawx7
1BIKKwYBBAGXVQEFAQEHQCS9LT21dhX2wS9ofnfaUl8swk7snWXIFqSJlG25OVMd
AwEIB4h4BBgWCAAgFiEESiWXmr3w8qj6bBZfzgD3sizi6R0FAmsMe9QCGwwACgkQ
zgD3sizi6R2+8gEAyLSMZmF7zrwFPUT76Fv+8E9kramtDQ1Ul/GGIoOAOI4BAJ3Z
g0JMrAD4Nla5JPKA3CswZgCs3IAUNRAFwyOxnlcN
=4zSI
-----END PGP PUBLIC KEY BLOCK-----
"""
"""A public key that is good for ever, of nobody."""


@dataclass(frozen=True, slots=True)
class OpenPgpHome:
    """The folder of keys of somebody, on their own machine."""

    folder: Path

    def run(self, *words: str, given: bytes = b"") -> bytes:
        """Run gpg as its owner would, without a passphrase."""
        command = ["gpg", "--homedir", str(self.folder), "--batch", "--yes", "--pinentry-mode", "loopback"]
        done = subprocess.run(
            [*command, "--passphrase", "", *words], input=given, capture_output=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    def made(self, name: str, use: str = "default", until: str = "never") -> bytes:
        """Make a key, and give its public half."""
        address = f"{name}@famille.example"
        algorithm = "future-default" if use == "default" else "ed25519"
        self.run("--quick-generate-key", f"{name.title()} <{address}>", algorithm, use, until)
        return self.public(name)

    def public(self, *names: str) -> bytes:
        """Give the public half of keys."""
        return self.run("--armor", "--export", *(f"{name}@famille.example" for name in names))

    def private(self, name: str) -> bytes:
        """Give the private half of a key, as nobody should."""
        return self.run("--armor", "--export-secret-keys", f"{name}@famille.example")

    def fingerprint(self, name: str) -> str:
        """Give the fingerprint as gpg prints it."""
        lines = self.run("--with-colons", "--fingerprint", f"{name}@famille.example").decode().splitlines()
        return next(line.split(":")[9] for line in lines if line.startswith("fpr"))

    def revoked(self, name: str) -> bytes:
        """Call a key back, and give it."""
        written = next((self.folder / "openpgp-revocs.d").glob(f"{self.fingerprint(name)}.rev"))
        self.run("--import", given=written.read_bytes().replace(b":-----BEGIN", b"-----BEGIN"))
        return self.public(name)

    def close(self) -> None:
        """Have gpg's own helper end."""
        subprocess.run(["gpgconf", "--homedir", str(self.folder), "--kill", "all"], timeout=20, check=False)
