"""Signing in on pages: password, then code; the same words for every failure."""

from collections.abc import AsyncIterator

import pytest

from gateway.domain.account import digest_of
from tests.builders.web_client import Browser, browsing
from tests.builders.web_people import CODE, IDENTIFIER, PASSWORD
from tests.builders.web_world import WebWorld

WRONG = {"identifiant": IDENTIFIER, "mot_de_passe": "faux"}
RIGHT = {"identifiant": IDENTIFIER, "mot_de_passe": PASSWORD}


@pytest.fixture
async def stranger(world: WebWorld) -> AsyncIterator[Browser]:
    async with browsing(world, signed_in=False) as browser:
        yield browser


async def test_password_then_code_open_the_space(stranger: Browser) -> None:
    token = await stranger.token("/connexion")
    assert (await stranger.post("/connexion", {"csrf": token} | RIGHT)).location == "/connexion/code"
    page = await stranger.get("/connexion/code")
    assert "06\u00a0••\u00a0••\u00a0••\u00a012" in page.text
    assert (await stranger.post("/connexion/code", {"csrf": token, "code": f" {CODE} "})).location == "/"
    assert "Bonjour Camille Martin" in (await stranger.get("/")).text


async def test_wrong_password_keeps_the_identifier_and_never_the_password(stranger: Browser) -> None:
    answer = await stranger.post("/connexion", {"csrf": await stranger.token("/connexion")} | WRONG)
    assert answer.status == 403
    assert "Identifiant ou mot de passe incorrect. Vérifiez les deux, majuscules comprises," in answer.text
    assert f'value="{IDENTIFIER}"' in answer.text
    assert "faux" not in answer.text


async def test_unknown_identifier_reads_like_a_wrong_password(stranger: Browser) -> None:
    token = await stranger.token("/connexion")
    wrong = await stranger.post("/connexion", {"csrf": token} | WRONG)
    unknown = await stranger.post("/connexion", {"csrf": token, "identifiant": "inconnu", "mot_de_passe": "faux"})
    assert unknown.status == wrong.status
    assert unknown.text.replace("inconnu", "") == wrong.text.replace(IDENTIFIER, "")


async def test_too_many_attempts_are_told_apart(stranger: Browser) -> None:
    form = {"csrf": await stranger.token("/connexion"), "identifiant": "trop.souvent", "mot_de_passe": "x"}
    answer = await stranger.post("/connexion", form)
    assert answer.status == 429
    assert answer.headers["Retry-After"] == "10"
    assert "Attendez une demi-minute" in answer.text


async def test_wrong_code_opens_nothing(stranger: Browser) -> None:
    token = await stranger.token("/connexion")
    await stranger.post("/connexion", {"csrf": token} | RIGHT)
    answer = await stranger.post("/connexion/code", {"csrf": token, "code": CODE.lower()})
    assert answer.status == 403
    assert "Ce code n’est pas le bon" in answer.text
    assert "Le code envoyé à" in answer.text
    assert "vient de partir" not in answer.text
    assert "__Host-pli" not in stranger.cookies


async def test_spent_attempt_leads_back_to_the_first_step(stranger: Browser) -> None:
    stranger.cookies["__Host-pli-code"] = "eA.another-attempt"
    answer = await stranger.post("/connexion/code", {"csrf": await stranger.token("/connexion"), "code": CODE})
    assert "n’est plus valable" in answer.text
    assert "Étape 1 sur 2" in answer.text


async def test_code_page_without_a_first_step_leads_to_it(stranger: Browser) -> None:
    assert (await stranger.get("/connexion/code")).location == "/connexion"
    stranger.cookies["__Host-pli-code"] = "é.x"
    assert (await stranger.get("/connexion/code")).status == 200


async def test_session_cookie_has_every_guard(stranger: Browser) -> None:
    token = await stranger.token("/connexion")
    await stranger.post("/connexion", {"csrf": token} | RIGHT)
    cookie = (await stranger.post("/connexion/code", {"csrf": token, "code": CODE})).cookies["__Host-pli"]
    assert {"HttpOnly", "Secure", "SameSite=Strict", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert "Domain" not in cookie


async def test_browser_that_has_signed_in_says_so_at_the_next_sign_in(stranger: Browser, world: WebWorld) -> None:
    token = await stranger.token("/connexion")
    await stranger.post("/connexion", {"csrf": token} | RIGHT)
    assert "__Host-pli-device" not in stranger.cookies
    answer = await stranger.post("/connexion/code", {"csrf": token, "code": CODE})
    cookie = answer.cookies["__Host-pli-device"]
    assert {"HttpOnly", "Secure", "SameSite=Strict", "Path=/", "Max-Age=31536000"} <= set(cookie.split("; "))
    await stranger.post("/deconnexion", {"csrf": await stranger.token()})
    await stranger.post("/connexion", {"csrf": await stranger.token("/connexion")} | RIGHT)
    assert world.devices == ["", stranger.cookies["__Host-pli-device"]]


async def test_sign_out_has_the_browser_forget_what_it_kept(stranger: Browser) -> None:
    await stranger.sign_in()
    answer = await stranger.post("/deconnexion", {"csrf": await stranger.token()})
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'


async def test_sign_in_changes_the_session_and_ends_the_one_before(stranger: Browser) -> None:
    await stranger.sign_in()
    first = stranger.cookies["__Host-pli"]
    del stranger.cookies["__Host-pli"]
    token = await stranger.token("/connexion")
    await stranger.post("/connexion", {"csrf": token} | RIGHT)
    stranger.cookies["__Host-pli"] = first
    await stranger.post("/connexion/code", {"csrf": await stranger.token(), "code": CODE})
    assert stranger.cookies["__Host-pli"] != first
    assert await stranger.sessions.get(digest_of(first)) is None


async def test_session_chosen_by_another_is_not_taken_over(stranger: Browser) -> None:
    stranger.cookies["__Host-pli"] = "chosen-by-an-attacker"
    await stranger.sign_in()
    assert stranger.cookies["__Host-pli"] != "chosen-by-an-attacker"


async def test_sign_out_ends_the_session_on_the_server(stranger: Browser) -> None:
    await stranger.sign_in()
    kept = stranger.cookies["__Host-pli"]
    assert (await stranger.post("/deconnexion", {"csrf": await stranger.token()})).location == "/connexion"
    stranger.cookies["__Host-pli"] = kept
    assert (await stranger.get("/messages")).location == "/connexion?suite=%2Fmessages"


async def test_page_asked_for_before_sign_in_is_shown_after_it(stranger: Browser) -> None:
    asked = (await stranger.get("/messages/c-vasseur")).location
    assert asked == "/connexion?suite=%2Fmessages%2Fc-vasseur"
    token = await stranger.token(asked)
    step = await stranger.post(asked, {"csrf": token} | RIGHT)
    done = await stranger.post(step.location, {"csrf": token, "code": CODE})
    assert done.location == "/messages/c-vasseur"


async def test_sign_in_never_leads_to_another_site(stranger: Browser) -> None:
    token = await stranger.token("/connexion")
    await stranger.post("/connexion", {"csrf": token} | RIGHT)
    done = await stranger.post("/connexion/code?suite=//evil.example/", {"csrf": token, "code": CODE})
    assert done.location == "/"


async def test_who_is_signed_in_does_not_see_the_sign_in_page(stranger: Browser) -> None:
    await stranger.sign_in()
    assert (await stranger.get("/connexion?suite=/documents")).location == "/documents"


async def test_rate_limits_are_given_the_source(stranger: Browser, world: WebWorld) -> None:
    await stranger.sign_in()
    assert world.sources == ["127.0.0.1", "127.0.0.1"]
