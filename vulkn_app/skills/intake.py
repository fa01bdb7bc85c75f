"""Forms filled in by talking: one question at a time, taken up again for seven days, in any of the contact's
channels. This is what a model may call; `intake_talk.py` is what happens without one."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

from pydantic import Field

from vulkn_app.llm.smalltalk import plain
from vulkn_app.skills import intake_talk
from vulkn_app.skills.base import Arguments, Skill, Tool, ToolProblem, ToolResult, Turn
from vulkn_app.skills.corrections import Correction, correction_in
from vulkn_app.skills.filling import KEY, Filling, Papers, recall, remember
from vulkn_app.skills.form_words import ALREADY, CHANGED, CORRECTED, LEAVES, LEFT, RESUMED
from vulkn_app.skills.intake_forms import Form, IntakeConfig
from vulkn_app.skills.intake_questions import ask, heard
from vulkn_app.skills.intake_store import store


class Start(Arguments):
    form: str = Field(default="", max_length=40, description="The key of the form, when there are several.")
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
    """The first question, or the one where the contact left off. Raises ToolProblem."""
    papers = await recall(turn, config)
    wanted = _wanted(config, papers, asked.form)
    filling = papers.of(wanted)
    if filling and filling.done and not asked.again:
        return ToolResult(
            "The form is filled in already. Offer to correct an answer.", say=ALREADY[turn.language]
        )
    if filling is None or filling.done:
        return await _go_on(turn, papers, Filling(uuid4(), wanted), "")
    return await _go_on(turn, papers, replace(filling, open=True), RESUMED[turn.language])


async def answer_question(turn: Turn, config: IntakeConfig, given: Answer) -> ToolResult:
    """Stores one answer and asks the next; with the last one the form is complete. Raises ToolProblem."""
    papers = await recall(turn, config)
    filling = papers.current
    if filling is None:
        raise ToolProblem("No form has been started. Call start_form first.")
    if LEAVES.match(plain(given.answer)):
        await remember(turn, papers.with_top(replace(filling, open=False)))
        return ToolResult("The customer left the form. Do not insist.", say=LEFT[turn.language])
    if given.question and not filling.form.question(given.question):
        keys = ", ".join(question.key for question in filling.form.questions)
        raise ToolProblem(f"No such question in {filling.form.key}. The keys: {keys}.")
    for each in papers.correctable:
        known = (*each.answers, each.asking)
        if change := correction_in(given.answer, each.form.questions, known=known):
            return await _correct(turn, papers, each, change)
    question = filling.form.question(given.question or filling.asking)
    if question is None:
        raise ToolProblem(
            "The form is filled in. To correct an answer, name its question.", say=ALREADY[turn.language]
        )
    changes = question.key in filling.answers
    answered = filling.answered(question.key, await heard(turn, question, given.answer))
    return await _go_on(turn, papers, answered, CHANGED[turn.language] if changes else "")


async def form_status(turn: Turn, config: IntakeConfig, _: Nothing) -> ToolResult:
    papers = await recall(turn, config)
    if not papers.fillings:
        return ToolResult("The form has not been started.")
    lines = [line for filling in papers.fillings for line in _status(filling)]
    facts = tuple(answer for filling in papers.fillings for answer in filling.answers.values() if answer)
    return ToolResult("\n".join(lines), facts=facts)


def _wanted(config: IntakeConfig, papers: Papers, key: str) -> Form:
    """The form that is named; unnamed, the only one or the one that is half filled in."""
    if found := config.form(key):
        return found
    if not key and papers.current and not papers.current.done:
        return papers.current.form
    if not key and len(config.forms) == 1:
        return config.forms[0]
    keys = ", ".join(f"{form.key} ({form.title_es})" for form in config.forms)
    raise ToolProblem(f"Say which form, by its key: {keys}.")


def _status(filling: Filling) -> list[str]:
    state = "complete" if filling.done else "under way" if filling.open else "left by the customer"
    lines = [f"The form {filling.form.key} is {state}."]
    for question in filling.form.questions:
        missing = "(missing)" if question.required else "(open, optional)"
        answer = filling.answers.get(question.key)
        lines.append(f"{question.key}: {missing if answer is None else answer or '(skipped)'}")
    return lines


async def _correct(turn: Turn, papers: Papers, filling: Filling, change: Correction) -> ToolResult:
    """With the new answer in the same message it is changed at once; otherwise its question comes again."""
    question = filling.form.question(change.key)
    assert question
    if change.value:
        try:
            value = await heard(turn, question, change.value)
        except ToolProblem:
            change = replace(change, value="")
        else:
            return await _go_on(turn, papers, filling.answered(change.key, value), CHANGED[turn.language])
    rest = {key: value for key, value in filling.answers.items() if key != change.key}
    await remember(turn, papers.with_top(replace(filling, answers=rest, asking=change.key, open=True)))
    return ask(question, CORRECTED[turn.language], turn.language)


async def _go_on(turn: Turn, papers: Papers, filling: Filling, before: str) -> ToolResult:
    question = filling.next
    if question is None:
        return await _finish(turn, papers, filling, before)
    await remember(turn, papers.with_top(replace(filling, asking=question.key, open=True)))
    return ask(question, before, turn.language)


async def _finish(turn: Turn, papers: Papers, filling: Filling, before: str) -> ToolResult:
    closing = filling.form.closing(turn.language)
    if turn.playground:
        text = "The form is complete. (playground: nothing was stored)"
    else:
        await store(turn, filling)
        text = "The form is complete and stored."
    await remember(turn, papers.with_top(replace(filling, asking="", open=False, done=True)))
    say = f"{before} {closing}".strip() if filling.done else closing
    return ToolResult(f'{text} Tell the customer: "{closing}"', say=say, facts=(closing,), done=("sent",))


class IntakeSkill(Skill[IntakeConfig]):
    key = KEY
    tier = "starter"
    config = IntakeConfig
    tools = (
        Tool("start_form", "Begins a form, or takes it up where the customer left off.", Start, start_form),
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
        return intake_talk.prompt(config)

    async def context(self, turn: Turn, config: IntakeConfig) -> str:
        return intake_talk.context(await recall(turn, config), turn.language)

    async def rehearse(self, turn: Turn, config: IntakeConfig) -> tuple[str, dict[str, Any]] | None:
        return intake_talk.choose(turn.words, await recall(turn, config), config)


SKILL = IntakeSkill()
