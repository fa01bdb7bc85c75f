"""What tokens cost, in micro-USD per million tokens.

Source: the providers' public price lists (platform.claude.com/docs/en/about-claude/pricing and the model
overview pages; platform.openai.com/docs/pricing), as of AS_OF. Cache writes are the five-minute kind.
OpenAI bills no cache writes.
"""

from dataclasses import dataclass
from zlib import crc32

from vulkn_app.llm.asks import Usage

AS_OF = "2026-11-22"


@dataclass(frozen=True, slots=True)
class Price:
    """`above` holds the prices of a request whose prompt is longer than `threshold` tokens."""

    input: int
    output: int
    cache_write: int
    cache_read: int
    threshold: int = 0
    above: "Price | None" = None


def _usd(input: float, output: float, write: float, read: float) -> Price:
    million = 1_000_000
    return Price(
        round(input * million), round(output * million), round(write * million), round(read * million)
    )


_HAIKU = Price(100_000, 500_000, 125_000, 10_000, threshold=100_000, above=_usd(0.50, 2.50, 0.625, 0.05))

# The longest prefix of a model's name that stands here wins; dated names fall to their family.
PRICES = {
    "claude-haiku-5": _HAIKU,
    "claude-haiku": _usd(1, 5, 1.25, 0.10),
    "claude-3-5-haiku": _usd(0.80, 4, 1, 0.08),
    "claude-3-haiku": _usd(0.25, 1.25, 0.30, 0.03),
    "claude-sonnet-5-5": _usd(2, 10, 2.50, 0.10),
    "claude-sonnet-5": _usd(2, 10, 2.50, 0.20),
    "claude-sonnet": _usd(3, 15, 3.75, 0.30),
    "claude-opus-5-5": _usd(4, 20, 5, 0.20),
    "claude-opus-4-1": _usd(15, 75, 18.75, 1.50),
    "claude-opus-4-2025": _usd(15, 75, 18.75, 1.50),
    "claude-opus": _usd(5, 25, 6.25, 0.50),
    "claude-fable-5-1": _usd(10, 50, 12.50, 0.25),
    "claude": _usd(10, 50, 12.50, 1),
    "gpt-5-nano": _usd(0.05, 0.40, 0, 0.005),
    "gpt-5-mini": _usd(0.25, 2, 0, 0.025),
    "gpt-5": _usd(1.25, 10, 0, 0.125),
    "gpt-4.1-nano": _usd(0.10, 0.40, 0, 0.025),
    "gpt-4.1-mini": _usd(0.40, 1.60, 0, 0.10),
    "gpt-4.1": _usd(2, 8, 0, 0.50),
    "gpt-4o-mini": _usd(0.15, 0.60, 0, 0.075),
    "gpt-4o": _usd(2.50, 10, 0, 1.25),
    "gpt": _usd(2, 10, 0, 0.20),
}
_UNKNOWN = Price(0, 0, 0, 0)

# Kept with every cost. A price that is changed without its date still makes another version.
VERSION = f"{AS_OF}-{crc32(repr(sorted(PRICES.items())).encode()):08x}"


def price_of(model: str) -> Price:
    """A name from a gateway may carry the maker's name before it: `anthropic.claude-…`, `openai/gpt-…`.

    A model that is nobody's above, such as one served at home, costs nothing.
    """
    name = model.lower().rsplit("/", 1)[-1].removeprefix("anthropic.")
    known = [prefix for prefix in PRICES if name.startswith(prefix)]
    return PRICES[max(known, key=len)] if known else _UNKNOWN


def cost_micro_usd(model: str, usage: Usage) -> int:
    """Rounded up, so that nothing that was used counts as free."""
    price = price_of(model)
    prompt = usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens
    if price.above and prompt > price.threshold:
        price = price.above
    total = (
        usage.input_tokens * price.input
        + usage.output_tokens * price.output
        + usage.cache_write_tokens * price.cache_write
        + usage.cache_read_tokens * price.cache_read
    )
    return -(-total // 1_000_000)
