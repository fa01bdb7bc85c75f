"""What we say by ourselves about messages that no model reads, and how such messages are described."""

from typing import Literal

from vulkn_app.i18n import Language

Polite = Literal[
    "welcome", "audio", "unheard", "image", "video", "document", "sticker", "unsupported", "file_failed"
]

DESCRIBED: dict[str, dict[Language, str]] = {
    "image": {"es": "[foto]", "en": "[photo]"},
    "audio": {"es": "[nota de voz]", "en": "[voice note]"},
    "video": {"es": "[video]", "en": "[video]"},
    "document": {"es": "[documento]", "en": "[document]"},
    "sticker": {"es": "[sticker]", "en": "[sticker]"},
    "location": {"es": "[ubicación]", "en": "[location]"},
    "contacts": {"es": "[contacto]", "en": "[contact]"},
    "form": {"es": "[formulario]", "en": "[form]"},
    "order": {"es": "[pedido]", "en": "[order]"},
    "call": {"es": "[permiso para llamar]", "en": "[permission to call]"},
    "unsupported": {"es": "[mensaje que no podemos mostrar]", "en": "[message that we cannot show]"},
    "welcome": {"es": "[abrió el chat]", "en": "[opened the chat]"},
    "empty": {"es": "[mensaje vacío]", "en": "[empty message]"},
    "revoked": {"es": "[mensaje eliminado]", "en": "[deleted message]"},
    "quote": {"es": "[sobre «{quote}»] {text}", "en": "[about “{quote}”] {text}"},
    "yes": {"es": "sí", "en": "yes"},
}

POLITE: dict[Polite, dict[Language, str]] = {
    "welcome": {"es": "¡Hola! ¿En qué te puedo ayudar?", "en": "Hi! How can I help you?"},
    "audio": {
        "es": "Recibí tu nota de voz, pero por ahora no puedo escucharla. ¿Me lo escribes, por favor? Así te ayudo de "
        "inmediato.",
        "en": "I got your voice note, but I can't listen to it for now. Could you write it to me, please? Then I can "
        "help you right away.",
    },
    "unheard": {
        "es": "Perdón, no logré entender tu nota de voz. ¿Me lo escribes, por favor?",
        "en": "Sorry, I couldn't make out your voice note. Could you write it to me, please?",
    },
    "image": {
        "es": "¡Gracias por la foto! Yo todavía no puedo ver imágenes, pero el equipo sí la ve. ¿Me cuentas en palabras "
        "qué necesitas?",
        "en": "Thanks for the photo! I can't see images yet, but the team can. Could you tell me in words what you need?",
    },
    "video": {
        "es": "¡Gracias por el video! Yo todavía no puedo verlo, pero el equipo sí. ¿Me cuentas en palabras qué necesitas?",
        "en": "Thanks for the video! I can't watch it yet, but the team can. Could you tell me in words what you need?",
    },
    "document": {
        "es": "¡Gracias por el documento! Yo todavía no puedo leerlo, pero el equipo sí lo ve. ¿Me cuentas en palabras "
        "qué necesitas?",
        "en": "Thanks for the document! I can't read it yet, but the team can see it. Could you tell me in words what "
        "you need?",
    },
    "sticker": {"es": "😊 ¿En qué te puedo ayudar?", "en": "😊 How can I help you?"},
    "unsupported": {
        "es": "Ese tipo de mensaje no lo puedo abrir por aquí. ¿Me lo escribes con palabras, por favor?",
        "en": "I can't open that kind of message here. Could you put it into words, please?",
    },
    "file_failed": {
        "es": "Perdón, no pude recibir tu archivo. ¿Me lo mandas otra vez, o me cuentas en palabras qué necesitas?",
        "en": "Sorry, I couldn't receive your file. Could you send it again, or tell me in words what you need?",
    },
}
