"""What the real APIs would refuse of a request, and what its tools are."""

from collections.abc import Mapping
from itertools import pairwise, takewhile
from typing import Any

from tests.fakes.llm_dialects import Body, signature_of

Complaint = tuple[str, str]


def complaint(headers: Mapping[str, str], dialect: str, body: Body) -> Complaint | None:
    """The status and the words: no key, no message, a wrong order, an empty text, a prefill, a tool's result
    without its call."""
    if not (headers.get("x-api-key") or headers.get("authorization", "").removeprefix("Bearer ")):
        return "401", "no key"
    said = [message for message in body.get("messages", []) if message["role"] != "system"]
    if not said or said[0]["role"] != "user":
        return "400", "messages: first message must use the user role"
    if any(not (message["content"] or message.get("tool_calls")) for message in said):
        return "400", "messages: text content blocks must be non-empty"
    words = _wrong_in_messages(body, said) if dialect == "anthropic" else _wrong_in_chat(said)
    return ("400", words) if words else None


def tools_in(body: Body) -> dict[str, Body]:
    """Name and schema of each, in either dialect."""
    found = {}
    for tool in body.get("tools") or ():
        told = tool.get("function", tool)
        found[told["name"]] = told.get("input_schema") or told.get("parameters") or {}
    return found


def results_in(body: Body) -> list[Any]:
    """What tools said since the customer last spoke."""
    told = list(takewhile(lambda message: message["role"] == "tool", reversed(body["messages"])))
    blocks = [block for block in _blocks(body["messages"][-1]) if block.get("type") == "tool_result"]
    return [message["content"] for message in (*reversed(told), *blocks)]


def sample(schema: Body) -> Body:
    """Arguments that fit: what must be there, as plainly as can be."""
    known = schema.get("properties", {})
    return {name: _value(known.get(name, {})) for name in schema.get("required", ())}


def _value(field: Body) -> Any:
    if "enum" in field:
        return field["enum"][0]
    plain: dict[str, Any] = {"integer": 1, "number": 1, "boolean": True, "array": [], "object": {}}
    return field.get("default", plain.get(field.get("type", ""), "mañana"))


def _wrong_in_messages(body: Body, said: list[Body]) -> str:
    if "max_tokens" not in body:
        return "max_tokens: Field required"
    if any(one["role"] == other["role"] for one, other in pairwise(said)):
        return "messages: roles must alternate"
    last = said[-1]
    if last["role"] != "user" and _types(last)[-1:] != ["server_tool_use"]:
        return "This model does not support assistant message prefill."
    for before, after in zip([{}, *said], said, strict=False):
        made = [block["id"] for block in _blocks(before) if block.get("type") == "tool_use"]
        answered = [block["tool_use_id"] for block in _blocks(after) if block.get("type") == "tool_result"]
        if made != answered:
            return "messages: `tool_use` ids were found without `tool_result` blocks immediately after"
        if "tool_result" in _types(after) and _types(after)[0] != "tool_result":
            return "messages: tool_result blocks must come first"
    blocks = [block for message in said for block in _blocks(message)]
    if any(block.get("type") == "tool_use" for block in blocks) and not body.get("tools"):
        return "Requests which include `tool_use` or `tool_result` blocks must define tools"
    if any(block.get("type") == "text" and not block["text"] for block in blocks):
        return "messages: text content blocks must be non-empty"
    thoughts = [block for block in blocks if block.get("type") == "thinking"]
    if any(block["signature"] != signature_of(block["thinking"]) for block in thoughts):
        return "messages: Invalid `signature` in `thinking` block"
    return ""


def _wrong_in_chat(said: list[Body]) -> str:
    open_calls: list[str] = []
    for message in said:
        if message["role"] == "tool":
            if message["tool_call_id"] not in open_calls:
                return "messages with role 'tool' must be a response to a preceding message with 'tool_calls'"
            open_calls.remove(message["tool_call_id"])
        elif open_calls:
            return "An assistant message with 'tool_calls' must be followed by tool messages"
        open_calls += [call["id"] for call in message.get("tool_calls", ())]
    return "An assistant message with 'tool_calls' must be followed by tool messages" if open_calls else ""


def _blocks(message: Body) -> list[Body]:
    content = message.get("content")
    return content if isinstance(content, list) else []


def _types(message: Body) -> list[str]:
    return [block.get("type", "") for block in _blocks(message)]
