"""Goals that doctors set for examinations of a person, in an archive (E45)."""

from collections.abc import AsyncIterator

import orjson

from gateway.domain.access import Action, SpacePart
from gateway.domain.examinations import SpaceObservations, examination_number
from gateway.ports.store import Tx
from gateway.services.access.permission import allow
from gateway.services.access.permitted import permitted_observed
from gateway.services.export.archive_files import ArchiveFile, ExportSource, whole

NAME = "profil/objectifs-examens.json"


async def goal_files(source: ExportSource) -> AsyncIterator[ArchiveFile]:
    """Give each goal with its examination, when there are any; one of what is not shown is left out."""

    def look(tx: Tx) -> list[dict[str, object]]:
        vault = source.actor.vault
        allow(tx, source.actor, Action.EXPORT, SpacePart.PROFILE, source.at)
        goals = tx.goals.all_of(vault)
        if not goals:
            return []
        documents, _ = permitted_observed(tx, source.actor, source.at)
        seen = SpaceObservations(documents, lambda key: examination_number(vault, key) in goals)
        found: list[dict[str, object]] = []
        for head in filter(None, map(seen.newest, seen.keys)):
            goal = goals[examination_number(vault, head.key)]
            if goal is None:
                source.damaged.append(f"Objectif d’un examen, {head.label} : il ne s’ouvre pas")
                continue
            found.append({"examination": head.label, "loinc": head.loinc, "key": head.key, "goal": goal})
        return found

    if found := await source.store.read(look):
        said = orjson.dumps(found, default=str, option=orjson.OPT_INDENT_2)
        yield ArchiveFile(name=NAME, pieces=whole(said), title="Objectifs fixés par un médecin")
