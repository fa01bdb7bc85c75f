"""The widget's contract over HTTP: what is right works, what is wrong gets a clear error, nothing is lost."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest

from tests.factories import Business, Visitor, a_business, read_events
from vulkn_app import live
from vulkn_app.conversations import inbox


@pytest.fixture
def business(database_url: str) -> Business:
    return a_business(database_url, origins=["https://sol.mx", "*.sol.mx"])


@pytest.fixture
async def visitor(http: httpx.AsyncClient, business: Business) -> Visitor:
    someone = Visitor(http, business.slug)
    await someone.open()
    return someone


def error(answer: httpx.Response) -> tuple[int, str]:
    body = answer.json()["error"]
    assert body["message"]
    assert "Traceback" not in answer.text
    return answer.status_code, body["code"]


async def post(visitor: Visitor, body: bytes | str, **headers: str) -> httpx.Response:
    content = body.encode() if isinstance(body, str) else body
    everything = {"authorization": f"Bearer {visitor.token}", "content-type": "application/json", **headers}
    return await visitor.http.post(
        f"/api/widget/{visitor.slug}/messages", content=content, headers=everything
    )


async def test_an_unknown_business_is_not_found(http: httpx.AsyncClient) -> None:
    assert error(await http.get("/api/widget/nobody-here/config")) == (404, "unknown_business")
    assert error(await http.post("/api/widget/nobody-here/sessions", json={})) == (404, "unknown_business")


@pytest.mark.parametrize("origin", ["https://sol.mx", "https://www.sol.mx", "https://a.b.sol.mx"])
async def test_an_allowed_origin_may_ask(http: httpx.AsyncClient, business: Business, origin: str) -> None:
    answer = await http.get(f"/api/widget/{business.slug}/config", headers={"origin": origin})

    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == origin


@pytest.mark.parametrize(
    "origin",
    ["https://evil.mx", "https://sol.mx.evil.com", "https://evilsol.mx", "null", "http://sol.mx", "file://"],
)
async def test_a_foreign_origin_is_refused(http: httpx.AsyncClient, business: Business, origin: str) -> None:
    for method, path in (("GET", "config"), ("POST", "sessions"), ("POST", "messages"), ("POST", "events")):
        answer = await http.request(method, f"/api/widget/{business.slug}/{path}", headers={"origin": origin})
        assert error(answer) == (403, "foreign_origin"), path


async def test_any_origin_gets_its_preflight_answered(http: httpx.AsyncClient, business: Business) -> None:
    answer = await http.options(
        f"/api/widget/{business.slug}/messages",
        headers={"origin": "https://sol.mx", "access-control-request-method": "POST"},
    )

    assert answer.status_code == 204
    assert "authorization" in answer.headers["access-control-allow-headers"]


async def test_config_is_cacheable(http: httpx.AsyncClient, business: Business) -> None:
    first = await http.get(f"/api/widget/{business.slug}/config")
    again = await http.get(
        f"/api/widget/{business.slug}/config", headers={"if-none-match": first.headers["etag"]}
    )

    assert again.status_code == 304


@pytest.mark.parametrize("token", ["-", "x", "A" * 43, "A" * 5000])
async def test_a_forged_or_missing_token_is_refused(visitor: Visitor, token: str) -> None:
    visitor.token = token

    answer = await post(visitor, json.dumps({"id": str(uuid4()), "text": "hola"}))

    assert error(answer) == (401, "visitor_unknown")


async def test_a_token_of_another_business_is_refused(visitor: Visitor, database_url: str) -> None:
    visitor.slug = a_business(database_url).slug

    answer = await post(visitor, json.dumps({"id": str(uuid4()), "text": "hola"}))

    assert error(answer) == (401, "visitor_unknown")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", (400, "invalid_json")),
        (b"{", (400, "invalid_json")),
        (b"\xff\xfe\x00", (400, "invalid_json")),
        (b"[" * 30_000, (400, "invalid_json")),
        (b"[]", (422, "bad_input")),
        (b"null", (422, "bad_input")),
        (b'{"text": "hola"}', (422, "bad_input")),
        (b'{"id": "not-a-uuid", "text": "hola"}', (422, "bad_input")),
        (b'{"id": "6f0f3f5e-9d5c-4c43-9c5b-0a4e3a8a2b11", "text": 5}', (422, "bad_input")),
        (b'{"id": "6f0f3f5e-9d5c-4c43-9c5b-0a4e3a8a2b11", "text": ""}', (422, "empty_text")),
        (b'{"id": "6f0f3f5e-9d5c-4c43-9c5b-0a4e3a8a2b11", "text": " \\u0000\\n "}', (422, "empty_text")),
        (
            b'{"id": "6f0f3f5e-9d5c-4c43-9c5b-0a4e3a8a2b11", "text": "' + b"a" * 4001 + b'"}',
            (422, "text_too_long"),
        ),
        (
            b'{"id": "6f0f3f5e-9d5c-4c43-9c5b-0a4e3a8a2b11", "text": "' + b"a" * 70_000 + b'"}',
            (413, "too_large"),
        ),
    ],
    ids=lambda value: value[:24].decode("latin-1") if isinstance(value, bytes) else None,
)
async def test_a_bad_body_gets_the_right_status(
    visitor: Visitor, body: bytes, expected: tuple[int, str]
) -> None:
    assert error(await post(visitor, body)) == expected
    assert await visitor.history() == []


@pytest.mark.parametrize(
    "text",
    [
        "👩‍👩‍👧‍👦🔥",
        "مرحبا، كم السعر؟",
        "a\u0000b",
        "\u202egnp.exe",
        "é" * 2000,
        "'; drop table messages; --",
        "<script>alert(1)</script>",
        "{{7*7}} ${7*7} %s %(x)s",
    ],
)
async def test_strange_text_is_stored_and_answered(visitor: Visitor, text: str) -> None:
    answer = await visitor.ask(text)

    assert answer.names[-1] == "done"
    assert (await visitor.history())[0]["text"] == text.replace("\u0000", "")


async def test_a_lone_surrogate_is_refused_or_mended_but_never_an_error_of_ours(visitor: Visitor) -> None:
    answer = await post(visitor, b'{"id": "6f0f3f5e-9d5c-4c43-9c5b-0a4e3a8a2b11", "text": "a\\ud800b"}')

    assert answer.status_code in (200, 400, 422)


async def test_a_hundred_megabytes_are_refused_without_being_read(visitor: Visitor) -> None:
    async def endless():
        for _ in range(1600):
            yield b"a" * 65536

    try:
        answer = await visitor.http.post(
            f"/api/widget/{visitor.slug}/messages",
            content=endless(),
            headers={"authorization": f"Bearer {visitor.token}"},
        )
    except (httpx.WriteError, httpx.RemoteProtocolError, httpx.ReadError):
        return  # the server hung up on the sender: also a clear answer
    assert error(answer) == (413, "too_large")


async def test_two_hundred_requests_at_once_lose_nothing_and_double_nothing(
    visitor: Visitor, business: Business, database_url: str
) -> None:
    ids = [str(uuid4()) for _ in range(200)]
    answers = await asyncio.gather(
        *(post(visitor, json.dumps({"id": id, "text": f"¿Hay estacionamiento? {id}"})) for id in ids)
    )

    accepted = [id for id, answer in zip(ids, answers, strict=True) if answer.status_code == 200]
    assert 1 <= len(accepted) <= 20
    assert {error(answer) for answer in answers if answer.status_code != 200} == {(429, "too_many_requests")}
    assert all(int(answer.headers["retry-after"]) >= 1 for answer in answers if answer.status_code == 429)
    with psycopg.connect(database_url) as admin:
        stored = admin.execute(
            "select external_id from messages where org_id = %s and sender = 'visitor'", (business.org_id,)
        ).fetchall()
        spoken = admin.execute(
            "select count(*) from messages where org_id = %s and sender = 'agent'", (business.org_id,)
        ).fetchone()
    assert sorted(id for (id,) in stored) == sorted(accepted)
    assert spoken == (len(accepted),)


async def test_a_paused_agent_says_so(http: httpx.AsyncClient, database_url: str) -> None:
    visitor = Visitor(http, a_business(database_url, live=False).slug)
    await visitor.open()

    assert error(await post(visitor, json.dumps({"id": str(uuid4()), "text": "hola"}))) == (
        409,
        "agent_paused",
    )


async def test_a_known_token_resumes_with_the_history(visitor: Visitor) -> None:
    await visitor.ask("hola")
    token, conversation = visitor.token, visitor.conversation_id

    session = await visitor.open(visitor_token=token)

    assert (session["visitor_token"], session["conversation_id"]) == (token, conversation)
    assert [message["sender"] for message in session["messages"]] == ["visitor", "agent"]


async def test_a_token_the_client_made_up_is_replaced(visitor: Visitor) -> None:
    session = await visitor.open(visitor_token="mine-mine-mine")

    assert session["visitor_token"] != "mine-mine-mine"


async def test_a_thumb_reaches_the_answer_and_nobody_elses(
    visitor: Visitor, http: httpx.AsyncClient, business: Business
) -> None:
    answer = await visitor.ask("¿Hay estacionamiento?")
    thumb = {"message_id": answer["message"]["id"], "rating": "up"}
    stranger = Visitor(http, business.slug)
    await stranger.open()

    refused = await http.post(
        f"/api/widget/{business.slug}/feedback",
        json=thumb,
        headers={"authorization": f"Bearer {stranger.token}"},
    )
    taken = await http.post(
        f"/api/widget/{business.slug}/feedback",
        json=thumb,
        headers={"authorization": f"Bearer {visitor.token}"},
    )

    assert error(refused) == (404, "not_found")
    assert taken.status_code == 204
    assert (await visitor.history())[-1]["rating"] == 1


async def test_an_event_sent_twice_counts_once(
    http: httpx.AsyncClient, business: Business, database_url: str
) -> None:
    body = json.dumps({"events": [{"type": "impression", "id": str(uuid4()), "page": "/"}]})
    for _ in range(2):
        answer = await http.post(
            f"/api/widget/{business.slug}/events", content=body, headers={"content-type": "text/plain"}
        )
        assert answer.status_code == 202

    with psycopg.connect(database_url) as admin:
        count = admin.execute(
            "select count(*) from widget_events where org_id = %s", (business.org_id,)
        ).fetchone()
    assert count == (1,)


async def heard_by(visitor: Visitor, happens: Callable[[], Awaitable[object]]) -> dict:
    """The message that an open chat is told of when something happens."""
    heard: list[tuple[str, dict]] = []
    async with visitor.http.stream(
        "GET", f"/api/widget/{visitor.slug}/stream", headers={"authorization": f"Bearer {visitor.token}"}
    ) as stream:
        pieces = stream.aiter_text()
        heard += read_events(await anext(pieces))
        await happens()
        while not any(event == "message" for event, _ in heard):
            heard += read_events(await anext(pieces))
    return next(data for event, data in heard if event == "message")


async def test_a_reminder_reaches_an_open_chat(
    visitor: Visitor, business: Business, database_url: str
) -> None:
    await visitor.ask("hola")

    async def remind() -> None:
        with psycopg.connect(database_url, autocommit=True) as admin:
            admin.execute(
                "insert into messages (org_id, conversation_id, sender, body, external_id)"
                " values (%s, %s, 'agent', 'Mañana a las 10.', 'reminder:1')",
                (business.org_id, visitor.conversation_id),
            )
        live.publish(live.Ring(business.org_id, "message", UUID(visitor.conversation_id)))

    message = await heard_by(visitor, remind)

    assert (message["sender"], message["text"], message["notice"]) == ("agent", "Mañana a las 10.", True)


async def test_what_a_person_writes_reaches_the_visitor_as_it_is_written(
    visitor: Visitor, business: Business
) -> None:
    await visitor.ask("hola")
    form = inbox.ReplyForm(text="Le escribe Ana.", draft=str(uuid4()))

    message = await heard_by(
        visitor, lambda: inbox.reply(business.owner, UUID(visitor.conversation_id), form)
    )

    assert (message["sender"], message["text"]) == ("human", "Le escribe Ana.")


async def test_an_unknown_address_of_the_api_is_json(http: httpx.AsyncClient) -> None:
    assert error(await http.get("/api/nothing/here")) == (404, "not_found")


@pytest.mark.parametrize(("live", "kept"), [(True, "public, max-age=60"), (False, "no-cache")])
async def test_whoever_has_just_opened_sees_the_chat_at_once(
    http: httpx.AsyncClient, database_url: str, live: bool, kept: str
) -> None:
    answer = await http.get(f"/api/widget/{a_business(database_url, live=live).slug}/config")

    assert (answer.json()["live"], answer.headers["cache-control"]) == (live, kept)
