"""``pli access explain``."""

import pytest

from tests.builders.command_line import CLAIRE, OPEN, OTHER, REMOTE, Gateway

SPACE = f"{OPEN}@patient.mssante.fr"


def explained(gateway: Gateway, actor: str, *more: str, space: str = SPACE, action: str = "READ") -> dict[str, object]:
    """Ask, and give what a program gets."""
    done = gateway.run("access", "explain", "--actor", actor, "--space", space, "--action", action, *more, "--json")
    assert done.code == 0
    assert done.talk.count("ACC-") == done.data["rules"]
    return done.data


@pytest.mark.parametrize(
    ("actor", "words", "role"),
    [
        (CLAIRE, ("--part", "messages"), "professional"),
        ("operator", ("--part", "space"), "operator"),
        ("agent", ("--part", "space"), "agent"),
    ],
)
def test_who_may_is_permitted(settled: Gateway, actor: str, words: tuple[str, ...], role: str) -> None:
    found = explained(settled, actor, *words, space=CLAIRE if actor == CLAIRE else SPACE)
    assert (found["verdict"], found["role"]) == ("permit", role)


@pytest.mark.parametrize(
    ("actor", "space", "rule", "status"),
    [
        (CLAIRE, SPACE, "ACC-06", 403),
        (REMOTE, SPACE, "ACC-06", 403),
        (f"inconnu@{OTHER}", SPACE, "ACC-01", 401),
        ("operator", SPACE, "ACC-03", 403),
        ("application", SPACE, "ACC-02", 404),
    ],
)
def test_a_refusal_names_its_rule_its_status_and_its_sentence(
    settled: Gateway, actor: str, space: str, rule: str, status: int
) -> None:
    found = explained(settled, actor, space=space)
    assert (found["verdict"], found["rule"], found["status"]) == ("refuse", rule, status)
    assert found["sentence"]


def test_a_space_or_a_document_that_there_is_not_is_said(settled: Gateway) -> None:
    words = ("access", "explain", "--actor", CLAIRE, "--action", "read")
    nobody = settled.run(*words, "--space", f"personne@{OTHER}")
    nothing = settled.run(*words, "--space", SPACE, "--document", "1f")
    assert nobody.code == nothing.code != 0
    assert "PLI-301" in nobody.talk
    assert "PLI-301" in nothing.talk


@pytest.mark.parametrize(
    ("option", "text", "told"),
    [
        ("--action", "REED", "LIST, READ, ADD, CHANGE, EXPORT, CLOSE"),
        ("--part", "mail", "documents, messages"),
        ("--document", "zz", "in hexadecimal"),
        ("--document", "4000000000000000", "below 2 to the power of 62"),
        ("--actor", "somebody", "not an actor"),
    ],
)
def test_an_argument_that_makes_no_sense_is_wrong_use(settled: Gateway, option: str, text: str, told: str) -> None:
    words = {"--actor": CLAIRE, "--space": SPACE, "--action": "READ", option: text}
    refused = settled.run("access", "explain", *(word for pair in words.items() for word in pair))
    assert refused.code == 2
    assert option in refused.talk
    assert told.split(",", maxsplit=1)[0] in refused.talk
