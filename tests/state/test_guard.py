"""Attacks on the dashboard's socket: each ran through before there was a guard."""

import json
from collections.abc import Callable
from uuid import uuid4

import psycopg
import pytest
from reflex.state import BaseState, State
from reflex_base.registry import RegistrationContext
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from state.guard import FRAMEWORK, _fetch
from tests.factories import Business, a_business
from tests.plugins.dashboard import ROOT_STATE, Tab, a_session
from vulkn_app import auth

OURS = ("state",)


@pytest.fixture(scope="module")
def business(database_url: str) -> Business:
    return a_business(database_url)


@pytest.fixture
def sid(database_url: str, business: Business) -> str:
    return a_session(database_url, business)


def handlers() -> dict[str, Callable[..., object]]:
    """Every event handler of ours by its registered name."""
    import vulkn_app.vulkn_app  # noqa: F401 - fills the registry

    found = RegistrationContext.get().event_handlers
    return {
        name: known.handler.fn
        for name, known in found.items()
        if (known.handler.fn.__module__ or "").split(".")[0] not in ("reflex", "reflex_base")
    }


def handler(ending: str) -> str:
    return next(name for name in handlers() if name.endswith(ending))


def loaded(tab: Tab) -> bool:
    return bool(tab.var("ready", of="session_state"))


def settled(tab: Tab) -> None:
    """A marker through the same queue: what was sent before it has had its effect."""
    marker = str(uuid4())
    before = len(tab.heard)
    tab.send(f"{ROOT_STATE}.no_such_handler_{marker}")
    tab.send(handler("session_state.load"))
    tab.until(
        lambda t: (
            len(t.heard) > before and bool(t.redirects or t.var("ready", of="session_state") is not None)
        )
    )


def test_every_handler_declares_who_may_call_it() -> None:
    undeclared = [name for name, fn in handlers().items() if not hasattr(fn, "__vulkn_role__")]

    assert undeclared == []
    assert len(handlers()) > 20


def test_only_the_doors_of_the_house_are_open_to_anybody() -> None:
    public = {
        name.rpartition("____")[2]
        for name, fn in handlers().items()
        if getattr(fn, "__vulkn_role__", "") is None
    }

    assert public <= {
        "session_state.load",
        "prefs_state.pick",
        "prefs_state.load",
        "prefs_state.set_lang",
        "account_state.load",
        "login_state.load",
        "signup_state.load",
        "reset_state.load",
    }, public


def test_the_owner_sees_their_own_business(dashboard: TestClient, business: Business, sid: str) -> None:
    with Tab(dashboard, sid) as tab:
        tab.until(loaded)

        assert tab.var("org_slug") == business.slug
        assert tab.var("role") == "owner"


def test_somebody_without_a_cookie_is_sent_to_the_door(dashboard: TestClient, business: Business) -> None:
    with Tab(dashboard) as tab:
        tab.until(lambda t: bool(t.redirects))

        assert tab.redirects[0].startswith("/login/")
        assert business.slug not in json.dumps(tab.heard)


def test_no_handler_of_ours_answers_an_anonymous_socket(dashboard: TestClient, business: Business) -> None:
    """All of them, with no arguments and with strange ones; none may deliver a row or change one."""
    guarded = [name for name, fn in handlers().items() if getattr(fn, "__vulkn_role__", None) is not None]
    with Tab(dashboard, path="/login/") as tab:
        for name in guarded:
            tab.send(name)
            tab.send(name, value="x", id=str(uuid4()), org_id=str(business.org_id))
        tab.until(lambda t: len(t.redirects) >= 1)
        settled(tab)

        assert business.slug not in json.dumps(tab.heard)
        assert set(tab.redirects) <= {"/login/", "/login/?next=/login/"}


def test_a_token_whose_owner_left_shows_a_stranger_nothing(
    dashboard: TestClient, business: Business, sid: str, database_url: str
) -> None:
    with Tab(dashboard, sid) as tab:
        tab.until(loaded)
    stranger = a_session(database_url, a_business(database_url))

    for cookie in (stranger, None):
        with Tab(dashboard, cookie, token=tab.token, path="/nowhere/") as thief:
            settled(thief)

            assert business.slug not in json.dumps(thief.heard)
            assert str(business.org_id) not in json.dumps(thief.heard)


def test_headers_in_the_router_data_are_not_believed(
    dashboard: TestClient, business: Business, sid: str
) -> None:
    forged = {"headers": {"cookie": f"{auth.COOKIE}={sid}"}, "ip": "1.2.3.4"}

    with Tab(dashboard, router_data=forged) as tab:
        tab.until(lambda t: bool(t.redirects))

        assert business.slug not in json.dumps(tab.heard)


def test_a_session_that_ended_stops_working_on_the_open_socket(
    dashboard: TestClient, sid: str, database_url: str
) -> None:
    with Tab(dashboard, sid) as tab:
        tab.until(loaded)
        with psycopg.connect(database_url, autocommit=True) as admin:
            admin.execute("delete from app.web_sessions where id_hash = %s", (auth.cookie_key(sid),))

        tab.send(handler("session_state.load"))
        tab.until(lambda t: bool(t.redirects))

        assert tab.redirects[-1].startswith("/login/")


def test_a_role_taken_away_counts_from_the_next_event(dashboard: TestClient, database_url: str) -> None:
    place = a_business(database_url)
    cookie = a_session(database_url, place)
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute("set session_replication_role = replica")
        admin.execute("update memberships set role = 'member' where org_id = %s", (place.org_id,))
    admins_only = [
        name for name, fn in handlers().items() if getattr(fn, "__vulkn_role__", "") in ("admin", "owner")
    ]
    assert admins_only

    with Tab(dashboard, cookie) as tab:
        tab.until(loaded)
        for name in admins_only:
            tab.send(name)
        tab.until(lambda t: json.dumps(t.events).count("No tienes permiso") >= len(admins_only), 400)

        assert tab.var("role") == "member"


def test_setters_and_framework_internals_change_nothing(dashboard: TestClient, sid: str) -> None:
    session = handler("session_state.load").removesuffix(".load")
    with Tab(dashboard, sid) as tab:
        tab.until(loaded)
        tab.send(f"{session}.set_role", value="owner")
        tab.send(f"{session}.setvar", var_name="role", value="platform")
        tab.send(f"{ROOT_STATE}.setvar", var_name="is_hydrated", value=False)
        tab.send(
            f"{ROOT_STATE}.reflex___state____update_vars_internal_state.update_vars_internal",
            vars={f"{session}.role": "platform", f"{session}.org_id": str(uuid4())},
        )
        settled(tab)

        assert tab.var("role") == "owner"
        assert "platform" not in json.dumps(tab.heard)


@pytest.mark.parametrize("token", ["", "a", "org-1", "x" * 36, "../../etc"])
def test_a_token_that_no_browser_made_is_refused_at_the_edge(dashboard: TestClient, token: str) -> None:
    with (
        pytest.raises(WebSocketDisconnect),
        dashboard.websocket_connect(
            f"/_event/?EIO=4&transport=websocket&token={token}", headers={"upgrade": "websocket"}
        ) as socket,
    ):
        socket.receive_text()


def test_reflexs_upload_door_is_closed(dashboard: TestClient, sid: str) -> None:
    answer = dashboard.post(
        "/_upload",
        headers={"reflex-client-token": str(uuid4()), "cookie": f"{auth.COOKIE}={sid}"},
        files={"files": b"x"},
    )

    assert answer.status_code == 403


def test_no_secret_and_no_token_reaches_the_browser(
    dashboard: TestClient, sid: str, business: Business
) -> None:
    with Tab(dashboard, sid) as tab:
        tab.until(loaded)
        heard = json.dumps(tab.heard)

    assert sid not in heard
    assert auth.cookie_key(sid).hex() not in heard
    assert "refresh" not in heard


def test_the_framework_list_is_no_longer_than_needed() -> None:
    assert len(FRAMEWORK) == 6


async def test_a_tree_is_whole_before_it_is_emptied() -> None:
    """With Redis an event brings a few states, and Reflex's `reset` knows of no others."""
    asked: list[type[BaseState]] = []

    class Tree:
        async def get_state(self, kind: type[BaseState]) -> None:
            asked.append(kind)

    await _fetch(Tree(), State)

    known = RegistrationContext.get().event_handlers
    assert {known[name].states[0] for name in handlers()} <= set(asked)
    assert len(asked) == len(set(asked))
