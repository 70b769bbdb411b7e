"""The people of the sample space: all invented, with names and addresses that are nobody's."""

from gateway.domain.access import Actor, PurposeOfUse, Role
from gateway.domain.mailbox import VaultId
from webmail.correspondent import Correspondent, CorrespondentKind
from webmail.signed_in import SignedIn

_NOWHERE = VaultId(-1)
GUEST = SignedIn(
    actor=Actor(
        account="decouverte",
        role=Role.PATIENT,
        vault=_NOWHERE,
        home=_NOWHERE,
        purpose=PurposeOfUse.PATIENT_REQUEST,
        person="Dominique Exemple",
        face="guest",
    ),
    name="Dominique Exemple",
    address="dominique.exemple@patient.example",
)
DOCTOR = Correspondent("Dr Nadia Exemple", CorrespondentKind.PERSON, "Médecin généraliste · Ville d’exemple")
CARDIOLOGIST = Correspondent("Dr Paul Modèle", CorrespondentKind.PERSON, "Cardiologue · Ville d’exemple")
LABORATORY = Correspondent("Laboratoire de l’Exemple", CorrespondentKind.APPLICATION, "Biologie médicale")
