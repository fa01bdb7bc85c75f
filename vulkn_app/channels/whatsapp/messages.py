"""What we say, in Meta's shapes, with a way down for each that never loses a word.

Limits: FIELD 4.3 (read in pywa). Choices: up to three short ones are buttons, up to ten a list, more or longer ones a
numbered text, whose number the skills understand as the answer."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from vulkn_app import i18n
from vulkn_app.channels.whatsapp import formatting, links
from vulkn_app.channels.whatsapp.formatting import cut, length
from vulkn_app.i18n import Language
from vulkn_app.skills.base import Choice, Wanted

Body = dict[str, Any]
Media = Literal["image", "audio", "video", "document", "sticker"]

LONGEST_INTERACTIVE = 1024
MOST_BUTTONS, LONGEST_BUTTON, LONGEST_BUTTON_ID = 3, 20, 256
MOST_ROWS, LONGEST_ROW, LONGEST_DETAIL, LONGEST_ROW_ID = 10, 24, 72, 200
LONGEST_CAPTION = 1024
LONGEST_TRACKER = 512
WITH_CAPTION = ("image", "video", "document")


def to(phone: str, user_id: str) -> Body:
    """Whom it goes to: a number where one is known, else Meta's id of them."""
    return {"to": phone} if phone else {"recipient": user_id}


def words(text: str, *, markdown: bool = True) -> list[Body]:
    """One message, or several where it is longer than WhatsApp allows."""
    shown = formatting.whatsapp(text) if markdown else text.strip()
    return [_text(piece) for piece in formatting.split(shown)]


def answer(text: str, choices: Sequence[Choice], language: Language) -> list[Body]:
    """One bubble, with what can be tapped; more only where the text is too long for one."""
    shown = formatting.whatsapp(text)
    choices = [
        replace(choice, title=title) for choice in choices if (title := " ".join(choice.title.split()))
    ]
    if not choices or not shown:
        return _with_link(text, language) or words(text)
    if (tapped := _choosing(choices, language)) is None:
        return [_text(piece) for piece in formatting.split(_numbered(shown, choices))]
    if length(shown) <= LONGEST_INTERACTIVE:
        return [_interactive(shown, tapped)]
    asked = i18n.t("delivery.choose", language)
    return [*(_text(piece) for piece in formatting.split(shown)), _interactive(asked, tapped)]


def link(text: str, label: str, address: str) -> Body:
    """A button that opens a page; the address in the text where text or label are too long for one."""
    shown = formatting.whatsapp(text)
    if length(shown) > LONGEST_INTERACTIVE or length(label) > LONGEST_BUTTON:
        return _text(cut(shown, formatting.LONGEST - len(address) - 2) + f"\n\n{address}")
    told = {"name": "cta_url", "parameters": {"display_text": label, "url": address}}
    return _interactive(shown, {"type": "cta_url", "action": told})


def where_are_you(text: str) -> Body:
    """Asks for the customer's place."""
    shown = cut(formatting.whatsapp(text), LONGEST_INTERACTIVE)
    return _interactive(shown, {"type": "location_request_message", "action": {"name": "send_location"}})


def asking(text: str, wants: Wanted) -> Body:
    """A question that a tap answers."""
    return where_are_you(text) if wants == "place" else what_is_your_number(text)


def what_is_your_number(text: str) -> Body:
    """Asks somebody who is known by a name alone for their telephone number."""
    shown = cut(formatting.whatsapp(text), LONGEST_INTERACTIVE)
    return _interactive(shown, {"type": "request_contact_info", "action": {"name": "request_contact_info"}})


def media(kind: Media, *, id: str = "", address: str = "", caption: str = "", filename: str = "") -> Body:
    """`id`: of what was uploaded; `address`: where Meta fetches it."""
    file: Body = {"id": id} if id else {"link": address}
    if caption and kind in WITH_CAPTION:
        file["caption"] = cut(caption, LONGEST_CAPTION)
    if filename and kind == "document":
        file["filename"] = filename
    return {"type": kind, kind: file}


def reaction(wamid: str, emoji: str) -> Body:
    """An empty emoji takes the reaction back."""
    return {"type": "reaction", "reaction": {"message_id": wamid, "emoji": emoji}}


def template(name: str, language: str, components: Sequence[Mapping[str, Any]]) -> Body:
    used = {"name": name, "language": {"code": language}, "components": list(components)}
    return {"type": "template", "template": used}


def quoting(body: Body, wamid: str) -> Body:
    return {**body, "context": {"message_id": wamid}} if wamid else body


def plain(body: Body) -> Body | None:
    """The same as text, for whoever cannot show it; None: nothing of it is words."""
    kind = body["type"]
    one = body[kind]
    if kind == "text":
        return None
    if kind == "interactive":
        said = [one["body"]["text"], *_lines(one["action"])]
    else:
        said = (
            [one.get("caption", ""), one.get("link", "")] if kind in WITH_CAPTION else [one.get("link", "")]
        )
    told = "\n\n".join(part for part in said if part)
    kept = {key: value for key, value in body.items() if key not in ("type", kind)}
    return {**kept, **_text(cut(told, formatting.LONGEST))} if told else None


def _text(text: str) -> Body:
    return {"type": "text", "text": {"body": text, "preview_url": "https://" in text}}


def _with_link(text: str, language: Language) -> list[Body]:
    """Its only link as a button below it; nothing where there is none, several, or too much text for one bubble."""
    found = links.only(text)
    if found is None or length(formatting.whatsapp(found.text)) > LONGEST_INTERACTIVE:
        return []
    fits = 0 < length(found.label) <= LONGEST_BUTTON
    return [link(found.text, found.label if fits else i18n.t("delivery.open_link", language), found.address)]


def _interactive(text: str, more: Body) -> Body:
    return {"type": "interactive", "interactive": {"body": {"text": text}, **more}}


def _choosing(choices: Sequence[Choice], language: Language) -> Body | None:
    titles = [choice.title for choice in choices]
    if len(set(titles)) < len(titles):
        return None
    if len(choices) <= MOST_BUTTONS and all(
        length(c.title) <= LONGEST_BUTTON and len(c.id) <= LONGEST_BUTTON_ID for c in choices
    ):
        buttons = [{"type": "reply", "reply": {"id": c.id, "title": c.title}} for c in choices]
        return {"type": "button", "action": {"buttons": buttons}}
    if len(choices) <= MOST_ROWS and all(
        length(c.title) <= LONGEST_ROW and len(c.id) <= LONGEST_ROW_ID for c in choices
    ):
        sections = [{"rows": [_a_row(choice) for choice in choices]}]
        options = i18n.t("delivery.options", language)
        return {"type": "list", "action": {"button": options, "sections": sections}}
    return None


def _a_row(choice: Choice) -> Body:
    row = {"id": choice.id, "title": choice.title}
    return {**row, "description": cut(choice.detail, LONGEST_DETAIL)} if choice.detail else row


def _numbered(text: str, choices: Sequence[Choice]) -> str:
    """With its number before each, unless the text lists them already."""
    if all((choice.detail or choice.title) in text for choice in choices):
        return text
    lines = [f"{number}. {choice.detail or choice.title}" for number, choice in enumerate(choices, 1)]
    return "\n".join([text, *lines])


def _lines(action: Body) -> list[str]:
    if "buttons" in action:
        titles = [button["reply"]["title"] for button in action["buttons"]]
    else:
        titles = [row["title"] for section in action.get("sections", ()) for row in section["rows"]]
    listed = "\n".join(f"{number}. {title}" for number, title in enumerate(titles, 1))
    return [listed, action.get("parameters", {}).get("url", "")]
