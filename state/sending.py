"""Why a message of ours was not delivered, as a word of the locale `delivery`, and whether another try makes sense."""

from models.conversations import MessageKind, Sender
from vulkn_app.channels.whatsapp import codes
from vulkn_app.conversations.rows import MessageRow
from vulkn_app.i18n import catalogue

# What passes, or what somebody mended meanwhile.
PASSING = {
    "transient",
    "rate",
    "pair",
    "pace",
    "maintenance",
    "away",
    "identity",
    "needs_phone",
    "payment",
    "token",
    "setup",
    "other",
}


def explained(message: MessageRow) -> MessageRow:
    """Meta's code decides; without one, the word that was noted when it did not even go out."""
    told = message.sending
    if told is None or told.state != "failed":
        return message
    word = codes.meaning(told.code).why if told.code is not None else told.error
    reason = word if f"delivery.why_{word}" in catalogue("es") else "other"
    by_hand = message.sender is Sender.HUMAN and message.kind is MessageKind.TEXT and not message.from_phone
    sending = told.model_copy(update={"reason": reason, "again": by_hand and reason in PASSING})
    return message.model_copy(update={"sending": sending})
