"""What a model is told of the forms, and what a form makes of a message where there is no model."""

from typing import Any

from vulkn_app.i18n import Language
from vulkn_app.llm import smalltalk
from vulkn_app.llm.smalltalk import plain
from vulkn_app.skills.consent import answer_in
from vulkn_app.skills.corrections import correction_in
from vulkn_app.skills.filling import Filling, Papers
from vulkn_app.skills.form import Question
from vulkn_app.skills.form_words import GOES_ON, LEAVES
from vulkn_app.skills.intake_forms import Form, IntakeConfig

RULES = (
    "While a form is under way, give every answer of the customer to answer_question and put the question it "
    "returns, one at a time. If the customer asks something else, answer that first and then come back to the form. "
    "start_form begins one by its key."
)


def prompt(config: IntakeConfig) -> str:
    forms = [f"{form.key}: {form.title_es}.{_when(form)}" for form in config.forms]
    return f"{RULES} The forms there are:\n" + "\n".join(forms)


def _when(form: Form) -> str:
    return f" When to start it, says the owner: {form.when}" if form.when else ""


def context(papers: Papers, language: Language) -> str:
    return "\n".join(_line(filling, language) for filling in papers.fillings)


def _line(filling: Filling, language: Language) -> str:
    key, answered = filling.form.key, ", ".join(filling.answers) or "none"
    if filling.done:
        return f"The form {key} is filled in (keys: {answered}). It can be corrected with answer_question."
    if not filling.open:
        return f"The customer left the form {key} half way. start_form takes it up again if they want to."
    question = filling.asked
    asked = f"[{question.key}] {question.prompt(language)}" if question else "none yet"
    return f"The form {key} is under way. Question asked last: {asked}. Answered: {answered}."


def choose(words: str, papers: Papers, config: IntakeConfig) -> tuple[str, dict[str, Any]] | None:
    """The tool that the words are for. A form that is under way hears them first, but for the bare phrase that
    starts another one."""
    current = papers.current
    if current and current.under_way:
        other = _begun(words, config, alone=True)
        if other and other.key != current.form.key:
            return "start_form", {"form": other.key}
        return ("answer_question", {"answer": words}) if answers(words, current.asked) else None
    if any(correction_in(words, f.form.questions, known=tuple(f.answers)) for f in papers.fillings):
        return "answer_question", {"answer": words}
    half = next((filling for filling in papers.fillings if not filling.done), None)
    if half and GOES_ON.match(plain(words)):
        return "start_form", {"form": half.form.key}
    begun = _begun(words, config)
    return ("start_form", {"form": begun.key}) if begun else None


def answers(words: str, question: Question | None) -> bool:
    """Whether the words are meant for the form: not a question of the customer's own, not a pleasantry."""
    if question and question.kind == "yes_no" and answer_in(words) is not None:
        return True
    if LEAVES.match(plain(words)):
        return True
    return not ("?" in words or "¿" in words or smalltalk.kind_of(words) not in ("", "fine"))


def _begun(words: str, config: IntakeConfig, *, alone: bool = False) -> Form | None:
    return next((form for form in config.forms if form.begins_with(words, alone=alone)), None)
