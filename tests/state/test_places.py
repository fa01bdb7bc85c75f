"""People of several organizations, and of none: what a tab may see after each step from one to another."""

import json
from collections.abc import Callable
from uuid import uuid4

import psycopg
import pytest
from reflex_base.registry import RegistrationContext
from starlette.testclient import TestClient

from tests.factories import Business, a_business
from tests.plugins.dashboard import Tab, a_session


@pytest.fixture
def business(database_url: str) -> Business:
    return a_business(database_url)


@pytest.fixture
def other(database_url: str, business: Business) -> Business:
    """A second organization, in which the owner of the first one answers customers."""
    second = a_business(database_url)
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute(
            "insert into memberships (org_id, user_id, role) values (%s, %s, 'member')",
            (second.org_id, business.owner.user_id),
        )
        admin.execute("update organizations set name = 'Óptica Norte' where id = %s", (second.org_id,))
    return second


@pytest.fixture
def sid(database_url: str, business: Business) -> str:
    return a_session(database_url, business)


def handler(ending: str) -> str:
    return next(name for name in RegistrationContext.get().event_handlers if name.endswith(ending))


def at(business: Business) -> Callable[[Tab], bool]:
    return lambda tab: tab.var("org_slug") == business.slug


def scripts(tab: Tab) -> str:
    return json.dumps([event["payload"] for event in tab.events if event["name"] != "_redirect"])


def shows(tab: Tab, business: Business) -> bool:
    """Whether the business is anywhere in what the browser heard; the person's address has its short name too."""
    return business.slug in json.dumps(tab.heard).replace(f"{business.slug}@", "")


def put_out(database_url: str, business: Business) -> None:
    """Past the rule that the last owner stays."""
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute("set session_replication_role = replica")
        admin.execute("delete from memberships where user_id = %s", (business.owner.user_id,))


def test_the_menu_names_the_organizations_of_the_person_and_no_other(
    dashboard: TestClient, business: Business, other: Business, sid: str, database_url: str
) -> None:
    a_business(database_url)

    with Tab(dashboard, sid) as tab:
        tab.until(at(business))

        places = {place["id"]: place["role"] for place in tab.var("places")}
    assert places == {str(business.org_id): "owner", str(other.org_id): "member"}


def test_after_a_switch_the_next_page_is_the_other_organization_s_with_the_role_there(
    dashboard: TestClient, business: Business, other: Business, sid: str
) -> None:
    with Tab(dashboard, sid) as tab:
        tab.until(at(business))
        tab.send(handler("session_state.look_at"), org_id=str(other.org_id))
        tab.until(lambda t: "location.assign" in scripts(t))

    with Tab(dashboard, sid, token=tab.token) as after:
        after.until(at(other))

        assert after.var("role") == "member"
        assert not shows(after, business)


@pytest.mark.parametrize("forged", ["another business", "nobody's", "no id at all"])
def test_a_forged_organization_is_refused_and_changes_nothing(
    dashboard: TestClient, business: Business, sid: str, database_url: str, forged: str
) -> None:
    theirs = a_business(database_url)
    wanted = {"another business": str(theirs.org_id), "nobody's": str(uuid4()), "no id at all": "' or 1=1"}

    with Tab(dashboard, sid) as tab:
        tab.until(at(business))
        tab.send(handler("session_state.look_at"), org_id=wanted[forged])
        tab.until(lambda t: "toast" in scripts(t))
        assert "location.assign" not in scripts(tab)

    with Tab(dashboard, sid) as again:
        again.until(at(business))
        assert not shows(again, theirs)


def test_a_click_on_a_page_of_the_organization_before_does_nothing_in_the_new_one(
    dashboard: TestClient, business: Business, other: Business, sid: str, database_url: str
) -> None:
    """Two tabs, one switched: what the other one shows is not what its buttons would act on."""
    form = {"title": "Wifi", "body": "Hay wifi.", "language": "es", "examples": ""}
    with Tab(dashboard, sid) as left, Tab(dashboard, sid) as right:
        left.until(at(business))
        right.until(at(business))
        left.send(handler("session_state.look_at"), org_id=str(other.org_id))
        left.until(lambda t: "location.assign" in scripts(t))

        right.send(handler("knowledge_sheet_state.save"), form=form)
        right.until(lambda t: "location.reload" in scripts(t))

    with psycopg.connect(database_url) as admin:
        found = admin.execute("select count(*) from knowledge_entries where title = 'Wifi'").fetchone()
    assert found == (0,)


def test_who_is_put_out_of_the_team_is_told_at_the_next_click_and_the_page_is_emptied(
    dashboard: TestClient, business: Business, sid: str, database_url: str
) -> None:
    with Tab(dashboard, sid) as tab:
        tab.until(at(business))
        put_out(database_url, business)

        tab.send(handler("inbox_state.load"))
        tab.until(lambda t: bool(t.redirects))

        assert tab.redirects == ["/onboarding/"]
    with Tab(dashboard, sid, token=tab.token, path="/onboarding/") as outside:
        outside.until(lambda t: f"{business.slug}@" in json.dumps(t.heard))
        assert not shows(outside, business)


def test_somebody_outside_founds_one_business_however_often_they_click(
    dashboard: TestClient, business: Business, sid: str, database_url: str
) -> None:
    put_out(database_url, business)

    with Tab(dashboard, sid, path="/onboarding/") as tab:
        for _ in range(2):
            tab.send(handler("business_state.found"), form={"name": "Café Nuevo"})
        tab.until(lambda t: scripts(t).count("location.") >= 2)

    with psycopg.connect(database_url) as admin:
        mine = admin.execute(
            "select o.name, m.role from memberships m join organizations o on o.id = m.org_id"
            " where m.user_id = %s",
            (business.owner.user_id,),
        ).fetchall()
    assert mine == [("Café Nuevo", "owner")]


def test_a_business_without_a_name_is_not_founded(
    dashboard: TestClient, business: Business, sid: str, database_url: str
) -> None:
    put_out(database_url, business)

    with Tab(dashboard, sid, path="/onboarding/") as tab:
        tab.send(handler("business_state.found"), form={"name": "  "})
        tab.until(lambda t: "Escribe el nombre de tu negocio." in json.dumps(t.heard))
