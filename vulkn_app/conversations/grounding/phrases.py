"""What is said instead of something that nothing stands behind, and what the model is told before it tries again."""

from vulkn_app.conversations.grounding.scan import Figure
from vulkn_app.llm.asks import Language

# In place of a whole answer.
SAFE: dict[Language, str] = {
    "es": "Prefiero no darte un dato que no tengo confirmado. Si quieres, déjame tu nombre y un teléfono o correo, "
    "y el equipo de {business} te lo confirma.",
    "en": "I'd rather not give you a detail I can't confirm. If you like, leave me your name and a phone number or "
    "e-mail, and the {business} team will confirm it for you.",
}
# After words that the customer has read already.
SAFE_AFTER: dict[Language, str] = {
    "es": "… Perdona, ese dato no lo tengo confirmado. Si quieres, déjame tu nombre y un teléfono o correo, y el "
    "equipo de {business} te lo confirma.",
    "en": "… Sorry, I can't confirm that detail. If you like, leave me your name and a phone number or e-mail, and "
    "the {business} team will confirm it for you.",
}
# In place of "ya quedó", when no tool said so.
SAFE_CLAIM: dict[Language, str] = {
    "es": "Todavía no lo tengo confirmado. En cuanto quede hecho te lo digo.",
    "en": "I don't have that confirmed yet. I'll tell you as soon as it's done.",
}
_UNFOUNDED = (
    "Your draft contained {kind} {text!r}, which stands neither in the knowledge nor in a tool's result. Answer again "
    "using only what stands there, word figures as they stand, and say plainly what you do not know."
)
_UNDONE = (
    "Your draft said {text!r}, but no tool has done that in this turn. Use the tool for it, or do not say that it is "
    "done: say what is still needed."
)
_LONGEST = 120


def safe(figure: Figure, language: Language, *, business: str, after_words: bool) -> str:
    """The sentence that ends an answer in which `figure` could not be said twice."""
    if figure.kind == "claim":
        return ("… " if after_words else "") + SAFE_CLAIM[language]
    return (SAFE_AFTER if after_words else SAFE)[language].format(business=business)


def correction(figure: Figure) -> str:
    """For the model's second try."""
    text = figure.text[:_LONGEST]
    return (
        _UNDONE.format(text=text)
        if figure.kind == "claim"
        else _UNFOUNDED.format(kind=figure.kind, text=text)
    )
