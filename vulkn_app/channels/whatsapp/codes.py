"""What each of Meta's error codes means: for the message, for the number, for the person, for the owner.

The codes and their meanings are Meta's vocabulary (FIELD 4.5, from pywa/errors.py). A code that is not here is
taken for a mistake of ours: the message is not tried again and the owner is told."""

import random
from dataclasses import dataclass
from typing import Literal

# again: after a pause, `tries` times in all; wait: as long as it takes, in order; media: once more, then without its
# file; text: once more as plain text; template: the 24 hours are over, only a template goes; never.
Message = Literal["again", "wait", "media", "text", "template", "phone", "never"]
# reauth, down: nothing goes out any more; quiet: nothing unasked for a day; pace: the whole number pauses; pair: what
# goes to this person pauses; payment: goes on, and a banner says what is missing.
Channel = Literal["", "reauth", "down", "quiet", "pace", "pair", "payment"]
Contact = Literal["", "opted_out", "unreachable"]


@dataclass(frozen=True)
class Meaning:
    """`why`: a word of the locale `delivery`, the sentence for the owner. `alert`: whether they are told at once
    and not only at the message. `tries`: in all; `pause`: seconds, doubled each time for `again`."""

    why: str
    message: Message = "never"
    channel: Channel = ""
    contact: Contact = ""
    alert: bool = False
    template: bool = False  # the template is no good any more
    tries: int = 6
    pause: float = 2.0


TOKEN = Meaning("token", "wait", "reauth", alert=True, pause=60)
RATE = Meaning("rate", "wait", "pace", pause=4)
LOCKED = Meaning("locked", "wait", "down", alert=True, pause=300)
OURS = Meaning("ours")
TRANSIENT = Meaning("transient", "again", tries=4, pause=2)
TEMPLATE = Meaning("template", alert=True, template=True)
FLOW = Meaning("flow", "text")
SETUP = Meaning("setup", alert=True)

MEANINGS: dict[int, Meaning] = {
    **dict.fromkeys((0, 190, 3, 10, *range(200, 300)), TOKEN),
    **dict.fromkeys((4, 80007, 130429), RATE),
    131056: Meaning("pair", "wait", "pair", pause=6),
    131048: Meaning("spam", "never", "quiet", alert=True),
    131064: Meaning("limit", "never", "quiet", alert=True),
    **dict.fromkeys((131031, 368), LOCKED),
    # Only people of that country: the number itself is well.
    130497: Meaning("country", alert=True),
    131047: Meaning("window", "template"),
    131026: Meaning("undeliverable", contact="unreachable"),
    **dict.fromkeys((130472, 131049), Meaning("ecosystem")),
    131050: Meaning("stopped", contact="opted_out"),
    131051: Meaning("unsupported", "text"),
    **dict.fromkeys((131052, 131053), Meaning("media", "media", pause=2)),
    **dict.fromkeys((1, 2, 131000, 131016, 135000), TRANSIENT),
    **dict.fromkeys((100, 131008, 131009, 132000, 132005, 132008, 132012, 132018), OURS),
    **dict.fromkeys((132001, 132007, 132015, 132016), TEMPLATE),
    **dict.fromkeys((132068, 132069), FLOW),
    131042: Meaning("payment", channel="payment", alert=True),
    **dict.fromkeys((131021, 131030, 131037, 131045, 133010), SETUP),
    131057: Meaning("maintenance", "wait", "pace", pause=60),
    **dict.fromkeys((131062, 131063), Meaning("needs_phone", "phone")),
    137000: Meaning("identity", alert=True),
    **dict.fromkeys((*range(138000, 139000), *range(131200, 131300)), Meaning("calls")),
}
UNKNOWN = Meaning("other", alert=True)
LONGEST_PAUSE = 900.0


def meaning(code: int) -> Meaning:
    return MEANINGS.get(code, UNKNOWN)


def pause(meaning: Meaning, tries: int, retry_after: float | None, *, jitter: float | None = None) -> float:
    """Seconds before the next try: as Meta says, else doubling, and up to a quarter more so that not all come back
    in the same instant."""
    doubled = meaning.pause * 2 ** min(max(tries - 1, 0), 8)
    base = max(retry_after or 0.0, min(doubled, LONGEST_PAUSE))
    return base * (1 + (random.random() if jitter is None else jitter) / 4)
