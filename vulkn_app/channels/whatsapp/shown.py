"""A template as people see it: its parts, what is to be filled in, and how it reads when that is done.

Meta words a template as [{"type": "BODY", "text": "Hola {{1}}", "example": ...}, ...]; gaps are numbers or names."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from models.whatsapp import Quality, TemplateCategory, TemplateStatus

GAP = re.compile(r"\{\{\s*([A-Za-z0-9_]{1,60})\s*\}\}")
MEDIA_HEADS = ("image", "video", "document", "location")


class Gap(BaseModel):
    """Something to fill in. `key` names it for sending ("body.1"), `label` for reading, `example` is what Meta was shown."""

    key: str
    label: str
    example: str
    given: str = ""


class Bubble(BaseModel):
    """How it looks on the customer's phone. `media`: a picture or file stands above the text."""

    head: str = ""
    media: str = ""
    body: str = ""
    foot: str = ""
    buttons: list[str] = []

    def with_words(self, given: Mapping[str, str]) -> "Bubble":
        """With the gaps that have a value filled in; the others stay as they are."""
        filled = {"head": _filled("header", self.head, given), "body": _filled("body", self.body, given)}
        return self.model_copy(update=filled)


class TemplateRow(BaseModel):
    """A template of a number, in one language."""

    id: str
    name: str
    language: str
    category: TemplateCategory
    status: TemplateStatus
    quality: Quality
    reason: str
    purpose: str
    bubble: Bubble
    gaps: list[Gap]

    @property
    def can_be_written(self) -> bool:
        """Whether a person can send it from the inbox: what needs a file of its own cannot."""
        return self.status is TemplateStatus.APPROVED and not self.bubble.media


def row(found: Mapping[str, Any]) -> TemplateRow:
    """A row of whatsapp_templates, read."""
    components: Sequence[Mapping[str, Any]] = found["components"] or []
    blank = {name: found[name] or "" for name in ("reason", "purpose")}
    return TemplateRow.model_validate(
        {**found, **blank, "id": str(found["id"]), "bubble": bubble(components), "gaps": gaps(components)}
    )


def bubble(components: Sequence[Mapping[str, Any]]) -> Bubble:
    found = Bubble()
    for part in components:
        kind, text = str(part.get("type", "")).lower(), str(part.get("text") or "")
        if kind == "header":
            form = str(part.get("format", "TEXT")).lower()
            found.media = form if form in MEDIA_HEADS else ""
            found.head = text
        elif kind == "body":
            found.body = text
        elif kind == "footer":
            found.foot = text
        elif kind == "buttons":
            found.buttons = [str(button.get("text", "")) for button in part.get("buttons") or []]
    return found


def gaps(components: Sequence[Mapping[str, Any]]) -> list[Gap]:
    """In the order in which they are read, each once."""
    found: dict[str, Gap] = {}
    for part in components:
        kind = str(part.get("type", "")).lower()
        if kind in ("header", "body"):
            examples = _examples(kind, part.get("example") or {})
            for place, name in enumerate(dict.fromkeys(GAP.findall(str(part.get("text") or "")))):
                example = examples.get(name) or examples.get(str(place + 1), "")
                found[f"{kind}.{name}"] = Gap(key=f"{kind}.{name}", label=name, example=example)
        elif kind == "buttons":
            for place, button in enumerate(part.get("buttons") or []):
                for name in dict.fromkeys(GAP.findall(str(button.get("url") or ""))):
                    key = f"button{place}.{name}"
                    found[key] = Gap(key=key, label=str(button.get("text") or name), example="")
    return list(found.values())


def _filled(kind: str, text: str, given: Mapping[str, str]) -> str:
    return GAP.sub(lambda gap: given.get(f"{kind}.{gap[1]}", "").strip() or gap[0], text)


def _examples(kind: str, example: Mapping[str, Any]) -> dict[str, str]:
    """Meta's `example`: by position {"body_text": [["Ana", "..."]]}, by name {"body_text_named_params": [...]}."""
    named = example.get(f"{kind}_text_named_params")
    if isinstance(named, list):
        return {
            str(each.get("param_name", "")): str(each.get("example", ""))
            for each in named
            if isinstance(each, dict)
        }
    listed = example.get(f"{kind}_text") or []
    inner = listed[0] if listed and isinstance(listed[0], list) else listed
    return {str(place + 1): str(value) for place, value in enumerate(inner)}


_GREETED = re.compile(
    r"\b(?:hola|hi|hello|hey|buen[oa]s (?:d[ií]as|tardes|noches))[,\s]*\{\{\s*(\w+)\s*\}\}", re.IGNORECASE
)
_NAMES = {"nombre", "name", "customer_name", "first_name", "cliente"}


def greeting(row: TemplateRow, name: str) -> dict[str, str]:
    """The customer's first name where the template greets them with it; a person reads it before it goes out."""
    greeted = {f"body.{found}" for found in _GREETED.findall(row.bubble.body)}
    first = name.split()[0] if name.split() else ""
    return (
        {gap.key: first for gap in row.gaps if gap.key in greeted or gap.label.lower() in _NAMES}
        if first
        else {}
    )
