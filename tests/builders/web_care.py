"""A history of care for pages that are looked at, and its switch."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from gateway.domain.access import Actor
from gateway.domain.care_history import CareAct, CareKind, CareLine
from gateway.services.profile.care_reading import CareHistory
from tests.builders.web_people import CAMILLE, NOW

_PAYER = "Assurance santé de l’Ouest"


def an_act(
    number: int = 5, kind: CareKind = CareKind.VISIT, day: date | None = None, *lines: str, source: int | None = None
) -> CareAct:
    """Make an act."""
    return CareAct(
        id=number,
        kind=kind,
        day=day or NOW.date() - timedelta(days=number),
        lines=tuple(CareLine(line) for line in lines or ("Consultation de médecine générale",)),
        performer="Dr Claire Lenoir",
        place="Cabinet des Lilas",
        told_by="" if source else _PAYER,
        told_at=NOW,
        source=source,
    )


_ACTS = (
    an_act(5),
    CareAct(
        id=9, kind=CareKind.DISPENSING, day=NOW.date() - timedelta(days=12), told_at=NOW, told_by=_PAYER,
        lines=(CareLine("Paracétamol 1 g, comprimé", "2 boîtes"), CareLine("Amoxicilline 500 mg, gélule", "1")),
        place="Pharmacie des Tilleuls", performer="Dr Claire Lenoir",
    ),
    CareAct(
        id=40, kind=CareKind.STAY, day=NOW.date() - timedelta(days=60), until=NOW.date() - timedelta(days=57),
        lines=(CareLine("Hospitalisation en chirurgie orthopédique"),), place="Clinique Sainte-Anne", told_at=NOW,
        told_by=_PAYER,
    ),
)  # fmt: skip


@dataclass
class SampleCare:
    """Satisfies `webmail.care.port.CareService`."""

    care_is_hidden: bool = False

    async def care_history(self, actor: Actor, kind: CareKind | None, before: int | None) -> CareHistory:
        """Give the acts of Camille, all in one piece."""
        all_of: Sequence[CareAct] = _ACTS if actor.vault == CAMILLE.actor.vault and before is None else ()
        return CareHistory(
            acts=[act for act in all_of if kind in {None, act.kind}],
            more=None,
            counts=Counter(act.kind for act in all_of),
            is_hidden=self.care_is_hidden,
        )

    async def hide_care_history(self, _: Actor, *, hidden: bool) -> None:
        """Note the choice."""
        self.care_is_hidden = hidden
