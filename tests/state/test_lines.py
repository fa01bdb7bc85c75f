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
from vulkn_app.branding import look
from vulkn_app.errors import DatabaseAway

CHANNELS, LOOK = "/app/channels/", "/app/channels/look/"


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


def begins_a_number(tab: Tab) -> None:
    tab.send(handler("channels_state.begin"))
    tab.until(lambda tab: tab.var("wants") is True)


def saves_a_look(tab: Tab, color: str) -> None:
    tab.send(handler("look_state.save"), form={"color": color})
    tab.until(lambda tab: (tab.var("look") or {}).get("color") == color)


def has_a_way_back(tab: Tab) -> bool:
    return bool((tab.var("look") or {}).get("before"))


def test_a_line_that_is_back_finds_the_page_as_it_was(
    dashboard: TestClient, sid: str, tabs: ExitStack
) -> None:
    lost = a_tab(tabs, Tab(dashboard, sid, path=CHANNELS))
    begins_a_number(lost)
    key = lost.var("form_key", of="channels_state")

    back = a_tab(tabs, Tab(dashboard, sid, path=CHANNELS, token=lost.token, page=lost.page))

    assert new_tokens(back) == []
    assert back.var("wants") is True
    assert back.var("form_key", of="channels_state") == key


def test_the_typed_words_of_a_form_are_not_written_over(
    dashboard: TestClient, sid: str, tabs: ExitStack
) -> None:
    lost = a_tab(tabs, Tab(dashboard, sid, path=LOOK))
    saves_a_look(lost, "#112233")
    key = lost.var("form_key", of="look_state")

    back = a_tab(tabs, Tab(dashboard, sid, path=LOOK, token=lost.token, page=lost.page))

    assert back.var("form_key", of="look_state") == key > 1


def test_what_changed_while_it_was_away_is_there(dashboard: TestClient, sid: str, tabs: ExitStack) -> None:
    """Also where the line's end was noticed, and the ring went nowhere; what was being typed stays all the same."""
    other = a_tab(tabs, Tab(dashboard, sid, path=LOOK))
    with Tab(dashboard, sid, path=LOOK) as lost:
        lost.until(whole)
        assert not has_a_way_back(lost)
    saves_a_look(other, "#112233")

    back = a_tab(tabs, Tab(dashboard, sid, path=LOOK, token=lost.token, page=lost.page))

    assert has_a_way_back(back)
    assert back.var("form_key", of="look_state") == lost.var("form_key", of="look_state")


def test_it_hears_of_changes_again_also_after_the_old_line_ends(
    dashboard: TestClient, sid: str, tabs: ExitStack
) -> None:
    with Tab(dashboard, sid, path=LOOK) as lost:
        lost.until(whole)
        back = a_tab(tabs, Tab(dashboard, sid, path=LOOK, token=lost.token, page=lost.page))
        other = a_tab(tabs, Tab(dashboard, sid, path=LOOK))

    saves_a_look(other, "#445566")

    back.until(has_a_way_back)


def test_the_lost_line_is_heard_no_more(dashboard: TestClient, sid: str, tabs: ExitStack) -> None:
    lost = a_tab(tabs, Tab(dashboard, sid, path=CHANNELS))
    back = a_tab(tabs, Tab(dashboard, sid, path=CHANNELS, token=lost.token, page=lost.page))

    lost.send(handler("channels_state.begin"))
    back.send(handler("alerts_state.open"))

    back.until(lambda tab: tab.var("is_open", of="alerts_state") is True)
    assert not back.var("wants")
    lost.until(lambda tab: tab.heard[-1].startswith("41/_event"))


def test_a_doubled_tab_is_one_of_its_own(dashboard: TestClient, sid: str, tabs: ExitStack) -> None:
    first = a_tab(tabs, Tab(dashboard, sid, path=CHANNELS))
    begins_a_number(first)

    doubled = a_tab(tabs, Tab(dashboard, sid, path=CHANNELS, token=first.token))

    assert len(new_tokens(doubled)) == 1
    assert not doubled.var("wants")


@pytest.mark.parametrize("signed_in", [True, False])
def test_nobody_else_takes_a_line_over(
    dashboard: TestClient, database_url: str, business: Business, sid: str, tabs: ExitStack, signed_in: bool
) -> None:
    """Not even the same person in another browser; the line that stands goes on."""
    victim = a_tab(tabs, Tab(dashboard, sid, path=CHANNELS))
    other = a_session(database_url, business) if signed_in else None

    thief = tabs.enter_context(Tab(dashboard, other, path=CHANNELS, token=victim.token, page=victim.page))

    assert len(new_tokens(thief)) == 1
    begins_a_number(victim)


def test_whoever_was_signed_out_meanwhile_is_sent_to_the_door(
    dashboard: TestClient, database_url: str, sid: str, tabs: ExitStack
) -> None:
    lost = a_tab(tabs, Tab(dashboard, sid, path=CHANNELS))
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute("delete from app.web_sessions where id_hash = %s", (auth.cookie_key(sid),))

    back = tabs.enter_context(Tab(dashboard, sid, path=CHANNELS, token=lost.token, page=lost.page))

    back.until(lambda tab: bool(tab.redirects))
    assert back.redirects[0].startswith("/login/")


def test_another_page_than_the_one_it_had_begins(dashboard: TestClient, sid: str, tabs: ExitStack) -> None:
    lost = a_tab(tabs, Tab(dashboard, sid, path=CHANNELS))
    begins_a_number(lost)

    back = a_tab(tabs, Tab(dashboard, sid, path=LOOK, token=lost.token, page=lost.page))

    assert not back.var("wants")
    assert back.var("look")


def test_a_press_behind_a_page_that_begins_counts(dashboard: TestClient, sid: str, tabs: ExitStack) -> None:
    """Its loads come behind the press; what they read is new, what was opened stays."""
    tab = a_tab(tabs, Tab(dashboard, sid, path=CHANNELS))

    before = len(tab.heard)
    tab.send(f"{ROOT_STATE}.{CompileVars.ON_LOAD_INTERNAL}")
    tab.send(handler("channels_state.begin"))
    tab.until(lambda tab: '"is_hydrated_rx_state_":true' in "".join(tab.heard[before:]))

    assert tab.var("wants") is True


def test_a_page_that_could_not_load_loads_when_its_line_is_back(
    dashboard: TestClient, sid: str, tabs: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise DatabaseAway

    with monkeypatch.context() as broken:
        broken.setattr(look, "current", away)
        lost = a_tab(tabs, Tab(dashboard, sid, path=LOOK))
        assert not lost.var("look")

    back = a_tab(tabs, Tab(dashboard, sid, path=LOOK, token=lost.token, page=lost.page))

    assert back.var("look")


def test_what_was_half_done_is_over_when_a_page_begins(
    dashboard: TestClient, sid: str, tabs: ExitStack
) -> None:
    tab = Tab(dashboard, sid, path=CHANNELS)
    with tab:
        tab.until(loaded)
        begins_a_number(tab)

    again = a_tab(tabs, Tab(dashboard, sid, path=CHANNELS, token=tab.token))

    assert not any('"wants_rx_state_":true' in message for message in again.heard)
