"""Giving the conversation to a person: why, with what they must know, and one sentence for the customer."""

from datetime import datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from vulkn_app.i18n import Language
from vulkn_app.skills.base import Arguments, Handoff, Skill, SkillConfig, Tool, ToolResult, Turn
from vulkn_app.skills.wishes import complains, is_emergency, wants_a_person
from vulkn_app.texts import Line

Reason = Literal["asked", "unknown", "complaint", "urgent", "sensitive", "failure", "limit"]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST_SUMMARY = 1_000
BACK_AFTER = 12  # hours; stands also in app.hand_back_after, for what was published without it

BEGINNINGS: dict[Reason, dict[Language, str]] = {
    "asked": {"es": "Claro, le paso tu mensaje al equipo.", "en": "Of course, I'm passing you to the team."},
    "unknown": {
        "es": "Eso prefiero que te lo confirme el equipo: ya les pasé tu mensaje.",
        "en": "I'd rather have the team confirm that: I've passed your message on.",
    },
    "complaint": {
        "es": "Lamento lo que pasó. Ya le pasé tu mensaje al equipo para que lo revise contigo.",
        "en": "I'm sorry about what happened. I've passed your message to the team so they look into it with you.",
    },
    "urgent": {
        "es": "Ya avisé al equipo de que es urgente.",
        "en": "I've told the team that this is urgent.",
    },
    "sensitive": {
        "es": "Esto lo ve mejor una persona: ya le pasé tu mensaje al equipo.",
        "en": "This is better handled by a person: I've passed your message to the team.",
    },
    "failure": {
        "es": "Tuve un problema para atenderte y ya le pasé tu mensaje al equipo.",
        "en": "I had trouble helping you, so I've passed your message to the team.",
    },
    "limit": {
        "es": "Recibimos tu mensaje y ya lo tiene el equipo.",
        "en": "We received your message and the team has it now.",
    },
}
HERE: dict[Language, str] = {"es": "Te responden por aquí.", "en": "They'll answer you right here."}
LATER: dict[Language, str] = {
    "es": "Ahora estamos cerrados; te responden por aquí a partir {day} a las {hour}.",
    "en": "We're closed right now; they'll answer you right here from {day} at {hour}.",
}
EMERGENCY: dict[Language, str] = {
    "es": "Si es una emergencia, llama ya al {phone}.",
    "en": "If it is an emergency, call {phone} now.",
}
DAY_NAMES: dict[Language, tuple[str, ...]] = {
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}


class Opening(SkillConfig):
    """When somebody of the team answers."""

    days: tuple[Day, ...] = Field(min_length=1, max_length=7, title="skills.handoff.days")
    opens: time = Field(title="skills.handoff.opens")
    closes: time = Field(title="skills.handoff.closes")

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> "Opening":
        if self.opens >= self.closes:
            raise ValueError("opens must be before closes")
        return self


class HandoffConfig(SkillConfig):
    hours: tuple[Opening, ...] = Field(
        default=(), max_length=14, title="skills.handoff.hours", description="skills.handoff.hours_help"
    )
    emergency_phone: Line = Field(
        default="",
        max_length=32,
        pattern=r"^[0-9+() -]*$",
        title="skills.handoff.emergency_phone",
        description="skills.handoff.emergency_phone_help",
    )
    back_after_hours: int = Field(
        default=BACK_AFTER,
        ge=0,
        le=720,
        title="skills.handoff.back_after_hours",
        description="skills.handoff.back_after_hours_help",
    )
    urgent_es: tuple[Line, ...] = Field(
        default=(
            "es una emergencia",
            "es emergencia",
            "tengo una emergencia",
            "emergencia médica",
            "no puedo respirar",
            "no respira",
            "no para de sangrar",
            "no deja de sangrar",
            "sangrando mucho",
            "me estoy desangrando",
            "se desmayó",
            "perdió el conocimiento",
            "está inconsciente",
            "quiero matarme",
            "me quiero matar",
            "quiero suicidarme",
            "me quiero morir",
            "fuga de gas",
            "huele a gas",
            "se está incendiando",
        ),
        max_length=60,
        title="skills.handoff.urgent_es",
        description="skills.handoff.urgent_help",
    )
    urgent_en: tuple[Line, ...] = Field(
        default=(
            "it's an emergency",
            "it is an emergency",
            "this is an emergency",
            "i have an emergency",
            "medical emergency",
            "i can't breathe",
            "i cannot breathe",
            "can't breathe",
            "not breathing",
            "won't stop bleeding",
            "bleeding a lot",
            "bleeding heavily",
            "is unconscious",
            "passed out",
            "kill myself",
            "want to die",
            "suicidal",
            "gas leak",
            "smells like gas",
            "is on fire",
        ),
        max_length=60,
        title="skills.handoff.urgent_en",
        description="skills.handoff.urgent_help",
    )

    @field_validator("urgent_es", "urgent_en")
    @classmethod
    def _more_than_a_syllable(cls, phrases: tuple[str, ...]) -> tuple[str, ...]:
        if any(len(phrase) < 4 for phrase in phrases):
            raise ValueError("a phrase has at least four letters")
        return phrases


class Request(Arguments):
    reason: Reason = Field(
        description="asked: they want a person. unknown: you cannot answer and it matters. complaint: angry or "
        "unhappy. urgent: danger or an emergency. sensitive: health, legal, money disputes. failure: tools failed."
    )
    summary: str = Field(
        min_length=1,
        max_length=2_000,
        description="For the team, in the customer's language: who, what they want, what you already told them.",
    )


async def hand_over(turn: Turn, config: HandoffConfig, asked: Request) -> ToolResult:
    """Only words: the conversation changes hands when the engine stores this turn's answer."""
    say, facts = _sentence(turn, config, asked.reason)
    handoff = Handoff(asked.reason, asked.summary.strip()[:LONGEST_SUMMARY])
    text = f'A person takes over after your answer. Say only this, in your own tone, and add nothing: "{say}"'
    return ToolResult(text, say=say, facts=facts, done=("sent",), handoff=handoff)


def _sentence(turn: Turn, config: HandoffConfig, reason: Reason) -> tuple[str, tuple[str, ...]]:
    """One message for the customer, and the figures in it."""
    language = turn.language
    parts = [BEGINNINGS[reason][language]]
    facts: list[str] = []
    if reason == "urgent" and config.emergency_phone:
        parts.insert(0, EMERGENCY[language].format(phone=config.emergency_phone))
        facts.append(config.emergency_phone)
    opens = next_opening(config, turn.now.astimezone(ZoneInfo(turn.timezone)))
    if opens is None:
        parts.append(HERE[language])
    else:
        now = turn.now.astimezone(ZoneInfo(turn.timezone))
        day, hour = _day(opens, now, language), f"{opens.hour}:{opens.minute:02d}"
        parts.append(LATER[language].format(day=day, hour=hour))
        facts.append(f"{day} {hour}")
    return " ".join(parts), tuple(facts)


def waits(language: Language) -> str:
    """What a customer is told whose answer a person sends."""
    return f"{BEGINNINGS['limit'][language]} {HERE[language]}"


def next_opening(config: HandoffConfig, now: datetime) -> datetime | None:
    """When somebody is there again; None while somebody is, or when the hours are not known."""
    starts: list[datetime] = []
    for ahead in range(8):
        date = now.date() + timedelta(days=ahead)
        for opening in config.hours:
            if DAYS[date.weekday()] not in opening.days:
                continue
            begins = datetime.combine(date, opening.opens, now.tzinfo)
            if begins <= now < datetime.combine(date, opening.closes, now.tzinfo):
                return None
            if begins > now:
                starts.append(begins)
    return min(starts, default=None)


def _day(opens: datetime, now: datetime, language: Language) -> str:
    ahead = (opens.date() - now.date()).days
    if ahead < 2:
        return {"es": ("de hoy", "de mañana"), "en": ("today", "tomorrow")}[language][ahead]
    name = DAY_NAMES[language][opens.weekday()]
    return f"del {name}" if language == "es" else name


class HandoffSkill(Skill[HandoffConfig]):
    key = "handoff"
    tier = "free"
    config = HandoffConfig
    tools = (
        Tool(
            "hand_over",
            "Gives the conversation to a person of the team and ends your part in it. Use it when the customer asks "
            "for a person, complains or is angry, is in danger, or when the matter is not yours to decide.",
            Request,
            hand_over,
        ),
    )

    def prompt(self, config: HandoffConfig) -> str:
        return (
            "Call hand_over at once when the customer wants a person, is angry, or may be in danger. After it, say "
            "its sentence and stop. Do not offer a person in every answer, and do not call it for plain questions."
        )

    async def rehearse(self, turn: Turn, config: HandoffConfig) -> tuple[str, dict[str, Any]] | None:
        reason = _reason(turn.words, config)
        return ("hand_over", {"reason": reason, "summary": turn.words[:LONGEST_SUMMARY]}) if reason else None


def _reason(words: str, config: HandoffConfig) -> Reason | None:
    if is_emergency(words, (*config.urgent_es, *config.urgent_en)):
        return "urgent"
    if complains(words):
        return "complaint"
    return "asked" if wants_a_person(words) else None


SKILL = HandoffSkill()
