"""Signing up, in and out over real HTTP, against a real auth server."""

import asyncio
import base64
from collections.abc import Callable
from uuid import UUID

import psycopg
import pytest

from tests.api.browser import PASSWORD, Browser, an_email
from vulkn_app import auth, limits
from vulkn_app.api import forms
from vulkn_app.api.forms import Typed
from vulkn_app.errors import SignedOut
from vulkn_app.i18n import sentence
from vulkn_app.settings import settings

NewBrowser = Callable[[], Browser]


@pytest.fixture
async def email(new_browser: NewBrowser) -> str:
    """Of somebody who has an account and a business, and is signed in nowhere."""
    address = an_email()
    first = new_browser()
    assert (await first.sign_up(address)).location == "/onboarding/"
    await first.post("logout")
    limits.forget()
    return address


def businesses_of(url: str, email: str) -> list[str]:
    with psycopg.connect(url) as admin:
        found = admin.execute(
            "select o.name from organizations o join memberships m on m.org_id = o.id"
            " join auth.users u on u.id = m.user_id where u.email = %s and m.role = 'owner'",
            (email,),
        )
        return [name for (name,) in found]


async def test_a_sign_up_signs_in_and_leads_to_where_the_business_is_founded(
    browser: Browser, database_url: str
) -> None:
    email = an_email()

    told = await browser.sign_up(email, business="")

    person = await auth.read(browser.sid)
    assert told.location == "/onboarding/"
    assert person
    assert (person.org_id, businesses_of(database_url, email)) == (None, [])
    await browser.found("  Café \t Luna ")
    assert (await auth.member(browser.sid)).role == "owner"
    assert businesses_of(database_url, email) == ["Café Luna"]


async def test_the_cookie_is_out_of_reach_of_script_and_of_other_sites(browser: Browser) -> None:
    told = await browser.sign_up(an_email())

    flags = {part.strip().lower() for part in told.cookie.split(";")[1:]}
    assert {"httponly", "samesite=lax", "path=/"} <= flags
    assert "secure" not in flags
    assert not any(flag.startswith("domain") for flag in flags)


async def test_the_cookie_travels_over_https_only_when_the_address_is_https(
    browser: Browser, email: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "vulkn_public_url", "https://panel.vulkn.example")

    told = await browser.sign_in(email)

    assert "secure" in {part.strip().lower() for part in told.cookie.split(";")}


async def test_what_the_browser_holds_is_no_token(browser: Browser, database_url: str) -> None:
    await browser.sign_up(an_email())
    token = (await auth.member(browser.sid)).token

    with psycopg.connect(database_url) as admin:
        rows = admin.execute("select id_hash, tokens from app.web_sessions").fetchall()
    assert "." not in browser.sid
    assert browser.sid not in token
    assert all(browser.sid.encode() not in row[0] + row[1] for row in rows)


async def test_tokens_at_rest_are_unreadable_and_bound_to_their_session(
    new_browser: NewBrowser, email: str, database_url: str
) -> None:
    mine, other = new_browser(), new_browser()
    await mine.sign_in(email)
    await other.sign_up(an_email())
    token = (await auth.member(mine.sid)).token

    with psycopg.connect(database_url, autocommit=True) as admin:
        rows = admin.execute("select tokens from app.web_sessions").fetchall()
        assert len(rows) >= 2
        assert not any(b"eyJ" in sealed or token[-20:].encode() in sealed for (sealed,) in rows)
        admin.execute(
            "update app.web_sessions set tokens = (select tokens from app.web_sessions where id_hash = %s)"
            " where id_hash = %s",
            (auth.cookie_key(mine.sid), auth.cookie_key(other.sid)),
        )
    with pytest.raises(Exception, match="unreadable_secret"):
        await auth.member(other.sid)


async def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(
    browser: Browser, email: str
) -> None:
    wrong = await browser.sign_in(email, "otra-cosa-123")
    unknown = await browser.sign_in("nadie@luna.example", "otra-cosa-123")

    assert wrong.location == unknown.location
    assert wrong.problem == "wrong_credentials"
    assert not browser.sid
    assert "otra-cosa" not in wrong.location


async def test_a_taken_address_is_refused_and_what_was_typed_is_kept(browser: Browser, email: str) -> None:
    told = await browser.sign_up(email.upper(), password="otra-cosa-123")

    assert told.problem == "email_taken"
    assert told.typed == Typed(page="/signup/", email=email.upper(), name="Ana")
    assert "otra-cosa" not in told.location
    assert not browser.sid


@pytest.mark.parametrize("password", ["corta", "1234567"])
async def test_a_short_password_is_refused_before_there_is_an_account(
    browser: Browser, database_url: str, password: str
) -> None:
    email = an_email()

    told = await browser.sign_up(email, password=password)

    assert told.problem == "weak_password"
    with psycopg.connect(database_url) as admin:
        assert admin.execute("select 1 from auth.users where email = %s", (email,)).fetchone() is None


@pytest.mark.parametrize("password", ["x" * 73, "ñ" * 37, "x" * 200])
async def test_a_password_that_would_be_cut_off_is_refused_as_too_long(
    browser: Browser, database_url: str, password: str
) -> None:
    """Bcrypt reads 72 bytes."""
    email = an_email()

    told = await browser.sign_up(email, password=password)

    assert told.problem == "password_too_long"
    with psycopg.connect(database_url) as admin:
        assert admin.execute("select 1 from auth.users where email = %s", (email,)).fetchone() is None


async def test_the_longest_password_works(browser: Browser) -> None:
    email, password = an_email(), "ñ" * 36

    assert (await browser.sign_up(email, password=password)).location == "/onboarding/"
    assert (await browser.sign_in(email, password)).location == "/app/"


async def test_a_password_too_long_to_be_anybodys_is_a_wrong_one(browser: Browser, email: str) -> None:
    assert (await browser.sign_in(email, "x" * 73)).problem == "wrong_credentials"


@pytest.mark.parametrize("nonsense", ["not-an-address", "a@", "@b.mx", "a b@c.mx"])
async def test_nonsense_for_an_address_is_refused(browser: Browser, nonsense: str) -> None:
    assert (await browser.sign_up(nonsense)).problem == "email_invalid"


async def test_control_characters_do_not_reach_the_database(browser: Browser, database_url: str) -> None:
    email = an_email()

    await browser.sign_up(email, name="An\x00a", business="Ca\x00fé\x1b[31m")

    assert businesses_of(database_url, email) == ["Café[31m"]


async def test_every_refusal_has_words_in_both_languages() -> None:
    for code in (
        "wrong_credentials",
        "email_taken",
        "weak_password",
        "password_too_long",
        "email_invalid",
        "too_many_attempts",
        "cross_site",
        "auth_away",
        "link_expired",
        "invitation_invalid",
        "confirm_email",
    ):
        assert sentence(code, "es") != sentence(code, "en") != sentence("error", "en"), code


async def test_signing_out_ends_the_session_in_every_tab_but_on_no_other_device(
    new_browser: NewBrowser, email: str
) -> None:
    here, elsewhere = new_browser(), new_browser()
    await here.sign_in(email)
    await elsewhere.sign_in(email)
    second_tab = new_browser()
    second_tab.http.cookies.set(auth.COOKIE, here.sid, domain="127.0.0.1")
    assert await second_tab.is_signed_in()

    told = await here.post("logout")

    assert told.location == "/login/"
    assert "max-age=0" in told.cookie.lower()
    assert not await second_tab.is_signed_in()
    with pytest.raises(SignedOut):
        await auth.member(second_tab.sid)
    assert await elsewhere.is_signed_in()


@pytest.mark.parametrize("sid", ["", "x", "A" * 43, "' or true --", "\u0000"])
async def test_a_made_up_cookie_is_nobody(browser: Browser, sid: str) -> None:
    assert await auth.read(sid) is None
    assert not await browser.is_signed_in()


@pytest.mark.parametrize(
    "raw",
    [
        b"vk_sid=\xff\xfe",
        b"vk_sid=" + b"A" * 60_000,
        b"vk_sid",
        b"=; ; ;;=vk_sid;vk_sid==",
        b'vk_sid="',
        b"vk_sid=\xed\xa0\x80; vk_sid=x",
        b"vk_form=!!!!; vk_sid=\xc3\x28",
    ],
    ids=lambda raw: repr(raw[:20]),
)
async def test_a_malformed_cookie_is_nobodys_and_breaks_nothing(browser: Browser, raw: bytes) -> None:
    for form in ("join", "logout", "login"):
        answer = await browser.http.post(
            f"/api/auth/{form}",
            data={"invite": "x", "email": "ana@luna.example", "password": PASSWORD},
            headers={b"cookie": raw},
        )
        assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/login/")


def test_over_https_no_other_subdomain_can_plant_the_session() -> None:
    """`__Host-` (RFC 6265bis §4.1.3.2): browsers take it from this host only, for the whole host."""
    assert auth.cookie_name("https://panel.vulkn.example") == "__Host-vk_sid"
    assert auth.cookie_name("http://127.0.0.1:8000") == auth.cookie_name(None) == "vk_sid"


async def test_a_cookie_of_the_host_is_taken_back_as_it_was_given(
    browser: Browser, email: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A browser ignores a `__Host-` cookie, an ending one too, that is not Secure or not for /."""
    monkeypatch.setattr(settings, "vulkn_public_url", "https://panel.vulkn.example")
    entered = await browser.sign_in(email)

    left = await browser.post("logout")

    for cookie in (entered.cookie, left.cookie):
        assert {"secure", "httponly", "path=/"} <= {part.strip().lower() for part in cookie.split(";")}


async def test_nothing_about_a_person_stands_in_an_address(browser: Browser, email: str) -> None:
    refused = [
        await browser.sign_in(email, "otra-cosa-123", next="/app/leads/"),
        await browser.sign_up(email, password="otra-cosa-123"),
        await browser.sign_up(an_email(), password="corta"),
        await browser.post("reset", {"sec-fetch-site": "cross-site"}, email=email),
    ]

    for told in refused:
        assert told.problem
        assert not {"email", "name", "password"} & set(told.query)
        assert not any(word in told.location for word in ("luna", "Ana", "%40"))
        assert "luna.example" in told.typed.email


async def test_what_was_typed_is_forgotten_after_signing_in(browser: Browser, email: str) -> None:
    await browser.sign_in(email, "otra-cosa-123")
    assert any(cookie.name == "vk_form" for cookie in browser.http.cookies.jar)

    await browser.sign_in(email)

    assert not any(cookie.name == "vk_form" for cookie in browser.http.cookies.jar)


async def test_only_the_pages_socket_is_told_what_was_typed(browser: Browser, email: str) -> None:
    await browser.sign_in(email, "otra-cosa-123")

    kept = next(cookie for cookie in browser.http.cookies.jar if cookie.name == "vk_form")
    assert (kept.path, kept.has_nonstandard_attr("HttpOnly")) == ("/_event", True)
    assert "otra-cosa" not in base64.urlsafe_b64decode(kept.value or "").decode()


@pytest.mark.parametrize("value", ["", "x", "!!!", "e30", "bnVsbA==", "W10=", "eyJlbWFpbCI6NX0=", "A" * 5000])
def test_a_forged_memory_of_a_form_is_an_empty_one(value: str) -> None:
    assert forms.typed(f"vk_form={value}", "/login/") == Typed()
    assert forms.typed(f'"; vk_form="{value}; \x00', "/login/") == Typed()


async def test_a_planted_cookie_is_never_adopted(new_browser: NewBrowser, email: str) -> None:
    attacker, victim = new_browser(), new_browser()
    await attacker.sign_up(an_email())
    victim.http.cookies.set(auth.COOKIE, attacker.sid, domain="127.0.0.1")

    told = await victim.sign_in(email)

    assert attacker.sid not in told.cookie
    assert not await attacker.is_signed_in()


async def test_a_sign_up_that_was_cut_off_goes_on_at_the_next_sign_in(
    browser: Browser, database_url: str
) -> None:
    email = an_email()
    await auth.sign_up(name="Ana", email=email, password=PASSWORD)

    await browser.sign_in(email)
    await browser.found("Café Luna")

    assert businesses_of(database_url, email) == ["Café Luna"]
    assert (await auth.member(browser.sid)).role == "owner"


async def test_founding_in_several_tabs_at_once_founds_once(
    new_browser: NewBrowser, database_url: str
) -> None:
    email, tabs = an_email(), [new_browser() for _ in range(5)]
    await auth.sign_up(name="Ana", email=email, password=PASSWORD)
    for tab in tabs:
        await tab.sign_in(email)

    await asyncio.gather(*[tab.found("Café Luna") for tab in tabs])

    assert businesses_of(database_url, email) == ["Café Luna"]


async def test_a_second_click_on_sign_up_ends_in_the_same_business(
    new_browser: NewBrowser, database_url: str
) -> None:
    email = an_email()

    for browser in (new_browser(), new_browser()):
        assert (await browser.sign_up(email)).location == "/onboarding/"
        assert await browser.is_signed_in()

    assert businesses_of(database_url, email) == ["Café Luna"]


async def test_somebody_without_a_business_can_found_one_with_the_account_they_have(
    browser: Browser, email: str, database_url: str
) -> None:
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute(
            "update organizations set deleted_at = now() where id in (select org_id from memberships m"
            " join auth.users u on u.id = m.user_id where u.email = %s)",
            (email,),
        )

    await browser.sign_up(email, business="Otro negocio")

    member = await auth.member(browser.sid)
    person = await auth.read(browser.sid)
    assert person
    assert (person.org_name, member.role) == ("Otro negocio", "owner")


async def test_nobody_looks_at_a_business_that_is_not_theirs(new_browser: NewBrowser, email: str) -> None:
    mine, other = new_browser(), new_browser()
    await mine.sign_in(email)
    await other.sign_up(an_email(), business="Otra")
    theirs: UUID = (await auth.member(other.sid)).org_id

    assert await auth.look_at(mine.sid, theirs) is False
    assert (await auth.member(mine.sid)).org_id != theirs
