"""Days, hours and appointments in words, on the business's own clock."""

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from vulkn_app.booking.reading import Booking
from vulkn_app.llm.asks import Language

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


def day(day: date, language: Language, today: date) -> str:
    """ "martes 24 de noviembre", "Tuesday, November 24"; with the year when it is far off."""
    weekday, month = WEEKDAYS[language][day.weekday()], MONTHS[language][day.month - 1]
    far = abs((day - today).days) > NEAR
    if language == "es":
        return f"{weekday} {day.day} de {month}" + (f" de {day.year}" if far else "")
    return f"{weekday}, {month} {day.day}" + (f", {day.year}" if far else "")


def hour(moment: datetime, language: Language) -> str:
    """ "4:30 p.m.", "4:30 PM"."""
    half = ("a.m.", "p.m.") if language == "es" else ("AM", "PM")
    return f"{moment.hour % 12 or 12}:{moment:%M} {half[moment.hour >= 12]}"


def moment(local: datetime, language: Language, today: date) -> str:
    """ "martes 24 de noviembre a las 4:30 p.m."."""
    if language == "en":
        return f"{day(local.date(), language, today)} at {hour(local, language)}"
    return f"{day(local.date(), language, today)} a la{'' if local.hour in (1, 13) else 's'} {hour(local, language)}"


def short(local: datetime, language: Language) -> str:
    """ "mar 24, 4:30 p.m.": for a button, and read as the same moment when it is said."""
    return f"{WEEKDAYS[language][local.weekday()][:3]} {local.day}, {hour(local, language)}"


def listed(lines: Iterable[str]) -> str:
    return "\n".join(f"{number}) {line}" for number, line in enumerate(lines, 1))


def evidence(local: datetime) -> tuple[str, ...]:
    """The ways in which an answer may write this moment."""
    today = local.date()
    days = tuple(day(today, language, seen) for language in WEEKDAYS for seen in (today, date.min))
    hours = tuple(hour(local, language) for language in WEEKDAYS)
    return (*days, *hours, f"{local:%H:%M}", f"{today:%Y-%m-%d}", f"{today.day}/{today.month}")


def appointment(booking: Booking, zone: ZoneInfo, language: Language, now: datetime) -> str:
    """ "Corte, martes 24 de noviembre a las 4:30 p.m. con Laura"."""
    local = booking.starts.astimezone(zone)
    when = moment(local, language, now.astimezone(zone).date())
    return f"{booking.service(language)}, {when}{on(booking.resource, booking.resource_kind, language)}"


def on(resource: str, kind: str, language: Language) -> str:
    """ " con Laura": people are named, rooms and tables are not the customer's business."""
    if kind != "person":
        return ""
    return f" con {resource}" if language == "es" else f" with {resource}"


def booking_evidence(booking: Booking, zone: ZoneInfo) -> tuple[str, ...]:
    ends = hour(booking.ends.astimezone(zone), "es"), hour(booking.ends.astimezone(zone), "en")
    return (booking.code, *evidence(booking.starts.astimezone(zone)), *ends)
