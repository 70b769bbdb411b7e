"""SASL as SMTP and IMAP share it (RFC 4422): challenges, responses, and what a client claims in the end; pure.

A mechanism is the challenge that opens it. Whoever adds one that proves something else than a password (EXTERNAL,
OAUTHBEARER) adds a claim of its own and a line in `MECHANISMS`; who may sign in by a claim is for the services.
"""

from gateway.sasl.encoding import decode_response, encode_challenge
from gateway.sasl.mechanisms import MECHANISMS, PasswordClaim, SaslChallenge, SaslFault, SaslOutcome

__all__ = [
    "MECHANISMS", "PasswordClaim", "SaslChallenge", "SaslFault", "SaslOutcome", "decode_response", "encode_challenge",
]  # fmt: skip
