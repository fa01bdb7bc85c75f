"""How Anthropic's Messages API and OpenAI's chat completions word one and the same reply."""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

Body = dict[str, Any]


@dataclass(frozen=True)
class Called:
    """A tool that the model asks for. `json` is as it would stream it: whole, broken or nothing at all."""

    name: str
    json: str
    id: str

    @property
    def arguments(self) -> Body:
        return json.loads(self.json or "{}")


@dataclass(frozen=True)
class Reply:
    """What the model thinks, says and then asks for. `legacy` is how an old server words its calls: `function`
    (one, without an id), `no_ids`, `no_index` or `whole` (arguments as an object)."""

    pieces: tuple[str, ...]
    calls: tuple[Called, ...] = ()
    stop_reason: str = ""
    thought: str = ""
    legacy: str = ""

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
    usage = _anthropic_usage(counted) | {"output_tokens": 1}
    message = _message(model, content=[], stop_reason=None, usage=usage)
    events = [_event({"type": "message_start", "message": message})]
    events += _content_events(reply)
    end = {"stop_reason": _stop(reply), "stop_sequence": None}
    spent = {"output_tokens": _spent(reply)}
    events.append(_event({"type": "message_delta", "delta": end, "usage": spent}))
    return [*events, _event({"type": "message_stop"})]


def anthropic_message(reply: Reply, model: str, counted: Counted) -> Body:
    usage = _anthropic_usage(counted) | {"output_tokens": _spent(reply)}
    content = [_whole(block) for block in _blocks(reply)]
    return _message(model, content=content, stop_reason=_stop(reply), usage=usage)


def anthropic_error(kind: str, message: str) -> Body:
    return {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_fake"}


def error_event(kind: str) -> bytes:
    return _event(anthropic_error(kind, f"fake {kind}"))


def openai_stream(reply: Reply, model: str, counted: Counted, *, usage: bool) -> list[bytes]:
    head = _chunk(model, {"role": "assistant", "content": ""})
    body = [head, *(_chunk(model, {"content": piece}) for piece in reply.pieces)]
    body += [_chunk(model, delta) for delta in _call_deltas(reply)]
    body.append(_chunk(model, {}, finish=reply.stop_reason or ("tool_calls" if reply.calls else "stop")))
    if usage:
        body.append(_data(_chunk_body(model) | {"choices": [], "usage": _openai_usage(reply, counted)}))
    return [*body, b"data: [DONE]\n\n"]


def openai_message(reply: Reply, model: str, counted: Counted) -> Body:
    message: Body = {"role": "assistant", "content": reply.text or None}
    if reply.calls:
        message["tool_calls"] = [_openai_call(call) for call in reply.calls]
    stop = reply.stop_reason or ("tool_calls" if reply.calls else "stop")
    choice = {"index": 0, "message": message, "finish_reason": stop}
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


def _stop(reply: Reply) -> str:
    return reply.stop_reason or ("tool_use" if reply.calls else "end_turn")


def _spent(reply: Reply) -> int:
    return tokens_in(reply.text) + tokens_in(reply.thought) + 20 * len(reply.calls)


def _blocks(reply: Reply) -> list[tuple[Body, list[Body]]]:
    """Each block as it begins, and the deltas that complete it."""
    blocks: list[tuple[Body, list[Body]]] = []
    if reply.thought:
        thinking = {"type": "thinking_delta", "thinking": reply.thought}
        signed = {"type": "signature_delta", "signature": signature_of(reply.thought)}
        blocks.append(({"type": "thinking", "thinking": "", "signature": ""}, [thinking, signed]))
    if reply.pieces:
        deltas = [{"type": "text_delta", "text": piece} for piece in reply.pieces]
        blocks.append(({"type": "text", "text": ""}, deltas))
    if reply.stop_reason == "pause_turn":
        searching = {"type": "server_tool_use", "id": "srvtoolu_fake", "name": "web_search", "input": {}}
        blocks.append((searching, _json_deltas('{"query": "algo"}')))
    for call in reply.calls:
        asked = {"type": "tool_use", "id": call.id, "name": call.name, "input": {}}
        blocks.append((asked, _json_deltas(call.json)))
    return blocks


def _json_deltas(text: str) -> list[Body]:
    halves = ("", text[: len(text) // 2], text[len(text) // 2 :])
    return [{"type": "input_json_delta", "partial_json": half} for half in halves]


@lru_cache(maxsize=64)
def _content_events(reply: Reply) -> tuple[bytes, ...]:
    """Rendered once a reply: as a benchmark's upstream, the fake must not be what is measured."""
    events: list[bytes] = []
    for index, (begun, deltas) in enumerate(_blocks(reply)):
        events.append(_event({"type": "content_block_start", "index": index, "content_block": begun}))
        events += [_event({"type": "ping"})] if begun["type"] == "text" else []
        events += [_event({"type": "content_block_delta", "index": index, "delta": d}) for d in deltas]
        events.append(_event({"type": "content_block_stop", "index": index}))
    return tuple(events)


def _whole(block: tuple[Body, list[Body]]) -> Body:
    begun, deltas = block
    grown: Body = dict(begun)
    for delta in deltas:
        grown |= {
            name: grown.get(name, "") + more
            for name, more in delta.items()
            if name in ("text", "thinking", "signature")
        }
    if "input" in begun:
        grown["input"] = json.loads("".join(delta["partial_json"] for delta in deltas) or "{}")
    return grown


def signature_of(thought: str) -> str:
    return f"signed:{len(thought)}"


def _openai_call(call: Called) -> Body:
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.json}}


def _call_deltas(reply: Reply) -> list[Body]:
    """First its name, then its arguments in two halves; unless the server is an old one."""
    deltas: list[Body] = []
    for index, call in enumerate(reply.calls):
        if reply.legacy == "function":
            deltas += [{"function_call": {"name": call.name, "arguments": ""}}]
            deltas += [{"function_call": {"arguments": half}} for half in _halves(call.json)]
        elif reply.legacy == "whole":
            function = {"name": call.name, "arguments": call.arguments}
            deltas.append({"tool_calls": [{"function": function}]})
        else:
            place: Body = {} if reply.legacy == "no_index" else {"index": index}
            named = {"id": call.id} if reply.legacy != "no_ids" else {}
            begun = {"type": "function", "function": {"name": call.name, "arguments": ""}}
            deltas.append({"tool_calls": [place | named | begun]})
            deltas += [{"tool_calls": [place | {"function": {"arguments": h}}]} for h in _halves(call.json)]
    return deltas


def _halves(text: str) -> tuple[str, str]:
    return text[: len(text) // 2], text[len(text) // 2 :]


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
