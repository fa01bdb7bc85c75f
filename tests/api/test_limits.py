"""How much one visitor or one address may ask for, and who counts as one address."""

import gc
import json
from uuid import uuid4

import httpx
import pytest
from limits import RateLimitItem, parse
from starlette.requests import HTTPConnection

from tests.factories import Visitor, a_business
from tests.waiting import until
from vulkn_app import limits, live
from vulkn_app.api import widget
from vulkn_app.api.answers import address
from vulkn_app.conversations import engine
from vulkn_app.settings import settings

FEW = parse("3/minute")


@pytest.fixture
async def visitor(http: httpx.AsyncClient, database_url: str) -> Visitor:
    someone = Visitor(http, a_business(database_url).slug)
    await someone.open()
    return someone


async def ask(visitor: Visitor, path: str) -> httpx.Response:
    there, headers = f"/api/widget/{visitor.slug}/{path}", {"authorization": f"Bearer {visitor.token}"}
    if path == "feedback":
        form = {"message_id": str(uuid4()), "rating": "up"}
        return await visitor.http.post(there, content=json.dumps(form), headers=headers)
    async with visitor.http.stream("GET", there, headers=headers) as answer:
        if answer.status_code != 200 or path != "stream":
            await answer.aread()
        return answer


def too_many(answer: httpx.Response) -> bool:
    if answer.status_code != 429:
        return False
    assert answer.json()["error"]["code"] == "too_many_requests"
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    return True


@pytest.mark.parametrize(
    ("path", "limit"),
    [
        ("config", "ADDRESS_READS"),
        ("messages", "ADDRESS_READS"),
        ("stream", "ADDRESS_READS"),
        ("feedback", "ADDRESS_EVENTS"),
        ("messages", "VISITOR_READS"),
        ("stream", "VISITOR_READS"),
        ("feedback", "VISITOR_READS"),
    ],
)
async def test_every_route_of_the_widget_has_its_limit(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch, path: str, limit: str
) -> None:
    monkeypatch.setattr(limits, limit, FEW)

    refused = [too_many(await ask(visitor, path)) for _ in range(5)]

    assert refused == [False, False, False, True, True]


async def test_one_visitors_limit_is_not_anothers(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "VISITOR_READS", FEW)
    other = Visitor(visitor.http, visitor.slug)
    await other.open()
    for _ in range(4):
        await ask(visitor, "messages")

    assert (await ask(visitor, "messages")).status_code == 429
    assert (await ask(other, "messages")).status_code == 200


async def test_streams_that_stay_open_are_counted_and_given_back(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "STREAMS", limits.Seats(2))
    there, headers = (
        f"/api/widget/{visitor.slug}/stream",
        {"authorization": f"Bearer {visitor.token}"},
    )

    async with (
        visitor.http.stream("GET", there, headers=headers) as first,
        visitor.http.stream("GET", there, headers=headers) as second,
    ):
        await anext(first.aiter_text())
        await anext(second.aiter_text())
        third = await visitor.http.get(there, headers=headers)

    assert too_many(third)


async def test_nothing_is_held_for_a_visitor_who_left(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(widget, "HEARTBEAT", 0.05)
    await visitor.ask("hola")
    there, headers = f"/api/widget/{visitor.slug}/stream", {"authorization": f"Bearer {visitor.token}"}

    for _ in range(3):
        async with visitor.http.stream("GET", there, headers=headers) as stream:
            await anext(stream.aiter_text())

    async def nothing_held() -> bool:
        gc.collect()
        turns = engine._arriving or engine._turns or engine._tasks or engine._lanes
        return not (limits.STREAMS.held or live._listeners or turns)

    await until(nothing_held)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_window_moves_with_the_clock_and_says_how_long_to_wait() -> None:
    clock = Clock()
    window = limits.Window(clock)

    def spent(after: float, who: str = "ana") -> float | None:
        clock.now += after
        return window.spend(FEW, (who,))

    assert [spent(0), spent(10), spent(10)] == [None, None, None]
    assert [spent(10), spent(0, "beto"), spent(29)] == [30.0, None, 1.0]
    assert [spent(1), spent(0)] == [None, 10.0]  # refused ones were not counted


def test_a_window_forgets_those_whose_time_is_over() -> None:
    clock = Clock()
    window = limits.Window(clock)
    for number in range(50):
        window.spend(FEW, (str(number),))
    clock.now += 59
    window.spend(FEW, ("0",))
    assert len(window) == 50

    clock.now += 2
    window.spend(FEW, ("new",))

    assert len(window) == 2


def test_seats_that_nobody_holds_are_not_remembered() -> None:
    seats = limits.Seats(1)
    with seats.taken("a"), pytest.raises(limits.TooMuch):
        seats.ask("a")

    seats.ask("a")
    assert seats.held == {}


@pytest.mark.parametrize("limit", ["ADDRESS_READS", "VISITOR_READS", "ADDRESS_SOCKETS"])
def test_an_office_behind_one_address_is_not_shut_out(limit: str) -> None:
    found: RateLimitItem = getattr(limits, limit)

    assert found.amount >= 60


def asked(peer: str, *forwarded: str) -> HTTPConnection:
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    return HTTPConnection({"type": "http", "client": (peer, 1), "headers": headers})


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, ("1.1.1.1",), "9.9.9.9"),
        (0, (), "9.9.9.9"),
        (1, ("1.1.1.1",), "1.1.1.1"),
        (1, ("6.6.6.6, 1.1.1.1",), "1.1.1.1"),
        (1, ("6.6.6.6", "1.1.1.1"), "1.1.1.1"),  # a proxy that adds a line of its own
        (1, (), "9.9.9.9"),
        (1, ("not an address",), "9.9.9.9"),
        (1, ("6.6.6.6, " + "x" * 10_000,), "9.9.9.9"),
        (2, ("1.1.1.1",), "9.9.9.9"),
        (2, ("6.6.6.6, 1.1.1.1, 10.0.0.1",), "1.1.1.1"),
    ],
)
def test_an_address_is_what_our_own_proxies_saw(
    monkeypatch: pytest.MonkeyPatch, proxies: int, forwarded: tuple[str, ...], expected: str
) -> None:
    monkeypatch.setattr(settings, "trusted_proxies", proxies)

    assert address(asked("9.9.9.9", *forwarded)) == expected


def test_a_whole_ipv6_network_is_one_customer() -> None:
    one, two = address(asked("2001:db8:1:2:a:b:c:d")), address(asked("2001:db8:1:2::1"))

    assert one == two == "2001:db8:1:2::/64"
    assert address(asked("2001:db8:1:3::1")) != one
    assert address(asked("::ffff:9.9.9.9")) == "9.9.9.9"


async def test_a_spoofed_address_gives_no_more_sessions(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "ADDRESS_SESSIONS", FEW)
    limits.forget()

    async def session(number: int) -> int:
        headers = {"x-forwarded-for": f"1.1.1.{number}", "forwarded": f"for=1.1.1.{number}"}
        answer = await visitor.http.post(
            f"/api/widget/{visitor.slug}/sessions", json={}, headers={**headers, "x-real-ip": "1.1.1.1"}
        )
        return answer.status_code

    assert [await session(number) for number in range(5)] == [201, 201, 201, 429, 429]
