"""What a customer wants besides an answer: a person, a call back, to complain, help at once.

Read without a model, so the lists are narrow: a hand-over by mistake leaves a customer without an answer."""

import re
from collections.abc import Iterable
from functools import lru_cache

from vulkn_app.llm.smalltalk import plain

_SOMEBODY = (
    r"(?:(?:un|una|el|la|algun|alguna|otra|otro|su|tu|sus|mi|el o la|al|del) )?"
    r"(?:persona(?: real| humana| de verdad)?|human[oa]|ser humano|alguien|asesora?|agente|ejecutiv[oa]|operador[a]?|"
    r"encargad[oa]|gerente|duen[oa]|jef[ea]|supervisora?|representante|responsable|recepcionista)"
)
_SOMEONE = (
    r"(?:(?:a|an|the|your|some|another) )?(?:(?:real|live|actual|human) )?"
    r"(?:person|human(?: being)?|someone|somebody|agent|representative|rep|operator|manager|supervisor|owner|advisor|"
    r"receptionist|staff member)"
)
_PERSON = re.compile(
    # "hablar con una persona", "que me atienda alguien", "me comunicas con un asesor"
    rf"\b(?:hablar|platicar|conversar|chatear|charlar|comunicarme|comunicarnos|contactarme|tratar) (?:(?:directamente|mejor|ya) )?con {_SOMEBODY}\b"
    rf"|\b(?:comunicas?|comunican|comunicame|comuniqueme|comuniquenme|comunicarme|conectame|conectar|pasame|paseme|pasenme|transfiereme|transfieranme|"
    rf"transferirme|pasarme|enlazame|me (?:pasas?|pasan|(?:puede|podria)[sn]? (?:pasar|comunicar|transferir|enlazar|conectar))) (?:con|a) {_SOMEBODY}\b"
    rf"|\bque (?:me|nos) (?:atienda|conteste|responda|ayude|llame|hable|escriba) {_SOMEBODY}\b"
    rf"|\b(?:me|nos) (?:puede|podria) (?:atender|contestar|responder|ayudar) {_SOMEBODY}\b"
    rf"|\b(?:quiero|necesito|prefiero|quisiera|ponme|pon|dame|exijo)(?: hablar con| a| con)? (?:un |una |otra |otro )?"
    r"(?:(?:persona|asesora?|agente|operadora?) (?:real|humana?|de verdad)|human[oa]|ser humano)\b"
    r"|\b(?:no quiero|dejame de|no me gusta) (?:hablar|chatear|seguir hablando|seguir) con (?:un |una |este |esta )?(?:ro)?bot\b"
    r"|^(?:con )?(?:un |una )?(?:humano|persona real|persona de verdad|asesor humano|agente humano|asesor|agente|operador|representante)"
    r"(?: por favor| porfa| porfavor)?$"
    rf"|\b(?:talk|talking|speak|speaking|chat) (?:directly )?(?:to|with) {_SOMEONE}\b"
    rf"|\b(?:connect|transfer|put|switch|pass) me (?:through |over )?(?:to|with|on to) {_SOMEONE}\b"
    r"|\b(?:i want|i need|i d like|id like|give me|get me|i prefer|let me (?:talk|speak) to) (?:a |an |another )?"
    r"(?:real person|live (?:person|agent)|actual person|human(?: being| agent)?)\b"
    r"|\b(?:dont|do not) want to (?:talk|speak|chat) (?:to|with) (?:a |an |this )?(?:ro)?bot\b"
    r"|^(?:a )?(?:human|real person|live agent|human agent|agent|representative|operator)(?: please| pls)?$"
)
# Said about it, not asked for: "no necesito hablar con...", "ya hablé", "¿a qué hora puedo hablar con...?"
_NOT_ASKED = re.compile(
    r"\b(?:no (?:quiero|necesito|hace falta|es necesario|quisiera|hay que)|sin(?: tener que)?|en vez de|"
    r"a que hora|que dias?|cuando|en que horario|"
    r"(?:dont|do not) (?:want|need|have)|without|instead of|rather than|what time|when|no need|am i|are we|was i|i was)"
    r"(?: \w+){0,4} (?:hablar|platicar|comunicar\w*|talk|speak|talking|speaking|hablando)\b"
)
_ROBOT = re.compile(r"\b(?:ro)?bots?\b")

_CONTACTED = re.compile(
    r"(?<!no )\b(?:llamenme|marquenme|contactenme|comuniquense|hablenme por telefono|marcame|llamame|contactame|"
    r"que (?:me|nos) (?:llamen|marquen|contacten|busquen|llame|marque|contacte)|"
    r"(?:me|nos) (?:pueden?|podrian?|puedes|podrias) (?:llamar|marcar|contactar)|"
    r"(?:pueden?|podrian?|puedes|podrias) (?:llamarme|marcarme|contactarme|llamarnos|contactarnos)|"
    r"devolverme la llamada|regresarme la llamada|regresenme la llamada)\b"
    r"|(?<!not )(?<!dont )\b(?:call me(?= back\b| please\b| at\b| on\b| tomorrow\b| later\b| today\b| when\b|$)|contact me|"
    r"(?:have|get) (?:someone|somebody) (?:to )?(?:call|contact)|(?:can|could) (?:someone|somebody|you) (?:call|contact) (?:me|us)|"
    r"give me a call|i d like a call|request a call ?back|get in touch with me)\b"
)

_COMPLAINT = re.compile(
    r"\b(?:(?:quiero|quisiera|necesito|vengo a|voy a) (?:\w+ )?(?:poner|presentar|levantar|hacer|dejar|meter)?(?: una| mi| un)? ?"
    r"(?:queja|reclamo|reclamacion|denuncia)|quiero (?:quejarme|reclamar)|libro de reclamaciones|"
    r"(?:pesim[oa]|horrible|terrible|malisim[oa]|asqueros[oa]|que mal[oa]?|muy mal[oa]?) (?:servicio|atencion|experiencia|trato)|"
    r"(?:servicio|atencion|experiencia|trato) (?:\w+ ){0,2}(?:pesim[oa]|horrible|malisim[oa]|asqueros[oa]|de lo peor)|"
    r"(?<!no )estoy (?:muy |super |bien |tan |realmente )?(?:molest[oa]|enojad[oa]|furios[oa]|indignad[oa]|encabronad[oa]|harto|harta|decepcionad[oa])|"
    r"(?:me|nos) (?:estafaron|robaron (?:el|mi|nuestro) dinero|timaron|vieron la cara|quieren ver la cara)|"
    r"son (?:un[oa]s )?(?:rater[oa]s|ladron(?:es|as)|estafador(?:es|as)|un fraude|una estafa)|"
    r"(?:los|les|l[oa]s) voy a demandar|voy a demandarl[oae]s|voy a (?:ir a|acudir a|denunciarlos (?:a|en)) (?:la )?profeco|"
    r"exijo (?:mi|un|el|que|una)|(?:devuelvan|regresen|devuelva|regrese)(?:me|nme|n)? (?:mi|el) dinero|"
    r"quiero (?:mi dinero de vuelta|que me (?:devuelvan|regresen))|es (?:inaceptable|una falta de respeto|una burla|el colmo)|"
    r"nadie me (?:contesta|responde|atiende|resuelve|hace caso)|llevo \w+ (?:\w+ )?(?:horas|dias|semanas|meses) esperando)\b"
    r"|\b(?:(?:want|like|need|going) to (?:complain|(?:file|make|lodge) a complaint)|"
    r"(?:terrible|awful|horrible|worst|poor|bad|appalling) (?:customer )?(?:service|experience|treatment)|"
    r"(?<!not )(?:i am|im|i m) (?:so |very |really |extremely |quite )?(?:angry|upset|furious|pissed(?: off)?|outraged|fed up|disappointed)|"
    r"(?:this is|its|it is|that is|thats) (?:a (?:scam|rip ?off|joke)|unacceptable|ridiculous|outrageous)|you (?:people )?(?:are )?(?:scammers|thieves|crooks)|"
    r"(?:you |i was |i got |they )(?:scammed|ripped)(?: me| off)|(?:ill|i will|im going to|i m going to) (?:sue|report) you|"
    r"(?:want|give me|demand) my (?:full )?(?:refund|money back)|demand a (?:full )?refund|nobody (?:is )?(?:answers?|answering|replies|helps|helping)(?: me)?|"
    r"been waiting (?:for )?\w+ (?:hours|days|weeks|months))\b"
)

# Before an emergency's words: told as a case, or denied.
_ONLY_A_CASE = re.compile(
    r"\b(?:no|si|cuando|caso de|caso de que|para|por si|cubren|atienden|not|isnt|if|when|in case of|in case|whether)"
    r"(?: (?:que|es|hay|tengo|fuera|un|una|a|an|i have|its|there is|is))*$"
)


def wants_a_person(words: str) -> bool:
    said = plain(words)
    found = _PERSON.search(said)
    if not found:
        return False
    return bool(_ROBOT.search(found.group())) or not _NOT_ASKED.search(said[: found.end()])


def wants_to_be_contacted(words: str) -> bool:
    return bool(_CONTACTED.search(plain(words)))


def complains(words: str) -> bool:
    return bool(_COMPLAINT.search(plain(words)))


def is_emergency(words: str, phrases: Iterable[str]) -> bool:
    """Whether one of the owner's phrases is said, word for word, and not as a mere case ("¿qué hago si...?")."""
    said = plain(words)
    listed = _listed(tuple(phrases))
    return any(not _ONLY_A_CASE.search(said[: found.start()].rstrip()) for found in listed.finditer(said))


@lru_cache(maxsize=500)
def _listed(phrases: tuple[str, ...]) -> re.Pattern[str]:
    known = sorted({plain(phrase) for phrase in phrases} - {""}, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, known))})\b" if known else r"(?!)")
