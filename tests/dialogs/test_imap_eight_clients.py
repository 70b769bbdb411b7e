"""Eight clients on one mailbox at once: none hears a NO or BAD that Dovecot would not give, all end with the truth."""

from contextlib import AsyncExitStack

import pytest

from tests.builders.busy_clients import Known, work_together
from tests.builders.imap_site import Site, a_message, running

CLIENTS = 8


async def _truth(site: Site) -> Known:
    folder = (await site.mailbox.open("INBOX")).folder.id
    entries = await site.at.store.read(lambda tx: tx.mail.entries(site.vault, folder, 1, 2**32))
    return [(entry.uid, frozenset(entry.flags.encode().split())) for entry in entries]


@pytest.mark.parametrize("seconds", [3, pytest.param(60, marks=[pytest.mark.long, pytest.mark.timeout(180)])])
async def test_eight_clients_store_expunge_fetch_and_idle_on_one_mailbox(seconds: int) -> None:
    async with running() as site, AsyncExitStack() as stack:
        await site.fill(*[a_message(f"m{number}") for number in range(20)])
        clients = [await stack.enter_async_context(site.signed_in()) for _ in range(CLIENTS)]
        # Whoever ended sooner has not heard what the others did since.
        for each in await work_together(clients, seconds):
            assert await each.knows() == await _truth(site)
