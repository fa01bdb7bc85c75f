"""Claude through the real SDK, against a provider on loopback."""

import asyncio
import json
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from tests.fakes.llm import FakeLLM
from tests.fakes.llm_dialects import Counted, Reply, anthropic_stream
from tests.llm.asking import ASK, ask, collected
from vulkn_app.llm import FailureKind, Finished, Line, ProviderFailed, Token, ToolCall, claude
from vulkn_app.llm.claude import ClaudeDigest
from vulkn_app.llm.patience import Patience
from vulkn_app.llm.sse import Events, Mender, decode
from vulkn_app.settings import settings

STREAMS = [
    json.loads(line)
    for line in (Path(__file__).parent.parent / "data/anthropic_sse.jsonl").read_text("utf-8").splitlines()
]


def text_in(sse: str) -> str:
    """All text deltas of a stream, read the slow and obvious way."""
    events = [json.loads(line[5:]) for line in sse.splitlines() if line.startswith("data:")]
    deltas = [event["delta"] for event in events if event["type"] == "content_block_delta"]
    return "".join(delta["text"] for delta in deltas if delta["type"] == "text_delta")


class Digested(ClaudeDigest):
    text = ""


def digested(*chunks: bytes) -> Digested:
    """What is read when the network cuts a stream into these pieces."""
    digest, events = Digested(), Events()
    for data in (*(data for chunk in chunks for data in events.feed(chunk)), *events.close()):
        digest.text += digest.read(data)
    return digest


async def failure_of(asked: Any = ASK) -> ProviderFailed:
    with pytest.raises(ProviderFailed) as caught:
        await collected(claude.stream(asked, Patience()))
    return caught.value


async def test_an_answer_comes_whole_with_what_it_cost(fake_llm: FakeLLM) -> None:
    fake_llm.will(text="El corte cuesta 250 pesos. ¡Te esperamos! 💈")

    answer = await collected(claude.stream(ASK, Patience()))

    assert answer.text == "El corte cuesta 250 pesos. ¡Te esperamos! 💈"
    assert answer.finished.provider == "claude"
    assert answer.finished.stop_reason == "end_turn"
    assert answer.finished.output_tokens > 1
    assert answer.finished.cost_micro_usd > 0


async def test_tokens_come_while_the_model_still_speaks(fake_llm: FakeLLM) -> None:
    fake_llm.gap = 0.02
    fake_llm.will(text="uno dos tres cuatro cinco")

    answer = await collected(claude.stream(ASK, Patience()))

    assert len([item for item in answer.items if isinstance(item, Token)]) > 1


async def test_the_second_turn_reads_the_prefix_from_the_cache(fake_llm: FakeLLM) -> None:
    first = await collected(claude.stream(ask("hola"), Patience()))
    second = await collected(claude.stream(ask("¿y mañana?", context="Hoy es lunes."), Patience()))

    assert first.finished.cache_write_tokens > 0
    assert second.finished.cache_read_tokens == first.finished.cache_write_tokens
    assert second.finished.cache_write_tokens == 0
    raw = [request.raw for request in fake_llm.requests]
    assert raw[0][: raw[0].index('"messages"')] == raw[1][: raw[1].index('"messages"')]


async def test_only_the_last_system_block_carries_the_cache_mark(fake_llm: FakeLLM) -> None:
    await collected(claude.stream(ASK, Patience()))

    blocks = fake_llm.requests[0].body["system"]
    assert [block.get("cache_control") for block in blocks] == [None, {"type": "ephemeral"}]


async def test_roles_alternate_and_the_user_begins_and_ends(fake_llm: FakeLLM) -> None:
    history = (Line("assistant", "¡Hola!"), Line("user", "uno"), Line("user", "dos"), Line("assistant", " "))

    await collected(claude.stream(ask("tres", history=history, context="Hoy es lunes."), Patience()))

    said = fake_llm.requests[0].body["messages"]
    assert [message["role"] for message in said] == ["user", "assistant", "user"]
    assert said[-1]["content"] == "uno\n\ndos\n\nHoy es lunes.\n\n<customer>\ntres\n</customer>"


async def test_an_organization_may_choose_its_model(fake_llm: FakeLLM) -> None:
    answer = await collected(claude.stream(ask(model="claude-sonnet-4-6"), Patience()))

    assert fake_llm.requests[0].body["model"] == answer.finished.model == "claude-sonnet-4-6"
    assert "output_config" not in fake_llm.requests[0].body


async def test_a_model_that_thinks_by_default_is_told_to_hurry(fake_llm: FakeLLM) -> None:
    await collected(claude.stream(ask(model="claude-haiku-5-5"), Patience()))

    assert fake_llm.requests[0].body["output_config"] == {"effort": "low"}


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("429", FailureKind.RATE_LIMITED),
        ("529", FailureKind.OVERLOADED),
        ("500", FailureKind.SERVER_ERROR),
        ("400", FailureKind.REFUSED_REQUEST),
        ("401", FailureKind.UNAUTHORIZED),
        ("413", FailureKind.CONTEXT_TOO_LONG),
        ("drop", FailureKind.CONNECTION),
        ("drop_mid", FailureKind.CUT_OFF),
        ("error_first", FailureKind.OVERLOADED),
        ("error_mid", FailureKind.OVERLOADED),
        ("empty", FailureKind.EMPTY),
        ("refusal", FailureKind.DECLINED),
        ("no_stop", FailureKind.CUT_OFF),
    ],
)
async def test_every_fault_has_its_name(fake_llm: FakeLLM, fault: str, kind: FailureKind) -> None:
    fake_llm.will(fault=fault, text="una respuesta que tiene bastantes palabras para romperse")

    failure = await failure_of()

    assert failure.kind is kind
    assert len(fake_llm.requests) == 1


@pytest.mark.parametrize("fault", ["hang", "hang_mid"])
@pytest.mark.usefixtures("impatient")
async def test_a_silence_is_a_timeout(fake_llm: FakeLLM, fault: str) -> None:
    fake_llm.will(fault=fault, text="una respuesta que tiene bastantes palabras para romperse")

    assert (await failure_of()).kind is FailureKind.TIMEOUT


@pytest.mark.usefixtures("impatient")
async def test_an_answer_without_end_is_cut_at_the_total(fake_llm: FakeLLM) -> None:
    fake_llm.gap = 0.05
    fake_llm.will(text="palabra " * 400)

    assert (await failure_of()).kind is FailureKind.TIMEOUT


async def test_a_closed_port_is_a_connection_failure(
    fake_llm: FakeLLM, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "anthropic_base_url", "http://127.0.0.1:9")

    assert (await failure_of()).kind is FailureKind.CONNECTION


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("prompt is too long: 210000 tokens > 200000 maximum", FailureKind.CONTEXT_TOO_LONG),
        ("Your credit balance is too low to access the Anthropic API.", FailureKind.UNPAID),
        ("messages.0.content: bad", FailureKind.REFUSED_REQUEST),
    ],
)
async def test_a_400_is_told_apart_by_its_words(fake_llm: FakeLLM, words: str, kind: FailureKind) -> None:
    fake_llm.will(fault="400", message=words)

    assert (await failure_of()).kind is kind


async def test_a_rate_limit_says_when_to_come_back(fake_llm: FakeLLM) -> None:
    fake_llm.will(fault="429", retry_after=30)

    assert (await failure_of()).retry_after == 30


async def test_a_broken_answer_still_reports_what_it_used(fake_llm: FakeLLM) -> None:
    fake_llm.will(fault="drop_mid", text="una respuesta que tiene bastantes palabras para romperse")

    usage = (await failure_of()).usage

    assert usage.cache_write_tokens > 0
    assert usage.output_tokens > 1


async def test_a_visitor_who_leaves_ends_the_call(fake_llm: FakeLLM) -> None:
    fake_llm.gap = 0.02
    fake_llm.will(text="palabra " * 200)
    answer = claude.stream(ASK, Patience())

    assert isinstance(await anext(answer), Token)
    await answer.aclose()  # pyright: ignore[reportAttributeAccessIssue]

    async with asyncio.timeout(5):
        await fake_llm.someone_left.wait()


async def test_the_key_is_never_in_an_error(fake_llm: FakeLLM, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "anthropic_api_key", SecretStr("sk-ant-do-not-tell"))
    fake_llm.will(fault="401")

    failure = await failure_of()

    assert "do-not-tell" not in f"{failure!r} {failure} {failure.detail} {failure.__cause__!r}"


@pytest.mark.parametrize("recorded", STREAMS, ids=lambda stream: stream["id"])
@pytest.mark.parametrize("chunk", [1, 7, 65536])
async def test_recorded_streams_keep_all_their_text(fake_llm: FakeLLM, recorded: Any, chunk: int) -> None:
    fake_llm.will(raw=recorded["sse"], chunk=chunk)
    items: list[Token | ToolCall | Finished] = []

    refused = '"stop_reason":"refusal"' in recorded["sse"]
    with pytest.raises(ProviderFailed) if refused else nullcontext():
        async for item in claude.stream(ASK, Patience()):
            items.append(item)

    assert "".join(item.text for item in items if isinstance(item, Token)) == text_in(recorded["sse"])


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
@pytest.mark.parametrize("recorded", STREAMS, ids=lambda stream: stream["id"])
def test_streams_are_read_alike_byte_by_byte(recorded: Any, ending: str) -> None:
    raw = recorded["sse"].replace("\n", ending).encode()

    digest = digested(*(raw[at : at + 1] for at in range(len(raw))))

    assert digest.text == text_in(recorded["sse"])
    assert digest.done


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
def test_a_stream_is_read_alike_wherever_it_is_cut(ending: str) -> None:
    raw = b"".join(anthropic_stream(Reply(("¡Ñandú ", "😀 ", "día!")), "claude", Counted(1)))
    raw = raw.replace(b"\n", ending.encode())

    assert {digested(raw[:cut], raw[cut:]).text for cut in range(len(raw))} == {"¡Ñandú 😀 día!"}


def test_counts_are_cumulative_and_the_last_one_wins() -> None:
    recorded = next(s for s in STREAMS if s["id"] == "message_delta_fields_response")

    usage = digested(recorded["sse"].encode()).usage()

    assert (usage.input_tokens, usage.output_tokens) == (40, 8)
    assert (usage.cache_write_tokens, usage.cache_read_tokens) == (12, 7)


def test_several_data_lines_are_one_event() -> None:
    events = Events()

    (data,) = events.feed(b': comment\nid: 1\ndata: {"type":\ndata: "ping"}\n\n')

    assert decode(data) == {"type": "ping"}


def test_a_character_split_over_two_escapes_arrives_whole() -> None:
    mender = Mender()

    mended = mender.mend("a\ud83d") + mender.mend("\ude00b") + mender.mend("\ude00c")

    assert mended == "a😀b�c"


@pytest.mark.parametrize(
    ("recorded", "arguments"),
    [
        ("tool_use_response", {"location": "Paris"}),
        ("tool_use_invalid_json_response", None),
        ("incomplete_partial_json_response", None),
    ],
)
async def test_recorded_tool_calls_are_whole_or_known_to_be_broken(
    fake_llm: FakeLLM, recorded: str, arguments: Any
) -> None:
    stream = next(stream for stream in STREAMS if stream["id"] == recorded)
    fake_llm.will(raw=stream["sse"], chunk=7)

    answer = await collected(claude.stream(ASK, Patience()))

    assert [call.arguments for call in answer.calls] == [arguments]
    assert answer.text == text_in(stream["sse"])
    assert answer.finished.stop_reason == "tool_use"


async def test_a_tool_that_the_provider_runs_itself_is_not_ours_to_call(fake_llm: FakeLLM) -> None:
    stream = next(stream for stream in STREAMS if stream["id"] == "server_tool_use_response")
    fake_llm.will(raw=stream["sse"])

    answer = await collected(claude.stream(ASK, Patience()))

    assert answer.calls == []
    assert answer.finished.stop_reason == "end_turn"
