"""``pli requests list|show|answer``: what waits for an answer, and its last day; never what is asked for."""

import asyncio
import json
from dataclasses import replace

from gateway.config import load_settings
from gateway.core import core
from gateway.domain.address import MailAddress
from gateway.domain.rights_requests import RightsRequest
from tests.builders.command_line import OPEN, PATIENTS, Gateway
from tests.builders.store import NOON
from tests.builders.web_rights import a_request

ADDRESS = f"{OPEN}@{PATIENTS}"


async def _asked(gateway: Gateway) -> RightsRequest:
    async with core(load_settings(gateway.config)) as it:
        found = await it.store.read(lambda tx: tx.spaces.resolve(MailAddress.parse(ADDRESS)))
        assert found is not None
        request = replace(a_request(0x2A, it.clock.now()), words="Un secret.")
        await it.store.write(lambda tx: tx.rights_requests.save(found[0], request))
        ours = replace(request, number=0x2C, to_address="", words="La date est fausse.", asked_at=NOON)
        await it.store.write(lambda tx: tx.rights_requests.save(found[0], ours))
    return request


def test_requests_are_listed_shown_and_answered(gateway: Gateway) -> None:
    assert gateway.run("requests", "list").talk == "no request waits\n"
    request = asyncio.run(_asked(gateway))
    first, line = gateway.run("requests", "list", "--json").out.splitlines()
    assert (json.loads(first)["to"], "fausse" in first) == ("", False)
    ours = gateway.run("requests", "show", ADDRESS, "2c", "--json")
    assert ours.data["words"] == "La date est fausse."
    told = json.loads(line)
    assert request.clocks is not None
    assert (told["address"], told["request"], told["to"]) == (ADDRESS, "2a", request.to_address)
    assert told["latest"] == request.clocks.latest.isoformat(timespec="seconds")
    words = "requests", "answer", OPEN, "2a", "--answer", "refuse", "--reason", "Ce médecin est parti."
    assert gateway.run(*words, "--json").data == {"address": ADDRESS, "request": "2a", "answer": "refuse"}
    again = gateway.run(*words)
    assert (again.code, "waits" in again.talk) == (1, True)
    shown = gateway.run("requests", "show", ADDRESS, "2a", "--json")
    assert (shown.data["state"], shown.data["answer"]) == ("refused", "Ce médecin est parti.")
    assert "secret" not in line + shown.out
    assert gateway.run("requests", "show", ADDRESS, "2b").code == 1
