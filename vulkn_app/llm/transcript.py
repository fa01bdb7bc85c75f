"""How a question, what came before it and what its tools found become messages that any chat model accepts.

Roles alternate, the first and the last are the user's; blank lines are left out. A shown part goes into the
instructions, never into an assistant message at the end: newer models refuse to continue one.
"""

import json
from collections.abc import Iterator
from typing import Any

from vulkn_app.llm.asks import Ask, Line, Step, ToolCall

Message = dict[str, Any]

_OPENING = "…"
# What stands around it in the same message is ours.
_CUSTOMER = "<customer>\n{words}\n</customer>"
_CONTINUE = (
    "<interrupted_answer>\n{shown}\n</interrupted_answer>\n"
    "The connection broke while you were answering. The customer has already read exactly the text above. "
    "Write only what comes after its last character, in the same language: do not repeat any of it, "
    "do not greet, do not apologise, do not mention the interruption. Start with a space if a new word begins."
)
_LOOKED_UP = "This was looked up for your answer:\n{results}"


def anthropic(ask: Ask, model: str) -> list[Message]:
    """In the dialect of the Messages API. Tool results are a user's message, with our notes after them."""
    if not (ask.tools and ask.steps):
        return plain(ask)
    said = _talk(ask, [])
    for number, step in enumerate(ask.steps):
        verbatim = step.calls[0].verbatim if step.calls else None
        if verbatim and verbatim.model == model:
            names = [call.id for call in step.calls]
            said.append({"role": "assistant", "content": list(verbatim.content)})
        else:
            names = _names(number, step)
            said.append({"role": "assistant", "content": _blocks(step, names)})
        results = zip(names, step.results, strict=True)
        said.append({"role": "user", "content": [_result(name, text) for name, text in results]})
    said[-1]["content"] += [{"type": "text", "text": note} for note in _notes(ask, ask.shown)]
    return said


def openai(ask: Ask) -> list[Message]:
    """In the dialect of chat completions, after the system message."""
    if not (ask.tools and ask.steps):
        return plain(ask)
    said = _talk(ask, [])
    for number, step in enumerate(ask.steps):
        names = _names(number, step)
        calls = [_call(name, call) for name, call in zip(names, step.calls, strict=True)]
        said.append({"role": "assistant", "content": step.said or None, "tool_calls": calls})
        for name, text in zip(names, step.results, strict=True):
            said.append({"role": "tool", "tool_call_id": name, "content": text})
    if notes := _notes(ask, ask.shown):
        said.append({"role": "user", "content": "\n\n".join(notes)})
    return said


def plain(ask: Ask) -> list[Message]:
    """Without tools: what they found before stands behind the question, what was said before them is shown."""
    results = "\n".join(result for step in ask.steps for result in step.results)
    found = [_LOOKED_UP.format(results=results)] if results else []
    shown = "".join(step.said for step in ask.steps) + ask.shown
    return _talk(ask, [*found, *_notes(ask, shown)])


def _talk(ask: Ask, notes: list[str]) -> list[Message]:
    said: list[Message] = []
    for line in _lines(ask, notes):
        if not said and line.role == "assistant":
            said.append({"role": "user", "content": _OPENING})
        if said and said[-1]["role"] == line.role:
            said[-1]["content"] += "\n\n" + line.text
        else:
            said.append({"role": line.role, "content": line.text})
    return said


def _lines(ask: Ask, notes: list[str]) -> Iterator[Line]:
    for line in ask.history:
        if line.text.strip():
            yield line
    parts = [ask.context, _CUSTOMER.format(words=ask.question if ask.question.strip() else _OPENING), *notes]
    yield Line("user", "\n\n".join(part for part in parts if part))


def _notes(ask: Ask, shown: str) -> list[str]:
    """Our own words to the model, after everything else."""
    notes = [ask.correction] if ask.correction.strip() else []
    return [*notes, _CONTINUE.format(shown=shown)] if shown else notes


def _names(number: int, step: Step) -> list[str]:
    """Ids by position: providers' own are missing, doubled or refused by another one. Nine letters and digits
    are what the strictest server asks for."""
    return [f"call{number:02d}{position:03d}" for position in range(len(step.calls))]


def _blocks(step: Step, names: list[str]) -> list[Message]:
    said: list[Message] = [{"type": "text", "text": step.said}] if step.said.strip() else []
    for name, call in zip(names, step.calls, strict=True):
        said.append({"type": "tool_use", "id": name, "name": call.name, "input": call.arguments or {}})
    return said


def _result(name: str, text: str) -> Message:
    return {"type": "tool_result", "tool_use_id": name, "content": text}


def _call(name: str, call: ToolCall) -> Message:
    arguments = json.dumps(call.arguments or {}, ensure_ascii=False)
    return {"id": name, "type": "function", "function": {"name": call.name, "arguments": arguments}}
