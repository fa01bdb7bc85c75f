"""Messages heard on a Tuesday morning by a business that is open from nine until eight."""

from datetime import datetime, time

from vulkn_app.skills.when import When, understand
from vulkn_app.skills.when.meaning import Asked, Language

NOW = datetime.fromisoformat("2026-03-10T09:00:00-06:00")
OPENING = (time(9), time(20))


def heard(text: str, *, asked: Asked | None = None, language: Language | None = None) -> When:
    return understand(
        text, now=NOW, timezone="America/Mexico_City", opening=OPENING, asked=asked, language=language
    )
