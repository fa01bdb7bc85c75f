"""What a message is made of beyond its text, read for people's eyes from what its channel kept (messages.content).

A customer's app decides what stands there: whatever its shape, the worst that comes out is nothing."""

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import quote, urlsplit

from pydantic import BaseModel

MOST = 10  # lines of an order, cards, answers of a form
LONGEST = 300
TIMES = "\u00d7"


class Place(BaseModel):
    """A point on the map; `url` opens it there."""

    name: str
    address: str
    url: str


class Card(BaseModel):
    """Somebody whom the customer recommends, from their address book."""

    name: str
    phone: str


class Line(BaseModel):
    """One thing of an order, or one answer of a form."""

    what: str
    how_much: str


class Ad(BaseModel):
    """The advertisement or post that made somebody write."""

    headline: str
    url: str


class More(BaseModel):
    """`tapped`: a button or a row of a list was chosen instead of typed; `template`: its name."""

    place: Place | None = None
    cards: list[Card] = []
    order: list[Line] = []
    form: list[Line] = []
    tapped: bool = False
    template: str = ""
    forwarded: bool = False


def more(kind: str, content: Mapping[str, Any]) -> More | None:
    """None for a message that is text and nothing else."""
    if not content:
        return None
    found = More(
        place=_place(content) if kind == "location" else None,
        cards=_cards(content) if kind == "contacts" else [],
        order=_order(content) if kind == "order" else [],
        form=_form(content) if kind == "interactive" else [],
        tapped=kind == "interactive" and bool(content.get("action")),
        template=_text(content.get("template")) if kind == "template" else "",
        forwarded=bool(content.get("forwarded") or content.get("frequently_forwarded")),
    )
    return None if found == More() else found


def caption(kind: str, content: Mapping[str, Any]) -> str:
    """The words that somebody wrote under a file."""
    return _text(content.get("caption"), 4096) if kind in ("image", "video", "document") else ""


def own_words(content: Mapping[str, Any]) -> str:
    """What the customer typed, where the agent was told more: which message it answers."""
    return _text(content.get("text"), 4096)


def worded(kind: str, content: Mapping[str, Any]) -> bool:
    """Whether the message's text is somebody's words and not only a name for a file or a place."""
    if kind in ("image", "video", "document"):
        return bool(caption(kind, content))
    drawn = ("audio", "sticker", "location", "contacts", "order")
    return kind not in drawn and not content.get("form")


def _place(content: Mapping[str, Any]) -> Place | None:
    try:
        latitude, longitude = float(content["latitude"]), float(content["longitude"])
    except (KeyError, TypeError, ValueError):
        return None
    name, address = _text(content.get("name")), _text(content.get("address"))
    at = quote(f"{latitude},{longitude}")
    return Place(name=name, address=address, url=f"https://www.google.com/maps/search/?api=1&query={at}")


def _cards(content: Mapping[str, Any]) -> list[Card]:
    cards = []
    for person in _list(content.get("contacts"))[:MOST]:
        phones = person.get("phones")
        first = phones[0] if isinstance(phones, list) and phones else ""
        cards.append(Card(name=_text(person.get("name")), phone=_text(first)))
    return [card for card in cards if card.name or card.phone]


def _order(content: Mapping[str, Any]) -> list[Line]:
    lines = []
    for item in _list(content.get("items"))[:MOST]:
        what = _text(item.get("product"))
        price = " ".join(filter(None, (_text(item.get("price")), _text(item.get("currency")))))
        count = _text(item.get("quantity")) or "1"
        lines.append(Line(what=what, how_much=f"{count} {TIMES} {price}" if price else count))
    return lines


def _form(content: Mapping[str, Any]) -> list[Line]:
    """A WhatsApp Flow's answers."""
    answers = list(_mapping(content.get("form")).items())[:MOST]
    return [Line(what=_text(name).replace("_", " "), how_much=_text(value)) for name, value in answers]


def ad(referral: object) -> Ad | None:
    """As a lead keeps where somebody came from (leads.source_detail)."""
    known = _mapping(referral)
    headline = _text(known.get("headline") or known.get("body"))
    url = _text(known.get("source_url") or known.get("url"))
    if not (headline or url):
        return None
    return Ad(headline=headline, url=url if urlsplit(url).scheme in ("http", "https") else "")


def _text(value: object, most: int = LONGEST) -> str:
    """A word or a number, cut; anything else is nothing."""
    return str(value)[:most] if isinstance(value, str | int | float) else ""


def _mapping(value: object) -> Mapping[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _list(value: object) -> list[Mapping[str, Any]]:
    return [_mapping(each) for each in cast("list[object]", value)] if isinstance(value, list) else []
