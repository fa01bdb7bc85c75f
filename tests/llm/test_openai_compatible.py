"""An OpenAI-compatible server over httpx, against a provider on loopback."""

import pytest

from tests.fakes.llm import FakeLLM
from tests.llm.asking import ASK, ask, collected
from vulkn_app.llm import Ask, FailureKind, Line, ProviderFailed, openai_compatible
from vulkn_app.llm.patience import Patience
from vulkn_app.settings import settings

pytestmark = pytest.mark.usefixtures("openai_too")
LONG = "una respuesta que tiene bastantes palabras para romperse"


async def failure_of(asked: Ask = ASK) -> ProviderFailed:
    with pytest.raises(ProviderFailed) as caught:
        await collected(openai_compatible.stream(asked, Patience()))
    return caught.value


async def test_an_answer_comes_whole_with_what_it_cost(fake_llm: FakeLLM) -> None:
    fake_llm.will(text="El corte cuesta 250 pesos. ¡Te esperamos! 💈")

    answer = await collected(openai_compatible.stream(ASK, Patience()))

    assert answer.text == "El corte cuesta 250 pesos. ¡Te esperamos! 💈"
    assert answer.finished.provider == "openai"
    assert answer.finished.model == settings.openai_model
    assert answer.finished.stop_reason == "stop"
    assert answer.finished.input_tokens > 0
    assert answer.finished.cost_micro_usd > 0


async def test_the_system_prompt_stands_first(fake_llm: FakeLLM) -> None:
    await collected(openai_compatible.stream(ask(history=(Line("user", "hola"),)), Patience()))

    said = fake_llm.requests[0].body["messages"]
    assert [message["role"] for message in said] == ["system", "user"]
    assert said[0]["content"] == "\n\n".join(ASK.system)
    assert said[1]["content"] == f"hola\n\n<customer>\n{ASK.question}\n</customer>"


async def test_a_claude_model_is_not_asked_of_another_maker(fake_llm: FakeLLM) -> None:
    await collected(openai_compatible.stream(ask(model="claude-sonnet-5-5"), Patience()))

    assert fake_llm.requests[0].body["model"] == settings.openai_model


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("429", FailureKind.RATE_LIMITED),
        ("500", FailureKind.SERVER_ERROR),
        ("529", FailureKind.SERVER_ERROR),
        ("400", FailureKind.REFUSED_REQUEST),
        ("401", FailureKind.UNAUTHORIZED),
        ("413", FailureKind.CONTEXT_TOO_LONG),
        ("drop", FailureKind.CONNECTION),
        ("drop_mid", FailureKind.CUT_OFF),
        ("error_mid", FailureKind.OVERLOADED),
        ("empty", FailureKind.EMPTY),
        ("refusal", FailureKind.DECLINED),
        ("no_stop", FailureKind.CUT_OFF),
    ],
)
async def test_every_fault_has_its_name(fake_llm: FakeLLM, fault: str, kind: FailureKind) -> None:
    fake_llm.will(fault=fault, text=LONG)

    assert (await failure_of()).kind is kind


@pytest.mark.parametrize("fault", ["hang", "hang_mid"])
@pytest.mark.usefixtures("impatient")
async def test_a_silence_is_a_timeout(fake_llm: FakeLLM, fault: str) -> None:
    fake_llm.will(fault=fault, text=LONG)

    assert (await failure_of()).kind is FailureKind.TIMEOUT


async def test_a_closed_port_is_a_connection_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "openai_base_url", "http://127.0.0.1:9/v1")

    assert (await failure_of()).kind is FailureKind.CONNECTION


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ('{"message": "busy", "code": 503}', FailureKind.OVERLOADED),
        ('{"message": "Please reduce", "code": "context_length_exceeded"}', FailureKind.CONTEXT_TOO_LONG),
        ('"something broke"', FailureKind.SERVER_ERROR),
    ],
)
async def test_gateways_tell_errors_in_their_own_ways(
    fake_llm: FakeLLM, error: str, kind: FailureKind
) -> None:
    fake_llm.will(raw=f'data: {{"error": {error}}}\n\n')

    assert (await failure_of()).kind is kind


async def test_a_page_instead_of_a_stream_is_no_answer(fake_llm: FakeLLM) -> None:
    fake_llm.will(raw="<html>Sign in to the hotel's Wi-Fi</html>")

    assert (await failure_of()).kind is FailureKind.CUT_OFF


async def test_a_server_that_counts_nothing_is_estimated(fake_llm: FakeLLM) -> None:
    fake_llm.will(
        raw='data: {"choices":[{"delta":{"content":"cuarenta caracteres, más o menos, aquí."}}]}\r\n\r\n'
        'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\r\n\r\ndata: [DONE]\r\n\r\n',
        chunk=3,
    )

    answer = await collected(openai_compatible.stream(ASK, Patience()))

    assert answer.text == "cuarenta caracteres, más o menos, aquí."
    assert answer.finished.output_tokens == len(answer.text) // 4
