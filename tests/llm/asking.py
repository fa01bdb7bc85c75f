"""Questions for providers, and what came of them."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from vulkn_app import llm
from vulkn_app.llm import Ask, Evidence, Failed, Finished, Token, ToolCall

PRICE = Evidence(UUID(int=1), "Precio del corte", "El corte de cabello cuesta 250 pesos.", "es", 9.0)
HOURS = Evidence(UUID(int=2), "Horario de atención", "Abrimos de lunes a sábado de 9 a 19 horas.", "es", 6.0)
PARKING = Evidence(UUID(int=3), "Parking", "There is free parking behind the shop.", "en", 7.0)

ASK = Ask(
    system=("Eres Luna, de Estética Sol.", "Conocimiento:\nPrecio del corte: el corte cuesta 250 pesos."),
    history=(),
    question="¿Cuánto cuesta el corte?",
    evidence=(PRICE,),
    context="",
    language="es",
    agent_name="Luna",
    business="Estética Sol",
    greeting="¡Hola! Soy Luna.",
    enough=1.0,
)


def ask(question: str = ASK.question, **changes: Any) -> Ask:
    return replace(ASK, question=question, **changes)


def entry(text: str, **changes: Any) -> Evidence:
    return replace(Evidence(uuid4(), "", text, "es", 5.0), **changes)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Answer:
    """A whole stream, sorted."""

    def __init__(self, items: list[Token | ToolCall | Failed | Finished]) -> None:
        self.items = items
        self.calls = [item for item in items if isinstance(item, ToolCall)]
        self.text = "".join(item.text for item in items if isinstance(item, Token))
        self.failed = [item for item in items if isinstance(item, Failed)]

    @property
    def names(self) -> list[str]:
        """Who was asked, the one that answered last."""
        return [*(failed.provider for failed in self.failed), self.finished.provider]

    @property
    def finished(self) -> Finished:
        (last,) = [item for item in self.items if isinstance(item, Finished)]
        assert last is self.items[-1]
        return last


async def answer(asked: Ask = ASK, **options: Any) -> Answer:
    return await collected(llm.stream(asked, **options))


async def collected(items: AsyncIterator[Token | ToolCall | Failed | Finished]) -> Answer:
    return Answer([item async for item in items])
