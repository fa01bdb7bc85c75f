"""Date and time understanding for bookings, Spanish and English: pure rules, no model."""

from vulkn_app.skills.when.dialog import Said, conversation
from vulkn_app.skills.when.meaning import Doubt, Opening, When
from vulkn_app.skills.when.understanding import understand

__all__ = ["Doubt", "Opening", "Said", "When", "conversation", "understand"]
