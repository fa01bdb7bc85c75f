"""Who wants to be written to, and about what; and, if the owner asks for it, that they agreed."""

from typing import Any

from pydantic import Field, field_validator, model_validator

from vulkn_app import leads, live
from vulkn_app.db import as_agent
from vulkn_app.i18n import Language
from vulkn_app.llm import smalltalk
from vulkn_app.skills import details
from vulkn_app.skills.base import Skill, SkillConfig, Tool, ToolProblem, ToolResult, Turn
from vulkn_app.skills.consent import answer_in, is_answered
from vulkn_app.skills.contact_record import ContactDetails, Detail, Known, consent, read, recorded, store
from vulkn_app.skills.lead_words import UNREADABLE, say
from vulkn_app.skills.wishes import wants_to_be_contacted
from vulkn_app.texts import Line, Text

KEY = "lead_capture"


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


async def save_contact(turn: Turn, config: LeadCaptureConfig, given: ContactDetails) -> ToolResult:
    """One transaction: the contact, its lead, the consent. Raises ToolProblem when nothing of it is usable."""
    state = await turn.memory.recall(KEY)
    async with as_agent(turn.agent) as connection:
        before = await recorded(connection, turn)
        country = await details.country_of(connection, turn.agent)
        new, unreadable = read(given, before, country, turn.words)
        if unreadable and not new and given.consent is None:
            raise _unreadable(unreadable, turn.language)
        now = Known(**(vars(before) | new))
        if not turn.playground:
            await store(connection, turn, new, given.need)
        agreed = await consent(connection, turn, given, state)
        answered = agreed is not None or bool(state.get("answered")) or await is_answered(connection, turn)
    if not turn.playground:
        live.publish(live.Ring(turn.agent.org_id, "lead", turn.conversation_id))
    has_need = bool(given.need) or bool(state.get("need"))
    asks = config.ask_consent and not answered and bool(now.phone or now.email)
    await _remember(turn, config, asks=asks, agreed=agreed, need=has_need)
    missing = now.missing(config.details, need=has_need)
    return _result(turn, config, now, unreadable=unreadable, missing=missing, asks=asks, agreed=agreed)


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
    said = say(language, name, known, unreadable=unreadable, missing=missing, agreed=agreed)
    facts = tuple(fact for fact in (known.phone, known.email, config.privacy_url) if fact)
    wants = "phone" if not asks and [*unreadable, *missing][:1] == ["phone"] else ""
    return ToolResult("\n".join(lines), say=f"{said} {wording}" if asks else said, facts=facts, wants=wants)


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
