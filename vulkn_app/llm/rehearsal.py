"""The answer without any model: deterministic, offline, only what the organization's knowledge says."""

import asyncio
import re
from collections.abc import AsyncGenerator
from uuid import UUID

from vulkn_app.llm import smalltalk
from vulkn_app.llm.asks import Ask, Evidence, Finished, Token
from vulkn_app.llm.phrases import PHRASES

NAME = "rehearsal"
_LONGEST = 700
_BREATH = 16

# An entry in the customer's language is preferred over a better one in the other, down to this share of it.
_SAME_LANGUAGE = 0.6

_WORDS = re.compile(r"\S+\s*")
_SENTENCES = re.compile(r"(?<=[.!?…])\s+|\n+")
_HOLLOW = smalltalk.word_set(
    "que cual cuales como cuando donde cuanto cuanta cuantos cuantas quien para por con sin una uno unos unas los "
    "las del este esta esto ese esa eso hay son esta estan tiene tienen puedo puede pueden quiero quisiera hacer "
    "saber favor hola gracias ustedes usted tambien what when where which who how much many does the and for with "
    "you your are can could would like have has want need know about please hello thanks there any some"
)
# A price is asked for in many words; whichever it was, an entry with a price in it has answered them.
_PRICED = smalltalk.word_set(
    "cuesta cuestan costo costos precio precios vale valen cobra cobran sale salen cost costs price prices"
)
_PRICE = re.compile(r"[$€£]\s?\d|\d\s*(?:pesos|soles|quetzales|colones|lempiras|euros|d[oó]lares|dollars)\b", re.IGNORECASE)  # fmt: skip


async def stream(ask: Ask, *, instead: bool = False) -> AsyncGenerator[Token | Finished, None]:
    """`Finished.stop_reason` says what it was: answered, ready, unknown, contact, broke_off, or the small talk.

    `instead`: models were asked and none answered. What knowledge does not say is then `received`: the customer
    was promised that a person will answer.
    """
    text, reason, sources = _answer(ask)
    if instead and reason == "unknown":
        text, reason = _say(ask, "received"), "received"
    for number, word in enumerate(_WORDS.findall(text), 1):
        yield Token(word, ours=True)
        if not number % _BREATH:
            await asyncio.sleep(0)
    yield Finished(NAME, NAME, reason, sources=sources)


def _answer(ask: Ask) -> tuple[str, str, tuple[UUID, ...]]:
    if ask.ready:
        return ("… " if ask.shown else "") + ask.ready, "ready", ()
    if ask.shown:
        return _say(ask, "broke_off"), "broke_off", ()
    contact = _contact(ask)
    if contact and not _asks_something(ask):
        return contact, "contact", ()
    if not contact and (kind := smalltalk.kind_of(ask.question)):
        return _pleasantry(ask, kind), kind, ()
    entries = _entries(ask)
    if not entries:
        return contact or _say(ask, "unknown"), "contact" if contact else "unknown", ()
    parts = [_quote(ask, entries), contact]
    hello = _say(ask, "hello_first") if smalltalk.greets(ask.question) and not _answered(ask) else ""
    return hello + "\n\n".join(filter(None, parts)), "answered", tuple(e.entry_id for e in entries)


def _pleasantry(ask: Ask, kind: str) -> str:
    if kind == "hello":
        return _say(ask, "hello_again") if _answered(ask) else ask.greeting or _say(ask, "hello")
    # "Sí" to the offer to take a message is a yes to leaving one.
    if kind == "fine" and _offered(ask) and smalltalk.agrees(ask.question):
        return _say(ask, "person")
    return _say(ask, kind)


def _contact(ask: Ask) -> str:
    """Thanks for contact details; empty when the text holds none."""
    found = smalltalk.contact_in(ask.question)
    name = found.name or (smalltalk.bare_name(ask.question) if _offered(ask) else "")
    if found.address:
        return _say(ask, "taken", name=name)
    return _say(ask, "name_taken", name=name) if name else ""


def _asks_something(ask: Ask) -> bool:
    """Whether a text with contact details also holds a question that knowledge may answer."""
    rest = smalltalk.without_contact(ask.question)
    return "?" in rest or "¿" in rest


def _entries(ask: Ask) -> list[Evidence]:
    """One entry, or two when the second speaks of something asked that the first does not."""
    good = [e for e in ask.evidence if e.score >= ask.enough and e.text.strip()]
    if not good:
        return []
    close = [e for e in good if e.language == ask.language and e.score >= good[0].score * _SAME_LANGUAGE]
    best = (close or good)[0]
    said = f"{best.title} {best.text}"
    open_words = _stems(ask.question) - _stems(said)
    if _PRICE.search(said):
        open_words -= {word[:5] for word in _PRICED}
    second = next(
        (e for e in good if e is not best and e.language == best.language and _covers(e, open_words)), None
    )
    return [best, second] if second else [best]


def _covers(entry: Evidence, open_words: set[str]) -> bool:
    """The title must speak of it: a body mentions many things in passing."""
    return bool(open_words & _stems(entry.title))


def _quote(ask: Ask, entries: list[Evidence]) -> str:
    quoted = "\n\n".join(_shortened(entry.text.strip(), ask.question) for entry in entries)
    foreign = entries[0].language in PHRASES["hello"] and entries[0].language != ask.language
    return _say(ask, "other_language") + quoted if foreign else quoted


def _shortened(text: str, question: str) -> str:
    """A long entry gives the run of sentences that speaks most of what was asked."""
    if len(text) <= _LONGEST:
        return text
    asked = _stems(question)
    sentences = [sentence for sentence in _SENTENCES.split(text) if sentence.strip()]
    starts = range(len(sentences))
    best = max(starts, key=lambda start: len(asked & _stems(_run(sentences[start:]))))
    return _run(sentences[best:])


def _run(sentences: list[str]) -> str:
    """As many sentences as fit, at least one."""
    taken, length = [], 0
    for sentence in sentences:
        length += len(sentence) + 1
        if taken and length > _LONGEST:
            break
        taken.append(sentence)
    return " ".join(taken)


def _stems(text: str) -> set[str]:
    """Words that mean something, cut to five letters so that singular and plural meet."""
    return {w[:5] for w in smalltalk.plain(text).split() if len(w) > 2 and w not in _HOLLOW}


def _answered(ask: Ask) -> bool:
    return any(line.role == "assistant" and line.text != ask.greeting for line in ask.history)


def _offered(ask: Ask) -> bool:
    """Whether the last thing said to the customer was an offer to take a message."""
    said = next((line.text for line in reversed(ask.history) if line.role == "assistant"), "")
    offers = [PHRASES[key] for key in ("unknown", "received", "person", "name_taken")]
    return any(
        said.endswith(words.format(business=ask.business, agent="", name="")[-40:])
        for offer in offers
        for words in offer.values()
    )


def _say(ask: Ask, key: str, *, name: str = "") -> str:
    words = PHRASES[key][ask.language]
    return words.format(agent=ask.agent_name, business=ask.business, name=f", {name}" if name else "")
