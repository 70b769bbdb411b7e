"""``pli keys``: the key-encryption key, and the public key of archives."""

import asyncio

import typer

from gateway.cli.only_server import serving_alone
from gateway.cli.output import DEFAULT_CONFIG, AsJson, Config, counted, put, say
from gateway.config import Settings, load_settings
from gateway.core import core, store_paths
from gateway.services.export.signing import fingerprint_of, public_pem, signing_key
from gateway.store.seal.key_rotation import rotation

keys_app = typer.Typer(help="The key-encryption key, and the key of archives.", no_args_is_help=True)


@keys_app.command("rotate")
def rotate(config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Renew the key-encryption key, so that old copies of the keys open nothing new; no server may run meanwhile."""
    settings = load_settings(config)
    paths, wrapped = store_paths(settings), 0
    with serving_alone(settings):
        for done in rotation(paths.key_store, paths.kek):
            wrapped += done.keys
            if done.keys:
                say(f"{counted(wrapped, 'key', 'keys')} wrapped anew")
    say("Copy the folder of keys to its safe place again, and destroy every earlier copy of kek.")
    put({"wrapped": wrapped}, as_json=as_json)


@keys_app.command("archives")
def archives(config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Print the public key by which archives of spaces are signed, and its fingerprint, for other operators."""
    put(asyncio.run(_archives(load_settings(config))), as_json=as_json)


async def _archives(settings: Settings) -> dict[str, object]:
    async with core(settings) as it:
        key = signing_key(it.store).public_key()
    return {
        "operator": settings.gateway.hostname,
        "fingerprint": fingerprint_of(key),
        "public_key": public_pem(key).decode("ascii").strip(),
    }
