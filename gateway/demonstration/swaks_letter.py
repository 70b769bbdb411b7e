"""A letter of the demonstration's laboratory that anybody can send from a terminal, with swaks."""

import shlex

from gateway.demonstration.world import Line


def swaks_words(line: Line) -> list[str]:
    """Give the words of the command: the local laboratory writes to the first patient at the relay's port."""
    relay, patient = line["smtp_relay"], line["patients"][0]
    laboratory = next(item for item in line["laboratories"] if item["operator"] == "local")
    return [
        "swaks", "--server", relay["host"], "--port", str(relay["port"]), "--tls",
        "--tls-verify", "--tls-ca-path", line["ca_file"],
        "--tls-cert", laboratory["cert_file"], "--tls-key", laboratory["key_file"],
        "--from", laboratory["address"], "--to", patient["address"],
        "--header", "Subject: Essai", "--body", "Bonjour.",
    ]  # fmt: skip


def swaks_command(line: Line) -> str:
    """Give the command on one line, ready to be pasted."""
    return shlex.join(swaks_words(line))
