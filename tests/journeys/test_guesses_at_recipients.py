"""Guesses at patients' addresses with the null sender: stopped over all connections, and after a restart."""

from contextlib import AbstractContextManager
from smtplib import SMTP

import pytest

from tests.builders.gateway_mail import (
    LILAS,
    letter,
    pair_of,
    relay,
    relay_connection,
    submission_connection,
    submit,
)
from tests.builders.gateway_site import OCTAVE, ZELIE, GatewaySite, invented_patient, lives_of_a_gateway

pytestmark = pytest.mark.timeout(120)


def _door(site: GatewaySite, door: str) -> AbstractContextManager[SMTP]:
    return relay_connection(site, pair_of(site, LILAS)) if door == "relay" else submission_connection(site, ZELIE)


def _guess(site: GatewaySite, door: str, guesses: int) -> list[int]:
    """Guess with the null sender over many connections, ten in each, and give the answers."""
    codes: list[int] = []
    while len(codes) < guesses:
        with _door(site, door) as client:
            client.mail("")
            for _ in range(min(10, guesses - len(codes))):
                codes.append(client.rcpt(invented_patient().address)[0])
                if codes[-1] == 421:
                    break
    return codes


@pytest.mark.parametrize("door", ["relay", "submission"])
@pytest.mark.parametrize("guesses", [80, pytest.param(500, marks=pytest.mark.long)])
def test_guesses_with_the_null_sender_are_counted_over_connections_and_lives(door: str, guesses: int) -> None:
    with lives_of_a_gateway() as life:
        with life() as site:
            assert _guess(site, door, guesses) == [550] * 51 + [421] * (guesses - 51)
            hearing = site.new_patient()
        with life() as site:
            assert _guess(site, door, 1) == [421]
            name, send = (LILAS, relay) if door == "relay" else (ZELIE, submit)
            # Who guessed without a name may not go on under it, and nobody else is stopped.
            assert send(site, name, hearing.address, letter(name, hearing.address).raw).status == "421 4.7.0"
            assert submit(site, OCTAVE, hearing.address, letter(OCTAVE, hearing.address).raw).status == "250 2.0.0"
