"""An OpenID provider is believed only when all that it says fits: OpenID Connect Core §3.1.3.7, RFC 8725, RFC 9207."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from certs import contexts
from certs.contexts import KeyPair
from gateway.domain.errors import ProviderRefused, ProviderUnavailable
from gateway.domain.openid import AuthorizationRequest, CodeExchange, ProvenClaims
from gateway.openid.provider import OpenidProvider, ProviderSettings
from tests.builders.openid_issuer import (
    CLIENT,
    PIVOT,
    SECRET,
    EcKey,
    Issuer,
    RsaKey,
    SharedSecret,
    Signer,
    Unsigned,
    serving_issuer,
)
from tests.builders.smtp_tls import TestAuthority
from tests.builders.store import ManualClock

BACK, AFTER = "https://pli.example/activation/franceconnect/retour", "https://pli.example/suite"
VERIFIER, CHALLENGE = "v" * 43, "7w_YNF9DSfIdPf_pRjSq646_kPr-2-o9NAl16JGghdM"
RSA, OTHER_RSA, SMALL_RSA, EC = RsaKey(), RsaKey(), RsaKey(bits=1024), EcKey()


class Desk:
    """A client and its provider."""

    def __init__(self, issuer: Issuer, authority: TestAuthority, clock: ManualClock) -> None:
        self.issuer, self.authority, self.clock = issuer, authority, clock
        self.settings = ProviderSettings(
            issuer=issuer.origin, client_id=CLIENT, client_secret=SECRET, name="FranceConnect",
            scopes=("openid",), levels=(), seconds=5,
        )  # fmt: skip
        self.provider = self.client()

    def client(self, **changes: Any) -> OpenidProvider:  # Any: values of settings
        """Make a client that remembers nothing."""
        context = self.authority.client()
        self.provider = OpenidProvider(replace(self.settings, **changes), lambda: context, self.clock)
        return self.provider

    async def leave(self) -> str:
        """Give where a browser is sent."""
        asked = AuthorizationRequest(return_to=BACK, state="etat", nonce="n-1", challenge=CHALLENGE)
        return await self.provider.authorization_url(asked)

    async def proven(self, code: str = "", issuer: str = "", nonce: str = "n-1") -> ProvenClaims:
        """Go there and back."""
        code = code or self.issuer.signing_in(await self.leave()).code
        exchange = CodeExchange(
            code=code, issuer=issuer, return_to=BACK, verifier=VERIFIER, nonce=nonce, after_logout=AFTER
        )
        return await self.provider.claims_of(exchange)

    async def refusal(self, **said: str) -> str:
        """Go there and back, and give why nothing is proven."""
        with pytest.raises(ProviderRefused) as refused:
            await self.proven(**said)
        return str(refused.value)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> TestAuthority:
    """Give the authority that the provider's certificate is of."""
    return TestAuthority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
async def desk(authority: TestAuthority) -> AsyncIterator[Desk]:
    """Serve a provider."""
    clock = ManualClock()
    served = contexts.web(KeyPair(authority.server.path, authority.server.path))
    async with serving_issuer(served, clock.now(), RSA) as issuer:
        yield Desk(issuer, authority, clock)


async def test_code_is_exchanged_for_what_the_provider_vouches_for(desk: Desk) -> None:
    place = await desk.leave()
    proven = await desk.proven()
    assert place.startswith(f"{desk.issuer.origin}/authorize?response_type=code&client_id={CLIENT}&")
    assert "code_challenge_method=S256" in place
    assert {name: proven.claims[name] for name in PIVOT} == PIVOT
    assert proven.logout.startswith(f"{desk.issuer.origin}/logout?id_token_hint=")
    assert desk.issuer.asked == ["openid-configuration", "token", "keys", "userinfo"]
    assert desk.issuer.forms["token"]["code_verifier"] == VERIFIER
    pair = f"{CLIENT}:secret+d%27essai%2F%2B".encode()
    assert desk.issuer.headers["token"]["Authorization"] == f"Basic {base64.b64encode(pair).decode()}"


async def test_secret_goes_into_the_form_where_the_provider_takes_it_there_only(desk: Desk) -> None:
    desk.issuer.document = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    await desk.proven()
    assert desk.issuer.forms["token"]["client_secret"] == SECRET
    assert "Authorization" not in desk.issuer.headers["token"]


async def test_keys_of_elliptic_curves_and_signed_userinfo_count(desk: Desk) -> None:
    desk.issuer.signer = desk.issuer.userinfo_signer = EC
    desk.issuer.keys = [EC.published]
    assert (await desk.proven()).claims["family_name"] == PIVOT["family_name"]


async def test_without_userinfo_the_token_says_who_it_is(desk: Desk) -> None:
    desk.issuer.document = {"userinfo_endpoint": None, "end_session_endpoint": None}
    desk.issuer.id_claims = {"family_name": "MARTIN", "aud": [CLIENT]}
    proven = await desk.proven()
    assert (proven.claims["family_name"], proven.logout) == ("MARTIN", "")


BENT: dict[str, tuple[Any, str]] = {
    "other issuer": ({"iss": "https://autre.example"}, "issuer"),
    "other audience": ({"aud": "autre"}, "audience"),
    "audience among others without its part": ({"aud": [CLIENT, "autre"]}, "audience"),
    "part of another": ({"aud": [CLIENT, "autre"], "azp": "autre"}, "audience"),
    "no audience": ({"aud": []}, "audience"),
    "over": ({"exp": 1_000_000_000}, "over"),
    "not yet": ({"nbf": 99_999_999_999}, "early"),
    "made in the future": ({"iat": 99_999_999_999}, "age"),
    "made long ago": ({"iat": 1_000_000_000}, "age"),
    "other nonce": ({"nonce": "n-2"}, "nonce"),
    "no nonce": ({"nonce": None}, "nonce"),
    "empty nonce": ({"nonce": ""}, "nonce"),
    "no subject": ({"sub": ""}, "subject"),
    "subject of another form": ({"sub": 7}, "form"),
    "no end": ({"exp": None}, "form"),
    "end that is a text": ({"exp": "demain"}, "form"),
    "endless end": ({"exp": float("inf")}, "form"),
    "no issuer": ({"iss": None}, "form"),
}


@pytest.mark.parametrize("name", BENT)
async def test_token_with_a_claim_that_is_not_right_is_refused(desk: Desk, name: str) -> None:
    claims, why = BENT[name]
    desk.issuer.id_claims = claims
    assert await desk.refusal() == f"id_token.{why}"


@pytest.mark.parametrize(
    ("signer", "why"),
    [
        (OTHER_RSA, "signature"),
        (Unsigned(), "algorithm"),
        (Unsigned("nOnE"), "algorithm"),
        (SharedSecret(RSA.pem), "algorithm"),
        (SharedSecret(SECRET.encode()), "algorithm"),
        (EcKey("rsa-1"), "key_unknown"),
        (RsaKey("rsa-2"), "key_unknown"),
    ],
    ids=["other key", "none", "nOnE", "public key as secret", "our secret", "other kind of key", "unknown key"],
)
async def test_token_that_is_not_signed_by_the_provider_is_refused(desk: Desk, signer: Signer, why: str) -> None:
    desk.issuer.signer = signer
    assert await desk.refusal() == f"token.{why}"


async def test_short_key_is_refused(desk: Desk) -> None:
    desk.issuer.signer, desk.issuer.keys = SMALL_RSA, [SMALL_RSA.published]
    assert await desk.refusal() == "token.key"


async def test_key_that_is_in_the_token_itself_does_not_count(desk: Desk) -> None:
    desk.issuer.signer, desk.issuer.header = OTHER_RSA, {"jwk": OTHER_RSA.published, "jku": "https://autre.example"}
    assert await desk.refusal() == "token.signature"


@pytest.mark.parametrize(
    "token", ["", "a.b.c", "a.b", "....", "é.é.é", "e30.e30.", "bnVsbA.e30.x", "W10.e30.x", "x" * 70_000]
)
async def test_what_is_no_token_is_refused(desk: Desk, token: str) -> None:
    said = {"access_token": "jeton", "token_type": "Bearer", "id_token": token}
    desk.issuer.instead["token"] = web.json_response(said)
    assert (await desk.refusal()).startswith("token.")


async def test_new_key_is_asked_for_once_and_not_again_at_once(desk: Desk) -> None:
    await desk.proven()
    desk.clock.advance(timedelta(seconds=40))
    desk.issuer.signer = fresh = RsaKey("rsa-2")
    desk.issuer.keys = [RSA.published, fresh.published]
    await desk.proven()
    assert desk.issuer.asked.count("keys") == 2
    desk.issuer.signer = RsaKey("rsa-3")
    for _ in range(3):
        assert await desk.refusal() == "token.key_unknown"
    assert desk.issuer.asked.count("keys") == 2
    desk.clock.advance(timedelta(seconds=31))
    assert await desk.refusal() == "token.key_unknown"
    assert desk.issuer.asked.count("keys") == 3


async def test_level_that_was_asked_for_must_be_given(desk: Desk) -> None:
    desk.client(levels=("eidas2", "eidas3"))
    assert "acr_values=eidas2+eidas3" in await desk.leave()
    assert await desk.refusal() == "id_token.level"
    desk.issuer.id_claims = {"acr": "eidas3"}
    assert await desk.proven()


async def test_code_is_good_once(desk: Desk) -> None:
    code = desk.issuer.signing_in(await desk.leave()).code
    await desk.proven(code)
    assert await desk.refusal(code=code) == "token.400"


async def test_return_from_another_provider_is_not_taken_to_this_one(desk: Desk) -> None:
    assert await desk.refusal(issuer="https://autre.example") == "return.issuer"
    assert "token" not in desk.issuer.asked
    desk.issuer.document = {"authorization_response_iss_parameter_supported": True}
    desk.client()
    assert await desk.refusal() == "return.issuer"
    assert await desk.proven(issuer=desk.issuer.origin)


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ({"issuer": "https://autre.example"}, "discovery.issuer"),
        ({"token_endpoint": "http://localhost/token"}, "discovery.places"),
        ({"jwks_uri": "file:///etc/passwd"}, "discovery.places"),
        ({"userinfo_endpoint": "https://nom@autre.example/"}, "discovery.places"),
        ({"token_endpoint": 7}, "discovery.form"),
        ({"jwks_uri": None}, "discovery.form"),
    ],
)
async def test_document_that_cannot_be_right_is_refused(desk: Desk, document: Any, why: str) -> None:
    desk.issuer.document = document
    with pytest.raises(ProviderRefused, match=why):
        await desk.leave()


USERINFO: dict[str, Any] = {
    "subject": {"sub": "s-2"}, "issuer": {"iss": "https://autre.example"}, "for nobody": {"aud": None},
    "for another": {"aud": ["autre"]}, "over": {"exp": 1_000_000_000},
}  # fmt: skip


@pytest.mark.parametrize("name", USERINFO)
async def test_userinfo_of_somebody_else_is_refused(desk: Desk, name: str) -> None:
    desk.issuer.userinfo, desk.issuer.userinfo_signer = USERINFO[name], RSA
    assert (await desk.refusal()).startswith("userinfo.")


async def test_userinfo_signed_by_another_key_is_refused(desk: Desk) -> None:
    desk.issuer.userinfo_signer = OTHER_RSA
    assert await desk.refusal() == "token.signature"


@pytest.mark.parametrize("path", ["openid-configuration", "token", "keys", "userinfo"])
async def test_answer_of_hundreds_of_kilobytes_or_of_another_form_is_refused(desk: Desk, path: str) -> None:
    for body in (json.dumps({"x": "y" * 400_000}).encode(), b"[" * 100_000, b"\xff\xfe", b"null", b"[]", b""):
        desk.client()
        desk.issuer.instead[path] = web.Response(body=body, content_type="application/json")
        with pytest.raises(ProviderRefused):
            await desk.proven()


@pytest.mark.parametrize("path", ["openid-configuration", "token", "keys", "userinfo"])
async def test_answer_that_sends_elsewhere_is_not_followed(desk: Desk, path: str) -> None:
    desk.issuer.instead[path] = web.Response(status=302, headers={"Location": f"{desk.issuer.origin}/ailleurs"})
    with pytest.raises(ProviderRefused):
        await desk.proven()
    assert "ailleurs" not in desk.issuer.asked


@pytest.mark.parametrize("path", ["openid-configuration", "token", "keys", "userinfo"])
async def test_provider_that_cannot_answer_now_is_told_from_one_that_refuses(desk: Desk, path: str) -> None:
    desk.issuer.instead[path] = web.Response(status=503)
    with pytest.raises(ProviderUnavailable):
        await desk.proven()


async def test_slow_provider_is_left_after_its_time(desk: Desk) -> None:
    desk.issuer.held = asyncio.Event()
    desk.client(seconds=1)
    with pytest.raises(ProviderUnavailable):
        await desk.leave()


async def test_provider_that_is_down_is_left_alone_for_a_while(desk: Desk) -> None:
    desk.issuer.instead["openid-configuration"] = web.Response(status=500)
    for _ in range(5):
        with pytest.raises(ProviderUnavailable):
            await desk.leave()
    assert desk.issuer.asked == ["openid-configuration"]
    del desk.issuer.instead["openid-configuration"]
    desk.clock.advance(timedelta(seconds=21))
    assert await desk.leave()


async def test_certificate_of_another_authority_is_not_taken(
    desk: Desk, tmp_path_factory: pytest.TempPathFactory
) -> None:
    desk.authority = TestAuthority(tmp_path_factory.mktemp("other"), "Other CA")
    desk.client()
    with pytest.raises(ProviderUnavailable):
        await desk.leave()


async def test_access_token_that_would_make_another_header_is_refused(desk: Desk) -> None:
    said = {"access_token": "a\r\nX: y", "token_type": "Bearer", "id_token": "x"}
    desk.issuer.instead["token"] = web.json_response(said)
    assert await desk.refusal() == "token.type"
