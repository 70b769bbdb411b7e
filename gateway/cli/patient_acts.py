"""``pli patients list|show|correct|open|oppose|suspend|deceased|reinstate``: one person's space, also while serving."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Annotated, TypeVar

import orjson
import typer

from gateway.cli.arguments import Patient, UnreachableBy, calendar_day, e_mail, phone_number, plain_text
from gateway.cli.output import DEFAULT_CONFIG, AsJson, Config, put, say
from gateway.cli.patients import patients_app
from gateway.config import Settings, load_settings
from gateway.core import core
from gateway.domain.account import NO_ADDRESS, PostalAddress, Space
from gateway.domain.mailbox import VaultId
from gateway.domain.patient_names import shown_name
from gateway.domain.space import SpaceState
from gateway.papers.proof_files import ProofFiles
from gateway.services.space.agent_queue import AgentQueue
from gateway.services.space.operator_acts import OperatorActs, ShownSpace
from gateway.services.space.space_corrections import Correction

__all__ = ["patients_app"]
Reason = Annotated[
    str, typer.Option("--reason", parser=plain_text, metavar="TEXT", help="Why, for the trace that the person reads.")
]
T = TypeVar("T")


def _told(shown: ShownSpace) -> dict[str, object]:
    """Give what every act ends with."""
    space = shown.space
    return {
        "address": str(space.address),
        "state": space.state.value,
        "next": shown.next,
        "on": shown.on.isoformat() if shown.on else None,
    }


@patients_app.command("list")
def patients_list(
    state: Annotated[SpaceState | None, typer.Option(help="Only spaces in this state.")] = None,
    unreachable_by: Annotated[
        UnreachableBy | None, typer.Option(help="Only spaces of which nobody can be told by this way; any: by none.")
    ] = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """List the spaces, one a line: address, state, what happens next by itself, when, and whose it is."""
    asyncio.run(_list(load_settings(config), state, unreachable_by, as_json=as_json))


async def _list(
    settings: Settings, state: SpaceState | None, unreachable: UnreachableBy | None, *, as_json: bool
) -> None:
    async with core(settings) as it:
        acts, last = OperatorActs(it.store, it.clock), VaultId(0)
        while page := await acts.page(last, state):
            opened = [vault for vault, shown in page if shown]
            listed = await acts.unreached(opened, unreachable.ways) if unreachable else frozenset(opened)
            for vault, shown in page:
                if shown is None:
                    say(f"space {vault:x} does not open: run pli verify")
                    continue
                if vault not in listed:
                    continue
                line = {**_told(shown), "name": shown_name(shown.space.identity.traits)}
                text = orjson.dumps(line).decode() if as_json else "  ".join(str(part or "-") for part in line.values())
                sys.stdout.write(text + "\n")
            last = page[-1][0]
        sys.stdout.flush()


@patients_app.command("show")
def patients_show(patient: Patient, config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Show a space: its person, its state and dates, what happens next by itself, and when."""
    shown = _acted(config, lambda acts: acts.show(patient))
    space, traits = shown.space, shown.space.identity.traits
    days = {"notified_on": space.notified_on, "since": space.changed_on, "erase_on": space.erase_on}
    put(
        {
            **_told(shown),
            **{name: day.isoformat() if day else None for name, day in days.items()},
            "ins": space.identity.ins.value,
            "birth_name": traits.birth_name,
            "given_names": ";".join(traits.given_names),
            "used_name": traits.used_name,
            "sex": traits.sex.value,
            "birth_date": str(traits.birth_date) if traits.birth_date else None,
            "email": space.email,
            "phone": space.phone,
            "scheme": space.scheme,
            "card_serials": len(space.card_serials),
            "guardians": len(space.guardians),
        },
        as_json=as_json,
    )


_Email = Annotated[str | None, typer.Option(parser=e_mail, metavar="ADDRESS", help="For notices; '' for none.")]
_Phone = Annotated[
    str | None, typer.Option(parser=phone_number, metavar="NUMBER", help="That takes an SMS; '' for none.")
]
_Postal = Annotated[
    str | None,
    typer.Option(
        "--postal-address", metavar="TEXT", help="Lines, postal code, city, country, separated by ;. '' for none."
    ),
]
_Cards = Annotated[list[str] | None, typer.Option("--card-serial", metavar="NUMBER", help="All cards; once for each.")]
_Name = Annotated[str | None, typer.Option(parser=plain_text, metavar="NAME", help="Name at birth.")]
_Names = Annotated[str | None, typer.Option(parser=plain_text, metavar="NAMES", help="All of them, separated by ;.")]


@patients_app.command("correct")
def patients_correct(
    patient: Patient,
    reason: Reason,
    email: _Email = None,
    phone: _Phone = None,
    postal: _Postal = None,
    card_serials: _Cards = None,
    birth_name: _Name = None,
    given_names: _Names = None,
    used_name: Annotated[str | None, typer.Option(metavar="NAME", help="Name in use; '' for none.")] = None,
    birth_place: Annotated[str | None, typer.Option(metavar="CODE", help="Place of birth.")] = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Correct what is known of a person; a changed contact is told to the old one and to the new one."""
    correction = Correction(
        email=email,
        phone=phone,
        postal=None if postal is None else _postal(postal),
        card_serials=None if card_serials is None else tuple(card_serials),
        birth_name=birth_name,
        given_names=_several(given_names),
        used_name=used_name,
        birth_place=birth_place,
    )
    shown, changed = _acted(config, lambda acts: acts.correct(patient, correction, reason))
    if not changed:
        say("Nothing differs from what was there: nothing was changed.")
    put({**_told(shown), "changed": ",".join(changed)}, as_json=as_json)


def _several(text: str | None) -> tuple[str, ...] | None:
    return tuple(part.strip() for part in (text or "").split(";") if part.strip()) or None


def _postal(text: str) -> PostalAddress:
    if not text.strip():
        return NO_ADDRESS
    *lines, code, city, country = [part.strip() for part in text.split(";")] if text.count(";") >= 3 else ("",) * 4
    if not city:
        raise typer.BadParameter(
            "not a postal address; write « 1 rue des Lilas;35000;Rennes;France »", param_hint="--postal-address"
        )
    return PostalAddress(tuple(line for line in lines if line), code, city, country)


@patients_app.command("open")
def patients_open(
    patient: Patient,
    request: Annotated[
        str | None,
        typer.Option(
            "--at-the-request-of-the-person", parser=plain_text, metavar="TEXT", help="How they asked, for the trace."
        ),
    ] = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Open a space after its six weeks, or before when the person asked for it; they are told."""
    put(_told(_acted(config, lambda acts: acts.open(patient, request or ""))), as_json=as_json)


@patients_app.command("oppose")
def patients_oppose(
    patient: Patient,
    reason: Reason,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Folder for the proof (PDF); default: proofs beside pli.toml.", resolve_path=True),
    ] = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Note that a person refuses their space, as they said by telephone; they are told, and a proof is made for them.

    Noted once more, nothing changes, and the proof is made again.
    """
    settings = load_settings(config)
    put(asyncio.run(_oppose(settings, patient, reason, out or settings.proofs_folder)), as_json=as_json)


async def _oppose(settings: Settings, patient: str, reason: str, out: Path) -> dict[str, object]:
    files = ProofFiles(out)
    # Before anything is noted: a refusal without its proof is half done.
    files.require()
    async with core(settings) as it:
        opposed = await OperatorActs(it.store, it.clock).oppose(patient, reason)
        vault = opposed.space.vault
        file = await files.put(vault, await it.opposition.proof_of(vault))
    return {**_told(opposed), "proof": str(file)}


@patients_app.command("suspend")
def patients_suspend(
    patient: Patient, reason: Reason, config: Config = DEFAULT_CONFIG, as_json: AsJson = False
) -> None:
    """Suspend a space for fraud; its holder is told when it closes if nobody objects (`pli patients reinstate`)."""
    put(_told(_acted(config, lambda acts: acts.suspend(patient, reason))), as_json=as_json)


@patients_app.command("deceased")
def patients_deceased(
    patient: Patient,
    on: Annotated[date, typer.Option("--on", parser=calendar_day, metavar="DATE", help="Day of death, 2026-11-29.")],
    reason: Reason,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Note that a person died: nobody signs in any more, mail is refused, and the space is kept for ten years."""
    put(_told(_acted(config, lambda acts: acts.note_death(patient, on, reason))), as_json=as_json)


@patients_app.command("reinstate")
def patients_reinstate(
    patient: Patient, reason: Reason, config: Config = DEFAULT_CONFIG, as_json: AsJson = False
) -> None:
    """Take back a suspension, to which the person objected, or a death that was noted by mistake."""
    put(_told(_acted(config, lambda acts: acts.restore(patient, reason))), as_json=as_json)


@patients_app.command("waiting")
def patients_waiting(config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """List who asked for a code in the last six weeks and was sent none, one a line: address, since, times, why."""
    asyncio.run(_waiting(load_settings(config), as_json=as_json))


async def _waiting(settings: Settings, *, as_json: bool) -> None:
    async with core(settings) as it:
        for one in await AgentQueue(it.store, it.clock).waiting():
            line: dict[str, object] = {
                "address": str(one.space.address) if one.space else None,
                "state": one.space.state.value if one.space else None,
                "since": one.since.date().isoformat(),
                "times": one.times,
                "why": one.why.value,
            }
            text = orjson.dumps(line).decode() if as_json else "  ".join(str(part or "-") for part in line.values())
            sys.stdout.write(text + "\n")
    sys.stdout.flush()


@patients_app.command("code")
def patients_code(patient: Patient, reason: Reason, config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Give a provisional code for a person whose identity you checked, as REASON says; it replaces an earlier one.

    Hand it to that person alone. On the web it is typed together with the card. They are told that it was given.
    """
    space, code = asyncio.run(_handed_out(load_settings(config), patient, reason))
    if not space.card_serials:
        say("No card of this person is known, and the code asks for one: pli patients correct … --card-serial NUMBER")
    put({"address": str(space.address), "state": space.state.value, "code": code}, as_json=as_json)


async def _handed_out(settings: Settings, patient: str, reason: str) -> tuple[Space, str]:
    async with core(settings) as it:
        return await AgentQueue(it.store, it.clock).hand_out(patient, reason)


def _acted(config: Path, act: Callable[[OperatorActs], Awaitable[T]]) -> T:
    return asyncio.run(_act(load_settings(config), act))


async def _act(settings: Settings, act: Callable[[OperatorActs], Awaitable[T]]) -> T:
    async with core(settings) as it:
        return await act(OperatorActs(it.store, it.clock))
