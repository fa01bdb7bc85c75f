"""Days counted from today: "mañana", "el próximo viernes", "in two weeks", "fin de semana", "de hoy en ocho"."""

import re
from datetime import date

from vulkn_app.skills.when import calendar
from vulkn_app.skills.when.meaning import Day, Doubt, Rule, Scene

_OF = r"(?:(?:of|del) )"
_UNIT = r"(\d{1,3}|un|a) (days?|weeks?|months?|years?|fortnight) "
_BASE = r"(?:the )?(today|now|tomorrow|overmorrow|w\d) "
_UNITS = {"day": (1, 0), "week": (7, 0), "fortnight": (14, 0), "month": (0, 1), "year": (0, 12)}
_OFFSETS = {"ereyesterday": -2, "yesterday": -1, "tomorrow": 1, "overmorrow": 2}


def _steps(which: str | None) -> int:
    """Weeks or months from the present one that "this", "next", "que viene", "last" stand for."""
    return {"this": 0, "last": -1}.get(which or "next", 1)


def _plain(found: re.Match[str], scene: Scene) -> Day:
    return Day(calendar.shifted(scene.today, days=_OFFSETS.get(found[1], 0)))


def _day_after_tomorrow(found: re.Match[str], scene: Scene) -> Day:
    return Day(calendar.shifted(scene.today, days=2 if found[1] == "after" else -2))


def _ahead(found: re.Match[str], scene: Scene) -> Day:
    """ "In 3 days", "dentro de un mes", "a week from Friday", "a fortnight today"."""
    days, months = _count(found[1], found[2])
    base = _base(found.group(3) if found.re.groups > 2 else "today", scene)
    named = calendar.shifted(base, days=days, months=months)
    if scene.language == "es" and found[2] == "days" and days in (8, 15):
        return Day(named, doubt=Doubt.FORTNIGHT, others=(calendar.shifted(named, days=-1),))
    return Day(named)


def _ago(found: re.Match[str], scene: Scene) -> Day:
    days, months = _count(found[1], found[2])
    return Day(calendar.shifted(scene.today, days=-days, months=-months))


def _count(number: str | None, unit: str) -> tuple[int, int]:
    days, months = _UNITS[unit.removesuffix("s")]
    count = int(number) if number and number.isdigit() else 1
    return count * days, count * months


def _base(word: str, scene: Scene) -> date:
    if word[0] == "w":
        return calendar.coming(scene.today, int(word[1]))
    return calendar.shifted(scene.today, days=_OFFSETS.get(word, 0))


def _in_eight(found: re.Match[str], scene: Scene) -> Day:
    """ "De hoy en ocho" is this weekday next week, "de hoy en quince" the week after."""
    return Day(calendar.shifted(_base(found[1], scene), days=7 if found[2] == "8" else 14))


def _weekday(found: re.Match[str], scene: Scene) -> Day:
    return Day(calendar.coming(scene.today, int(found[1])))


def _this_weekday(found: re.Match[str], scene: Scene) -> Day:
    return Day(calendar.coming(scene.today, int(found[1]), or_today=True))


def _next_weekday(found: re.Match[str], scene: Scene) -> Day:
    """In English next week's; in Spanish the nearest, though some mean next week's."""
    nearest = calendar.coming(scene.today, int(found[1]))
    following = calendar.in_week(scene.today, int(found[1]), 1)
    chosen, other = (following, nearest) if scene.language == "en" else (nearest, following)
    return Day(chosen) if chosen == other else Day(chosen, doubt=Doubt.WEEK, others=(other,))


def _weekday_later(found: re.Match[str], scene: Scene) -> Day:
    """ "El otro viernes", "Friday week": a week behind the coming one."""
    return Day(calendar.shifted(calendar.coming(scene.today, int(found[1])), days=7))


def _weekday_after_next(found: re.Match[str], scene: Scene) -> Day:
    return Day(calendar.in_week(scene.today, int(found[1]), 2))


def _last_weekday(found: re.Match[str], scene: Scene) -> Day:
    return Day(calendar.gone(scene.today, int(found[1])))


def _weekday_of_week(found: re.Match[str], scene: Scene) -> Day:
    return Day(calendar.in_week(scene.today, int(found["day"]), _steps(found["which"])))


def _week(found: re.Match[str], scene: Scene) -> Day:
    """From Monday until Sunday; this week from today."""
    monday = calendar.in_week(scene.today, 0, _steps(found[1]))
    return Day(max(monday, scene.today) if found[1] == "this" else monday, calendar.shifted(monday, days=6))


def _weekend(found: re.Match[str], scene: Scene) -> Day:
    which = found[1] or "this"
    near = which == "coming" or (which == "next" and scene.language == "es")
    saturday = calendar.in_week(scene.today, 5, 0 if near else _steps(which))
    first = max(saturday, scene.today) if which != "last" else saturday
    return Day(first, calendar.shifted(saturday, days=1))


def _month(found: re.Match[str], scene: Scene) -> Day:
    start = calendar.shifted(scene.today.replace(day=1), months=_steps(found[1]))
    first, last = calendar.month(start.year, start.month)
    return Day(max(first, scene.today) if found[1] == "this" else first, last)


def _month_named(found: re.Match[str], scene: Scene) -> Day:
    """The whole month, this year's or else next year's."""
    number, year = int(found[1]), scene.today.year
    if found[2]:
        year = int(found[2])
    elif found[3]:
        year += _steps(found[3])
    elif number < scene.today.month:
        year += 1
    return Day(*calendar.month(year, number))


def _stretch(found: re.Match[str], scene: Scene) -> Day:
    """ "A fines de mes", "a mediados de marzo", "by the end of the year"."""
    part, unit = found[1], found[2]
    if unit == "year":
        first, last = calendar.month(scene.today.year, 12)
    else:
        ahead = (int(unit[1:]) - scene.today.month) % 12 if unit[0] == "m" and unit != "month" else 0
        start = calendar.shifted(scene.today.replace(day=1), months=ahead)
        first, last = calendar.month(start.year, start.month)
    if part == "end":
        return Day(last) if scene.language == "en" else Day(max(last.replace(day=24), scene.today), last)
    return (
        Day(first, first.replace(day=10))
        if part == "start"
        else Day(first.replace(day=11), first.replace(day=20))
    )


# "Jan" and "May" are people too.
_LEADS = (
    "in",
    "of",
    "del",
    "for",
    "by",
    "from",
    "until",
    "before",
    "after",
    "this",
    "next",
    "last",
    "month",
    "to",
)
_LED = rf"(?:^(?=\S+ (?:[?.!] )?$)|{'|'.join(rf'(?<={lead} )' for lead in _LEADS)})"
_WHICH = r"(?P<which>this|next|coming|last|other)"
RULES: tuple[Rule, ...] = (
    (rf"{_OF}?{_BASE}in (8|15) (?:days )?", _in_eight),
    (r"(?:the )?day (after|before) (?:tomorrow|yesterday) ", _day_after_tomorrow),
    (rf"(?:in|after) (?:of )?(?:about |like |the )?{_UNIT}", _ahead),
    (rf"(?:about )?{_UNIT}(?:away )?(?:from |after |on )?{_BASE}", _ahead),
    (rf"ago (?:about |que |like )*{_UNIT}", _ago),
    (rf"{_UNIT}ago ", _ago),
    (rf"(?:the )?w(?P<day>\d) (?:of (?:the |las )?)?{_WHICH} weeks? ", _weekday_of_week),
    (
        r"(?:the )?w(?P<day>\d) (?:of )(?:the |las )?week (?:que )?(?P<which>comes|last|next) ",
        _weekday_of_week,
    ),
    (rf"{_WHICH} week (?:, )?(?:on )?(?:the )?w(?P<day>\d) ", _weekday_of_week),
    (r"(?:the )?w(\d) after next ", _weekday_after_next),
    (r"w(\d) week ", _weekday_later),
    (r"(?:the )?other w(\d) ", _weekday_later),
    (r"(?:the )?(?:this )?coming w(\d) ", _weekday),
    (r"this w(\d) ", _this_weekday),
    (r"(?:the )?next w(\d) ", _next_weekday),
    (r"(?:the )?w(\d) next ", _next_weekday),
    (r"(?:the |this )?w(\d) que comes ", _weekday),
    (r"(?:the )?(?:last|past) w(\d) ", _last_weekday),
    (r"(?:the )?w(\d) last ", _last_weekday),
    (
        r"(?<!\ba )(?<!un )(?<!night )(?:the )?(?:(this|next|coming|last|other) )?(?:weekend|end of week) ",
        _weekend,
    ),
    (r"(?:the |las )?(this|next|coming|last|other) week ", _week),
    (r"(?:the |las )?week que (comes) ", _week),
    (r"(?:the |las )?week (last|next) ", _week),
    (r"(?:in |a |at |by )?(?:the )?(start|middle|end) of (?:the |this )?(month|year|m\d+) ", _stretch),
    (r"(?:the )?(this|next|coming|last|other) month ", _month),
    (r"(?:the )?month que (comes) ", _month),
    (r"(?:the )?month (last|next) ", _month),
    (
        rf"{_LED}m(\d+) (?:(?:of |del )?((?:19|20)\d\d) |(?:of |del )?(?:the )?(this|next|last) year )?",
        _month_named,
    ),
    (r"(?<!all for )(?:day )?(?:the )?(today|yesterday|ereyesterday|tomorrow) ", _plain),
    (r"(?:last )?(overmorrow) ", _plain),
    (r"(?:the |day |the day )?w(\d) ", _weekday),
    (r"(this )(?=(?:morning|afternoon|evening|night) )", _plain),
)
