"""``pli keys rotate``: the key-encryption key is renewed while nobody serves."""

from gateway.config import load_settings
from gateway.core import store_paths
from gateway.store.seal.key_rotation import next_kek
from tests.builders.command_line import Gateway


def test_keys_are_wrapped_anew_and_everything_still_opens(gateway: Gateway) -> None:
    paths = store_paths(load_settings(gateway.config))
    before = paths.kek.read_bytes()
    done = gateway.run("keys", "rotate", "--json")
    assert done.data["wrapped"] > 1
    assert "destroy every earlier copy of kek" in done.talk
    assert paths.kek.read_bytes() != before
    assert gateway.run("verify").code == 0


def test_nothing_is_renewed_while_a_server_runs(gateway: Gateway) -> None:
    paths = store_paths(load_settings(gateway.config))
    before = paths.kek.read_bytes()
    with gateway.serving():
        refused = gateway.run("keys", "rotate")
    assert refused.code == 3
    assert "is being served by process" in refused.talk
    assert paths.kek.read_bytes() == before
    assert not next_kek(paths.kek).exists()
