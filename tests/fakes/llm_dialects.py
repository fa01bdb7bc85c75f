"""How Anthropic's Messages API and OpenAI's chat completions word one and the same reply."""

import json
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

Body = dict[str, Any]


@dataclass(frozen=True)
class Reply:
    """What the model says; with `tool`, it asks for that tool afterwards."""

    pieces: tuple[str, ...]
    tool: str = ""
    arguments: Body = field(default_factory=dict)
    stop_reason: str = ""

    @property
    def text(self) -> str:
        return "".join(self.pieces)


@dataclass(frozen=True)
class Counted:
    fresh: int
    written: int = 0
    read: int = 0


def tokens_in(text: str) -> int:
    return max(1, len(text) // 4) if text else 0


def anthropic_stream(reply: Reply, model: str, counted: Counted) -> list[bytes]:
    """The events in the API's order; each element is sent as one piece."""
    stop = reply.stop_reason or ("tool_use" if reply.tool else "end_turn")
    usage = _anthropic_usage(counted) | {"output_tokens": 1}
    message = _message(model, content=[], stop_reason=None, usage=usage)
    events = [_event({"type": "message_start", "message": message})]
    if reply.pieces:
        events += [_text_start(), _event({"type": "ping"}), *text_deltas(reply.pieces), _block_stop(0)]
    if reply.tool:
        events += _tool_events(reply, index=1 if reply.pieces else 0)
    end = {"stop_reason": stop, "stop_sequence": None}
    spent = {"output_tokens": tokens_in(reply.text) + (20 if reply.tool else 0)}
    events.append(_event({"type": "message_delta", "delta": end, "usage": spent}))
    return [*events, _event({"type": "message_stop"})]


def anthropic_message(reply: Reply, model: str, counted: Counted) -> Body:
    content: list[Body] = [{"type": "text", "text": reply.text}] if reply.pieces else []
    if reply.tool:
        content.append({"type": "tool_use", "id": "toolu_fake", "name": reply.tool, "input": reply.arguments})
    stop = reply.stop_reason or ("tool_use" if reply.tool else "end_turn")
    usage = _anthropic_usage(counted) | {"output_tokens": tokens_in(reply.text)}
    return _message(model, content=content, stop_reason=stop, usage=usage)


def anthropic_error(kind: str, message: str) -> Body:
    return {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_fake"}


def error_event(kind: str) -> bytes:
    return _event(anthropic_error(kind, f"fake {kind}"))


@lru_cache(maxsize=64)
def text_deltas(pieces: tuple[str, ...]) -> tuple[bytes, ...]:
    """Rendered once a text: as a benchmark's upstream, the fake must not be what is measured."""
    return tuple(
        _event({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": piece}})
        for piece in pieces
    )


def openai_stream(reply: Reply, model: str, counted: Counted, *, usage: bool) -> list[bytes]:
    head = _chunk(model, {"role": "assistant", "content": ""})
    body = [head, *(_chunk(model, {"content": piece}) for piece in reply.pieces)]
    if reply.tool:
        call = {"name": reply.tool, "arguments": json.dumps(reply.arguments)}
        tool = {"index": 0, "id": "call_fake", "type": "function", "function": call}
        body.append(_chunk(model, {"tool_calls": [tool]}))
    body.append(_chunk(model, {}, finish=reply.stop_reason or ("tool_calls" if reply.tool else "stop")))
    if usage:
        body.append(_data(_chunk_body(model) | {"choices": [], "usage": _openai_usage(reply, counted)}))
    return [*body, b"data: [DONE]\n\n"]


def openai_message(reply: Reply, model: str, counted: Counted) -> Body:
    message = {"role": "assistant", "content": reply.text}
    choice = {"index": 0, "message": message, "finish_reason": reply.stop_reason or "stop"}
    return {
        "id": "chatcmpl-fake",
        "object": "chat.completion",
        "model": model,
        "choices": [choice],
        "usage": _openai_usage(reply, counted),
    }


def openai_error(kind: str, message: str) -> Body:
    return {"error": {"message": message, "type": kind, "code": None}}


def openai_error_event(kind: str) -> bytes:
    return _data(openai_error(kind, f"fake {kind}"))


def _message(model: str, *, content: list[Body], stop_reason: str | None, usage: Body) -> Body:
    return {
        "id": "msg_fake",
        "type": "message",
        "role": "assistant",
        "content": content,
        "model": model,
        "stop_reason": stop_reason,
        "stop_sequence": None,
        "usage": usage,
    }


def _text_start() -> bytes:
    block = {"type": "text", "text": ""}
    return _event({"type": "content_block_start", "index": 0, "content_block": block})


def _block_stop(index: int) -> bytes:
    return _event({"type": "content_block_stop", "index": index})


def _tool_events(reply: Reply, *, index: int) -> list[bytes]:
    block = {"type": "tool_use", "id": "toolu_fake", "name": reply.tool, "input": {}}
    arguments = json.dumps(reply.arguments)
    halves = ("", arguments[: len(arguments) // 2], arguments[len(arguments) // 2 :])
    deltas = [{"type": "input_json_delta", "partial_json": half} for half in halves]
    return [
        _event({"type": "content_block_start", "index": index, "content_block": block}),
        *(_event({"type": "content_block_delta", "index": index, "delta": delta}) for delta in deltas),
        _block_stop(index),
    ]


def _anthropic_usage(counted: Counted) -> Body:
    return {
        "input_tokens": counted.fresh,
        "cache_creation_input_tokens": counted.written,
        "cache_read_input_tokens": counted.read,
    }


def _openai_usage(reply: Reply, counted: Counted) -> Body:
    prompt, completion = counted.fresh + counted.written + counted.read, tokens_in(reply.text)
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": {"cached_tokens": counted.read},
    }


def _chunk_body(model: str) -> Body:
    return {"id": "chatcmpl-fake", "object": "chat.completion.chunk", "model": model}


def _chunk(model: str, delta: Body, finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return _data(_chunk_body(model) | {"choices": [choice]})


def _event(body: Body) -> bytes:
    return f"event: {body['type']}\n".encode() + _data(body)


def _data(body: Body) -> bytes:
    return f"data: {json.dumps(body, ensure_ascii=False, separators=(',', ':'))}\n\n".encode()
