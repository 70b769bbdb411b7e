"""Every command of ``pli``, with words that it takes: a new command is found here by itself."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup

from gateway.cli.app import tree
from tests.builders.command_line import CLAIRE, OPEN, Gateway, patient_line

SAMPLES = {
    "address": "paul.petit@medecin.mssante.fr",
    "name": "Dr Paul Petit",
    "rpps": "810000000029",
    "finess": "1440000029",
    "sender": CLAIRE,
    "recipient": f"{OPEN}@patient.mssante.fr",
    "actor": f"{OPEN}@patient.mssante.fr",
    "space": f"{OPEN}@patient.mssante.fr",
    "action": "READ",
    "patient": OPEN,
    "by": "279035121518989",
    "measure": "tutelle",
    "reason": "appel du 2 mars",
    "on": "2026-03-02",
    "issuer": "Assurance maladie de la Loire",
    "batch": "2026-03-02",
    "kind": "cim",
    "publication": "Livre de l'exemple",
    "dated": "2018",
    "document": "1a2b",
    "decision": "give-back",
    "request": "1a2b",
    "answer": "grant",
    "account": CLAIRE,
    "first": "2026-03-02T08:00:00Z",
    "until": "2026-03-02T09:00:00Z",
}
"""What each argument or option that must be given may be, by its name."""


GROWTH = "mesure;sexe;age_mois;p3;p50;p97\npoids;F;0;2,4;3,2;4,2\npoids;F;120;22;32;50\n"
"""A growth table that `pli growth import` takes."""
BESIDES = {
    ("erase",): ("--yes",),
    ("agent", "remove"): ("--yes",),
    ("organisation", "correct"): ("--name", "Cabinet des Lilas"),
    ("professional", "correct"): ("--name", "Dr Paul Petit"),
}
"""What a command asks for besides, since one of several things must be given."""


def commands() -> dict[tuple[str, ...], TyperCommand]:
    """List every command, by the words that name it."""
    group = typer.main.get_command(tree())
    assert isinstance(group, TyperGroup)
    return dict(_below(group, ()))


def _below(group: TyperGroup, name: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], TyperCommand]]:
    for word, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from _below(command, (*name, word))
        elif isinstance(command, TyperCommand):
            yield (*name, word), command


def takes_settings(command: TyperCommand) -> bool:
    return any("--config" in item.opts for item in command.params)


def words_of(name: tuple[str, ...], gateway: Gateway) -> list[str | Path]:
    """Give a command line that only a fault of the gateway can make fail."""
    given: list[str | Path] = []
    for item in commands()[name].params:
        if not item.required or item.name is None:
            continue
        value = _files(gateway).get(item.name) or SAMPLES[item.name]
        given += [value] if isinstance(item, TyperArgument) else [item.opts[0], value]
    return [*name, *given, *BESIDES.get(name, ())]


def _files(gateway: Gateway) -> dict[str, Path]:
    terms = gateway.folder.with_name("cim.csv")
    terms.write_text("J45;Asthme\n", encoding="utf-8")
    growth = gateway.folder.with_name("growth.csv")
    growth.write_text(GROWTH, encoding="utf-8")
    archive = gateway.folder.with_name("mes-donnees.zip")
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("index.html", "")
    documents = gateway.folder.with_name("legacy.csv")
    documents.write_text(f"ins,file,filed_at\n{OPEN},cim.csv,2019-03-02\n", encoding="utf-8")
    return {
        "archive": archive,
        "documents": documents,
        "source": terms,
        "table": growth,
        "file": gateway.patients(patient_line(OPEN)),
        "folder": gateway.folder.with_name("backup"),
        "keys": gateway.folder.with_name("safe"),
    }
