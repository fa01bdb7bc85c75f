"""A forgotten password: the mail, its link, and what ends with it."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.api.browser import PASSWORD, Browser, an_email
from vulkn_app import auth, clients
from vulkn_app.local import mail
from vulkn_app.local.supabase import Supabase

NewBrowser = Callable[[], Browser]
NEW = "batería-grapa-9"


@pytest.fixture
async def email(new_browser: NewBrowser) -> str:
    """Of somebody who has an account."""
    address = an_email()
    assert (await new_browser().sign_up(address)).location == "/onboarding/"
    return address


def mails_to(folder: Path, email: str) -> list[str]:
    """The links that were sent there, oldest first."""
    read = [mail.read(file) for file in sorted(folder.glob("*.eml"))]
    return [link for recipient, link in read if email in recipient]


async def a_token(browser: Browser, auth_server: Supabase, email: str) -> str:
    """Of the link in the mail that this browser asks for."""
    assert (await browser.post("reset", email=email)).location == "/reset/?sent=1"
    link = urlsplit(mails_to(auth_server.mail, email)[-1])
    assert link.path.rstrip("/") == "/reset"
    return parse_qs(link.query)["token_hash"][0]


async def test_the_link_in_the_mail_sets_a_new_password(
    browser: Browser, auth_server: Supabase, email: str
) -> None:
    token = await a_token(browser, auth_server, f"  {email.upper()} ".strip().lower())

    told = await browser.post("password", token_hash=token, password=NEW)

    assert told.location == "/app/"
    assert await browser.is_signed_in()
    await browser.post("logout")
    assert (await browser.sign_in(email)).problem == "wrong_credentials"
    assert (await browser.sign_in(email, NEW)).location == "/app/"


async def test_the_link_works_once(new_browser: NewBrowser, auth_server: Supabase, email: str) -> None:
    token = await a_token(new_browser(), auth_server, email)
    await new_browser().post("password", token_hash=token, password=NEW)
    thief = new_browser()

    told = await thief.post("password", token_hash=token, password="de-un-ladron-1")

    assert told.problem == "link_expired"
    assert not thief.sid
    assert (await new_browser().sign_in(email, NEW)).location == "/app/"


@pytest.mark.parametrize("token", ["x", "0" * 56, "' or true --"])
async def test_a_made_up_link_is_refused(browser: Browser, token: str) -> None:
    told = await browser.post("password", token_hash=token, password=NEW)

    assert told.problem == "link_expired"
    assert not browser.sid


async def test_a_short_password_leaves_the_link_usable(
    browser: Browser, auth_server: Supabase, email: str
) -> None:
    token = await a_token(browser, auth_server, email)

    short = await browser.post("password", token_hash=token, password="corta")

    assert (short.problem, short.query["token_hash"]) == ("weak_password", token)
    assert (await browser.post("password", token_hash=token, password=NEW)).location == "/app/"


async def test_who_types_the_password_they_had_is_in(
    browser: Browser, auth_server: Supabase, email: str
) -> None:
    token = await a_token(browser, auth_server, email)

    assert (await browser.post("password", token_hash=token, password=PASSWORD)).location == "/app/"
    assert await browser.is_signed_in()


async def test_every_session_from_before_ends_here_and_at_the_auth_server(
    new_browser: NewBrowser, auth_server: Supabase, email: str
) -> None:
    laptop, phone = new_browser(), new_browser()
    for device in (laptop, phone):
        await device.sign_in(email)
    person = await auth.read(phone.sid)
    assert person
    kept_by_a_thief = auth.tokens_of(person)["refresh"]

    await laptop.post("password", token_hash=await a_token(laptop, auth_server, email), password=NEW)

    assert await laptop.is_signed_in()
    assert not await phone.is_signed_in()
    with pytest.raises(Exception, match=r"[Rr]efresh [Tt]oken|session"):
        await (await clients.supabase()).auth.refresh_session(kept_by_a_thief)


async def test_another_persons_session_stays(
    new_browser: NewBrowser, auth_server: Supabase, email: str
) -> None:
    other = new_browser()
    await other.sign_up(an_email())

    token = await a_token(new_browser(), auth_server, email)
    await new_browser().post("password", token_hash=token, password=NEW)

    assert await other.is_signed_in()


async def test_nobody_learns_whether_an_address_has_an_account(
    browser: Browser, auth_server: Supabase, email: str
) -> None:
    answers = [await browser.post("reset", email=address) for address in (email, an_email(), "nonsense")]

    assert {told.location for told in answers} == {"/reset/?sent=1"}
    assert len(mails_to(auth_server.mail, email)) == 1


async def test_nobodys_mailbox_is_flooded(browser: Browser, auth_server: Supabase, email: str) -> None:
    for _ in range(5):
        assert (await browser.post("reset", email=email)).problem == ""

    assert (await browser.post("reset", email=email.upper())).problem == "too_many_attempts"
    assert len(mails_to(auth_server.mail, email)) <= 5


async def test_the_link_in_the_mail_leads_here_whatever_host_was_asked_for(
    browser: Browser, auth_server: Supabase, email: str
) -> None:
    """Else anybody could have a mail of ours sent that brings the token to them."""
    await browser.post("reset", {"host": "evil.example"}, email=email)

    assert urlsplit(mails_to(auth_server.mail, email)[-1]).hostname == "127.0.0.1"
