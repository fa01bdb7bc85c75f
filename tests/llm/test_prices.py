"""What a call costs."""

import pytest

from tests.fakes.llm import FakeLLM
from tests.llm.asking import answer
from vulkn_app.llm import Usage
from vulkn_app.llm.prices import AS_OF, PRICES, VERSION, cost_micro_usd, price_of

MILLION = 1_000_000


def test_each_kind_of_token_has_its_price() -> None:
    costs = [
        cost_micro_usd("claude-sonnet-5-5", usage)
        for usage in (
            Usage(input_tokens=MILLION),
            Usage(output_tokens=MILLION),
            Usage(cache_write_tokens=MILLION),
            Usage(cache_read_tokens=MILLION),
        )
    ]

    assert costs == [2_000_000, 10_000_000, 2_500_000, 100_000]


def test_a_long_prompt_moves_haiku_to_its_dearer_prices() -> None:
    short = Usage(input_tokens=50_000, cache_read_tokens=50_000)
    long = Usage(input_tokens=50_000, cache_read_tokens=50_001)

    assert cost_micro_usd("claude-haiku-5-5", short) == 5_500
    assert cost_micro_usd("claude-haiku-5-5", long) == 27_501


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("claude-sonnet-4-5-20250929", "claude-sonnet"),
        ("claude-haiku-4-5", "claude-haiku"),
        ("claude-haiku-6", "claude-haiku"),
        ("claude-next", "claude"),
        ("anthropic.claude-opus-5-5", "claude-opus-5-5"),
        ("openai/gpt-5-mini-2025-08-07", "gpt-5-mini"),
        ("GPT-9", "gpt"),
    ],
)
def test_a_name_falls_to_its_nearest_family(name: str, family: str) -> None:
    assert price_of(name) is PRICES[family]


@pytest.mark.parametrize("name", ["llama3:8b", "", "rehearsal"])
def test_a_model_of_ones_own_costs_nothing(name: str) -> None:
    assert cost_micro_usd(name, Usage(input_tokens=MILLION, output_tokens=MILLION)) == 0


def test_whatever_was_used_is_never_rounded_to_free() -> None:
    assert cost_micro_usd("claude-haiku-5-5", Usage(cache_read_tokens=1)) == 1


async def test_every_cost_says_which_prices_it_was_made_with(openai_too: FakeLLM) -> None:
    openai_too.will(fault="error_mid", text="una respuesta que tiene bastantes palabras", on="anthropic")

    answered = await answer()

    assert VERSION.startswith(AS_OF)
    assert [answered.failed[0].price_version, answered.finished.price_version] == [VERSION, VERSION]
