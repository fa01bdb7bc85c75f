"""Which earlier answer somebody wants to change ("mejor cambia mi nombre a Ana"), and to what."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from vulkn_app.llm.smalltalk import plain
from vulkn_app.skills.form import Kind, Question
from vulkn_app.skills.form_words import CORRECTION

# How people call an answer whose question does not say so, in stems.
_CALLED: dict[Kind, str] = {
    "phone": "telef numer celul phone movil whats",
    "email": "corre email mail",
    "date": "fecha date dia",
}
_ASKED_NAME = re.compile(r"\b(?:nombre|llamas?|llama usted|name)\b")
_HOLLOW = frozenset(
    [
        "cual",
        "cuales",
        "como",
        "quien",
        "cuando",
        "donde",
        "para",
        "tiene",
        "tienes",
        "este",
        "esta",
        "what",
        "which",
        "your",
        "would",
        "like",
        "have",
        "with",
    ]
)
_NEW_VALUE = re.compile(r"\b(?:a|por|to|for|es|is)\b:?\s+(.+)$|:\s*(.+)$", re.IGNORECASE)


@dataclass(frozen=True)
class Correction:
    key: str
    value: str


def correction_in(words: str, questions: Sequence[Question], *, known: Collection[str]) -> Correction | None:
    """None unless the words name one of the `known` questions: "cambiar el aceite" is an answer."""
    found = CORRECTION.match(plain(words))
    if not found:
        return None
    # What to change stands before what to change it to.
    named = re.split(r" (?:a|por|to|for|es|is) ", found["rest"], maxsplit=1)[0]
    stems = {word[:5] for word in named.split()}
    scores = {q.key: len(stems & _names(q)) for q in questions if q.key in known}
    best = max(scores.values(), default=0)
    keys = [key for key, score in scores.items() if score == best]
    if not best or len(keys) != 1:
        return None
    value = _NEW_VALUE.search(words)
    return Correction(keys[0], (value[1] or value[2]).strip() if value else "")


def _names(question: Question) -> set[str]:
    prompts = plain(f"{question.prompt_es} {question.prompt_en}")
    said = {word[:5] for word in prompts.split() if len(word) > 3 and word not in _HOLLOW}
    said |= {part[:5] for part in question.key.split("_")}
    said |= set(_CALLED.get(question.kind, "").split())
    return said | ({"nombr", "name"} if _ASKED_NAME.search(prompts) else set())
