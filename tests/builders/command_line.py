"""Drive ``pli`` as a person does: a program that is given words, answers on stdout, talks on stderr, and ends."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.builders.warm_program import StartedProgram, warm_program

ROOT = Path(__file__).parents[2]
_SERVING = re.compile(r"^Serving: .*\n", re.MULTILINE)
PLI = (sys.executable, "-m", "gateway.cli")
DOCTORS, LABORATORY, OTHER = "medecin.mssante.fr", "labo-lilas.mssante.fr", "biolab-ouest.mssante.fr"
PATIENTS = "patient.mssante.fr"
NAMED = ("--patient-domain", PATIENTS, "--domain", DOCTORS)
"""What ``pli init`` must be told by a program."""
CLAIRE = f"claire.martin@{DOCTORS}"
REMOTE = f"resultats@{OTHER}"
OPEN, NOTIFIED = "295109912611193", "253072B07300470"
COLUMNS = (
    "ins,ins_oid,birth_name,given_names,used_name,sex,birth_date,email,phone,card_serial,scheme,state"
)
NIR_OID, TEST_OID = "1.2.250.1.213.1.4.8", "1.2.250.1.213.1.4.10"


@dataclass(frozen=True, slots=True)
class Answer:
    """How a command ended."""

    code: int
    out: str
    talk: str

    @property
    def data(self) -> dict[str, Any]:  # Any: JSON
        """Give the one JSON object that stdout must hold, and nothing beside it."""
        assert self.out.count("\n") == 1, self.out
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found


def pli(*words: str | Path, at: Path = ROOT) -> Answer:
    """Run one command to its end in the folder `at`, in a process of its own that has the program loaded."""
    return Answer(*warm_program().run([str(word) for word in words], _environment(), at))


def pli_at_a_terminal(answers: str, *words: str | Path) -> Answer:
    """Run one command for somebody who types `answers` where it asks."""
    master, terminal = pty.openpty()
    try:
        os.write(master, answers.encode())
        done = subprocess.run(
            [*PLI, *map(str, words)],
            cwd=ROOT, env=_environment(), stdin=terminal, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
    finally:
        os.close(master)
        os.close(terminal)
    return Answer(done.returncode, done.stdout, done.stderr)


def in_a_folder_that_is_read_only(folder: Path, *words: str | Path) -> Answer:
    """Run one command where `folder` is mounted read-only, in a mount namespace of its own."""
    namespace = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]
    mounts = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && exec "$@"'
    done = subprocess.run(
        [*namespace, "sh", "-c", mounts, "sh", str(folder), *PLI, *map(str, words)],
        cwd=ROOT, env=_environment(), capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    return Answer(done.returncode, done.stdout, done.stderr)


def _environment() -> dict[str, str]:
    return {**os.environ, "COLUMNS": "200", "NO_COLOR": "1", "PYTHONWARNINGS": "error"}


def patient_line(
    ins: str, state: str = "open", *, oid: str = NIR_OID, sex: str = "F", born: str = "1995-10-01"
) -> str:
    return f"{ins},{oid},MOREAU,Camille;Anne,,{sex},{born},camille@courriel.example,+33600000000,,CPAM,{state}"


def extraction(*addresses: str) -> str:
    rows = ["Type de BAL|Adresse BAL|Identification structure|Raison sociale structure BAL"]
    return "\n".join([*rows, *(f"APP|{address}|1440000011|Biolab Ouest" for address in addresses)]) + "\n"


def white_list(*domains: str, made: datetime | None = None) -> str:
    holder = "CN=smtps.example,OU=318000000000002,O=Opérateur,ST=Nantes (44),C=FR"
    listed = "".join(
        f"<Domaine><Nom>{domain}</Nom><DNCertificatOperateur>{holder}</DNCertificatOperateur></Domaine>"
        for domain in domains
    )
    return (
        '<ListeBlancheMSSante xmlns="https://listeblanche.mssante.fr/schema"><DateDeGeneration>'
        f"{made or datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}</DateDeGeneration>"
        f"<ListeDomaines>{listed}</ListeDomaines></ListeBlancheMSSante>"
    )


@dataclass(frozen=True, slots=True)
class Gateway:
    """A gateway's folder; every port in its settings is 0."""

    folder: Path

    @property
    def config(self) -> Path:
        return self.folder / "pli.toml"

    @property
    def database(self) -> Path:
        return self.folder / "data" / "pli.sqlite"

    def run(self, *words: str | Path) -> Answer:
        """Run a command on this gateway."""
        return pli(*words, "--config", self.config)

    def file(self, name: str, content: str | bytes) -> Path:
        """Write a file beside the gateway."""
        path = self.folder.with_name(name)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def patients(self, *lines: str) -> Path:
        """Write a file of patients."""
        return self.file("patients.csv", "\n".join((COLUMNS, *lines)) + "\n")

    def set(self, old: str, new: str) -> None:
        """Change the settings file."""
        text = self.config.read_text()
        assert old in text
        self.config.write_text(text.replace(old, new))

    @contextmanager
    def starting(self) -> "Iterator[subprocess.Popen[str]]":
        """Start to serve in a process group of its own; killed at the end if it still runs."""
        with subprocess.Popen(
            [*PLI, "serve", "--config", str(self.config)], start_new_session=True,
            cwd=ROOT, env=_environment(), stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        ) as process:  # fmt: skip
            try:
                # The interpreter itself takes a moment before any line of the program is run.
                while not _catches(process.pid, signal.SIGTERM):
                    assert process.poll() is None
                yield process
            finally:
                process.kill()

    @contextmanager
    def serving(self) -> Iterator["Serving"]:
        """Serve in a process of its own; killed at the end if it still runs."""
        ready, out, talk = (self.folder / name for name in ("ready.json", "serve.out", "serve.talk"))
        for path in (ready, out, talk):
            path.unlink(missing_ok=True)
        words = ["serve", "--config", str(self.config), "--ready-file", str(ready)]
        process = warm_program().start(words, _environment(), ROOT, out, talk)
        try:
            while not (said := _SERVING.search(text := talk.read_text() if talk.exists() else "")):
                assert process.poll() is None, f"the server ended before it served: {text}"
                time.sleep(0.01)
            yield Serving(process, json.loads(ready.read_bytes())["ports"], text[: said.start()], out, talk)
        finally:
            process.kill()
            process.wait(15)


def _catches(process: int, number: signal.Signals) -> bool:
    status = Path(f"/proc/{process}/status").read_text()
    caught = next(line for line in status.splitlines() if line.startswith("SigCgt"))
    return bool(int(caught.split()[1], 16) >> (number - 1) & 1)


@dataclass(frozen=True, slots=True)
class Serving:
    """A running ``pli serve``, its ports, what it said until it served, and where it says more."""

    process: StartedProgram
    ports: dict[str, int]
    said: str
    out: Path
    talk: Path

    def stop(self) -> Answer:
        """Ask it to end, and wait until it has; its talk is what it said since it served."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(15)
        since = _SERVING.sub("", self.talk.read_text().removeprefix(self.said), count=1)
        return Answer(code, self.out.read_text(), since)


def found_gateway(folder: Path, *more: str) -> Gateway:
    """Make a gateway with one local doctor, one patient whose space is open, fresh lists and ports left to chance.

    Args:
        folder: where.
        more: further words of ``pli init``.
    """
    gateway = Gateway(folder)
    made = pli("init", folder, *NAMED, "--domain", LABORATORY, *more)
    assert made.code == 0, made.talk
    text = gateway.config.read_text()
    for port in (2525, 4650, 5870, 9930, 8443):
        text = text.replace(f"port = {port}", "port = 0")
    # One process: how many there are is the matter of tests of their own, which have several.
    gateway.config.write_text(text + "\n[work]\nprocesses = 1\n")
    for words in (
        ("whitelist", "import", gateway.file("whitelist.xml", white_list(DOCTORS, LABORATORY, OTHER))),
        ("directory", "import", gateway.file("directory.txt", extraction(REMOTE))),
        ("patients", "import", gateway.patients(patient_line(OPEN))),
        ("professional", "add", CLAIRE, "--name", "Dr Claire Martin", "--rpps", "810000000011"),
    ):
        done = gateway.run(*words)
        assert done.code == 0, done.talk
    return gateway
