"""The messages that a business may send when nobody wrote for a day: our own pack, in Spanish of Mexico and English.

Meta's rules for a template of the utility kind: about something the person did or asked for, nothing that sells;
a variable neither begins nor ends the text, none stands next to another, each has an example; 1024 characters of
body, 25 of a button (FIELD 1.3 and 4.3; tests keep it)."""

from dataclasses import dataclass
from typing import Any

from vulkn_app.i18n import Language

LOCALES: dict[Language, str] = {"es": "es_MX", "en": "en_US"}
CONFIRM, CHANGE, CANCEL = "confirm", "change", "cancel"
# What the engine hears when a button is tapped: the very words that a reminder asks for.
BUTTONS: dict[Language, dict[str, str]] = {
    "es": {CONFIRM: "Confirmar", CHANGE: "Cambiar", CANCEL: "Cancelar"},
    "en": {CONFIRM: "Confirm", CHANGE: "Change", CANCEL: "Cancel"},
}
EXAMPLES: dict[Language, dict[str, str]] = {
    "es": {
        "name": "Lucía",
        "business": "Clínica Sonrisa",
        "appointment": "Limpieza dental, martes 24 de noviembre a las 4:30 p.m. con Laura",
        "code": "K7MQ2X",
        "order": "A-1042",
        "subject": "la limpieza dental",
    },
    "en": {
        "name": "Lucía",
        "business": "Clínica Sonrisa",
        "appointment": "Dental cleaning, Tuesday, November 24 at 4:30 PM with Laura",
        "code": "K7MQ2X",
        "order": "A-1042",
        "subject": "the dental cleaning",
    },
}


@dataclass(frozen=True)
class Template:
    """One message of the pack. `values` in the order in which {{1}}, {{2}}... stand for them."""

    purpose: str
    values: tuple[str, ...]
    words: dict[Language, str]
    buttons: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Among the account's templates; another wording needs another number, because Meta keeps a name for a month."""
        return f"vulkn_{self.purpose}_1"

    def components(self, language: Language) -> list[dict[str, Any]]:
        """As Meta wants them when a template is made."""
        body = self.words[language]
        for number, value in enumerate(self.values, 1):
            body = body.replace("{" + value + "}", "{{" + str(number) + "}}")
        examples = [EXAMPLES[language][value] for value in self.values]
        parts: list[dict[str, Any]] = [{"type": "BODY", "text": body, "example": {"body_text": [examples]}}]
        if self.buttons:
            texts = [BUTTONS[language][button] for button in self.buttons]
            parts.append(
                {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": text} for text in texts]}
            )
        return parts


REMINDER_DAY = Template(
    "reminder_day",
    ("name", "business", "appointment", "code"),
    {
        "es": "Hola {name}, te recordamos tu cita en {business}: {appointment}. Tu código es {code}."
        " ¿Nos confirmas que vienes?",
        "en": "Hi {name}, this is a reminder of your appointment at {business}: {appointment}. Your code is {code}."
        " Will you be there?",
    },
    (CONFIRM, CHANGE, CANCEL),
)
REMINDER_SOON = Template(
    "reminder_soon",
    ("name", "business", "appointment", "code"),
    {
        "es": "Hola {name}, tu cita en {business} ya casi es: {appointment}. Tu código es {code}. Te esperamos.",
        "en": "Hi {name}, your appointment at {business} is coming up: {appointment}. Your code is {code}. See you soon.",
    },
    (CONFIRM, CHANGE, CANCEL),
)
BOOKED = Template(
    "booking_confirmed",
    ("name", "business", "appointment", "code"),
    {
        "es": "Hola {name}, tu cita en {business} quedó registrada: {appointment}. Tu código es {code}."
        " Guárdalo por si necesitas hacer un cambio.",
        "en": "Hi {name}, your appointment at {business} is booked: {appointment}. Your code is {code}."
        " Keep it in case you need to make a change.",
    },
    (CHANGE, CANCEL),
)
MOVED = Template(
    "booking_moved",
    ("name", "business", "appointment", "code"),
    {
        "es": "Hola {name}, cambió la hora de tu cita en {business}. Ahora es: {appointment}. Tu código sigue siendo"
        " {code}. ¿Te queda bien?",
        "en": "Hi {name}, your appointment at {business} has moved. It is now: {appointment}. Your code is still {code}."
        " Does that work for you?",
    },
    (CONFIRM, CHANGE, CANCEL),
)
CANCELLED = Template(
    "booking_cancelled",
    ("name", "business", "appointment"),
    {
        "es": "Hola {name}, lamentamos avisarte que {business} tuvo que cancelar esta cita: {appointment}."
        " Responde a este mensaje y buscamos otra hora.",
        "en": "Hi {name}, we are sorry: {business} had to cancel this appointment: {appointment}."
        " Reply to this message and we will find another time.",
    },
)
ANSWERED = Template(
    "reply_waiting",
    ("name", "business"),
    {
        "es": "Hola {name}, ya tenemos la respuesta a lo que preguntaste en {business}. Responde a este mensaje y te la"
        " enviamos enseguida.",
        "en": "Hi {name}, we have the answer to what you asked {business}. Reply to this message and we will send it"
        " right away.",
    },
)
QUOTE = Template(
    "quote_ready",
    ("name", "business", "subject"),
    {
        "es": "Hola {name}, la cotización que pediste en {business} para {subject} está lista. Responde a este mensaje"
        " si tienes alguna pregunta.",
        "en": "Hi {name}, the quote that you asked {business} for about {subject} is ready. Reply to this message if you"
        " have any questions.",
    },
)
ORDER = Template(
    "order_ready",
    ("name", "order", "business"),
    {
        "es": "Hola {name}, tu pedido {order} en {business} ya está listo para entregarse. Responde a este mensaje si"
        " necesitas algo más.",
        "en": "Hi {name}, your order {order} from {business} is ready. Reply to this message if you need anything else.",
    },
)
DOCUMENTS = Template(
    "details_missing",
    ("name", "business", "subject"),
    {
        "es": "Hola {name}, para seguir con lo que pediste en {business} nos falta un dato sobre {subject}. Responde a"
        " este mensaje y lo completamos.",
        "en": "Hi {name}, to go on with your request at {business} we need one more detail about {subject}. Reply to this"
        " message and we will complete it.",
    },
)

PACK = {
    one.purpose: one
    for one in (
        REMINDER_DAY,
        REMINDER_SOON,
        BOOKED,
        MOVED,
        CANCELLED,
        ANSWERED,
        QUOTE,
        ORDER,
        DOCUMENTS,
    )
}
_PURPOSES = {one.name: one.purpose for one in PACK.values()}


def purpose_of(name: str) -> str | None:
    """The job that an account's template of this name does; None for the owner's own."""
    return _PURPOSES.get(name)


def reminder(hours_before: int) -> str:
    """The purpose of a reminder: in the last hours nobody is asked a day ahead."""
    return REMINDER_SOON.purpose if hours_before <= 6 else REMINDER_DAY.purpose
