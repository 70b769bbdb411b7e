"""A receipt that a form writes is that of `compose_mdn`, and its records are those of a scan, whatever it says."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from gateway.domain.address import MailAddress
from gateway.domain.directory import DirectoryEntry, MailboxKind
from gateway.domain.filing_outcome import LABELS
from gateway.domain.mime import Mailbox, Mdn, MdnForm, compose_mdn, scan_message
from gateway.services.delivery.message_records import records_of
from gateway.services.delivery.receipt_forms import ReceiptForms

POSTMASTER = MailAddress.parse("postmaster@pli.test")
PLAIN = Mdn(
    from_=Mailbox.at(POSTMASTER, "Pli"),
    to=Mailbox.of("labo@labo.test"),
    message_id="<1.recu@pli.test>",
    date=datetime(2026, 11, 30, 4, 5, 6, tzinfo=UTC),
    original_subject="XDM/1.0/DDM+1.2.250",
    original_message_id="<1@labo.test>",
    final_recipient="279035121518989@patient.test",
    text="Les documents de votre message ont été intégrés au dossier du patient.\n",
    reporting_ua="pli.test; Pli",
)
SUBJECTS = (
    "", " ", "Résultats", "XDM/1.0/DDM+" + "9." * 90, "a" * 500, "é" * 400, "=?utf-8?Q?pi=C3=A9ge?=",
    "100 % %d %b (\\ \")", "l'été\tà\r\n la  mer", "\N{GRINNING FACE}" * 60, "\ud800 seul", "<ClinicalDocument xmlns",
    "RE: TR: Bilan", "a\x00b\x7f",
)  # fmt: skip
SENDERS = (
    PLAIN.to, Mailbox.of("a@b.fr", "Labo « Été »"), Mailbox.of("Labo.Des-Lilas+1@" + "d" * 60 + ".test", "Nom, Prénom"),
    Mailbox(name="", local="deux mots", domain="labo.test"), Mailbox.of("o'neil@x.test", "100 %d"),
)  # fmt: skip
TEXTS = (
    PLAIN.text, "court", "", "100 %d\n" * 30, "é" * 3000, "De : moi\n> cité\n-- \nsignature",
    "Le patient ne les voit pas encore. Présentez-les-lui avant le 3 décembre 2026, où il les verra.\n",
)  # fmt: skip
IDS = ("<1@labo.test>", "<" + "x" * 300 + "@labo.test>", "<ClinicalDocument@x>", "<%d%b%%@labo.test>", None)
ENTRY = DirectoryEntry(
    address=POSTMASTER, kind=MailboxKind.APPLICATION, identifier="75", name="Messagerie « Pli »", profession="Opérateur"
)


def receipts() -> list[Mdn]:
    """Make receipts of every outcome, each with some of everything that may stand in one."""
    chance = random.Random(11)
    verdicts: list[dict[str, Any]] = [{}, {"title": "Retenu"}, {"disposition": "displayed", "automatic": False}]
    verdicts += [{"error_code": code, "error_text": f"{label} : à cause d’un %s"} for code, label in LABELS.items()]
    verdicts += [{"warnings": ("906^scanné.pdf: illisible", "906^b: trop grand")}, {"original_recipient": "x@y.test"}]
    made = []
    for number in range(240):
        zone = timezone(timedelta(minutes=chance.choice((0, 60, -210))))
        mdn = replace(
            PLAIN,
            to=chance.choice(SENDERS),
            message_id=f"<{number * chance.getrandbits(60):x}.recu@pli.test>",
            date=PLAIN.date.astimezone(zone) + timedelta(hours=chance.randrange(10_000)),
            original_subject=chance.choice(SUBJECTS),
            original_message_id=chance.choice(IDS),
            final_recipient=chance.choice(("27903@patient.test", "p" * 200 + "@patient.test", "é@patient.test")),
            text=chance.choice(TEXTS),
        )
        made.append(replace(mdn, **verdicts[number % len(verdicts)]))
    return made


@pytest.mark.parametrize("entry", [None, ENTRY])
def test_receipts_by_form_are_as_composed_and_scanned(entry: DirectoryEntry | None) -> None:
    forms = ReceiptForms()
    for mdn in receipts():
        raw = compose_mdn(mdn)
        assert forms.written(mdn, lambda _: entry) == (raw, records_of(raw, scan_message(raw), lambda _: entry, None))


def test_receipts_of_one_outcome_are_written_by_the_form_of_any_of_them() -> None:
    form = MdnForm.of(PLAIN)
    for number, subject in enumerate(SUBJECTS):
        mdn = replace(PLAIN, original_subject=subject, message_id=f"<{number}@pli.test>", to=Mailbox.of("a@b.test"))
        written = form.write(mdn)
        assert written is not None
        assert written.raw == compose_mdn(mdn)


def test_long_subject_and_what_might_hide_a_document_are_left_to_the_scan() -> None:
    form = MdnForm.of(PLAIN)
    assert form.write(replace(PLAIN, original_subject="a" * 1001)) is None
    assert form.write(replace(PLAIN, original_message_id="<ClinicalDocument@x>")) is not None


def test_form_follows_the_directory_and_keeps_no_more_than_it_may() -> None:
    forms = ReceiptForms()
    known = forms.written(PLAIN, lambda _: ENTRY)[1].card
    assert (known.sender_name, known.no_reply) == ("Messagerie « Pli »", True)
    for number in range(200):
        card = forms.written(replace(PLAIN, text=f"Jusqu'au {number}"), lambda _: None)[1].card
        assert (card.sender_name, card.preview) == (str(POSTMASTER), f"Jusqu'au {number}")
