"""A form filled in by talking: one question at a time, taken up again for seven days, in any of the contact's channels."""

from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from psycopg.types.json import Jsonb
from pydantic import Field, field_validator

from vulkn_app import leads, live
from vulkn_app.db import as_agent
from vulkn_app.i18n import Language
from vulkn_app.llm import smalltalk
from vulkn_app.llm.smalltalk import plain
from vulkn_app.skills import details, form
from vulkn_app.skills.base import Arguments, Skill, SkillConfig, Tool, ToolProblem, ToolResult, Turn
from vulkn_app.skills.consent import answer_in
from vulkn_app.skills.corrections import Correction, correction_in
from vulkn_app.skills.form import Question, Unclear
from vulkn_app.skills.form_words import CHANGED, CORRECTED, FINISHED, GOES_ON, LEAVES, LEFT, REASONS, RESUMED
from vulkn_app.texts import Line, Text

KEY = "intake"
KEPT = 7  # days
SKIPPED = ""

STORE = """
    insert into intake_answers (org_id, contact_id, conversation_id, filling, form, answers)
    values (%s, %s, %s, %s, %s, %s)
    on conflict (org_id, filling) do update set answers = excluded.answers, form = excluded.form
"""
NOTE = "select app.note_lead(%s, %s, %s)"
ALREADY: dict[Language, str] = {
    "es": "Ya tengo tus respuestas. Si quieres cambiar alguna, dime cuál.",
    "en": "I already have your answers. If you'd like to change one, tell me which.",
}


class IntakeConfig(SkillConfig):
    title_es: Line = Field(min_length=2, max_length=120, title="skills.intake.title_es")
    title_en: Line = Field(default="", max_length=120, title="skills.intake.title_en")
    when: Text = Field(
        default="", max_length=300, title="skills.intake.when", description="skills.intake.when_help"
    )
    start_words: tuple[Line, ...] = Field(
        default=(),
        max_length=30,
        title="skills.intake.start_words",
        description="skills.intake.start_words_help",
    )
    questions: tuple[Question, ...] = Field(min_length=1, max_length=20, title="skills.intake.questions")
    closing_es: Text = Field(default="", max_length=400, title="skills.intake.closing_es")
    closing_en: Text = Field(default="", max_length=400, title="skills.intake.closing_en")

    @field_validator("questions")
    @classmethod
    def _keys_differ(cls, questions: tuple[Question, ...]) -> tuple[Question, ...]:
        if len({question.key for question in questions}) != len(questions):
            raise ValueError("two questions have the same key")
        return questions

    def title(self, language: Language) -> str:
        return self.title_en if language == "en" and self.title_en else self.title_es

    def closing(self, language: Language) -> str:
        own = self.closing_en if language == "en" else self.closing_es
        return own or FINISHED[language]

    def question(self, key: str) -> Question | None:
        return next((question for question in self.questions if question.key == key), None)


@dataclass(frozen=True)
class Filling:
    """How far a contact is. `open`: the next message may be an answer; `done`: it is stored already."""

    id: UUID
    answers: dict[str, str] = field(default_factory=dict)
    asking: str = ""
    open: bool = True
    done: bool = False

    def next(self, config: IntakeConfig) -> Question | None:
        return next((question for question in config.questions if question.key not in self.answers), None)

    def as_state(self) -> dict[str, Any]:
        return vars(self) | {"id": str(self.id)}


class Start(Arguments):
    again: bool = Field(
        default=False, description="True when it is filled in already and the customer wants a new one."
    )


class Answer(Arguments):
    answer: str = Field(min_length=1, max_length=2_000, description="The customer's own words, unchanged.")
    question: str | None = Field(
        default=None, max_length=40, description="Only to correct an earlier answer: its key."
    )


class Nothing(Arguments):
    pass


async def start_form(turn: Turn, config: IntakeConfig, asked: Start) -> ToolResult:
    """The first question, or the one where the contact left off."""
    filling = await _recall(turn, config)
    if filling and filling.done and not asked.again:
        return ToolResult(
            "The form is filled in already. Offer to correct an answer.", say=ALREADY[turn.language]
        )
    if filling is None or filling.done:
        return await _go_on(turn, config, Filling(uuid4()), "")
    return await _go_on(turn, config, replace(filling, open=True), RESUMED[turn.language])


async def answer_question(turn: Turn, config: IntakeConfig, given: Answer) -> ToolResult:
    """Stores one answer and asks the next; with the last one the form is complete. Raises ToolProblem."""
    filling = await _recall(turn, config)
    if filling is None:
        raise ToolProblem("No form has been started. Call start_form first.")
    if LEAVES.match(plain(given.answer)):
        await _remember(turn, replace(filling, open=False))
        return ToolResult("The customer left the form. Do not insist.", say=LEFT[turn.language])
    if given.question and not config.question(given.question):
        raise ToolProblem(f"No such question. The keys: {', '.join(q.key for q in config.questions)}.")
    change = correction_in(given.answer, config.questions, known=(*filling.answers, filling.asking))
    if change:
        return await _correct(turn, config, filling, change)
    question = config.question(given.question or filling.asking)
    if question is None:
        raise ToolProblem(
            "The form is filled in. To correct an answer, name its question.", say=ALREADY[turn.language]
        )
    changes = question.key in filling.answers
    value = await _value(turn, question, given.answer)
    answered = replace(filling, answers=filling.answers | {question.key: value})
    return await _go_on(turn, config, answered, CHANGED[turn.language] if changes else "")


async def form_status(turn: Turn, config: IntakeConfig, _: Nothing) -> ToolResult:
    filling = await _recall(turn, config)
    if filling is None:
        return ToolResult("The form has not been started.")
    lines = [f"{question.key}: {_status(filling, question)}" for question in config.questions]
    state = "complete" if filling.done else "under way" if filling.open else "left by the customer"
    facts = tuple(answer for answer in filling.answers.values() if answer)
    return ToolResult("\n".join([f"The form is {state}.", *lines]), facts=facts)


def _status(filling: Filling, question: Question) -> str:
    if question.key not in filling.answers:
        return "(missing)" if question.required else "(open, optional)"
    return filling.answers[question.key] or "(skipped)"


async def _value(turn: Turn, question: Question, words: str) -> str:
    language = turn.language
    if form.skips(words):
        if not question.required:
            return SKIPPED
        if question.kind != "text":
            raise _again(question, REASONS["required"][language], language)
    country = await _country(turn) if question.kind in ("phone", "date") else "MX"
    today = turn.now.astimezone(ZoneInfo(turn.timezone)).date()
    try:
        return form.read(question, words, language=language, country=country, today=today)
    except Unclear as problem:
        raise _again(question, problem.reason, language) from problem


def _again(question: Question, reason: str, language: Language) -> ToolProblem:
    asked = question.asked(language)
    return ToolProblem(
        f"Not an answer to [{question.key}]: {reason} Ask again:\n{asked}", say=f"{reason}\n{asked}"
    )


async def _correct(turn: Turn, config: IntakeConfig, filling: Filling, change: Correction) -> ToolResult:
    """With the new answer in the same message it is changed at once; otherwise its question comes again."""
    question = config.question(change.key)
    assert question
    if change.value:
        try:
            value = await _value(turn, question, change.value)
        except ToolProblem:
            change = replace(change, value="")
        else:
            answered = replace(filling, answers=filling.answers | {change.key: value})
            return await _go_on(turn, config, answered, CHANGED[turn.language])
    rest = {key: value for key, value in filling.answers.items() if key != change.key}
    again = replace(filling, answers=rest, asking=change.key, open=True)
    await _remember(turn, again)
    return _ask(question, CORRECTED[turn.language], turn.language)


async def _go_on(turn: Turn, config: IntakeConfig, filling: Filling, before: str) -> ToolResult:
    question = filling.next(config)
    if question is None:
        return await _finish(turn, config, filling, before)
    await _remember(turn, replace(filling, asking=question.key, open=True))
    return _ask(question, before, turn.language)


def _ask(question: Question, before: str, language: Language) -> ToolResult:
    asked = question.asked(language)
    text = f"Ask this now, one question only, [{question.key}]:\n{asked}"
    return ToolResult(text, say=f"{before} {asked}".strip(), facts=(asked,))


async def _finish(turn: Turn, config: IntakeConfig, filling: Filling, before: str) -> ToolResult:
    closing = config.closing(turn.language)
    if turn.playground:
        text = "The form is complete. (playground: nothing was stored)"
    else:
        await _store(turn, config, filling)
        live.publish(live.Ring(turn.agent.org_id, "lead", turn.conversation_id))
        text = "The form is complete and stored."
    await _remember(turn, replace(filling, asking="", open=False, done=True))
    say = f"{before} {closing}".strip() if filling.done else closing
    return ToolResult(f'{text} Tell the customer: "{closing}"', say=say, facts=(closing,), done=("sent",))


async def _store(turn: Turn, config: IntakeConfig, filling: Filling) -> None:
    """One transaction: the answers, and what they tell about the lead."""
    org_id = turn.agent.org_id
    answers = [
        {"key": q.key, "question": q.prompt(turn.language), "answer": filling.answers[q.key]}
        for q in config.questions
    ]
    known = {
        q.kind: filling.answers[q.key]
        for q in config.questions
        if q.kind in ("phone", "email") and filling.answers[q.key]
    }
    lead = known | {"score": min(100, sum(leads.POINTS[key] for key in known)), "reasons": sorted(known)}
    async with as_agent(turn.agent) as connection:
        where = (org_id, turn.contact_id, turn.conversation_id, filling.id, config.title_es)
        await connection.execute(STORE, (*where, Jsonb(answers)))
        if known:
            await connection.execute(NOTE, (org_id, turn.conversation_id, Jsonb(lead)))


async def _recall(turn: Turn, config: IntakeConfig) -> Filling | None:
    """Questions that the owner took out meanwhile are forgotten; new ones are still to be asked."""
    state = await turn.memory.recall(KEY)
    if not state:
        return None
    answers = {key: value for key, value in state["answers"].items() if config.question(key)}
    asking = state["asking"] if config.question(state["asking"]) else ""
    filling = Filling(UUID(state["id"]), answers, asking, state["open"], state["done"])
    if filling.open and not asking and (question := filling.next(config)):
        filling = replace(filling, asking=question.key)
    return filling


async def _remember(turn: Turn, filling: Filling) -> None:
    await turn.memory.remember(KEY, filling.as_state(), days=KEPT)


async def _country(turn: Turn) -> str:
    async with as_agent(turn.agent) as connection:
        return await details.country_of(connection, turn.agent)


class IntakeSkill(Skill[IntakeConfig]):
    key = KEY
    tier = "starter"
    config = IntakeConfig
    tools = (
        Tool("start_form", "Begins the form, or takes it up where the customer left off.", Start, start_form),
        Tool(
            "answer_question",
            "Gives the customer's words to the form as the answer to the question asked last, or as a correction, "
            "a skip or a wish to stop. Pass the words unchanged.",
            Answer,
            answer_question,
        ),
        Tool("form_status", "What is answered already and what is missing.", Nothing, form_status),
    )

    def prompt(self, config: IntakeConfig) -> str:
        first = (
            f'There is a form, "{config.title_es}". While it is under way, give every answer of the customer to '
            "answer_question and put the question it returns, one at a time. If the customer asks something else, "
            "answer that first and then come back to the form."
        )
        return f"{first}\nWhen to start it, says the owner: {config.when}" if config.when else first

    async def context(self, turn: Turn, config: IntakeConfig) -> str:
        filling = await _recall(turn, config)
        if filling is None:
            return ""
        answered = ", ".join(filling.answers) or "none"
        if filling.done:
            return f"The form is filled in (keys: {answered}). It can be corrected with answer_question."
        if not filling.open:
            return "The customer left the form half way. start_form takes it up again if they want to."
        question = config.question(filling.asking)
        asked = f"[{question.key}] {question.prompt(turn.language)}" if question else "none yet"
        return f"The form is under way. Question asked last: {asked}. Answered: {answered}."

    async def rehearse(self, turn: Turn, config: IntakeConfig) -> tuple[str, dict[str, Any]] | None:
        said = plain(turn.words)
        filling = await _recall(turn, config)
        if filling and filling.open and not filling.done:
            question = config.question(filling.asking)
            return ("answer_question", {"answer": turn.words}) if _answers(turn.words, question) else None
        if filling and correction_in(turn.words, config.questions, known=tuple(filling.answers)):
            return "answer_question", {"answer": turn.words}
        if filling and not filling.done and GOES_ON.match(said):
            return "start_form", {}
        if any(f" {plain(phrase)} " in f" {said} " for phrase in config.start_words):
            return "start_form", {}
        return None


def _answers(words: str, question: Question | None) -> bool:
    """Whether the words are meant for the form: not a question of the customer's own, not a pleasantry."""
    if question and question.kind == "yes_no" and answer_in(words) is not None:
        return True
    if LEAVES.match(plain(words)):
        return True
    return not ("?" in words or "¿" in words or smalltalk.kind_of(words) not in ("", "fine"))


SKILL = IntakeSkill()
