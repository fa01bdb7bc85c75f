"""How a question and what came before it become messages that any chat model accepts."""

from collections.abc import Iterator
from typing import Literal, TypedDict

from vulkn_app.llm.asks import Ask, Line


class Message(TypedDict):
    role: Literal["user", "assistant"]
    content: str


_OPENING = "…"
_CONTINUE = (
    "<interrupted_answer>\n{shown}\n</interrupted_answer>\n"
    "The connection broke while you were answering. The customer has already read exactly the text above. "
    "Write only what comes after its last character, in the same language: do not repeat any of it, "
    "do not greet, do not apologise, do not mention the interruption. Start with a space if a new word begins."
)


def messages(ask: Ask) -> list[Message]:
    """Roles alternate, the first and the last are the user's; blank lines are left out.

    A shown part goes into the instructions, never into an assistant message at the end: newer models
    refuse to continue one.
    """
    said: list[Message] = []
    for line in _lines(ask):
        if not said and line.role == "assistant":
            said.append({"role": "user", "content": _OPENING})
        if said and said[-1]["role"] == line.role:
            said[-1]["content"] += "\n\n" + line.text
        else:
            said.append({"role": line.role, "content": line.text})
    return said


def _lines(ask: Ask) -> Iterator[Line]:
    for line in ask.history:
        if line.text.strip():
            yield line
    parts = [ask.context, ask.question if ask.question.strip() else _OPENING]
    if ask.shown:
        parts.append(_CONTINUE.format(shown=ask.shown))
    yield Line("user", "\n\n".join(part for part in parts if part))
