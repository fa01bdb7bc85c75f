"""A tab whose line was lost, as the server sees it: the same token once more, while the old line still stands."""

from collections.abc import Iterator
from contextlib import ExitStack

import psycopg
import pytest
from reflex_base.constants import CompileVars
from starlette.testclient import TestClient

from tests.factories import Business, a_business
from tests.plugins.dashboard import ROOT_STATE, Tab, a_session
from tests.state.test_guard import handler, loaded
from vulkn_app import auth

KNOWLEDGE, LOOK = "/app/knowledge/", "/app/channels/look/"


@pytest.fixture
def business(database_url: str) -> Business:
    return a_business(database_url)


@pytest.fixture
def sid(database_url: str, business: Business) -> str:
    return a_session(database_url, business)


@pytest.fixture
def tabs() -> Iterator[ExitStack]:
    with ExitStack() as open_tabs:
        yield open_tabs


def whole(tab: Tab) -> bool:
    return bool(tab.var("is_hydrated"))


def a_tab(tabs: ExitStack, tab: Tab) -> Tab:
    tabs.enter_context(tab)
    tab.until(whole)
    return tab


def new_tokens(tab: Tab) -> list[str]:
    return [message for message in tab.heard if '["new_token"' in message]


def writes_an_entry(tab: Tab) -> None:
    tab.send(handler("knowledge_sheet_state.begin"))
    tab.until(lambda tab: tab.var("is_open", of="knowledge_sheet_state") is True)


def saves_a_look(tab: Tab, color: str) -> None:
    tab.send(handler("look_state.save"), form={"color": color})
    tab.until(lambda tab: (tab.var("look") or {}).get("color") == color)


def has_a_way_back(tab: Tab) -> bool:
    return bool((tab.var("look") or {}).get("before"))


def test_a_line_that_is_back_finds_the_page_as_it_was(
    dashboard: TestClient, sid: str, tabs: ExitStack
) -> None:
    lost = a_tab(tabs, Tab(dashboard, sid, path=KNOWLEDGE))
    writes_an_entry(lost)
    key = lost.var("form_key", of="knowledge_sheet_state")

    back = a_tab(tabs, Tab(dashboard, sid, path=KNOWLEDGE, token=lost.token, back=True))

    assert new_tokens(back) == []
    assert back.var("is_open", of="knowledge_sheet_state") is True
    assert back.var("form_key", of="knowledge_sheet_state") == key


def test_the_typed_words_of_a_form_are_not_written_over(
    dashboard: TestClient, sid: str, tabs: ExitStack
) -> None:
    lost = a_tab(tabs, Tab(dashboard, sid, path=LOOK))
    saves_a_look(lost, "#112233")
    key = lost.var("form_key", of="look_state")

    back = a_tab(tabs, Tab(dashboard, sid, path=LOOK, token=lost.token, back=True))

    assert back.var("form_key", of="look_state") == key > 1


def test_what_changed_while_it_was_away_is_there(dashboard: TestClient, sid: str, tabs: ExitStack) -> None:
    """Also where the line's end was noticed, and the ring went nowhere; what was being typed stays all the same."""
    other = a_tab(tabs, Tab(dashboard, sid, path=LOOK))
    with Tab(dashboard, sid, path=LOOK) as lost:
        lost.until(whole)
        assert not has_a_way_back(lost)
    saves_a_look(other, "#112233")

    back = a_tab(tabs, Tab(dashboard, sid, path=LOOK, token=lost.token, back=True))

    assert has_a_way_back(back)
    assert back.var("form_key", of="look_state") == lost.var("form_key", of="look_state")


def test_it_hears_of_changes_again_also_after_the_old_line_ends(
    dashboard: TestClient, sid: str, tabs: ExitStack
) -> None:
    with Tab(dashboard, sid, path=LOOK) as lost:
        lost.until(whole)
        back = a_tab(tabs, Tab(dashboard, sid, path=LOOK, token=lost.token, back=True))
        other = a_tab(tabs, Tab(dashboard, sid, path=LOOK))

    saves_a_look(other, "#445566")

    back.until(has_a_way_back)


def test_the_lost_line_is_heard_no_more(dashboard: TestClient, sid: str, tabs: ExitStack) -> None:
    lost = a_tab(tabs, Tab(dashboard, sid, path=KNOWLEDGE))
    back = a_tab(tabs, Tab(dashboard, sid, path=KNOWLEDGE, token=lost.token, back=True))

    lost.send(handler("knowledge_sheet_state.begin"))
    back.send(handler("knowledge_bulk_state.ask_review"))

    back.until(lambda tab: tab.var("asking_review") is True)
    assert not back.var("is_open", of="knowledge_sheet_state")
    lost.until(lambda tab: tab.heard[-1].startswith("41/_event"))


def test_a_doubled_tab_is_one_of_its_own(dashboard: TestClient, sid: str, tabs: ExitStack) -> None:
    first = a_tab(tabs, Tab(dashboard, sid, path=KNOWLEDGE))
    writes_an_entry(first)

    doubled = a_tab(tabs, Tab(dashboard, sid, path=KNOWLEDGE, token=first.token))

    assert len(new_tokens(doubled)) == 1
    assert not doubled.var("is_open", of="knowledge_sheet_state")


@pytest.mark.parametrize("signed_in", [True, False])
def test_nobody_else_takes_a_line_over(
    dashboard: TestClient, database_url: str, business: Business, sid: str, tabs: ExitStack, signed_in: bool
) -> None:
    """Not even the same person in another browser; the line that stands goes on."""
    victim = a_tab(tabs, Tab(dashboard, sid, path=KNOWLEDGE))
    other = a_session(database_url, business) if signed_in else None

    thief = tabs.enter_context(Tab(dashboard, other, path=KNOWLEDGE, token=victim.token, back=True))

    assert len(new_tokens(thief)) == 1
    writes_an_entry(victim)


def test_whoever_was_signed_out_meanwhile_is_sent_to_the_door(
    dashboard: TestClient, database_url: str, sid: str, tabs: ExitStack
) -> None:
    lost = a_tab(tabs, Tab(dashboard, sid, path=KNOWLEDGE))
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute("delete from app.web_sessions where id_hash = %s", (auth.cookie_key(sid),))

    back = tabs.enter_context(Tab(dashboard, sid, path=KNOWLEDGE, token=lost.token, back=True))

    back.until(lambda tab: bool(tab.redirects))
    assert back.redirects[0].startswith("/login/")


def test_another_page_than_the_one_it_had_begins(dashboard: TestClient, sid: str, tabs: ExitStack) -> None:
    lost = a_tab(tabs, Tab(dashboard, sid, path=KNOWLEDGE))
    writes_an_entry(lost)

    back = a_tab(tabs, Tab(dashboard, sid, path=LOOK, token=lost.token, back=True))

    assert not back.var("is_open", of="knowledge_sheet_state")
    assert back.var("look")


def test_a_press_behind_a_page_that_begins_counts(dashboard: TestClient, sid: str, tabs: ExitStack) -> None:
    """Its loads come behind the press; what they read is new, what was opened stays."""
    tab = a_tab(tabs, Tab(dashboard, sid, path="/app/channels/"))

    before = len(tab.heard)
    tab.send(f"{ROOT_STATE}.{CompileVars.ON_LOAD_INTERNAL}")
    tab.send(handler("channels_state.begin"))
    tab.until(lambda tab: '"is_hydrated_rx_state_":true' in "".join(tab.heard[before:]))

    assert tab.var("wants") is True


def test_what_was_half_done_is_over_when_a_page_begins(
    dashboard: TestClient, sid: str, tabs: ExitStack
) -> None:
    tab = Tab(dashboard, sid, path=KNOWLEDGE)
    with tab:
        tab.until(loaded)
        writes_an_entry(tab)

    again = a_tab(tabs, Tab(dashboard, sid, path=KNOWLEDGE, token=tab.token))

    assert not any('"is_open_rx_state_":true' in message for message in again.heard)
