"""May a message go out now: the one rule, for every way in which one does.

It is pure: what it needs to know is in `State`. Whoever says something goes first (a person's own answer is always
theirs to give), then what the channel takes at all, then whether the customer wants to hear it, then the hour.

Quiet hours hold for what nobody asked for. For Colombia they are the law's (Ley 2300 de 2023, art. 3: Monday to Friday
7-19, Saturday 8-15, neither Sundays nor holidays) and are kept to the minute by campaigns. A reminder is no
advertisement: it is about an appointment that the customer made. It waits for the morning all the same, but only
where it then still comes half an hour before the appointment; else it goes when it is due."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from vulkn_app.channels import quiet_hours

# answer: the agent's, to what the person wrote; reply: a person's of the business; notice: that the business changed
# their appointment; reminder; campaign: whatever sells.
Wish = Literal["answer", "reply", "notice", "reminder", "campaign"]
Say = Literal["send", "wait", "template", "refused"]

UNASKED: tuple[Wish, ...] = ("reminder", "campaign")
STILL_USEFUL = timedelta(minutes=30)  # before an appointment


@dataclass(frozen=True)
class State:
    """`window_until`: until then the channel takes any message; None: only templates. `human`: a person of the
    business has the conversation. `deadline`: when a reminder is of no use any more. `country`: the person's, by their
    number, else the business's; `timezone`: the business's own, used where it is in that country."""

    now: datetime
    window_until: datetime | None
    opted_out: bool = False
    human: bool = False
    connected: bool = True
    restricted_until: datetime | None = None
    unreachable: bool = False
    deadline: datetime | None = None
    country: str = ""
    business_country: str = ""
    timezone: str = "America/Mexico_City"


@dataclass(frozen=True)
class Verdict:
    """`why`: a word of the locale `delivery`. `until`: when to look again, of a `wait`; None: when that changes."""

    say: Say
    why: str = ""
    until: datetime | None = None


SEND = Verdict("send")


def can_send(wish: Wish, state: State) -> Verdict:
    if wish == "answer" and state.human:
        return Verdict("refused", "person_in_charge")
    if state.deadline and state.now >= state.deadline:
        return Verdict("refused", "too_late")
    if not state.connected:
        return Verdict("wait", "not_connected")
    if (unwanted := _unwanted(wish, state)) is not None:
        return unwanted
    if wish in UNASKED and (later := _later(wish, state)) is not None:
        return later
    return SEND if _open(state) else Verdict("template", "window")


def _open(state: State) -> bool:
    return state.window_until is not None and state.now < state.window_until


def _unwanted(wish: Wish, state: State) -> Verdict | None:
    """Who opted out still hears the answers to what they ask, and as long as they talk to us, that the business called
    their appointment off; by template nobody does."""
    if wish in ("answer", "reply"):
        return None
    if state.opted_out and (wish in UNASKED or not _open(state)):
        return Verdict("refused", "opted_out")
    if wish in UNASKED and state.unreachable:
        return Verdict("refused", "unreachable")
    return None


def _later(wish: Wish, state: State) -> Verdict | None:
    country = state.country or state.business_country
    zone = quiet_hours.zone(country, state.business_country, state.timezone)
    morning = quiet_hours.over(state.now, country, zone)
    until = max(filter(None, (morning, state.restricted_until)), default=state.now)
    if until <= state.now:
        return None
    if wish == "reminder" and state.deadline and until > state.deadline - STILL_USEFUL:
        held = state.restricted_until and state.restricted_until > state.now
        return Verdict("refused", "spam") if held else None
    return Verdict("wait", "quiet" if morning == until else "spam", until)
