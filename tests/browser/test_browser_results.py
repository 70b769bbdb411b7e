"""A patient of three laboratories asks whether their cholesterol has gone down."""

import csv
import io

import pytest

from tests.browser.conftest import Visit

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(60)]


@pytest.mark.parametrize("start", ["/", "/documents"])
async def test_two_touches_tell_whether_cholesterol_has_gone_down(visit: Visit, start: str) -> None:
    await visit.goto(start)
    page = visit.page
    await page.get_by_role("link", name="Résultats", exact=True).click()
    await page.get_by_role("link", name="Cholestérol total").click()
    await page.get_by_text("En baisse\u00a0: environ 0,24\u00a0g/L de moins que le 18 mars 2025.").first.wait_for()
    values = await page.locator(".exam-table tbody tr").evaluate_all("rows => rows.map(row => row.dataset.value)")
    assert values == ["1.96", "5.70", "2.38"]
    assert await page.locator(".trend-plot > .marker").count() == 3
    assert await page.get_by_text("pas encore relu par un biologiste").count() == 1
    assert await page.get_by_role("link", name="Cholestérol, triglycérides").count() == 1


async def test_two_dates_of_ones_choice_stand_side_by_side(visit: Visit) -> None:
    await visit.goto("/resultats")
    page = visit.page
    await page.get_by_role("link", name="Cholestérol total").click()
    await page.get_by_label("Première date").select_option(label="7\u00a0mars 2024")
    await page.get_by_role("button", name="Comparer").click()
    assert await page.locator(".exam-card h3").all_text_contents() == ["7\u00a0mars 2024", "12\u00a0novembre 2026"]
    async with page.expect_download() as saving:
        await page.get_by_role("link", name="Pour un tableur").click()
    path = await (await saving.value).path()
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig")), delimiter=";"))
    assert [row[3] for row in rows] == ["Valeur", "1,96", "5,70", "2,38"]


async def test_what_is_outside_stands_first_and_is_filtered(visit: Visit) -> None:
    await visit.goto("/resultats")
    page = visit.page
    first = page.locator(".exam").first
    assert "Potassium" in await first.inner_text()
    assert "valeur critique" in await first.inner_text()
    await page.get_by_role("link", name="Hors intervalle").click()
    assert await page.locator(".exam-name").all_text_contents() == ["Potassium"]
    await page.get_by_role("searchbox", name="Chercher un examen").fill("Chol")
    await page.get_by_role("button", name="Chercher").click()
    await page.get_by_text("Aucun examen ne contient").wait_for()


async def test_goal_of_a_doctor_stands_before_the_range(visit: Visit) -> None:
    await visit.goto("/resultats")
    page = visit.page
    await page.get_by_role("link", name="Cholestérol total").click()
    goal = page.locator(".exam-card").filter(has_text="Votre objectif")
    said = await goal.inner_text()
    assert "Jusqu’à 1,80\u00a0g/L, fixé par Dr Hélène Vasseur le 2\u00a0mars 2026." in said
    assert "Au-dessus de l’objectif, de 0,16\u00a0g/L" in said
