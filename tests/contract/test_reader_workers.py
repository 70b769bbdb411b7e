"""Reader processes: they answer as the reader itself does, and whatever happens to one harms one job."""

import asyncio
import base64
import gzip
import os
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from dossier_bridge.reading import read_attachments
from dossier_bridge.request import AttachedFile, ReadRequest
from dossier_bridge.sandbox.workers import ReaderPool, ReaderSettings
from dossier_bridge.synthetic import SyntheticReport, example_results, laboratory_report, pdf_page
from gateway.domain.errors import LimitExceeded, ReaderBusy, ReaderFailed, ReaderSlow, ReaderSpent, SenderBusy
from gateway.domain.mime import Kind
from tests.builders.clinical import a_cda_around, a_patient, a_request, an_xdm
from tests.builders.wrapped import zip_of

HOGS = "tests.builders.reader_hogs:obey"
ONE = ReaderSettings(count=1, cpu_limit=timedelta(seconds=1))
GOOD = a_request(
    (
        "IHE_XDM.zip",
        an_xdm(
            laboratory_report(SyntheticReport(patient=a_patient(), results=example_results(3), pdf=pdf_page(["x"])))
        ),
    ),
    ("courrier.pdf", pdf_page(["y"], size=300_000)),
)


def ask(act: str) -> ReadRequest:
    return a_request((act, b"x"))


@pytest.fixture
async def pool() -> AsyncIterator[ReaderPool]:
    async with ReaderPool(ONE, HOGS) as started:
        yield started


async def test_worker_answers_as_the_reader_itself() -> None:
    async with ReaderPool(ReaderSettings(count=1)) as pool:
        assert await pool.read(GOOD) == read_attachments(GOOD)


async def test_encodings_first_met_in_a_job_are_readable() -> None:
    text = laboratory_report(SyntheticReport(patient=a_patient(), results=example_results(1))).decode()
    latin = text.replace("UTF-8", "ISO-8859-15").encode("iso8859-15")
    request = a_request(("a.xml", text.encode("utf-16")), ("b.xml", latin))
    async with ReaderPool(ReaderSettings(count=1)) as pool:
        assert await pool.read(request) == read_attachments(request)


@pytest.mark.parametrize(
    ("media_type", "content"),
    [
        ("text/plain", "\ufeffRésumé".encode()),
        ("text/plain", "Résumé".encode("cp1252")),
        *(("text/rtf", rb"{\rtf1\ansi\ansicpg%d R\'e9sum\'e9}" % page) for page in (437, 850, 932, 1250, 10_000)),
    ],
)
async def test_text_inside_a_document_is_read_in_any_code_page(media_type: str, content: bytes) -> None:
    encoded = base64.b64encode(content).decode()
    request = a_request(("a.xml", a_cda_around(encoded, f'mediaType="{media_type}" representation="B64"')))
    async with ReaderPool(ReaderSettings(count=1)) as pool:
        outcome = await pool.read(request)
    assert outcome == read_attachments(request)
    assert b"sum" in outcome.documents[0].readable


@pytest.mark.parametrize(
    "bomb",
    [gzip.compress(bytes(200_000_000), 1), zip_of({str(n): bytes(60_000_000) for n in range(2)})],
    ids=["gzip", "zip"],
)
async def test_bomb_is_answered_within_the_limits_of_a_worker(bomb: bytes) -> None:
    request = ReadRequest(tuple(AttachedFile(str(n), Kind.GZIP, "a", bomb) for n in range(20)))
    async with ReaderPool(ReaderSettings(count=1)) as pool:
        assert {failure.code for failure in (await pool.read(request)).failures} == {"906"}


async def test_jobs_beyond_the_workers_wait_their_turn() -> None:
    async with ReaderPool(ReaderSettings(count=2)) as pool:
        outcomes = await asyncio.gather(*(pool.read(GOOD) for _ in range(20)))
    assert outcomes == [read_attachments(GOOD)] * 20


@pytest.mark.parametrize("act", ["die", "memory", "cpu", "recurse", "leave", "raise", "lie", "flood"])
async def test_job_that_harms_its_worker_fails_and_the_next_is_read(pool: ReaderPool, act: str) -> None:
    with pytest.raises(ReaderFailed):
        await pool.read(ask(act))
    assert await pool.read(GOOD) == read_attachments(GOOD)


async def test_job_that_uses_its_processor_time_is_told_from_one_that_crashed(pool: ReaderPool) -> None:
    with pytest.raises(ReaderSpent):
        await pool.read(ask("cpu"))
    with pytest.raises(ReaderFailed) as caught:
        await pool.read(ask("die"))
    assert type(caught.value) is ReaderFailed


@pytest.mark.parametrize("at_leisure", [False, True])
async def test_job_that_takes_too_long_fails_as_slow_and_the_next_is_read(at_leisure: bool) -> None:
    limit = timedelta(seconds=3)
    settings = ReaderSettings(count=1, wall_limit=limit, leisure_limit=limit)
    async with ReaderPool(settings, HOGS) as pool:
        with pytest.raises(ReaderSlow, match="too long"):
            await pool.read(ask("sleep"), at_leisure=at_leisure)
        assert await pool.read(GOOD) == read_attachments(GOOD)


async def test_job_at_leisure_has_the_least_priority_and_a_place_of_its_own() -> None:
    async with ReaderPool(ReaderSettings(count=1, spare=0), HOGS) as pool:
        slow = asyncio.ensure_future(pool.read(ask("sleep"), at_leisure=True))
        assert await pool.read(GOOD) == read_attachments(GOOD)
        assert [failure.section for failure in (await pool.read(ask("nice"))).failures] == ["0"]
        slow.cancel()
        await asyncio.wait((slow,))
        assert [failure.section for failure in (await pool.read(ask("nice"), at_leisure=True)).failures] == ["19"]


async def test_slow_documents_of_one_sender_leave_a_reader_to_others() -> None:
    async with ReaderPool(ReaderSettings(count=2), HOGS) as pool:
        slow = [asyncio.ensure_future(pool.read(ask("sleep"), "slow.example")) for _ in range(5)]
        done, running = await asyncio.wait(slow, timeout=10, return_when=asyncio.FIRST_EXCEPTION)
        assert all(isinstance(job.exception(), SenderBusy) for job in done)
        assert await pool.read(GOOD, "honest.example") == read_attachments(GOOD)
        for job in running:
            job.cancel()
        await asyncio.wait(running)


async def test_pool_that_ends_does_not_wait_for_jobs_under_way() -> None:
    async with ReaderPool(ReaderSettings(count=1), HOGS) as pool:
        job = asyncio.ensure_future(pool.read(ask("sleep")))
        await asyncio.sleep(0)
    with pytest.raises(ReaderFailed):
        await job


async def test_cancelled_job_leaves_no_answer_for_the_next(pool: ReaderPool) -> None:
    job = asyncio.ensure_future(pool.read(ask("sleep")))
    await asyncio.sleep(0)
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job
    assert await pool.read(GOOD) == read_attachments(GOOD)


async def test_harm_to_one_worker_does_not_touch_the_other() -> None:
    async with ReaderPool(ReaderSettings(count=2), HOGS) as pool:
        results = await asyncio.gather(
            *(pool.read(ask("die")) if n % 4 == 0 else pool.read(GOOD) for n in range(12)), return_exceptions=True
        )
    assert [isinstance(result, ReaderFailed) for result in results] == [n % 4 == 0 for n in range(12)]


async def test_worker_can_reach_nothing_outside(pool: ReaderPool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLI_SECRET", "x")
    assert (await pool.read(ask("reach-out"))).failures == ()


async def test_secret_of_the_server_s_environment_is_not_handed_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLI_SECRET", "x")
    async with ReaderPool(ONE, HOGS) as pool:
        assert (await pool.read(ask("reach-out"))).failures == ()


async def test_request_larger_than_the_limit_is_not_sent() -> None:
    async with ReaderPool(ReaderSettings(count=1, max_bytes=1_000)) as pool:
        with pytest.raises(LimitExceeded):
            await pool.read(GOOD)


async def test_outcome_larger_than_the_limit_is_not_taken() -> None:
    async with ReaderPool(ReaderSettings(count=1, max_outcome_bytes=1_000)) as pool:
        with pytest.raises(ReaderFailed):
            await pool.read(GOOD)


async def test_more_waiting_jobs_than_allowed_are_turned_away() -> None:
    async with ReaderPool(ReaderSettings(count=1, spare=0, max_waiting=2)) as pool:
        results = await asyncio.gather(*(pool.read(GOOD) for _ in range(6)), return_exceptions=True)
    assert [isinstance(result, ReaderBusy) for result in results] == [False] * 3 + [True] * 3


async def test_outcome_of_hundreds_of_results_comes_whole() -> None:
    cda = laboratory_report(SyntheticReport(patient=a_patient(), results=example_results(1) * 120))
    request = a_request(("cr.xml", cda))
    async with ReaderPool(ReaderSettings(count=1)) as pool:
        results = (await pool.read(request)).documents[0].results
    assert (results.count, len(results.read())) == (720, 720)


@pytest.mark.parametrize("entry", ["dossier_bridge.nowhere:read", "dossier_bridge.reading:nothing"])
async def test_pool_whose_workers_cannot_start_says_so_at_once(entry: str) -> None:
    before = _children()
    with pytest.raises(ReaderFailed):
        async with ReaderPool(ReaderSettings(count=2), entry):
            raise AssertionError("the pool opened")
    assert _children() <= before


async def test_no_process_outlives_the_pool() -> None:
    before = _children()
    async with ReaderPool(ReaderSettings(count=2)) as pool:
        await pool.read(GOOD)
        during = _children() - before
        assert len(during) == 2
    assert not during & _children()


async def test_worker_ends_when_its_server_is_gone() -> None:
    async with ReaderPool(ReaderSettings(count=1)) as pool:
        # A server that dies closes its end of the link; no public way does only that.
        worker = pool._at_once._idle[0]
        worker.link.close()
        assert await asyncio.wait_for(worker.process.wait(), 10) == 0


def _children() -> set[int]:
    tasks = Path(f"/proc/{os.getpid()}/task")
    return {int(pid) for task in tasks.iterdir() for pid in (task / "children").read_text(encoding="ascii").split()}
