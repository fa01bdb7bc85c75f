"""A template's components, read: what it will look like, which values it wants, how it is filled.

Pure functions over Meta's shapes; whatever the shape, an answer and no exception."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel

LONGEST_VALUE = 1000  # characters; Meta takes 1024 of a whole body
_PLACE = re.compile(r"\{\{\s*([A-Za-z0-9_]{1,60})\s*\}\}")
_SPACES = re.compile(r"\s+")
EMPTY = "-"
TAKEN = ("QUICK_REPLY", "URL", "PHONE_NUMBER", "FLOW")  # buttons that want nothing, or words alone

Component = Mapping[str, Any]


class Preview(BaseModel):
    """What a customer will see, with sample values. `header` is words, or what kind of file stands there."""

    header: str = ""
    body: str = ""
    footer: str = ""
    buttons: list[str] = []


class Slot(BaseModel):
    """A value that a template wants. `key` names it among all of them: of the body it is the place itself ("1",
    "name"), else "header.1" or "button0.1"; `label` is the text of the button whose address it completes."""

    key: str
    where: Literal["header", "body", "button"]
    place: str
    label: str = ""


def preview(components: Sequence[Component], values: Mapping[str, str] | None = None) -> Preview:
    """`values` by name or number; where one is missing, Meta's example stands, or else its name."""
    seen = Preview()
    for component in components:
        kind = _kind(component)
        if kind == "HEADER":
            form = str(component.get("format") or "TEXT").upper()
            seen.header = (
                _filled(component, "header", values, "header.") if form == "TEXT" else f"[{form.lower()}]"
            )
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


def slots(components: Sequence[Component]) -> list[Slot]:
    """Everything that is to be filled in, in the order in which it is read."""
    header = [
        Slot(key=f"header.{place}", where="header", place=place)
        for place in _PLACE.findall(_text_of(components, "HEADER"))
    ]
    body = [Slot(key=place, where="body", place=place) for place in places(components)]
    addresses = [
        Slot(key=f"button{index}.{place}", where="button", place=place, label=str(button.get("text") or ""))
        for index, button in _all_buttons(components)
        if _button_kind(button) == "URL"
        for place in _PLACE.findall(str(button.get("url") or ""))[:1]
    ]
    return [*header, *body, *addresses]


def simple(components: Sequence[Component]) -> bool:
    """Whether values in words are all it takes: no file in the header, no code to copy, no cards."""
    for component in components:
        kind = _kind(component)
        if kind == "HEADER" and str(component.get("format") or "TEXT").upper() != "TEXT":
            return False
        if kind == "BUTTONS" and any(_button_kind(one) not in TAKEN for one in _buttons(component)):
            return False
        if kind not in ("HEADER", "BODY", "FOOTER", "BUTTONS"):
            return False
    return True


def parameters(components: Sequence[Component], given: Mapping[str, str]) -> list[dict[str, Any]]:
    """What Meta wants beside the name when the template is sent; `given` by the slots' keys."""
    sent: list[dict[str, Any]] = []
    for where in ("header", "body"):
        filled = [_parameter(slot, given) for slot in slots(components) if slot.where == where]
        if filled:
            sent.append({"type": where, "parameters": filled})
    for index, button in _all_buttons(components):
        if told := _of_button(index, button, given):
            kind = _button_kind(button).lower()
            sent.append({"type": "button", "sub_type": kind, "index": str(index), "parameters": [told]})
    return sent


def _parameter(slot: Slot, given: Mapping[str, str]) -> dict[str, Any]:
    named = {} if slot.place.isdecimal() else {"parameter_name": slot.place}
    return {"type": "text", **named, "text": one_value(given.get(slot.key, ""))}


def _of_button(index: int, button: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, Any] | None:
    """A quick reply says what it shows; an address gets its end; a form is opened under a name of no meaning to us,
    because its answers come with the customer's message."""
    match _button_kind(button):
        case "QUICK_REPLY":
            return {"type": "payload", "payload": str(button.get("text") or "")}
        case "URL" if found := _PLACE.findall(str(button.get("url") or "")):
            value = "".join(given.get(f"button{index}.{found[0]}", "").split())[:LONGEST_VALUE]
            return {"type": "text", "text": value or EMPTY}
        case "FLOW":
            return {"type": "action", "action": {"flow_token": "unused"}}
    return None


def one_value(value: str) -> str:
    """Meta refuses a value that is empty, has line breaks or several spaces in a row (132018)."""
    return _SPACES.sub(" ", value).strip()[:LONGEST_VALUE] or EMPTY


def _filled(component: Component, where: str, values: Mapping[str, str] | None, prefix: str = "") -> str:
    text = str(component.get("text") or "")
    samples = _samples(component, where)
    order = list(dict.fromkeys(_PLACE.findall(text)))

    def value(found: re.Match[str]) -> str:
        place = found[1]
        if values and prefix + place in values:
            return values[prefix + place]
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


def _all_buttons(components: Sequence[Component]) -> list[tuple[int, Mapping[str, Any]]]:
    """With their places, by which Meta calls them."""
    return [
        (index, button)
        for component in components
        if _kind(component) == "BUTTONS"
        for index, button in enumerate(_buttons(component))
    ]


def _button_kind(button: Mapping[str, Any]) -> str:
    return str(button.get("type") or "").upper()


def _text_of(components: Sequence[Component], kind: str) -> str:
    return next(
        (str(component.get("text") or "") for component in components if _kind(component) == kind), ""
    )


def _kind(component: Component) -> str:
    return str(component.get("type") or "").upper()


def _buttons(component: Component) -> list[Mapping[str, Any]]:
    found = component.get("buttons")
    return [button for button in found if isinstance(button, Mapping)] if isinstance(found, list) else []
