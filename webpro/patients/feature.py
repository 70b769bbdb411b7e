"""What this folder gives to the console."""

from webmail.feature import Feature, Tab
from webpro.patients.adapter import PatientPages
from webpro.patients.port import PATIENTS
from webpro.patients.routes import routes

FEATURE = Feature(
    routes=(routes,),
    tabs=(
        Tab(name="patients", label="Mes patients", path="/pro/", icon="folder"),
        Tab(name="recherche", label="Ouvrir un dossier", path="/pro/recherche", icon="open", narrow="Ouvrir"),
    ),
    sections=("/pro/patients",),
    port=PATIENTS,
    adapter=PatientPages,
)
