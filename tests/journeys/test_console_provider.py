"""Professionals come in by a provider such as Pro Santé Connect, whatever traps its answers hold (A1, FACTS d)."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import pytest_asyncio
from aiohttp import web

from certs import contexts
from certs.authority import Subject
from certs.contexts import KeyPair
from gateway.config_sign_in import ProOpenidSection
from gateway.demonstration.invented_people import PROFESSIONALS
from tests.builders.console_site import ConsoleBrowser, ShownPage, card_of, console_browser, form_token
from tests.builders.openid_issuer import CLIENT, SECRET, Issuer, RsaKey, Unsigned, serving_issuer
from tests.builders.running_world import Site, running_world
from tests.builders.smtp_tls import TestAuthority
from tests.builders.store import ram_folder

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(60)]
CLAIRE = PROFESSIONALS[0]
LEAVE, CHOICE = "/pro/connexion/psc", "/pro/connexion/exercice"
CABINET = {"codeProfession": "10", "activities": [{"raisonSocialeSite": "Cabinet des Lilas", "numeroFinessSite": ""}]}
HOSPITAL = {"codeProfession": "10", "activities": [{"raisonSocialeSite": "Hôpital Saint-Exemple"}]}
Json = dict[str, Any]  # Any: what stands in JSON


@dataclass
class Provided:
    """A world whose professionals sign in at a provider, which is in this loop."""

    site: Site
    issuer: Issuer

    async def come_back(self, browser: ConsoleBrowser, **changed: str) -> ShownPage:
        """Leave for the provider, sign in there, and come back; what is `changed` stands in the address instead."""
        left = await browser.get(LEAVE)
        back = self.issuer.signing_in(left.place)
        query = {"state": back.state, "code": back.code, **changed}
        return await browser.get(f"{LEAVE}/retour?{urlencode(query)}")


def doctor(*exercises: Json, number: str = CLAIRE.identifier) -> Json:
    return {
        "SubjectNameID": number,
        "preferred_username": number,
        "otherIds": [{"identifiant": number[1:], "origine": "RPPS", "qualite": 1}],
        "SubjectRefPro": {"exercices": list(exercises)},
        "SubjectOrganization": "",
    }


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world() -> AsyncIterator[Provided]:
    with ram_folder() as folder:
        authority, secret, key = TestAuthority(folder, "Provider CA"), folder / "secret", RsaKey()
        secret.write_text(SECRET)
        served = contexts.web(KeyPair(authority.server.path, authority.server.path))
        async with serving_issuer(served, datetime.now(UTC), key) as issuer:
            # Where a provider publishes elsewhere than everybody else.
            issuer.instead["openid-configuration"] = web.Response(status=404)
            section = ProOpenidSection(
                issuer=issuer.origin, client_id=CLIENT, client_secret=str(secret), authorities=str(authority.path)
            )
            async with running_world(pro_openid=section) as site:
                yield Provided(site, issuer)


@pytest.fixture(autouse=True)
def _as_it_was(world: Provided) -> Iterator[None]:
    signer = world.issuer.signer
    yield
    world.issuer.signer, world.issuer.id_claims, world.issuer.now = signer, {}, datetime.now(UTC)


@pytest_asyncio.fixture(loop_scope="module")
async def browser(world: Provided) -> AsyncIterator[ConsoleBrowser]:
    async with console_browser(world.site, card_of(world.site, Subject(common_name="nobody"))) as found:
        yield found


async def test_one_exercise_comes_in_at_once_and_signs_out_at_the_provider(
    world: Provided, browser: ConsoleBrowser
) -> None:
    world.issuer.person = doctor(CABINET)
    assert "Se connecter avec Pro Santé Connect" in (await browser.get("/pro/connexion")).text
    left = await browser.get(LEAVE)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(left.place).query).items()}
    assert (asked["scope"], asked["acr_values"]) == ("openid scope_all", "eidas1")
    assert {"state", "nonce", "code_challenge"} < set(asked)
    back = world.issuer.signing_in(left.place)
    brought = f"{LEAVE}/retour?{urlencode({'state': back.state, 'code': back.code})}"
    assert 'url=/pro/"' in (await browser.get(brought)).text
    # What was brought back counts once.
    assert "faute=over" in (await browser.get(brought)).text
    first = await browser.get("/pro/")
    assert "Cabinet des Lilas" in first.text
    out = await browser.post("/pro/deconnexion", {"csrf": form_token(first)})
    assert f"{world.issuer.origin}/logout" in out.text
    assert (await browser.get("/pro/")).place == "/pro/connexion"


async def test_two_exercises_ask_which_and_only_those_can_be_chosen(world: Provided, browser: ConsoleBrowser) -> None:
    world.issuer.person = doctor(CABINET, HOSPITAL)
    assert CHOICE in (await world.come_back(browser)).text
    assert (await browser.get("/pro/")).place == "/pro/connexion"
    shown = await browser.get(CHOICE)
    assert "Cabinet des Lilas" in shown.text
    for number in ("2", "-1", "1.0", "٠", "99999", ""):
        assert (await browser.post(CHOICE, {"csrf": form_token(shown), "numero": number})).status == 403
    assert 'url=/pro/"' in (await browser.post(CHOICE, {"csrf": form_token(shown), "numero": "1"})).text
    first = await browser.get("/pro/")
    assert "Hôpital Saint-Exemple" in first.text
    again = await browser.post(CHOICE, {"csrf": form_token(first), "numero": "1"})
    assert again.place == "/pro/connexion?faute=over"


@pytest.mark.parametrize(
    ("person", "fault"),
    [
        (doctor(), "no-professional"),
        (doctor({"codeProfession": "", "activities": [{"raisonSocialeSite": "Chez moi"}]}), "no-professional"),
        (doctor(CABINET, number=""), "no-professional"),
        (doctor(CABINET, number="810000000094"), "not-here"),
    ],
)
async def test_whoever_is_no_professional_of_ours_stays_outside(
    world: Provided, browser: ConsoleBrowser, person: Json, fault: str
) -> None:
    world.issuer.person = person
    assert f"faute={fault}" in (await world.come_back(browser)).text
    assert (await browser.get(f"/pro/connexion?faute={fault}")).status == 403
    assert (await browser.get("/pro/")).place == "/pro/connexion"


@pytest.mark.parametrize(
    "claims",
    [{"aud": "another"}, {"iss": "https://other.example"}, {"nonce": "x"}, {"exp": 1}, {"acr": "low"}, {"sub": ""}],
)
async def test_token_that_is_not_right_lets_nobody_in(world: Provided, browser: ConsoleBrowser, claims: Json) -> None:
    world.issuer.person, world.issuer.id_claims = doctor(CABINET), claims
    assert "faute=refused" in (await world.come_back(browser)).text
    assert (await browser.get("/pro/")).place == "/pro/connexion"


async def test_unsigned_token_lets_nobody_in(world: Provided, browser: ConsoleBrowser) -> None:
    world.issuer.person, world.issuer.signer = doctor(CABINET), Unsigned()
    assert "faute=refused" in (await world.come_back(browser)).text


async def test_return_of_another_browser_lets_nobody_in(world: Provided, browser: ConsoleBrowser) -> None:
    world.issuer.person = doctor(CABINET)
    back = world.issuer.signing_in((await browser.get(LEAVE)).place)
    async with console_browser(world.site, card_of(world.site, Subject(common_name="other"))) as other:
        await other.get(LEAVE)
        shown = await other.get(f"{LEAVE}/retour?{urlencode({'state': back.state, 'code': back.code})}")
        assert "faute=over" in shown.text
        assert (await other.get("/pro/")).place == "/pro/connexion"


async def test_trace_of_the_mailbox_says_by_what_somebody_came_in(world: Provided, browser: ConsoleBrowser) -> None:
    world.issuer.person = doctor(CABINET)
    await world.come_back(browser)
    store = world.site.running.core.store
    found = await store.read(lambda tx: tx.spaces.resolve(CLAIRE.address))
    assert found is not None
    event = (await store.read(lambda tx: tx.audit.events(found[0])))[0]
    assert (event.detail.partition(" 127")[0], event.organisation) == ("pro provider", "Cabinet des Lilas")
