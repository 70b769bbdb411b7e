"""What is recommended at the age of whoever holds a space, and what they said of it (E24, F73)."""

import tomllib
from functools import cache
from importlib.resources import files

from gateway.domain.access import Action, Actor, SpacePart
from gateway.domain.agenda.prevention import (
    PreventionChoice,
    PreventionKind,
    PreventionRule,
    PreventionSource,
    Recommendation,
    recommendations_for,
    written_choice,
)
from gateway.domain.errors import NotFound
from gateway.domain.identity import Sex
from gateway.domain.local_days import local_day
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.permission import allow, traces_refusals


@cache
def prevention_rules() -> tuple[PreventionRule, ...]:
    """Read the rules of the program, once."""
    found = tomllib.loads(files(__package__).joinpath("prevention_rules.toml").read_text(encoding="utf-8"))
    sources = {name: PreventionSource(**source) for name, source in found["sources"].items()}
    return tuple(
        PreventionRule(
            name=rule["name"],
            title=rule["title"],
            about=rule["about"],
            kind=PreventionKind(rule["kind"]),
            first=rule["first"],
            last=rule["last"],
            source=sources[rule["source"]],
            sex=Sex(rule["sex"]) if "sex" in rule else None,
            every=tuple(rule.get("every", ())),
        )
        for rule in found["rules"]
    )


class Recommendations:
    """Lists what is recommended, and keeps what was done."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    @traces_refusals
    async def listed(self, actor: Actor) -> list[Recommendation]:
        """List what is recommended today; it is read with the agenda, whose line stands in the trace."""
        now = self._clock.now()

        def look(tx: Tx) -> list[Recommendation]:
            allow(tx, actor, Action.LIST, SpacePart.AGENDA, now)
            traits = tx.spaces.space(actor.vault).identity.traits
            choices = tx.agendas.choices(actor.vault)
            if traits.birth_date is None:
                return []
            return recommendations_for(prevention_rules(), traits.birth_date, traits.sex, local_day(now), choices)

        return await self._store.read(look)

    @traces_refusals
    async def choose(self, actor: Actor, name: str, choice: PreventionChoice) -> None:
        """Keep what was said of one recommendation. Raises `NotFound`."""
        now = self._clock.now()
        if name not in {rule.name for rule in prevention_rules()}:
            raise NotFound("there is no such recommendation")

        def keep(tx: Tx) -> None:
            allow(tx, actor, Action.CHANGE, SpacePart.AGENDA, now)
            choices = tx.agendas.choices(actor.vault)
            written = written_choice(choice, local_day(now), choices.get(name, ""))
            tx.agendas.choose(actor.vault, {**choices, name: written})
            tx.audit.append(actor.vault, actor.event(now, "prevention.chosen", detail=choice.value))
            tx.changed(actor.vault)

        await self._store.write(keep)
