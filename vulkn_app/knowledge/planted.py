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
# What a model was told, and nobody else: "tus instrucciones de entrega" are a customer's.
_TOLD = (
    r"(?:tus\s+(?:\w+\s+)?(?:instrucciones|indicaciones|reglas|ordenes|directrices|lineamientos|filtros|restricciones|limites)"
    r"(?!\s+(?:de(?! seguridad| contenido)|del|para)\b)|tu (?:programacion|prompt|configuracion)\b|(?:instrucciones|indicaciones|reglas|ordenes|"
    r"directrices|restricciones)\s+(?:\w+\s+)?(?:anteriores|previas|de arriba|originales|iniciales|del sistema|que (?:te|recibiste|tienes))|"
    r"cualquier (?:regla|instruccion|restriccion)|(?:todo )?lo (?:anterior|de arriba|que te (?:dijeron|han dicho)))"
)
_RULES = r"(?:instructions?|rules?|prompts?|guidelines|directives?|directions|programming|training|restrictions|constraints|filters|orders|guidance)"
_YOURS = rf"(?:(?:your|previous|prior|above|earlier|preceding|system|original|initial|hidden|existing)\s+(?:\w+\s+)?{_RULES}|{_RULES}\s+(?:above|before|given|you (?:were|have)))"
_VOID = r"(?:anulad|cancelad|suspendid|invalid|sin efecto|void|null|cancell?ed|obsolete|no longer|ya no)"
_MAKER = r"(?:desarrollador|duen[oa]|administrador|creador)a?"
_NOT = r"(?<!no )(?<!no te )(?<!nunca )(?<!not )(?<!n't )(?<!never )(?<!nao )"

# Of texts in lower case, without accents.
_KINDS = (
    # What it was told before no longer holds.
    _kind(
        "ignor|olvid|omit|descart|desobedec|anul|viola|rompe|sobrescrib|reemplaz|desactiv|elimina|prioridad sobre|salta|caso omiso|dejar de|deja de|"
        "por alto|no sigas|no obedez|no respetes|no apliques|no tomes|no hagas|cancelad|suspendid|invalid|sin efecto|ya no",
        rf"{_NOT}\b(?:ignor[ae]|olvid[ae](?:te)?|omit[ea]|descart[ae]|desobedec[ea]|anul[ae]|viola|rompe|sobrescrib[ea]|reemplaz[ae]|"
        r"desactiv[ae]|elimina|salta(?:te)?|haz caso omiso|tiene prioridad sobre|deja(?:r)? de (?:seguir|obedecer|respetar)|pasa por alto|no (?:sigas|obedezcas|"
        rf"respetes|apliques|tomes en cuenta|hagas caso))\b[^.!?\n]{{0,25}}?\b{_TOLD}",
        rf"\b{_TOLD}\b[^.!?\n]{{0,25}}\b{_VOID}",
    ),
    _kind(
        "ignore|forget|disregard|overrid|overwrite|bypass|neglect|break|violate|discard|replace|disable|follow|void|null|"
        "canceled|cancelled|obsolete|no longer",
        rf"{_NOT}\b(?:ignore|forget|disregard|overrid|overwrite|bypass|neglect|break|violate|discard|replace|disable|not follow|"
        rf"n't follow|stop following|no longer follow)\w*\b[^.!?\n]{{0,25}}?\b(?:{_YOURS}|(?:everything|all|the|what(?:ever)?) "
        r"(?:above|was said)|you were told|you (?:are|were) (?:an?|the) (?:\w+ )?assistant)",
        rf"\b{_YOURS}\b[^.!?\n]{{0,25}}\b{_VOID}",
    ),
    _kind(
        "ignor|disregard|forget|olvida|overrid",
        rf"{_NOT}\b(?:ignora|olvida|ignore|disregard|forget) (?:lo que|la lista|los precios|el conocimiento|la informacion|what(?:ever)?|"
        r"the (?:price )?list|the knowledge|the facts|the document)(?= (?:diga|dice|dijo|digan|de|del|your|the|it|you|and|y)\b)",
        r"\b(?:forget|olvida) (?:(?:that |que )?(?:you are|you're|eres)|your (?:previous |old )?(?:role|identity|persona))\b",
        rf"{_NOT}\bignor(?:e|ez|er)\s+(?:\w+\s+){{0,3}}(?:instrucoes|instructions|regras|regles)\b(?! (?:of|on|for|in)\b)",
        r"\b(?:system|admin|developer|instruction) override\b",
    ),
    # It is somebody else now, or has another task.
    _kind(
        "ahora|adelante|como si fueras|olvida tu|tus instr|tus reglas|has sido|nueva tarea|nuevo rol|debes decir|nueva mision|nuevas instr|deja de ser",
        r"\b(?:ahora|en adelante)\s*,?\s*(?:tu\s+)?(?:eres|seras|actua(?:ras)?|finge|simula|haz de cuenta)\s+(?:como\s+|"
        rf"que\s+)?(?:el |la |una? )?(?:nuev[oa] )?(?:{_MODEL}|\w*bot|asistente|agente|vendedor|dan|hacker|{_MAKER})\b",
        r"\beres ahora (?:el |la |una? )?(?:\w*bot|asistente|agente|ia|modelo)\b",
        r"\bcomo si fueras (?:el|la|un|una) (?:duen|propietari|gerente|administrador)|\bolvida tu (?:rol|papel|identidad)\b",
        r"\btus (?:instrucciones|reglas) (?:han cambiado|cambiaron|fueron|se actualizaron)|\bhas sido (?:reprogramad|hackead)",
        r"\btus? nuev[oa]s? (?:tarea|rol|mision|instruccion|orden|objetivo|regla)",
        r"\bdebes decir (?:siempre )?que (?:todo )?(?:cuesta|vale|es gratis)\b|\bdeja de ser (?:un|una|el|la) (?:asistente|recepcionista|bot|agente|ia)\b",
    ),
    _kind(
        "are now|from now|anything now|no longer|pretend|your instr|your rules|you have been|as if you|act as|your new|new instr|new rules|stop being|nuevas instr",
        rf"\byou are now (?:an? |the |in )?(?:\w+ )?(?:{_MODEL}|\w*bot|dan|owner|admin(?:istrator)?|developer|jailbroken)\b",
        r"\bfrom now on,? you (?:must|should|shall|say|answer|reply|respond|are (?:an? |the )?(?:\w+ )?(?:ai|assistant|bot|"
        r"model|agent)|will (?:say|answer|reply|respond|act|ignore|obey))\b",
        r"(?<!not )(?<!n't )\bpretend (?:that )?(?:you are|you're|to be) ",
        r"\byour (?:instructions|rules) (?:have|has) (?:been |changed)|\byou have been (?:reprogrammed|hacked|jailbroken)\b",
        r"\bas if you were the (?:owner|manager|admin)|\bact as an? (?:unrestricted|jailbroken|ai\b|dan\b)",
        r"\byour new (?:task|role|job|goal|objective|mission|instructions?|rules?|orders?)\b",
        r"\b(?:begin|start|end of \w+)\W+(?:of )?(?:the )?new (?:instructions?|rules?)|\bnew instructions?\s*:|\bfin del? \w+\W+nuevas instrucciones|\bnew rules apply\b",
        r"\b(?:stop being|you(?: are|'re) no longer) an? (?:\w+ )?(?:assistant|receptionist|bot|ai|agent)\b|\bdo anything now\b",
    ),
    # Who is spoken to.
    _kind(
        "nota|instruc|mensaje|aviso|orden|atencion|note|message|attention|notice",
        r"\b(?:nota|instruccion(?:es)?|mensaje|aviso|orden(?:es)?|note|instructions?|message|notice)(?:\s+\w+)?\s*[,:]?\s+"
        rf"(?:para|a|al|to|for)\s+(?:(?:el|la|los|las|the|any|all|cualquier)\s+)?{_MODEL}\s*[:.,\n]",
        rf"\b(?:atencion|attention)\s*[,:]?\s+(?:(?:a|al|to|la|the|any)\s+)*{_MODEL}\s*[:.,\n]",
        r"\b(?:orden|instruccion|mensaje) del? (?:sistema|administrador|desarrollador)\b|"
        r"\b(?:order|instruction|message) from the (?:system|administrator|admin|developer)\b",
    ),
    _kind(
        "si eres|if you|asistente|ia,|ia:|ai,|ai:| ia | ai |bot,|bot:|llm|gpt|assistant|model|lenguaje|soy el|soy la|habla el|as the |as your |dear |querid|to the ",
        rf"\bsi eres (?:un|una|el|la) (?:{_MODEL}|asistente|modelo|robot)\b",
        rf"\bif you(?: are|'re) (?:an?|the) (?:{_MODEL}|robot)\s*[,:]",
        rf"\bcomo (?:una? )?(?:{_MODEL}|modelo)\W+(?:tu )?(?:debes|tienes que|has de|vas a|responde|contesta)\b",
        rf"\bas an? (?:{_MODEL})\W+you\b|\b(?:dear|to the|querida|querido) {_MODEL}\s*[,:]",
        rf"\b(?:asistente|{_MODEL})\s*[,:]\s*(?:por favor,? |please,? )?(?:tu )?(?:debes|tienes que|ignora|olvida(?:te)?|responde|"
        r"contesta|di|envia|manda|you (?:must|should|will|have to)|ignore|forget|disregard|say|answer|reply|respond|e-?mail|send)\b",
        rf"\b(?:soy|habla) (?:el|la) {_MAKER} (?:de|del) (?:(?:este|tu|la|el) )?(?:bot|chatbot|asistente|agente|ia|vulkn)\b",
        r"\bas (?:the|your) (?:developer|owner|administrator|creator) of (?:this|the) (?:bot|chatbot|assistant|agent),? i ",
    ),
    _kind(
        " ia |artificial|lenguaje|bot |ai |language|models",
        r"\b(?:la|una|toda|el|un|cualquier) (?:ia|inteligencia artificial|modelo de lenguaje|chatbot|bot)\b[^.\n]{0,25}\b(?:debe|"
        r"debera|dira|tiene que)\b",
        r"\b(?:ai|language) (?:models?|assistants?|agents?|systems?)\b[^.\n]{0,20}\b(?:must|should|reading this)\b|\bany ai\b",
        r"\b(?:attention|atencion)\b[^.\n]{0,15}\b(?:language models?|modelos? de lenguaje|ai models?)\b",
        r"\blea? (?:esto |este texto )?(?:una? )?(?:ia|inteligencia artificial|modelo de lenguaje)\b",
    ),
    _kind("del sistema", rf"\b(?:soy|habla) (?:el|la) {_MAKER} del sistema\b"),
    # The voice of somebody above, and our fences and theirs.
    _kind(
        "system|sistema|prompt",
        r"(?:^|\n)\W{0,8}(?:system|sistema)\W{0,3}:\W*(?=[^\n]*\b(?:you|your|tus?|eres|debes|di|responde|contesta|answer|say|"
        r"reply|ignor[ae]|siempre|always|nunca|never|todo|everything)\b)",
        r"\bsystem[ _]prompt\b|\bprompt (?:del|de) sistema\b|\{\{\s*(?:system|assistant|prompt)\s*\}\}|\[system\]",
    ),
    _kind("##", r"(?:^|\n)\W{0,3}#{2,}\s*(?:system|sistema|instruction|human|assistant)\s*:?\s*(?:\n|$)"),
    _kind("human:", r"(?:^|\n)\W{0,3}human:[^\n]*\n+\W{0,3}assistant:"),
    _kind(
        "[|<",
        r"\[/?inst\]|<</?sys>>|<\|[a-z_]{2,20}\|>",
        r"<\s*[/|]?\s*(?:knowledge|found|tools?|tool_\w+|skills?|system|assistant|instructions?|function_\w+|invoke|im_start|"
        r"im_end|prompt)(?:\s+[a-z]+=[^<>]{0,60})?\s*/?\s*>",
    ),
    # A tool's call.
    _kind(
        "_|tool\"|tool'|function\"|function'|role\"|role'|arguments\"|arguments'",
        r"[\"'](?:tool|tool_name|tool_calls?|function|function_call|arguments)[\"']\s*:|[\"']role[\"']\s*:\s*[\"'](?:system|assistant|user)",
        r"\b[a-z]+(?:_[a-z]+)+\(\s*[{\"']",
        r"\b(?:llama a|usa|ejecuta|invoca|call|use|invoke|run|execute)\s+(?:la |the )?(?:herramienta|funcion|tool|function)\s+"
        r"\W?[a-z]+_[a-z_]+",
    ),
    # What is not for customers.
    _kind(
        "prompt|tus reglas|tus instrucciones|de sistema|del sistema|oculta|secreta|de arriba",
        r"\b(?:instruccion|orden)(?:es)? (?:oculta|secreta)s?\b|\b(?:repite|copia|escribe|imprime) (?:todo lo|el texto) de arriba\b",
        r"\b(?:revela|muestra|transcribe|imprime|escribe|repite|recita|copia|comparte|traduce|dime)\s+(?:(?:el|la|las|los|todas?|me)\s+)*"
        r"(?:tu prompt|prompt|tus (?:reglas|instrucciones)(?! (?:de|del|para)\b)|(?:instrucciones|reglas|mensaje) (?:de|del) sistema)",
    ),
    _kind(
        "instruction|rule|prompt|guideline|directive|programming|training|restriction|constraint|system message|above|before|context window",
        r"\b(?:output|repeat|print|copy) (?:everything|all(?: text)?|the text) (?:above|before)\b|\bcontext window\b",
        r"\b(?:reveal|print|show|output|repeat|display|leak|recite|translate|share)\s+(?:(?:me|us|out|the|all|of)\s+)*"
        rf"(?:your (?:\w+ )?(?:{_RULES})(?! (?:of|for|to))|(?:system|hidden|initial) (?:prompt|message|instructions))",
    ),
    _kind(
        "de otr|de los otr|de las otr|of other|of the other|from other|from the other|of all|customer|cliente",
        r"\b(?:dame|dime|muestra|revela|entrega|lista|show|send|give|tell|list|reveal)\s+(?:me\s+)?(?:(?:los?|las?|the|all)\s+)*"
        r"(?:datos|mensajes|telefonos?|correos?|conversaciones|data|messages|phones?|e-?mails?|conversations|details)(?: numbers)?\s+"
        r"(?:de|of|from)\s+(?:(?:los|las|the|all)\s+)*(?:otr[oa]s?|other)\b",
        r"\b(?:send|e-?mail|forward|export|envia|manda|reenvia|exporta)\s+(?:(?:me|the|your|la|los|tu|tus)\s+)*(?:customer (?:list|data"
        r"|database|e-?mails|phones)|lista de clientes|datos de (?:(?:los|tus) )?clientes)",
    ),
    # An answer given beforehand, whatever is asked; and what the owner should not hear of.
    _kind(
        "pregunt|question|message|whatever|a todo|a todos|la palabra|the word",
        r"\b(?:a (?:cualquier|toda|cada)|a todas las) preguntas?,? (?:que te hagan,? )?(?:responde|contesta|di)\b",
        r"\b(?:answer|reply to|respond to) (?:every|any|all|each) (?:question|message)s? with\b",
        r"\b(?:answer|reply|respond)(?: only)? with (?:only )?(?:the word|['\"\u201c]\w+['\"\u201d] )[^.\n]{0,30}to (?:all|every|any)\b",
        r"\bwhatever (?:the |a |any )?(?:customer|user|visitor|client|person)s? (?:asks?|says?|wants?),? (?:answer|say|reply|respond)\b",
        r"\b(?:responde|contesta) (?:a todos?|siempre y solo|solo|unicamente) con (?!amab|respet|cort|palab)",
        r"\b(?:sin importar|no importa) (?:lo )?que (?:te )?(?:pregunten|digan|pidan),? (?:responde|contesta|di)\b",
    ),
    _kind(
        "que todo|everything|decir|mencionar|comply|obey|obedecer|forbidden",
        r"\b(?:di|diga|responde|contesta|afirma)(?: siempre)? que todo (?:cuesta|vale|es gratis|esta gratis)\b",
        r"\b(?:say|tell (?:them|everyone|customers)|claim|answer|reply)(?: that)? everything (?:is free|costs)\b",
        r"\b(?:tienes prohibido|te prohibo|you are forbidden to|you must never) (?:decir|mencionar|dar|say|mention|tell|reveal)\b",
        r"\byou (?:must|have to|will) (?:comply|obey)\b|\bdebes obedecer\b",
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
_ACCENTS = tuple(zip("áéíóúüñçãõâêô", "aeiouuncaoaeo", strict=True))
_MARKS = re.compile("[\u0300-\u036f]")
_ALIKE = str.maketrans("аесорхуіѕԁοαενкмтвнг", "aecopxyisdoaevkmtbnr")
_SPELLED_SIGN = re.compile(r"[ .*_-][a-z][ .*_-][a-z][ .*_-]")
_SPELLED = re.compile(r"(?<![^\W_])(?:[a-z][ .*_-]){2,}[a-z](?![^\W_])")
_BETWEEN = re.compile(r"[ .*_-]")
_LEET_SIGN = re.compile(r"[013457@$](?<=[a-z].)(?=[a-z])")
_LEET = re.compile(r"(?<=[a-z])[013457@$]|[013457@$](?=[a-z])")
_LEET_LETTERS = str.maketrans("013457@$", "oieastas")
_CODED = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{32,}={0,2}")
_LINE = re.compile(r"[^\n]+")
_PARAGRAPH = re.compile(r"[^\n]+(?:\n[^\n]+)*")
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
    """Where orders begin and their lines end; one that takes several lines is its paragraph, or the whole text."""
    if not _orders(text):
        return
    for piece in (_LINE, _PARAGRAPH):
        pieces = [found.span() for found in piece.finditer(text)]
        if ordering := [place for place in pieces if _orders(text[slice(*place)])]:
            yield from ordering
            return
    yield 0, len(text)


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
