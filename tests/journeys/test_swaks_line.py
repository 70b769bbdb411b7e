"""The line for swaks that the demonstration shows sends a letter that is taken in."""

import shlex
import shutil
import smtplib
import ssl
import subprocess

import pytest

from gateway.demonstration.swaks_letter import swaks_command
from gateway.demonstration.world import described
from tests.builders.gateway_site import GatewaySite

pytestmark = pytest.mark.xdist_group("gateway")


def _options(command: str) -> dict[str, str]:
    words = [word for word in shlex.split(command)[1:] if word not in {"--tls", "--tls-verify"}]
    return dict(zip(words[::2], words[1::2], strict=True))


def test_the_line_for_swaks_sends_a_letter(site: GatewaySite) -> None:
    command = swaks_command(described(site.world, dict(site.ports), []))
    said = _options(command)
    context = ssl.create_default_context(cafile=said["--tls-ca-path"])
    context.load_cert_chain(said["--tls-cert"], said["--tls-key"])
    head = f"To: {said['--to']}\r\nFrom: {said['--from']}\r\n{said['--header']}\r\nMessage-Id: <essai@c.example>\r\n"
    with smtplib.SMTP(said["--server"], int(said["--port"]), local_hostname="client.example", timeout=15) as client:
        client.starttls(context=context)
        refused = client.sendmail(said["--from"], said["--to"], f"{head}\r\n{said['--body']}\r\n")
    assert refused == {}
    assert not shutil.which("swaks") or subprocess.run(shlex.split(command), timeout=15, check=False).returncode == 0
