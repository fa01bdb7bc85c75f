"""What a customer says besides asking: greetings, thanks, contact details, a wish for a person."""

import re
import unicodedata
from dataclasses import dataclass

from vulkn_app.llm import pleasantries

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_PHONE = re.compile(r"(?<![\w.,:/$])(?!\d{4}-\d\d-\d\d)\+?\(?\d(?:[\s().-]{0,2}\d){6,14}(?![\w:/])")
_NAMED = re.compile(
    r"\b(?:me llamo|mi nombre es|soy|my name is|i am|i'm|this is)\s+"
    r"((?-i:[A-ZÁÉÍÓÚÑÜ][\w'-]+)(?:\s+(?-i:[A-ZÁÉÍÓÚÑÜ][\w'-]+)){0,3})",
    re.IGNORECASE,
)
_BARE_NAME = re.compile(r"[A-ZÁÉÍÓÚÑÜ][\w'-]+(?:\s+(?:(?:de|del|la)\s+)?[A-ZÁÉÍÓÚÑÜ][\w'-]+){0,3}[.!]?")


def word_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_GREETING = word_set(
    "hola holaa holaaa holi ola buenas buenos buen dia dias tardes noches saludos hello hi hey hiya good "
    "morning afternoon evening there que tal onda alo"
)
_GREETING_HEART = _GREETING - word_set("que there good dia dias noches")
_HOW = {
    f"{question} {more}".strip()
    for question in ("como estas", "como esta", "como estan", "como te va", "como le va", "como va todo")
    for more in ("", "hoy", "usted", "ustedes")
} | {"how are you", "how are you doing", "how are you today", "how is it going", "hows it going"}
_THANKS = word_set(
    "gracias muchas mil muchisimas grax thanks thank you thx ty so much very te lo agradezco agradecido "
    "agradecida many a lot mucho amable muy igualmente"
)
_THANKS_HEART = word_set("gracias grax thanks thank thx ty agradezco agradecido agradecida")
_GOODBYE = word_set(
    "adios chao chau bye goodbye hasta luego pronto manana nos vemos see you later cuidate que tengas tengan "
    "buen bonito dia good night have a nice great day take care gracias thanks"
)
_GOODBYE_HEART = word_set("adios chao chau bye goodbye luego vemos later cuidate pronto")
_FINE = word_set(
    "ok okay okey oki vale va sale listo perfecto excelente genial bien muy entendido claro si no ya de acuerdo "
    "esta great perfect fine cool yes yeah yep nope nothing else nada mas todo good nice alright sure got it "
    "all right super great"
)
_YES = word_set("si claro ok okay okey va vale sale yes yeah yep sure alright")
_WHO = re.compile(
    r"\b(quien eres|eres (un |una )?(robot|bot|humano|persona|real|maquina|ia)|como te llamas|cual es tu nombre|"
    r"who are you|are you (a |an )?(robot|bot|human|real|person|ai|machine)|what is your name|whats your name)\b"
)
_PERSON = re.compile(
    r"\b(hablar|comunicar\w*|contactar|atienda|atender|pasa\w*|talk|speak|chat|connect)\b.{0,30}"
    r"\b(persona|humano|alguien|asesor\w*|agente|encargad\w*|due[nñ][oa]|gerente|"
    r"person|human|someone|somebody|agent|representative|manager|owner)\b"
)


def plain(text: str) -> str:
    """Lower case, without accents or punctuation, one space between words."""
    decomposed = unicodedata.normalize("NFKD", text.lower().replace("'", ""))
    letters = "".join(c if c.isalnum() else " " for c in decomposed if not unicodedata.combining(c))
    return " ".join(letters.split())


@dataclass(frozen=True, slots=True)
class Contact:
    """What the text itself says about who writes; empty when it does not say."""

    name: str
    address: str


def contact_in(text: str) -> Contact:
    found = _EMAIL.search(text) or _PHONE.search(text)
    named = _NAMED.search(text)
    return Contact(named[1] if named else "", found[0].strip() if found else "")


def bare_name(text: str) -> str:
    """A text that is nothing but a name, as people answer when asked for it."""
    text = text.strip()
    words = set(plain(text).split())
    if _BARE_NAME.fullmatch(text) and not words & (_GREETING | _THANKS_HEART | _GOODBYE_HEART | _FINE):
        return text.rstrip(".!")
    return ""


def without_contact(text: str) -> str:
    """The question that is left when contact details are taken out."""
    for details in (_EMAIL, _PHONE, _NAMED):
        text = details.sub(" ", text)
    return text


def greets(text: str) -> bool:
    """Whether it begins with a greeting, whatever follows."""
    first = plain(text).split()[:1]
    return bool(first) and first[0] in _GREETING_HEART - {"tal"}


def agrees(text: str) -> bool:
    """A yes, in so many words."""
    words = plain(text).split()
    return bool(words) and words[0] in _YES and _FINE.issuperset(words)


def kind_of(text: str) -> str:
    """`hello`, `how_are_you`, `thanks`, `goodbye`, `fine`, `who`, `help` or `person`; empty for anything to look up.

    A text counts only if nothing in it goes beyond the pleasantry: "hola, ¿a qué hora abren?" is a question.
    """
    said = plain(text)
    words = said.split()
    if _PERSON.search(said):
        return "person"
    if _WHO.search(said):
        return "who"
    if " ".join(word for word in words if word not in _GREETING) in _HOW:
        return "how_are_you"
    for kind, allowed, heart in (
        ("hello", _GREETING, _GREETING_HEART),
        ("goodbye", _GOODBYE | _FINE, _GOODBYE_HEART),
        ("thanks", _THANKS | _FINE | _GREETING, _THANKS_HEART),
        ("fine", _FINE, _FINE),
    ):
        if words and allowed.issuperset(words) and heart.intersection(words):
            return kind
    return pleasantries.kind_of(said, text) if words else "fine"
