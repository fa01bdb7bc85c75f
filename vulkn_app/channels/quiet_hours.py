"""When people are not to be written to unasked, country by country.

Colombia's are the law (Ley 2300 de 2023, art. 3), holidays by Ley 51 de 1983. Elsewhere no law names hours for
messages on WhatsApp; these are the narrowest that the country has for calls of the kind, or its custom:
Mexico: PROFECO's REPEP and CONDUSEF's rule for collection, 7-22 on working days: 8-21 every day here. Argentina: Ley
26.951 names no hours; 8-21. Brazil: Anatel's self-regulation of telemarketing, Mon-Fri 9-21, Sat 10-16, no Sundays.
Chile: Ley 19.496 art. 37 (Ley 21.320), collection Mon-Sat 8-20, no holidays: no Sundays here. Peru: Ley 29571 art. 61
forbids collection 20-7: 8-20, no Sundays. Spain: RDL 1/2007 art. 96, calls Mon-Fri 9-21, none on Saturday, Sunday.
Anywhere else: 8-21 every day."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

Hours = tuple[int, int] | None


@dataclass(frozen=True)
class Rules:
    """From and to, in full hours of the clock there; None: not on that day."""

    week: Hours
    saturday: Hours
    sunday: Hours
    zone: str
    holidays: bool = True  # whether one writes on them, as on any day


COUNTRIES: dict[str, Rules] = {
    "CO": Rules((7, 19), (8, 15), None, "America/Bogota", holidays=False),
    "MX": Rules((8, 21), (8, 21), (8, 21), "America/Mexico_City"),
    "AR": Rules((8, 21), (8, 21), (8, 21), "America/Argentina/Buenos_Aires"),
    "BR": Rules((9, 21), (10, 16), None, "America/Sao_Paulo"),
    "CL": Rules((8, 20), (8, 20), None, "America/Santiago"),
    "PE": Rules((8, 20), (8, 20), None, "America/Lima"),
    "ES": Rules((9, 21), None, None, "Europe/Madrid"),
}
ANYWHERE = Rules((8, 21), (8, 21), (8, 21), "")
FARTHEST = 14  # days; Colombia's longest run without a writing day is four


def zone(country: str, business_country: str, business_zone: str) -> ZoneInfo:
    """The person's clock as far as it is known: the business's own where both are in one country."""
    rules = COUNTRIES.get(country, ANYWHERE)
    return ZoneInfo(business_zone if country == business_country or not rules.zone else rules.zone)


def over(now: datetime, country: str, zone: ZoneInfo) -> datetime | None:
    """When the quiet hours end that it is now; None: it is no quiet hour."""
    local = now.astimezone(zone)
    rules = COUNTRIES.get(country, ANYWHERE)
    for day in (local.date() + timedelta(days=n) for n in range(FARTHEST)):
        hours = _hours(rules, day)
        if hours is None:
            continue
        starts = datetime.combine(day, time(hours[0]), zone)
        if local < starts:
            return starts.astimezone(now.tzinfo)
        if day == local.date() and local.time() < time(hours[1]):
            return None
    return None


def _hours(rules: Rules, day: date) -> Hours:
    if not rules.holidays and day in colombian_holidays(day.year):
        return None
    return (rules.week, rules.saturday, rules.sunday)[max(0, day.weekday() - 4)]


@lru_cache(maxsize=16)
def colombian_holidays(year: int) -> frozenset[date]:
    """Ley 51 de 1983: some on their day, most on the Monday after."""
    fixed = [(1, 1), (5, 1), (7, 20), (8, 7), (12, 8), (12, 25)]
    moved = [(1, 6), (3, 19), (6, 29), (8, 15), (10, 12), (11, 1), (11, 11)]
    easter = _easter(year)
    days = [date(year, *day) for day in fixed]
    days += [_monday(date(year, *day)) for day in moved]
    days += [easter + timedelta(days=n) for n in (-3, -2, 43, 64, 71)]
    return frozenset(days)


def _monday(day: date) -> date:
    return day + timedelta(days=-day.weekday() % 7)


def _easter(year: int) -> date:
    """The Gregorian computus (Meeus, Astronomical Algorithms, ch. 8)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (a + 11 * h) // 319
    r = (2 * e + 2 * i - k - h + m + 32) % 7
    month = (h - m + r + 90) // 25
    return date(year, month, (h - m + r + month + 19) % 32)
