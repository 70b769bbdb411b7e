"""``pli keys``: the key-encryption key."""

import typer

from gateway.cli.only_server import serving_alone
from gateway.cli.output import DEFAULT_CONFIG, AsJson, Config, put, say
from gateway.config import load_settings
from gateway.core import store_paths
from gateway.store.seal.key_rotation import rotation

keys_app = typer.Typer(help="The key-encryption key.", no_args_is_help=True)


@keys_app.command("rotate")
def rotate(config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Renew the key-encryption key, so that old copies of the keys open nothing new; no server may run meanwhile."""
    settings = load_settings(config)
    paths, wrapped = store_paths(settings), 0
    with serving_alone(settings):
        for done in rotation(paths.key_store, paths.kek):
            wrapped += done.keys
            if done.keys:
                say(f"{wrapped} keys wrapped anew")
    say("Copy the folder of keys to its safe place again, and destroy every earlier copy of kek.")
    put({"wrapped": wrapped}, as_json=as_json)
