"""Days on which a business says that it is closed: their mention is no ground to call it open."""

import re

from vulkn_app.conversations.grounding.dates import days_of
from vulkn_app.conversations.grounding.scan import Figure
from vulkn_app.conversations.grounding.words import fold

_CLOSED = re.compile(
    r"\b(?:cerramos(?! a las?\b)|cerrad[oa]s?|descansamos|no (?:abrimos|abre|atendemos|trabajamos|laboramos|hay servicio)"
    r"|excepto|salvo|closed|not open|don't open|except)\b"
)
_OPEN = re.compile(
    r"\b(?:abrimos|abren?|abiert[oa]s?|atendemos|atienden?|trabajamos|disponib\w+|hay (?:citas?|lugar|espacio)|open|"
    r"available)\b"
)
_APART = re.compile(r"[.;,\n]")


def closed_days(found: list[Figure], text: str) -> list[Figure]:
    """The figures of a source, with "closed" as the unit of weekdays on which it is."""
    if not _CLOSED.search(folded := fold(text)):
        return found
    return [f._replace(unit="closed") if _is_closed(f, folded) else f for f in found]


def told_open(figure: Figure, sentence: str, start: int, end: int) -> bool:
    """Whether an answer's weekday is called open, as a range of them is unless it is called closed.

    `sentence` is folded, the figure stands at start:end."""
    around = f"{sentence[:start]} {sentence[end:]}"
    return ("-" in figure.value or bool(_OPEN.search(around))) and not _CLOSED.search(around)


def is_weekday(figure: Figure) -> bool:
    return figure.kind == "date" and bool(days_of(figure.value))


def _is_closed(figure: Figure, text: str) -> bool:
    """The word stands in the same part of the sentence, with no hours between."""
    if not is_weekday(figure):
        return False
    after = _APART.split(text[figure.end :], maxsplit=1)[0]
    before = _APART.split(text[: figure.start])[-1]
    behind = _CLOSED.search(after)
    if behind and not _tells_hours(after[: behind.start()]):
        return True
    ahead = [match.end() for match in _CLOSED.finditer(before)]
    return bool(ahead) and not _tells_hours(before[ahead[-1] :])


def _tells_hours(text: str) -> bool:
    return any(c.isdigit() for c in text) or bool(_OPEN.search(text))
