"""Access tokens that end: one refresh for everybody who asks, and what happens while the auth server is away."""

import asyncio
import json
import time
from collections.abc import Callable

import httpx
import psycopg
import pytest

from tests.api.browser import Browser, an_email
from tests.waiting import until
from vulkn_app import auth, clients, secrets
from vulkn_app.errors import AuthAway, SignedOut
from vulkn_app.local.ports import free_port
from vulkn_app.local.supabase import Supabase
from vulkn_app.settings import settings


@pytest.fixture
async def sid(browser: Browser) -> str:
    """Of a signed-in owner."""
    await browser.sign_up(an_email())
    return browser.sid


class Refreshes:
    """How often the auth server was asked for a new token, as it leaves this process."""

    def __init__(self) -> None:
        self.count = 0
        self.began = asyncio.Event()

    async def note(self, request: httpx.Request) -> None:
        if "grant_type=refresh_token" in str(request.url):
            self.count += 1
            self.began.set()


@pytest.fixture
async def refreshes(auth_server: Supabase) -> Refreshes:
    counted = Refreshes()
    clients.http().event_hooks["request"].append(counted.note)
    return counted


@pytest.fixture
def auth_away(sid: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Ends the auth server's days, as far as we can see."""
    return lambda: monkeypatch.setattr(settings, "supabase_url", f"http://127.0.0.1:{free_port()}")


async def kept(sid: str) -> dict:
    person = await auth.read(sid)
    assert person
    return auth.tokens_of(person)


async def ends_in(url: str, sid: str, seconds: float, **changed: str) -> None:
    """Seals the session's tokens anew, as if the access token ended then."""
    key = auth.cookie_key(sid)
    tokens = {**await kept(sid), "expires_at": time.time() + seconds, **changed}
    sealed = secrets.encrypt(json.dumps(tokens), belongs_to=f"session:{key.hex()}")
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("update app.web_sessions set tokens = %s where id_hash = %s", (sealed, key))


async def test_a_fresh_token_is_used_as_it_is(sid: str, refreshes: Refreshes) -> None:
    token = (await kept(sid))["access"]

    assert (await auth.member(sid)).token == token
    assert refreshes.count == 0


async def test_twenty_who_ask_at_once_refresh_once(sid: str, refreshes: Refreshes, database_url: str) -> None:
    before = await kept(sid)
    await ends_in(database_url, sid, 10)

    members = await asyncio.gather(*[auth.member(sid) for _ in range(20)])

    after = await kept(sid)
    assert refreshes.count == 1
    assert {member.token for member in members} == {after["access"]}
    assert after["refresh"] != before["refresh"]
    assert after["expires_at"] > time.time() + 600
    assert (await (await clients.supabase()).auth.get_user(members[0].token)) is not None


async def test_the_next_call_uses_what_was_refreshed(
    sid: str, refreshes: Refreshes, database_url: str
) -> None:
    await ends_in(database_url, sid, 10)

    first, second = await auth.member(sid), await auth.member(sid)

    assert first.token == second.token
    assert refreshes.count == 1


async def test_who_leaves_in_the_middle_of_a_refresh_loses_nothing(
    sid: str, refreshes: Refreshes, database_url: str
) -> None:
    await ends_in(database_url, sid, 10)
    asking = asyncio.create_task(auth.member(sid))
    await refreshes.began.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking

    async def kept_anew() -> bool:
        return (await kept(sid))["expires_at"] > time.time() + 600

    await until(kept_anew)


async def test_a_session_that_ended_at_the_auth_server_ends_here(sid: str, database_url: str) -> None:
    await ends_in(database_url, sid, 10, refresh="unknown-to-anybody")

    with pytest.raises(SignedOut):
        await auth.member(sid)

    assert await auth.read(sid) is None


async def test_a_session_whose_days_are_over_is_nobody(sid: str, database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute(
            "update app.web_sessions set expires_at = now() - interval '1 second' where id_hash = %s",
            (auth.cookie_key(sid),),
        )

    assert await auth.read(sid) is None


@pytest.mark.parametrize("left", [3000, 10])
async def test_without_the_auth_server_a_session_works_until_its_token_ends(
    sid: str, database_url: str, auth_away: Callable[[], None], left: float
) -> None:
    token = (await auth.member(sid)).token
    await ends_in(database_url, sid, left)
    auth_away()

    assert (await auth.member(sid)).token == token


async def test_without_the_auth_server_an_ended_token_waits_for_it(
    sid: str,
    database_url: str,
    auth_away: Callable[[], None],
    auth_server: Supabase,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await ends_in(database_url, sid, -1)
    auth_away()

    with pytest.raises(AuthAway) as refused:
        await auth.member(sid)
    assert refused.value.status == 503

    monkeypatch.setattr(settings, "supabase_url", auth_server.url)
    assert (await auth.member(sid)).token


async def test_without_the_auth_server_every_form_says_so(
    browser: Browser, auth_away: Callable[[], None]
) -> None:
    auth_away()
    forms = {
        "login": {"email": "ana@luna.example", "password": "correcto-caballo-7"},
        "signup": {"name": "A", "email": "b@luna.example", "password": "correcto-caballo-7"},
        "reset": {"email": "ana@luna.example"},
        "password": {"token_hash": "abc", "password": "correcto-caballo-7"},
    }

    for form, fields in forms.items():
        told = await browser.post(form, **fields)
        assert told.problem == "auth_away", form


async def test_without_the_auth_server_one_can_still_leave(
    browser: Browser, auth_away: Callable[[], None]
) -> None:
    await browser.sign_up(an_email())
    left = browser.sid
    auth_away()

    assert (await browser.post("logout")).location == "/login/"
    assert await auth.read(left) is None


async def test_leaving_ends_the_session_at_the_auth_server_too(browser: Browser) -> None:
    await browser.sign_up(an_email())
    refresh = (await kept(browser.sid))["refresh"]

    await browser.post("logout")

    with pytest.raises(Exception, match=r"[Rr]efresh [Tt]oken|session"):
        await (await clients.supabase()).auth.refresh_session(refresh)
