"""What pages make of values: dates, lists, forms, without a server."""

import gzip
import re
from datetime import date

import pytest

from gateway.domain.document import DocumentCategory
from gateway.domain.errors import ChangedMeanwhile
from gateway.domain.timestamp import Timestamp
from tests.builders.web_people import CAMILLE, NOW
from webmail.app import FEATURES
from webmail.errors import ErrorPage, error_page_of
from webmail.home.model import Home
from webmail.identifiers import DocumentId
from webmail.messages.model import ConversationSummary
from webmail.paged_lists import KeyedPage
from webmail.pages import FOLDER, Frame, Pages
from webmail.pulse import Pulse
from webmail.settings import WebSettings
from webmail.shown_documents import DocumentList, DocumentSearch, DocumentSummary
from webmail.signed_in import SignedIn
from webmail.static_files import NAME
from webmail.wording import Moment

PAGES = Pages(WebSettings(origin="https://pli.example").time_zone, FEATURES)


def frame(
    unread: int = 0, new: int = 0, theme: str = "", person: SignedIn | None = CAMILLE, *, news: int = 0
) -> Frame:
    return Frame(csrf="jeton", theme=theme, tab="accueil", person=person, pulse=Pulse(7, unread, new, news))


def home(unread: int = 0, new: int = 0, news: int = 0) -> str:
    return PAGES.render("home.html", frame(unread, new, news=news), NOW, home=Home((), ()))


def a_line(dated: Moment | None, acted: Moment | None = None) -> str:
    summary = DocumentSummary(
        id=DocumentId("d1"),
        title="Bilan",
        category=DocumentCategory.BIOLOGY,
        dated=dated,
        received_at=NOW,
        acted=(acted, None),
    )
    return PAGES.render("home.html", frame(), NOW, home=Home((), (summary,)))


def test_line_of_a_document_of_the_day_says_one_date() -> None:
    assert "Date d" not in a_line(NOW, NOW.date())


@pytest.mark.parametrize(
    ("dated", "shown"),
    [(None, "inconnue"), (Timestamp("202611"), "novembre 2026"), (date(2019, 5, 2), "2\u00a0mai 2019")],
)
def test_line_of_an_older_document_says_when_it_was_made(dated: Moment | None, shown: str) -> None:
    assert f"Date du document&nbsp;: {shown}" in a_line(dated)


def test_line_of_a_document_about_an_older_act_says_when_that_was() -> None:
    assert "Date de l’acte&nbsp;: avril 2019" in a_line(NOW, Timestamp("201904"))


def test_home_says_how_much_is_new() -> None:
    assert "2\u00a0messages non lus et 1\u00a0nouveau document" in home(2, 1)
    assert "1\u00a0nouveauté non lue" in home(news=1)
    assert "Rien de nouveau" not in home(news=1)
    assert "Rien de nouveau" in home()


def test_unread_messages_are_counted_in_the_title_and_on_the_tab() -> None:
    text = home(unread=3)
    assert "<title>(3) Accueil – Pli</title>" in text
    assert "3\u00a0non lus" in text


def test_empty_space_says_what_will_come() -> None:
    assert "Aucun message pour l’instant" in home()
    empty: KeyedPage[ConversationSummary] = KeyedPage(())
    assert CAMILLE.address in PAGES.render("messages.html", frame(), NOW, page=empty, may_begin=False)
    nothing: dict[str, object] = {"years": [], "categories": [], "asked": {}, "further": {}, "query": "", "total": 0}
    found, search = DocumentList(items=(), counts={}), DocumentSearch()
    text = PAGES.render(
        "documents.html", frame(), NOW, found=found, search=search, category=None, deleted=False, **nothing
    )
    assert "Aucun document pour l’instant" in text


def test_five_tabs_keep_their_names() -> None:
    labels = re.findall(r'<a class="tab"[^>]*>.*?<span(?: class="only-wide")?>([^<]+)</span>', home(), re.DOTALL)
    assert labels == ["Accueil", "Messages", "Documents", "Profil médical", "Agenda"]


def test_chosen_theme_is_on_the_page_and_none_follows_the_device() -> None:
    text = PAGES.render("home.html", frame(theme="dark"), NOW, home=Home((), ()))
    assert '<html lang="fr" data-theme="dark">' in text
    assert '<html lang="fr">' in home()


def test_what_others_wrote_is_escaped() -> None:
    person = SignedIn(actor=CAMILLE.actor, name="<script>alert(1)</script>", address="a@b.example")
    text = PAGES.render("home.html", frame(person=person), NOW, home=Home((), ()))
    assert "<script>alert" not in text
    assert "&lt;script&gt;" in text


TEMPLATES = [(path.name, path.read_text("utf-8")) for path in sorted(FOLDER.rglob("*.html"))]


def test_no_two_templates_have_one_name() -> None:
    names = [name for name, _ in TEMPLATES]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize(("name", "text"), TEMPLATES)
def test_no_template_needs_inline_script_or_style(name: str, text: str) -> None:
    assert not re.search(r"\sstyle=|\son[a-z]+=|javascript:|<style", text)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))


@pytest.mark.parametrize(("name", "text"), TEMPLATES)
def test_no_template_names_another_site(name: str, text: str) -> None:
    assert not re.search(r"(?:src|href|action)=\"(?:https?:)?//", text)


@pytest.mark.parametrize(("name", "text"), TEMPLATES)
def test_every_posted_form_carries_its_token(name: str, text: str) -> None:
    posting = re.compile(r"method=.?post", re.IGNORECASE)
    forms = [form for form in re.findall(r"<form\b.*?</form>", text, re.DOTALL) if posting.search(form)]
    assert len(forms) == len(posting.findall(text))
    assert [form for form in forms if 'name="csrf" value="{{ frame.csrf }}"' not in form] == []


@pytest.mark.parametrize(("name", "text"), TEMPLATES)
def test_french_signs_keep_their_unbreakable_space(name: str, text: str) -> None:
    words = re.sub(r"\{[%{#].*?[%}#]\}|<[^>]*>", "\x00", text, flags=re.DOTALL)
    assert not re.search(r"[\wéèàê’)] [:;!?»](?:\s|$)|« ", words)


def test_no_form_has_a_recipient_field_but_the_choices_that_its_page_offers() -> None:
    text = "".join(text for _, text in TEMPLATES)
    fields = set(re.findall(r'<(?:input|textarea)[^>]* name="([^"]+)"', text))
    assert fields == {
        "accepte", "aussi", "auteur", "brouillon", "cle", "code", "confirmation", "contact", "courriel", "csrf",
        "au", "categorie", "date", "de", "demarche", "destinataire", "dossier", "du", "encore", "fichier", "photo", "q",
        "titre", "vus", "cible", "certifie", "personne", "prenom", "invitation", "representant",
        "liste", "qui", "professionnel",
        "envoi", "identifiant", "jusque", "lien", "mot_de_passe", "naissance", "nom", "nouveau", "numero", "objet",
        "filtre", "page", "pieces", "pour", "reponse", "retour", "sans_cles", "session", "texte", "username",
        "version", "voie",
        "a_faire", "abonnement", "partage", "suivi", "apporter", "avec", "conseil", "details",
        "debut", "dernier_jour", "entree", "fin", "geste", "jour", "lieu",
        "note", "choisir", "document", "empreinte", "hors", "lesquels",
        "doc-{{ item.id }}", "{{ choice.kind }}", "{{ id }}", "{{ name }}", "etape", "fiche", "{{ field.name }}",
        "{{ field.name }}_code", "{{ part.value }}", "{{ consent.value }}",
        "confirme", "heure", "acces", "aide",
        # A doctor of one's choice is asked for documents (F90): the gateway writes, to whom the directory knows.
        "adresse", "age", "corriger", "demande", "documents", "medecin", "motif", "recit", "sujet",
    }  # fmt: skip
    selects = {"a", "categorie", "dossier", "ordre", "rappel", "partie", "pour", "sujet", "unite", "cible", "quoi"}
    selects |= {"valable", "{{ name }}", "{{ field.name }}", "delai-{{ kind.value }}"}
    assert set(re.findall(r'<select[^>]* name="([^"]+)"', text)) == selects
    assert "<option value=\"{{ contact.id }}\"" in text
    # Handed back as it was shown and compared with the exchange's own; it names nobody.
    assert re.findall(r'name="destinataire" [^>]*', text) == ['name="destinataire" value="{{ conversation.to }}"']
    assert "name=\"aussi\" value=\"{{ conversation.others|map(attribute='id')|join(' ') }}\"" in text


# The design system


def tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{6});", block))


def themes() -> dict[str, dict[str, str]]:
    css = (FOLDER / "static" / "pli.css").read_text("utf-8")
    light = css[css.index(":root {") : css.index("@media (prefers-color-scheme: dark)")]
    device = css[css.index("@media (prefers-color-scheme: dark)") : css.index(':root[data-theme="dark"]')]
    chosen = css[css.index(':root[data-theme="dark"]') : css.index("--font")]
    return {"light": tokens(light), "device": tokens(device), "chosen": tokens(chosen)}


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_dark_is_the_same_whether_chosen_or_followed() -> None:
    assert themes()["device"] == themes()["chosen"]
    assert themes()["light"].keys() == themes()["chosen"].keys()


@pytest.mark.parametrize("theme", ["light", "chosen"])
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("ink", "paper"), ("ink", "sheet"), ("ink", "accent-soft"), ("ink", "alert-soft"), ("ink", "warn-soft"),
        ("ink-soft", "paper"), ("ink-soft", "sheet"), ("ink-soft", "sheet-low"), ("ink-soft", "accent-soft"),
        ("ink-soft", "alert-soft"), ("accent", "paper"), ("accent", "sheet"), ("accent-deep", "accent-soft"),
        ("on-accent", "accent"), ("on-accent", "accent-deep"), ("on-seal", "seal"), ("seal", "sheet"),
        ("seal", "seal-soft"), ("seal", "sheet-low"), ("alert", "sheet"), ("alert", "alert-soft"),
        ("warn", "warn-soft"),
    ],
)  # fmt: skip
def test_text_contrast_reaches_aa(theme: str, text: str, ground: str) -> None:
    colours = themes()[theme]
    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "chosen"])
@pytest.mark.parametrize(
    ("shape", "ground"),
    [
        ("line-strong", "sheet"), ("line-strong", "paper"), ("accent", "sheet"), ("seal", "sheet"),
        ("accent", "accent-soft"),
    ],
)  # fmt: skip
def test_contrast_of_fields_and_marks_reaches_three(theme: str, shape: str, ground: str) -> None:
    colours = themes()[theme]
    assert contrast(colours[shape], colours[ground]) >= 3


def test_every_file_of_the_site_has_a_name_under_which_it_is_served() -> None:
    assert [path.name for path in (FOLDER / "static").iterdir() if not re.fullmatch(NAME, path.name)] == []


def test_scripts_and_styles_stay_small() -> None:
    sizes = {path.name: path.stat().st_size for path in (FOLDER / "static").iterdir()}
    assert sizes["pli.js"] <= 5 * 1024
    assert sizes["once.js"] <= 1024
    assert sizes["pli.css"] <= 40 * 1024


@pytest.mark.parametrize(("kind", "limit"), [(".css", 60), (".js", 60)])
def test_all_scripts_and_all_styles_compressed_fit_one_first_load(kind: str, limit: int) -> None:
    files = [path.read_bytes() for path in (FOLDER / "static").iterdir() if path.suffix == kind]
    assert sum(len(gzip.compress(octets)) for octets in files) <= limit * 1024


def test_change_from_an_earlier_version_says_what_stands_now() -> None:
    said = PAGES.render("changed_meanwhile.html", frame(), NOW, stands=[("Titre", "Asthme <1>"), ("Début", "")])
    assert "<dt>Titre</dt><dd>Asthme &lt;1&gt;</dd>" in said
    assert "<dt>Début</dt><dd>–</dd>" in said
    assert "Cela a été supprimé" in PAGES.render("changed_meanwhile.html", frame(), NOW, stands=[])
    assert "role" not in PAGES.render("changed_meanwhile.html", frame(), NOW)
    assert error_page_of(ChangedMeanwhile("3, not 2")).status == 409


def test_every_error_says_what_to_do_next() -> None:
    shown = error_page_of(RuntimeError("secret"))
    assert isinstance(shown, ErrorPage)
    assert shown.status == 500
    assert "secret" not in shown.explanation
