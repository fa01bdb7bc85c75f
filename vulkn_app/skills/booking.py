"""Appointments: the customer names a day and an hour in their own words and picks from what is really free.

A model only ever passes on words and opaque slot tokens; what is said to be booked is the row that the database
returned."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import Field

from vulkn_app import live
from vulkn_app.booking import bookings, ics, wording
from vulkn_app.booking.bookings import Customer, SlotGone, SlotUnknown, TooLate, TooManyBookings
from vulkn_app.booking.reading import Booking
from vulkn_app.booking.slots import Slot
from vulkn_app.db import as_agent
from vulkn_app.errors import NotFound, VulknError
from vulkn_app.skills import booking_dialogue, consent, details
from vulkn_app.skills.base import Arguments, Choice, Skill, Tool, ToolProblem, ToolResult, Turn
from vulkn_app.skills.booking_flow import (
    KEY,
    BookingConfig,
    Flow,
    Purpose,
    asker,
    forget,
    recall,
    remember,
)  # fmt: skip
from vulkn_app.skills.booking_offers import Request, offer
from vulkn_app.skills.booking_words import called, say

CODE = "Their booking code; leave it out if they have only one appointment."
TOKEN = "A slot_token of find_slots, exactly as given."


class FindSlots(Arguments):
    service: str = Field(default="", max_length=200, description="The service in the customer's words.")
    when: str = Field(
        default="",
        max_length=300,
        description="Day and hour in the customer's own words, never a date of yours.",
    )
    resource: str = Field(default="", max_length=120, description="With whom, if they said so.")
    moving: str = Field(
        default="", max_length=12, description="The code of the appointment that is to be moved, if one is."
    )
    others: bool = Field(default=False, description="True when none of the offered times suited them.")


class Book(Arguments):
    slot_token: str = Field(max_length=40, description=TOKEN)
    name: str = Field(default="", max_length=200, description="The customer's name as they wrote it.")
    phone: str = Field(default="", max_length=200, description="As they wrote it.")
    email: str = Field(default="", max_length=300, description="As they wrote it.")


class MyBookings(Arguments):
    """Nothing to say: they are this contact's."""


class Reschedule(Arguments):
    code: str = Field(default="", max_length=12, description=CODE)
    slot_token: str = Field(default="", max_length=40, description=TOKEN + " Leave it out to see free times.")
    when: str = Field(
        default="", max_length=300, description="The new day and hour in the customer's own words."
    )


class Cancel(Arguments):
    code: str = Field(default="", max_length=12, description=CODE)
    sure: bool = Field(
        default=False, description="True once they said yes to cancelling this very appointment."
    )


class StopBooking(Arguments):
    """Nothing to say."""


async def find_slots(turn: Turn, config: BookingConfig, given: FindSlots) -> ToolResult:
    moving = None
    if given.moving:
        moving = await _changeable(turn, config, given.moving)
    asked = Request(given.service, given.when, given.resource, moving=moving, others=given.others)
    return await offer(turn, config, asked)


async def book(turn: Turn, config: BookingConfig, given: Book) -> ToolResult:
    """Asks for what is missing before anything is taken; then takes it, or offers what is left."""
    flow = await recall(turn)
    try:
        slot = await bookings.preview(asker(turn), given.slot_token, config.limits, turn.now)
        who = await _customer(turn, given, flow)
        if asking := await _missing(turn, config, slot, who, given.slot_token, flow):
            return asking
        if turn.playground:
            return await _would(turn, f"book {slot.service.name_en or slot.service.name_es}", slot)
        booking = await bookings.book(asker(turn), given.slot_token, who, config.limits, turn.now)
    except VulknError as problem:
        return await _otherwise(turn, config, problem)
    return await _done(turn, config, booking, "booked")


async def my_bookings(turn: Turn, config: BookingConfig, given: MyBookings) -> ToolResult:
    mine = await bookings.upcoming(asker(turn), turn.now)
    if not mine:
        return ToolResult("They have no upcoming appointment.", say=say("none", turn.language))
    lines = _lines(turn, mine)
    key = "mine_one" if len(mine) == 1 else "mine"
    shown = {"appointment": lines[0], "code": mine[0].code, "list": wording.listed(_coded(lines, mine))}
    return ToolResult(
        "Upcoming:\n" + "\n".join(_coded(lines, mine)),
        say=say(key, turn.language, **shown),
        facts=_facts(turn, *mine),
        done=("booked",),  # what stands booked may be said to be
    )


async def reschedule(turn: Turn, config: BookingConfig, given: Reschedule) -> ToolResult:
    old = await _chosen(turn, config, given.code, "move", given.when)
    if isinstance(old, ToolResult):
        return old
    if not given.slot_token:
        return await offer(turn, config, Request(when=given.when, moving=old))
    try:
        if turn.playground:
            slot = await bookings.preview(asker(turn), given.slot_token, config.limits, turn.now)
            return await _would(turn, "move the appointment", slot)
        booking = await bookings.move(asker(turn), old.code, given.slot_token, config.limits, turn.now)
    except VulknError as problem:
        return await _otherwise(turn, config, problem, moving=old)
    return await _done(turn, config, booking, "moved")


async def cancel(turn: Turn, config: BookingConfig, given: Cancel) -> ToolResult:
    old = await _chosen(turn, config, given.code, "cancel", "")
    if isinstance(old, ToolResult):
        return old
    lines = _lines(turn, [old])
    if not given.sure:
        await remember(turn, Flow(step="sure", purpose="cancel", code=old.code))
        return ToolResult(
            f"Not cancelled yet. Ask whether to cancel {old.code}: {lines[0]}. After a yes, call cancel with sure.",
            say=say("sure", turn.language, appointment=lines[0]),
            choices=consent.choices(turn.language),
            facts=_facts(turn, old),
        )
    if turn.playground:
        return ToolResult(
            "Playground: this would cancel the appointment; nothing was written.",
            say=say("playground", turn.language) + lines[0],
            facts=_facts(turn, old),
        )
    try:
        gone = await bookings.cancel(asker(turn), old.code, config.limits, turn.now)
    except VulknError as problem:
        return await _otherwise(turn, config, problem, moving=old)
    await forget(turn)
    _ring(turn)
    said = say("cancelled", turn.language, appointment=_lines(turn, [gone])[0])
    return ToolResult(
        f"Cancelled {gone.code}.", say=said, facts=_facts(turn, gone), booked=gone.id, done=("cancelled",)
    )


async def stop_booking(turn: Turn, config: BookingConfig, given: StopBooking) -> ToolResult:
    await forget(turn)
    return ToolResult("Forgotten; nothing was booked or changed.", say=say("stopped", turn.language))


async def _customer(turn: Turn, given: Book, flow: Flow) -> Customer:
    """What they say now, said before, or is on record; an address that they never wrote is not taken."""
    known = await bookings.customer(asker(turn))
    written = f"{turn.words} {flow.phone} {flow.email} {known.phone or ''} {known.email or ''}"
    async with as_agent(turn.agent) as connection:
        country = await details.country_of(connection, turn.agent)
    phone, email = details.phone(given.phone, country), details.email(given.email)
    return Customer(
        name=details.name(given.name) or flow.name or known.name,
        phone=(phone if phone and details.written_in(written, phone) else None) or flow.phone or known.phone,
        email=(email if email and details.written_in(written, email) else None) or flow.email or known.email,
    )


async def _missing(
    turn: Turn, config: BookingConfig, slot: Slot, who: Customer, token: str, flow: Flow
) -> ToolResult | None:
    step = (
        "name" if not who.name else "phone" if config.needs_phone and not (who.phone or who.email) else None
    )
    if step is None:
        return None
    kept = {
        "step": step,
        "token": token,
        "name": who.name,
        "phone": who.phone or "",
        "email": who.email or "",
    }
    await remember(turn, flow.model_copy(update=kept))
    local, moment = _moment(turn, slot)
    wanted = "name" if step == "name" else "phone number or e-mail"
    return ToolResult(
        f"Not booked yet: ask for the customer's {wanted}, then call book again with the same slot_token.",
        say=say(step, turn.language, moment=moment, name=called(who.name)),
        facts=wording.evidence(local),
    )


async def _chosen(
    turn: Turn, config: BookingConfig, code: str, purpose: Purpose, when: str
) -> Booking | ToolResult:
    """The appointment meant, or the question which."""
    mine = await bookings.upcoming(asker(turn), turn.now)
    if not mine:
        return ToolResult("They have no upcoming appointment.", say=say("none", turn.language))
    if code or len(mine) == 1:
        return await _changeable(turn, config, code or mine[0].code)
    lines, zone = _lines(turn, mine), ZoneInfo(turn.timezone)
    flow = Flow(step="which", purpose=purpose, codes=tuple(b.code for b in mine), when=when)
    await remember(turn, flow)
    return ToolResult(
        "Ask which one:\n" + "\n".join(_coded(lines, mine)),
        say=say("which", turn.language, list=wording.listed(lines)),
        choices=tuple(
            Choice(
                f"booking:{b.code}",
                f"{wording.short(b.starts.astimezone(zone), turn.language)} {b.code}",
                line,
            )
            for b, line in zip(mine, lines, strict=True)
        ),
        facts=_facts(turn, *mine),
    )


async def _changeable(turn: Turn, config: BookingConfig, code: str) -> Booking:
    try:
        return await bookings.find_own(asker(turn), code, config.limits, turn.now)
    except TooLate as problem:
        raise ToolProblem(
            "Too close to the appointment to change it here: offer a person.",
            say=say("too_late", turn.language),
        ) from problem
    except NotFound as problem:
        raise ToolProblem(
            "This customer has no such upcoming appointment.", say=say("none", turn.language)
        ) from problem


async def _done(turn: Turn, config: BookingConfig, booking: Booking, key: str) -> ToolResult:
    """Said from the stored row alone."""
    await forget(turn)
    _ring(turn)
    line = _lines(turn, [booking])[0]
    said = say(key, turn.language, name=called(booking.name), appointment=line, code=booking.code)
    if note := config.note_en if turn.language == "en" else config.note_es:
        said = f"{said} {note}"
    link = ics.link(turn.agent.org_id, booking.code)
    if link:
        said += say("link", turn.language, link=link)
    facts = (*_facts(turn, booking), *(word for word in (link, note) if word))
    done = ("booked",) if key == "booked" else ("booked", key)
    text = f"Done, stored: {line}. Name {booking.name}. Code {booking.code}." + (
        f" Calendar file: {link}" if link else ""
    )
    return ToolResult(text, say=said, facts=facts, booked=booking.id, done=done)


async def _would(turn: Turn, what: str, slot: Slot) -> ToolResult:
    """The playground's answer: what would happen, in the same words but plainly marked."""
    local, moment = _moment(turn, slot)
    await forget(turn)
    return ToolResult(
        f"Playground: this would {what} on {moment}; nothing was written.",
        say=f"{say('playground', turn.language)}{slot.service.name(turn.language)}, {moment}",
        facts=wording.evidence(local),
    )


async def _otherwise(
    turn: Turn, config: BookingConfig, problem: VulknError, *, moving: Booking | None = None
) -> ToolResult:
    """What follows a refusal: other times for a slot that is gone or lapsed, a plain word for the rest."""
    if isinstance(problem, SlotGone):
        return await offer(turn, config, Request(moving=moving, gone=True))
    if isinstance(problem, SlotUnknown):
        raise ToolProblem(
            "This slot_token is not valid: it was not offered here, or not lately. Call find_slots again.",
            say=say("lapsed", turn.language),
        ) from problem
    if isinstance(problem, TooManyBookings):
        most = str(config.most_open)
        raise ToolProblem(
            f"They already have {most} upcoming appointments, the most allowed.",
            say=say("too_many", turn.language, most=most),
        ) from problem
    raise problem


def _moment(turn: Turn, slot: Slot) -> tuple[datetime, str]:
    zone = ZoneInfo(turn.timezone)
    local = slot.starts.astimezone(zone)
    return local, wording.moment(local, turn.language, turn.now.astimezone(zone).date())


def _lines(turn: Turn, mine: list[Booking]) -> list[str]:
    zone = ZoneInfo(turn.timezone)
    return [wording.appointment(booking, zone, turn.language, turn.now) for booking in mine]


def _coded(lines: list[str], mine: list[Booking]) -> list[str]:
    return [f"{line} ({booking.code})" for line, booking in zip(lines, mine, strict=True)]


def _facts(turn: Turn, *mine: Booking) -> tuple[str, ...]:
    zone = ZoneInfo(turn.timezone)
    return tuple(dict.fromkeys(fact for booking in mine for fact in wording.booking_evidence(booking, zone)))


def _ring(turn: Turn) -> None:
    live.publish(live.Ring(turn.agent.org_id, "booking", turn.conversation_id))


class BookingSkill(Skill[BookingConfig]):
    key = KEY
    tier = "starter"
    config = BookingConfig
    tools = (
        Tool(
            "find_slots",
            "Free appointment times for what the customer asked, at most six. Use it whenever they want to book or ask"
            " what is free; it also tells which services there are.",
            FindSlots,
            find_slots,
        ),
        Tool(
            "book",
            "Books the slot the customer picked. Asks for name or phone if they are missing.",
            Book,
            book,
        ),
        Tool("my_bookings", "The customer's own upcoming appointments.", MyBookings, my_bookings),
        Tool("reschedule", "Moves one of the customer's own appointments to a slot.", Reschedule, reschedule),
        Tool("cancel", "Cancels one of the customer's own appointments.", Cancel, cancel),
        Tool(
            "stop_booking",
            "The customer does not want to book or change anything after all.",
            StopBooking,
            stop_booking,
        ),
    )

    def prompt(self, config: BookingConfig) -> str:
        phone = "a name and a phone number or e-mail" if config.needs_phone else "a name"
        return (
            "Appointments: never name a free time, or say that something is booked, moved or cancelled, unless a tool"
            " returned it in this turn. Call find_slots with the customer's own words, offer what it returns, and call"
            f" book with the slot_token of the one they pick. Booking needs {phone}. Before you cancel, ask whether"
            " they are sure. Never show a slot_token; always give the booking code."
        )

    async def context(self, turn: Turn, config: BookingConfig) -> str:
        flow = await recall(turn)
        offers = flow.offered(turn.now)
        if not offers:
            return ""
        zone = ZoneInfo(turn.timezone)
        today = turn.now.astimezone(zone).date()
        rows = [
            f"{number}) slot_token {offer.token}: {wording.moment(offer.starts.astimezone(zone), turn.language, today)}"
            for number, offer in enumerate(offers, 1)
        ]
        moving = f" to move appointment {flow.code}" if flow.code else ""
        picked = f"\nThey picked {flow.token}; their {flow.step} is missing." if flow.token else ""
        return f"Times offered{moving}, by number:\n" + "\n".join(rows) + picked

    async def rehearse(self, turn: Turn, config: BookingConfig) -> tuple[str, dict[str, Any]] | None:
        return await booking_dialogue.rehearse(turn)


SKILL = BookingSkill()
