"""``pli log``: checkpoints of the log of heads, for whoever checks traces by ``scripts/verify_log.py``."""

import asyncio

import typer

from gateway.checkpoint_places import places_of
from gateway.cli.output import DEFAULT_CONFIG, AsJson, Config, put
from gateway.config import Settings, load_settings
from gateway.core import Core, core
from gateway.services.trace.head_checkpoints import HeadCheckpoints

log_app = typer.Typer(help="Checkpoints of the log of traces.", no_args_is_help=True)


@log_app.callback()
def _log() -> None:
    """Group the commands of the log."""


@log_app.command("key")
def log_key(config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Print the key by which checkpoints are signed, as tools for signed notes take it."""
    key = asyncio.run(_key(load_settings(config)))
    if as_json:
        put({"key": key}, as_json=True)
    else:
        typer.echo(key)  # alone, so that a shell can hand it on


@log_app.command("publish")
def log_publish(config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Publish a checkpoint now, unless one was within the minute; print the last. `pli serve` does it by itself."""
    put({"checkpoint": asyncio.run(_publish(load_settings(config))) or ""}, as_json=as_json)


def _checkpoints(it: Core, settings: Settings) -> HeadCheckpoints:
    return HeadCheckpoints(it.store, it.clock, places_of(settings), settings.gateway.hostname)


async def _key(settings: Settings) -> str:
    async with core(settings) as it:
        return await _checkpoints(it, settings).verifier_key()


async def _publish(settings: Settings) -> str | None:
    async with core(settings) as it:
        return await _checkpoints(it, settings).publish_due()
