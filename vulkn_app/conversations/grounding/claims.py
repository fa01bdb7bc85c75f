"""Sentences that say something was done: only a tool that did it this turn makes them true."""

import re

from vulkn_app.conversations.grounding.clauses import NO_DENIAL, sentences
from vulkn_app.llm.asks import Language

_DONE_ES = r"(?:agendad|reservad|confirmad|apartad|programad|registrad|anotad|separad)[oa]s?"
_VISIT_ES = r"(?:cita|reserva|reservaci[oó]n|visita|turno|lugar|mesa|consulta|valoraci[oó]n)"
_WHEN_ES = r"(?:el (?:lunes|martes|miércoles|jueves|viernes|sábado|domingo|día|próximo|\d{1,2})|mañana|hoy|pasado mañana|a las? \w+)\b"
_WHEN_EN = r"(?:on|at|for|tomorrow|today|tonight|this|next|mon|tues|wednes|thurs|fri|satur|sun)"
_BOOKED: dict[Language, re.Pattern[str]] = {
    "es": re.compile(
        rf"\b(?:qued[oó]|queda|quedas|quedaste|quedamos|quedaron|estás|has quedado|ha quedado|tienes|te tengo|ya (?:est[aá]|fue))\b"
        rf"(?:\s+[\wáéíóúñ]+){{0,4}}?\s+{_DONE_ES}\b"
        rf"|\b{_VISIT_ES}\b(?:\s+[\wáéíóúñ]+){{0,6}}?\s+(?:est[aá]|fue|ha sido)(?:\s+\w+){{0,2}}?\s+{_DONE_ES}\b"
        rf"|\b{_VISIT_ES}\s+(?:ya\s+)?{_DONE_ES}\b"
        r"|\b(?:ya|te|le|lo|la|los|las|he|hemos)\s+(?:(?:te|le|lo|la|los|las)\s+){0,2}"
        r"(?:agendé|reservé|aparté|programé|anoté|agendado|reservado|apartado|reagendé|reagendado)\b"
        r"|\b(?:te|le|lo|la) (?:apunté|puse|anoté)\b|\bse confirma (?:tu|su|la) \w+"
        rf"|^\W*(?:(?:listo|perfecto|excelente|claro|muy bien|hecho)\W+)?(?:agendad|reservad|apartad)[oa]s?\b"
        rf"|^\W*(?:(?:listo|perfecto|excelente|claro|muy bien|hecho)\W+)?confirmad[oa]s?\b\W*(?:$|para\b|tu\b|su\b|la cita)"
        rf"|\b(?:te|le) (?:anoto|apunto|agendo|reservo|aparto|pongo)\b(?:\s+[\w]+){{0,2}}?\s+(?:para (?:el|este|hoy|mañana|las?)\b|{_WHEN_ES})"
        rf"|\b(?:tienes|tiene|tenemos) (?:(?:una|tu|su) )?{_VISIT_ES}\b(?:\s+\w+){{0,3}}?\s+(?:para\s+)?{_WHEN_ES}"
        rf"|\b(?:tu|su) {_VISIT_ES} (?:ya )?(?:es|queda|será|quedó)\s+(?:para\s+)?{_WHEN_ES}"
        r"|\bacabo de (?:agend|reserv|apart|confirm)ar\w*"
        r"|\b(?:agendé|reservé|aparté|reagendé|programé|confirmé) (?:tu|su|la|el|una)\b"
        r"|\bya qued[oó]\b"
    ),
    "en": re.compile(
        r"\b(?:you(?:'re| are|'ve been| have been)|(?:appointment|booking|reservation|visit|slot|spot|table|it|that|"
        r"everything)(?:'s| is| has been| was))(?:\s+(?:now|all|officially|already|successfully|been))*\s+"
        r"(?:booked|confirmed|scheduled|reserved|rescheduled|set for|set up)\b"
        r"|\bi(?:'ve| have)?(?: just| already| now)? (?:booked|scheduled|reserved|rescheduled|confirmed)\b"
        r"|\bwe(?:'ve| have)(?: just| already| now)? (?:booked|scheduled|reserved|rescheduled|confirmed)\b"
        r"|\bwe (?:just |already )?(?:booked|scheduled|reserved) (?:you|your)\b"
        r"|\b(?:appointment|booking|reservation) (?:booked|confirmed|scheduled)\b"
        rf"|\b(?:you have|you've got|you got) (?:an? |your )?(?:appointment|booking|reservation|table)\b(?: \w+){{0,3}}? {_WHEN_EN}"
        rf"|\byour (?:appointment|booking|reservation|table) (?:is|will be) {_WHEN_EN}"
        r"|^\W*(?:(?:great|perfect|done|all right|ok)\W+)?(?:booked|reserved|scheduled)\b"
        r"|\bgot you (?:booked|scheduled)\b|\ball set for\b"
    ),
}
_SENT_ES = r"(?:correo|mail|email|mensaje|whatsapp|sms|link|enlace|liga|factura|recibo|confirmación|ubicación|archivo|recordatorio)"
_SENT_EN = r"(?:e-?mail|message|text|sms|link|invoice|receipt|confirmation|reminder|file)"
_PRONOUNS = r"(?:(?:te|le|les|lo|la|ya|se)\s+){0,3}"
_ACTIONS: dict[Language, dict[str, re.Pattern[str]]] = {
    "es": {
        "cancelled": re.compile(
            r"\b(?:cancelé|cancelamos|(?:he|hemos) cancelado|acabo de cancelar) (?:tu|su|la|el)\b"
            r"|\b(?:qued[oó]|queda|est[aá]|ha sido|fue)(?:\s+[\wáéíóúñ]+){0,3}?\s+cancelad[oa]s?\b"
            r"|\b(?:ya|te la|se la|la) cancelé\b|\bcancelada (?:tu|su|la) (?:cita|reserva)"
            r"|^\W*(?:(?:listo|perfecto|hecho)\W+)?cancelad[oa]s?\W*$"
        ),
        "moved": re.compile(
            r"\b(?:cambié|moví|reprogramé|reagendé|(?:he|hemos) (?:cambiado|movido|reprogramado)) (?:tu|su|la) (?:cita|reserva\w*)"
            r"|\b(?:qued[oó]|ha sido|fue)(?:\s+[\wáéíóúñ]+){0,3}?\s+(?:reprogramad|reagendad)[oa]s?\b"
        ),
        "sent": re.compile(
            rf"\b{_PRONOUNS}(?:envié|mandé|reenvié|(?:he|hemos) (?:enviado|mandado)|acabo de (?:enviar|mandar)\w*)"
            rf"(?:\s+[\wáéíóúñ]+){{0,3}}?\s+{_SENT_ES}\b"
            r"|\b(?:avisé|notifiqué) (?:a|al)\b|\b(?:he|hemos|acabo de) (?:avisado|notificado|avisar|notificar)(?:le|les)? (?:a|al)\b"
        ),
        "paid": re.compile(
            r"\b(?:procesé|realicé|cobré|(?:he|hemos) (?:procesado|cobrado|recibido)|recib[ií]|recibimos) (?:tu|su|el) (?:pago|depósito|anticipo|reembolso)"
            r"|^\W*(?:listo\W+)?reembolsad[oa]s?\b|\b(?:reembolsé|(?:he|hemos) reembolsado)\b|\bapliqué (?:tu|el|un) (?:descuento|cupón)"
        ),
    },
    "en": {
        "cancelled": re.compile(
            r"\b(?:i|we)(?:'ve| have)?(?: just| already)? cancell?ed (?:your|the|it)\b"
            r"|\b(?:appointment|booking|reservation|order|it)(?:'s| is| has been| was)(?: now| been)? cancell?ed\b"
        ),
        "moved": re.compile(
            r"\b(?:i|we)(?:'ve| have)?(?: just| already)? (?:moved|changed) your (?:appointment|booking)"
        ),
        "sent": re.compile(
            rf"\b(?:i|we)(?:'ve| have)?(?: just| already)? (?:sent|e-?mailed|texted|forwarded)(?: \w+){{0,4}}? (?:{_SENT_EN}|you)\b"
        ),
        "paid": re.compile(
            r"\b(?:i|we)(?:'ve| have)?(?: just| already)? (?:processed|charged|refunded|issued|applied|received)"
            r" (?:your|the|a) (?:payment|refund|card|deposit|discount|coupon|money)"
        ),
    },
}
# "Cuando pagues, queda agendada": said before, it holds for the rest of the sentence.
_CONDITION = re.compile(
    r"\b(?:cuando|una vez|hasta que|si|para que|en cuanto|tan pronto|al (?:recibir|pagar|confirmar|llegar|momento)|"
    r"once|when|if|until|as soon as|after|before|unless)\b"
)
_UNDONE = re.compile(
    r"\b(?:no|aún|todavía|puede[ns]?|puedo|podemos|podría\w*|quedar[ií]?a|quedará|será|would|will|can|could|may|not|"
    r"never|needs?|quieres|gustaría|debe|shall)\b(?!\s*,)|n't\b|'ll\b"
)
_ASSURED = re.compile(r"\b(?:can confirm|puedo confirmarte|puedo confirmarle|happy to confirm)\b")
_CLAUSE = re.compile(r"[,;:]\s|\b(?:y|and) (?=si\b|cuando\b|if\b|when\b)|\b(?:pero|but)\b")
# Every claim holds one of these words; a sentence is read to its end before they are shown.
CLAIM_WORD = re.compile(
    r"(?:re)?(?:agend|program|reserv|confirm|apart|registr|anot|separ)(?:ad[oa]s?|e)|quedo|acabo|"
    r"cancel(?:e|ad[oa]s?|amos)|(?:re)?envie|enviado|mande|mandado|cambie|cambiado|movi|movido|procese|procesado|"
    r"realice|realizado|cobre|cobrado|recibi|recibido|recibimos|reembols(?:e|ado)|aplique|booked|confirmed|scheduled|"
    r"reserved|rescheduled|cancell?ed|sent|emailed|mailed|texted|forwarded|moved|changed|processed|charged|refunded|"
    r"issued|applied|received|set|apunt(?:e|o)|puse|anoto|agendo|reservo|aparto|pongo|confirma|tienes|tiene|cita|reserva|"
    r"avise|avisado|avisar(?:le|les)?|notifi(?:que|cado|car)|appointment|booking|reservation"
)


def claims_booking(text: str, language: Language) -> bool:
    """Whether a text says that an appointment is made: no question, offer, wish or condition."""
    return _said(text, _BOOKED[language])


def claims_action(text: str, language: Language) -> list[str]:
    """What a text says was done: "sent", "cancelled", "moved", "paid"."""
    return [name for name, words in _ACTIONS[language].items() if _said(text, words)]


def _said(text: str, words: re.Pattern[str]) -> bool:
    return any(_asserts(sentence, words) for sentence in sentences(text.lower()) if "?" not in sentence)


def _asserts(sentence: str, words: re.Pattern[str]) -> bool:
    found = words.search(sentence)
    if not found:
        return False
    cuts = [match.span() for match in _CLAUSE.finditer(sentence)]
    begin = max((end for _, end in cuts if end <= found.start()), default=0)
    stop = min((start for start, _ in cuts if start >= found.end()), default=len(sentence))
    clause = _ASSURED.sub(" ", NO_DENIAL.sub(" ", sentence[begin:stop]))
    if _UNDONE.search(clause) or _CONDITION.search(clause):
        return False
    return not _CONDITION.search(sentence[:begin])
