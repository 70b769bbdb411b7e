"""Arguments of commands: what is read, what is refused, and with which reply."""


import pytest

from gateway.services.intake.port import MailParameters
from gateway.smtp import commands, limit_replies, replies
from gateway.smtp.replies import Reply

SENDER = "labo@labo.example"


@pytest.mark.parametrize(
    "argument",
    ["FROM:<labo@labo.example>", "from:<Labo@Labo.Example>", "FROM: <labo@labo.example>", "FROM:<labo@labo.example> "],
)
def test_sender_is_read_in_any_case_and_with_the_space_of_outlook(argument: str) -> None:
    parsed = commands.parse_mail(argument, 1_000)
    assert not isinstance(parsed, Reply)
    assert (str(parsed[0]), parsed[1]) == (SENDER, MailParameters())


def test_null_sender_is_none() -> None:
    assert commands.parse_mail("FROM:<>", 1_000) == (None, MailParameters())


def test_parameters_are_read_in_any_case() -> None:
    parsed = commands.parse_mail("FROM:<labo@labo.example> size=900 Body=8bitMime AUTH=<>", 1_000)
    assert not isinstance(parsed, Reply)
    assert parsed[1] == MailParameters(900, True)


@pytest.mark.parametrize(
    ("argument", "answer"),
    [
        ("", replies.SYNTAX),
        ("labo@labo.example", replies.SYNTAX),
        ("TO:<labo@labo.example>", replies.SYNTAX),
        ("FROM:labo@labo.example", replies.SYNTAX),
        ("FROM:<labo@labo.example", replies.SYNTAX),
        ("FROM:<labo@labo.example>SIZE=1", replies.SYNTAX),
        ("FROM:<a@a.example>)<b@b.example>", replies.SYNTAX),
        ("FROM:  <labo@labo.example>", replies.SYNTAX),
        ("FROM:<labo@labo.example> SIZE", replies.SYNTAX),
        ("FROM:<labo@labo.example> SIZE=-1", replies.SYNTAX),
        ("FROM:<labo@labo.example> SIZE=1 SIZE=2", replies.SYNTAX),
        ("FROM:<labo@labo.example> BODY=BINARYMIME", replies.SYNTAX),
        ("FROM:<labo@labo.example> SIZE=1001", limit_replies.too_big(1000)),
        ("FROM:<labo@labo.example> RET=FULL", replies.UNKNOWN_PARAMETER),
        ("FROM:<labo@labo.example> SMTPUTF8", replies.UNKNOWN_PARAMETER),
        ("FROM:<labo>", replies.BAD_SENDER),
        ('FROM:<"a"@labo.example>', replies.BAD_SENDER),
        ("FROM:<@a.example:b@labo.example>", replies.BAD_SENDER),
    ],
)
def test_other_forms_of_mail_are_refused(argument: str, answer: Reply) -> None:
    assert commands.parse_mail(argument, 1_000) is answer


def test_bare_postmaster_is_ours() -> None:
    assert str(commands.parse_rcpt("TO:<Postmaster>", "pli.example")) == "postmaster@pli.example"


@pytest.mark.parametrize(
    ("argument", "answer"),
    [
        ("TO:<>", replies.BAD_RECIPIENT),
        ("TO:<a@b>", replies.BAD_RECIPIENT),
        ("TO:<a@b.example> NOTIFY=NEVER", replies.UNKNOWN_PARAMETER),
        ("TO:<a@b.example> <c@d.example>", replies.SYNTAX),
        ("FROM:<a@b.example>", replies.SYNTAX),
    ],
)
def test_other_forms_of_rcpt_are_refused(argument: str, answer: Reply) -> None:
    assert commands.parse_rcpt(argument, "pli.example") is answer


@pytest.mark.parametrize("name", ["client.example", "[192.0.2.1]", "[IPv6:2001:db8::1]", "poste_12"])
def test_helo_names_are_domains_and_literals(name: str) -> None:
    assert commands.is_helo_name(name)


@pytest.mark.parametrize("name", ["", "a b", "<script>", "é.example", "a" * 256])
def test_other_helo_names_are_refused(name: str) -> None:
    assert not commands.is_helo_name(name)
