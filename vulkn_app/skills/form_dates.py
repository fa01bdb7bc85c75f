"""Dates that somebody states about themselves: a birthday, the day of an accident. Past as well as future; what
a booking needs ("el próximo martes a las 5") is another matter."""

import re
from datetime import date, timedelta

from vulkn_app.llm.smalltalk import plain

_MONTHS = {
    name: number
    for number, names in enumerate(
        ("enero ene january jan", "febrero feb february", "marzo mar march", "abril abr april apr", "mayo may",
         "junio jun june", "julio jul july", "agosto ago august aug", "septiembre setiembre sep sept september",
         "octubre oct october", "noviembre nov november", "diciembre dic december dec"), 1
    )
    for name in names.split()
}  # fmt: skip
_NEAR = {
    "pasado manana": 2, "hoy": 0, "today": 0, "manana": 1, "tomorrow": 1, "ayer": -1, "yesterday": -1, "anteayer": -2, "antier": -2,
}  # fmt: skip
_NAMES = "|".join(sorted(_MONTHS, key=len, reverse=True))
_ISO = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_FIGURES = re.compile(r"(?<!\d)(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4}|\d{2})(?!\d)")
_DAY_MONTH = re.compile(
    rf"\b(\d{{1,2}}|primero|uno)(?:st|nd|rd|th|ro|o)? (?:de |of )?({_NAMES})\b(?: (?:de |del )?(?:ano )?(\d{{4}}|\d{{2}})\b)?"
)
_MONTH_DAY = re.compile(rf"\b({_NAMES}) (?:the )?(\d{{1,2}})(?:st|nd|rd|th)?\b(?: (\d{{4}}|\d{{2}})\b)?")


def stated_date(words: str, *, today: date, month_first: bool = False) -> date | None:
    """The one date in `words`; None when there is none, or 30 February. Without a year, the nearest one."""
    if found := _ISO.search(words):
        return _date(found[1], found[2], found[3], today)
    if found := _FIGURES.search(words):
        day, month = (found[2], found[1]) if month_first else (found[1], found[2])
        return _date(found[3], month, day, today) or _date(found[3], day, month, today)
    said = plain(words)
    if found := _DAY_MONTH.search(said):
        day = "1" if found[1] in ("primero", "uno") else found[1]
        return _date(found[3], str(_MONTHS[found[2]]), day, today)
    if found := _MONTH_DAY.search(said):
        return _date(found[3], str(_MONTHS[found[1]]), found[2], today)
    near = next((days for name, days in _NEAR.items() if re.search(rf"\b{name}\b", said)), None)
    return None if near is None else today + timedelta(days=near)


def shown_date(day: date) -> str:
    """Read alike in both languages, and by programs."""
    return day.isoformat()


def _date(year: str | None, month: str, day: str, today: date) -> date | None:
    try:
        if year:
            return date(_year(year, today), int(month), int(day))
        years = (today.year - 1, today.year, today.year + 1)
        return min((date(y, int(month), int(day)) for y in years), key=lambda d: abs(d - today))
    except ValueError:
        return None


def _year(figures: str, today: date) -> int:
    """Two figures are the last century from ten years ahead on: '90 is 1990, '28 is 2028."""
    year = int(figures)
    if len(figures) == 4:
        return year
    return 2000 + year if 2000 + year <= today.year + 10 else 1900 + year
