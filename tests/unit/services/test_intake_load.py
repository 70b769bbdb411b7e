"""How busy intake is: busy while a message is in hand and a moment longer, quiet after that."""

import asyncio

from gateway.services.intake_load import IntakeLoad


async def test_intake_without_messages_is_quiet() -> None:
    load = IntakeLoad()
    assert not load.is_busy
    await load.until_quiet()


async def test_intake_is_busy_while_a_message_is_in_hand() -> None:
    load = IntakeLoad()
    with load.message():
        assert load.is_busy


async def test_a_moment_between_two_messages_is_not_quiet() -> None:
    load = IntakeLoad()
    with load.message():
        pass
    assert load.is_busy
    with load.message():
        assert load.is_busy


async def test_intake_becomes_quiet_after_the_last_message() -> None:
    load = IntakeLoad()
    with load.message(), load.message():
        waiting = asyncio.create_task(load.until_quiet())
    async with asyncio.timeout(5):
        await waiting
    assert not load.is_busy


async def test_failing_message_is_out_of_hand_too() -> None:
    load = IntakeLoad()
    try:
        with load.message():
            raise ConnectionResetError
    except ConnectionResetError:
        pass
    async with asyncio.timeout(5):
        await load.until_quiet()
