"""Reminders of appointments: written with the booking by the database, sent once, answered in one word.

`due` is the worker's. Claim, wording and message are one transaction: a process that dies leaves a reminder that
was never taken, and a second worker passes over what the first one holds."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from psycopg import AsyncConnection
from psycopg.rows import class_row
from pydantic import Field

from vulkn_app import live
from vulkn_app.booking import bookings, wording
from vulkn_app.booking.reading import Booking
from vulkn_app.db import AgentKey, as_system
from vulkn_app.llm.asks import Language
from vulkn_app.llm.smalltalk import plain, word_set
from vulkn_app.skills import failures
from vulkn_app.skills.base import Arguments, Skill, SkillConfig, Tool, ToolProblem, ToolResult, Turn
from vulkn_app.skills.booking_flow import asker, recall
from vulkn_app.skills.booking_words import called, say

log = structlog.get_logger()

KEY = "reminders"
AT_ONCE = 200  # of one run; the next one is a minute away
CLAIM = "select * from app.claim_reminder(%s::uuid[])"
DELIVER = "select app.deliver_reminder(%s, %s, %s, %s)"
# The numbers stand also in app.plan_reminders, for what was published without them.
FIRST, SECOND = 24, 2
YES_SIGNS = ("👍", "✅", "👌", "🙌")
_HEART = word_set(
    "confirm confirmar confirmo confirmada confirmado confirmamos confirmed confirming asistire asisto asistiremos estare estaremos "
    "voy vamos ire si yes yep yeah claro ok okay vale sale listo perfecto there coming come sure"
)
_PLEASANT = _HEART | word_set(
    "ahi alli alla nos vemos va de acuerdo a la mi el it my cita appointment i ill will be am im gracias muchas thanks thank "
    "you por favor please great see then hola hi que"
)


class RemindersConfig(SkillConfig):
    first_hours: int = Field(
        default=FIRST,
        ge=1,
        le=168,
        title="skills.reminders.first_hours",
        description="skills.reminders.first_hours_help",
    )
    second_hours: int = Field(
        default=SECOND,
        ge=0,
        le=48,
        title="skills.reminders.second_hours",
        description="skills.reminders.second_hours_help",
    )


class Confirm(Arguments):
    code: str = Field(
        default="",
        max_length=12,
        description="The booking code; leave it out if they have only one appointment.",
    )


@dataclass(frozen=True)
class Due:
    """A reminder that this transaction claimed, with all that it says."""

    org_id: UUID
    reminder_id: UUID
    booking_id: UUID
    hours_before: int
    conversation_id: UUID
    channel: str
    starts_at: datetime
    code: str
    language: Language
    name: str
    confirmed: bool
    service_es: str
    service_en: str
    resource: str
    resource_kind: str
    timezone: str
    business: str

    def words(self, now: datetime) -> str:
        zone = ZoneInfo(self.timezone)
        service = self.service_en or self.service_es if self.language == "en" else self.service_es
        moment = wording.moment(self.starts_at.astimezone(zone), self.language, now.astimezone(zone).date())
        who = wording.on(self.resource, self.resource_kind, self.language)
        return say(
            "reminder_confirmed" if self.confirmed else "reminder",
            self.language,
            name=f" {self.name.split()[0]}" if self.name.strip() else "",
            business=self.business,
            appointment=f"{service}, {moment}{who}",
            code=self.code,
        )


async def due() -> int:
    """Sends what is due, each in a transaction of its own; how many. One that cannot be sent is left for the
    next run and holds up nobody else."""
    sent, failed = 0, []
    for _ in range(AT_ONCE):
        claimed: Due | None = None
        try:
            async with as_system("vulkn_engine") as connection:
                claimed = await claim(connection, failed)
                if claimed is None:
                    break
                await deliver(connection, claimed)
        except Exception as problem:  # the worker's boundary: one bad reminder is not everybody's
            if claimed is None:
                raise
            log.warning("reminder.failed", kind=type(problem).__name__, reminder=str(claimed.reminder_id))
            failed.append(claimed.reminder_id)
            await _tell(claimed)
            continue
        sent += 1
        live.publish(live.Ring(claimed.org_id, "message", claimed.conversation_id))
    return sent


async def _tell(claimed: Due) -> None:
    """What was claimed is undone, so this is the failure's own transaction."""
    agent, where = AgentKey(claimed.org_id), claimed.conversation_id
    try:
        await failures.note(agent, KEY, "reminder", conversation_id=where)
    except Exception as problem:  # noqa: BLE001 - the same boundary: the other reminders are still to be sent
        log.warning("reminder.untold", kind=type(problem).__name__, reminder=str(claimed.reminder_id))


async def claim(connection: AsyncConnection[Any], but: list[UUID]) -> Due | None:
    """Marks the next one as sent, for as long as this transaction lives to say so."""
    async with connection.cursor(row_factory=class_row(Due)) as cursor:
        await cursor.execute(CLAIM, (but,))
        return await cursor.fetchone()


async def deliver(connection: AsyncConnection[Any], claimed: Due) -> None:
    words = claimed.words(datetime.now(UTC))
    await connection.execute(DELIVER, (claimed.org_id, claimed.reminder_id, words, claimed.language))


async def confirm_booking(turn: Turn, config: RemindersConfig, given: Confirm) -> ToolResult:
    """The one they name, or were reminded of, or have alone."""
    code = given.code.strip().upper()
    mine = await bookings.upcoming(asker(turn), turn.now)
    reminded = await bookings.reminded(asker(turn), turn.now)
    booking = next((b for b in mine if b.code == code), None) if code else reminded
    if booking is None and not code and len(mine) == 1:
        booking = mine[0]
    if booking is None:
        return _which(turn, mine, code)
    if not turn.playground:
        booking = await bookings.confirm(asker(turn), booking.code, turn.now)
        live.publish(live.Ring(turn.agent.org_id, "booking", turn.conversation_id))
    zone = ZoneInfo(turn.timezone)
    line = wording.appointment(booking, zone, turn.language, turn.now)
    said = say("confirmed", turn.language, name=called(booking.name), appointment=line)
    facts = wording.booking_evidence(booking, zone)
    if turn.playground:
        text = f"Playground: this would confirm {line}; nothing was written."
        return ToolResult(text, say=say("playground", turn.language) + line, facts=facts)
    text = f"Confirmed by the customer: {line}. Code {booking.code}."
    return ToolResult(text, say=said, facts=facts, booked=booking.id, done=("booked", "confirmed"))


def _which(turn: Turn, mine: list[Booking], code: str) -> ToolResult:
    if code or not mine:
        raise ToolProblem("This customer has no such upcoming appointment.", say=say("none", turn.language))
    zone = ZoneInfo(turn.timezone)
    lines = [f"{wording.appointment(b, zone, turn.language, turn.now)} ({b.code})" for b in mine]
    return ToolResult(
        "Ask which one:\n" + "\n".join(lines),
        say=say("which", turn.language, list=wording.listed(lines)),
        facts=tuple(fact for b in mine for fact in wording.booking_evidence(b, zone)),
    )


def _says_yes(words: str) -> bool:
    """Nothing but a yes or a confirmation, with the pleasantries around it."""
    said = plain(words).split()
    return (
        bool(said) and _PLEASANT.issuperset(said) and not _HEART.isdisjoint(said)
    ) or words.strip() in YES_SIGNS


class RemindersSkill(Skill[RemindersConfig]):
    key = KEY
    tier = "starter"
    config = RemindersConfig
    tools = (
        Tool(
            "confirm_booking",
            "The customer says that they will come to an appointment, as an answer to a reminder.",
            Confirm,
            confirm_booking,
        ),
    )

    def prompt(self, config: RemindersConfig) -> str:
        return (
            "Customers are reminded of their appointments. When they answer that they will come, call confirm_booking;"
            " when they want another time or not to come, use the tools of appointments."
        )

    async def context(self, turn: Turn, config: RemindersConfig) -> str:
        booking = await bookings.reminded(asker(turn), turn.now) if _is_short(turn.words) else None
        if booking is None:
            return ""
        line = wording.appointment(booking, ZoneInfo(turn.timezone), turn.language, turn.now)
        return f"They were reminded of {line} (code {booking.code}) and have not confirmed it yet."

    async def rehearse(self, turn: Turn, config: RemindersConfig) -> tuple[str, dict[str, Any]] | None:
        if not _says_yes(turn.words) or (await recall(turn)).step:
            return None
        booking = await bookings.reminded(asker(turn), turn.now)
        return ("confirm_booking", {"code": booking.code}) if booking else None


def _is_short(words: str) -> bool:
    """An answer to a reminder is; a long message is looked at without asking the database first."""
    return len(words) <= 80


SKILL = RemindersSkill()
