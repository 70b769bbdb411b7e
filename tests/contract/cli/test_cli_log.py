"""``pli log``: a checkpoint published by command, and traces checked with it by a script that knows nothing of Pli."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from certs import contexts
from certs.contexts import KeyPair
from tests.builders.command_line import Gateway
from tests.builders.repository import ROOT
from tests.builders.smtp_tls import TestAuthority


def test_published_checkpoint_convicts_whoever_alters_a_trace_and_its_head(gateway: Gateway) -> None:
    database, published = gateway.folder / "data" / "pli.sqlite", gateway.folder / "checkpoints"
    assert "/pli-heads/1\n" in gateway.run("log", "publish", "--json").data["checkpoint"]
    key, files = gateway.run("log", "key").out.strip(), [str(file) for file in published.glob("*.txt")]
    script = str(ROOT / "scripts" / "verify_log.py")
    command = [sys.executable, script, "--key", key, "--database", str(database), *files]
    whole = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (whole.returncode, len(files)) == (0, 1), whole.stdout + whole.stderr
    with closing(sqlite3.connect(database)) as opened, opened:
        (vault,) = opened.execute("SELECT max(vault) FROM audit").fetchone()
        opened.execute("DELETE FROM audit WHERE vault = ?", (vault,))
        opened.execute("DELETE FROM audit_head WHERE vault = ?", (vault,))
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 1
    assert f"vault {vault:x}: " in found.stdout


class Keeper:
    """Somebody else who keeps checkpoints, at an HTTPS address of their own; answers `status`."""

    def __init__(self, folder: Path) -> None:
        self.authority, self.status, self.asked = TestAuthority(folder, "Keeper CA"), 503, list[tuple[str, str]]()
        keeper = self

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                note = self.rfile.read(int(self.headers["Content-Length"])).decode()
                keeper.asked.append((self.headers.get("Authorization", ""), note))
                self.send_response(keeper.status)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        pair = KeyPair(self.authority.server.path, self.authority.server.path)
        self.server.socket = contexts.web(pair).wrap_socket(self.server.socket, server_side=True)

    @contextmanager
    def serving(self) -> Iterator[str]:
        """Listen until the block ends; give the address."""
        thread = Thread(target=self.server.serve_forever)
        thread.start()
        try:
            yield f"https://localhost:{self.server.server_address[1]}/pli"
        finally:
            self.server.shutdown()
            thread.join()
            self.server.server_close()


def test_checkpoint_is_sent_to_a_place_that_was_down_and_the_doctor_says_so_meanwhile(gateway: Gateway) -> None:
    keeper, token = Keeper(gateway.file("keeper", "").parent), gateway.file("token", "jeton-42\n")
    with keeper.serving() as address:
        section = f'[log]\nurl = "{address}"\ntoken = "{token}"\nauthorities = "{keeper.authority.path}"\n'
        gateway.config.write_text(f"{gateway.config.read_text(encoding='utf-8')}\n{section}", encoding="utf-8")
        refused = gateway.run("log", "publish")
        assert refused.code
        assert "log.url takes no checkpoint (HTTP 503)" in refused.talk
        assert "is not published: « pli log publish »" in gateway.run("doctor").out
        keeper.status = 200
        published = gateway.run("log", "publish", "--json").data["checkpoint"]
        assert "is not published" not in gateway.run("doctor").out
    assert {note for _, note in keeper.asked} == {published}
    assert {how for how, _ in keeper.asked} == {"Bearer jeton-42"}
