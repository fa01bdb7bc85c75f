"""Our client against what Meta says, and does not say."""

import json
import traceback
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from pydantic import SecretStr

from models.whatsapp import NumberMode, NumberState
from tests.connected import PHONE, a_number
from tests.factories import a_business
from tests.fakes.graph import TOKEN, FakeGraph
from tests.fakes.graph_rules import refusal
from vulkn_app import live
from vulkn_app.channels.whatsapp import numbers
from vulkn_app.channels.whatsapp.graph import Graph, GraphAway, GraphProblem
from vulkn_app.channels.whatsapp.numbers import NotConnected, Number
from vulkn_app.db import AgentKey
from vulkn_app.settings import settings

HELLO = {"to": PHONE, "type": "text", "text": {"body": "Hola"}}
EXAMPLES = Path(__file__).parent.parent.parent / "data" / "wa_outbound_examples.jsonl"


def a_graph(token: str = TOKEN) -> Graph:
    number = Number(
        channel_id=uuid4(),
        phone_number_id="106540352242922",
        waba="102290129340398",
        token=SecretStr(token),
        mode=NumberMode.CLOUD,
        state=NumberState.ACTIVE,
    )
    return Graph(number)


async def test_what_is_sent_arrives_with_its_token_in_the_header_alone(fake_graph: FakeGraph) -> None:
    wamid = await a_graph().send(HELLO)

    [taken], [request] = fake_graph.taken, fake_graph.requests
    assert (taken.wamid, taken.to, taken.said) == (wamid, PHONE, "Hola")
    assert request.path == "/v25.0/106540352242922/messages"
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert TOKEN not in json.dumps([request.body, request.query, request.path])


async def test_read_and_typing_are_one_call(fake_graph: FakeGraph) -> None:
    await a_graph().read_and_type("wamid.IN")

    assert fake_graph.read == ["wamid.IN"]
    assert len(fake_graph.requests) == 1


async def test_a_file_goes_up_and_comes_down(fake_graph: FakeGraph) -> None:
    graph = a_graph()
    media_id = await graph.upload(b"%PDF-1.7", "application/pdf", "menú.pdf")
    facts = await graph.media_address(media_id)

    assert (facts.mime, facts.size) == ("application/pdf", 8)
    assert await graph.download(facts.address, 8) == b"%PDF-1.7"
    with pytest.raises(GraphProblem) as problem:
        await graph.download(facts.address, 7)
    assert problem.value.code == 131052


async def test_the_token_goes_to_nobody_but_meta(fake_graph: FakeGraph) -> None:
    for address in (
        "https://evil.test/file",
        "http://lookaside.fbsbx.com/file",
        "https://fbsbx.com.evil.test/file",
        "https://lookaside.fbsbx.com@evil.test/file",
        fake_graph.url.replace("127.0.0.1", "localhost") + "/files/1",
    ):
        with pytest.raises(GraphProblem):
            await a_graph().download(address, 1000)
    with pytest.raises(GraphProblem):
        await a_graph().media_address("../106540352242922")
    assert fake_graph.requests == []


async def test_templates_are_paged_made_and_deleted(fake_graph: FakeGraph) -> None:
    graph = a_graph()
    for number in range(101):
        fake_graph.templates.append({"name": f"t{number}", "language": "es_MX", "components": []})
    first, after = await graph.templates()
    second, end = await graph.templates(after)
    assert (len(first), len(second), end) == (100, 1, "")

    made = await graph.create_template(
        "nueva", "es_MX", "utility", [{"type": "BODY", "text": "Hola"}], "named"
    )
    assert made["status"] == "PENDING"
    assert fake_graph.requests[-1].body["parameter_format"] == "NAMED"
    await graph.delete_template("nueva")
    assert all(template["name"] != "nueva" for template in fake_graph.templates)


async def test_a_number_is_subscribed_registered_and_asked_after(fake_graph: FakeGraph) -> None:
    graph = a_graph()
    await graph.subscribe()
    await graph.register("482913")
    await graph.synchronize("history")

    assert fake_graph.subscribed == ["102290129340398"]
    assert fake_graph.registered == {"106540352242922": "482913"}
    assert fake_graph.synchronized == ["history"]
    assert (await graph.number_facts())["quality_rating"] == "GREEN"
    assert (await graph.token_facts())["is_valid"] is True


async def test_a_refusal_says_what_and_how_long_to_wait(fake_graph: FakeGraph) -> None:
    fake_graph.will(code=130429, retry_after=7)
    with pytest.raises(GraphProblem) as problem:
        await a_graph().send(HELLO)

    assert (problem.value.code, problem.value.status, problem.value.retry_after) == (130429, 429, 7.0)
    assert fake_graph.taken == []


@pytest.mark.parametrize(
    ("fault", "taken"),
    [("drop", True), ("drop_after", True), ("500", True), ("garbled", True), ("hang", True)],
)
async def test_where_no_word_of_metas_came_nobody_knows(
    fake_graph: FakeGraph, monkeypatch: pytest.MonkeyPatch, fault: str, taken: bool
) -> None:
    monkeypatch.setattr(settings, "outside_call_timeout", timedelta(seconds=0.3))
    fake_graph.will(fault=fault)
    with pytest.raises(GraphAway) as problem:
        await a_graph().send(HELLO)

    assert problem.value.taken is taken


async def test_where_nobody_listens_nothing_was_sent(
    fake_graph: FakeGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "whatsapp_graph_url", "http://127.0.0.1:9")
    with pytest.raises(GraphAway) as problem:
        await a_graph().send(HELLO)

    assert not problem.value.taken


@pytest.mark.parametrize("fault", [{"code": 190}, {"fault": "drop"}, {"fault": "500"}, {"status": 401}])
async def test_neither_token_nor_number_gets_into_an_exception(fake_graph: FakeGraph, fault: dict) -> None:
    fake_graph.will(**fault, words=f"Session of +{PHONE} is over")
    with pytest.raises((GraphProblem, GraphAway)) as caught:
        await a_graph().send(HELLO)

    told = "".join(traceback.format_exception(caught.value)) + repr(vars(caught.value))
    assert caught.value.__cause__ is None
    assert TOKEN not in told
    assert PHONE not in told


async def test_a_number_is_read_with_its_token_and_read_again_after_the_bell(
    deployment: None, database_url: str, fake_graph: FakeGraph
) -> None:
    business = a_business(database_url)
    line = a_number(database_url, business)
    found = await numbers.number(line.agent, line.channel_id)
    assert (found.phone_number_id, found.token.get_secret_value()) == (line.phone_number_id, TOKEN)
    assert TOKEN not in repr(found)

    assert await numbers.set_state(line.agent, line.channel_id, NumberState.REAUTH, problem="token", code=190)
    assert not await numbers.set_state(
        line.agent, line.channel_id, NumberState.REAUTH, problem="token", code=190
    )
    assert (await numbers.number(line.agent, line.channel_id)).state == NumberState.REAUTH
    numbers.forget(live.Ring(business.org_id, "channel"))
    assert (line.agent.org_id, line.channel_id) not in numbers._known


async def test_somebody_elses_number_is_not_connected(deployment: None, database_url: str) -> None:
    line = a_number(database_url, a_business(database_url))
    other = AgentKey(a_business(database_url).org_id)
    with pytest.raises(NotConnected):
        await numbers.number(other, line.channel_id)


def test_the_fake_takes_what_meta_shows_as_examples() -> None:
    """Those of the kinds that we send: the fake is no stricter than Meta."""
    ours = ("text", "image", "video", "audio", "document", "sticker", "reaction", "location")
    for line in EXAMPLES.read_text().splitlines():
        request = json.loads(line).get("request") or {}
        if request.get("type") in ours:
            assert refusal(_filled(request)) is None, request


def _filled(request: dict) -> dict:
    """Meta's examples have placeholders where ids, addresses and coordinates go."""
    request = {**request, "to": PHONE}
    if "context" in request:
        request["context"] = {"message_id": "wamid.IN"}
    if (kind := request["type"]) == "reaction":
        request[kind] = {**request[kind], "message_id": "wamid.IN"}
    if kind == "location":
        request[kind] = {**request[kind], "latitude": 1.0, "longitude": 1.0}
    if "link" in request[kind]:
        request[kind] = {**request[kind], "link": "https://example.com/file"}
    return request
