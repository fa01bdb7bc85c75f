"""Who wants no messages that they did not ask for. One word says so, all by itself; what they ask is still answered.

An exact message counts and nothing else: "dame de baja la cita de mañana" is about an appointment (FIELD 4.4). The
words are those of SMS and of WhatsApp's own advice, in the three languages in which people write to us; "cancelar"
alone is not among them, because a reminder asks for it."""

from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from psycopg.types.json import Jsonb

from vulkn_app import live
from vulkn_app.channels.whatsapp.events import Happened
from vulkn_app.channels.whatsapp.people import Person
from vulkn_app.db import AgentKey, engine_call
from vulkn_app.llm.smalltalk import plain

OPT = "select app.opt(%s, %s, %s, %s, %s, %s)"
SILENTLY = "select app.opt_silently(%s, %s, %s, %s, %s)"
Spoken = Literal["es", "en", "pt"]

OUT: dict[Spoken, tuple[str, ...]] = {
    "es": (
        "baja", "dar de baja", "darme de baja", "dame de baja", "quiero darme de baja", "alto", "cancelar suscripcion",
        "cancelar mi suscripcion", "desuscribir", "desuscribirme", "no mas mensajes", "no quiero mas mensajes",
        "ya no quiero mensajes", "no me escriban", "no me escriban mas", "ya no me escriban", "dejen de escribirme",
    ),
    "en": (
        "stop", "stop all", "stopall", "unsubscribe", "unsubscribe me", "opt out", "optout", "cancel subscription",
        "no more messages", "stop messages", "stop messaging me", "remove me",
    ),
    "pt": (
        "parar", "pare", "sair", "descadastrar", "descadastrar me", "cancelar inscricao", "cancelar assinatura",
        "nao quero mais mensagens", "chega de mensagens",
    ),
}  # fmt: skip
BACK: dict[Spoken, tuple[str, ...]] = {
    "es": ("alta", "darme de alta", "dar de alta", "volver", "suscribirme", "quiero recibir mensajes"),
    "en": ("start", "unstop", "subscribe", "opt in", "optin", "resume"),
    "pt": ("voltar", "comecar", "inscrever", "quero receber mensagens"),
}
# Everybody's words: answered in the language of the conversation, where it has one.
ANYBODYS = {"stop", "start"}
WORDS: dict[Spoken, tuple[str, str]] = {
    "es": (
        (
            "Listo: ya no te enviaremos mensajes que no hayas pedido. Si nos escribes, con gusto te contestamos."
            " Para volver a recibirlos, escribe ALTA."
        ),
        "¡Gracias! Volverás a recibir nuestros avisos. Si cambias de opinión, escribe BAJA.",
    ),
    "en": (
        (
            "Done: we will not send you messages that you did not ask for. If you write to us, we will gladly answer."
            " To receive them again, reply START."
        ),
        "Thank you! You will receive our messages again. If you change your mind, reply STOP.",
    ),
    "pt": (
        (
            "Pronto: não enviaremos mais mensagens que você não pediu. Se escrever para a gente, respondemos com prazer."
            " Para voltar a receber, escreva VOLTAR."
        ),
        "Obrigado! Você voltará a receber nossas mensagens. Se mudar de ideia, escreva PARAR.",
    ),
}


@dataclass(frozen=True)
class Wish:
    """To leave, or to come back; `anybodys`: the word belongs to no language in particular."""

    out: bool
    language: Spoken
    anybodys: bool = False


_WISHES: dict[str, Wish] = {
    word: Wish(out, language, word in ANYBODYS)
    for out, lists in ((True, OUT), (False, BACK))
    for language, words in lists.items()
    for word in words
}


def wish(text: str) -> Wish | None:
    """What an exact message says; case, accents, punctuation, emoji and space around it do not matter."""
    return _WISHES.get(plain(text)) if len(text) <= 80 else None


def leaves(happened: Happened) -> bool:
    """Whether a message says nothing but that."""
    wanted = wish(_text(happened.item))
    return wanted is not None and wanted.out


async def heard(happened: Happened, person: Person) -> bool:
    """Before a text is routed to the agent. True: it was such a word, it is stored, and no turn begins. Somebody who
    never left and writes "alta" is heard by the agent. Safe to repeat."""
    text = _text(happened.item)
    wanted = wish(text)
    if wanted is None:
        return False
    said = {"id": str(happened.item.get("id") or happened.id), "text": text, "at": happened.at.isoformat()}
    words = {language: pair[0 if wanted.out else 1] for language, pair in WORDS.items()}
    asked = (wanted.language, wanted.anybodys)
    became = await engine_call(
        OPT,
        (happened.agent.org_id, person.conversation_id, wanted.out, Jsonb(said), Jsonb(words), Jsonb(asked)),
    )
    if became == "not":
        return False
    live.publish(live.Ring(happened.agent.org_id, "message", person.conversation_id))
    return True


async def silently(agent: AgentKey, contact_id: UUID, *, out: bool, wording: str) -> bool:
    """WhatsApp says so itself: its own switch, or error 131050. Whether it was news; nobody is answered."""
    return bool(await engine_call(SILENTLY, (agent.org_id, contact_id, out, wording[:200], "es")))


def _text(item: dict[str, Any]) -> str:
    """Of a text, or of a tapped button of a template."""
    for kind, name in (("text", "body"), ("button", "text")):
        part = item.get(kind)
        if item.get("type") == kind and isinstance(part, dict):
            return str(part.get(name) or "").strip()
    return ""
