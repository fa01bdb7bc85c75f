"""A message as a row of symbols, so that one grammar reads Spanish, English and both at once.

"Me das cita pal viernes a las 5 y media?" reads `o x x for w4 a las 5 and half ? `.
"""

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

from vulkn_app.skills.when.lexicon import (
    ENGLISH,
    NOT_MISSPELT,
    NUMBERS,
    ORDINALS,
    REPAIRABLE,
    SHORT_MONTHS,
    SHORT_WEEKDAYS,
    SMALL,
    SPANISH,
    SYMBOLS,
    UNABLE,
)
from vulkn_app.skills.when.meaning import Language

# Nobody names a moment behind this much text, and the grammar stays fast.
LONGEST = 600
_TOKEN = re.compile(
    r"(?P<meridiem>(?<=\d)\s?[ap]\.?\s?m\b\.?(?!\w)|\b[ap]\.m\b\.?)|(?P<clock>o\W{0,2}clock\b)"
    r"|(?P<number>\d+)|(?P<short>2(?:moro|nite)\b)|(?P<word>[^\W\d_]+(?:'[a-z]{1,2}\b)?)|(?P<mark>[^\w\s])"
)
_MONEY = re.compile(r"[$€£¥%]|usd|mxn|eur|pesos?|soles|dolar(?:es)?|dollars?|euros?|pounds?|bucks|lucas")
_NUMERAL = re.compile(r"\d+(?:st|th)?")
_NEAR_WEEKDAY = re.compile(r"(?:the|this|next|coming|last|for|until|on|by|from|every|w\d)")
# "Llego tarde" is late, "el lunes tarde" is the afternoon.
_NEAR_TARDE = re.compile(
    r"las|this|in|for|of|a|at|to(?:day|morrow)|overmorrow|w\d|\d+(?:st)?|am|pm|half|quarter"
)
_NEAR_MONTH = re.compile(r"(?:of|del|in|next|this|last|until|from)")
# Marks a word that its neighbours must explain.
_SHORT = "short:"
_TENS = {"20": 20, "30": 30, "40": 40, "50": 50}


@dataclass
class _Token:
    symbol: str
    word: str
    start: int
    end: int
    digits: bool = False


@dataclass(frozen=True)
class Reading:
    """`symbols` has one symbol a token, each followed by a space."""

    plain: str  # the text in small letters without accents
    symbols: str
    starts: tuple[int, ...]  # where each token's symbol begins
    places: tuple[tuple[int, int], ...]  # where each token stands in the original text
    language: Language

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Of the original text, for a stretch of `symbols`."""
        first, last = bisect_right(self.starts, start) - 1, bisect_right(self.starts, max(start, end - 1)) - 1
        return self.places[first][0], self.places[last][1]


def read(text: str, *, language: Language | None) -> Reading:
    plain = plain_of(text[:LONGEST])
    tokens = [_token(found) for found in _TOKEN.finditer(plain)]
    spoken = language or _language(tokens)
    tokens = _settled(_joined(_without_figures(tokens)), spoken)
    starts, row = [], ""
    for token in tokens:
        starts.append(len(row))
        row += f"{token.symbol} "
    return Reading(plain, row, tuple(starts), tuple((token.start, token.end) for token in tokens), spoken)


def plain_of(text: str) -> str:
    """Small letters without accents; as long as `text`, so that places in it stay true."""
    return "".join(_plain_letter(letter) for letter in text)


@lru_cache(maxsize=4096)
def _plain_letter(letter: str) -> str:
    if letter in "\u2019\u2018\u00b4`":
        return "'"
    if letter in "\u2013\u2014":
        return "-"
    return unicodedata.normalize("NFD", letter.lower())[0]


def _token(found: re.Match[str]) -> _Token:
    word, kind = found[0], found.lastgroup
    if kind == "meridiem":
        symbol = f"{word.strip()[0]}m"
    elif kind == "clock":
        symbol = "clock"
    elif kind == "number":
        symbol = _number(word)
    else:
        symbol = _symbol(word.removesuffix("'s").replace("'", "")) if kind == "word" else word
    return _Token(symbol, word, found.start(), found.end(), kind == "number")


def _number(word: str) -> str:
    """Only ASCII digits, and no more than a year has; everything longer is a phone or an order."""
    try:
        return str(int(word)).zfill(len(word)) if len(word) <= 4 else "x"
    except ValueError:
        return "x"


@lru_cache(maxsize=8192)
def _symbol(word: str) -> str:
    known = SYMBOLS.get(word) or NUMBERS.get(word)
    if known:
        return known
    if word in SHORT_WEEKDAYS or word in SHORT_MONTHS:
        return f"{_SHORT}{word}"
    if word in SMALL:
        return "o"
    return _repaired(word) or "x"


def _repaired(word: str) -> str | None:
    """The symbol of a long word with one letter wrong, missing, doubled or swapped."""
    if len(word) < 5 or word in NOT_MISSPELT:
        return None
    for target in REPAIRABLE:
        if word[0] == target[0] and abs(len(word) - len(target)) <= 1 and _one_slip(word, target):
            return SYMBOLS[target]
    return None


def _one_slip(word: str, target: str) -> bool:
    short, long = sorted((word, target), key=len)
    at = next((i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(short) < len(long):
        return short[at:] == long[at + 1 :]
    swapped = short[:at] + short[at : at + 2][::-1] + short[at + 2 :]
    return short[at + 1 :] == long[at + 1 :] or swapped == long


def _language(tokens: list[_Token]) -> Language:
    """Spanish where nothing tells: it is the house's first language."""
    words = {token.word for token in tokens}
    return "en" if len(words & ENGLISH) > len(words & SPANISH) else "es"


def _without_figures(tokens: list[_Token]) -> list[_Token]:
    """Money and phone numbers are no hours."""
    for at, token in enumerate(tokens):
        if _MONEY.fullmatch(token.word):
            _hide(tokens, at - 1, -1)
            _hide(tokens, at + 1, 1)
    for before, mark, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if mark.word == "-" and before.digits and after.digits and len(before.word) == 3:
            before.symbol = after.symbol = "x"
    return tokens


def _hide(tokens: list[_Token], at: int, step: int) -> None:
    while 0 <= at < len(tokens) and (tokens[at].digits or tokens[at].word in ".,"):
        near = tokens[at - step]
        if tokens[at].start > near.end + 1 or near.start > tokens[at].end + 1:
            return
        tokens[at].symbol = "x"
        at += step


def _joined(tokens: list[_Token]) -> list[_Token]:
    """ "22" and "nd" are one symbol, and so are "treinta y cinco" and "twenty first"."""
    joined: list[_Token] = []
    for token in tokens:
        last = joined[-1] if joined else None
        if last and last.digits and token.start == last.end and token.word in ORDINALS:
            last.symbol, last.end, last.digits = (
                f"{int(last.symbol)}st" if last.symbol != "x" else "x",
                token.end,
                False,
            )
        elif last and last.digits and token.word in ("th", "nd", "rd") and last.symbol != "x":
            last.symbol, last.end, last.digits = f"{int(last.symbol)}st", token.end, False
        elif not token.digits and re.fullmatch(r"[1-9](?:th)?", token.symbol) and _adds_up(joined):
            _add(joined, token)
        else:
            joined.append(token)
    return joined


def _adds_up(joined: list[_Token]) -> bool:
    """Tens in letters stand before, with or without "y" or a hyphen."""
    if len(joined) > 1 and (joined[-1].word == "-" or (joined[-1].word == "y" and joined[-2].symbol != "20")):
        return joined[-2].symbol in _TENS and not joined[-2].digits
    return bool(joined) and joined[-1].symbol in _TENS and not joined[-1].digits


def _add(joined: list[_Token], unit: _Token) -> None:
    if joined[-1].symbol not in _TENS:
        joined.pop()
    tens = joined[-1]
    total = _TENS[tens.symbol] + int(unit.symbol.removesuffix("th"))
    tens.symbol, tens.end = f"{total}th" if unit.symbol.endswith("th") else str(total), unit.end


def _settled(tokens: list[_Token], language: Language) -> list[_Token]:
    """Words that mean one thing beside a number and another elsewhere."""
    for at, token in enumerate(tokens):
        before = tokens[at - 1].symbol if at else ""
        after = tokens[at + 1].symbol if at + 1 < len(tokens) else ""
        if token.symbol.startswith(_SHORT) or token.word == "ago":
            token.symbol = _short(token.word, before, after, language, alone=len(tokens) == 1)
        elif token.symbol == "manana":
            token.symbol = _manana(before)
        elif token.word == "media" and after == "night":
            token.symbol, tokens[at + 1].symbol = "mid", "midnight"
        elif token.word in ("medio", "mid") and after == "day":
            token.symbol, tokens[at + 1].symbol = "mid", "noon"
        elif before == "good" and token.symbol in ("day", "days", "morning", "afternoon", "evening", "night"):
            token.symbol = "o"
        elif token.word == "no":
            token.symbol = _no(tokens, at)
        elif token.word == "tarde" and before and not _NEAR_TARDE.fullmatch(before):
            token.symbol = "later" if before == "more" else "o"
        elif token.symbol == "night" and re.fullmatch("[1-5]", before):
            token.symbol = "nights"
    return tokens


def _no(tokens: list[_Token], at: int) -> str:
    """ "No puedo el viernes" and "el viernes no, ..." refuse; "no, el viernes" and "el viernes, no?" do not."""
    behind = tokens[at + 1] if at + 1 < len(tokens) else None
    if behind and behind.word in UNABLE:
        return "not"
    ends = at > 0 and tokens[at - 1].word not in ",.;" and (behind is None or behind.word in ",.;mejor")
    return "not" if ends else "o"


def _short(word: str, before: str, after: str, language: Language, *, alone: bool) -> str:
    numbered = bool(_NUMERAL.fullmatch(before) or _NUMERAL.fullmatch(after))
    if word in SHORT_MONTHS and not (word == "mar" and language == "es" and not _NUMERAL.fullmatch(before)):
        near = numbered or (word != "set" and _NEAR_MONTH.fullmatch(before)) or alone
        if word != "set" or language == "es":
            return SHORT_MONTHS[word] if near else SYMBOLS.get(word, "x")
        return "x"
    near = alone or numbered or _NEAR_WEEKDAY.fullmatch(before)
    return SHORT_WEEKDAYS[word] if near and word in SHORT_WEEKDAYS else "x"


def _manana(before: str) -> str:
    """ "la mañana" and "el lunes mañana" are mornings, "mañana" is tomorrow."""
    if before == "last":
        return "overmorrow"
    return "morning" if before in ("las", "this", "every") or re.fullmatch(r"w\d", before) else "tomorrow"
