"""Who is in contact with Camille, for pages that are looked at, and what she chooses for each."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from gateway.domain.access import Actor
from gateway.domain.care_contact import ContactWay
from gateway.domain.errors import NotFound
from gateway.domain.patient_choices import PartyChoice, PartyStanding
from gateway.services.privacy.care_circle import KnownParty
from tests.builders.web_people import CAMILLE, NOW


def a_party(number: int, label: str, detail: str, standing: PartyStanding = PartyStanding.NEUTRAL) -> KnownParty:
    """Make somebody in contact."""
    names = frozenset({f"rpps:{number}"})
    choice = PartyChoice(
        number=number, names=names, label=label, detail=detail, standing=standing, since=NOW - timedelta(days=20)
    )
    return KnownParty(
        reference=f"{number:032x}",
        names=names,
        label=label,
        detail=detail,
        ways=frozenset({ContactWay.MESSAGE}),
        choice=choice if standing is not PartyStanding.NEUTRAL else None,
    )


def _parties() -> list[KnownParty]:
    return [
        a_party(1, "Dr Hélène Vasseur", "Médecin généraliste · Lyon", PartyStanding.ALLOWED),
        a_party(2, "Dr Samir Kaddour", "Cardiologue · Villeurbanne"),
        a_party(3, "Laboratoire des Halles", "Biologie médicale · Lyon", PartyStanding.BLOCKED),
    ]


@dataclass
class SamplePrivacy:
    """Satisfies `webmail.privacy.port.PrivacyService`."""

    parties: list[KnownParty] = field(default_factory=_parties)

    async def care_circle(self, actor: Actor) -> Sequence[KnownParty]:
        """Give those of Camille."""
        return self.parties if actor.vault == CAMILLE.actor.vault else ()

    async def choose_for(self, actor: Actor, reference: str, standing: PartyStanding) -> KnownParty:
        """Note the choice."""
        for at, party in enumerate(await self.care_circle(actor)):
            if party.reference == reference:
                choice = PartyChoice(number=at, names=party.names, label=party.label, standing=standing, since=NOW)
                self.parties[at] = replace(party, choice=choice)
                return self.parties[at]
        raise NotFound("nobody in contact has this reference")
