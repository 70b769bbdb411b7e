"""As many spaces as a large operator has, made in pieces: some hundred microseconds each."""

from gateway.domain.account import Space
from gateway.domain.address import PatientAddress
from gateway.domain.identity import INS_DEMO, BirthDate, PatientIdentity, Sex, Traits
from gateway.domain.mailbox import VaultId, VaultKind
from gateway.domain.patient_choices import PatientChoices
from gateway.domain.space import SpaceState
from gateway.ports.store import Store, Tx
from tests.builders.store import PATIENT_DOMAIN, USUAL_FOLDERS, an_ins

_PIECE = 500
_TRAITS = Traits(birth_name="Dupont-Essai", given_names=("Jeanne",), sex=Sex.FEMALE, birth_date=BirthDate(1980, 1, 15))


async def many_spaces(store: Store, number: int, choices: PatientChoices) -> list[Space]:
    """Make active spaces whose people chose the same."""
    made: list[Space] = []
    while len(made) < number:
        vaults = await store.new_vaults(min(_PIECE, number - len(made)))
        some = [_space(VaultId(vault), len(made) + place + 1) for place, vault in enumerate(vaults)]

        def make(tx: Tx, some: list[Space] = some) -> None:
            for space in some:
                tx.spaces.create_vault(space.vault, VaultKind.SPACE, space.address.mail, "")
                tx.spaces.save(space)
                for folder, use in USUAL_FOLDERS:
                    tx.mail.create_folder(space.vault, folder, use)
                tx.patient_choices.put(space.vault, choices)

        await store.write(make)
        made += some
    return made


def _space(vault: VaultId, serial: int) -> Space:
    ins = an_ins(serial)
    identity = PatientIdentity(ins, INS_DEMO, _TRAITS)
    address = PatientAddress(ins, PATIENT_DOMAIN)
    return Space(
        vault=vault, address=address, identity=identity, state=SpaceState.ACTIVE, email="jeanne@courriel.example"
    )
