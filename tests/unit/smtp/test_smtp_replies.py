"""Replies are ASCII lines within 512 octets; failures tell an incident and nothing else."""

import asyncio
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from gateway.domain.errors import StoreUnavailable
from gateway.domain.verdict import Accept, Defer, Reason, Reject
from gateway.smtp import limit_replies, replies
from gateway.smtp.data import DataFault
from gateway.smtp.replies import Reply

LIMIT = timedelta(seconds=5)
REASON = Reason(
    rule="POL-31",
    smtp_code=550,
    enhanced="5.1.1",
    french="Patient non joignable\u202f: «\u00a0remettez\u00a0» l’écrit.",
    english="Not here.",
)


def test_refusal_says_both_languages_in_ascii() -> None:
    wire = replies.of_verdict(Reject(REASON, "secret"), replies.OK).wire
    assert wire == b"550 5.1.1 Not here. / Patient non joignable : \" remettez \" l'ecrit.\r\n"


def test_acceptance_gives_the_reply_of_its_stage() -> None:
    assert replies.of_verdict(Accept("POL-00"), replies.SENDER_OK) is replies.SENDER_OK


def test_reason_of_421_ends_the_connection() -> None:
    answer = replies.of_verdict(
        Defer(Reason(rule="POL-32", smtp_code=421, enhanced="4.7.0", french="Trop.", english="Too many.")), replies.OK
    )
    assert answer.closes


def test_long_text_is_folded_into_lines_within_the_limit() -> None:
    wire = replies.reply(550, "5.7.1", "mot " * 300).wire
    lines = wire.splitlines(keepends=True)
    assert all(len(line) <= 512 and line.endswith(b"\r\n") for line in lines)
    assert [line[:10] for line in lines] == [b"550-5.7.1 "] * (len(lines) - 1) + [b"550 5.7.1 "]


def test_text_cannot_add_a_line() -> None:
    assert replies.reply(550, "5.7.1", "a\r\n250 b\rc\nd").wire == b"550 5.7.1 a 250 b c d\r\n"


def test_every_fault_of_content_has_its_reply() -> None:
    told = {fault: limit_replies.of_fault(fault, 25_000_000, 1000) for fault in DataFault}
    assert b"25000000 octets" in told[DataFault.SIZE].wire
    assert b"998 octets" in told[DataFault.LINE].wire


LIMITED = [
    limit_replies.too_big(1000),
    limit_replies.content_line_too_long(1000),
    limit_replies.line_too_long(1000),
    limit_replies.too_many_recipients(1000),
    limit_replies.too_many_letters(1000),
    limit_replies.too_many_connections(1000, 2000),
    limit_replies.too_many_commands(1000),
    limit_replies.too_many_failures(1000, timedelta(minutes=15)),
    limit_replies.timed_out(timedelta(seconds=1000)),
    limit_replies.too_slow(1000),
]
FIXED = [value for value in vars(replies).values() if isinstance(value, Reply) and value.code >= 400]


@pytest.mark.parametrize("told", [*LIMITED, *FIXED], ids=lambda told: told.wire[:30].decode())
def test_every_refusal_says_reason_and_advice_in_both_languages(told: Reply) -> None:
    english, _, french = told.wire.decode("ascii").partition(" / ")
    assert ";" in english or "closing" in english
    assert ";" in french


@pytest.mark.parametrize("told", LIMITED, ids=lambda told: told.wire[:30].decode())
def test_refusal_for_a_limit_names_the_limit_in_both_languages(told: Reply) -> None:
    english, _, french = told.wire.decode("ascii").partition(" / ")
    limit = "998" if b"5.6.0" in told.wire else "1000"
    assert limit in english
    assert limit in french


async def test_result_passes_through() -> None:
    async def work() -> int:
        return 7

    assert await replies.guarded("c", "mail", work(), LIMIT) == 7


@pytest.mark.parametrize("error", [StoreUnavailable("disk 295109912611193"), TimeoutError("x")])
async def test_known_failure_is_temporary(error: Exception) -> None:
    async def work() -> int:
        raise error

    assert await replies.guarded("c", "data", work(), LIMIT) is replies.TEMPORARY


async def test_late_answer_is_temporary() -> None:
    never = asyncio.Event()
    assert await replies.guarded("c", "data", never.wait(), timedelta(0)) is replies.TEMPORARY


async def test_unexpected_failure_names_its_incident_here_and_in_the_log() -> None:
    async def work() -> int:
        raise ValueError("295109912611193@patient.mssante.fr")

    with capture_logs() as logs:
        answer = await replies.guarded("c", "data", work(), LIMIT)
    assert isinstance(answer, Reply)
    [line] = logs
    assert answer.wire == (
        f"451 4.3.0 Temporary failure; try again later, incident {line['incident']}"
        f" / Panne momentanee ; reessayez plus tard, incident {line['incident']}\r\n"
    ).encode()
    assert (line["error"], line["frames"][-1].split()[1]) == ("ValueError", "work")
    assert "295109912611193" not in str(logs)
