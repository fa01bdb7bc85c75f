"""What a customer wrote, without the customer: no name, address, number or greeting of theirs is kept in a phrase that
others may read."""

import re
from collections.abc import Iterable

from vulkn_app.knowledge.words import fold
from vulkn_app.llm.smalltalk import greets, without_contact
from vulkn_app.texts import one_line

LONGEST = 200  # characters: an entry's title
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
# Cards, accounts, booking codes: what is long or mixes letters and digits is somebody's, not a price or a year.
_LONG_NUMBER = re.compile(r"(?<![$€£\d.,])\d[\d -]{5,}\d(?!\d)")
_CODE = re.compile(r"\b(?=\w*\d)(?=\w*[A-Z])[A-Z0-9]{5,}\b")
_GREETING = re.compile(
    r"^(?:(?:hola|holi|buen[oa]s?|d[ií]as?|tardes|noches|hello|hi|hey|good|morning|afternoon|evening|oiga|oye|disculpen?|"
    r"perd[oó]n|excuse me|sorry)\b[\s,.!¡]*)+",
    re.IGNORECASE,
)
_EDGES = " \t,;:.-\u2013\u2014"


def masked(text: str, known: Iterable[str | None] = ()) -> str:
    """One line at most LONGEST long; `known` is what the business knows of this person: name, email, phone."""
    text = without_contact(_LINK.sub(" ", text))
    for pattern in (_LONG_NUMBER, _CODE):
        text = pattern.sub(" ", text)
    for detail in known:
        text = _without(text, detail or "")
    if greets(text):
        text = _GREETING.sub("", text)
    text = one_line(re.sub(r"\s+([,.;:?!])", r"\1", text)).strip(_EDGES)
    return _cut(text[:1].upper() + text[1:])


def _without(text: str, detail: str) -> str:
    """Each word of a name by itself: people are called by the first of them."""
    for word in (detail, *detail.split()):
        if len(word) > 2:
            text = _around(word).sub(" ", text)
    return text


def _around(word: str) -> re.Pattern[str]:
    """The word with or without its accents."""
    either = "".join(
        re.escape(letter) if fold(letter) == letter.casefold() else f"[{letter}{fold(letter)}]"
        for letter in word
    )
    return re.compile(rf"(?<!\w){either}(?!\w)", re.IGNORECASE)


def _cut(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    return text[: LONGEST - 1].rsplit(" ", 1)[0] + "…"
