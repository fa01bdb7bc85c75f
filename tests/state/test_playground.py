"""The playground over the real socket: its handler runs in the background, so a tab goes on listening."""

import json
from uuid import uuid4

import psycopg
import pytest
from starlette.testclient import TestClient

from tests.factories import Business, a_business
from tests.plugins.dashboard import ROOT_STATE, Tab, a_session
from vulkn_app import live

PAGE = "/app/playground/"
STATE = f"{ROOT_STATE}.state___playground____playground_state"


@pytest.fixture(scope="module")
def business(database_url: str) -> Business:
    return a_business(database_url)


@pytest.fixture
def sid(database_url: str, business: Business) -> str:
    return a_session(database_url, business)


def ask(tab: Tab, words: str) -> dict:
    """Sends a question and waits for the answer with its grounds."""
    before = len(tab.var("trials", of="playground_state") or [])
    tab.send(f"{STATE}.ask", form={"text": words})
    tab.until(
        lambda t: (
            len(t.var("trials", of="playground_state") or []) > before
            and t.var("answering", of="playground_state") is False
        ),
        400,
    )
    return tab.var("trials", of="playground_state")[-1]


def ready(tab: Tab) -> bool:
    return bool(tab.var("ready", of="session_state"))


def test_an_answer_comes_with_what_it_stands_on(
    dashboard: TestClient, business: Business, sid: str, database_url: str
) -> None:
    with Tab(dashboard, sid, path=PAGE) as tab:
        tab.until(ready)

        trial = ask(tab, "¿Cuánto cuesta la limpieza dental?")

    assert "$650" in trial["answer"]
    assert trial["why"]["evidence"][0]["title"] == "Precio de la limpieza dental"
    assert trial["why"]["calls"][0]["provider"] == "rehearsal"
    assert trial["why"]["cost"] == "0.0000"
    with psycopg.connect(database_url) as admin:
        kept = admin.execute(
            "select count(*) from conversations where org_id = %s", (business.org_id,)
        ).fetchone()
    assert kept == (0,)


def test_a_hand_over_is_told_and_nobody_is_called(
    dashboard: TestClient, business: Business, sid: str, database_url: str
) -> None:
    with Tab(dashboard, sid, path=PAGE) as tab:
        tab.until(ready)

        trial = ask(tab, "Quiero hablar con una persona")

    assert trial["why"]["handoff"] == "asked"
    assert [step["name"] for step in trial["why"]["tools"]] == ["hand_over"]
    with psycopg.connect(database_url) as admin:
        rung = admin.execute("select count(*) from alerts where org_id = %s", (business.org_id,)).fetchone()
    assert rung == (0,)


def test_what_is_said_while_an_answer_is_under_way_is_answered_next(dashboard: TestClient, sid: str) -> None:
    said = ["¿Cuánto cuesta la limpieza dental?", "¿A qué hora abren?", "Gracias"]
    with Tab(dashboard, sid, path=PAGE) as tab:
        tab.until(ready)
        for words in said:
            tab.send(f"{STATE}.ask", form={"text": words})
        tab.until(lambda t: len(t.var("trials", of="playground_state") or []) == len(said), 400)

        assert [trial["asked"] for trial in tab.var("trials", of="playground_state")] == said
        assert tab.var("waiting", of="playground_state") == []


def test_starting_over_forgets_what_was_said(dashboard: TestClient, sid: str) -> None:
    with Tab(dashboard, sid, path=PAGE) as tab:
        tab.until(ready)
        ask(tab, "Hola")

        tab.send(f"{STATE}.start_over")
        tab.until(lambda t: t.var("trials", of="playground_state") == [])


def test_nothing_of_the_session_and_nothing_remembered_reaches_the_browser(
    dashboard: TestClient, sid: str
) -> None:
    with Tab(dashboard, sid, path=PAGE) as tab:
        tab.until(ready)
        ask(tab, "Hola, ¿qué horario tienen?")
        heard = json.dumps(tab.heard)

    assert "refresh" not in heard
    assert all(f'"{name}' not in heard for name in ("_history", "_kept", "_spoken", "_run"))


def test_a_stranger_asks_nothing(dashboard: TestClient, business: Business) -> None:
    with Tab(dashboard, path=PAGE) as tab:
        tab.send(f"{STATE}.ask", form={"text": f"¿Horario? {uuid4()}"})
        tab.until(lambda t: bool(t.redirects))

        assert tab.var("trials", of="playground_state") in (None, [])


def test_the_bell_rings_on_whatever_page_one_is(
    dashboard: TestClient, business: Business, sid: str, database_url: str
) -> None:
    with Tab(dashboard, sid, path=PAGE) as tab:
        tab.until(ready)
        tab.send(f"{STATE}.load")
        tab.send(f"{ROOT_STATE}.state___alerts____alerts_state.ring")
        tab.until(lambda t: t.var("unseen", of="alerts_state") == 0)
        with psycopg.connect(database_url, autocommit=True) as admin:
            admin.execute(
                "insert into alerts (org_id, kind, key) values (%s, 'limit', '2026-11:50')",
                (business.org_id,),
            )

        assert dashboard.portal
        dashboard.portal.call(live.publish, live.Ring(business.org_id, "alert"))
        tab.until(lambda t: t.var("unseen", of="alerts_state") == 1, 200)
