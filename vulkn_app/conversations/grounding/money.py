"""Prices and percentages: "$1,500", "1500 pesos", "US$20", "20 %", "gratis", "half price", "2x1"."""

from vulkn_app.conversations.grounding.numbers import Number, shown
from vulkn_app.conversations.grounding.scan import Read, Scan
from vulkn_app.conversations.grounding.words import (
    CURRENCIES,
    CURRENCY_SIGNS,
    NOT_FREE_AFTER,
    NOT_FREE_BEFORE,
    SURE_WORDS,
    word_set,
)

_ABROAD = {"us": "usd", "r": "brl", "mx": "peso"}
_LETTERS = {"k": 1000, "m": 1_000_000}
_NATIONS = word_set("mexicanos colombianos argentinos chilenos mxn usd mn cop ars clp")
_HALF = [
    words.split()
    for words in (
        "mitad de precio",
        "mitad del precio",
        "mitad de descuento",
        "half price",
        "half off",
        "half the price",
    )
]
# By their last word.
_FREE_PHRASES: str = """
    por nuestra cuenta|no tiene costo|no tienen costo|no tiene ningun costo|sin ningun costo|no se cobra|no lo cobramos
    no la cobramos|de cortesia|on us|on the house|at no cost|at no charge|no charge|no extra cost|no extra charge
"""
WAIVED: dict[str, list[list[str]]] = {}
for _phrase in _FREE_PHRASES.replace("|", "\n").strip().splitlines():
    _words = list[str](_phrase.split())
    WAIVED.setdefault(_words[-1], []).append(_words)
_LEANING = word_set("count rely depend lean call")  # ... on us
_COSTS = word_set("costo cargo cobro")


def amount(scan: Scan, at: int, found: Number) -> Read:
    """A number by the sign or currency behind it: a percentage, a price, a deal."""
    word, after = scan.word(found.after), found.after
    if word in ("%", "percent", "porciento"):
        return _percent(scan, at, after + 1, found)
    if word in ("por", "per") and scan.word(after + 1) in ("ciento", "cent"):
        return _percent(scan, at, after + 2, found)
    value = found.value
    if word in _LETTERS and scan.glued(after) and scan.word(after + 1) in CURRENCIES:
        value, after = value * _LETTERS[word], after + 1
    after += word == "de" and value >= 1_000_000
    if scan.word(after) in CURRENCIES:
        unit, after = CURRENCIES[scan.words[after]], after + 1
        while scan.word(after) in _NATIONS:
            unit, after = CURRENCIES.get(scan.words[after], unit), after + 1
        return scan.figure("price", at, after, shown(value), unit), after
    return _deal(scan, at, found)


def signed(scan: Scan, at: int) -> Read:
    """ "$1,500 MXN", "US$20", "MXN 1500", "S/ 50"; "gratis" is read elsewhere."""
    first, number_at, unit = at, at + 1, CURRENCIES.get(scan.words[at], "")
    if scan.words[at] == "s":
        if scan.word(at + 1) != "/" or not scan.glued(at + 1):
            return None
        unit, number_at = "pen", at + 2 + (scan.word(at + 2) == ".")
    elif scan.glued(at) and scan.words[at] == "$" and scan.word(at - 1) in _ABROAD:
        first, unit = at - 1, _ABROAD[scan.words[at - 1]]
    elif scan.word(at + 1) == "$" or (scan.word(at + 1) == "." and scan.glued(at + 1)):  # "MXN $40", "Bs. 40"
        number_at += 1
    found = scan.number(number_at)
    if not found or found.spoken:
        return None
    value, after = found.value, found.after
    if value < 1000 and len(scan.word(after)) == 3 and scan.word(after).isdigit():  # "$1 500"
        value, after = value * 1000 + int(scan.word(after)), after + 1
    if scan.word(after) in _LETTERS and scan.glued(after):
        value, after = value * _LETTERS[scan.words[after]], after + 1
    if scan.word(after) in CURRENCIES and scan.word(after) not in CURRENCY_SIGNS:
        unit, after = CURRENCIES[scan.words[after]], after + 1
    return scan.figure("price", first, after, shown(value), unit), after


def free(scan: Scan, at: int) -> Read:
    """What costs nothing has a price too: "gratis", "sin costo", "free"."""
    word, before, after = scan.words[at], scan.word(at - 1), scan.word(at + 1)
    if word == "sin":
        known = after in _COSTS and scan.word(at + 2) != "extra"
        return (scan.figure("price", at, at + 2, "free"), at + 2) if known else None
    if word == "free" and not scan.source and (after in NOT_FREE_AFTER or before in NOT_FREE_BEFORE):
        return None
    return scan.figure("price", at, at + 1, "free"), at + 1


def waived(scan: Scan, at: int) -> Read:
    """ "por nuestra cuenta", "no tiene costo", "on the house"."""
    for words in WAIVED[scan.words[at]]:
        first = at + 1 - len(words)
        if scan.words[max(first, 0) : at + 1] == words and scan.word(first - 1) not in _LEANING:
            return scan.figure("price", first, at + 1, "free"), at + 1
    return None


def halved(scan: Scan, at: int) -> Read:
    """ "mitad de precio", "half price"."""
    for words in _HALF:
        if scan.words[at : at + len(words)] == words:
            return scan.figure("percent", at, at + len(words), "50"), at + len(words)
    return None


def _percent(scan: Scan, at: int, after: int, found: Number) -> Read:
    if found.value == 100 and scan.word(after) in SURE_WORDS:
        return None
    return scan.figure("percent", at, after, shown(found.value)), after


def _deal(scan: Scan, at: int, found: Number) -> Read:
    """ "2x1", "dos por uno"."""
    link, second = scan.word(found.after), scan.number(found.after + 1)
    if link not in ("x", "por", "for") or not second or not second.value < found.value <= 6:
        return None
    if link != "x" and not (found.spoken and second.spoken):
        return None
    value = f"{shown(found.value)}x{shown(second.value)}"
    return scan.figure("number", at, second.after, value, "deal"), second.after
