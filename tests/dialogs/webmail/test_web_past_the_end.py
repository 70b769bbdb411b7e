"""A page of a list beyond its end says so, and leads back."""

import pytest

from tests.builders.web_client import Browser


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("/messages?avant=99", "/messages"),
    ],
)
async def test_page_past_the_end_leads_back_to_the_beginning(browser: Browser, asked: str, first: str) -> None:
    page = (await browser.get(asked)).text
    assert "Cette page de la liste n’existe pas" in page
    assert f'<a class="button" href="{first}">' in page
    assert "pour l’instant" not in page
    assert 'class="pager"' not in page
