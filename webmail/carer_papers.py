"""The proof of a carer's rights as a paper, in the words of its pages."""

from collections.abc import AsyncGenerator

from gateway.domain.carers import CarerLevel, levels_of
from gateway.domain.local_days import birth_in_words, day_in_words, local_day
from gateway.domain.patient_names import shown_name
from gateway.ports.papers import PaperProcesses, PaperValue
from gateway.services.representation.carer_proofs import CarerProof
from webmail.carer_words import PARTS, last_day_before, level_words
from webmail.file_streams import File


def carer_paper(proof: CarerProof) -> dict[str, PaperValue]:
    """Give the values of the template `proof`."""
    carer, mandate = proof.carer, proof.carer.mandate
    said = "a invité la personne nommée plus bas à être son aidant" if carer.waits else "a choisi un aidant"
    answer = "Invitation sans réponse, du" if carer.waits else "Acceptée le"
    rights = levels_of(mandate.rights or frozenset())
    born = proof.person.birth_date
    return {
        "title": "Preuve d’un droit d’aidant",
        "lines": [
            f"La personne aidée {said} dans son espace santé.",
            "Un aidant ne peut ni fermer cet espace, ni en exporter les données, ni en changer les accès.",
            "Chacun des deux peut mettre fin à ces droits à tout moment.",
        ],
        "facts": [
            ["Personne aidée", shown_name(proof.person)],
            *([["Date de naissance", birth_in_words(born)]] if born else []),
            ["Aidant", mandate.name],
            [answer, day_in_words(local_day(mandate.begun if carer.waits else mandate.changed))],
            ["Dernier jour", day_in_words(last_day_before(carer.ends))],
            *(
                [PARTS[part], level_words(part, level)]
                for part, level in rights.items()
                if level is not CarerLevel.NOTHING
            ),
        ],
        "number": proof.number,
        "made": day_in_words(local_day(proof.made)),
    }


async def carer_file(papers: PaperProcesses, proof: CarerProof, owner: str) -> File:
    """Set the paper, for whoever asks for it."""
    octets = await papers.pdf_of("proof", carer_paper(proof), owner)

    async def whole() -> AsyncGenerator[bytes, None]:
        yield octets

    return File(f"preuve-aidant-{local_day(proof.made).isoformat()}.pdf", "application/pdf", len(octets), whole())
