"""An owner's action without a model: called only when there is nothing to guess.

The customer uses one of the owner's own phrases, exactly one action has it, the action only reads, the owner said
which lines of its answer may be told, and everything it needs stands in the same message in a form that cannot be
mistaken: one code or number, or a choice by its name."""

import re
from collections.abc import Sequence

from vulkn_app.llm.smalltalk import plain
from vulkn_app.skills.action import Action, Argument, Value

# What holds a digit: an order's number, a tracking code. Addresses of people are none.
_WITH_DIGIT = re.compile(r"(?<![\w@.+-])#?((?=[^\s]*\d)[A-Za-z0-9][\w./:-]*)(?![\w@])")
_NUMBER = re.compile(r"\d{1,15}(?:\.\d{1,6})?")
SHORTEST_CODE, SHORTEST_CHOICE = 3, 3


def chosen(words: str, actions: Sequence[Action]) -> tuple[Action, dict[str, Value]] | None:
    """The action that the words ask for, and all its arguments; None when either is not certain."""
    said = f" {plain(words)} "
    meant = [
        action for action in actions if any(f" {plain(example)} " in said for example in action.examples)
    ]
    if len(meant) != 1 or meant[0].method != "GET" or not meant[0].pick:
        return None
    values = _values(words, [argument for argument in meant[0].arguments if argument.required])
    return None if values is None else (meant[0], values)


def _values(words: str, needed: Sequence[Argument]) -> dict[str, Value] | None:
    if sum(not argument.choices for argument in needed) > 1:
        return None  # which of two values is which, only a reader knows
    values: dict[str, Value] = {}
    for argument in needed:
        value = _named(words, argument.choices) if argument.choices else _stated(words, argument)
        if value is None:
            return None
        values[argument.name] = value
    return values


def _named(words: str, choices: Sequence[str]) -> str | None:
    said = f" {plain(words)} "
    found = [c for c in choices if len(plain(c)) >= SHORTEST_CHOICE and f" {plain(c)} " in said]
    return found[0] if len(found) == 1 else None


def _stated(words: str, argument: Argument) -> Value | None:
    """The one thing with a digit in it."""
    found = [token.strip("./:-") for token in _WITH_DIGIT.findall(words)]
    if len(found) != 1 or argument.kind == "yes_no":
        return None
    if argument.kind == "number":
        return float(found[0]) if _NUMBER.fullmatch(found[0]) else None
    return found[0] if len(found[0]) >= SHORTEST_CODE else None
