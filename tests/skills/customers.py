"""A customer who fills in forms, message after message, as without a model."""

from dataclasses import replace
from typing import Any

import psycopg

from tests.factories import Business
from tests.skilled import a_turn
from vulkn_app.skills.base import ToolProblem, ToolResult, Turn
from vulkn_app.skills.intake import SKILL
from vulkn_app.skills.intake_forms import IntakeConfig

QUESTIONS: list[dict[str, Any]] = [
    {"key": "name", "prompt_es": "¿Cómo te llamas?", "prompt_en": "What's your name?", "at_least": 2, "at_most": 80},
    {"key": "birth", "kind": "date", "prompt_es": "¿Cuándo naciste?", "prompt_en": "When were you born?"},
    {"key": "service", "kind": "choice", "prompt_es": "¿Qué servicio?", "prompt_en": "Which service?",
     "choices_es": ["Limpieza dental", "Blanqueamiento", "Ortodoncia"], "choices_en": ["Cleaning", "Whitening", "Braces"]},
    {"key": "people", "kind": "number", "prompt_es": "¿Cuántas personas?", "prompt_en": "How many people?", "at_least": 1, "at_most": 6},
    {"key": "mail", "kind": "email", "prompt_es": "¿Tu correo?", "prompt_en": "Your e-mail?", "required": False},
    {"key": "insured", "kind": "yes_no", "prompt_es": "¿Tienes seguro?", "prompt_en": "Are you insured?"},
]  # fmt: skip
START = ["quiero registrarme", "sign me up"]
REGISTER: dict[str, Any] = {
    "key": "registro",
    "title_es": "Registro de paciente",
    "questions": QUESTIONS,
    "start_words": START,
}
CONFIG = IntakeConfig.model_validate({"forms": [REGISTER]})


class Customer:
    """One contact, message after message; answered as without a model."""

    def __init__(self, url: str, business: Business, config: IntakeConfig = CONFIG, **how: Any) -> None:
        self.url, self.business, self.config, self.how = url, business, config, how
        first = a_turn(url, business, **how)
        self.conversation_id, self.contact_id, self.memory = (
            first.conversation_id,
            first.contact_id,
            first.memory,
        )

    def turn(self, words: str) -> Turn:
        turn = a_turn(self.url, self.business, words, conversation_id=self.conversation_id, **self.how)
        return replace(turn, memory=self.memory)

    async def says(self, words: str) -> str:
        """What the customer is told; empty when the form has nothing to say to it."""
        turn = self.turn(words)
        chosen = await SKILL.rehearse(turn, self.config)
        if chosen is None:
            return ""
        name, arguments = chosen
        try:
            return (await self.call(turn, name, arguments)).say
        except ToolProblem as problem:
            return problem.say

    async def call(self, turn: Turn, name: str, arguments: dict[str, Any]) -> ToolResult:
        (tool,) = (tool for tool in SKILL.tools if tool.name == name)
        return await tool.run(turn, self.config, tool.arguments.model_validate(arguments))

    async def fills_in(self, *words: str) -> str:
        return [await self.says(one) for one in words][-1]

    @property
    def stored(self) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url) as admin:
            return admin.execute(
                "select form, answers from intake_answers where contact_id = %s", (self.contact_id,)
            ).fetchall()

    @property
    def answers(self) -> dict[str, str]:
        ((_, answers),) = self.stored
        return {one["key"]: one["answer"] for one in answers}


WHOLE = ("quiero registrarme", "Ana López", "3 de mayo de 1990", "la segunda", "dos", "saltar", "sí, tengo")
