"""Whatever an OpenID provider says, it is a value or a refusal."""

import base64
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.domain.errors import ProviderRefused
from gateway.domain.pivot_identity import pivot_of_claims
from gateway.domain.pro_sante_connect import MOST_EXERCISES, professional_of_claims
from gateway.openid.documents import claims_read, provider_document, signing_keys, token_answer
from gateway.openid.tokens import Expected, id_token, verified_octets
from tests.builders.openid_issuer import EcKey

KEY = EcKey()
KEYS = signing_keys(json.dumps({"keys": [KEY.published]}).encode())
EXPECTED = Expected(issuer="x", audience="x", nonce="x", levels=(), now=datetime(2026, 1, 5, tzinfo=UTC))
_LETTERS = "aé.-_=0\0\ud800 {\"𝟗"
_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(_LETTERS, max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(_LETTERS, max_size=8), inner, max_size=3),
    max_leaves=8,
)
_names = st.sampled_from(
    ["iss", "sub", "aud", "exp", "iat", "nbf", "nonce", "acr", "azp", "keys", "kty", "kid", "n", "e", "issuer",
     "jwks_uri", "token_endpoint", "authorization_endpoint", "access_token", "token_type", "id_token",
     "family_name", "gender", "given_name", "birthdate", "birthplace", "birthcountry"]
)  # fmt: skip
_objects = st.dictionaries(_names, _json, max_size=8)
READERS: dict[str, Callable[[bytes], object]] = {
    "document": lambda data: provider_document(data, "https://x.example"),
    "keys": signing_keys,
    "token": token_answer,
    "claims": claims_read,
}


fuzzed = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))


def _part(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


_parts = _objects.map(lambda said: _part(json.dumps(said).encode()))


@pytest.mark.parametrize("name", READERS)
@fuzzed
@given(data=st.binary(max_size=200) | _objects.map(lambda said: json.dumps(said).encode()))
def test_any_answer_is_read_or_refused(name: str, data: bytes) -> None:
    try:
        READERS[name](data)
    except ProviderRefused:
        return


@fuzzed
@given(st.text(_LETTERS, max_size=300) | st.lists(_parts, min_size=3, max_size=3).map(".".join))
def test_any_token_is_refused_that_is_not_signed(token: str) -> None:
    with pytest.raises(ProviderRefused):
        verified_octets(token, KEYS)


@fuzzed
@given(_json | _objects)
def test_any_claims_under_a_right_signature_are_refused_unless_all_fit(claims: object) -> None:
    signed = f"{_part(json.dumps({'alg': 'ES256', 'kid': KEY.kid}).encode())}.{_part(json.dumps(claims).encode())}"
    with pytest.raises(ProviderRefused):
        id_token(f"{signed}.{_part(KEY.sign(signed.encode()))}", KEYS, EXPECTED)


@fuzzed
@given(_objects)
def test_any_claims_give_a_whole_identity_or_none(claims: dict[str, object]) -> None:
    found = pivot_of_claims(claims)
    assert found is None or all(found.index_words)


_NUMBERS = st.sampled_from(["810000000011", "10000000011", "", "ANS1", "8" * 500, "81000000001\u0661"]) | _json
_activity = st.dictionaries(st.sampled_from(["raisonSocialeSite", "numeroFinessSite", "numeroSiretSite"]), _json)
_activities = st.lists(_activity | _json, max_size=3) | _json
_exercise = st.fixed_dictionaries(
    {"codeProfession": st.sampled_from(["10", ""]) | _json, "activities": _activities}
)
_professionals = st.fixed_dictionaries(
    {
        "SubjectNameID": _NUMBERS,
        "preferred_username": _NUMBERS,
        "otherIds": st.lists(st.fixed_dictionaries({"origine": st.just("RPPS"), "identifiant": _NUMBERS})) | _json,
        "SubjectRefPro": st.fixed_dictionaries({"exercices": st.lists(_exercise | _json, max_size=3) | _json}) | _json,
    }
)


@fuzzed
@given(_professionals)
def test_any_claims_give_a_whole_professional_or_none(claims: dict[str, object]) -> None:
    found = professional_of_claims(claims)
    if found is not None:
        assert re.fullmatch("8[0-9]{11}", found.identifier, re.ASCII)
        assert 0 < len(found.exercises) <= MOST_EXERCISES
        said = [text for one in found.exercises for text in (one.profession, one.organisation, one.organisation_id)]
        assert all(text.isprintable() and len(text) <= 120 for text in said)
        assert all(one.profession for one in found.exercises)
