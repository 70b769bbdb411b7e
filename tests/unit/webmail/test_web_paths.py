"""Addresses of pages, written and read."""

import pytest

from webmail.paths import inside_path, sign_in_path

SECTIONS = ("/", "/messages", "/documents", "/profil", "/profil/allergies", "/agenda")


@pytest.mark.parametrize(
    "path",
    ["/", "/messages", "/messages/c-1", "/documents/a.b_c-9", "/agenda", "/profil", "/profil/allergies/ajouter"],
)
def test_page_of_the_site_may_be_come_back_to(path: str) -> None:
    assert inside_path(path, SECTIONS) == path


@pytest.mark.parametrize(
    "path",
    ["//evil.example", "https://evil.example", "/\\evil.example", "/messages/..", "/messages/../x",
     "/messages/a/reponse", "/profil/allergies/2a/b", "/profil/allergies/..",
     "/evenements", "/deconnexion", "", "/messages/a\n", "/messages?x=1",
     "/documents/%2e", "javascript:1"],
)  # fmt: skip
def test_anything_else_leads_home(path: str) -> None:
    assert inside_path(path, SECTIONS) == "/"


def test_sign_in_remembers_the_page_that_was_asked_for() -> None:
    assert sign_in_path("/documents/d-1") == "/connexion?suite=%2Fdocuments%2Fd-1"
    assert sign_in_path("/") == "/connexion"
