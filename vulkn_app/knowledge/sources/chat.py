"""A WhatsApp chat that its owner exported: what customers asked, with what the business answered.

Only the owner's own words become text. Customers stay out of it: their names, numbers and addresses are taken
out of the question, and an answer that still carries one is left behind."""

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from vulkn_app.knowledge.drafts import Draft, draft_of
from vulkn_app.knowledge.sources.faults import Unreadable
from vulkn_app.knowledge.words import fold, telling_words, words

PATIENCE = timedelta(hours=24)  # an answer after that is about something else
SHORTEST_ANSWER = 12
MOST_MESSAGES = 200_000
SOURCE = "WhatsApp"  # the file is named after the customer

# "12/03/24, 10:15 - Ana: hola" (Android), "[12/03/24, 10:15:32 a. m.] Ana: hola" (iPhone); both in any locale.
_HEAD = re.compile(
    r"[\u200e\u200f]?\[?(\d{1,4})[/.\-](\d{1,2})[/.\-](\d{2,4}),?\s+(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?"
    r"\s*([ap])?\s*\.?\s*(?:m\s*\.?)?\]?\s*(?:-\s+)?[\u200e\u200f]?(?=\S)",
    re.IGNORECASE,
)
_SENDER = re.compile(r"([^:\n]{1,80}):\s(.*)", re.DOTALL)
_SYSTEM = re.compile(r"omitid|omitted|<adjunto|<attached|eliminaste este|se eliminó este|mensaje fue eliminado|message was deleted|deleted this message|llamada perdida|missed (?:voice|video) call|cifrados de extremo|end-to-end encrypted|<multimedia|<media|\.(?:jpg|opus|webp|mp4|pdf|vcf)\s*\((?:archivo adjunto|file attached)", re.IGNORECASE)  # fmt: skip
_EDITED = re.compile(r"<(?:se editó este mensaje|this message was edited)\.?>", re.IGNORECASE)
_OTHER = re.compile(r"(?:chat de whatsapp con|whatsapp chat with|whatsapp chat -|conversaci[oó]n de whatsapp con)\s+(.+?)(?:\s*\(\d+\))?(?:\.(?:txt|zip))*$", re.IGNORECASE)  # fmt: skip
_CONTACT = re.compile(r"\+?\d[\d\s().-]{6,}\d|\S+@\S+\.\S+|https?://\S+")
_ASKS = {"que", "cual", "cuanto", "cuanta", "cuantos", "cuantas", "cuando", "donde", "como", "tienen", "tiene", "hacen",
         "venden", "aceptan", "manejan", "precio", "costo", "horario", "what", "how", "when", "where", "which", "do", "does",
         "can", "is", "are", "price", "cost"}  # fmt: skip
# Answers of one day or one person: "ya le confirmo su cita de mañana" is nothing to tell the next customer.
_PASSING = re.compile(r"\b(?:su|tu) (?:cita|pedido|pago|comprobante|reserva|orden)\b|\b(?:ma[ñn]ana|hoy|ayer|ahorita|al rato|en un momento|tomorrow|today|yesterday|right now)\b|\b(?:your (?:order|appointment|payment|booking))\b", re.IGNORECASE)  # fmt: skip
_GREETING = re.compile(r"^(?:(?:hola+|hello|hi|hey|buen[oa]?s?|d[ií]as?|tardes|noches|que tal|qué tal|disculp[ae]|una (?:pregunta|consulta)|good (?:morning|afternoon|evening)|oiga?|saludos)[\s,.!¡]*)+", re.IGNORECASE)  # fmt: skip

_ASKED = re.compile(r"¿[^¿?\n]+\?")


class Said(NamedTuple):
    line: int
    at: datetime
    sender: str
    text: str


def looks_like_chat(text: str) -> bool:
    """Several dated messages with senders among the first lines."""
    head = text.lstrip("\ufeff").split("\n", 40)[:40]
    return (
        sum(bool((found := _HEAD.match(line)) and _SENDER.match(line[found.end() :])) for line in head) >= 3
    )


def drafts(text: str, name: str) -> Iterator[Draft]:
    said = _messages(text)
    senders = Counter(one.sender for one in said)
    if len(senders) < 2:
        raise Unreadable("no_dialogue")
    owner = _owner(said, senders, name)
    private = _private(said, owner)
    found: dict[frozenset[str], Draft] = {}
    for question, answer in _exchanges(said, owner):
        asked = _question(question.text, private)
        told = _without_names(answer.text, private.names)
        about = frozenset(telling_words(asked))
        if not asked or not about or not _lasting(told, private):
            continue
        others = found.pop(about).examples or [] if about in found else []
        cells = {"title": asked, "body": told, "examples": [*others, asked][-10:], "source": SOURCE}
        found[about] = draft_of(question.line, cells, name)  # the newest answer is the one that holds
    if not found:
        raise Unreadable("no_questions")
    for draft in sorted(found.values(), key=lambda draft: draft.line):
        yield _plainly(draft)


def _plainly(draft: Draft) -> Draft:
    """A title is no example of itself."""
    examples = [one for one in dict.fromkeys(draft.examples or []) if one != draft.title]
    cells = {"title": draft.title, "body": draft.body, "examples": examples, "source": draft.source}
    return draft_of(draft.line, cells, draft.source)


def _messages(text: str) -> list[Said]:
    lines = text.lstrip("\ufeff").split("\n")
    month_first = _month_first(lines)
    said: list[Said] = []
    for number, line in enumerate(lines, start=1):
        head = _HEAD.match(line)
        at = _moment(head, month_first=month_first) if head else None
        if head and at:
            found = _SENDER.fullmatch(line[head.end() :].strip("\u200e\u200f\r "))
            if found and len(said) < MOST_MESSAGES:
                said.append(Said(number, at, found[1].strip("\u200e\u200f~\u202a\u202c \u00a0"), found[2]))
            elif not found:
                said.append(Said(number, at, "", ""))  # the system's own line ends the message before it
        elif said and line.strip():
            said[-1] = said[-1]._replace(text=f"{said[-1].text}\n{line.strip()}")
    kept = (
        one._replace(text=_EDITED.sub("", one.text).strip("\u200e\u200f \n")) for one in said if one.sender
    )
    return [one for one in kept if one.text and not _SYSTEM.search(one.text)]


def _month_first(lines: list[str]) -> bool:
    """3/12 is a day of December in Mexico and of March in the United States: the file shows it sooner or later."""
    heads = [head for line in lines[:20_000] if (head := _HEAD.match(line))]
    return any(int(head[2]) > 12 for head in heads) and not any(int(head[1]) > 12 for head in heads)


def _moment(head: re.Match[str], *, month_first: bool) -> datetime | None:
    first, second, third = int(head[1]), int(head[2]), int(head[3])
    if len(head[1]) == 4:
        year, month, day = first, second, third
    else:
        month, day = (first, second) if month_first else (second, first)
        year = third + 2000 if third < 100 else third
    hour = int(head[4]) % 12 + (12 if head[7].lower() == "p" else 0) if head[7] else int(head[4])
    try:
        return datetime(year, month, day, hour, int(head[5]))  # noqa: DTZ001 - only compared with each other
    except ValueError:
        return None


def _owner(said: list[Said], senders: Counter[str], name: str) -> str:
    """The file is named after the other one; else the one who asks less and explains more."""
    named = _OTHER.search(name)
    others = [one for one in senders if not (named and fold(one) == fold(named[1].strip()))]
    if len(senders) == 2 and len(others) == 1:
        return others[0]

    def explains(sender: str) -> float:
        mine = [one.text for one in said if one.sender == sender]
        asks = sum("?" in text for text in mine)
        return sum(min(len(text), 300) for text in mine) / 100 - 3 * asks + sum("$" in text for text in mine)

    return max(others or senders, key=explains)


class _Private(NamedTuple):
    names: frozenset[str]
    numbers: frozenset[str]


def _private(said: list[Said], owner: str) -> _Private:
    """What would tell who a customer is: the parts of their names, and every number, address or link they wrote."""
    customers = {one.sender for one in said} - {owner}
    names = {word for sender in customers for word in words(sender) if len(word) > 2 and not word.isdigit()}
    names -= set(words(owner))
    written = [match for one in said if one.sender != owner for match in _CONTACT.findall(one.text)]
    return _Private(frozenset(names), frozenset(map(_digits, [*written, *customers])) - {""})


def _digits(text: str) -> str:
    digits = re.sub(r"\D", "", text)
    return digits[-8:] if len(digits) >= 7 else text.casefold() if "@" in text or "://" in text else ""


def _exchanges(said: list[Said], owner: str) -> Iterator[tuple[Said, Said]]:
    """What a customer wrote in a row and what the business wrote after it, where the first asks something."""
    runs: list[Said] = []
    for one in said:
        if runs and runs[-1].sender == one.sender and one.at - runs[-1].at < PATIENCE:
            runs[-1] = runs[-1]._replace(text=f"{runs[-1].text}\n{one.text}")
        else:
            runs.append(one)
    for asked, told in itertools.pairwise(runs):
        if asked.sender != owner and told.sender == owner and told.at - asked.at < PATIENCE:
            yield asked, told


def _question(text: str, private: _Private) -> str:
    """The part that asks, without greeting, names and numbers; nothing when nothing is asked."""
    for line in reversed(_CONTACT.sub("", text).split("\n")):
        for sentence in _ASKED.findall(line) or re.findall(r"[^.!?\n]+\?", line) or [line]:
            asked = _without_names(_GREETING.sub("", sentence.strip()), private.names).strip(" ,.-")
            telling = telling_words(asked)
            if telling and len(asked) <= 160 and ("?" in sentence or set(words(asked)) & _ASKS):
                return re.sub(r"[^\W\d_]", lambda first: first[0].upper(), asked, count=1)
    return ""


def _without_names(text: str, names: frozenset[str]) -> str:
    """ "Claro, María, cuesta $500" without María."""
    for word in set(re.findall(r"[^\W\d_]+", text)):
        if fold(word) in names and word[:1].isupper():
            text = re.sub(
                rf"(?:,\s*)?\b(?:(?:sra?|srita|don|doña|mr|ms|mrs)\.?\s+)?{word}\b",
                "",
                text,
                flags=re.IGNORECASE,
            )
    return re.sub(r"[ \t]+([,.!?])", r"\1", re.sub(r"[ \t]{2,}", " ", text)).strip(" ,")


def _lasting(answer: str, private: _Private) -> bool:
    """Whether it may be told to the next customer."""
    if len(answer) < SHORTEST_ANSWER or _PASSING.search(answer) or answer.endswith("?"):
        return False
    return not {_digits(found) for found in _CONTACT.findall(answer)} & private.numbers
