"""``pli erase``: one person's space goes for good."""

import pytest

from tests.builders.command_line import OPEN, PATIENTS, Gateway, pli_at_a_terminal

WORDS = ("erase", OPEN, "--reason", "demande écrite du 2 mars")


def test_space_is_erased_and_its_number_is_free_again(gateway: Gateway) -> None:
    done = gateway.run(*WORDS, "--yes", "--json")
    assert done.data == {"address": f"{OPEN}@{PATIENTS}", "state": "erased"}
    again = gateway.run(*WORDS, "--yes")
    assert again.code == 1
    assert "[PLI-301] no patient here has this address or number" in again.talk
    assert gateway.run("verify").code == 0


def test_nobody_to_ask_and_no_yes_is_wrong_use(gateway: Gateway) -> None:
    refused = gateway.run(*WORDS)
    assert refused.code == 2
    assert "say --yes" in refused.talk
    assert gateway.run("patients", "show", OPEN, "--json").data["state"] == "open"


@pytest.mark.parametrize(("answer", "code", "left"), [("n\n", 1, 0), ("y\n", 0, 1)])
def test_whoever_is_there_is_asked(gateway: Gateway, answer: str, code: int, left: int) -> None:
    asked = pli_at_a_terminal(answer, *WORDS, "--config", gateway.config)
    assert asked.code == code
    assert "It cannot be taken back." in asked.talk
    assert gateway.run("patients", "show", OPEN).code == left
