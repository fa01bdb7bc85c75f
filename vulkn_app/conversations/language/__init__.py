"""Spanish or English: what a customer writes, and therefore what the answer is written in."""

from vulkn_app.conversations.language.listening import Heard, Listener
from vulkn_app.conversations.language.voting import detect, of_burst, warm
from vulkn_app.i18n import Language

__all__ = ["Heard", "Language", "Listener", "detect", "of_burst", "warm"]
