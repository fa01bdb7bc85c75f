"""The whole booking dialogue without a model: which tool the customer's words call, given what was asked last."""

import re
from typing import Any
from zoneinfo import ZoneInfo

from vulkn_app.booking import bookings
from vulkn_app.llm import smalltalk
from vulkn_app.llm.smalltalk import plain
from vulkn_app.skills import consent
from vulkn_app.skills.base import Turn
from vulkn_app.skills.booking_flow import Flow, Offer, asker, recall
from vulkn_app.skills.intent import Intent, intent
from vulkn_app.skills.when import understand

Call = tuple[str, dict[str, Any]]

_LEAVES = re.compile(
    r"\b(olvidalo|olvidelo|olvida eso|dejalo|dejelo|dejemoslo|ya no (quiero|gracias)|mejor no|no importa|nada gracias|"
    r"no gracias|luego (lo )?veo|never ?mind|forget (it|about it)|leave it|no thanks?|not any ?more|maybe later)\b"
)
_OTHERS = re.compile(
    r"\b(otr[oa]s?( horarios?| horas?| opciones| opcion| dias?)?|ningun[oa]?|mas (tarde|temprano|horarios|opciones)|"
    r"no me (queda|sirve|acomoda)n?|hay mas|(any )?others?|none|another|different|later|earlier|more (times|options)|"
    r"else|don ?t work|doesn ?t work|won ?t work)\b"
)
_ORDINALS = (
    r"primer[oa]?|1r?[oa]|first|1st", r"segund[oa]|2d?[oa]|second|2nd", r"tercer[oa]?|3r?[oa]|third|3rd",
    r"cuart[oa]|fourth|4th", r"quint[oa]|fifth|5th", r"sext[oa]|sixth|6th",
)  # fmt: skip
_A_MOMENT = re.compile(r"\b(un|dame un|a|one|just a) (segund\w+|second)\b")
_LAST = re.compile(r"\b(la|el|the) (ultim[oa]|last)( one)?\b")
_NUMBER = re.compile(
    r"^(?:(?:si|yes|ok|la|el|the|opcion|numero|num|number|option|quiero|prefiero|mejor|i want|i ll take|"
    r"please|por favor|porfa|dame|me quedo con) )*([1-9])(?: (?:por favor|porfa|please|gracias|thanks|esta bien))*$"
)
_BARE_CANCEL = re.compile(
    r"^((quiero|quisiera|me gustaria|necesito|i want to|i need to|please|por favor) )*"
    r"(cancel(ar|o|a|ala|en|ada|arla)?|no (puedo|podre|voy a poder) (ir|asistir|llegar)|(i )?(can ?t|cannot) (make it|come|go))"
    r"( it| la cita| mi cita| por favor| porfa| please| gracias)*$"
)
_BARE_CHANGE = re.compile(
    r"^((quiero|quisiera|me gustaria|necesito|i want to|i need to|please|por favor) )*"
    r"(cambi(ar|o|arla|ala|o de hora)|mover(la)?|reagendar(la)?|reprogramar(la)?|change|move|reschedule)"
    r"( it| la cita| mi cita| por favor| porfa| please)*$"
)
_MINE = re.compile(r"\b(mis?|tengo|tenia|teniamos|quede|quedo|me toca|my|i have|do i|did i|have i|am i)\b")
_CONFIRMS = re.compile(r"^(si |yes |hola |hi |i )*confirm(o|amos|ing|ed)?\b")
# Questions about appointments that knowledge answers: what to bring, what it costs.
_ABOUT = re.compile(
    r"\b(llevar|traer|cuest\w+|precio|politica\w*|requisito\w*|bring|wear|costs?|price|policy|prepare|preparar\w*)\b"
)
_CODE = re.compile(r"\b(?=[A-Z2-9]*\d)(?=[A-Z2-9]*[A-Z])[A-Z2-9]{6}\b")
_NO_NAME = smalltalk.word_set(
    "si no ok okay yes yeah que cual cuando donde como quien cuanto quiero necesito tengo hay para por favor gracias hola "
    "what when where which who how much want need have there the thanks hello hi please cita horario mañana manana hoy "
    "today tomorrow espera wait momento aun todavia not yet se know idk sure claro vale un una la el las los a an one otro otra "
    "primera primero segunda segundo tercera tercero ultima ultimo first second third last esa ese that this mejor"
)
_INTRODUCED = re.compile(
    r"^\W*(?:(?:si|sí|yes|ok)\b[\s,.]*)?(?:a nombre de|al nombre de|soy|me llamo|mi nombre es|es para|under|my name is|i am|i'm|this is|it's|for)\s+",
    re.IGNORECASE,
)
_CONTACT_WORDS = re.compile(
    r"\b(?:(?:y )?(?:mi|el|my|and my) )?(?:tel[eé]fono|n[uú]mero|cel(?:ular)?|correo|e-?mail|phone(?: number)?|number|whatsapp)"
    r"(?: es| is)?\b[:\s]*",
    re.IGNORECASE,
)


async def rehearse(turn: Turn) -> Call | None:
    """None for what is not about an appointment: knowledge answers that, and the open question stays open."""
    flow = await recall(turn)
    said = plain(turn.words)
    if flow.step and _LEAVES.search(said):
        return "stop_booking", {}
    if flow.step and (call := _continued(turn, flow, said)):
        return call
    if call := await _after_a_reminder(turn, said):
        return call
    return _begun(turn, said)


def _continued(turn: Turn, flow: Flow, said: str) -> Call | None:
    """The answer to what was asked last, if these words are one."""
    if flow.step in ("offer", "name", "phone") and (picked := _picked(turn, flow, said)):
        return _take(flow, picked.token, turn)
    match flow.step:
        case "offer":
            return _another(turn, flow, said)
        case "service":
            return _service_named(turn, flow, said)
        case "when":
            return ("find_slots", _finding(flow, turn.words)) if _names_a_moment(turn) else None
        case "name" | "phone":
            return _introduced(turn, flow)
        case "which":
            return _which(turn, flow, said)
        case "sure":
            return _sure(turn, flow)
    return None


def _take(flow: Flow, token: str, turn: Turn) -> Call:
    if flow.purpose == "move":
        return "reschedule", {"code": flow.code, "slot_token": token}
    return "book", {"slot_token": token, **_details(turn.words, named_only=True)}


def _another(turn: Turn, flow: Flow, said: str) -> Call | None:
    """Another day or hour than those offered; a question about something else is none of ours."""
    if _changes_the_subject(turn.words, Intent.RESCHEDULE):
        return None
    if not flow.offered(turn.now) and (_number(said) or _ordinal(said, 1) or consent.answer_in(turn.words)):
        return "find_slots", _finding(flow, "")  # those have lapsed: the same again
    if smalltalk.agrees(turn.words):
        return "find_slots", _finding(flow, "")  # a yes to several: which one?
    moment = _names_a_moment(turn)
    if moment or (_OTHERS.search(said) and not _asks_else(turn.words, said)):
        return "find_slots", _finding(flow, turn.words if moment else "") | {"others": not moment}
    return None


def _service_named(turn: Turn, flow: Flow, said: str) -> Call | None:
    if _asks_else(turn.words, said) or smalltalk.kind_of(turn.words) or _changes_the_subject(turn.words):
        return None
    number = _number(said)
    return "find_slots", {"service": f"#{number}" if number else turn.words, "when": _moment(turn)}


def _introduced(turn: Turn, flow: Flow) -> Call | None:
    if _changes_the_subject(turn.words):
        return None
    given = _details(turn.words, named_only=flow.step != "name")
    if given:
        return "book", {"slot_token": flow.token, **given}
    if _names_a_moment(turn) and "?" not in turn.words:
        return "find_slots", _finding(flow, turn.words)
    return None


def _which(turn: Turn, flow: Flow, said: str) -> Call | None:
    number = _number(said) or _ordinal(said, len(flow.codes))
    code = _CODE.search(turn.words.upper())
    chosen = code.group() if code else flow.codes[number - 1] if number and number <= len(flow.codes) else ""
    if not chosen:
        return None
    if flow.purpose == "cancel":
        return "cancel", {"code": chosen}
    return "reschedule", {"code": chosen, "when": flow.when}


def _sure(turn: Turn, flow: Flow) -> Call | None:
    answer = True if _BARE_CANCEL.match(plain(turn.words)) else consent.answer_in(turn.words)
    if answer is None:
        return None
    return ("cancel", {"code": flow.code, "sure": True}) if answer else ("stop_booking", {})


async def _after_a_reminder(turn: Turn, said: str) -> Call | None:
    """ "Cancelar" and "cambiar" alone, to a reminder, are about that appointment."""
    cancels, changes = _BARE_CANCEL.match(said), _BARE_CHANGE.match(said)
    if not cancels and not changes:
        return None
    booking = await bookings.reminded(asker(turn), turn.now)
    if booking is None:
        return ("cancel", {}) if cancels else ("reschedule", {})
    return (
        ("cancel", {"code": booking.code, "sure": True})
        if cancels
        else ("reschedule", {"code": booking.code})
    )


def _begun(turn: Turn, said: str) -> Call | None:
    code = _CODE.search(turn.words)
    match intent(turn.words):
        case Intent.BOOK:
            return "find_slots", {"service": turn.words, "when": _moment(turn)}
        case Intent.CANCEL:
            return "cancel", {"code": code.group()} if code else {}
        case Intent.RESCHEDULE:
            return "reschedule", {"when": _moment(turn)} | ({"code": code.group()} if code else {})
        case Intent.QUERY_BOOKING if _CONFIRMS.search(said):
            return None  # an answer to a reminder
        case Intent.QUERY_BOOKING if _MINE.search(said) and not _ABOUT.search(said):
            return "my_bookings", {}
        case Intent.QUERY_BOOKING if (
            _names_a_moment(turn) and "?" not in turn.words and not _ABOUT.search(said)
        ):
            return "find_slots", {
                "service": turn.words,
                "when": _moment(turn),
            }  # "una cita de limpieza, mañana"
    return None


def _changes_the_subject(words: str, *also: Intent) -> bool:
    """From what was asked last to another wish about appointments."""
    meant = intent(words)
    if meant is Intent.QUERY_BOOKING:
        return bool(_MINE.search(plain(words)))
    return meant is Intent.CANCEL or (meant is Intent.RESCHEDULE and meant not in also)


def _picked(turn: Turn, flow: Flow, said: str) -> Offer | None:
    """By number, by "la primera", or by a moment that fits one of the offered ones alone."""
    offers = flow.offered(turn.now)
    if not offers:
        return None
    number = _number(said) or _ordinal(said, len(offers))
    if number:
        return offers[number - 1] if number <= len(offers) else None
    if flow.step != "offer":  # an hour there is no pick, but may be a new wish
        return None
    fitting = _fitting(turn, offers)
    if len(fitting) == 1 and "?" not in turn.words.rstrip("? "):
        return fitting[0]
    if len(offers) == 1 and consent.answer_in(turn.words):
        return offers[0]
    return None


def _fitting(turn: Turn, offers: tuple[Offer, ...]) -> list[Offer]:
    """The offers at the hour, on the day, that the words name."""
    zone = ZoneInfo(turn.timezone)
    local = {offer: offer.starts.astimezone(zone) for offer in offers}
    first = min(local.values()).time(), max(local.values()).time()
    heard = understand(
        turn.words, now=turn.now, timezone=turn.timezone, language=turn.language, asked="time", opening=first
    )
    hours = {heard.time, *heard.other_times} - {None}
    if not hours or heard.refused:
        return []
    found = [offer for offer in offers if local[offer].time() in hours]
    return [offer for offer in found if heard.date in (None, local[offer].date())]


def _number(said: str) -> int:
    found = _NUMBER.match(said)
    return int(found.group(1)) if found else 0


def _ordinal(said: str, count: int) -> int:
    if _A_MOMENT.search(said):
        return 0
    if _LAST.search(said):
        return count
    for place, words in enumerate(_ORDINALS, 1):
        if re.search(rf"\b(?:la|el|the|las|los)? ?(?:{words})\b", said) and len(said.split()) <= 8:
            return place
    return 0


def _finding(flow: Flow, when: str) -> dict[str, Any]:
    return {"when": when, "moving": flow.code if flow.purpose == "move" else ""}


def _moment(turn: Turn) -> str:
    return turn.words if _names_a_moment(turn) else ""


def _names_a_moment(turn: Turn) -> bool:
    return understand(turn.words, now=turn.now, timezone=turn.timezone, language=turn.language).named


def _asks_else(words: str, said: str) -> bool:
    """A question that is not about other times."""
    return "?" in words and not re.search(
        r"\b(horarios?|horas?|dias?|times?|slots?|citas?|others?|otr[oa]s?)\b", said
    )


def _details(words: str, *, named_only: bool) -> dict[str, str]:
    """Name, phone and e-mail as the customer wrote them; `named_only`: a bare word is no name here."""
    found = smalltalk.contact_in(words)
    given = {}
    if found.address:
        given["email" if "@" in found.address else "phone"] = found.address
    if found.name:
        given["name"] = found.name
    elif not named_only and (name := _bare_name(words)):
        given["name"] = name
    return given


def _bare_name(words: str) -> str:
    """What is left of "a nombre de ana lópez, 55 1234 5678" without the address, if it reads like a name."""
    if "?" in words:
        return ""
    rest = _INTRODUCED.sub("", _CONTACT_WORDS.sub(" ", smalltalk.without_contact(words)))
    rest = " ".join(rest.strip(" .,;:!-\n").split())
    parts = plain(rest).split()
    if not 1 <= len(parts) <= 5 or any(not part.isalpha() or part in _NO_NAME for part in parts):
        return ""
    return rest if rest != rest.lower() else rest.title()
