"""What booking says, in both languages. Moments and codes are put in from what the database returned."""

from vulkn_app.llm.asks import Language

SAY: dict[str, dict[Language, str]] = {
    "which_service": {
        "es": "¡Con gusto! ¿Para qué servicio quieres tu cita?\n{list}",
        "en": "Of course! What would you like to book?\n{list}",
    },
    "offers": {
        "es": "Para {service} tengo libre:\n{list}\n¿Cuál prefieres?",
        "en": "For {service} these times are free:\n{list}\nWhich one would you like?",
    },
    "other_offers": {
        "es": "Justo ese horario no lo tengo para {service}. Lo más cercano:\n{list}\n¿Te queda alguno?",
        "en": "I don't have that time for {service}. The closest ones:\n{list}\nWould any of these work?",
    },
    "gone_offers": {
        "es": "Ese horario se acaba de ocupar. Para {service} todavía tengo:\n{list}\n¿Te queda alguno?",
        "en": "That time was just taken. For {service} I still have:\n{list}\nWould any of these work?",
    },
    "move_offers": {
        "es": "Tu cita de ahora: {appointment}.\nPuedo cambiarla a:\n{list}\n¿Cuál prefieres?",
        "en": "Your current appointment: {appointment}.\nI can move it to:\n{list}\nWhich one would you like?",
    },
    "nothing_free": {
        "es": "No encontré horarios libres para {service} en los próximos {days} días. Si quieres, te paso con el equipo.",
        "en": "I found no free times for {service} in the next {days} days. I can pass you on to the team if you like.",
    },
    "too_far": {
        "es": "Solo puedo agendar los próximos {days} días. ¿Qué otro día te queda?",
        "en": "I can only book within the next {days} days. What other day would work?",
    },
    "past": {
        "es": "Ese día ya pasó. ¿Para qué día la quieres?",
        "en": "That day is in the past. What day would you like?",
    },
    "no_services": {
        "es": "Por ahora no tengo citas que agendar por aquí. Si quieres, te paso con el equipo.",
        "en": "There is nothing I can book here right now. I can pass you on to the team if you like.",
    },
    "name": {
        "es": "Te aparto {moment}. ¿A nombre de quién?",
        "en": "I can hold {moment} for you. What name should I book it under?",
    },
    "phone": {
        "es": "¡Gracias{name}! ¿A qué teléfono o correo te escribimos si algo cambia?",
        "en": "Thanks{name}! What phone number or e-mail can we reach you at if anything changes?",
    },
    "booked": {
        "es": "¡Listo{name}! Tu cita quedó agendada: {appointment}. Código: {code}.",
        "en": "Done{name}! Your appointment is booked: {appointment}. Code: {code}.",
    },
    "moved": {
        "es": "¡Listo{name}! Tu cita quedó cambiada: {appointment}. El código sigue siendo {code}.",
        "en": "Done{name}! Your appointment has been moved: {appointment}. The code is still {code}.",
    },
    "link": {"es": " [Agrégala a tu calendario]({link}).", "en": " [Add it to your calendar]({link})."},
    "cancelled": {
        "es": "Tu cita quedó cancelada: {appointment}. Si quieres otra, dime qué día.",
        "en": "Your appointment is cancelled: {appointment}. If you'd like another one, tell me what day.",
    },
    "confirmed": {
        "es": "¡Gracias{name}! Tu cita está confirmada: {appointment}. ¡Te esperamos!",
        "en": "Thank you{name}! Your appointment is confirmed: {appointment}. See you then!",
    },
    "sure": {
        "es": "¿Cancelo tu cita: {appointment}? Responde sí o no.",
        "en": "Shall I cancel your appointment: {appointment}? Please answer yes or no.",
    },
    "which": {
        "es": "Tienes varias citas. ¿Cuál?\n{list}",
        "en": "You have several appointments. Which one?\n{list}",
    },
    "mine": {
        "es": "Tus próximas citas:\n{list}",
        "en": "Your upcoming appointments:\n{list}",
    },
    "mine_one": {
        "es": "Tu próxima cita: {appointment}. Código: {code}.",
        "en": "Your next appointment: {appointment}. Code: {code}.",
    },
    "none": {
        "es": "No encuentro ninguna cita tuya por venir. ¿Quieres agendar una?",
        "en": "I can't find any upcoming appointment of yours. Would you like to book one?",
    },
    "stopped": {
        "es": "Sin problema, lo dejamos así. Si necesitas algo más, aquí estoy.",
        "en": "No problem, we'll leave it there. If you need anything else, I'm right here.",
    },
    "lapsed": {
        "es": "Esos horarios ya no están vigentes. ¿Qué día y a qué hora te queda bien?",
        "en": "Those times are no longer up to date. What day and time would suit you?",
    },
    "too_many": {
        "es": "Ya tienes {most} citas por venir, que es lo más que puedo agendar por aquí.",
        "en": "You already have {most} upcoming appointments, the most I can book here.",
    },
    "too_late": {
        "es": "Tu cita está demasiado cerca para cambiarla por aquí. Si quieres, te paso con el equipo.",
        "en": "Your appointment is too close to change it here. I can pass you on to the team if you like.",
    },
    "reminder": {
        "es": "¡Hola{name}! Te recordamos tu cita en {business}: {appointment}. Código: {code}."
        " Responde «confirmo», «cambiar» o «cancelar».",
        "en": "Hi{name}! A reminder of your appointment at {business}: {appointment}. Code: {code}."
        " Reply “confirm”, “change” or “cancel”.",
    },
    "reminder_confirmed": {
        "es": "¡Hola{name}! Te esperamos en {business}: {appointment}. Código: {code}."
        " Si algo cambió, responde «cambiar» o «cancelar».",
        "en": "Hi{name}! See you at {business}: {appointment}. Code: {code}."
        " If anything has changed, reply “change” or “cancel”.",
    },
    "playground": {
        "es": "(Prueba: no se guarda nada.) ",
        "en": "(Playground: nothing is stored.) ",
    },
}


def say(key: str, language: Language, **values: str) -> str:
    """An hour ends in its own full stop: "a las 4:00 p.m." at the end of a sentence needs no second one."""
    return SAY[key][language].format(**values).replace(".m..", ".m.")


def called(name: str) -> str:
    """ ", Ana", or nothing."""
    return f", {name.split()[0]}" if name.strip() else ""
