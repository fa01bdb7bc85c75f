"""What the fake model thinks: it repeats the knowledge entry that speaks most of the question."""

import hashlib
import json
import re
import unicodedata
from typing import Any

from tests.fakes.llm_dialects import Body, Counted, tokens_in

DONT_KNOW = "No tengo esa información."

# `## title`, then the text up to the next title, tag or end.
_ENTRIES = re.compile(r"^## (.+)\n((?:(?!## |</?[a-z]+>).*(?:\n|$))+)", re.MULTILINE)
_PASSAGES = re.compile(r"\n+|</?[a-zA-Z_][^<>]*>")
_PIECES = re.compile(r"\s*\S+")


def grounded(body: Body) -> str:
    """What the prompt's knowledge says about its last line; failing entries, any line that shares words."""
    *context, question = _passages(_last_user(body)) or [""]
    asked = _words(question)
    told = f"{system_text(body)}\n{_last_user(body)}"
    entries = [(f"{title} {text}", text.strip()) for title, text in _ENTRIES.findall(told)]
    lines = [(line, line) for line in [*_passages(system_text(body)), *context]]
    best, hits = DONT_KNOW, 0
    for searched, answer in entries or lines:
        shared = len(asked & _words(searched))
        if shared > hits:
            best, hits = answer, shared
    return best


def relayed(results: list[Any]) -> str:
    """What tools said, without its fences, as a model's answer."""
    return " ".join(passage for result in results for passage in _passages(_text_of(result)))


def pieces(text: str) -> tuple[str, ...]:
    """Cut before each word, with its spaces, as models' tokens are."""
    return tuple(_PIECES.findall(text)) or ((text,) if text else ())


def system_text(body: Body) -> str:
    told = [_text_of(body.get("system") or "")]
    told += [_text_of(m["content"]) for m in body.get("messages", []) if m["role"] == "system"]
    return "\n".join(told)


class PromptCache:
    """Counts a prefix up to the last cache mark as written when first seen, as read afterwards."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def count(self, body: Body) -> Counted:
        prefix = _marked_prefix(body)
        rest = tokens_in("".join(_text_of(message["content"]) for message in body.get("messages", [])))
        if not prefix:
            return Counted(rest + tokens_in(system_text(body)))
        key = hashlib.sha256(f"{body.get('model')}\n{prefix}".encode()).hexdigest()
        if key in self._seen:
            return Counted(rest, read=tokens_in(prefix))
        self._seen.add(key)
        return Counted(rest, written=tokens_in(prefix))


def _marked_prefix(body: Body) -> str:
    blocks = body.get("system")
    if not isinstance(blocks, list):
        return ""
    marked = [number for number, block in enumerate(blocks, 1) if "cache_control" in block]
    return json.dumps([body.get("tools"), blocks[: marked[-1]]]) if marked else ""


def _last_user(body: Body) -> str:
    said = [_text_of(message["content"]) for message in body.get("messages", []) if message["role"] == "user"]
    return said[-1] if said else ""


def _text_of(content: Any) -> str:
    """A message's text, whether given as a string or as blocks; tool results count as text."""
    if isinstance(content, str):
        return content
    return "\n".join(_text_of(block.get("text") or block.get("content") or "") for block in content or ())


def _passages(text: str) -> list[str]:
    return [passage.strip() for passage in _PASSAGES.split(text) if passage.strip()]


def _words(text: str) -> set[str]:
    bare = unicodedata.normalize("NFKD", text.lower())
    bare = "".join(c if c.isalnum() else " " for c in bare if not unicodedata.combining(c))
    return {word[:5] for word in bare.split() if len(word) > 3}
