"""Secrets sown over all the traffic of a gateway, to be looked for where they must never be."""

import base64
import json
import urllib.parse
from collections.abc import Iterable


class Secrets:
    """Distinct words, each remembered; none occurs anywhere by chance."""

    def __init__(self) -> None:
        self.words: list[str] = []

    def word(self, prefix: str = "") -> str:
        """Invent one."""
        number = f"{len(self.words) * 7919 + 104729:06x}"
        return self.keep(f"{prefix}Qx{number}Éw" if prefix == "é" else f"{prefix}qx{number}zw")

    def keep(self, secret: str) -> str:
        """Remember one that came from elsewhere: a password, a code, a number."""
        self.words.append(secret)
        return secret

    def found_in(self, text: str) -> list[str]:
        """List the secrets that stand in a text, plainly or in an encoding that hides nothing."""
        lowered = text.lower()
        return [word for word in self.words if any(form.lower() in lowered for form in _forms(word))]


def _forms(word: str) -> Iterable[str]:
    """Give a word as logs may write it: as it is, escaped, percent-encoded, in base64 at each of three offsets."""
    octets = word.encode()
    yield from (word, json.dumps(word)[1:-1], repr(octets)[2:-1], urllib.parse.quote(word))
    # The first and last characters depend on what stands beside; those between do not.
    yield from (base64.b64encode(b"\0" * offset + octets).decode()[4:-4] for offset in range(3))
