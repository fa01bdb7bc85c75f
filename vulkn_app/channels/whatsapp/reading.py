"""What a customer's message says, whichever of WhatsApp's types it is of: words for the agent, and what it is made of.

What has no words of its own is described in brackets, in the language of the conversation, so that a model knows what
it cannot see. `polite` names the sentence of ours that answers what no model can."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from models.conversations import MessageKind
from vulkn_app.channels.whatsapp.words import DESCRIBED, Polite
from vulkn_app.errors import BadInput
from vulkn_app.i18n import Language
from vulkn_app.texts import clean

LONGEST = 4096  # characters of one message, as WhatsApp allows
MOST_LINES = 40  # of a form or an order
Item = dict[str, Any]


@dataclass(frozen=True)
class Media:
    """A file that Meta keeps for us. `sha256`: what it must be, as it was told."""

    kind: str
    id: str
    mime: str
    sha256: str = field(repr=False)
    filename: str = field(repr=False)


@dataclass(frozen=True)
class Said:
    """`text` is what the agent hears; empty where there is nothing to hear and `polite` is the answer."""

    kind: MessageKind
    text: str = field(repr=False)
    shown: str = field(repr=False)  # what stands in the conversation
    content: dict[str, Any] = field(default_factory=dict, repr=False)
    media: Media | None = None
    polite: Polite | None = None
    typed: bool = False  # the words are the customer's own


def read(item: Item, language: Language) -> Said:
    """Never raises: what cannot be read is `unsupported`."""
    reader = _READERS.get(str(item.get("type")), _unsupported)
    body = item.get(str(item.get("type")))
    return reader(_dict(body), item, language)


def quoted(item: Item) -> str:
    """The id of the message that this one answers, where the customer chose it (a tap always names one)."""
    return words(_dict(item.get("context")).get("id"), 200)


def ad(item: Item) -> dict[str, str] | None:
    """The advertisement that brought them, as a lead keeps it."""
    referral = _dict(item.get("referral"))
    names = ("source_id", "source_type", "source_url", "headline", "body", "ctwa_clid")
    return {name: found for name in names if (found := words(referral.get(name), 1000))} or None


def words(told: Any, most: int = LONGEST) -> str:
    """Clean text of anything; empty for what is none."""
    if isinstance(told, bool) or not isinstance(told, str | int | float):
        return ""
    try:
        return clean(str(told))[:most].strip()
    except BadInput:
        return ""


def _text(body: Item, item: Item, language: Language) -> Said:
    return _typed(MessageKind.TEXT, words(body.get("body")), {}, language)


def _typed(kind: MessageKind, text: str, content: dict[str, Any], language: Language) -> Said:
    if not text:
        return Said(kind, "", DESCRIBED["empty"][language], content, polite="unsupported")
    return Said(kind, text, text, content, typed=True)


def _media(kind: MessageKind) -> Callable[[Item, Item, Language], Said]:
    def reader(body: Item, item: Item, language: Language) -> Said:
        caption, mark = words(body.get("caption"), 1024), DESCRIBED[kind.value][language]
        filename = words(body.get("filename"), 240)
        content: dict[str, Any] = {"caption": caption} if caption else {}
        content |= {name: True for name in ("voice", "animated") if body.get(name) is True}
        media = Media(
            kind.value,
            words(body.get("id"), 200),
            words(body.get("mime_type"), 120),
            words(body.get("sha256"), 120),
            filename,
        )
        shown = " ".join(filter(None, (mark, caption or filename)))
        polite: Polite | None = None if caption else kind.value  # pyright: ignore[reportAssignmentType]
        return Said(kind, shown if caption else "", shown, content, media, polite, typed=bool(caption))

    return reader


def _location(body: Item, item: Item, language: Language) -> Said:
    latitude, longitude = _number(body.get("latitude")), _number(body.get("longitude"))
    place = [words(body.get(name), 300) for name in ("name", "address")]
    point = f"{latitude:.6f}, {longitude:.6f}" if latitude is not None and longitude is not None else ""
    content = {"latitude": latitude, "longitude": longitude, "name": place[0], "address": place[1]}
    told = ", ".join(filter(None, (*place, point and f"({point})")))
    return _described(MessageKind.LOCATION, "location", told, content, language)


def _contacts(body: Item, item: Item, language: Language) -> Said:
    """Names only: a friend's number in the words would be taken for the customer's own."""
    cards = [_card(_dict(one)) for one in _list(item.get("contacts"))[:20]]
    named = ", ".join(card["name"] for card in cards if card["name"])
    return _described(MessageKind.CONTACTS, "contacts", named, {"contacts": cards}, language)


def own_number(item: Item) -> str:
    """The number in a card without a name: the answer of somebody whom we asked for theirs. Empty for anything else,
    and for who writes from a number."""
    cards = [_card(_dict(one)) for one in _list(item.get("contacts"))]
    if item.get("type") != "contacts" or item.get("from") or len(cards) != 1 or cards[0]["name"]:
        return ""
    told = _dict(_list(item.get("contacts"))[0])
    known = words(_dict((_list(told.get("phones")) or [{}])[0]).get("wa_id"), 40)
    return known or next(iter(cards[0]["phones"]), "")


def _card(card: Item) -> dict[str, Any]:
    name = _dict(card.get("name"))
    phones = [words(_dict(one).get("phone"), 40) for one in _list(card.get("phones"))[:5]]
    shown = words(name.get("formatted_name"), 120) or words(name.get("first_name"), 120)
    return {"name": shown, "phones": [phone for phone in phones if phone]}


def _interactive(body: Item, item: Item, language: Language) -> Said:
    """A tap on a button or a row, or a form that was filled in."""
    match words(body.get("type"), 60):
        case "button_reply" | "list_reply" as kind:
            chosen = _dict(body.get(kind))
            content = {
                "action": words(chosen.get("id"), 256),
                "description": words(chosen.get("description"), 200),
            }
            title = words(chosen.get("title"), 200) or content["action"]
            return _typed(MessageKind.INTERACTIVE, title, _filled(content), language)
        case "nfm_reply":
            return _form(_dict(body.get("nfm_reply")), language)
        case "call_permission_reply":
            return Said(MessageKind.INTERACTIVE, "", DESCRIBED["call"][language], {"call_permission": True})
    return _unsupported(body, item, language)


def _form(reply: Item, language: Language) -> Said:
    try:
        answers = json.loads(words(reply.get("response_json"), 20_000) or "{}")
    except (ValueError, RecursionError):
        answers = {}
    answers = {str(name): told for name, told in _dict(answers).items() if name != "flow_token"}
    lines = [f"{_named(name)}: {_told(told)}" for name, told in list(answers.items())[:MOST_LINES]]
    content = {"form": {name[:100]: _told(told) for name, told in list(answers.items())[:MOST_LINES]}}
    return _described(MessageKind.INTERACTIVE, "form", "\n".join(lines)[: LONGEST - 100], content, language)


def _button(body: Item, item: Item, language: Language) -> Said:
    """A quick reply of a template."""
    action = words(body.get("payload"), 256)
    return _typed(
        MessageKind.INTERACTIVE, words(body.get("text"), 200) or action, _filled({"action": action}), language
    )


def _order(body: Item, item: Item, language: Language) -> Said:
    lines, items = [], []
    for one in _list(body.get("product_items"))[:MOST_LINES]:
        line = _dict(one)
        product, price = words(line.get("product_retailer_id"), 100), words(line.get("item_price"), 20)
        amount = words(line.get("quantity"), 10) or "1"
        money = f" ({price} {words(line.get('currency'), 3)})" if price else ""
        lines.append(f"{amount} x {product}{money}")
        items.append(
            {
                "product": product,
                "quantity": amount,
                "price": price,
                "currency": words(line.get("currency"), 3),
            }
        )
    told = "\n".join(filter(None, (*lines, words(body.get("text"), 1000))))
    return _described(MessageKind.ORDER, "order", told[: LONGEST - 100], {"items": items}, language)


def _unsupported(body: Item, item: Item, language: Language) -> Said:
    kind = words(body.get("type"), 40) or words(item.get("type"), 40)
    shown = DESCRIBED["unsupported"][language]
    return Said(MessageKind.UNSUPPORTED, "", shown, _filled({"type": kind}), polite="unsupported")


def _welcome(body: Item, item: Item, language: Language) -> Said:
    """They opened the chat for the first time and wrote nothing yet."""
    return Said(MessageKind.TEXT, "", DESCRIBED["welcome"][language], {"welcome": True}, polite="welcome")


def _described(kind: MessageKind, mark: str, told: str, content: dict[str, Any], language: Language) -> Said:
    text = f"{DESCRIBED[mark][language]} {told}".strip()
    return Said(kind, text, text, content)


_READERS: dict[str, Callable[[Item, Item, Language], Said]] = {
    "text": _text,
    "image": _media(MessageKind.IMAGE),
    "audio": _media(MessageKind.AUDIO),
    "voice": _media(MessageKind.AUDIO),
    "video": _media(MessageKind.VIDEO),
    "document": _media(MessageKind.DOCUMENT),
    "sticker": _media(MessageKind.STICKER),
    "location": _location,
    "contacts": _contacts,
    "interactive": _interactive,
    "button": _button,
    "order": _order,
    "request_welcome": _welcome,
}


def _named(name: str) -> str:
    """`screen_0_nombre_1` and `nombre_completo` as a person reads them."""
    parts = [
        part for part in name.replace("-", "_").split("_") if part and not part.isdigit() and part != "screen"
    ]
    return words(" ".join(parts), 100) or words(name, 100)


def _told(told: Any) -> str:
    if isinstance(told, bool):
        return "✓" if told else "✗"
    if isinstance(told, list):
        return ", ".join(filter(None, (_told(one) for one in told[:20])))
    return (
        words(told, 500) if not isinstance(told, dict) else words(json.dumps(told, ensure_ascii=False), 500)
    )


def _number(told: Any) -> float | None:
    try:
        return round(float(told), 6)
    except (TypeError, ValueError):
        return None


def _filled(content: dict[str, Any]) -> dict[str, Any]:
    return {name: told for name, told in content.items() if told}


def _dict(told: Any) -> Item:
    return told if isinstance(told, dict) else {}


def _list(told: Any) -> list[Any]:
    return told if isinstance(told, list) else []
