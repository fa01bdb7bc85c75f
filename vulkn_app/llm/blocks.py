"""The content blocks of one Messages stream: what is said, which tools are called, what has to be sent back."""

import json
from dataclasses import dataclass, field
from typing import Any

from vulkn_app.llm.asks import ToolCall, Verbatim

_THOUGHTS = ("thinking", "redacted_thinking")
# A delta's type, and the field that is one more piece of the block's field of the same name.
_GROWS = {"text_delta": "text", "thinking_delta": "thinking", "signature_delta": "signature"}


@dataclass(slots=True)
class _Block:
    begun: dict[str, Any]
    pieces: dict[str, list[str]] = field(default_factory=dict)
    json: list[str] = field(default_factory=list)

    def whole(self) -> dict[str, Any]:
        whole = dict(self.begun)
        for name, pieces in self.pieces.items():
            whole[name] = (whole.get(name) or "") + "".join(pieces)
        if self.json:
            whole["input"] = self.arguments() or {}
        return whole

    def arguments(self) -> dict[str, Any] | None:
        """An empty string is a call without arguments; without any, they stood in the beginning."""
        if not "".join(self.json).strip():
            given = self.begun.get("input")
            return given if isinstance(given, dict) else {}
        return arguments_in("".join(self.json))


class Blocks:
    """By their index, in the order they began."""

    def __init__(self) -> None:
        self._blocks: dict[int, _Block] = {}

    def start(self, event: dict[str, Any]) -> str:
        """The text that the block begins with, if it is a text."""
        block = event.get("content_block")
        if not isinstance(block, dict):
            return ""
        self._blocks[event.get("index", 0)] = _Block(block)
        text = block.get("text") if block.get("type") == "text" else ""
        return text if isinstance(text, str) else ""

    def grow(self, event: dict[str, Any]) -> str:
        """The text that this delta adds; thoughts and tool calls add none."""
        delta = event.get("delta")
        if not isinstance(delta, dict):
            return ""
        kind = str(delta.get("type"))
        block = self._blocks.get(event.get("index", 0))
        if name := _GROWS.get(kind):
            piece = delta.get(name)
            if not isinstance(piece, str):
                return ""
            if block is not None:
                block.pieces.setdefault(name, []).append(piece)
            return piece if name == "text" else ""
        if kind == "input_json_delta" and block is not None:
            block.json.append(str(delta.get("partial_json") or ""))
        return ""

    def calling(self) -> bool:
        return any(block.begun.get("type") == "tool_use" for block in self._blocks.values())

    def calls(self, model: str) -> tuple[ToolCall, ...]:
        """What to run, in order. The first carries the whole answer if it was thought over."""
        made = [block for block in self._blocks.values() if block.begun.get("type") == "tool_use"]
        thought = any(block.begun.get("type") in _THOUGHTS for block in self._blocks.values())
        verbatim = Verbatim(model, self.content()) if thought else None
        return tuple(
            ToolCall(
                str(block.begun.get("id") or f"call_{number}"),
                str(block.begun.get("name") or ""),
                block.arguments(),
                None if number else verbatim,
            )
            for number, block in enumerate(made)
        )

    def content(self) -> tuple[dict[str, Any], ...]:
        """The answer as an assistant's message: what the API takes back. It refuses an empty text."""
        whole = [block.whole() for block in self._blocks.values()]
        return tuple(block for block in whole if block.get("type") != "text" or block.get("text"))


def arguments_in(text: str) -> dict[str, Any] | None:
    """A tool's arguments; None for JSON that is broken or no object."""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
