"""The same through the dashboard's own socket: what a hand-made client could send."""

import json
from collections.abc import Callable
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from tests.administrators.conftest import Helper, handler
from tests.factories import Business, a_business
from tests.plugins.dashboard import Tab, a_session
from tests.state.test_guard import handlers
from vulkn_app.auth import cookie_key

OURS = ("administrator", "platform", "standing")
PAGES = ("/app/", "/app/inbox/", "/app/leads/", "/app/knowledge/", "/app/agent/", "/app/team/", "/app/audit/")


def proved(helper: Helper) -> None:
    helper.root("update app.web_sessions set proved_at = now() where id_hash = %s", cookie_key(helper.sid))


def begun(helper: Helper, business: Business, mode: str = "read") -> str:
    """A session as app.session_stands_in leaves it."""
    [(session,)] = helper.root(
        "insert into impersonation_sessions (org_id, admin_id, reason, mode, expires_at)"
        " values (%s, %s, 'ticket 4711, the hours', %s, now() + interval '30 minutes') returning id",
        business.org_id,
        helper.user_id,
        mode,
    )
    helper.root(
        "update app.web_sessions set imp_session = %s, proved_at = now() where id_hash = %s",
        session,
        cookie_key(helper.sid),
    )
    return str(session)


def scripts(tab: Tab) -> str:
    return json.dumps(tab.events)


def at(business: Business) -> Callable[[Tab], bool]:
    return lambda tab: tab.var("org_slug") == business.slug


def test_nobody_else_calls_a_handler_of_ours(
    dashboard: TestClient, business: Business, database_url: str
) -> None:
    """Not an owner, with the rights of their whole business: each is sent home, and nothing comes back."""
    ours = [name for name, fn in handlers().items() if getattr(fn, "__vulkn_role__", "") in OURS]
    assert len(ours) > 20

    with Tab(dashboard, a_session(database_url, business)) as tab:
        tab.until(at(business))
        for name in ours:
            tab.send(name)
        tab.until(lambda t: len(t.redirects) >= len(ours), 400)

        assert set(tab.redirects) == {"/app/"}
        assert tab.var("rows", of="desk_state") in (None, [])


def test_an_administrator_gets_nothing_before_the_factor(dashboard: TestClient, helper: Helper) -> None:
    with Tab(dashboard, helper.sid, path="/admin/") as tab:
        tab.until(lambda t: t.var("enrolling") is True)
        tab.send(handler("desk_state.load"))
        tab.send(handler("desk_state.open"), org_id=str(uuid4()))
        tab.send(handler("admin_state.load"))
        tab.until(lambda t: len(t.heard) > 3)

        assert tab.var("proved") is False
        assert tab.var("rows", of="desk_state") in (None, [])
        assert "data:image/svg" in tab.var("picture")


def test_the_list_shows_organizations_and_nothing_written_in_them(
    dashboard: TestClient, helper: Helper, business: Business
) -> None:
    proved(helper)
    with Tab(dashboard, helper.sid, path="/admin/") as tab:
        tab.until(lambda t: bool(t.var("rows", of="desk_state")))

        slugs = {row["slug"] for row in tab.var("rows", of="desk_state")}
        assert business.slug in slugs
        assert f"{business.slug}@sol.test" not in json.dumps(tab.heard)
        assert "limpieza" not in json.dumps(tab.heard)


def test_inside_a_client_every_page_is_theirs_and_stands_in_their_log(
    dashboard: TestClient, helper: Helper, business: Business
) -> None:
    session = begun(helper, business)

    for path in PAGES:
        with Tab(dashboard, helper.sid, path=path) as tab:
            tab.until(at(business))
            assert (tab.var("standing"), tab.var("role")) == ("read", "admin")
            assert "Negocio propio" not in json.dumps(tab.heard)

    assert viewed(helper, session) == list(PAGES)


@pytest.mark.parametrize("told", ["/login/", "/app/", "/c/nobody/", "/app/agent/?x=/app/inbox/"])
def test_what_is_read_is_noted_wherever_the_browser_says_that_it_is(
    dashboard: TestClient, helper: Helper, business: Business, told: str
) -> None:
    """The page of an event is the browser's word: a hand-made one says another page than the one it asks for."""
    session = begun(helper, business)
    with Tab(dashboard, helper.sid, path="/app/agent/") as tab:
        tab.until(at(business))
        tab.path = told
        tab.send(handler("inbox_state.load"))
        tab.send(handler("leads_state.load"))
        tab.send(handler("knowledge_story_state.say_why"), reason="seen")
        tab.until(lambda t: t.var("reason", of="knowledge_story") == "seen")

    noted = viewed(helper, session)
    seen = {page.partition("?")[0] for page in noted}
    assert {"/app/agent/", "/app/inbox/", "/app/knowledge/", "/app/leads/"} <= seen
    assert len(noted) == len(set(noted))


def viewed(helper: Helper, session: str) -> list[str]:
    rows = helper.root(
        "select entity_id from audit_log where imp_session = %s and action = 'view' order by seq", session
    )
    return [page for (page,) in rows]


def test_a_change_while_reading_is_refused_with_a_sentence(
    dashboard: TestClient, helper: Helper, business: Business
) -> None:
    begun(helper, business)
    with Tab(dashboard, helper.sid) as tab:
        tab.until(at(business))
        tab.send(handler("alerts_state.see_all"))
        tab.until(lambda t: "solo lectura" in scripts(t))


def test_no_administrator_s_work_from_inside_and_nothing_of_their_own(
    dashboard: TestClient, helper: Helper, business: Business
) -> None:
    begun(helper, business, "write")
    ours = [name for name, fn in handlers().items() if getattr(fn, "__vulkn_role__", "") == "platform"]
    with Tab(dashboard, helper.sid) as tab:
        tab.until(at(business))
        for name in ours:
            tab.send(name)
        tab.until(lambda t: len(t.redirects) >= len(ours), 400)
        tab.send(handler("business_state.found"), form={"name": "Otra"})
        tab.send(handler("session_state.look_at"), org_id=str(uuid4()))
        tab.until(lambda t: scripts(t).count("visita de soporte") >= 2)

        assert set(tab.redirects) == {"/app/"}
        assert tab.var("rows", of="desk_state") in (None, [])


@pytest.mark.parametrize("how", ["time", "owner", "shell"])
def test_an_open_tab_goes_back_to_the_desk_when_the_session_ends(
    dashboard: TestClient, helper: Helper, business: Business, how: str
) -> None:
    session = begun(helper, business)
    ends = {
        "time": "update impersonation_sessions set started_at = now() - interval '40 minutes', expires_at = now() where id = %s",
        "owner": "update organizations set support_allowed = false where id = (select org_id from impersonation_sessions where id = %s)",
        "shell": "update app.platform_admins set revoked_at = now() where user_id = (select admin_id from impersonation_sessions where id = %s)",
    }
    with Tab(dashboard, helper.sid, path="/app/leads/") as tab:
        tab.until(at(business))
        helper.root(ends[how], session)
        tab.send(handler("leads_state.ring"))
        tab.until(lambda t: "/admin/" in t.redirects or "reload" in scripts(t))

        assert "Negocio propio" not in json.dumps(tab.heard)
        assert tab.var("rows", of="leads_state") in (None, [])


def test_after_the_end_the_desk_leaves_it_behind(
    dashboard: TestClient, helper: Helper, business: Business
) -> None:
    session = begun(helper, business)
    helper.root("update impersonation_sessions set ended_at = now() where id = %s", session)

    with Tab(dashboard, helper.sid, path="/admin/") as tab:
        tab.until(lambda t: "/admin/?over=1" in scripts(t))

    assert helper.root(
        "select imp_session from app.web_sessions where id_hash = %s", cookie_key(helper.sid)
    ) == [(None,)]


def test_the_bell_of_their_own_business_does_not_ring_inside_another(
    dashboard: TestClient, helper: Helper, business: Business
) -> None:
    from state import fanout

    with Tab(dashboard, helper.sid, path="/app/inbox/") as tab:
        tab.until(lambda t: bool(t.var("org_id")))
        own = next(iter(helper.root("select org_id from memberships where user_id = %s", helper.user_id)))[0]
        tab.until(lambda _: fanout.watchers(own) > 0)
        begun(helper, business)
        tab.send(handler("inbox_state.ring"))
        tab.until(lambda t: "reload" in scripts(t))

        assert fanout.watchers(own) == 0


def test_the_forgotten_session_of_another_administrator_is_worth_nothing(
    dashboard: TestClient, helper: Helper, business: Business, database_url: str
) -> None:
    """The id of somebody else's session, put beside one's own cookie."""
    session = begun(helper, business)
    own = a_business(database_url)
    cookie = a_session(database_url, own)
    helper.root("insert into app.platform_admins (user_id) values (%s)", own.owner.user_id)
    helper.root(
        "update app.web_sessions set imp_session = %s where id_hash = %s", session, cookie_key(cookie)
    )

    with Tab(dashboard, cookie) as tab:
        tab.until(lambda t: bool(t.redirects))
        assert business.slug not in json.dumps(tab.heard)
