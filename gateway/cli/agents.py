"""``pli agent``: who may come in to the agents' pages, and by which certificates, also while serving."""

import asyncio
import re
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from certs.authority import Subject
from certs.peer import spki_sha256
from gateway.cli.arguments import plain_text, shown_name
from gateway.cli.certificate_commands import Drop, Out, Pem
from gateway.cli.issued_certificates import bindable_peer, issued_folder, issued_to
from gateway.cli.mailbox_commands import Yes, require_yes
from gateway.cli.output import DEFAULT_CONFIG, AsJson, Config, print_json, put, say
from gateway.config import Settings, load_settings
from gateway.core import core
from gateway.domain.agents import Agent, AgentKey
from gateway.domain.plain_ascii import plain_ascii
from gateway.services.agents.agent_register import AgentRegister

agent_app = typer.Typer(help="Agents, who help people by telephone or at a desk.", no_args_is_help=True)
Name = Annotated[
    str, typer.Argument(parser=shown_name, metavar="NAME", help="The agent's name, as patients read it in their trace.")
]
_SAFE = "Give the certificate and its key to the agent, by a safe way: they come in by nothing else."


@agent_app.callback()
def _agents() -> None:
    """Group the commands of agents."""


@agent_app.command("add")
def agent_add(
    name: Name, certificate: Pem = None, out: Out = None, config: Config = DEFAULT_CONFIG, as_json: AsJson = False
) -> None:
    """Add an agent with the certificate by which they come in, issued or their own; a name is never given twice."""
    _with_key(load_settings(config), name, certificate, out, AgentRegister.add, as_json=as_json)


@agent_app.command("certificate")
def agent_certificate(
    name: Name,
    certificate: Pem = None,
    drop: Drop = "",
    out: Out = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Give an agent one more certificate, issued or their own; with --drop, withdraw one, which ends what it opened."""
    settings = load_settings(config)
    if drop:
        _put(asyncio.run(_registered(settings, lambda register: register.drop(name, drop))), as_json=as_json)
    else:
        _with_key(settings, name, certificate, out, AgentRegister.bind, as_json=as_json)


@agent_app.command("list")
def agent_list(config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """List the agents by name, with their certificates; those who were taken away say so."""

    async def listed(settings: Settings) -> list[Agent]:
        async with core(settings) as it:
            return list(await AgentRegister(it.store, it.clock).all())

    found = asyncio.run(listed(load_settings(config)))
    if as_json:
        print_json({"agents": [_described(agent) for agent in found]})
        return
    for agent in found:
        state = f" [removed {agent.removed:%Y-%m-%d}]" if agent.removed else ""
        ends = ", ".join(f"{key.fingerprint[:16]} until {_day(key)}" for key in agent.keys)
        sys.stdout.write(f"{agent.name}  {ends or 'no certificate'}{state}\n")
    sys.stdout.flush()
    if not found:
        say("There is no agent yet: « pli agent add NAME » adds one.")


@agent_app.command("show")
def agent_show(name: Name, config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Show one agent: since when, until when, and their certificates with their ends."""
    _put(asyncio.run(_registered(load_settings(config), lambda register: register.find(name))), as_json=as_json)


@agent_app.command("remove")
def agent_remove(
    name: Name,
    reason: Annotated[str, typer.Option("--reason", parser=plain_text, metavar="TEXT", help="Why, for the trace.")],
    yes: Yes = False,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Take an agent away for good: their certificates open nothing more, and what they have open ends at once."""
    settings = load_settings(config)
    require_yes(f"Take the agent « {name} » away for good?", yes=yes)
    _put(asyncio.run(_registered(settings, lambda register: register.remove(name, reason))), as_json=as_json)


def _with_key(
    settings: Settings,
    name: str,
    certificate: Path | None,
    out: Path | None,
    act: Callable[[AgentRegister, str, AgentKey], Awaitable[Agent]],
    *,
    as_json: bool,
) -> None:
    with _key(settings, name, certificate, out or issued_folder(settings)) as (files, key):
        agent = asyncio.run(_registered(settings, lambda register: act(register, name, key)))
    if files:
        say(_SAFE)
    _put(agent, as_json=as_json, **files)


@contextmanager
def _key(
    settings: Settings, name: str, certificate: Path | None, out: Path
) -> Iterator[tuple[dict[str, str], AgentKey]]:
    if certificate is not None:
        peer = bindable_peer(certificate)
        yield {}, AgentKey(peer.spki_sha256, peer.not_after)
        return
    stem = "agent_" + (re.sub(r"[^a-z0-9]+", "-", plain_ascii(name).lower()).strip("-") or "sans-nom")
    with issued_to(settings, Subject(common_name=name, organisation="Agents"), stem, out) as (files, made):
        yield files, AgentKey(spki_sha256(made), made.not_valid_after_utc)


async def _registered(settings: Settings, act: Callable[[AgentRegister], Awaitable[Agent]]) -> Agent:
    async with core(settings) as it:
        return await act(AgentRegister(it.store, it.clock))


def _day(key: AgentKey) -> str:
    return f"{key.not_after:%Y-%m-%d}" if key.not_after else "not known"


def _described(agent: Agent) -> dict[str, object]:
    return {
        "name": agent.name,
        "state": "removed" if agent.removed else "in-use",
        "added": agent.added.isoformat(),
        "removed": agent.removed.isoformat() if agent.removed else None,
        "certificates": [
            {"fingerprint": key.fingerprint, "ends": key.not_after.isoformat() if key.not_after else None}
            for key in agent.keys
        ],
    }


def _put(agent: Agent, *, as_json: bool, **files: str) -> None:
    data = _described(agent)
    if as_json:
        print_json({**data, **files})
        return
    del data["certificates"]
    put({name: value for name, value in data.items() if value}, as_json=False)
    for key in agent.keys:
        sys.stdout.write(f"certificate: {key.fingerprint}, ends {_day(key)}\n")
    put(dict(files), as_json=False)
