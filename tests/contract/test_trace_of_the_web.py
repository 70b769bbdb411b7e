"""Every route of the pages and of the FHIR face, what it shows or changes, and the lines that it leaves (promise 5).

A route that is added and stands in no table fails `test_every_route_has_been_decided`.
"""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession, DummyCookieJar, FormData, web
from aiohttp.test_utils import TestServer

from gateway.domain.account import Session, digest_of
from gateway.domain.document import LabResult
from gateway.domain.examinations import examination_number
from gateway.domain.health_links import LinkLife
from gateway.domain.lab_result import ResultValue, ValueKind
from gateway.domain.mandates import MandateKind
from gateway.domain.observed import loinc_key
from gateway.domain.record_openings import CodeLife, OpenedBy, OpenFor
from gateway.domain.step_payloads import SendCode
from gateway.domain.synthesis import SynthesisPart
from gateway.fhir import api as fhir_api
from gateway.policy.settings import PatientReplies, PolicySettings
from gateway.services.openings.access_codes import opened
from gateway.services.sign_in.application_tokens import issue_token
from tests.builders.agenda import an_entry
from tests.builders.family import A_CARER, a_carer_asked, a_child, a_mandate
from tests.builders.letters import a_letter
from tests.builders.openpgp_keys import A_KEY
from tests.builders.outbox import A_WORKER
from tests.builders.patient_site import CLAIRE, PAUL, PDF, PatientSite, patient_site
from tests.builders.patient_space import everywhere
from tests.builders.soft_passkey import SoftPasskey
from tests.builders.store import terms_of_today
from tests.builders.web_client import ORIGIN, Answer, Browser
from tests.builders.web_images import sample_scan
from tests.builders.web_results import measured
from webmail.app import make_app
from webmail.csrf import VISIT_COOKIE
from webmail.sessions import SESSION_COOKIE, MemorySessions, Sessions
from webmail.settings import WebSettings

POTASSIUM = measured("Potassium", "2823-3", "4.1", "mmol/L")
NOTHING: tuple[str, ...] = ()
IDENTIFIER, PASSWORD = "camille", "Sentier-Mousse-84"
ACTIVATION_SHOWN = tuple(f"GET /activation{path}" for path in (
    "", "/code", "/personne", "/choix", "/opposition", "/preuve", "/conditions", "/coordonnees", "/identifiant",
    "/dernier-code", "/fin", "/franceconnect", "/franceconnect/retour", "/franceconnect/suite",
))  # fmt: skip
ACTIVATION_DONE = {
    "POST /activation": NOTHING,
    "POST /activation/code": ("activation.identified",),
    "POST /activation/code/envoi": ("activation.code",),
    "POST /activation/personne": NOTHING,
    "POST /activation/choix": NOTHING,
    "POST /activation/opposition": ("space.opposed",),
    "POST /activation/conditions": ("terms.accepted",),
    "POST /activation/coordonnees": NOTHING,
    "POST /activation/coordonnees/changement": NOTHING,
    "POST /activation/coordonnees/confirmation": ("contact.changed",),
    "POST /activation/identifiant": NOTHING,
    "POST /activation/cle": NOTHING,
    "POST /activation/cle/ajout": NOTHING,
    "POST /activation/dernier-code": ("space.activated", "sign-in"),
    "POST /activation/dernier-code/envoi": NOTHING,
}
"""Before somebody is identified, and of a space that nobody has signed in to: `test_activation_end` counts them."""
PAGES = {
    # Read: lists show how messages begin, and what documents are called.
    "GET /": ("conversations.listed", "documents.listed"),
    "GET /messages": ("conversations.listed",),
    "GET /messages/{conversation}": ("conversation.read", "conversations.listed"),
    "GET /messages/{message}/mise-en-forme": ("message.read",),
    "GET /messages/{message}/texte": ("message.read",),
    "GET /messages/{message}/pieces/{section}": ("attachment.opened",),
    "GET /profil/mesures": ("measures.listed",),
    "GET /profil/mesures/suivis": ("measures.listed",),
    "POST /profil/mesures/suivis": ("measures.followed",),
    "GET /profil/mesures/{mesure}": ("measures.listed",),
    "GET /profil/mesures/{mesure}/ajouter": NOTHING,
    "GET /profil/mesures/{mesure}/objectif": ("measures.listed",),
    "GET /profil/mesures/{mesure}/{releve}": ("measure.read",),
    "POST /profil/mesures/propositions/{proposition}": ("profile.refused",),
    "POST /profil/mesures/{mesure}/ajouter": ("measure.added",),
    "POST /profil/mesures/{mesure}/objectif": ("measure.aimed",),
    "POST /profil/mesures/{mesure}/{releve}": ("measure.deleted",),
    "GET /profil": ("profile.listed",),
    "GET /profil/historique-de-soins": ("care.listed",),
    "POST /profil/historique-de-soins": NOTHING,  # it was shown; `test_care_pages` has the other case
    "GET /profil/premiere-visite": NOTHING,  # the first question asks for a number and shows nothing
    "GET /profil/pieces-administratives": ("documents.listed",),
    "GET /partage": NOTHING,
    "GET /partage/fin": NOTHING,
    "GET /lecture": NOTHING,
    # Of the trace of whoever is acted for: `test_acting_for_somebody` has it.
    **dict.fromkeys(
        ("GET /proches", "GET /proches/agir", "GET /proches/moi", "POST /proches/agir", "POST /proches/moi",
         "GET /proches/{proche}", "POST /proches/{proche}", "GET /proches/code",
         "GET /proches/fin", "GET /proches/representants/fin", "GET /proches/representants/retrait"), NOTHING,
    ),
    **dict.fromkeys(
        ("GET /parametres/codes-acces", "GET /parametres/codes-acces/annuler", "GET /parametres/codes-acces/fin"),
        NOTHING,
    ),
    **dict.fromkeys(
        ("GET /parametres/droits", "GET /parametres/droits/demandes", "GET /parametres/droits/medecin",
         "GET /parametres/droits/acces", "GET /parametres/droits/signaler", "GET /parametres/plus-tard",
         "GET /parametres/plus-tard/tout-voir"), NOTHING,
    ),
    "POST /parametres/plus-tard": ("documents.delay-chosen",),
    "POST /parametres/plus-tard/tout-voir": NOTHING,  # nothing waits; `test_display_delays` has the other case
    "POST /parametres/droits/acces": ("request.made",),
    "POST /parametres/droits/signaler": ("request.made",),
    "POST /parametres/droits/medecin": ("request.made",),
    "POST /parametres/droits/demandes": ("request.made", "request.withdrawn"),
    **dict.fromkeys(
        ("GET /parametres/aidants", "GET /parametres/aidants/inviter", "GET /parametres/aidants/{aidant}",
         "GET /parametres/aidants/{aidant}/fin"), NOTHING,
    ),
    "GET /proches/preuves/{mandat}": NOTHING,  # its line is the other person's
    "GET /parametres/aidants/{aidant}/preuve": ("mandate.proved",),
    "POST /parametres/aidants/inviter": ("mandate.offered",),
    "POST /parametres/aidants/{aidant}": ("mandate.changed",),
    "POST /parametres/aidants/{aidant}/fin": ("mandate.withdrawn",),
    "POST /parametres/codes-acces": ("access-code.made",),
    "POST /parametres/codes-acces/annuler": ("access-code.cancelled", "access-code.made"),
    "POST /parametres/codes-acces/fin": ("access-code.made", "opening.ended"),
    "POST /partage": ("share.made", "synthesis.made"),
    "POST /partage/fin": ("share.ended", "share.made", "synthesis.made"),
    "GET /profil/synthese": NOTHING,
    "GET /profil/synthese/pdf": ("synthesis.made",),
    "GET /profil/carte-urgence": ("emergency-card.read",),
    "GET /profil/carte-urgence/pdf": ("emergency-card.made",),
    "POST /profil/synthese": ("synthesis.chosen", "synthesis.made"),
    "GET /profil/{rubrique}": ("profile.listed",),
    "GET /profil/{rubrique}/ajouter": NOTHING,
    "GET /profil/{rubrique}/{fiche}": ("profile.read", "profile.listed"),
    "GET /profil/{rubrique}/{fiche}/liens": ("profile.listed", "documents.listed"),
    "GET /documents/{document}/liens": ("profile.listed",),
    "POST /documents/{document}/liens": ("profile.changed",),
    "POST /profil/{rubrique}/{fiche}/liens": ("profile.changed",),
    "GET /profil/{rubrique}/{fiche}/correction": NOTHING,
    "POST /profil/{rubrique}/{fiche}/correction": ("request.made",),
    "POST /profil/premiere-visite": ("profile.first-visit-ended",),
    "POST /profil/{rubrique}": NOTHING,  # there is something already; `test_profile` has the other case
    "POST /profil/{rubrique}/ajouter": ("profile.added",),
    "POST /profil/{rubrique}/{fiche}": ("profile.deleted",),
    "GET /nouveautes": ("happenings.listed",),
    "GET /documents": ("documents.listed",),
    "GET /historique": ("trace.read",),
    "GET /historique/fichier": ("trace.exported",),
    "GET /historique/journal": ("trace.proof",),
    "GET /historique/preuve": NOTHING,
    "GET /agenda": ("agenda.listed",),
    "GET /agenda/{entry}": ("agenda.read",),
    "GET /agenda/{entry}/modifier": ("agenda.read", "documents.listed"),
    "GET /agenda/nouveau": ("documents.listed",),
    "GET /documents/{document}": ("document.read",),
    "GET /documents/{document}/fichiers/{which}": ("document.opened",),
    "GET /documents/{document}/images": ("document.opened",),
    "GET /documents/{document}/images/{scan}/{image}": ("document.opened",),
    "GET /documents/{document}/pixels/{scan}/{image}": ("document.opened",),
    "GET /documents/{document}/ouvrir/{which}": ("document.opened",),
    "GET /resultats": ("results.listed",),
    "GET /resultats/{examination}": ("results.read",),
    "GET /resultats/{examination}/csv": ("results.read",),
    "GET /resultats/{examination}/fhir": ("results.read",),
    # Changed.
    "POST /documents/ajouter": ("document.added",),
    "POST /documents/garder/{message}/{section}": ("attachment.opened", "document.added"),
    "GET /documents/garder/{message}/{section}": NOTHING,
    "POST /documents/{document}/titre": ("document.renamed",),
    "POST /documents/{document}/epingle": ("document.pinned",),
    "POST /documents/{document}/visibilite": ("document.hidden",),
    "POST /documents/{document}/dossier": NOTHING,  # into none, in which it is
    "POST /documents/dossiers": ("folder.added",),
    "POST /parametres/documents": ("documents.default",),
    "GET /parametres/confidentialite": NOTHING,
    "POST /parametres/confidentialite": ("access.allowed",),
    "GET /parametres/confidentialite/urgences": NOTHING,
    "POST /parametres/confidentialite/urgences": ("access.emergency-consents",),
    "GET /parametres/confidentialite/apercu": NOTHING,
    "GET /parametres/confidentialite/refus": NOTHING,
    "POST /parametres/confidentialite/refus": ("access.emergency-consents",),
    "GET /documents/{document}/qui-voit": NOTHING,
    "GET /documents/{document}/correction": NOTHING,
    "POST /documents/{document}/correction": ("request.made",),
    "POST /documents/{document}/qui-voit": ("document.hidden-from",),
    "POST /messages/{conversation}/reponse": ("message.sent",),
    "POST /messages/nouveau": ("message.sent",),
    "POST /agenda/nouveau": ("agenda.added",),
    "POST /agenda/prevention": ("prevention.chosen",),
    "GET /agenda/abonnement": NOTHING,
    "GET /agenda/abonnement/fin": NOTHING,
    "POST /agenda/abonnement": ("agenda.link-made",),
    "POST /agenda/abonnement/fin": ("agenda.link-ended", "agenda.link-made"),
    "GET /calendrier/{secret}.ics": ("agenda.link-made", "agenda.listed"),
    "POST /agenda/{entry}/modifier": ("agenda.changed", "agenda.read"),
    "POST /agenda/{entry}/suite": ("agenda.cancelled",),
    "POST /agenda/{entry}/suppression": ("agenda.removed",),
    "POST /agenda/{entry}/reponse": NOTHING,  # nobody waits for it; `test_calendars_by_mail` has the other case
    "POST /mes-donnees": ("export.asked",),
    "POST /mes-donnees/cle": NOTHING,
    "POST /mes-donnees/suppression": NOTHING,
    "POST /messages/tout-lu": ("messages.marked-read",),
    "POST /parametres/notifications": ("notices.chosen",),
    "POST /nouveautes": ("happenings.marked-read",),
    "POST /aide": ("help.asked",),
    "POST /parametres/fermer": ("space.closed",),
    "POST /parametres/effacer": ("space.closed",),
    "POST /parametres/effacer/code": ("erasure.code",),
    "POST /parametres/effacer/valider": ("erasure.code",),
    "POST /parametres/effacer/maintenant": ("space.erasure_requested",),
    "POST /connexion": ("sign-in.code",),
    "POST /reconnexion": NOTHING,
    "POST /connexion/code": ("sign-in",),
    "POST /deconnexion": ("sign-out",),
    # These add a passkey first; the browser had a session before.
    "POST /connexion/cle": ("passkey.added", "sign-in", "sign-in.new-device", "sign-out"),
    "POST /parametres/securite/cles/nom": ("passkey.added", "passkey.renamed"),
    "POST /parametres/securite/cles/retirer": ("passkey.added", "passkey.removed"),
    "POST /parametres/securite/confirmation/cle": ("passkey.added",),
    "POST /parametres/securite/cles": ("passkey.added",),
    "POST /parametres/securite/confirmation": NOTHING,
    "POST /parametres/securite/sessions": ("session.ended",),
    "POST /parametres/securite/mot-de-passe": ("password.changed",),
    "POST /parametres/securite/identifiant": ("identifier.changed",),
    "POST /nouveau-mot-de-passe": ("password.changed",),
    # What was asked for is looked up by a step (`test_recovery.py`).
    "POST /mot-de-passe-oublie": NOTHING,
    "POST /identifiant-oublie": NOTHING,
    # Neither: names of correspondents, counts, a redirection, fixed texts, a cookie of the browser's own, files of the
    # program.
    "GET /messages/nouveau": NOTHING,
    "GET /documents/ajouter": NOTHING,
    "GET /documents/{document}/titre": ("document.read",),
    "GET /documents/dossiers": NOTHING,
    "GET /documents/telecharger": NOTHING,
    "POST /documents/telecharger": ("document.opened",),
    "GET /documents/signales": NOTHING,
    "GET /documents/{document}/pas-le-mien": ("document.read",),
    "POST /documents/{document}/pas-le-mien": ("document.doubted",),
    "GET /documents/{document}/reprendre": NOTHING,
    "GET /parametres/documents": NOTHING,
    **dict.fromkeys(
        (f"GET /documents/{{document}}/{name}" for name in ("epingle", "visibilite", "dossier", "suppression")), NOTHING
    ),
    "GET /messages/tout-lu": NOTHING,
    "GET /evenements": NOTHING,
    "GET /cle-des-archives.pem": NOTHING,
    "GET /mes-donnees": NOTHING,
    "GET /mes-donnees/cle": NOTHING,
    "GET /mes-donnees/archive": NOTHING,
    "GET /messages/{conversation}/reponse": NOTHING,
    "GET /parametres/securite": NOTHING,
    "GET /parametres/securite/confirmation": NOTHING,
    "GET /parametres/securite/coordonnees": NOTHING,
    "GET /parametres/securite/coordonnees/changer": NOTHING,
    "POST /parametres/securite/coordonnees/changer": ("contact.code",),
    "POST /parametres/securite/coordonnees/valider": ("contact.changed",),
    "POST /parametres/securite/coordonnees/retirer": ("contact.removed",),
    "GET /parametres/securite/mot-de-passe": NOTHING,
    "GET /parametres/securite/identifiant": NOTHING,
    "GET /mot-de-passe-oublie": NOTHING,
    "GET /identifiant-oublie": NOTHING,
    "GET /demande-envoyee": NOTHING,
    "GET /nouveau-mot-de-passe": NOTHING,
    "GET /nouveau-mot-de-passe/fait": NOTHING,
    "GET /connexion": NOTHING,
    "GET /connexion/code": NOTHING,
    "GET /parametres": NOTHING,
    "GET /parametres/notifications": NOTHING,
    "GET /aide": NOTHING,
    "GET /vrai-message": NOTHING,
    "GET /plan": NOTHING,
    "GET /accessibilite": NOTHING,
    "GET /aide/accompagner": NOTHING,
    "GET /parametres/fermer": NOTHING,
    "GET /parametres/effacer": NOTHING,
    "GET /parametres/effacer/code": NOTHING,
    "GET /espace-ferme": NOTHING,
    "POST /espace-ferme": NOTHING,  # of a space that is open; `test_leaving` has the other case
    "GET /espace-ferme/preuve": NOTHING,
    "GET /conditions": NOTHING,
    "GET /nouvelles-conditions": NOTHING,
    "POST /nouvelles-conditions": NOTHING,  # of somebody who has accepted them; `test_own_terms` has the other case
    "POST /nouvelles-conditions/lecture": NOTHING,
    "GET /parametres/conditions": NOTHING,
    "GET /conditions/{version}": NOTHING,
    **dict.fromkeys(ACTIVATION_SHOWN, NOTHING),
    **ACTIVATION_DONE,
    "POST /apparence": NOTHING,
    "GET /static/{name}": NOTHING,
    "GET /favicon.ico": NOTHING,
    "GET /decouvrir": NOTHING,
}
FACE = {
    "GET /fhir/DocumentReference": ("documents.listed",),
    "GET /fhir/DocumentReference/{id}": ("document.read",),
    "GET /fhir/Observation": ("results.read",),
    "GET /fhir/Observation/{id}": ("results.read",),
    "GET /fhir/Binary/{id}": ("document.opened",),
    "GET /fhir/metadata": NOTHING,  # says what the server does, to anybody
}
OF_OWN = {
    "POST /documents/{document}/suppression": NOTHING, "POST /documents/dossiers/suppression": NOTHING,
    "POST /documents/{document}/reprendre": NOTHING,
    **dict.fromkeys(
        ("POST /proches/code", "GET /proches/representants", "POST /proches/representants",
         "POST /proches/fin", "POST /proches/representants/fin", "POST /proches/representants/retrait"), NOTHING,
    ),
}  # fmt: skip
"""Of what the patient added, made or doubted, and of whoever acts for another: `test_document_keeping`,
`test_doubted_documents`, `test_web_family` and `test_web_mandate_ends` have them."""
PASSKEY_FIRST = ("/connexion/cle", *(f"/parametres/securite/{one}" for one in (
    "cles/nom", "cles/retirer", "confirmation/cle",
)))  # fmt: skip
LINK = "lien-de-camille"
WITH_FILES = ("/mes-donnees/cle", "/documents/ajouter")
TYPED = {
    "session": "autres", "identifiant": IDENTIFIER, "numero": "279035121518989", "naissance": "15/01/1950",
    "lien": LINK, "mot_de_passe": "Bougie-Torrent-Velours-3", "encore": "Bougie-Torrent-Velours-3",
}  # fmt: skip
"""What the forms around signing in ask for."""
AN_ENTRY = {"titre": "Contrôle", "jour": "2026-03-09", "version": "1", "geste": "annuler", "entree": "1234",
            "conseil": "colorectal", "choix": "fait"}  # fmt: skip
ASKED = {
    "plus-tard": {"delai-biologie": "7"},
    "correction": {"corriger": "La date est fausse."},
    "signaler": {"qui": "X", "recit": "Il lit tout."},
    "acces": {"nom": "Petit", "prenom": "Anne", "lien": "heir", "motif": "Un deuil."},
}
"""What forms about one's rights ask for, by the last part of their path."""
SIGNING_IN = ("POST /connexion", "POST /connexion/code")
CONFIRMED = (
    "POST /parametres/effacer/valider", "POST /parametres/effacer/maintenant",
    "POST /parametres/securite/coordonnees/valider",
)  # fmt: skip
"""They need what came by the step before, and one takes the trace with it (`test_leaving`, `test_own_contacts`)."""


@dataclass(frozen=True)
class Watched:
    """Both faces over the real services, Camille's browser and token, and something of everything to read."""

    site: PatientSite
    app: web.Application
    browser: Browser
    bearer: str
    names: dict[str, str]

    async def actions(self) -> list[str]:
        """Give the actions of the whole trace, oldest first."""
        events = await self.site.at.store.read(lambda tx: tx.audit.events(self.site.camille.vault))
        return [event.action for event in reversed(events)]

    async def ask(self, route: str) -> Answer:
        """Go through a route as whoever uses it does."""
        method, _, path = route.partition(" ")
        for name, value in self.names.items():
            path = path.replace(f"{{{name}}}", value)
        if path.startswith("/profil/") and path.endswith("/correction"):
            await self.site.confirm_allergy(int(self.names["fiche"], 16))
        if path.startswith("/fhir/"):
            path = path.replace("{id}", self.names["document"] + self.names.get(path.split("/")[2], ""))
            return await self.browser.get(path, Authorization=f"Bearer {self.bearer}")
        if path == "/evenements":
            path += "?depuis=-"  # a stream that ends at once
        if path == "/nouveau-mot-de-passe":
            path += f"?lien={LINK}"
        if path.startswith("/calendrier/"):
            secret = await self.site.pages.make_link(self.site.actor, says_all=False, seen=await self._links())
            path = f"/calendrier/{secret}.ics"
        known = await self.site.services.care_circle.known(self.site.person.actor)
        if path.endswith("/apercu"):
            path += f"?professionnel={known[0].reference}"
        if method == "GET":
            return await self.browser.get(path)
        fields = {"csrf": await self.browser.token(), "texte": "Merci.", "theme": "dark"}
        fields |= {"jusque": "1", "courriel": "c@exemple.example"} | TYPED
        fields |= await self._of_passkeys(path)
        if path == "/agenda/abonnement":
            fields["vus"] = " ".join(await self._links())
        if path == "/agenda/abonnement/fin":
            await self.site.pages.make_link(self.site.actor, says_all=False, seen=await self._links())
            fields["abonnement"] = (await self.site.pages.links(self.site.actor))[0].name
        if path.startswith("/partage"):
            fields |= {"allergies": "1"}
        if path == "/partage/fin":
            await self.site.pages.share(self.site.actor, [SynthesisPart.ALLERGIES], LinkLife.HOUR, ORIGIN)
            fields["partage"] = (await self.site.pages.shared_links(self.site.actor))[0].name
        if path.startswith("/parametres/aidants/"):
            fields |= A_CARER | {"dernier_jour": "2026-04-01"}
        if path.startswith("/parametres/codes-acces/"):
            fields |= await self._open_to_somebody()
        fields |= ASKED.get(path.rpartition("/")[2], {})
        if path in ("/parametres/droits/medecin", "/parametres/droits/demandes"):
            fields |= await self._asked_of_a_doctor(path)
        if path.startswith("/parametres/confidentialite"):
            fields |= {"professionnel": known[0].reference, "choix": "autoriser", "services": "1"}
            fields |= {"refus": "urgence", "urgence": "break-glass"}
        if path.startswith("/agenda/"):
            fields |= AN_ENTRY
        if path == "/proches/agir":
            await self.site.pages.certify(self.site.actor, self.names["proche"])
        fields |= {"personne": self.names["proche"], "certifie": "1"}
        if path.endswith("/liens"):
            of_entry = path.startswith("/profil/")
            fields["cible"] = "mesure:poids" if of_entry else f"allergies:{self.names['fiche']}"
        if path.startswith("/parametres/securite/"):
            fields |= {"mot_de_passe": PASSWORD, "nouveau": fields["encore"], "identifiant": "galet.brume"}
        if path.startswith("/parametres/securite/coordonnees/"):
            fields |= {"voie": "email", "contact": "camille@autre.example"}
        if path == "/messages/nouveau":
            chosen = re.search(r'<option value="(\w{32})"', (await self.browser.get(path)).text)
            fields |= {"objet": "Une question", "a": chosen[1] if chosen else ""}
        if path == "/profil/mesures/suivis":
            return await self.browser.post(path, fields | {"suivi": "diabete", "geste": "suivre"})
        if path.startswith("/profil/"):
            fields |= {"geste": "finir" if "visite" in path else "supprimer", "version": "1", "rien": "non"}
            fields |= {"fiche": "2a", "nom": "Arachide", "allergies": "1"}
        if path.startswith("/profil/mesures/"):
            fields |= {"entree": "2b", "valeur": "72", "jour": "2026-03-01", "a": "72"}
            fields |= {"version": "0"} if path.endswith("/objectif") else {}
        has_files = path in WITH_FILES or (path.startswith("/messages/") and path != "/messages/tout-lu")
        if path.startswith("/documents/") or path == "/parametres/documents":
            fields |= {"titre": "Le mien", "choix": "cacher" if path.startswith("/parametres") else "oui"}
            fields |= {"lesquels": "tout"}
            fields |= {"nom": "Genou"} if path == "/documents/dossiers" else {"dossier": ""}
        if path.endswith("/qui-voit"):
            fields |= {"choix": "cacher", "professionnel": known[0].reference}
        form = FormData(fields | {"categorie": "autres"}, default_to_multipart=has_files)
        if path in WITH_FILES:
            form.add_field("fichier", A_KEY if path.endswith("/cle") else b"Mes vaccins.", filename="vaccins.txt")
        return await self.browser.post(path, form)

    async def _asked_of_a_doctor(self, path: str) -> dict[str, str]:
        question = {"adresse": str(PAUL.address), "documents": "Mon dossier."}
        if path.endswith("/medecin"):
            return question
        await self.browser.post("/parametres/droits/medecin", question | {"csrf": await self.browser.token()})
        (request,) = await self.site.pages.own_requests(self.site.actor)
        return {"demande": f"{request.number:x}", "acte": "retirer"}

    async def _open_to_somebody(self) -> dict[str, str]:
        await self.site.pages.make_access_code(self.site.actor, CodeLife.HOUR, OpenFor.DAY)
        now = self.site.at.clock.now()
        claire = replace(self.site.actor, identifiers=frozenset({"mail:claire@x.example"}))
        ends = now + timedelta(hours=1)
        await self.site.at.store.write(lambda tx: opened(tx, claire, OpenedBy.BREAK_GLASS, now, ends, "garde"))
        given = await self.site.pages.given_accesses(self.site.actor)
        return {"code": given.codes[0].name, "acces": given.openings[0].name}

    async def _links(self) -> frozenset[str]:
        return frozenset(one.name for one in await self.site.pages.links(self.site.actor))

    async def _of_passkeys(self, path: str) -> dict[str, str]:
        own, actor = self.site.services.own_passkeys, self.site.person.actor
        session = self.browser.cookies[SESSION_COOKIE]
        device, options = SoftPasskey(), await own.ask_new(actor, session, ORIGIN)
        answer = device.made(options)
        if path == "/parametres/securite/cles":
            return {"reponse": answer}
        if path in PASSKEY_FIRST:
            await own.add(actor, answer, session, ORIGIN, "")
        if path == "/connexion/cle":
            self.browser.cookies[VISIT_COOKIE] = "visit"
            return {"reponse": device.answered(self.site.services.passkeys.ask("visit", ORIGIN))}
        if path == "/parametres/securite/confirmation/cle":
            return {"reponse": device.answered(own.ask_proof(session, ORIGIN))}
        if path in PASSKEY_FIRST:
            return {"cle": own.reference_of((await own.mine(actor))[0]), "nom": "Tablette"}
        return {}


@pytest.fixture
async def watched(ram: Path) -> AsyncIterator[Watched]:
    """Camille has a letter with HTML and a file, and a document with a result."""
    async with patient_site(ram, policy=PolicySettings(patient_replies=PatientReplies.CONTACT)) as site:
        sessions, settings = site.stored_sessions, WebSettings(origin=ORIGIN)
        face = fhir_api.make_app(
            fhir_api.FhirServices(
                store=site.at.store,
                clock=site.at.clock,
                sign_ins=site.sign_ins,
                queries=site.queries,
                documents=site.documents,
            ),
            ORIGIN,
        )
        app = make_app(everywhere(site.pages), sessions, site.at.clock, settings, beside={"/fhir/": face})
        letter = await site.receive(a_letter(CLAIRE, html="<p>Bonjour</p>", files=(("a.pdf", PDF),)))
        aspect = LabResult(label="Aspect", value=ResultValue(kind=ValueKind.ABSENT))
        document = await site.file([aspect, POTASSIUM], scans=sample_scan()[:1])
        await site.patients.set_password(site.camille.vault, IDENTIFIER, PASSWORD)
        space = await site.at.store.read(lambda tx: tx.spaces.space(site.camille.vault))
        await site.at.store.write(lambda tx: tx.spaces.save(replace(space, phone="+33600000012")))
        now = site.at.clock.now()
        link = Session(
            digest=digest_of(LINK), vault=site.camille.vault, kind="reset", created=now, used=now, expires=now
        )
        await site.at.store.write(lambda tx: tx.spaces.save_session(link))
        token = await Sessions(sessions, site.at.clock, settings).open(site.person)
        bearer = await issue_token(site.at.store, site.at.clock, site.camille.vault, timedelta(days=1))
        entry = await an_entry(site)
        other, until = await a_child(site.at.store), now + timedelta(days=90)
        held = await a_mandate(site.at.store, other, site.camille, MandateKind.CARER, until=until)
        names = {
            "conversation": f"{letter:x}", "message": f"{letter:x}", "section": "2", "name": "pli.css",
            "document": f"{document.id:x}", "which": "pdf", "version": terms_of_today(), "Observation": "-0",
            "scan": "media-1", "image": "1",
            "Binary": "-pdf", "entry": f"{entry.id:x}", "rubrique": "allergies",
            "fiche": f"{(await site.write_allergy()).id:x}",
            "mandat": f"{held.number:x}",
            "aidant": f"{(await a_carer_asked(site.at.store, site.camille)).number:x}",
            "proche": f"{(await a_child(site.at.store, site.camille)).vault:x}",
            "proposition": f"{await site.propose_weight():x}",
            "mesure": "poids", "releve": f"{(await site.write_weight()).id:x}",
            "examination": f"{examination_number(site.camille.vault, loinc_key(POTASSIUM.code)):x}",
        }  # fmt: skip
        async with TestServer(app) as server, ClientSession(cookie_jar=DummyCookieJar()) as client:
            browser = Browser(client, str(server.make_url("/"))[:-1], MemorySessions(), {SESSION_COOKIE: token})
            yield Watched(site, app, browser, bearer, names)


def _routes(app: web.Application) -> set[str]:
    """Name every route, those beside the pages included; HEAD goes the way of GET."""
    routes = [route for route in app.router.routes() if route.resource and route.method != "HEAD"]
    named = {f"{route.method} {route.resource.canonical}" for route in routes if route.resource}
    # The sample space has no store to leave a trace in: `tests/dialogs/webmail/test_web_guest.py`.
    return {name for name in named if " /decouvrir/" not in name}


def test_every_route_has_been_decided(watched: Watched) -> None:
    assert _routes(watched.app) == PAGES.keys() | FACE.keys() | OF_OWN.keys()


@pytest.mark.parametrize(
    "route", [route for route in (*PAGES, *FACE) if route not in (*SIGNING_IN, *CONFIRMED, *ACTIVATION_DONE)]
)
async def test_route_leaves_its_lines(watched: Watched, route: str) -> None:
    before = await watched.actions()
    answer = await watched.ask(route)
    assert answer.status < 400 or route == "GET /evenements"
    assert sorted((await watched.actions())[len(before) :]) == sorted((PAGES | FACE)[route])


async def test_signing_in_leaves_its_lines(watched: Watched) -> None:
    watched.browser.cookies.clear()
    before, form = await watched.actions(), {"identifiant": IDENTIFIER, "mot_de_passe": PASSWORD}
    token = await watched.browser.token("/connexion")
    await watched.browser.post("/connexion", {"csrf": token} | form)
    now = watched.site.at.clock.now()
    steps = await watched.site.at.store.write(lambda tx: tx.outbox.lease(now, now, 50, holder=A_WORKER))
    (code,) = [step.payload.code for step in steps if isinstance(step.payload, SendCode)]
    wrong = await watched.browser.post("/connexion/code", {"csrf": token, "code": "x"})
    assert wrong.status == 403
    assert (await watched.browser.post("/connexion/code", {"csrf": token, "code": code})).location == "/"
    assert (await watched.actions())[len(before) :] == [
        "sign-in.code", "sign-in.code", "sign-in", "sign-in.new-device",
    ]  # fmt: skip
    events = await watched.site.trace("sign-in.code")
    assert [(event.actor, event.outcome) for event in events] == [("unknown", "wrong"), ("unknown", "sent")]


async def test_line_names_what_was_opened_and_says_nothing_of_it(watched: Watched) -> None:
    await watched.ask("GET /messages/{message}/mise-en-forme")
    (event,) = await watched.site.trace("message.read")
    assert (event.role, event.objects, event.detail) == ("patient", (f"message:{watched.names['message']}",), "html")


async def test_refused_reply_leaves_its_line(watched: Watched) -> None:
    await watched.site.receive(a_letter(CLAIRE, subject="[FIN]"))
    assert (await watched.ask("POST /messages/{conversation}/reponse")).status == 409
    assert [event.outcome for event in await watched.site.trace("message.sent")] == ["POL-23"]
