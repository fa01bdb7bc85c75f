"""Tool calls as chat completions stream them: by index, by id, whole at once, or in the dialect of 2023."""

from dataclasses import dataclass, field
from typing import Any

from vulkn_app.llm.asks import ToolCall
from vulkn_app.llm.blocks import arguments_in


@dataclass(slots=True)
class _Part:
    index: object
    id: str = ""
    name: str = ""
    json: list[str] = field(default_factory=list)
    given: dict[str, Any] | None = None

    def arguments(self) -> dict[str, Any] | None:
        text = "".join(self.json)
        if self.given is not None or not text.strip():
            return self.given or {}
        return arguments_in(text)


class Calls:
    """Adds up the deltas. A server may leave out index or id, or give every call the same index."""

    def __init__(self) -> None:
        self._parts: list[_Part] = []

    def __bool__(self) -> bool:
        return bool(self._parts)

    def grow(self, delta: dict[str, Any]) -> None:
        for piece in delta.get("tool_calls") or ():
            if isinstance(piece, dict):
                self._add(piece, piece.get("function") or {})
        if isinstance(legacy := delta.get("function_call"), dict):
            self._add({"index": 0}, legacy)

    def all(self) -> tuple[ToolCall, ...]:
        taken: set[str] = set()
        calls = []
        for number, part in enumerate(self._parts):
            name = part.id if part.id and part.id not in taken else f"call_{number}"
            taken.add(name)
            calls.append(ToolCall(name, part.name, part.arguments()))
        return tuple(calls)

    def _add(self, piece: dict[str, Any], function: dict[str, Any]) -> None:
        part = self._part(piece, function)
        part.id = part.id or str(piece.get("id") or "")
        part.name = part.name or str(function.get("name") or "")
        told = function.get("arguments")
        if isinstance(told, dict):
            part.given = told
        elif told:
            part.json.append(str(told))

    def _part(self, piece: dict[str, Any], function: dict[str, Any]) -> _Part:
        """The call that this piece belongs to, or a new one."""
        index, call_id = piece.get("index"), piece.get("id")
        if index is None:
            goes_on = self._parts[-1:] if not (call_id or function.get("name")) else []
            goes_on = goes_on or [part for part in self._parts if call_id and part.id == call_id]
        else:
            goes_on = [part for part in self._parts if part.index == index]
            goes_on = [part for part in goes_on if not call_id or part.id in ("", call_id)][-1:]
        if goes_on:
            return goes_on[-1]
        self._parts.append(_Part(index))
        return self._parts[-1]
