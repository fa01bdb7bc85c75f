"""Every price, percentage, date, hour, telephone, address, link and promised quantity in a text."""

from collections.abc import Callable

from vulkn_app.conversations.grounding import dates, money, names, places, quantities, times
from vulkn_app.conversations.grounding.contacts import contacts
from vulkn_app.conversations.grounding.numbers import Number, shown
from vulkn_app.conversations.grounding.scan import DIGITS, NOTED, Figure, Read, Reads, Scan
from vulkn_app.conversations.grounding.words import (
    CURRENCY_CODES,
    CURRENCY_SIGNS,
    FREE_WORDS,
    LIST_WORDS,
    MONTHS,
    NUMBERS,
    RANGE_WORDS,
    SCALES,
    STREETS,
    STREETS_NAMED,
    WEEKDAYS,
    WEEKDAYS_SHORT,
    fold,
    word_set,
)


def figures(text: str) -> list[Figure]:
    """In the order of the text, none overlapping. About 20 µs a sentence."""
    return _read(text, source=False)


def stated(text: str) -> list[Figure]:
    """The figures of a source: bare numbers too, whatever they count."""
    return _read(text, source=True)


def _read(text: str, *, source: bool) -> list[Figure]:
    folded = fold(text)
    found = contacts(text, folded)
    scan = Scan(text, folded, found, source=source)
    relative: list[Figure] = []
    at = 0
    while at < scan.size:
        word = scan.words[at]
        if word in NOTED:
            scan.pass_by(at)
        reader = _READERS.get(word) or (_number if word[0] in DIGITS else None)
        read = reader(scan, at) if reader else None
        if not read:
            at += 1
            continue
        for figure in read[0]:
            (relative if figure.value[0] == "+" and figure.kind == "date" else found).append(figure)
        at = read[1]
    if relative:
        found += relative if source else [day for day in relative if _has_hour(day, found, text)]
    return sorted(found, key=lambda figure: figure.start)


def _has_hour(day: Figure, found: list[Figure], text: str) -> bool:
    """ "mañana a las 10", "a las 10 de mañana": a day that an hour makes a promise."""
    for hour in (figure for figure in found if figure.kind == "hour"):
        between = text[day.end : hour.start]
        if (hour.start >= day.end and between.count(" ") <= 4 and not set(between) & set(".!?\n")) or (
            0 <= day.start - hour.end <= 6
        ):
            return True
    return False


def _number(scan: Scan, at: int) -> Reads:
    """A number, in digits or words, and what it is a number of."""
    if scan.word(at + 1) in ("\ufe0f", "\u20e3"):  # a keycap emoji
        return None
    if read := times.past(scan, at) or (dates.written(scan, at) if scan.words[at][0] in DIGITS else None):
        return [read[0]], read[1]
    found = scan.number(at)
    if found and (several := _ranged(scan, at, found)):
        return several
    if read := _single(scan, at, found) or (quantities.bare(scan, at, found) if found else None):
        return [read[0]], read[1]
    return ([], found.after) if found else None


def _single(scan: Scan, at: int, found: Number | None) -> Read:
    """What a number is by the words around it."""
    if read := times.clock(scan, at, found):
        return read
    if not found:
        return None
    return (
        money.amount(scan, at, found)
        or dates.counted(scan, at, found)
        or quantities.measure(scan, at, found)
        or places.door(scan, at, found)
    )


def _ranged(scan: Scan, at: int, first: Number) -> Reads:
    """ "9 a 14 h", "10-20%", "3 y 6 meses", "del 15 al 20 de marzo": the first is what the second is."""
    link = scan.word(first.after)
    if link not in RANGE_WORDS and link not in LIST_WORDS:
        return None
    if hours := times.span(scan, at, first):
        return hours
    on_the = scan.word(first.after + 1) in ("las", "la")
    second_at = first.after + 1 + on_the
    read = _single(scan, second_at, scan.number(second_at)) if second_at < scan.size else None
    # "sábado 9 a 2 pm" is no ninth; "sábado 9 a las 2 pm" is.
    if not read or (_single(scan, at, first) and (on_the or read[0].kind != "hour")):
        return None
    begin = _like(scan, at, first, read[0], second_at)
    return ([begin, read[0]], read[1]) if begin else None


def _like(scan: Scan, at: int, first: Number, second: Figure, second_at: int) -> Figure | None:
    value = shown(first.value)
    match second.kind:
        case "hour":
            return times.as_hour(scan, at, first)
        case "price" | "percent":
            return scan.figure(second.kind, at, first.after, value, second.unit)
        case "number" if second.unit not in ("", "deal"):
            counted = scan.number(second_at)
            if not counted or first.value >= counted.value:
                return None
            factor = float(second.value) / counted.value
            figure = scan.figure("number", at, first.after, shown(first.value * factor), second.unit)
            return figure._replace(told=value)
        case "date" if second.value[2:3] == "-" and second.value[0] != "-" and 1 <= first.value <= 31:
            return scan.figure(
                "date", at, first.after, f"{second.value[:3]}{int(first.value):02}", second.unit
            )
    return None


def _signed(scan: Scan, at: int) -> Reads:
    """A price with its sign before it; and the second of "$2,800 a 4,500"."""
    read = money.signed(scan, at)
    if not read:
        return None
    price, after = read
    second = scan.number(after + 1) if scan.word(after) in RANGE_WORDS | LIST_WORDS else None
    if not second or second.spoken or second.value < float(price.value) or _single(scan, after + 1, second):
        return [price], after
    if not quantities.uncounted(scan, second.after):
        return [price], after
    last = scan.figure("price", after + 1, second.after, shown(second.value), price.unit)
    return [price, last], second.after


def _one(*readers: Callable[[Scan, int], Read]) -> Callable[[Scan, int], Reads]:
    """The first of several readers that finds something."""

    def read(scan: Scan, at: int) -> Reads:
        for reader in readers:
            if found := reader(scan, at):
                return [found[0]], found[1]
        return None

    return read


_READERS: dict[str, Callable[[Scan, int], Reads]] = {
    **dict.fromkeys([*NUMBERS, *SCALES], _number),
    **dict.fromkeys(MONTHS, _one(dates.month)),
    **dict.fromkeys([*WEEKDAYS, *WEEKDAYS_SHORT], _one(dates.weekday)),
    **dict.fromkeys(
        word_set("todos fines every entre daily diario weekdays weekends"), _one(dates.whole_week)
    ),
    **dict.fromkeys(word_set("hoy manana pasado today tonight tomorrow"), _one(dates.relative)),
    **dict.fromkeys([*STREETS, *STREETS_NAMED], _one(places.street)),
    **dict.fromkeys(("c", "cp", "zip"), _one(places.zip_code)),
    **dict.fromkeys(times.NAMED_HOURS, _one(times.named)),
    **dict.fromkeys([*CURRENCY_SIGNS, *CURRENCY_CODES, "s"], _signed),
    **dict.fromkeys([*FREE_WORDS, "sin"], _one(money.free)),
    **dict.fromkeys(
        word_set("half media mitad hora hour couple par quarter cuarto"), _one(quantities.half, money.halved)
    ),
    **dict.fromkeys(money.WAIVED, _one(money.waived)),
    **dict.fromkeys(names.TITLES, _one(names.titled)),
    # The short form of Tuesday and March, and the first letter of "L-V".
    "mar": _one(dates.month, dates.weekday),
    "l": _one(dates.letters),
}
