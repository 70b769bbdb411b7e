"""An OpenID provider of the tests, over HTTPS, in which every field can be bent.

It signs by itself, not with the library that is tested. `signing_in` stands for what a person does there.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiohttp import web
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from gateway.domain.openid import ProviderReturn

CLIENT, SECRET = "pli-essai", "secret d'essai/+"
PIVOT = {
    "family_name": "DUPONT-ESSAI",
    "given_name": "Jeanne Marie",
    "gender": "female",
    "birthdate": "1980-01-15",
    "birthplace": "35238",
    "birthcountry": "99100",
}
Json = dict[str, Any]  # Any: what stands in JSON


class RsaKey:
    """A key for RS256."""

    def __init__(self, kid: str = "rsa-1", bits: int = 2048) -> None:
        self.kid, self.algorithm = kid, "RS256"
        self.key = rsa.generate_private_key(65537, bits)

    def sign(self, octets: bytes) -> bytes:
        """Sign."""
        return self.key.sign(octets, padding.PKCS1v15(), hashes.SHA256())

    @property
    def published(self) -> Json:
        """Give what the provider publishes."""
        numbers = self.key.public_key().public_numbers()
        return {"kty": "RSA", "use": "sig", "kid": self.kid, "n": _number(numbers.n), "e": _number(numbers.e)}

    @property
    def pem(self) -> bytes:
        """Give the public key as a file."""
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return self.key.public_key().public_bytes(serialization.Encoding.PEM, form)


class EcKey:
    """A key for ES256."""

    def __init__(self, kid: str = "ec-1") -> None:
        self.kid, self.algorithm = kid, "ES256"
        self.key = ec.generate_private_key(ec.SECP256R1())

    def sign(self, octets: bytes) -> bytes:
        """Sign, both numbers one after the other."""
        r, s = decode_dss_signature(self.key.sign(octets, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    @property
    def published(self) -> Json:
        """Give what the provider publishes."""
        numbers = self.key.public_key().public_numbers()
        return {"kty": "EC", "crv": "P-256", "kid": self.kid, "x": _number(numbers.x, 32), "y": _number(numbers.y, 32)}


class SharedSecret:
    """Octets taken for a secret, for HS256: what somebody makes of a public key."""

    def __init__(self, octets: bytes, kid: str = "rsa-1") -> None:
        self.octets, self.kid, self.algorithm = octets, kid, "HS256"

    def sign(self, octets: bytes) -> bytes:
        """Sign."""
        return hmac.digest(self.octets, octets, hashlib.sha256)


class Unsigned:
    """No signature at all."""

    def __init__(self, spelt: str = "none") -> None:
        self.kid, self.algorithm = "rsa-1", spelt

    def sign(self, _octets: bytes) -> bytes:
        """Do not sign."""
        return b""


Signer = RsaKey | EcKey | SharedSecret | Unsigned


@dataclass
class Issuer:
    """The provider; what is changed in it counts from then on.

    Attributes:
        person: claims of whoever signs in.
        id_claims: claims of the ID token in place of the right ones; None takes one away.
        userinfo: the same of its userinfo; it is a token when `userinfo_signer` is set.
        instead: answers by path, in the place of the right ones.
        held: set it to make every answer wait.
        asked: paths, in their order, and the last form and headers of each.
    """

    origin: str
    now: datetime
    signer: Signer
    keys: list[Json]
    person: Json = field(default_factory=lambda: dict(PIVOT))
    id_claims: Json = field(default_factory=dict)
    header: Json = field(default_factory=dict)
    userinfo: Json = field(default_factory=dict)
    userinfo_signer: Signer | None = None
    document: Json = field(default_factory=dict)
    instead: dict[str, web.Response] = field(default_factory=dict)
    held: asyncio.Event | None = None
    asked: list[str] = field(default_factory=list)
    forms: dict[str, Json] = field(default_factory=dict)
    headers: dict[str, Mapping[str, str]] = field(default_factory=dict)
    codes: dict[str, Json] = field(default_factory=dict)

    def signing_in(self, place: str) -> ProviderReturn:
        """Sign in where a browser was sent, and give what it brings back."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(place).query).items()}
        code = f"code-{len(self.codes)}"
        self.codes[code] = query
        return ProviderReturn(state=query["state"], code=code, issuer="", error="")

    def token(self, claims: Json, signer: Signer | None = None) -> str:
        """Sign claims."""
        signer = signer or self.signer
        header = _kept({"alg": signer.algorithm, "kid": signer.kid, "typ": "JWT", **self.header})
        signed = f"{_part(json.dumps(header).encode())}.{_part(json.dumps(claims).encode())}"
        return f"{signed}.{_part(signer.sign(signed.encode()))}"

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer a question."""
        name = request.path.rpartition("/")[2]
        self.asked.append(name)
        self.forms[name] = dict(await request.post())
        self.headers[name] = dict(request.headers)
        if self.held is not None:
            await self.held.wait()
        if name in self.instead:
            other = self.instead[name]
            return web.Response(body=other.body, status=other.status, headers=other.headers)
        known = {"keys": self._keys, "token": self._token}
        known |= dict.fromkeys(("openid-configuration", "wallet-openid-configuration"), self._document)
        return known.get(name, self._userinfo)()

    def _document(self) -> web.Response:
        places = {"authorization": "authorize", "token": "token", "userinfo": "userinfo", "end_session": "logout"}
        document = {"issuer": self.origin, "jwks_uri": f"{self.origin}/keys"}
        document |= {f"{name}_endpoint": f"{self.origin}/{path}" for name, path in places.items()}
        return web.json_response(_kept(document | self.document))

    def _keys(self) -> web.Response:
        return web.json_response({"keys": self.keys})

    def _token(self) -> web.Response:
        form = self.forms["token"]
        asked = self.codes.pop(str(form["code"]), None)
        if asked is None or not _proves(form, asked):
            return web.json_response({"error": "invalid_grant"}, status=400)
        now = int(self.now.timestamp())
        claims = {"iss": self.origin, "sub": "s-1", "aud": CLIENT, "exp": now + 60, "iat": now, "acr": "eidas1"}
        token = self.token(_kept(claims | {"nonce": asked["nonce"]} | self.id_claims))
        return web.json_response({"access_token": "jeton", "token_type": "Bearer", "id_token": token})

    def _userinfo(self) -> web.Response:
        if self.headers["userinfo"].get("Authorization") != "Bearer jeton":
            return web.Response(status=401)
        signed = {"iss": self.origin, "aud": CLIENT} if self.userinfo_signer else {}
        claims = _kept({"sub": "s-1", **self.person, **signed, **self.userinfo})
        if self.userinfo_signer is None:
            return web.json_response(claims)
        return web.Response(text=self.token(claims, self.userinfo_signer), content_type="application/jwt")


@asynccontextmanager
async def serving_issuer(context: ssl.SSLContext, now: datetime, signer: RsaKey | EcKey) -> AsyncIterator[Issuer]:
    """Serve a provider on a free port of this machine."""
    issuer = Issuer("", now, signer, [signer.published])
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", issuer.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "localhost", 0, ssl_context=context).start()
    issuer.origin = f"https://localhost:{runner.addresses[0][1]}"
    try:
        yield issuer
    finally:
        if issuer.held is not None:
            issuer.held.set()
        await runner.cleanup()


def _proves(form: Json, asked: Json) -> bool:
    challenge = _part(hashlib.sha256(str(form["code_verifier"]).encode()).digest())
    return (challenge, form["redirect_uri"]) == (asked["code_challenge"], asked["redirect_uri"])


def _kept(values: Json) -> Json:
    return {name: value for name, value in values.items() if value is not None}


def _part(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def _number(value: int, octets: int = 0) -> str:
    return _part(value.to_bytes(octets or (value.bit_length() + 7) // 8, "big"))
