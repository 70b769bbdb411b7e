"""A message comes in through each door: what is announced, asked, stored and acknowledged."""

from pathlib import Path

import pytest

from tests.builders.smtp_site import DOORS, running

CONTENT = b"Subject: x\r\n\r\nBonjour\r\n"


@pytest.mark.parametrize("door", DOORS)
async def test_message_is_stored_once_and_named_in_the_reply(tmp_path: Path, door: str) -> None:
    async with running(tmp_path) as site, site.ready(door) as client:
        assert await client.deliver(CONTENT) == "250 2.0.0 Stored as q1"
        [stored] = site.intake.messages
        assert stored.raw == CONTENT
        assert [str(r) for r in stored.envelope.recipients] == ["295109912611193@patient.mssante.fr"]
        assert await client.ask("QUIT") == "221 2.0.0 Bye"
        assert await client.closed()
