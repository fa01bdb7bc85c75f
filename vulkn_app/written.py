"""How numbers, money, days and hours are written in each language: the one place on the server.

Mexican Spanish and English part thousands and decimals alike; what differs is words and order. In the browser the
same is components/ui/moment.py and components/ui/amount.py."""

from datetime import date, datetime

from vulkn_app.i18n import Language

HOME = "MXN"  # the currency whose sign needs no name here
WEEKDAYS: dict[Language, tuple[str, ...]] = {
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
MONTHS: dict[Language, tuple[str, ...]] = {
    "es": ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
           "noviembre", "diciembre"),
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December"),
}  # fmt: skip
# So far ahead, a day without its year may be taken for another one.
NEAR = 300


def number(value: float, *, digits: int = 0) -> str:
    """ "1,449", "1,449.50"."""
    return f"{value:,.{digits}f}"


def money(cents: int, currency: str = HOME) -> str:
    """ "$1,449", "$1,449.50", "$20 USD": cents only where there are any."""
    amount = number(cents / 100, digits=2 if cents % 100 else 0)
    return f"${amount}" if currency == HOME else f"${amount} {currency}"


def day(day: date, language: Language, today: date) -> str:
    """ "martes 24 de noviembre", "Tuesday, November 24"; with the year when it is far off."""
    weekday, month = WEEKDAYS[language][day.weekday()], MONTHS[language][day.month - 1]
    far = abs((day - today).days) > NEAR
    if language == "es":
        return f"{weekday} {day.day} de {month}" + (f" de {day.year}" if far else "")
    return f"{weekday}, {month} {day.day}" + (f", {day.year}" if far else "")


def short_day(day: date, language: Language) -> str:
    """ "24 nov", "Nov 24": for an axis."""
    month = MONTHS[language][day.month - 1][:3]
    return f"{day.day} {month}" if language == "es" else f"{month} {day.day}"


def hour(moment: datetime, language: Language) -> str:
    """ "4:30 p.m.", "4:30 PM"."""
    half = ("a.m.", "p.m.") if language == "es" else ("AM", "PM")
    return f"{moment.hour % 12 or 12}:{moment:%M} {half[moment.hour >= 12]}"


def moment(local: datetime, language: Language, today: date) -> str:
    """ "martes 24 de noviembre a las 4:30 p.m."."""
    if language == "en":
        return f"{day(local.date(), language, today)} at {hour(local, language)}"
    return f"{day(local.date(), language, today)} a la{'' if local.hour in (1, 13) else 's'} {hour(local, language)}"
