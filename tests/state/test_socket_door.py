"""What somebody can do with the dashboard's sockets before they are anybody."""

import threading
from collections.abc import Iterator
from uuid import uuid4

import pytest
from limits import parse
from starlette.responses import Response
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from tests.factories import Business, a_business
from tests.plugins.dashboard import ROOT_STATE, Tab, a_session
from vulkn_app import limits
from vulkn_app.api import forms, sockets


@pytest.fixture(scope="module")
def business(database_url: str) -> Business:
    return a_business(database_url)


@pytest.fixture
def sid(database_url: str, business: Business) -> str:
    return a_session(database_url, business)


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(sockets, "FORGOTTEN_AFTER", 0.05)
    limits.forget()
    yield
    limits.forget()


def arrived(tab: Tab) -> bool:
    return bool(tab.redirects or tab.var("ready", of="session_state"))


def closed(tab: Tab) -> int:
    """The code that the server closes this tab's socket with."""
    for _ in range(100):
        try:
            tab._hear(tab._socket.receive_text())
        except WebSocketDisconnect as ended:
            tab._connection.__exit__(None, None, None)
            return ended.code
    raise AssertionError(f"still open; heard {tab.heard[-3:]}")


def trees(tab: Tab) -> bool:
    from vulkn_app.vulkn_app import app

    return any(tab.token in key for key in app.state_manager.states)  # pyright: ignore[reportAttributeAccessIssue]


def waited_for(tab: Tab, *, there: bool) -> bool:
    pause = threading.Event()
    for _ in range(500):
        if trees(tab) is there:
            return True
        pause.wait(0.01)
    return False


def test_an_address_opens_only_so_many_sockets(
    dashboard: TestClient, sid: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "ADDRESS_SOCKETS", parse("3/minute"))
    for _ in range(3):
        with Tab(dashboard, sid) as tab:
            tab.until(arrived)

    with pytest.raises(WebSocketDisconnect) as refused, Tab(dashboard, sid):
        pass

    assert refused.value.code == 1013


@pytest.mark.parametrize("cookie", [None, "made-up", "A" * 43])
def test_only_so_many_strangers_stand_at_the_door_and_members_pass_them(
    dashboard: TestClient, sid: str, monkeypatch: pytest.MonkeyPatch, cookie: str | None
) -> None:
    monkeypatch.setattr(limits, "STRANGERS", limits.Seats(2))

    with Tab(dashboard, cookie), Tab(dashboard, cookie):
        with pytest.raises(WebSocketDisconnect), Tab(dashboard, cookie):
            pass
        with Tab(dashboard, sid) as member:
            member.until(lambda tab: bool(tab.var("ready", of="session_state")))
    with Tab(dashboard, cookie) as again:
        again.until(arrived)


@pytest.mark.parametrize("size", [64 * 1024 + 1, 900_000])
def test_a_stranger_cannot_send_a_large_message(dashboard: TestClient, size: int) -> None:
    tab = Tab(dashboard, path="/login/").__enter__()

    tab._socket.send_text("42/_event," + "x" * size)

    assert closed(tab) == 1009


def test_bytes_count_and_not_letters(dashboard: TestClient) -> None:
    tab = Tab(dashboard, path="/login/").__enter__()

    tab._socket.send_text("42/_event," + "ñ" * 40_000)

    assert closed(tab) == 1009


def test_the_longest_text_of_a_form_passes_when_signed_in(dashboard: TestClient, sid: str) -> None:
    with Tab(dashboard, sid) as tab:
        tab.until(arrived)
        tab.send(f"{ROOT_STATE}.no_such_handler", text="漢" * 60_000)
        tab.events.clear()
        tab.send(next(name for name in handlers() if name.endswith("session_state.load")))
        tab.until(lambda t: bool(t.var("ready", of="session_state")))

    tab = Tab(dashboard, sid).__enter__()
    tab._socket.send_text("42/_event," + "x" * 300_000)
    assert closed(tab) == 1009


def test_a_flood_of_small_messages_ends_the_socket_and_no_other(
    dashboard: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "MESSAGES", 20)
    with Tab(dashboard, path="/login/") as bystander:
        bystander.until(lambda t: bool(t.var("is_hydrated")))
        flooding = Tab(dashboard, path="/login/").__enter__()

        for _ in range(25):
            flooding.send(f"{ROOT_STATE}.no_such_handler")

        assert closed(flooding) == 1008
        bystander.send(next(name for name in handlers() if name.endswith("session_state.load")))
        bystander.until(lambda t: bool(t.redirects))


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("transport", ["polling", "websocket"])
def test_polling_is_no_way_around_the_door(dashboard: TestClient, method: str, transport: str) -> None:
    answer = dashboard.request(
        method, f"/_event/?EIO=4&transport={transport}&token={uuid4()}", content=b"40/_event,"
    )

    assert answer.status_code == 403


def test_a_socket_anywhere_else_is_refused_like_one_that_no_browser_made(dashboard: TestClient) -> None:
    for path in ("/", "/ws", "/app/", f"/_events?token={uuid4()}"):
        with (
            pytest.raises(WebSocketDisconnect),
            dashboard.websocket_connect(path, headers={"upgrade": "websocket"}) as socket,
        ):
            socket.receive_text()


def test_what_a_stranger_left_behind_is_soon_gone(dashboard: TestClient) -> None:
    with Tab(dashboard) as first:
        first.until(arrived)
        assert trees(first)
        with Tab(dashboard) as second:
            second.until(arrived)
        assert waited_for(second, there=False)
        assert trees(first)  # still here

    assert waited_for(first, there=False)


def test_what_a_member_left_behind_is_kept_for_their_return(dashboard: TestClient, sid: str) -> None:
    with Tab(dashboard, sid) as member:
        member.until(lambda tab: bool(tab.var("ready", of="session_state")))

    with Tab(dashboard) as stranger:
        stranger.until(arrived)

    assert waited_for(stranger, there=False)
    assert trees(member)


@pytest.mark.parametrize(
    "cookies", ["vk_sid", "vk_sid=\xff", "=;;vk_sid==;", 'vk_sid="', "vk_sid=" + "A" * 8000, "vk_form=!!"]
)
def test_a_malformed_cookie_is_a_stranger(dashboard: TestClient, cookies: str) -> None:
    with Tab(dashboard, cookies=cookies) as tab:
        tab.until(lambda t: bool(t.redirects))

        assert tab.redirects[0].startswith("/login/")


def test_a_form_that_came_back_is_filled_as_it_was(dashboard: TestClient) -> None:
    typed = forms.Typed(page="/signup/", email="ana@luna.example", name="Ana «Ñu»")
    answer = Response()
    forms.keep(answer, typed, secure=False)
    cookies = answer.headers["set-cookie"].partition(";")[0]

    def filled(path: str) -> list[str]:
        with Tab(dashboard, cookies=cookies, path=path) as tab:
            tab.until(lambda t: bool(t.var("is_hydrated")))
            return [tab.var(field, of="account") for field in ("email", "name")]

    assert filled("/signup/?e=email_taken") == ["ana@luna.example", "Ana «Ñu»"]
    assert filled("/signup/") == ["", ""]
    assert filled("/login/?e=wrong_credentials") == ["", ""]


def handlers() -> list[str]:
    from reflex_base.registry import RegistrationContext

    return list(RegistrationContext.get().event_handlers)
