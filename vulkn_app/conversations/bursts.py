"""How long the agent listens before it answers: people write one thought in three messages.

A message that asks something is whole; a greeting alone is the beginning of one. The seed asks for answers within
five seconds on WhatsApp, so its cap is six with the answer on its way, and 1.2 on the web, where people watch."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from vulkn_app.llm import smalltalk
from vulkn_app.settings import settings

Channel = Literal["web", "whatsapp"]

_ASKS = re.compile(
    r"(?:^|[\s,;:¿])(?:cu[aá]nt[oa]s?|c[oó]mo|cu[aá]l(?:es)?|cu[aá]ndo|d[oó]nde|qui[eé]n(?:es)?|qu[eé]|tienen?|hay|puedo|pueden"
    r"|how|what|when|where|which|who|why|do you|can i|can you|is there|are there)\b",
    re.IGNORECASE,
)
_WORDS_OF_A_QUESTION = 3


@dataclass(frozen=True)
class Pause:
    """After the last message of a burst, and after its first."""

    quiet: timedelta
    cap: timedelta

    @classmethod
    def none(cls) -> "Pause":
        return cls(timedelta(), timedelta())


# seconds: it asks, it says something, it greets; cap
_PAUSES: dict[Channel, tuple[float, float, float, float]] = {
    "web": (0.0, 0.6, 1.0, 1.2),
    "whatsapp": (0.8, 2.5, 4.0, 6.0),
}


def pause(text: str, channel: Channel) -> Pause:
    """How long to wait after this message for another one."""
    asks, says, greets, cap = (timedelta(seconds=s * settings.burst_patience) for s in _PAUSES[channel])
    if text.rstrip().endswith("?") or _asks(text):
        return Pause(asks, cap)
    if smalltalk.greets(text) and len(text.split()) <= _WORDS_OF_A_QUESTION:
        return Pause(greets, cap)
    return Pause(says, cap)


def _asks(text: str) -> bool:
    return len(text.split()) >= _WORDS_OF_A_QUESTION and bool(_ASKS.search(text))
