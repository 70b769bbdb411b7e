"""Four lives: a thyroid under treatment, a diabetes of many years, a pregnancy, a child who grows. Nobody real."""

from datetime import time

from gateway.demonstration.invented_people import PATIENTS, PROFESSIONALS
from gateway.demonstration.lives.laboratory_tests import BIOLAB, HOSPITAL, LILAS
from gateway.demonstration.lives.life import Life, PlannedEvent, SentLetter, measured, noted, visited
from gateway.domain.measures import MeasureKind
from gateway.domain.profile import ProfileSection

_CAMILLE, _LOUIS, _LINA, _NOE = PATIENTS[0], PATIENTS[1], PATIENTS[2], PATIENTS[-1]
_, _PAUL, _SOFIA = PROFESSIONALS
_S, _M = ProfileSection, MeasureKind

CAMILLE = Life(
    patient=_CAMILLE,
    worth="un résultat qui vient d'arriver, un médecin à qui répondre, un profil bien rempli",
    entries=(
        noted(_S.ILLNESSES, nom="Hypothyroïdie", debut="2019"),
        noted(_S.ALLERGIES, nom="Amoxicilline", genre="medicament", gravite="moderee", reaction="Plaques sur le tronc"),
        noted(_S.TREATMENTS, nom="Lévothyroxine 75 µg", posologie="1 comprimé le matin à jeun", debut="2019"),
        noted(_S.STAYS, motif="Arthroscopie du genou droit", lieu="Clinique Sainte-Anne, Rennes", debut="{-402}",
              fin="{-400}"),
        noted(_S.VACCINATIONS, nom="Grippe", date="{-40}"),
        noted(_S.VACCINATIONS, nom="Diphtérie, tétanos, poliomyélite", date="{-700}"),
        noted(_S.FAMILY, nom="Hypothyroïdie", parent="mere", age="45 ans"),
        noted(_S.HABITS, genre="activite", texte="Marche rapide, trois fois par semaine"),
        noted(_S.CONTACTS, nom="Antoine Lefèvre", role="urgence", lien="conjoint", telephone="06 00 00 00 31"),
        noted(_S.PROFESSIONALS, nom="Dr Claire Martin", role="traitant"),
    ),
    measures=(
        *measured(_M.HEIGHT, (900, "166")),
        *measured(_M.WEIGHT, (900, "74,2"), (700, "72,8"), (500, "71,0"), (300, "69,4"), (150, "68,1"), (20, "67,6")),
        *measured(_M.BLOOD_PRESSURE, (300, "128/82"), (150, "124/78"), (20, "121/76")),
    ),
    events=(
        PlannedEvent(ahead=9, title="Prise de sang", at=time(8, 0), minutes=15, bring="Ordonnance\nÀ jeun",
                     place="Laboratoire des Lilas, Rennes"),
        PlannedEvent(ahead=16, title="Consultation", at=time(10, 30), minutes=20, people="Dr Claire Martin",
                     place="Rennes"),
    ),
)  # fmt: skip

LOUIS = Life(
    patient=_LOUIS,
    worth="un diabète, trois ans, trois laboratoires : « Résultats », puis « Cholestérol total »",
    visits=(
        visited(LILAS, 1060, a1c="8.4", gly="10.2", chol="6.3", hdl="1.0", ldl="4.2", tg="2.3", creat="92", dfg="74"),
        visited(LILAS, 960, a1c="8.0", gly="9.1"),
        visited(HOSPITAL, 870, a1c="7.8", chol="6.0", hdl="1.1", ldl="3.9", tg="2.1", creat="95", dfg="71", hb="142"),
        visited(LILAS, 780, a1c="7.6", gly="8.3", chol="4.9", hdl="1.1", ldl="2.9", tg="1.9", k="4.6"),
        visited(LILAS, 680, a1c="7.4", gly="7.9", creat="97", dfg="69"),
        visited(BIOLAB, 590, a1c="7.5", chol="1.76", hdl="0.44", ldl="1.02", tg="1.50", creat="11.1", dfg="67"),
        visited(LILAS, 500, a1c="7.2", gly="7.4", crp="2.1"),
        visited(HOSPITAL, 400, a1c="7.1", chol="4.3", hdl="1.2", ldl="2.3", tg="1.6", creat="101", dfg="66", hb="139"),
        visited(LILAS, 300, a1c="7.3", gly="7.6", chol="4.4", hdl="1.2", ldl="2.4", tg="1.7", k="5.3"),
        visited(LILAS, 200, a1c="7.0", gly="7.1", creat="102", dfg="65", k="4.8"),
        visited(LILAS, 100, a1c="6.9", gly="6.9", chol="4.0", hdl="1.2", ldl="2.1", tg="1.5"),
        visited(HOSPITAL, 12, a1c="6.8", creat="104", dfg="63", k="4.9", hb="137"),
    ),
    entries=(
        noted(_S.ILLNESSES, nom="Diabète de type 2", debut="2014"),
        noted(_S.ILLNESSES, nom="Hypertension artérielle", debut="2009"),
        noted(_S.TREATMENTS, nom="Metformine 1000 mg", posologie="1 comprimé matin et soir", debut="2014"),
        noted(_S.TREATMENTS, nom="Empagliflozine 10 mg", posologie="1 comprimé le matin", debut="{-1050}"),
        noted(_S.TREATMENTS, nom="Ramipril 5 mg", posologie="1 comprimé le matin", debut="2009"),
        noted(_S.TREATMENTS, nom="Atorvastatine 20 mg", posologie="1 comprimé le soir", debut="{-860}"),
        noted(_S.STAYS, motif="Pose d’un stent", lieu="CHU du Vallon", debut="{-872}", fin="{-868}"),
        noted(_S.VACCINATIONS, nom="Grippe", date="{-40}"),
        noted(_S.VACCINATIONS, nom="Pneumocoque", date="{-400}"),
        noted(_S.CONTACTS, nom="Hélène Bernard", role="confiance", lien="enfant", telephone="06 00 00 00 32"),
        noted(_S.WISHES, sujet="organes", texte="J’accepte le don de mes organes.", proches="oui"),
    ),
    measures=(
        *measured(_M.HEIGHT, (1000, "174")),
        *measured(_M.WEIGHT, (1000, "88"), (800, "86,5"), (600, "84,9"), (400, "83,2"), (200, "82,0"), (15, "81,4")),
        *measured(_M.BLOOD_PRESSURE, (400, "152/88"), (300, "148/86"), (200, "142/84"), (100, "138/82"), (60, "136/80"),
                  (21, "134/78"), (14, "137/79"), (7, "133/78"), (2, "132/76")),
        *measured(_M.GLUCOSE, (21, "1,32"), (14, "1,28"), (7, "1,25"), (5, "1,41"), (3, "1,22"), (2, "1,19")),
    ),
    events=(
        PlannedEvent(ahead=12, title="Fond d’œil", at=time(14, 15), minutes=45, place="CHU du Vallon, Rennes",
                     bring="Lunettes\nNe pas conduire au retour"),
        PlannedEvent(ahead=25, title="Consultation de cardiologie", at=time(11, 0), sender=_PAUL,
                     place="Centre de cardiologie, Rennes"),
    ),
)  # fmt: skip

LINA = Life(
    patient=_LINA,
    worth="une grossesse de six mois : sérologies, fer, rendez-vous de la sage-femme à confirmer",
    visits=(
        visited(BIOLAB, 820, hb="12.6", gb="6.8", plq="268", fer="31", tsh="1.70"),
        visited(LILAS, 150, hcg="48200", hb="12.4", plq="255", toxo="<3", tsh="1.20"),
        visited(LILAS, 120, toxo="<3", gly="4.6"),
        visited(HOSPITAL, 90, hb="118", gb="9.4", plq="231", fer="14", toxo="<3"),
        visited(LILAS, 60, toxo="<3"),
        visited(LILAS, 30, toxo="<3", hb="11.2", fer="11"),
        visited(BIOLAB, 4, hb="11.6", plq="214", gly="0.83", toxo="<3", fer="17"),
    ),
    entries=(
        noted(_S.HISTORY, nom="Grossesse en cours", date="{-182}"),
        noted(_S.TREATMENTS, nom="Fer 80 mg", posologie="1 comprimé le matin, un jour sur deux", debut="{-28}"),
        noted(_S.TREATMENTS, nom="Acide folique 0,4 mg", posologie="1 comprimé par jour", debut="{-210}", fin="{-95}"),
        noted(_S.ALLERGIES, nom="Pollens de graminées", genre="pollen", gravite="legere"),
        noted(_S.VACCINATIONS, nom="Coqueluche", date="{-20}"),
        noted(_S.PROFESSIONALS, nom="Sofia Benali", role="sage-femme"),
        noted(_S.CONTACTS, nom="Théo Santucci", role="urgence", lien="conjoint", telephone="06 00 00 00 33"),
    ),
    measures=(
        *measured(_M.HEIGHT, (400, "163")),
        *measured(_M.WEIGHT, (180, "58,4"), (120, "59,6"), (90, "61,2"), (60, "63,1"), (30, "65,0"), (5, "66,3")),
        *measured(_M.BLOOD_PRESSURE, (90, "112/68"), (60, "115/70"), (30, "118/72"), (5, "116/70")),
    ),
    events=(
        PlannedEvent(ahead=6, title="Consultation du septième mois", at=time(9, 0), sender=_SOFIA, place="Fougères"),
        PlannedEvent(ahead=20, title="Troisième échographie", at=time(15, 30), minutes=40, place="CHU du Vallon",
                     bring="Carnet de maternité\nAnciennes échographies"),
        PlannedEvent(ahead=34, title="Préparation à la naissance", at=time(18, 0), minutes=90, people="Sofia Benali"),
    ),
    letters=(
        SentLetter(
            sender=_SOFIA,
            subject="Votre suivi de grossesse",
            text="Bonjour Lina,\n\nVotre prise de sang est rassurante : le test du sucre est normal et le fer remonte. "
            "Gardez le comprimé un jour sur deux. Je vous ai envoyé une invitation pour la visite du septième mois.\n\n"
            "Sofia Benali\n",
        ),
    ),
)  # fmt: skip

NOE = Life(
    patient=_NOE,
    worth="un enfant de cinq ans : croissance depuis la naissance, vaccins, examens de son âge",
    visits=(visited(LILAS, 210, hb="11.3", gb="8.9", plq="342", fer="12", crp="1.2"),),
    entries=(
        noted(_S.ALLERGIES, nom="Arachide", genre="aliment", gravite="grave", reaction="Gêne pour respirer"),
        noted(_S.ILLNESSES, nom="Asthme", debut="{-600}"),
        noted(_S.TREATMENTS, nom="Salbutamol, aérosol", posologie="2 bouffées en cas de gêne", debut="{-600}"),
        noted(_S.VACCINATIONS, nom="Rougeole, oreillons, rubéole, deuxième dose", date="{-1500}"),
        noted(_S.VACCINATIONS, nom="Hexavalent, rappel de 11 mois", date="{-1700}"),
        noted(_S.CONTACTS, nom="Camille Lefèvre", role="urgence", lien="mere", telephone="06 00 00 00 04"),
    ),
    measures=(
        *measured(_M.HEIGHT, (2000, "51"), (1880, "62"), (1660, "74,5"), (1300, "87"), (930, "96"), (570, "103"),
                  (210, "109"), (30, "111,5")),
        *measured(_M.WEIGHT, (2000, "3,6"), (1880, "6,5"), (1660, "9,4"), (1300, "12,2"), (930, "14,3"), (570, "16,4"),
                  (210, "18,3"), (30, "19,1")),
    ),
    events=(
        PlannedEvent(ahead=14, title="Contrôle de l’asthme", at=time(17, 0), minutes=20, people="Dr Claire Martin",
                     bring="Carnet de santé\nInhalateur"),
    ),
)  # fmt: skip

LIVES = (CAMILLE, LOUIS, LINA, NOE)
