"""``pli professional allow --until``: whoever was stopped for opening too many records goes on, traced (A23)."""

import asyncio
from datetime import UTC, datetime, timedelta

from gateway.config import load_settings
from gateway.core import core
from gateway.domain.access_settings import AccessSettings
from gateway.domain.address import MailAddress
from gateway.domain.audit import AuditEvent
from gateway.domain.local_days import local_day
from gateway.domain.record_openings import ReaderState
from gateway.ports.store import Tx
from tests.builders.command_line import CLAIRE, Gateway

UNTIL = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=6)
WHY = ("--reason", "garde de nuit, appelée au 01 99 00 12 34")


def of_claire(gateway: Gateway, *, stop: bool = False) -> tuple[ReaderState | None, AuditEvent]:
    """Give her count of the day and the last line of her trace; have her stopped first."""

    async def look() -> tuple[ReaderState | None, AuditEvent]:
        async with core(load_settings(gateway.config)) as it:
            now = it.clock.now()

            def work(tx: Tx) -> tuple[ReaderState | None, AuditEvent]:
                found = tx.spaces.resolve(MailAddress.parse(CLAIRE))
                assert found is not None
                if stop:
                    tx.record_openings.save_reader_state(
                        found[0], ReaderState(day=local_day(now), opened=60, stopped=now, factor_at=now)
                    )
                return tx.record_openings.reader_state(found[0]), tx.audit.events(found[0])[0]

            return await it.store.write(work)

    return asyncio.run(look())


def test_stop_is_lifted_until_an_instant_and_the_trace_says_why(gateway: Gateway) -> None:
    stopped, line = of_claire(gateway, stop=True)
    assert stopped is not None
    for words, code, said in (
        ((UNTIL.isoformat(),), 2, "say why with --reason"),
        (("demain", *WHY), 2, "not an ISO 8601 date"),
        (((UNTIL - timedelta(days=1)).isoformat(), *WHY), 1, "[PLI-302]"),
        (((UNTIL + timedelta(days=7)).isoformat(), *WHY), 1, "is no instant of the next 7 days"),
        (("9999-12-31T23:59:59Z", *WHY), 1, "nothing was changed"),
    ):
        refused = gateway.run("professional", "allow", CLAIRE, "--until", *words)
        assert (refused.code, said in " ".join(refused.talk.split())) == (code, True), refused.talk
    assert of_claire(gateway) == (stopped, line)
    done = gateway.run("professional", "allow", CLAIRE, "--until", UNTIL.isoformat(), *WHY, "--json")
    assert done.data == {"address": CLAIRE, "until": UNTIL.isoformat(), "was_stopped": True}
    state, line = of_claire(gateway)
    assert state is not None
    assert (state.stopped, state.lifted_until, state.lifted_why) == (None, UNTIL, WHY[1])
    assert (state.opened, state.factor_at) == (60, stopped.factor_at)
    assert (line.action, line.actor, line.role, line.reason) == ("reading.allowed", "pli", "operator", WHY[1])
    later = (UNTIL + timedelta(hours=1)).isoformat()
    again = gateway.run("professional", "allow", CLAIRE, "--until", later, *WHY)
    assert "were not stopped" in again.talk


def test_what_the_file_says_of_access_is_what_each_transaction_decides_by(gateway: Gateway) -> None:
    with gateway.config.open("a", encoding="utf-8") as file:
        file.write('\n[access]\nreadings_a_day = 2\n[access.readable]\n"60" = ["ordonnances"]\n')

    async def look() -> AccessSettings:
        async with core(load_settings(gateway.config)) as it:
            return await it.store.write(lambda tx: tx.access_settings)

    chosen = asyncio.run(look())
    assert (chosen.readings_a_day, list(chosen.readable)) == (2, ["60"])


def test_suspended_mailbox_is_taken_into_use_before_its_stop_is_lifted(gateway: Gateway) -> None:
    assert gateway.run("professional", "suspend", CLAIRE).code == 0
    refused = gateway.run("professional", "allow", CLAIRE, "--until", UNTIL.isoformat(), *WHY)
    assert (refused.code, f"« pli professional allow {CLAIRE} »" in refused.talk) == (1, True)
    assert gateway.run("professional", "allow", CLAIRE).code == 0
    assert "--until and --reason" in gateway.run("professional", "allow", CLAIRE).talk
