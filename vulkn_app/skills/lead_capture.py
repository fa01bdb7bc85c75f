"""Who wants to be written to, and about what; and, if the owner asks for it, that they agreed.

A detail that is known is never overwritten by an empty one, and an address that the customer did not write is
not stored. Consent is stored with the words that were asked."""

from dataclasses import dataclass
from typing import Any, Literal

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb
from pydantic import Field, field_validator, model_validator

from vulkn_app import leads, live
from vulkn_app.db import as_agent
from vulkn_app.i18n import Language
from vulkn_app.llm import smalltalk
from vulkn_app.skills import details
from vulkn_app.skills.base import Arguments, Skill, SkillConfig, Tool, ToolProblem, ToolResult, Turn
from vulkn_app.skills.consent import answer_in, is_answered, record
from vulkn_app.skills.wishes import wants_to_be_contacted
from vulkn_app.texts import Line, Text

Detail = Literal["name", "phone", "email", "need"]
KEY = "lead_capture"

CONTACT = "select name, email, phone from contacts where org_id = %s and id = %s"
SAVE = """
    update contacts set name = coalesce(%s, name), email = coalesce(%s, email), phone = coalesce(%s, phone)
    where org_id = %s and id = %s
"""
NEED = "update leads set need = %s where org_id = %s and contact_id = %s"
NOTE = "select app.note_lead(%s, %s, %s)"

ASKS: dict[Detail, dict[Language, str]] = {
    "name": {"es": "¿Cuál es tu nombre?", "en": "What's your name?"},
    "phone": {"es": "¿A qué teléfono te escribimos?", "en": "What phone number can we reach you at?"},
    "email": {"es": "¿A qué correo te escribimos?", "en": "What e-mail can we write to?"},
    "need": {"es": "¿En qué te podemos ayudar?", "en": "What can we help you with?"},
}
THANKS: dict[Language, str] = {
    "es": "¡Gracias{name}! Ya tengo tus datos; el equipo te escribirá en cuanto pueda.",
    "en": "Thank you{name}! I have your details; the team will write to you as soon as they can.",
}
GOT_IT: dict[Language, str] = {"es": "¡Gracias{name}!", "en": "Thank you{name}!"}
CLAIMED: dict[Language, str] = {"es": "Claro, te contactamos.", "en": "Of course, we'll get in touch."}
UNREADABLE: dict[str, dict[Language, str]] = {
    "phone": {
        "es": "Ese teléfono no parece completo. ¿Me lo escribes otra vez, con lada?",
        "en": "That phone number doesn't look complete. Could you write it again, with the area code?",
    },
    "email": {
        "es": "Ese correo no parece completo. ¿Me lo escribes otra vez?",
        "en": "That e-mail doesn't look complete. Could you write it again?",
    },
    "name": {"es": "¿Me escribes tu nombre?", "en": "Could you write your name?"},
}
NOTED: dict[bool, dict[Language, str]] = {
    True: {"es": "Gracias, queda registrado.", "en": "Thank you, that's noted."},
    False: {"es": "Entendido, no te contactaremos.", "en": "Understood, we won't contact you."},
}


class LeadCaptureConfig(SkillConfig):
    details: tuple[Detail, ...] = Field(
        default=("name", "phone"),
        max_length=4,
        title="skills.lead_capture.details",
        description="skills.lead_capture.details_help",
    )
    when: Text = Field(
        default="",
        max_length=300,
        title="skills.lead_capture.when",
        description="skills.lead_capture.when_help",
    )
    ask_consent: bool = Field(
        default=False,
        title="skills.lead_capture.ask_consent",
        description="skills.lead_capture.ask_consent_help",
    )
    consent_es: Text = Field(
        default="¿Aceptas que usemos estos datos para contactarte? {link}",
        max_length=600,
        title="skills.lead_capture.consent_es",
        description="skills.lead_capture.consent_help",
    )
    consent_en: Text = Field(
        default="Do you agree that we use these details to contact you? {link}",
        max_length=600,
        title="skills.lead_capture.consent_en",
        description="skills.lead_capture.consent_help",
    )
    privacy_url: Line = Field(
        default="",
        max_length=300,
        pattern=r"^(https://[^\s<>\"]+)?$",
        title="skills.lead_capture.privacy_url",
        description="skills.lead_capture.privacy_url_help",
    )

    @field_validator("details")
    @classmethod
    def _each_once(cls, chosen: tuple[Detail, ...]) -> tuple[Detail, ...]:
        return tuple(dict.fromkeys(chosen))

    @model_validator(mode="after")
    def _consent_has_words(self) -> "LeadCaptureConfig":
        if self.ask_consent and not (self.consent_es and self.consent_en):
            raise ValueError("consent is asked in both languages")
        return self

    def wording(self, language: Language) -> str:
        """The question of consent, with the notice's address in it."""
        asked = self.consent_es if language == "es" else self.consent_en
        if "{link}" not in asked:
            asked = f"{asked} {{link}}"
        return asked.replace("{link}", self.privacy_url).strip()


class ContactDetails(Arguments):
    name: str | None = Field(default=None, max_length=200, description="As the customer wrote it.")
    phone: str | None = Field(default=None, max_length=400, description="As the customer wrote it.")
    email: str | None = Field(default=None, max_length=400, description="As the customer wrote it.")
    need: str | None = Field(
        default=None, max_length=500, description="What they want, in one short sentence."
    )
    consent: bool | None = Field(
        default=None, description="Their answer, only after you asked the consent question."
    )


@dataclass(frozen=True)
class Known:
    """What is on record of a contact."""

    name: str | None
    email: str | None
    phone: str | None

    def missing(self, wanted: tuple[Detail, ...], *, need: bool) -> list[Detail]:
        """One address is enough to be written to, whichever it is."""
        there = {"name": self.name, "phone": self.phone or self.email, "email": self.email or self.phone}
        return [d for d in wanted if not (need if d == "need" else there[d])]


async def save_contact(turn: Turn, config: LeadCaptureConfig, given: ContactDetails) -> ToolResult:
    """One transaction: the contact, its lead, the consent. Raises ToolProblem when nothing of it is usable."""
    state = await turn.memory.recall(KEY)
    async with as_agent(turn.agent) as connection:
        before = await _known(connection, turn)
        country = await details.country_of(connection, turn.agent)
        new, unreadable = _read(given, before, country, turn.words)
        if unreadable and not new and given.consent is None:
            raise _unreadable(unreadable, turn.language)
        known = Known(**(vars(before) | new))
        if not turn.playground:
            await _store(connection, turn, new, given.need)
        agreed = await _consent(connection, turn, given, state)
        answered = agreed is not None or bool(state.get("answered")) or await is_answered(connection, turn)
    if not turn.playground:
        live.publish(live.Ring(turn.agent.org_id, "lead", turn.conversation_id))
    has_need = bool(given.need) or bool(state.get("need"))
    asks = config.ask_consent and not answered and bool(known.phone or known.email)
    await _remember(turn, config, asks=asks, agreed=agreed, need=has_need)
    missing = known.missing(config.details, need=has_need)
    return _result(turn, config, known, unreadable=unreadable, missing=missing, asks=asks, agreed=agreed)


async def _known(connection: AsyncConnection, turn: Turn) -> Known:
    cursor = await connection.execute(CONTACT, (turn.agent.org_id, turn.contact_id))
    row = await cursor.fetchone()
    if row is None:
        raise ToolProblem("This contact is gone. Nothing was saved.")
    return Known(*row)


def _read(given: ContactDetails, before: Known, country: str, words: str) -> tuple[dict[str, str], list[str]]:
    """What can be stored, and which details cannot."""
    readings = {
        "name": details.name(given.name or ""),
        "phone": details.phone(given.phone or "", country),
        "email": details.email(given.email or ""),
    }
    new: dict[str, str] = {}
    unreadable: list[str] = []
    for key, value in readings.items():
        if not getattr(given, key):
            continue
        written = key == "name" or (
            value and details.written_in(f"{words} {before.phone or ''} {before.email or ''}", value)
        )
        if value and written:
            new[key] = value
        else:
            unreadable.append(key)
    return new, unreadable


async def _store(connection: AsyncConnection, turn: Turn, new: dict[str, str], need: str | None) -> None:
    where = (turn.agent.org_id, turn.contact_id)
    if new:
        await connection.execute(SAVE, (new.get("name"), new.get("email"), new.get("phone"), *where))
        lead = {"score": min(100, sum(leads.POINTS[key] for key in new)), "reasons": sorted(new)}
        await connection.execute(NOTE, (turn.agent.org_id, turn.conversation_id, Jsonb(lead)))
    if need:
        await connection.execute(NEED, (need.strip()[:500], *where))


async def _consent(
    connection: AsyncConnection, turn: Turn, given: ContactDetails, state: dict[str, Any]
) -> bool | None:
    """What the customer answered to the question that was put to them; their own words decide, not the model."""
    asked = state.get("asked")
    if not asked or given.consent is None:
        return None
    said = answer_in(turn.words)
    if said is not None and not turn.playground:
        await record(connection, turn, granted=said, wording=asked)
    return said


async def _remember(
    turn: Turn, config: LeadCaptureConfig, *, asks: bool, agreed: bool | None, need: bool
) -> None:
    state: dict[str, Any] = {"need": True} if need else {}
    if asks:
        state["asked"] = config.wording(turn.language)
    elif agreed is not None:
        state["answered"] = True
    await turn.memory.remember(KEY, state)


def _unreadable(unreadable: list[str], language: Language) -> ToolProblem:
    return ToolProblem(
        f"Not saved: {', '.join(unreadable)}. It is not complete, or the customer did not write it in this message."
        " Ask them to write it again; never fill it in yourself.",
        say=UNREADABLE[unreadable[0]][language],
    )


def _result(
    turn: Turn,
    config: LeadCaptureConfig,
    known: Known,
    *,
    unreadable: list[str],
    missing: list[Detail],
    asks: bool,
    agreed: bool | None,
) -> ToolResult:
    language = turn.language
    name = f", {known.name.split()[0]}" if known.name else ""
    saved = ", ".join(key for key in ("name", "phone", "email") if getattr(known, key)) or "nothing yet"
    lines = [f"On record: {saved}." + (" (playground: nothing was written)" if turn.playground else "")]
    if unreadable:
        lines.append(f"Not usable, ask again: {', '.join(unreadable)}.")
    if missing:
        lines.append(f"Still missing, ask for it: {', '.join(missing)}.")
    if agreed is not None:
        lines.append(f"Consent recorded: {'yes' if agreed else 'no, so do not promise any contact'}.")
    wording = config.wording(language)
    if asks:
        lines.append(f'Ask for consent in exactly these words: "{wording}"')
    say = _say(language, name, known, unreadable=unreadable, missing=missing, agreed=agreed)
    facts = tuple(fact for fact in (known.phone, known.email, config.privacy_url) if fact)
    return ToolResult("\n".join(lines), say=f"{say} {wording}" if asks else say, facts=facts)


def _say(
    language: Language,
    name: str,
    known: Known,
    *,
    unreadable: list[str],
    missing: list[Detail],
    agreed: bool | None,
) -> str:
    if agreed is not None:
        return NOTED[agreed][language]
    if unreadable:
        return UNREADABLE[unreadable[0]][language]
    if missing:
        begin = (
            GOT_IT[language].format(name=name) if known.phone or known.email or name else CLAIMED[language]
        )
        return f"{begin} {ASKS[missing[0]][language]}"
    return THANKS[language].format(name=name)


class LeadCaptureSkill(Skill[LeadCaptureConfig]):
    key = KEY
    tier = "free"
    config = LeadCaptureConfig
    tools = (
        Tool(
            "save_contact",
            "Saves what the customer tells about themselves: name, phone, e-mail, what they need. Call it as soon "
            "as they give any of it, and with consent when they answer the consent question.",
            ContactDetails,
            save_contact,
        ),
    )

    def prompt(self, config: LeadCaptureConfig) -> str:
        wanted = ", ".join(config.details) or "nothing in particular"
        first = (
            f"Contact details the team wants: {wanted}. Ask for one at a time, only when the customer wants to be "
            "contacted, wants a quote, or asks what you do not know. Save them with save_contact; never say that "
            "something is saved before it answered."
        )
        lines = [first]
        if config.when:
            lines.append(f"The owner adds when to ask: {config.when}")
        if config.ask_consent:
            lines.append("When save_contact asks for consent, put its question word for word and wait.")
        return "\n".join(lines)

    async def rehearse(self, turn: Turn, config: LeadCaptureConfig) -> tuple[str, dict[str, Any]] | None:
        """Only what plain rehearsal, which thanks for details by itself, cannot do: consent, a wish to be called."""
        state = await turn.memory.recall(KEY)
        agreed = answer_in(turn.words) if state.get("asked") else None
        if agreed is not None:
            return "save_contact", {"consent": agreed}
        found = smalltalk.contact_in(turn.words)
        wish = wants_to_be_contacted(turn.words)
        asks = config.ask_consent and not state.get("answered") and bool(found.address)
        if not (wish or asks):
            return None
        name = found.name or leads.signals(turn.words).name
        kind = "email" if "@" in found.address else "phone"
        given = {"name": name, kind: found.address, "need": turn.words[:500] if wish else ""}
        return "save_contact", {key: value for key, value in given.items() if value}


SKILL = LeadCaptureSkill()
