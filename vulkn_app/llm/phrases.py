"""The sentences that rehearsal speaks, in both languages. `{agent}` and `{business}` are the organization's."""

from vulkn_app.llm.asks import Language

PHRASES: dict[str, dict[Language, str]] = {
    "hello": {
        "es": "¡Hola! Soy {agent}, de {business}. ¿En qué te puedo ayudar?",
        "en": "Hi! I'm {agent}, from {business}. How can I help you?",
    },
    "hello_again": {"es": "¡Hola! ¿En qué te ayudo?", "en": "Hi there! What can I do for you?"},
    "hello_first": {"es": "¡Hola! ", "en": "Hi! "},
    "how_are_you": {
        "es": "¡Muy bien, gracias por preguntar! ¿En qué te puedo ayudar?",
        "en": "Very well, thanks for asking! How can I help you?",
    },
    "thanks": {
        "es": "¡Con gusto! ¿Hay algo más en lo que te pueda ayudar?",
        "en": "You're welcome! Is there anything else I can help you with?",
    },
    "goodbye": {
        "es": "¡Gracias por escribirnos! Que tengas un excelente día.",
        "en": "Thanks for writing to us! Have a great day.",
    },
    "fine": {
        "es": "Muy bien. Si te queda alguna duda, aquí estoy.",
        "en": "Great. If you have any other question, I'm right here.",
    },
    "who": {
        "es": "Soy {agent}, el asistente virtual de {business}. Respondo con la información que el negocio me "
        "dio; si no sé algo, le paso tu mensaje al equipo.",
        "en": "I'm {agent}, the virtual assistant of {business}. I answer with the information the business "
        "gave me; if I don't know something, I pass your message on to the team.",
    },
    "help": {
        "es": "Pregúntame lo que quieras saber de {business}. Si no sé algo, le paso tu mensaje al equipo.",
        "en": "Ask me anything about {business}. If I don't know something, I pass your message on to the team.",
    },
    "person": {
        "es": "Claro. Déjame tu nombre y un teléfono o correo, y alguien del equipo de {business} te escribe.",
        "en": "Of course. Leave me your name and a phone number or e-mail, and someone from the {business} "
        "team will write to you.",
    },
    "unknown": {
        "es": "No tengo esa información a la mano y prefiero no inventarla. Si quieres, déjame tu nombre y un "
        "teléfono o correo, y el equipo de {business} te responde.",
        "en": "I don't have that information at hand and I'd rather not make it up. If you like, leave me your "
        "name and a phone number or e-mail, and the {business} team will get back to you.",
    },
    "received": {
        "es": "¡Recibimos tu mensaje! Ahora mismo no puedo darte la respuesta, así que una persona del equipo de "
        "{business} te contesta en cuanto pueda. Si quieres, déjame tu nombre y un teléfono o correo.",
        "en": "We received your message! I can't give you the answer right now, so someone from the {business} "
        "team will reply as soon as they can. If you like, leave me your name and a phone number or e-mail.",
    },
    "taken": {
        "es": "¡Gracias{name}! Ya tengo tus datos; el equipo de {business} te escribirá en cuanto pueda.",
        "en": "Thank you{name}! I have your details; the {business} team will write to you as soon as they can.",
    },
    "name_taken": {
        "es": "¡Mucho gusto{name}! Le paso tu mensaje al equipo de {business}. ¿A qué teléfono o correo te "
        "escriben?",
        "en": "Nice to meet you{name}! I'll pass your message on to the {business} team. What phone number or "
        "e-mail can they reach you at?",
    },
    "other_language": {
        "es": "Esa información la tengo en inglés: ",
        "en": "I have that information in Spanish: ",
    },
    "broke_off": {
        "es": "… Perdona, se cortó mi respuesta. Escríbeme de nuevo, o déjame tu teléfono o correo y el equipo "
        "de {business} te la completa.",
        "en": "… Sorry, my answer was cut short. Write to me again, or leave me your phone number or e-mail "
        "and the {business} team will complete it.",
    },
}
