"""`docs/operations.md` tells every command, option and exit code; every command has the options all share."""

import re
from collections.abc import Iterator

import typer
from typer.core import TyperCommand, TyperGroup

from gateway.cli.app import tree
from gateway.cli.failures import Exit
from tests.builders.repository import section, text

PAGE = text("docs/operations.md")
MAKES_ITS_OWN = {"pli init", "pli demo", "pli bench", "pli restore"}
"""Commands that take no settings file, because they make one."""
KEEPS_RUNNING = {"pli serve"}
"""Commands that end with nothing to tell a program."""


def _commands(group: TyperGroup, name: str) -> Iterator[tuple[str, TyperCommand]]:
    for word, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from _commands(command, f"{name} {word}")
        elif isinstance(command, TyperCommand):
            yield f"{name} {word}", command


def _tree() -> dict[str, TyperCommand]:
    group = typer.main.get_command(tree())
    assert isinstance(group, TyperGroup)
    return dict(_commands(group, "pli"))


COMMANDS = _tree()


def _options(command: TyperCommand) -> set[str]:
    return {option for item in command.params for option in (*item.opts, *item.secondary_opts) if option[:2] == "--"}


def _documented() -> dict[str, str]:
    commands = section(PAGE, "Commands")
    parts = re.split(r"^### `(pli [a-z ]+?)`$", commands, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_command_has_a_section_and_no_other_has() -> None:
    assert set(_documented()) == set(COMMANDS)


def test_every_option_is_told_where_its_command_is_and_no_other_is() -> None:
    shared = {"--help", "--config", "--json"}
    told = {name: set(re.findall(r"^\| `(--[a-z-]+)", part, re.MULTILINE)) for name, part in _documented().items()}
    assert told == {name: _options(command) - shared for name, command in COMMANDS.items()}


def test_every_command_says_in_one_sentence_what_it_does() -> None:
    assert [name for name, command in COMMANDS.items() if not (command.help or "").strip()] == []


def test_every_option_says_what_it_is() -> None:
    unsaid = [
        f"{name} {item.name}"
        for name, command in COMMANDS.items()
        for item in command.params
        if not getattr(item, "help", None)
    ]
    assert unsaid == []


def test_every_command_takes_settings_but_those_that_make_them() -> None:
    assert {name for name, command in COMMANDS.items() if "--config" not in _options(command)} == MAKES_ITS_OWN


def test_every_command_answers_programs_but_those_that_keep_running() -> None:
    assert {name for name, command in COMMANDS.items() if "--json" not in _options(command)} == KEEPS_RUNNING


def test_every_exit_code_is_told_and_no_other_is() -> None:
    told = {int(code) for code in re.findall(r"^\| (\d+) \|", section(PAGE, "Exit codes"), re.MULTILINE)}
    assert told == {int(code) for code in Exit}
