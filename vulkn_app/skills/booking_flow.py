"""Where a contact stands in booking: what the owner set, what was asked, what was offered."""

from datetime import datetime, timedelta
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from vulkn_app.booking.bookings import Asker, Limits
from vulkn_app.booking.slots import Rules
from vulkn_app.skills.base import SkillConfig, Turn
from vulkn_app.texts import Line

KEY = "booking"
# A question that was left open yesterday is not what today's "sí" answers.
OPEN_FOR = timedelta(hours=24)
# As long as the tokens of an offer are surely good; see booking/tokens.py.
OFFERED_FOR = timedelta(hours=1)

Step = Literal["", "service", "when", "offer", "name", "phone", "which", "sure"]
Purpose = Literal["book", "move", "cancel"]


class BookingConfig(SkillConfig):
    """Services, resources and hours are the calendar's; this is how it is booked."""

    lead_minutes: int = Field(
        default=120,
        ge=0,
        le=20160,
        title="skills.booking.lead_minutes",
        description="skills.booking.lead_minutes_help",
    )
    horizon_days: int = Field(
        default=60,
        ge=1,
        le=365,
        title="skills.booking.horizon_days",
        description="skills.booking.horizon_days_help",
    )
    grid_minutes: Literal[5, 10, 15, 20, 30, 60] = Field(
        default=30, title="skills.booking.grid_minutes", description="skills.booking.grid_minutes_help"
    )
    needs_phone: bool = Field(
        default=True, title="skills.booking.needs_phone", description="skills.booking.needs_phone_help"
    )
    cancel_until_minutes: int = Field(
        default=120,
        ge=0,
        le=20160,
        title="skills.booking.cancel_until_minutes",
        description="skills.booking.cancel_until_minutes_help",
    )
    most_open: int = Field(
        default=3, ge=1, le=20, title="skills.booking.most_open", description="skills.booking.most_open_help"
    )
    note_es: Line = Field(
        default="", max_length=300, title="skills.booking.note_es", description="skills.booking.note_help"
    )
    note_en: Line = Field(
        default="", max_length=300, title="skills.booking.note_en", description="skills.booking.note_help"
    )

    @property
    def rules(self) -> Rules:
        return Rules(
            timedelta(minutes=self.lead_minutes), timedelta(days=self.horizon_days), self.grid_minutes
        )

    @property
    def limits(self) -> Limits:
        return Limits(self.rules, self.most_open, timedelta(minutes=self.cancel_until_minutes))


class Offer(BaseModel):
    """A slot that was put before the customer."""

    model_config = ConfigDict(frozen=True)

    token: str
    starts: AwareDatetime
    resource: str = ""


class Flow(BaseModel):
    """`step`: what the customer was asked last. Kept as the contact's memory of this skill."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    step: Step = ""
    purpose: Purpose = "book"
    service: str = ""  # id
    resource: str = ""  # id, when the customer named one
    when: str = ""  # their words
    code: str = ""
    offers: tuple[Offer, ...] = ()
    refused: tuple[AwareDatetime, ...] = ()  # offered before, and not liked
    token: str = ""
    name: str = ""
    phone: str = ""
    email: str = ""
    codes: tuple[str, ...] = ()  # of the appointments that were listed
    at: AwareDatetime | None = None

    def offered(self, now: datetime) -> tuple[Offer, ...]:
        """Those whose tokens are still good."""
        return self.offers if self.at and now - self.at < OFFERED_FOR else ()


async def recall(turn: Turn) -> Flow:
    """An empty one when nothing is open."""
    flow = Flow.model_validate(await turn.memory.recall(KEY))
    return flow if flow.at and turn.now - flow.at < OPEN_FOR else Flow()


async def remember(turn: Turn, flow: Flow) -> None:
    kept = flow.model_copy(update={"at": turn.now}).model_dump(mode="json", exclude_defaults=True)
    await turn.memory.remember(KEY, kept, days=1)


async def forget(turn: Turn) -> None:
    await turn.memory.remember(KEY, {})


def asker(turn: Turn) -> Asker:
    return Asker(turn.agent, turn.conversation_id, turn.contact_id, turn.language)
