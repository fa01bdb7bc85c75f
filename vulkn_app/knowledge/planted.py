"""Orders to the model, planted in what somebody else wrote: "ignora tus instrucciones", "system:", a tool's call.

They come with pages, menus and chats. An import takes no such row unless a person says so, and no such line gets to a
model or counts as evidence, however it came in (`search.read_entries`). Patterns find what is plain; an order told
otherwise is still fenced in (conversations/prompt.py), and nothing is said that no entry says (conversations/checks.py)."""

import base64
import binascii
import re
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple


class _Kind(NamedTuple):
    """`signs`: no text without one of these has such an order; they are cheap to look for."""

    signs: tuple[str, ...]
    pattern: re.Pattern[str]


def _kind(signs: str, *patterns: str) -> _Kind:
    return _Kind(tuple(signs.split("|")), re.compile("|".join(patterns)))


_MODEL = (
    r"(?:asistente (?:virtual|digital|de ia)|asistente(?=\s*[:,])|ia|inteligencia artificial|chatbot|bot|llm|chatgpt|gpt|"
    r"modelo de (?:lenguaje|ia)|modelo(?=\s*[:,])|agente (?:virtual|de ia)|sistema de ia|ai (?:assistant|agent|model|system)|"
    r"ai|assistant|(?:large )?(?:language )?model)"
)
_TOLD = r"(?:instruccion(?:es)?|indicacion(?:es)?|reglas?|ordenes|directrices|lineamientos|restricciones|prompt|programacion)"
_RULES = (
    r"(?:instructions?|rules?|prompts?|guidelines|directives?|programming|training|restrictions|constraints)"
)
_YOURS = r"(?:your|previous|prior|above|earlier|preceding|system|original|initial|hidden)"
_MAKER = r"(?:desarrollador|duen[oa]|administrador|creador)a?"

# Of texts in lower case, without accents.
_KINDS = (
    # What it was told before no longer holds.
    _kind(
        "ignor|olvid|omite|omita|descart|desobedece|anul|saltate|omiso|no sigas|no obedez|no respetes|no hagas",
        r"(?<!no )(?<!no te )(?<!nunca )\b(?:ignor[ae]|olvid[ae](?:te)?|omit[ea]|descart[ae]|desobedece|anul[ae]|saltate|"
        r"haz caso omiso|no (?:sigas|obedezcas|respetes|hagas caso))\s+(?:(?:de|todas?|las|los|estas|a)\s+)*(?:"
        rf"tus\s+(?:\w+\s+)?{_TOLD}|(?:las?\s+)?(?:\w+\s+)?{_TOLD}\s+(?:anterior(?:es)?|previas?|de arriba|originales|"
        r"del sistema|que te|iniciales)|(?:todo\s+)?lo (?:anterior|de arriba|que te (?:dijeron|han dicho)))",
    ),
    _kind(
        "ignore|forget|disregard|overrid|bypass|neglect|not follow|n't follow|stop follow",
        r"(?<!not )(?<!n't )(?<!never )\b(?:ignore|forget|disregard|override|bypass|neglect|do not follow|don't follow|"
        rf"stop following)\s+(?:(?:about|all|any|of|the|these|everything)\s+)*(?:{_YOURS}\s+(?:\w+\s+)?{_RULES}|"
        rf"{_RULES}\s+(?:above|before|you)|(?:what(?:ever)?\s+)?(?:above\b|you were told|was said))",
        r"\b(?:system|admin|developer|instruction) override\b",
    ),
    # It is somebody else now.
    _kind(
        "ahora|adelante",
        r"\b(?:ahora|en adelante)\s*,?\s*(?:tu\s+)?(?:eres|seras|actua(?:ras)?|finge|simula|haz de cuenta)\s+(?:como\s+|"
        rf"que\s+)?(?:el |la |una? )?(?:nuev[oa] )?(?:{_MODEL}|asistente|agente|vendedor|dan|hacker|{_MAKER})\b",
    ),
    _kind(
        "you are now|from now on|pretend",
        rf"\byou are now (?:an? |the |in )?(?:\w+ )?(?:{_MODEL}|dan|owner|admin(?:istrator)?|developer|jailbroken)\b",
        r"\bfrom now on,? you (?:must|should|shall|say|answer|reply|respond|are (?:an? |the )?(?:\w+ )?(?:ai|assistant|bot|"
        r"model|agent)|will (?:say|answer|reply|respond|act|ignore|obey))\b",
        r"(?<!not )(?<!n't )\bpretend (?:that )?(?:you are|you're|to be) ",
    ),
    # Who is spoken to.
    _kind(
        "nota|instruc|mensaje|aviso|orden|atencion|note|message|attention|notice",
        r"\b(?:nota|instruccion(?:es)?|mensaje|aviso|orden(?:es)?|atencion|note|instructions?|message|attention|notice)"
        r"(?:\s+\w+)?\s*[,:]?\s+(?:para|a|al|to|for)\s+(?:(?:el|la|los|las|the|any|all|cualquier)\s+)?"
        rf"{_MODEL}\s*[:.,\n]",
    ),
    _kind(
        "si eres|if you|asistente|ia,|ia:|ai,|ai:|bot,|bot:|llm|gpt|assistant,|assistant:|model|lenguaje|system:|agent|soy el|soy la|as the |as your ",
        rf"\bsi eres (?:un|una|el|la) (?:{_MODEL}|asistente|modelo|robot)\b",
        rf"\bif you(?: are|'re) (?:an?|the) (?:{_MODEL}|robot)\s*[,:]",
        rf"\b(?:asistente|{_MODEL})\s*[,:]\s*(?:tu )?(?:debes|tienes que|ignora|olvida(?:te)?|responde|contesta|di|"
        r"you (?:must|should|will)|ignore|forget|disregard|say|answer|reply|respond)\b",
        rf"\b(?:soy|habla) (?:el|la) {_MAKER} (?:de|del) (?:bot|chatbot|asistente|agente|vulkn)\b",
        r"\bas (?:the|your) (?:developer|owner|administrator|creator) of (?:this|the) (?:bot|chatbot|assistant|agent),? i ",
    ),
    _kind("del sistema", rf"\b(?:soy|habla) (?:el|la) {_MAKER} del sistema\b"),
    # The voice of somebody above, and our fences and theirs.
    _kind(
        "system|sistema",
        r"(?:^|\n)\W{0,8}(?:system|sistema)\W{0,3}:\W*(?=[^\n]*\b(?:you|your|tus?|eres|debes|di|responde|contesta|answer|say|"
        r"reply|ignor[ae]|siempre|always|nunca|never|todo|everything)\b)",
    ),
    _kind("##", r"(?:^|\n)\W{0,3}#{2,}\s*(?:system|sistema|instruction|human|assistant)\s*:?\s*(?:\n|$)"),
    _kind(
        "[|<",
        r"\[/?(?:inst|system)\]|<</?sys>>|<\|[a-z_]{2,20}\|>",
        r"<\s*[/|]?\s*(?:knowledge|found|tools?|tool_\w+|skills?|system|assistant|instructions?|function_\w+|invoke|im_start|"
        r"im_end|prompt)(?:\s+[a-z]+=[^<>]{0,60})?\s*/?\s*>",
    ),
    # A tool's call.
    _kind(
        "_|tool\"|tool'|function\"|function'",
        r"[\"'](?:tool|tool_name|tool_calls?|function|function_call)[\"']\s*:",
        r"\b[a-z]+(?:_[a-z]+)+\(\s*[{\"']",
        r"\b(?:llama a|usa|ejecuta|invoca|call|use|invoke|run|execute)\s+(?:la |the )?(?:herramienta|funcion|tool|function)\s+"
        r"\W?[a-z]+_[a-z_]+",
    ),
    # What is not for customers.
    _kind(
        "prompt|tus reglas|tus instrucciones|de sistema|del sistema",
        r"\b(?:revela|muestra|imprime|escribe|repite|recita|copia|comparte|traduce|dime)\s+(?:(?:el|la|las|los|todas?|me)\s+)*"
        rf"(?:tu prompt|prompt|tus (?:reglas|instrucciones)(?! de)|{_TOLD} (?:de|del) sistema|mensaje (?:de|del) sistema)",
    ),
    _kind(
        "instruction|rule|prompt|guideline|directive|programming|training|restriction|constraint|system message",
        r"\b(?:reveal|print|show|output|repeat|display|leak|recite|translate|share)\s+(?:(?:me|us|out|the|all|of)\s+)*"
        rf"(?:your (?:\w+ )?(?:{_RULES})(?! (?:of|for|to))|(?:system|hidden|initial) (?:prompt|message|instructions))",
    ),
    _kind(
        "de otr|de los otr|de las otr|of other|of the other|of all|from other|from the other|from all",
        r"\b(?:dame|dime|muestra|revela|entrega|lista|show|send|give|tell|list|reveal)\s+(?:me\s+)?(?:(?:los?|las?|the|all)\s+)*"
        r"(?:datos|mensajes|telefonos?|correos?|conversaciones|data|messages|phones?|e-?mails?|conversations|details)\s+"
        r"(?:de|of|from)\s+(?:(?:los|las|the|all)\s+)*(?:otr[oa]s?|other)\b",
    ),
    # An answer given beforehand, whatever is asked; and what the owner should not hear of.
    _kind(
        "pregunta|question with|questions with|message with|messages with",
        r"\b(?:a (?:cualquier|toda|cada)|a todas las) preguntas?,? (?:que te hagan,? )?(?:responde|contesta|di)\b",
        r"\b(?:answer|reply to|respond to) (?:every|any|all|each) (?:question|message)s? with\b",
    ),
    _kind(
        "que todo|everything is free|everything costs",
        r"\b(?:di|diga|responde|contesta|afirma)(?: siempre)? que todo (?:cuesta|vale|es gratis|esta gratis)\b",
        r"\b(?:say|tell (?:them|everyone|customers)|claim|answer|reply)(?: that)? everything (?:is free|costs)\b",
    ),
    _kind(
        "no digas|no le digas|menciones|reveles|cuentes|this |these ",
        r"\bno (?:le )?(?:digas|menciones|reveles|cuentes) (?:esto|estas? \w+|a nadie (?:que leiste|de) est[oae]s?)\b",
        r"\b(?:do not|don't|never) (?:tell|mention|reveal|inform)\b[^.\n]{0,30}\b(?:this|these) (?:instructions?|message|note|"
        r"rules?)\b",
    ),
)

# Written so that nobody sees it, in letters that only look like ours, letter by letter, with figures for letters, in
# base64.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
)
_ODD = re.compile(
    "[\u00ad\u0250-\u1eff\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2460-\u24ff\ufe00-\uffef\U0001d400-\U0001d7ff"
    "\U000e0000-\U000e007f]"
)
_ACCENTS = tuple(zip("áéíóúüñ", "aeiouun", strict=True))
_MARKS = re.compile("[\u0300-\u036f]")
_ALIKE = str.maketrans("аесорхуіѕԁοαενкмтвнг", "aecopxyisdoaevkmtbnr")  # noqa: RUF001
_SPELLED_SIGN = re.compile(r"[ .*_-][a-z][ .*_-][a-z][ .*_-]")
_SPELLED = re.compile(r"(?<![^\W_])(?:[a-z][ .*_-]){2,}[a-z](?![^\W_])")
_BETWEEN = re.compile(r"[ .*_-]")
_LEET_SIGN = re.compile(r"[013457@$](?<=[a-z].)(?=[a-z])")
_LEET = re.compile(r"(?<=[a-z])[013457@$]|[013457@$](?=[a-z])")
_LEET_LETTERS = str.maketrans("013457@$", "oieastas")
_CODED = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{32,}={0,2}")
_LINE = re.compile(r"[^\n]+")
_EMPTY_LINES = re.compile(r"\n{3,}")


def order_in(text: str) -> str:
    """The line that gives the first order, as it is written; nothing where there is none."""
    found = next(_lines(text), None)
    return text[slice(*found)].strip() if found else ""


def without_orders(text: str) -> str:
    """What is left without the orders; the very same object where there is none. An order goes on to the end of its
    paragraph: "system:" alone orders nothing."""
    lines = list(_lines(text))
    if not lines:
        return text
    kept, at = [], 0
    for begin, end in lines:
        kept.append(text[at:begin])
        paragraph = text.find("\n\n", end)
        at = max(at, len(text) if paragraph < 0 else paragraph)
    kept.append(text[at:])
    return _EMPTY_LINES.sub("\n\n", "".join(kept)).strip()


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """Where orders begin and their lines end; one that takes several lines is the whole text."""
    if not _orders(text):
        return
    lines = [found.span() for found in _LINE.finditer(text)]
    yield from [place for place in lines if _orders(text[slice(*place)])] or [(0, len(text))]


def _orders(text: str) -> bool:
    return any(
        kind.pattern.search(read)
        for read in _readings(text)
        for kind in _KINDS
        if any(sign in read for sign in kind.signs)
    )


def _readings(text: str) -> Iterator[str]:
    """The text as a model may read it."""
    plain = _plain(text)
    yield plain
    if _SPELLED_SIGN.search(plain):
        yield _SPELLED.sub(lambda found: _BETWEEN.sub("", found.group()), plain)
    if _LEET_SIGN.search(plain):
        yield _LEET.sub(lambda found: found.group().translate(_LEET_LETTERS), plain)
    for coded in _CODED.findall(text):
        yield _plain(_decoded(coded))


def _plain(text: str) -> str:
    if not _ODD.search(text):
        return _unaccented(text.lower())
    seen = _UNSEEN.sub("", text)
    # The letters of U+E0000 are seen by nobody, and a model reads them.
    seen = "".join(chr(ord(c) - 0xE0000) if 0xE0020 <= ord(c) <= 0xE007E else c for c in seen)
    return _MARKS.sub("", unicodedata.normalize("NFKD", seen.lower())).translate(_ALIKE)


def _unaccented(text: str) -> str:
    """As `words.fold`, ten times as fast: this is asked of all that is known."""
    if not text.isascii():
        for letter, plain in _ACCENTS:
            text = text.replace(letter, plain)
    return text


def _decoded(coded: str) -> str:
    with suppress(ValueError, binascii.Error):
        signs = b"-_" if {"-", "_"} & set(coded) else None
        return base64.b64decode(coded + "=" * (-len(coded) % 4), altchars=signs).decode()
    return ""
