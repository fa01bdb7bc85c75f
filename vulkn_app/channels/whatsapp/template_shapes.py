"""A template's components, read: what it will look like, which values it wants, how it is filled.

Pure functions over Meta's shapes; whatever the shape, an answer and no exception."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

LONGEST_VALUE = 1000  # characters; Meta takes 1024 of a whole body
_PLACE = re.compile(r"\{\{\s*([A-Za-z0-9_]{1,60})\s*\}\}")
_SPACES = re.compile(r"\s+")
EMPTY = "-"

Component = Mapping[str, Any]


class Preview(BaseModel):
    """What a customer will see, with sample values. `header` is words, or what kind of file stands there."""

    header: str = ""
    body: str = ""
    footer: str = ""
    buttons: list[str] = []


def preview(components: Sequence[Component], values: Mapping[str, str] | None = None) -> Preview:
    """`values` by name or number; where one is missing, Meta's example stands, or else its name."""
    seen = Preview()
    for component in components:
        kind = _kind(component)
        if kind == "HEADER":
            form = str(component.get("format") or "TEXT").upper()
            seen.header = _filled(component, "header", values) if form == "TEXT" else f"[{form.lower()}]"
        elif kind == "BODY":
            seen.body = _filled(component, "body", values)
        elif kind == "FOOTER":
            seen.footer = str(component.get("text") or "")
        elif kind == "BUTTONS":
            seen.buttons = [
                str(button.get("text") or button.get("type") or "") for button in _buttons(component)
            ]
    return seen


def places(components: Sequence[Component]) -> list[str]:
    """The names or numbers of the values that the body wants, in its order."""
    return list(dict.fromkeys(_PLACE.findall(_text_of(components, "BODY"))))


def simple(components: Sequence[Component]) -> bool:
    """Whether values of the body are all it takes: no file in the header, no address with a variable."""
    for component in components:
        kind = _kind(component)
        if kind == "HEADER" and (
            str(component.get("format") or "TEXT").upper() != "TEXT"
            or _PLACE.search(str(component.get("text") or ""))
        ):
            return False
        if kind == "BUTTONS" and any(
            _PLACE.search(str(button.get("url") or "")) for button in _buttons(component)
        ):
            return False
        if kind not in ("HEADER", "BODY", "FOOTER", "BUTTONS"):
            return False
    return True


def parameters(components: Sequence[Component], given: Sequence[str]) -> list[dict[str, Any]]:
    """What Meta wants beside the name when the template is sent: the body's values in order, a payload a button."""
    wanted = places(components)
    filled: list[dict[str, Any]] = []
    for place, value in zip(wanted, given, strict=True):
        named = {} if place.isdecimal() else {"parameter_name": place}
        filled.append({"type": "text", **named, "text": one_value(value)})
    sent: list[dict[str, Any]] = [{"type": "body", "parameters": filled}] if filled else []
    for index, text in enumerate(_quick_replies(components)):
        if text is not None:
            payload = {"type": "payload", "payload": text}
            sent.append(
                {"type": "button", "sub_type": "quick_reply", "index": str(index), "parameters": [payload]}
            )
    return sent


def one_value(value: str) -> str:
    """Meta refuses a value that is empty, has line breaks or several spaces in a row (132018)."""
    return _SPACES.sub(" ", value).strip()[:LONGEST_VALUE] or EMPTY


def _filled(component: Component, where: str, values: Mapping[str, str] | None) -> str:
    text = str(component.get("text") or "")
    samples = _samples(component, where)
    order = list(dict.fromkeys(_PLACE.findall(text)))

    def value(found: re.Match[str]) -> str:
        place = found[1]
        if values and place in values:
            return values[place]
        number = order.index(place)
        return samples.get(place) or samples.get(str(number + 1)) or f"[{place}]"

    return _PLACE.sub(value, text)


def _samples(component: Component, where: str) -> dict[str, str]:
    """Meta's two ways to give examples: a row of them, or one a name."""
    example = component.get("example")
    if not isinstance(example, Mapping):
        return {}
    named = example.get(f"{where}_text_named_params")
    if isinstance(named, Sequence) and not isinstance(named, str):
        return {
            str(one.get("param_name")): str(one.get("example") or "")
            for one in named
            if isinstance(one, Mapping)
        }
    row = example.get(f"{where}_text")
    if isinstance(row, Sequence) and not isinstance(row, str) and row:
        inner = row[0] if isinstance(row[0], list) else row
        return {str(number): str(one) for number, one in enumerate(inner, 1)}
    return {}


def _quick_replies(components: Sequence[Component]) -> list[str | None]:
    """By their place among the buttons; None for a button of another kind."""
    return [
        str(button.get("text") or "") if str(button.get("type") or "").upper() == "QUICK_REPLY" else None
        for component in components
        if _kind(component) == "BUTTONS"
        for button in _buttons(component)
    ]


def _text_of(components: Sequence[Component], kind: str) -> str:
    return next(
        (str(component.get("text") or "") for component in components if _kind(component) == kind), ""
    )


def _kind(component: Component) -> str:
    return str(component.get("type") or "").upper()


def _buttons(component: Component) -> list[Mapping[str, Any]]:
    found = component.get("buttons")
    return [button for button in found if isinstance(button, Mapping)] if isinstance(found, list) else []
