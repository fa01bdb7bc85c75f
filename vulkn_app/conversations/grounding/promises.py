"""What a business may give and nobody has allowed: room on a day, a discount, a refund, a way to pay.

Such a sentence is said only if some source that promises speaks of the same kind of thing; its figures are judged
apart. The words are narrow: a promise that is not seen here is no worse than before, a true one refused is."""

import re
from typing import NamedTuple

from vulkn_app.conversations.grounding import clauses
from vulkn_app.conversations.grounding.evidence import Evidence, SourceKind
from vulkn_app.conversations.grounding.words import fold, word_set

_DAY = (
    r"(?:hoy|(?<!la )(?<!de )manana|esta (?:tarde|noche|manana|semana)|este (?:fin|lunes|martes|miercoles|jueves|viernes|sabado|domingo)|"
    r"el (?:lunes|martes|miercoles|jueves|viernes|sabado|domingo|\d{1,2})|a las? \w+|today|tonight|tomorrow|"
    r"(?:on|this|next) (?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|weekend|week)|at \d{1,2})"
)
_ROOM = (
    r"(?:(?:tenemos|tengo|hay|queda|quedan|contamos con|cuento con)\b(?: \w+){0,3}? "
    r"(?:lugar(?:es)?|espacios?|huecos?|cupos?|disponibilidad|turnos?|(?:horarios?|citas?) (?:libres?|disponibles?))|"
    r"(?:esta|queda) (?:libre|disponible)|te (?:atendemos|vemos|recibimos)|"
    r"(?:we have|we've got|i have|i've got|there's|there is|there are)(?: \w+){0,3}? "
    r"(?:spots?|slots?|space|room|openings?|availability)|is (?:free|available|open)|"
    r"we can (?:see|fit|squeeze|take) you)"
)
_TODAY = re.compile(r"\b(?:hoy|today|tonight|esta tarde|esta noche|mismo dia|same day)\b")
_GIVE = r"(?:(?:te|le|les) (?:puedo |podemos |voy a |vamos a )?"
_LESS = r"(?:descuento|rebaja|rebajita|precio especial|mejor precio|descuentito|discount|special price|better price|deal)"


class Promise(NamedTuple):
    """`made` in an answer, and a source's words that allow it; both folded. `heard`: what allows it in a tool's
    result or in an earlier answer; `today`: what allows it for today."""

    name: str
    made: re.Pattern[str]
    ground: re.Pattern[str]
    heard: re.Pattern[str] | None = None
    today: re.Pattern[str] | None = None


_PROMISES = (
    Promise(
        "availability",
        re.compile(rf"\b{_ROOM}\b.*\b{_DAY}\b|\b{_DAY}\b.*\b{_ROOM}\b"),
        re.compile(r"\b(?:sin (?:previa )?cita|walk-?ins?|orden de llegada|first come)\b"),
        re.compile(r"\d{1,2}(?::\d\d| ?[ap]\.? ?m\b)"),
        re.compile(r"\b(?:mismo dia|same day)\b"),
    ),
    Promise(
        "discount",
        re.compile(
            rf"\b{_GIVE}(?:hago|hacemos|doy|damos|aplico|aplicamos|ofrezco|ofrecemos|consigo|hacer|dar|aplicar|ofrecer)(?: \w+){{0,3}}? {_LESS}\b)"
            rf"|\b(?:i|we)(?:'ll| will| can| could)? (?:give|offer|get|do) you (?:an? |some |our )?(?:\w+ )?{_LESS}\b"
            r"|\bte (?:descuento|rebajo|bajo|quito|descontamos|rebajamos) (?:un |unos )?[$\d]"
            r"|\b(?:te|le|se) (?:lo|la|los|las) (?:dejo|dejamos|damos|doy) (?:mas barat[oa]s?|a (?:la )?mitad|en menos|con descuento)\b"
            r"|\bte (?:lo |la |los |las )?(?:regalo|regalamos)\b|\b(?:paga|pagas|compra|compras|lleva|llevas) un[oa],? y (?:te )?(?:llevas?|llevate|pagas?|regalamos)\b"
            r"|\bbuy one,? get one\b|\b(?:un tercio|una cuarta parte|la mitad|a third|a quarter) (?:de descuento|menos|off)\b"
        ),
        re.compile(
            r"descuent|rebaj|promo|oferta|2x1|2 x 1|regal|cortes|cupon|discount|% off|\boff\b|\bdeals?\b|special|coupon|gratis|free"
        ),
    ),
    Promise(
        "refund",
        re.compile(
            r"\b(?:te|le|les) (?:devolvemos|regresamos|reembolsamos|devuelvo|reembolso|regreso)\b.*\b(?:dinero|pago|anticipo|todo|deposito)\b"
            r"|\b(?:reembolso|devolucion) (?:completo|completa|total)\b|\b(?:full refunds?|money back|we(?:'ll| will)? refund)\b"
        ),
        re.compile(
            r"devol|devuel|reembols|refund|money.back|regresa\w* (?:el|tu|su) (?:dinero|pago|anticipo)"
        ),
    ),
    Promise(
        "lifetime",
        re.compile(
            r"\b(?:garantia|garantizad\w+|warranty|guarantee\w*)\b.*\b(?:de por vida|vitalici\w+|lifetime)\b|\blifetime (?:warranty|guarantee)\b"
        ),
        re.compile(r"por vida|vitalici|lifetime"),
    ),
)
_HEARD: frozenset[SourceKind] = frozenset(("tool", "said"))
# A way to pay must stand somewhere by its own name.
_PAYING = re.compile(
    r"\b(?:aceptamos|acepta|recibimos|puedes pagar|pagas|pagar con|pago con|pagos con|we accept|we take|you can pay|pay with|paying with)\b"
)
_MEANS = re.compile(
    r"\b(?:paypal|bitcoin|cripto\w*|crypto\w*|amex|american express|apple pay|google pay|oxxo|mercado pago|zelle|venmo|cash ?app|"
    r"nequi|daviplata|pix|yape|plin|kueski|aplazo|visa|mastercard|cheques?|checks|vales? de despensa)\b"
)
_SAME_MEANS = {"amex": "american express", "american express": "amex", "check": "cheque", "checks": "cheque"}
_YES = re.compile(r"^\W*(?:s[ií]|claro|por supuesto|yes|sure)\b[\s,.!:]*")
_CONDITION = re.compile(
    r"\b(?:si|cuando|una vez|en cuanto|para saber|para ver|reviso|revisamos|revisar|reviso si|checo|verific\w+|consult\w+|if|when|once|"
    r"whether|let me check|check|see if|depend\w*)\b"
)
_NOT = re.compile(r"\b(?:no|ni|nunca|tampoco|sin|not|never|cannot|neither|without|unable)\b(?!\s*,)|n't\b")
# Every promise holds one of these words; a sentence is read to its end before they are shown.
PROMISE_WORD = re.compile(
    r"lugar(?:es)?|espacios?|huecos?|cupos?|disponib\w+|turnos?|libres?|atendemos|vemos|recibimos|spots?|slots?|openings?|"
    r"availab\w+|squeeze|descuent\w*|rebaj\w*|regal(?:o|amos)|mitad|barat[oa]s?|llevas?|llevate|tercio|discount|deal|"
    r"devolvemos|regresamos|reembols\w+|devolucion|refunds?|vida|lifetime|aceptamos|paypal|bitcoin|crypto\w*|zelle|amex|oxxo"
)
PROMISES = word_set(
    "lug espac hueco cupo disponib turn libre atend vemos recibi spot slot opening availab squeez descuent rebaj regal "
    "mitad barat llev terci discount deal devol regres reembols refund vida lifetim acept paypal bitcoin crypto zelle amex oxxo"
)


def unfounded(sentence: str, evidence: Evidence) -> str:
    """The kind of thing that a sentence promises and no source speaks of; "" for nothing."""
    if "?" in sentence:
        return ""
    said = _YES.sub("", fold(sentence))
    if _NOT.search(clauses.NO_DENIAL.sub(" ", said)) or _CONDITION.search(said):
        return ""
    for promise in _PROMISES:
        if promise.made.search(said) and not _allowed(promise, said, evidence):
            return promise.name
    if _PAYING.search(said):
        return next((means for means in _MEANS.findall(said) if not _taken(means, evidence)), "")
    return ""


def _allowed(promise: Promise, said: str, evidence: Evidence) -> bool:
    if promise.today and _TODAY.search(said) and evidence.speaks_of(promise.today):
        return True
    if promise.heard and evidence.speaks_of(promise.heard, kinds=_HEARD):
        return True
    return evidence.speaks_of(promise.ground)


def _taken(means: str, evidence: Evidence) -> bool:
    words = "|".join(re.escape(word) for word in {means, _SAME_MEANS.get(means, means)})
    return evidence.speaks_of(re.compile(rf"\b(?:{words})"))
