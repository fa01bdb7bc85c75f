"""What Meta would refuse of a message: a code of the error table, and its words."""

import json
import re
from collections.abc import Callable
from typing import Any

Body = dict[str, Any]
Refusal = tuple[int, str]

BSUID = re.compile(r"[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]+")
DIGITS = re.compile(r"\+?[0-9]{7,15}")
MEDIA = ("image", "audio", "video", "document", "sticker")
KEYS = {
    *(
        "messaging_product",
        "recipient_type",
        "to",
        "recipient",
        "type",
        "context",
        "biz_opaque_callback_data",
    ),
    *("text", "interactive", "template", "reaction", "location", "contacts", *MEDIA),
}


def refusal(body: Body) -> Refusal | None:
    """Of a request to /messages that sends something. None: it would be taken."""
    try:
        _envelope(body)
        kind = body.get("type", "text")
        _need(kind in RULES, 131051, f"Unsupported message type {kind!r}")
        _need(isinstance(body.get(kind), (dict, list)), 131008, f"{kind} is missing")
        RULES[kind](body[kind])
    except Refused as problem:
        return problem.code, problem.words
    return None


class Refused(Exception):
    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)
        self.code, self.words = code, words


def _need(true: Any, code: int, words: str) -> None:
    if not true:
        raise Refused(code, words)


def _text(value: Any, most: int, what: str, *, least: int = 1) -> None:
    _need(isinstance(value, str), 131008, f"{what} is required")
    _need(
        least <= len(value) <= most,
        131009,
        f"{what} must have {least} to {most} characters, has {len(value)}",
    )
    _need(least == 0 or value.strip(), 131009, f"{what} is blank")


def _envelope(body: Body) -> None:
    _need(body.get("messaging_product") == "whatsapp", 100, "messaging_product must be whatsapp")
    _need(body.get("recipient_type", "individual") == "individual", 100, "recipient_type")
    _need(not (more := set(body) - KEYS), 100, f"Unexpected keys {sorted(more)}")
    _need("to" in body or "recipient" in body, 131008, "The parameter to is required")
    _need(not ("to" in body and "recipient" in body), 131009, "Either to or recipient")
    if "to" in body:
        _need(DIGITS.fullmatch(body["to"]), 131009, "to is not a phone number")
    else:
        _need(BSUID.fullmatch(body["recipient"]), 131009, "recipient is not a user id")
    if "biz_opaque_callback_data" in body:
        _text(body["biz_opaque_callback_data"], 512, "biz_opaque_callback_data")
    if "context" in body:
        wamid = (body["context"] or {}).get("message_id", "")
        _need(str(wamid).startswith("wamid."), 131009, "context.message_id")


def _plain(text: Body) -> None:
    _text(text.get("body"), 4096, "text.body")
    _need(isinstance(text.get("preview_url", False), bool), 100, "preview_url")


def _media(file: Body) -> None:
    _need(bool(file.get("id")) != bool(file.get("link")), 131008, "Either id or link")
    if link := file.get("link"):
        _need(re.match(r"https?://", link), 131009, "link is no address")
    if "caption" in file:
        _text(file["caption"], 1024, "caption")


def _reaction(reaction: Body) -> None:
    _need(str(reaction.get("message_id", "")).startswith("wamid."), 131008, "reaction.message_id")
    _text(reaction.get("emoji"), 16, "reaction.emoji", least=0)


def _location(place: Body) -> None:
    for name, most in (("latitude", 90), ("longitude", 180)):
        _need(isinstance(place.get(name), (int, float)), 131008, name)
        _need(abs(place[name]) <= most, 131009, name)


def _contacts(cards: list[Body]) -> None:
    for card in cards:
        _text((card.get("name") or {}).get("formatted_name"), 256, "formatted_name")


def _interactive(message: Body) -> None:
    kind = message.get("type")
    _text((message.get("body") or {}).get("text"), 1024, "interactive.body.text")
    if header := message.get("header"):
        _text(header.get("text"), 60, "header.text")
        _need(kind in ("button", "list", "cta_url"), 131009, "header is not allowed here")
    if footer := message.get("footer"):
        _text(footer.get("text"), 60, "footer.text")
    _need(kind in ACTIONS, 131009, f"interactive.type {kind!r}")
    ACTIONS[kind](message.get("action") or {})


def _buttons(action: Body) -> None:
    buttons = action.get("buttons") or []
    _need(1 <= len(buttons) <= 3, 131009, "1 to 3 buttons")
    replies = [button.get("reply") or {} for button in buttons]
    for reply in replies:
        _text(reply.get("id"), 256, "button id")
        _text(reply.get("title"), 20, "button title")
    _unique([reply["id"] for reply in replies], "button ids")
    _unique([reply["title"] for reply in replies], "button titles")


def _list(action: Body) -> None:
    _text(action.get("button"), 20, "list button")
    sections = action.get("sections") or []
    _need(1 <= len(sections) <= 10, 131009, "1 to 10 sections")
    for section in sections:
        _text(section.get("title", ""), 24, "section title", least=len(sections) > 1)
    rows = [row for section in sections for row in section.get("rows") or []]
    _need(1 <= len(rows) <= 10, 131009, "1 to 10 rows")
    for row in rows:
        _text(row.get("id"), 200, "row id")
        _text(row.get("title"), 24, "row title")
        _text(row.get("description", ""), 72, "row description", least=0)
    _unique([row["id"] for row in rows], "row ids")


def _unique(values: list[str], what: str) -> None:
    _need(len(set(values)) == len(values), 131009, f"{what} must be unique")


def _link(action: Body) -> None:
    told = action.get("parameters") or {}
    _text(told.get("display_text"), 20, "display_text")
    _need(re.match(r"https?://", told.get("url", "")), 131009, "url")


def _named(name: str) -> Callable[[Body], None]:
    return lambda action: _need(action.get("name") == name, 131009, f"action.name must be {name}")


ACTIONS: dict[Any, Callable[[Body], None]] = {
    "button": _buttons,
    "list": _list,
    "cta_url": _link,
    "location_request_message": _named("send_location"),
    "request_contact_info": _named("request_contact_info"),
}


def _template(template: Body) -> None:
    _text(template.get("name"), 512, "template.name")
    _text((template.get("language") or {}).get("code"), 15, "template.language.code")
    for component in template.get("components") or []:
        for parameter in component.get("parameters") or []:
            if parameter.get("type") == "text":
                _text(parameter.get("text"), 1024, "template parameter")
                _need(not re.search(r"[\n\t]| {5}", parameter["text"]), 132018, "new lines in a parameter")


RULES: dict[Any, Callable[[Any], None]] = {
    "text": _plain,
    "interactive": _interactive,
    "template": _template,
    "reaction": _reaction,
    "location": _location,
    "contacts": _contacts,
    **dict.fromkeys(MEDIA, _media),
}


def wrong_values(template: Body, used: Body) -> Refusal | None:
    """What Meta says when a template is filled with another number of values than it has, or other names."""
    asked = _placeholders(template)
    given = [
        parameter.get("parameter_name", str(number))
        for component in used.get("components") or []
        if str(component.get("type", "")).lower() == "body"
        for number, parameter in enumerate(component.get("parameters") or [], 1)
    ]
    if sorted(asked) != sorted(given):
        return 132000, f"Number of parameters does not match: {len(given)} given, {len(asked)} expected"
    return None


def _placeholders(template: Body) -> list[str]:
    texts = [c.get("text", "") for c in template["components"] if str(c.get("type", "")).upper() == "BODY"]
    return list(dict.fromkeys(re.findall(r"\{\{\s*(\w+)\s*\}\}", json.dumps(texts, ensure_ascii=False))))
