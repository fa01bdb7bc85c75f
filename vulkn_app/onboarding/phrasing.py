"""The same question as other people would write it: in a hurry, without accents, with slips, in the other language.

The same seed and question give the same words."""

import random
import re
import unicodedata
from collections.abc import Callable

from vulkn_app.i18n import Language

STYLES = ("plain", "no_accents", "typos", "other_language", "two", "hurried")
_OPENINGS: dict[Language, tuple[str, ...]] = {
    "es": ("Hola, {q}", "Buenas tardes, {q}", "Una duda: {q}", "Disculpa, {q}", "Oye, {q}", "{q}"),
    "en": ("Hi, {q}", "Good afternoon, {q}", "Quick question: {q}", "Excuse me, {q}", "{q}"),
}
_ABOUT: dict[Language, tuple[str, ...]] = {
    "es": ("¿Me das información de {t}?", "¿Qué me puedes decir de {t}?", "Quisiera saber sobre {t}"),
    "en": ("Can you tell me about {t}?", "What can you say about {t}?", "I'd like to know about {t}"),
}
_AND: dict[Language, str] = {"es": "{one} Y también: {two}", "en": "{one} And also: {two}"}
_SHORT = {
    "por favor": "xfa",
    "porque": "xq",
    "también": "tmb",
    "que": "q",
    "please": "pls",
    "you": "u",
    "are": "r",
}
# What is asked everywhere, by words of an entry's title: for an entry that has no other language.
_ELSEWHERE: dict[Language, tuple[tuple[str, str], ...]] = {
    "es": (
        (r"horario|abrimos|abren", "What time do you open and close?"),
        (r"estacionamiento", "Is there parking?"),
        (r"pago|pagar", "How can I pay?"),
        (r"dónde|donde|ubicaci|direcci|sucursal", "Where are you located?"),
        (r"factura", "Can I get an invoice?"),
        (r"garantía", "Is there a warranty?"),
        (r"cancel", "How do I cancel or change it?"),
        (r"domicilio|envío|entrega", "Do you deliver?"),
    ),
    "en": (
        (r"hours|open", "¿A qué hora abren y cierran?"),
        (r"parking", "¿Tienen estacionamiento?"),
        (r"pay", "¿Cómo puedo pagar?"),
        (r"where|address|location", "¿Dónde están ubicados?"),
        (r"invoice", "¿Me pueden facturar?"),
        (r"warranty|guarantee", "¿Dan garantía?"),
        (r"cancel", "¿Cómo cancelo o cambio?"),
        (r"deliver", "¿Tienen servicio a domicilio?"),
    ),
}


def about(title: str, language: Language, dice: random.Random) -> str:
    """A title as a question; one that is a question already stays."""
    if title.rstrip().endswith("?"):
        return title.strip()
    lowered = title if title[1:2].isupper() else title[:1].lower() + title[1:]
    return dice.choice(_ABOUT[language]).format(t=lowered.rstrip("."))


def opened(question: str, language: Language, dice: random.Random) -> str:
    """With what people write before a question."""
    chosen = dice.choice(_OPENINGS[language])
    return question if chosen == "{q}" else chosen.format(q=_lower_first(question))


def both(one: str, two: str, language: Language) -> str:
    """Two questions in one message."""
    return _AND[language].format(one=one if one.endswith("?") else f"{one}.", two=_lower_first(two))


def without_accents(question: str) -> str:
    """As most people type: no accents, no opening marks, no capitals."""
    letters = unicodedata.normalize("NFD", question.lower())
    return re.sub(r"[¿¡?!]", "", "".join(c for c in letters if not unicodedata.combining(c))).strip()


def hurried(question: str) -> str:
    short = without_accents(question)
    for word, brief in _SHORT.items():
        short = re.sub(rf"\b{without_accents(word)}\b", brief, short)
    return short


def mistyped(question: str, dice: random.Random) -> str:
    """Two of its longer words with a slip of the finger."""
    words = question.split(" ")
    long_ones = [place for place, word in enumerate(words) if sum(c.isalpha() for c in word) >= 6]
    for place in dice.sample(long_ones, min(2, len(long_ones))):
        words[place] = _slip(words[place], dice)
    return " ".join(words)


def elsewhere(title: str, language: Language) -> str:
    """The question behind a title in the other language; empty where nobody knows it."""
    found = (asked for words, asked in _ELSEWHERE[language] if re.search(words, title, re.IGNORECASE))
    return next(found, "")


def _slip(word: str, dice: random.Random) -> str:
    at = dice.randrange(2, len(word) - 2)
    slips: tuple[Callable[[], str], ...] = (
        lambda: word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        lambda: word[:at] + word[at + 1 :],
        lambda: word[:at] + word[at] + word[at:],
    )
    return dice.choice(slips)()


def _lower_first(question: str) -> str:
    """ "¿Cuánto…" after a greeting is "¿cuánto…"; "IVA" stays."""
    place = next((n for n, letter in enumerate(question) if letter.isalpha()), 0)
    if question[place + 1 : place + 2].isupper():
        return question
    return question[:place] + question[place : place + 1].lower() + question[place + 1 :]
