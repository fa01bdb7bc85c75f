"""How a figure is found again: what a source's figure is filed under, and where an answer's is looked for."""

from datetime import date, timedelta
from functools import lru_cache

from vulkn_app.conversations.grounding.contacts import host
from vulkn_app.conversations.grounding.dates import days_of
from vulkn_app.conversations.grounding.scan import Figure
from vulkn_app.conversations.grounding.words import DAYS

Key = tuple[str, str]
# "$" alone may be any of these; two that are named must be the same.
_DOLLAR_SIGN = ("", "peso", "usd")


def filed(figure: Figure, *, today: date | None) -> list[tuple[Key, str]]:
    """Under which keys a source's figure stands, with the unit that must agree."""
    value, unit = figure.value, figure.unit
    match figure.kind:
        case "price":
            return [(("price", value), unit), (("any", value), "")]
        case "number":
            counted = (("any", figure.told or value), "")
            keys = [(("number", value), unit), counted] if unit else [(("bare", value), ""), counted]
            return [*keys, *_told_in_hours(figure)]
        case "hour":
            return [((figure.kind, hour), "") for hour in hours_of(figure)]
        case "date":
            return [(key, unit if key[0] in ("date", "weekday") else "") for key in _date_keys(figure, today)]
        case "phone":
            return [(("phone", value[-7:]), value)]
        case "link":
            return [(("link", value), ""), (("link", host(value)), "")]
        case _:
            return [((figure.kind, value), "")]


def wanted(figure: Figure) -> list[tuple[Key, str]]:
    """Where an answer's figure may stand, the best place first; weekdays and days from today are asked apart."""
    value, unit = figure.value, figure.unit
    match figure.kind:
        case "price":
            return [(("price", value), unit), (("bare", value), "")]
        case "number" if not unit:
            return [(("any", value), "")]
        case "number":
            return [(("number", value), unit), (("bare", figure.told), ""), *_told_in_hours(figure)]
        case "hour":
            return [(("hour", hour), "") for hour in hours_of(figure)]
        case "date" if value.startswith("--"):
            # "sábado 10" may be the tenth or ten o'clock.
            hour = int(value[2:])
            return [(("day", value[2:]), ""), (("hour", f"{hour:02}:00"), "")]
        case "date" if len(value) == 2 and value.isdigit():
            return [(("month", value), "")]
        case "phone":
            return [(("phone", value[-7:]), value)]
        case _:
            return [((figure.kind, value), unit)]


def agree(kind: str, one: str, other: str) -> bool:
    """Whether the units of two figures with the same key are the same thing."""
    if one == other:
        return True
    if kind == "price":
        return one in _DOLLAR_SIGN and other in _DOLLAR_SIGN and "" in (one, other)
    if kind == "phone":
        return abs(len(one) - len(other)) <= 4 and (one.endswith(other) or other.endswith(one))
    if kind == "number":
        return False
    return not one or not other


def hours_of(figure: Figure) -> list[str]:
    """ "9:00" may be in the evening too, unless something says otherwise."""
    if figure.unit != "12h":
        return [figure.value]
    return [figure.value, f"{int(figure.value[:2]) + 12}{figure.value[2:]}"]


@lru_cache(maxsize=1000)
def day_keys(day: date) -> list[Key]:
    """A day of the calendar, as its date and as its weekday."""
    return [("date", f"{day:%m-%d}"), ("day", f"{day:%d}"), ("weekday", DAYS[day.weekday()])]


def relative_day(value: str, today: date) -> date:
    """ "+1" is tomorrow."""
    return today + timedelta(days=int(value))


def _date_keys(figure: Figure, today: date | None) -> list[Key]:
    value = figure.value
    if days := days_of(value):
        return [("weekday", day) for day in days]
    if value.startswith("--"):
        hour = int(value[2:])
        return [("day", value[2:]), *([("hour", f"{hour:02}:00")] if hour <= 24 else [])]
    if value[0] == "+":
        return [("relative", value), *(day_keys(relative_day(value, today)) if today else ())]
    if len(value) == 2:
        return [("month", value)]
    keys: list[Key] = [("date", value), ("day", value[3:]), ("month", value[:2])]
    if year := int(figure.unit or (today.year if today else 0)):
        try:
            keys.append(day_keys(date(year, int(value[:2]), int(value[3:])))[2])
        except ValueError:  # 29 February of another year
            return keys
    return keys


def _told_in_hours(figure: Figure) -> list[tuple[Key, str]]:
    """ "9 horas" may be an hour of the day as well as a length."""
    if figure.unit != "minute" or not figure.told.isdigit() or int(figure.told) * 60 != float(figure.value):
        return []
    hour = int(figure.told)
    return [(("hour", f"{hour:02}:00"), "")] if hour <= 24 else []
