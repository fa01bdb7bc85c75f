"""What a form says to a customer, and how customers skip, correct and leave one."""

import re

from vulkn_app.i18n import Language

YES_NO = {True: "sí", False: "no"}
SKIPS = frozenset(
    [
        "saltar", "saltarla", "omitir", "omitela", "paso", "siguiente", "prefiero no decir", "prefiero no decirlo",
        "prefiero no contestar", "no aplica", "ninguno", "ninguna", "skip", "skip it", "pass", "next",
        "i d rather not say", "prefer not to say", "rather not say", "n a", "none", "not applicable",
    ]
)  # fmt: skip
SKIP_HINT: dict[Language, str] = {
    "es": "(Si prefieres no decirlo, escribe «saltar».)",
    "en": "(If you'd rather not say, write “skip”.)",
}
REASONS: dict[str, dict[Language, str]] = {
    "too_short": {
        "es": "Es muy corto: necesito al menos {least} caracteres.",
        "en": "That's too short: I need at least {least} characters.",
    },
    "too_long": {
        "es": "Es muy largo: caben hasta {most} caracteres.",
        "en": "That's too long: there is room for {most} characters.",
    },
    "number": {"es": "Ahí necesito un número.", "en": "I need a number there."},
    "one_number": {
        "es": "Veo más de un número. ¿Cuál es?",
        "en": "I see more than one number. Which one is it?",
    },
    "between": {
        "es": "Tiene que estar entre {least} y {most}.",
        "en": "It has to be between {least} and {most}.",
    },
    "at_least": {"es": "Tiene que ser al menos {least}.", "en": "It has to be at least {least}."},
    "at_most": {"es": "Tiene que ser a lo más {most}.", "en": "It has to be at most {most}."},
    "date": {
        "es": "No entendí la fecha. Escríbela como día, mes y año, por ejemplo 25 de marzo de 1990.",
        "en": "I didn't get the date. Write day, month and year, for example 25 March 1990.",
    },
    "choice": {
        "es": "Elige una de las opciones, por su nombre o su número.",
        "en": "Choose one of the options, by its name or its number.",
    },
    "phone": {
        "es": "Ese teléfono no parece completo. Escríbelo con lada.",
        "en": "That phone number doesn't look complete. Write it with the area code.",
    },
    "email": {"es": "Ese correo no parece completo.", "en": "That e-mail doesn't look complete."},
    "yes_no": {"es": "¿Me dices sí o no?", "en": "Is that a yes or a no?"},
    "required": {
        "es": "Esta la necesitamos para poder ayudarte.",
        "en": "We need this one to be able to help you.",
    },
}
RESUMED: dict[Language, str] = {"es": "Seguimos donde nos quedamos.", "en": "Let's go on where we left off."}
ALREADY: dict[Language, str] = {
    "es": "Ya tengo tus respuestas. Si quieres cambiar alguna, dime cuál.",
    "en": "I already have your answers. If you'd like to change one, tell me which.",
}
CORRECTED: dict[Language, str] = {"es": "Claro, lo cambiamos.", "en": "Of course, let's change it."}
CHANGED: dict[Language, str] = {"es": "Listo, lo cambié.", "en": "Done, I've changed it."}
LEFT: dict[Language, str] = {
    "es": "Sin problema, lo dejamos aquí. Lo que ya me diste se guarda unos días; di «continuar» para seguir.",
    "en": "No problem, we'll leave it here. What you gave me is kept for a few days; say “continue” to go on.",
}
FINISHED: dict[Language, str] = {
    "es": "¡Listo, gracias! Ya tenemos tus respuestas.",
    "en": "All done, thank you! We have your answers.",
}

# On text that is plain already. The rest names what to change, and perhaps to what.
CORRECTION = re.compile(
    r"^(?:(?:perdon|disculpa|oye|espera|ay|no|sorry|wait|oops|actually|please|mejor|quiero|quisiera|puedes?|puedo|podrias?|"
    r"can (?:you|i)|could (?:you|i)|i (?:want|need) to|i d like to|let me) )*"
    r"(?:cambia(?:r|s|le|me)?|cambiemos|corrige|corregir|corrigeme|corrijo|modifica(?:r)?|me equivoque (?:en|con)|esta mal|"
    r"change|correct|fix|update|i got wrong|i made a mistake (?:in|with)) (?P<rest>.+)$"
)
LEAVES = re.compile(
    r"^(?:(?:no|ya) )*(?:cancela(?:r)?(?: (?:el|la|este) (?:formulario|registro|solicitud))?|ya no quiero(?: seguir| continuar)?|"
    r"despues (?:sigo|seguimos|continuo|lo termino)|luego (?:sigo|seguimos|continuo|lo termino)|dejalo|dejemoslo|detente|para ya|salir|"
    r"cancel(?: (?:the|this) form)?|stop|quit|exit|never ?mind|later|not now|ahorita no|ahora no|mas tarde)(?: por favor| gracias| please)?$"
)
GOES_ON = re.compile(
    r"^(?:(?:si|ok|quiero|vamos a|hay que|yes|let s|i want to) )*(?:continuar|continua|continuemos|continuamos|seguir|seguimos|sigamos|"
    r"retomar|retomamos|continue|resume|go on)(?: (?:con )?(?:el|la|the|my|with the|with my) (?:formulario|registro|solicitud|form))?"
    r"(?: por favor| please)?$"
)
