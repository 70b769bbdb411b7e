"""Walk the first journey with ordinary clients and say what happens: result, filing, receipt, reading, reply."""

import asyncio
import imaplib
import re
import ssl
import time
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from gateway.demonstration.browser import Browser
from gateway.demonstration.invented_people import FATHER
from gateway.demonstration.lives.told_lives import LIVES
from gateway.demonstration.people_around import PASSWORD, Around
from gateway.demonstration.swaks_letter import swaks_command
from gateway.demonstration.world import Line

Say = Callable[[str], None]
_ANSWER = "Bonjour docteur, je me sens bien, merci. Le traitement passe mieux depuis une semaine.\n"
_CONVERSATION = re.compile(r'href="(/messages/[0-9a-f]+)"[^>]*>(?:(?!</a>).)*?Claire Martin', re.DOTALL)
_DOCUMENT = re.compile(r'href="(/documents/[0-9a-f]+)"')
_RESULT = re.compile(r'data-loinc="([^"]*)"[^>]*data-value="([^"]*)"[^>]*data-unit="([^"]*)"')


async def walk(line: Line, say: Say, around: Around, *, stays: bool) -> None:
    """Show the journey, then how to go on when the world `stays`; raises when a step does not go as it should."""
    began = time.monotonic()

    def done(text: str) -> None:
        say(f"  ✓ {text}  ({time.monotonic() - began:.1f} s)")

    say("\nUn résultat de laboratoire arrive chez sa patiente, qui répond à son médecin.\n")
    done("le Laboratoire des Lilas a envoyé un résultat par SMTP, avec son certificat")
    done("le message a été accepté, l'identité vérifiée, le document classé au dossier")
    receipt = await asyncio.to_thread(_newest, line, line["laboratories"][0])
    done(f"le laboratoire a reçu son accusé : « {receipt['Subject']} »")
    await _as_patient(line, done)
    answer = await asyncio.to_thread(_newest, line, line["professionals"][0])
    done(f"Dr Claire Martin lit la réponse dans sa messagerie : « {_first_line(answer)} »")
    if stays:
        say(_invitation(line, around))


async def _as_patient(line: Line, done: Say) -> None:
    patient = line["patients"][0]
    async with Browser(line["web"], line["ca_file"]) as browser:
        await browser.sign_in(patient["identifier"], patient["password"], Path(line["outbox_dir"]))
        done("Camille s'est connectée : identifiant, mot de passe, code à usage unique")
        documents = await browser.get("/documents")
        document = await browser.get(_found(_DOCUMENT, documents))
        done(f"Camille lit son compte rendu : {len(_RESULT.findall(document))} résultats, avec leurs intervalles")
        path = _found(_CONVERSATION, await browser.get("/messages"))
        await browser.submit(await browser.get(path), f"{path}/reponse", {"texte": _ANSWER})
        done("Camille répond à son médecin, qui lui avait écrit")


def _found(pattern: "re.Pattern[str]", page: str) -> str:
    found = pattern.search(page)
    if found is None:
        raise LookupError(f"the page does not show what the journey looks for: {pattern.pattern}")
    return found[1]


def _newest(line: Line, who: Line) -> EmailMessage:
    """Wait for mail in a mailbox and read the newest, as a mail client does."""
    context = ssl.create_default_context(cafile=line["ca_file"])
    with imaplib.IMAP4_SSL("localhost", line["imap"]["port"], ssl_context=context, timeout=15) as client:
        client.login(who["imap_user"], who["imap_password"])
        for _ in range(100):
            count = int((client.select("INBOX", readonly=True)[1][0] or b"0").decode())
            if count:
                _, data = client.fetch(str(count), "(BODY.PEEK[])")
                raw = next(item[1] for item in data if isinstance(item, tuple))
                message = message_from_bytes(raw, policy=policy.default)
                assert isinstance(message, EmailMessage)  # noqa: S101 - what this policy makes
                return message
            time.sleep(0.1)
    raise TimeoutError("no mail arrived")


def _first_line(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    return body.get_content().strip().splitlines()[0] if body else ""


def _accounts(line: Line) -> str:
    """List who may sign in, and what of their lives is worth looking at."""
    passwords = {patient["address"]: patient["password"] for patient in line["patients"] if "password" in patient}
    return "\n".join(
        f"                   {life.patient.identifier}, {passwords[life.patient.address]} : {life.worth}"
        for life in LIVES
    )


def _born(patient: Line) -> str:
    return "/".join(reversed(patient["birth_date"].split("-")))


def _around(line: Line, around: Around) -> str:
    """Say what to try as a parent, a carer, a professional at the console and an agent."""
    cards = "\n".join(f"                   carte de {name} : {file}" for name, file in around.cards.items())
    (agent,), louis = line["agents"], line["patients"][1]
    told = next(item for item in line["patients"] if "provisional_code" in item)
    return f"""  en famille       Camille et Julien ont des jumeaux, Noé et Zoé
                   Julien : {FATHER.identifier}, {FATHER.password}
                   sous le nom, « Mes proches » : « Agir pour Noé », puis « Activer ou répondre » pour Zoé
                   Lina aide Louis : « Agir pour Louis » ; elle n'a pas reçu ses documents
  console          {line["web"]}pro/ : « Utiliser ma carte »
                   importez-la d'abord dans le navigateur ; le mot de passe est {PASSWORD}
{cards}
                   Dr Claire Martin suit Camille : « Paramètres », « Donner un code d'accès »
                   Karim Haddad, kinésithérapeute : Louis l'a autorisé à lire son ordonnance
                   « Ouvrir un dossier » : numéro {louis["ins"]}, né le {_born(louis)}
                   chacun lit ensuite qui est venu : « Historique d'activité »
  agent            {line["web"]}agent/ : {agent["name"]}, par son certificat
                   importez-le d'abord, le mot de passe est {PASSWORD} : {around.agent_card}
                   « Chercher une personne » : numéro {told["ins"]}, né le {_born(told)}"""


def _invitation(line: Line, around: Around) -> str:
    patient, doctor = line["patients"][0], line["professionals"][0]
    laboratory = next(item for item in line["laboratories"] if item["operator"] == "local")
    token = patient["token"]
    told = next(item for item in line["patients"] if "provisional_code" in item)
    name = f"{told['given_names'][0].title()} {told['birth_name'].title()}"
    fhir = f"curl --cacert '{line['ca_file']}' -H 'Authorization: Bearer {token}' {line['fhir']}Observation"
    return f"""
À vous :
  espace patient   {line["web"]}
                   identifiant, mot de passe : ce qui mérite un coup d'œil
{_accounts(line)}
                   les codes et les liens s'affichent ci-dessous et arrivent dans {line["outbox_dir"]}
  activation       {name} a reçu sa lettre : {line["web"]}activation
                   numéro de sécurité sociale {told["ins"]}, né le {_born(told)}
                   carte Vitale {told["card_serial"]}, code de la lettre {told["provisional_code"]}
                   puis « J'active » (identifiant et mot de passe au choix) ou « Je m'oppose »
{_around(line, around)}
  à essayer aussi  sans se connecter : « Découvrir sans compte », « Mot de passe oublié », « Aide »
                   connecté : « Nouveautés » (la cloche) ; sous le nom, « Paramètres » (sécurité, fermer, effacer)
  messagerie       localhost, IMAP {line["imap"]["port"]} et SMTP {line["smtp_submission"]["port"]} (TLS)
                   {doctor["imap_user"]}, mot de passe {doctor["imap_password"]}
  laboratoire      écrit à {patient["address"]}, SMTP localhost {line["smtp_relay"]["port"]} (STARTTLS)
                   certificat {laboratory["cert_file"]}
                   clé {laboratory["key_file"]}
                   {swaks_command(line)}
  FHIR             {fhir}
  autorité         {line["ca_file"]} (à accepter dans le navigateur et la messagerie)

Ctrl-C pour arrêter.
"""
