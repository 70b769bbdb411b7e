"""What notices outside the gateway say: short sentences, no medical word, no link (F71, F88, E99)."""

import re
from datetime import timedelta

import pytest

from gateway.domain.notices import Channel, NoticeKind, Wording
from gateway.services.space.notice_texts import TEXTS, worded
from gateway.services.space.notices import lifetime_in_words
from gateway.services.space.opening_texts import OPENING, TO_GUARDIAN, TO_HOLDER, without_internet

MOST_WORDS = 20
LINK = "https://pli.example/nouveau-mot-de-passe?lien=x"


class Values(dict[str, str]):
    """What texts may name; whatever else one names is one word."""

    def __missing__(self, key: str) -> str:
        return "mot"


VALUES = Values(
    code="Ad3eF4hM", life="10 minutes", issuer="La caisse de la Loire", place="espace.hopital.example", link=LINK,
    **TO_HOLDER,
)  # fmt: skip
WITH_A_LINK = {NoticeKind.NEW_PASSWORD_LINK, NoticeKind.IDENTIFIER_FOUND}
"""Asked for by whoever forgot how to sign in (F20, F21); no other notice has a link."""
MEDICAL = re.compile(
    r"analyse|résultat|ordonnance|laboratoire|médecin|maladie|traitement|vaccin|diagnostic|examen|hôpital|patient", re.I
)
EVERY = [(kind, channel) for kind in NoticeKind for channel in Channel]


def _text(kind: NoticeKind, channel: Channel, values: dict[str, str] | None = None) -> str:
    return worded(kind, channel, values or VALUES).text


def _sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.!?])\s+|\n+", text) if part.strip()]


def test_every_kind_has_its_texts() -> None:
    assert set(TEXTS) == set(NoticeKind)


@pytest.mark.parametrize(("kind", "channel"), EVERY)
def test_sentences_have_twenty_words_at_most(kind: NoticeKind, channel: Channel) -> None:
    text = _text(kind, channel).replace(LINK, "")
    words = {sentence: len(re.findall(r"[\w'’-]+", sentence)) for sentence in _sentences(text)}
    assert {sentence for sentence, count in words.items() if count > MOST_WORDS} == set()


@pytest.mark.parametrize(("kind", "channel"), EVERY)
def test_notice_has_no_link_and_no_medical_word(kind: NoticeKind, channel: Channel) -> None:
    text = _text(kind, channel)
    assert (LINK in text) == (kind in WITH_A_LINK)
    assert not re.search(r"https?:|www\.|/", text.replace(LINK, ""))
    assert not MEDICAL.search(text)


@pytest.mark.parametrize("channel", Channel)
def test_opening_names_issuer_code_and_place(channel: Channel) -> None:
    text = _text(NoticeKind.OPENING, channel)
    assert all(VALUES[name] in text for name in ("issuer", "code", "place"))


@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.LETTER])
def test_opening_lists_its_steps_in_order(channel: Channel) -> None:
    text = _text(NoticeKind.OPENING, channel)
    assert [int(number) for number in re.findall(r"^(\d)\. ", text, re.M)] == [1, 2, 3, 4, 5]


def test_opening_of_a_child_names_the_child_by_the_first_name() -> None:
    whom = {name: phrase.format(first_name="Jeanne-Marie") for name, phrase in TO_GUARDIAN.items()}
    text = _text(NoticeKind.OPENING, Channel.EMAIL, {**VALUES, **whom})
    assert "pour Jeanne-Marie, dont vous êtes le représentant légal" in text
    assert "votre" not in text.split("Choisissez")[1]


def test_sms_of_a_message_is_one_sms() -> None:
    assert len(_text(NoticeKind.MESSAGE, Channel.SMS)) <= 160


def test_e_mail_of_a_message_says_that_it_has_no_link_and_an_sms_does_not() -> None:
    assert "aucun lien" in _text(NoticeKind.MESSAGE, Channel.EMAIL)
    assert "lien" not in _text(NoticeKind.MESSAGE, Channel.SMS)


@pytest.mark.parametrize(("minutes", "said"), [(10, "10 minutes"), (1, "1 minute")])
def test_code_is_said_to_last_as_long_as_it_does(minutes: int, said: str) -> None:
    assert lifetime_in_words(timedelta(minutes=minutes)) == said


def test_missing_value_is_an_error_and_no_hole_in_the_text() -> None:
    with pytest.raises(KeyError):
        worded(NoticeKind.CODE, Channel.SMS, {})


def test_paragraphs_of_a_wording_stand_apart() -> None:
    assert Wording(subject="s", lines=("Un.", "Deux."), after=("Trois.",)).text == "Un.\n\nDeux.\n\nTrois."


@pytest.mark.parametrize(
    ("telephone", "postal", "said"),
    [
        ("3646", "", "Vous n'avez pas internet ? Appelez le 3646. Vous pouvez aussi refuser ainsi."),
        ("", "BP 1, Brest", "Vous n'avez pas internet ? Écrivez à : BP 1, Brest. Vous pouvez aussi refuser ainsi."),
        (
            "3646",
            "BP 1, Brest",
            "Vous n'avez pas internet ? Appelez le 3646. Ou écrivez à : BP 1, Brest. Vous pouvez aussi refuser ainsi.",
        ),
    ],
)
def test_letter_says_where_to_call_or_write_without_internet(telephone: str, postal: str, said: str) -> None:
    wording = OPENING.full
    assert without_internet(wording, telephone, postal).after[1] == said
    assert without_internet(wording, "", "") == wording
