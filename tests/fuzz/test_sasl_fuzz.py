"""Any responses to any mechanism give a claim that can be checked, or a named fault, in bounded time."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.sasl import MECHANISMS, PasswordClaim, SaslChallenge, SaslFault, decode_response, encode_challenge

ROUNDS = 3
_parts = st.one_of(st.binary(max_size=60), st.text(max_size=20).map(str.encode), st.just(b""))
_responses = st.lists(st.lists(_parts).map(b"\0".join), min_size=ROUNDS, max_size=ROUNDS)


@given(st.sampled_from(sorted(MECHANISMS)), _responses)
def test_any_responses_come_to_a_claim_or_a_fault(mechanism: str, responses: list[bytes]) -> None:
    outcome: object = MECHANISMS[mechanism]
    for response in responses:
        if isinstance(outcome, SaslChallenge):
            outcome = outcome.answer(response)
    if isinstance(outcome, PasswordClaim):
        assert outcome.login
        assert outcome.password
        assert "\0" not in outcome.login + outcome.password
    else:
        assert isinstance(outcome, SaslFault)


@given(st.binary())
def test_any_line_is_octets_or_none_and_octets_come_back(line: bytes) -> None:
    found = decode_response(line)
    assert found is None or decode_response(encode_challenge(found) or b"=") == found
