"""What is tried at the door: forms of other sites, foreign addresses to go to, guessing."""

from collections.abc import Callable

import pytest

from tests.api.browser import PASSWORD, Browser, an_email
from vulkn_app import limits

NewBrowser = Callable[[], Browser]

FORMS = {
    "login": {"email": "ana@luna.example", "password": PASSWORD},
    "signup": {"name": "Ana", "email": "ana@luna.example", "password": PASSWORD},
    "reset": {"email": "ana@luna.example"},
    "password": {"token_hash": "abc", "password": PASSWORD},
    "join": {"invite": "abc"},
    "logout": {},
}


@pytest.fixture
async def email(new_browser: NewBrowser) -> str:
    """Of somebody who has an account."""
    address = an_email()
    assert (await new_browser().sign_up(address)).location == "/onboarding/"
    limits.forget()
    return address


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
    ],
    ids=str,
)
async def test_a_form_of_another_site_is_refused(
    browser: Browser, form: str, headers: dict[str, str]
) -> None:
    told = await browser.post(form, headers, **FORMS[form])

    assert told.problem == "cross_site"
    assert told.cookie == ""


async def test_another_site_cannot_sign_anybody_in_or_out(new_browser: NewBrowser, email: str) -> None:
    victim, attackers = new_browser(), an_email()
    await new_browser().sign_up(attackers)
    await victim.sign_in(email)
    before = victim.sid

    for form, fields in (("login", {"email": attackers, "password": PASSWORD}), ("logout", {})):
        await victim.post(form, {"sec-fetch-site": "cross-site"}, **fields)

    assert victim.sid == before
    assert await victim.is_signed_in()


async def test_our_own_forms_pass_with_either_header(
    new_browser: NewBrowser, email: str, served: str
) -> None:
    for headers in ({"sec-fetch-site": "same-origin"}, {"origin": served}):
        told = await new_browser().post("login", headers, email=email, password=PASSWORD)
        assert told.location == "/app/", headers


@pytest.mark.parametrize(
    "next",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "\t//evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "javascript:alert(1)",
        "evil.example",
        "\\\\evil.example",
        "",
    ],
)
async def test_nobody_is_sent_to_another_site_after_signing_in(
    browser: Browser, email: str, next: str
) -> None:
    told = await browser.sign_in(email, next=next)

    assert told.location.startswith("/")
    assert told.location[1:2] not in ("/", "\\", "\t", "\n")


async def test_a_page_of_ours_is_where_one_lands(browser: Browser, email: str) -> None:
    told = await browser.sign_in(email, next="/app/inbox/?c=1&x=á")

    assert told.path == "/app/inbox/"
    assert told.query == {"c": "1", "x": "á"}


async def test_where_to_go_survives_a_wrong_password(browser: Browser, email: str) -> None:
    told = await browser.sign_in(email, "otra-cosa-123", next="/app/leads/")

    assert told.query["next"] == "/app/leads/"


async def test_guessing_ends_after_ten_tries_whoever_is_guessed_at(browser: Browser, email: str) -> None:
    async def tries(address: str) -> list[str]:
        return [(await browser.sign_in(address, f"intento-{n}")).problem for n in range(12)]

    known, unknown = await tries(email), await tries(an_email())

    assert known == unknown == ["wrong_credentials"] * 10 + ["too_many_attempts"] * 2
    assert (await browser.sign_in(email)).problem == "too_many_attempts"


async def test_another_spelling_of_the_address_gives_no_more_tries(browser: Browser, email: str) -> None:
    for spelling in (email, email.upper(), f" {email}", f"{email}\t", f"\x00{email}") * 2:
        assert (await browser.sign_in(spelling, "otra-cosa-123")).problem == "wrong_credentials"

    assert (await browser.sign_in(email)).problem == "too_many_attempts"


async def test_signing_up_is_no_way_around_the_limit(browser: Browser, email: str) -> None:
    for n in range(10):
        assert (await browser.sign_up(email, password=f"intento-{n}-x")).problem == "email_taken"

    assert (await browser.sign_up(email)).problem == "too_many_attempts"


async def test_guessing_at_one_account_locks_nobody_else_out(
    browser: Browser, new_browser: NewBrowser, email: str
) -> None:
    other = an_email()
    await new_browser().sign_up(other)
    for n in range(11):
        await browser.sign_in(email, f"intento-{n}")

    assert (await browser.sign_in(other)).location == "/app/"
